package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"strings"

	"github.com/skuld-registry/skuld/api/client/rest"
)

const (
	// maxEventBytes bounds one event.
	maxEventBytes = 256 << 10
	// maxEventLines bounds the lines of one event.
	maxEventLines = 1000
)

// Event is one thing that happened on the ledger.
type Event struct {
	ID   string          `json:"id"`   // continues the stream after it
	Type string          `json:"type"` // "message" where the gateway names none
	Data json.RawMessage `json:"data"`
}

// Events gives what happens to what the party may see, from now on or after an
// event that was seen before. It ends with an error: ctx's own, or that the
// stream broke, after which it can be asked for again from the last event.
func (c *Client) Events(ctx context.Context, after string) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		body, err := c.openEvents(ctx, after)
		if err != nil {
			yield(Event{}, fmt.Errorf("watching: %w", err))
			return
		}
		defer body.Close()
		lines := bufio.NewScanner(body)
		lines.Buffer(make([]byte, 0, 4096), maxEventBytes)
		for {
			e, err := readEvent(lines)
			if err != nil {
				if ctx.Err() != nil {
					err = ctx.Err()
				}
				yield(Event{}, fmt.Errorf("watching: %w", err))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (c *Client) openEvents(ctx context.Context, after string) (io.ReadCloser, error) {
	token, err := c.accessToken(ctx)
	if err != nil {
		return nil, err
	}
	r := rest.GetEvents(rest.GetEventsParams{LastEventID: after})
	req, err := http.NewRequestWithContext(ctx, r.Method, c.base+r.Path, nil)
	if err != nil {
		return nil, err
	}
	maps.Copy(req.Header, r.Header)
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := c.stream.Do(req)
	if err != nil {
		return nil, unreachable(err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxEventBytes))
	if err != nil {
		return nil, unreachable(err)
	}
	if resp.StatusCode == http.StatusUnauthorized {
		c.forgetToken() // the next call gets a new one
	}
	return nil, readProblem(resp, text)
}

// readEvent reads lines up to the empty one that ends an event (HTML standard,
// 9.2.6). Comments, which keep the connection open, and events without data are
// passed over.
func readEvent(lines *bufio.Scanner) (Event, error) {
	e := Event{Type: "message"}
	var data []string
	for range maxEventLines {
		if !lines.Scan() {
			if err := lines.Err(); err != nil {
				return Event{}, unreachable(err)
			}
			return Event{}, unreachable(io.ErrUnexpectedEOF)
		}
		line := strings.TrimSuffix(lines.Text(), "\r")
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "" && len(data) > 0:
			e.Data = json.RawMessage(strings.Join(data, "\n"))
			if !json.Valid(e.Data) {
				return Event{}, errors.New("the gateway sent an event that is not JSON")
			}
			return e, nil
		case line == "":
			e = Event{Type: "message"}
		case name == "id":
			e.ID = value
		case name == "event":
			e.Type = value
		case name == "data":
			data = append(data, value)
		}
	}
	return Event{}, fmt.Errorf("the gateway sent an event of more than %d lines", maxEventLines)
}
