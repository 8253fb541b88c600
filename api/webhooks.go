package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/events"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/webhook"
	"github.com/skuld-registry/skuld/ledger"
)

const maxDescription = 200 // characters of a webhook's description

type webhookRequest struct {
	URL         string      `json:"url"`
	Ops         []ledger.Op `json:"ops"` // all where there is none
	Description string      `json:"description"`
	After       string      `json:"after"` // id of an event; from now on where it is absent
}

type webhookAnswer struct {
	ID          string             `json:"id"`
	URL         string             `json:"url"`
	Ops         []ledger.Op        `json:"ops"`
	Description string             `json:"description"`
	State       store.WebhookState `json:"state"`
	Reason      string             `json:"reason,omitempty"` // why it is disabled
	Position    string             `json:"position"`         // id of the last event that was looked at
	Waiting     int                `json:"waiting"`          // deliveries that are not settled
	Dead        int                `json:"dead"`             // deliveries that were given up
	Created     time.Time          `json:"created"`
	DryRun      bool               `json:"dry_run,omitempty"`
}

func webhookOf(w store.Webhook) webhookAnswer {
	a := webhookAnswer{
		ID: w.ID, URL: w.URL, Ops: w.Ops, Description: w.Description, State: w.State, Reason: w.Reason,
		Position: events.ID(w.Position), Waiting: w.Waiting, Dead: w.Dead, Created: w.Created,
	}
	if a.Ops == nil {
		a.Ops = []ledger.Op{}
	}
	return a
}

// createWebhook begins to send what the caller is told of to an address.
func (s *Server) createWebhook(w http.ResponseWriter, r *http.Request) error {
	var req webhookRequest
	if err := readJSON(r, &req); err != nil {
		return err
	}
	switch {
	case !knownOps(req.Ops):
		return malformed("ops must be operations, each there once")
	case !oneLine(req.Description) || utf8.RuneCountInString(req.Description) > maxDescription:
		return malformed(fmt.Sprintf("description must be one line of at most %d characters", maxDescription))
	}
	if err := s.Webhooks.Check(req.URL); err != nil {
		return err
	}
	after, err := s.firstEvent(r, req.After)
	if err != nil {
		return err
	}
	id, err := uuid.NewRandomFromReader(s.Random)
	if err != nil {
		return fmt.Errorf("drawing a webhook's id: %w", err)
	}
	hook := store.Webhook{
		ID: id.String(), Party: callOf(r.Context()).party.ID, URL: req.URL, Description: req.Description, Ops: req.Ops,
		State: store.WebhookActive, Position: after, Created: s.Clock().UTC().Truncate(time.Second),
	}
	added, err := s.Store.AddWebhook(r.Context(), hook)
	if err != nil {
		return err
	}
	if !added {
		return ledger.Refuse(ledger.CodePartyLimit, "limit", strconv.Itoa(store.MaxWebhooks), "what", "webhooks")
	}
	a := webhookOf(hook)
	if a.DryRun = callOf(r.Context()).dryRun; !a.DryRun {
		w.Header().Set("Location", "/v1/webhooks/"+hook.ID)
	}
	s.Webhooks.Wake()
	return answer(w, http.StatusCreated, a)
}

type webhooksAnswer struct {
	Webhooks []webhookAnswer `json:"webhooks"`
}

func (s *Server) listWebhooks(w http.ResponseWriter, r *http.Request) error {
	all, err := s.Store.Webhooks(r.Context(), callOf(r.Context()).party.ID)
	if err != nil {
		return err
	}
	a := webhooksAnswer{Webhooks: []webhookAnswer{}}
	for _, hook := range all {
		a.Webhooks = append(a.Webhooks, webhookOf(hook))
	}
	return answer(w, http.StatusOK, a)
}

// hookOf gives the webhook that the address names, which must be the caller's.
func (s *Server) hookOf(r *http.Request) (*store.Webhook, error) {
	hook, err := s.Store.Webhook(r.Context(), callOf(r.Context()).party.ID, chi.URLParam(r, "webhook"))
	if err == nil && hook == nil {
		return nil, absent()
	}
	return hook, err
}

func (s *Server) getWebhook(w http.ResponseWriter, r *http.Request) error {
	hook, err := s.hookOf(r)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, webhookOf(*hook))
}

func (s *Server) deleteWebhook(w http.ResponseWriter, r *http.Request) error {
	hook, err := s.hookOf(r)
	if err != nil {
		return err
	}
	if err := s.Store.RemoveWebhook(r.Context(), hook.ID); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) pauseWebhook(w http.ResponseWriter, r *http.Request) error {
	return s.setWebhook(w, r, store.WebhookPaused)
}

func (s *Server) resumeWebhook(w http.ResponseWriter, r *http.Request) error {
	return s.setWebhook(w, r, store.WebhookActive)
}

// setWebhook changes the state of a webhook. What happens while nothing is sent
// is sent when it goes on.
func (s *Server) setWebhook(w http.ResponseWriter, r *http.Request, state store.WebhookState) error {
	hook, err := s.hookWithoutBody(r)
	if err != nil {
		return err
	}
	if err := s.Store.SetWebhook(r.Context(), hook.ID, state, "", s.Clock()); err != nil {
		return err
	}
	s.Webhooks.Wake()
	hook.State, hook.Reason = state, ""
	a := webhookOf(*hook)
	a.DryRun = callOf(r.Context()).dryRun
	return answer(w, http.StatusOK, a)
}

// hookWithoutBody gives the webhook of an address whose body says nothing.
func (s *Server) hookWithoutBody(r *http.Request) (*store.Webhook, error) {
	if err := readNothing(r); err != nil {
		return nil, err
	}
	return s.hookOf(r)
}

