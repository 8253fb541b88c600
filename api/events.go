package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	// heartbeat is how often a silent stream says that it lives, so that
	// proxies and clients can tell it from a dead one.
	heartbeat = 15 * time.Second
	// slowClient is how long a client may take to accept an event.
	slowClient = 10 * time.Second
)

// event is one applied command in a stream of events.
type event struct {
	ledger.Result
	At          time.Time `json:"at"` // ledger time
	Transaction string    `json:"transaction"`
	Block       uint64    `json:"block"`
}

// streamEvents sends what happens to the caller's notes, books and keys as
// server-sent events, from now on or from after Last-Event-ID. An event holds no
// terms: who wants them reads the note. Who is told of an entry was settled when
// it happened, so that a party whose role a command ends hears that it did.
func (s *Server) streamEvents(w http.ResponseWriter, r *http.Request) error {
	after, err := s.firstEvent(r)
	if err != nil {
		return err
	}
	out := &eventWriter{w: w, control: http.NewResponseController(w)}
	w.Header().Set("Content-Type", "text/event-stream")
	err = s.sendUntilTheEnd(r, out, after)
	if errors.Is(err, errGone) {
		return nil
	}
	return err
}

// sendUntilTheEnd sends events until the client or the gateway ends the stream,
// or the caller's key is no longer in force.
func (s *Server) sendUntilTheEnd(r *http.Request, out *eventWriter, after int64) error {
	if err := out.send([]byte(": open\n\n")); err != nil {
		return err
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		_, changed := s.Store.Next()
		var err error
		if after, err = s.sendEvents(r, out, after); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-beat.C:
			if s.stillInForce(r) != nil {
				return nil
			}
			if err := out.send([]byte(": alive\n\n")); err != nil {
				return err
			}
		case <-r.Context().Done():
			return nil
		case <-s.stopping:
			return nil
		}
	}
}

// firstEvent gives the position after which the stream begins.
func (s *Server) firstEvent(r *http.Request) (int64, error) {
	q := readQuery(r, "after")
	text := q.text("after", "the id of an event", func(string) bool { return true })
	if q.err != nil {
		return 0, q.err
	}
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		text = id
	}
	if text == "" {
		// While the read model is built, what it comes to is not what happens now.
		if err := s.requireComplete(); err != nil {
			return 0, err
		}
		return s.Store.Last(r.Context())
	}
	after, err := strconv.ParseInt(text, 10, 64)
	if err != nil || after < 0 {
		return 0, ledger.Refuse(ledger.CodeQueryInvalid, "field", "Last-Event-ID", "want", "the id of an event")
	}
	return after, nil
}

// sendEvents sends all events after a position and gives that of the last one.
func (s *Server) sendEvents(r *http.Request, out *eventWriter, after int64) (int64, error) {
	for {
		entries, err := s.Store.EntriesOf(r.Context(), callOf(r.Context()).party.ID, after)
		if err != nil {
			return after, err
		}
		for _, e := range entries {
			if err := out.event(e); err != nil {
				return after, err
			}
			after = e.Position
		}
		if len(entries) < store.MaxEntries {
			return after, nil
		}
	}
}

// stillInForce ends a stream whose party or key has been revoked since.
func (s *Server) stillInForce(r *http.Request) error {
	c := callOf(r.Context())
	_, err := s.partyInForce(r.Context(), c.party.ID, c.keyID)
	return err
}

// eventWriter writes server-sent events, each within its time.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (o *eventWriter) event(e store.Entry) error {
	data, err := json.Marshal(event{Result: e.Result, At: e.At, Transaction: e.Transaction, Block: e.Block})
	if err != nil {
		return fmt.Errorf("writing an event: %w", err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "id: %d\nevent: applied\ndata: %s\n\n", e.Position, data)
	return o.send(b.Bytes())
}

// errGone says that the client does not take events any more.
var errGone = errors.New("the client has gone away")

func (o *eventWriter) send(b []byte) error {
	if err := o.control.SetWriteDeadline(time.Now().Add(slowClient)); err != nil {
		return fmt.Errorf("setting an event's time: %w", err)
	}
	_, err := o.w.Write(b)
	if err == nil {
		err = o.control.Flush()
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return nil
}
