package client

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"strings"
	"time"

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
// event that was seen before. A stream ends with its token, and may break; it is
// then asked for again from the last event. It ends with an error: ctx's own, or
// that there is no stream to be had, after which it can be asked for again from
// the last event.
func (c *Client) Events(ctx context.Context, after string) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		s := &stream{client: c, last: after}
		for {
			err := s.follow(ctx, yield)
			if err == nil {
				return
			}
			if ctx.Err() != nil {
				err = ctx.Err()
			} else if s.mayContinue(err) {
				continue
			}
			yield(Event{}, fmt.Errorf("watching: %w", err))
			return
		}
	}
}

const (
	// maxIdle is how many streams may end early one after the other without an
	// event, before whoever watches is told.
	maxIdle = 3
	// steady is how long a stream lasts that did not end early.
	steady = 10 * time.Second
)

// stream is what is known of the streams of one call of Events.
type stream struct {
	client *Client
	last   string // the id that the gateway said last; empty where none
	idle   int    // streams that ended early since one did not
}

// mayContinue says whether a stream that ended can be asked for again without
// leaving anything out.
func (s *stream) mayContinue(err error) bool {
	u, broken := errors.AsType[*Unreachable](err)
	return broken && u.Sent && s.last != "" && s.idle < maxIdle
}

// follow gives the events of one stream. It gives nil where nobody wants more.
func (s *stream) follow(ctx context.Context, yield func(Event, error) bool) error {
	s.idle++
	began := s.client.options.Now()
	body, err := s.client.openEvents(ctx, s.last)
	if err != nil {
		return err
	}
	defer body.Close()
	lines := bufio.NewScanner(body)
	lines.Buffer(make([]byte, 0, 4096), maxEventBytes)
	for {
		e, err := s.read(lines)
		if err != nil {
			if s.client.options.Now().Sub(began) >= steady {
				s.idle = 0
			}
			return err
		}
		if !yield(e, nil) {
			return nil
		}
	}
}

// openEvents asks for a stream, once more with a new token or a new proof.
func (c *Client) openEvents(ctx context.Context, after string) (io.ReadCloser, error) {
	var renewals renewals
	for {
		body, err := c.tryEvents(ctx, after)
		if err == nil || !c.renew(err, &renewals) {
			return body, err
		}
	}
}

func (c *Client) tryEvents(ctx context.Context, after string) (io.ReadCloser, error) {
	r := rest.GetEvents(rest.GetEventsParams{LastEventID: after})
	req, err := http.NewRequestWithContext(ctx, r.Method, c.base+r.Path, nil)
	if err != nil {
		return nil, err
	}
	maps.Copy(req.Header, r.Header)
	req.Header.Set("Accept", "text/event-stream")
	if err := c.authorize(ctx, req); err != nil {
		return nil, err
	}
	resp, err := c.stream.Do(req)
	if err != nil {
		return nil, unreachable(err)
	}
	c.learn(resp)
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxEventBytes))
	if err != nil {
		return nil, unreachable(err)
	}
	return nil, readProblem(resp, text)
}

// read reads lines up to the empty one that ends an event (HTML standard, 9.2.6).
// Comments, which keep the connection open, and events without data are passed
// over; the id of the latter says how far the stream has come.
func (s *stream) read(lines *bufio.Scanner) (Event, error) {
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
			s.idle = 0
			s.last = cmp.Or(e.ID, s.last)
			e.Data = json.RawMessage(strings.Join(data, "\n"))
			if !json.Valid(e.Data) {
				return Event{}, errors.New("the gateway sent an event that is not JSON")
			}
			return e, nil
		case line == "":
			s.last = cmp.Or(e.ID, s.last)
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
