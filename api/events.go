package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/skuld-registry/skuld/api/events"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	// heartbeat is how often a silent stream says that it lives, so that
	// proxies and clients can tell it from a dead one.
	heartbeat = 15 * time.Second
	// slowClient is how long a client may take to accept an event.
	slowClient = 10 * time.Second
	// maxPartyStreams is how many streams one party may have open.
	maxPartyStreams = 8

	streamType = "text/event-stream"
)

// getEvents tells what happens to the caller's notes, books and keys: as a
// stream, or as a page of what happened after an event. An event holds no
// terms: who wants them reads the note. Who is told of an entry was settled when
// it happened, so that a party whose role a command ends hears that it did.
func (s *Server) getEvents(w http.ResponseWriter, r *http.Request) error {
	q := readQuery(r, "after", "note", "op")
	filter := events.Filter{
		Note: ledger.NoteID(q.text("note", "the id of a note", func(v string) bool { return ledger.NoteID(v).Valid() })),
		Ops:  readOps(q),
	}
	after := q.text("after", "the id of an event", isPosition)
	if q.err != nil {
		return q.err
	}
	if negotiate(r, streamType, jsonType) == jsonType {
		return s.pageOfEvents(w, r, after, filter)
	}
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		after = id
	}
	from, err := s.firstEvent(r, after)
	if err != nil {
		return err
	}
	return s.stream(w, r, s.newsOf(r, from, filter))
}

// readOps reads a list of operations.
func readOps(q *query) (ops []ledger.Op) {
	text := q.text("op", "operations with commas between them", func(v string) bool {
		ops = nil
		for one := range strings.SplitSeq(v, ",") {
			ops = append(ops, ledger.Op(one))
		}
		return knownOps(ops)
	})
	if text == "" {
		return nil
	}
	return ops
}

// knownOps says whether these are operations, each there once.
func knownOps(ops []ledger.Op) bool {
	for i, op := range ops {
		if _, _, known := ledger.KindOf(op); !known || slices.Contains(ops[:i], op) {
			return false
		}
	}
	return true
}

func isPosition(id string) bool {
	_, ok := events.Position(id)
	return ok
}

// firstEvent gives the position after which events begin: that of an id, or now.
func (s *Server) firstEvent(r *http.Request, id string) (int64, error) {
	if id == "" {
		// While the read model is built, what it comes to is not what happens now.
		if err := s.requireComplete(); err != nil {
			return 0, err
		}
		return s.Store.Last(r.Context())
	}
	after, ok := events.Position(id)
	if !ok {
		return 0, ledger.Refuse(ledger.CodeQueryInvalid, "field", "after", "want", "the id of an event")
	}
	return after, nil
}

type eventsAnswer struct {
	Events []events.Event `json:"events"`
	Next   string         `json:"next"` // after of the next page
	More   bool           `json:"more"` // whether there is a next page already
}

// pageOfEvents answers with what happened after an event, for callers that would
// rather ask now and then than keep a stream open.
func (s *Server) pageOfEvents(w http.ResponseWriter, r *http.Request, id string, filter events.Filter) error {
	after, err := s.firstEvent(r, id)
	if err != nil {
		return err
	}
	entries, err := s.Store.EntriesOf(r.Context(), callOf(r.Context()).party.ID, after)
	if err != nil {
		return err
	}
	a := eventsAnswer{Events: []events.Event{}, More: len(entries) == store.MaxEntries}
	for _, e := range entries {
		after = e.Position
		if filter.Takes(e) {
			a.Events = append(a.Events, events.Of(e))
		}
	}
	a.Next = events.ID(after)
	return answer(w, http.StatusOK, a)
}

// newsOf gives the events of the caller after a position, as a stream takes them.
func (s *Server) newsOf(r *http.Request, after int64, filter events.Filter) news {
	party := callOf(r.Context()).party.ID
	return func(out *eventWriter) (<-chan struct{}, error) {
		_, changed := s.Store.Next()
		for {
			entries, err := s.Store.EntriesOf(r.Context(), party, after)
			if err != nil {
				return nil, err
			}
			for _, e := range entries {
				if after = e.Position; !filter.Takes(e) {
					continue
				}
				if err := out.event(events.ID(after), string(e.Result.Op), events.Of(e)); err != nil {
					return nil, err
				}
			}
			if len(entries) < store.MaxEntries {
				return changed, nil
			}
		}
	}
}

// news sends what has happened since it was last called, and gives a channel
// that is closed when there is more; errEnd where there never will be.
type news func(*eventWriter) (<-chan struct{}, error)

var (
	// errEnd says that a stream has told all that it had to tell.
	errEnd = errors.New("the stream has come to its end")
	// errGone says that the client does not take events any more.
	errGone = errors.New("the client has gone away")
)

// stream sends news until the client or the gateway ends the stream, or its
// token expires, or the caller's key is no longer in force.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, tell news) error {
	out := &eventWriter{w: w, control: http.NewResponseController(w)}
	w.Header().Set("Content-Type", streamType)
	err := s.sendUntilTheEnd(r, out, tell)
	if errors.Is(err, errGone) || errors.Is(err, errEnd) {
		return nil
	}
	return err
}

func (s *Server) sendUntilTheEnd(r *http.Request, out *eventWriter, tell news) error {
	if err := out.send([]byte(": open\n\n")); err != nil {
		return err
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	expired, stop := s.expiryOf(r)
	defer stop()
	for {
		changed, err := tell(out)
		if err != nil {
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
		case <-expired:
			return nil
		case <-r.Context().Done():
			return nil
		case <-s.stopping:
			return nil
		}
	}
}

// expiryOf gives a channel that tells when the caller's token expires.
func (s *Server) expiryOf(r *http.Request) (expired <-chan time.Time, stop func() bool) {
	t := time.NewTimer(callOf(r.Context()).expires.Sub(s.Clock()))
	return t.C, t.Stop
}

// stillInForce ends a stream whose party or key has been revoked since.
func (s *Server) stillInForce(r *http.Request) error {
	c := callOf(r.Context())
	_, err := s.partyInForce(r.Context(), c.party.ID, c.keyID)
	return err
}

// quota counts what each party has open.
type quota struct {
	mu sync.Mutex
	of map[ledger.PartyID]int
}

func (q *quota) enter(p ledger.PartyID, most int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.of[p] >= most {
		return false
	}
	if q.of == nil {
		q.of = map[ledger.PartyID]int{}
	}
	q.of[p]++
	return true
}

func (q *quota) leave(p ledger.PartyID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.of[p]--; q.of[p] == 0 {
		delete(q.of, p)
	}
}

// eventWriter writes server-sent events, each within its time.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// event writes an event. Without an id it names no place to go on after.
func (o *eventWriter) event(id, name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("writing an event: %w", err)
	}
	var b bytes.Buffer
	if id != "" {
		fmt.Fprintf(&b, "id: %s\n", id)
	}
	fmt.Fprintf(&b, "event: %s\ndata: %s\n\n", name, data)
	return o.send(b.Bytes())
}

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