// readNothing refuses a body that says something where nothing can be said.
func readNothing(r *http.Request) error {
	first := make([]byte, 1)
	n, err := io.ReadFull(r.Body, first)
	if n == 0 && errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return notJSON(err)
	}
	return malformed("the body must be empty")
}

// attemptAnswer is how one attempt at a delivery went.
type attemptAnswer struct {
	At     time.Time `json:"at"`
	Status int       `json:"status,omitempty"` // of the answer
	Fault  string    `json:"fault,omitempty"`  // why it does not count
	Millis int64     `json:"took_ms"`
	DryRun bool      `json:"dry_run,omitempty"`
}

func attemptOf(a store.Attempt) *attemptAnswer {
	if a.At.IsZero() {
		return nil
	}
	return &attemptAnswer{At: a.At.UTC().Truncate(time.Millisecond), Status: a.Status, Fault: a.Fault, Millis: a.Took.Milliseconds()}
}

// testWebhook sends a ping and says what came of it. A ping is no event: it is
// not tried again, and stands in no log.
func (s *Server) testWebhook(w http.ResponseWriter, r *http.Request) error {
	hook, err := s.hookWithoutBody(r)
	if err != nil {
		return err
	}
	if callOf(r.Context()).dryRun { // what would come of it is the receiver's to say
		return answer(w, http.StatusOK, attemptAnswer{At: s.Clock().UTC().Truncate(time.Millisecond), DryRun: true})
	}
	id, err := uuid.NewRandomFromReader(s.Random)
	if err != nil {
		return fmt.Errorf("drawing a delivery's id: %w", err)
	}
	attempt, _ := s.Webhooks.Send(r.Context(), *hook, webhook.Ping(id.String(), *hook, s.Clock()))
	return answer(w, http.StatusOK, attemptOf(attempt))
}

type deliveryAnswer struct {
	ID       string              `json:"id"`
	Event    events.Event        `json:"event"`
	State    store.DeliveryState `json:"state"`
	Attempts int                 `json:"attempts"`
	Due      *time.Time          `json:"due,omitempty"`  // of the next attempt
	Last     *attemptAnswer      `json:"last,omitempty"` // the last attempt
	DryRun   bool                `json:"dry_run,omitempty"`
}

func deliveryOf(d store.Delivery) deliveryAnswer {
	a := deliveryAnswer{ID: d.ID, Event: events.Of(d.Entry), State: d.State, Attempts: d.Attempts, Last: attemptOf(d.Last)}
	if d.State == store.DeliveryWaiting {
		a.Due = &d.Due
	}
	return a
}

type deliveriesAnswer struct {
	Deliveries []deliveryAnswer `json:"deliveries"`
	Next       string           `json:"next,omitempty"` // cursor of the next page
}

// listDeliveries is the log of what was sent to a webhook, the latest first.
func (s *Server) listDeliveries(w http.ResponseWriter, r *http.Request) error {
	q := readQuery(r, "state", "cursor", "limit")
	state := store.DeliveryState(q.text("state", "waiting, delivered or dead", func(v string) bool {
		return v == string(store.DeliveryWaiting) || v == string(store.DeliveryDelivered) || v == string(store.DeliveryDead)
	}))
	before, limit := q.cursor(), q.number("limit", defaultPage, 1, maxPage)
	if q.err != nil {
		return q.err
	}
	hook, err := s.hookOf(r)
	if err != nil {
		return err
	}
	page, more, err := s.Store.Deliveries(r.Context(), hook.ID, state, before, limit)
	if err != nil {
		return err
	}
	a := deliveriesAnswer{Deliveries: []deliveryAnswer{}}
	for _, d := range page {
		a.Deliveries = append(a.Deliveries, deliveryOf(d))
	}
	if more {
		a.Next = nextCursor(page[len(page)-1].Entry.Position)
	}
	return answer(w, http.StatusOK, a)
}

// replayDelivery sends a settled delivery once more, and tries it as often as a
// new one.
func (s *Server) replayDelivery(w http.ResponseWriter, r *http.Request) error {
	hook, err := s.hookWithoutBody(r)
	if err != nil {
		return err
	}
	d, err := s.Store.Delivery(r.Context(), hook.ID, chi.URLParam(r, "delivery"))
	if err != nil {
		return err
	}
	if d == nil {
		return absent()
	}
	now := s.Clock()
	if err := s.Store.Replay(r.Context(), hook.ID, d.ID, now); err != nil {
		return err
	}
	if d.State != store.DeliveryWaiting {
		d.State, d.Attempts, d.Due = store.DeliveryWaiting, 0, now.UTC().Truncate(time.Millisecond)
	}
	s.Webhooks.Wake()
	a := deliveryOf(*d)
	a.DryRun = callOf(r.Context()).dryRun
	return answer(w, http.StatusOK, a)
}

type replayAnswer struct {
	Replayed int  `json:"replayed"` // deliveries that wait again
	DryRun   bool `json:"dry_run,omitempty"`
}

// replayWebhook sends once more all that was given up.
func (s *Server) replayWebhook(w http.ResponseWriter, r *http.Request) error {
	hook, err := s.hookWithoutBody(r)
	if err != nil {
		return err
	}
	n, err := s.Store.ReplayDead(r.Context(), hook.ID, s.Clock())
	if err != nil {
		return err
	}
	s.Webhooks.Wake()
	return answer(w, http.StatusOK, replayAnswer{n, callOf(r.Context()).dryRun})
}
