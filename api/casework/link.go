package casework

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

// Tell puts an entry of the journal into the outbox, from where the link hands it to
// the registrar however long that takes. The same id again is the same entry. Where
// there is no registrar, nobody would ever take it out, and nothing is kept.
func (d *Desk) Tell(ctx context.Context, e JournalEntry) error {
	if d.Unlinked {
		return nil
	}
	if e.ID == "" {
		id, err := uuid.NewRandomFromReader(d.Random)
		if err != nil {
			return fmt.Errorf("drawing an entry's id: %w", err)
		}
		e.ID = id.String()
	}
	e.At = e.At.UTC().Truncate(time.Second)
	text, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("writing down an entry of the journal: %w", err)
	}
	return d.Book.AddSending(ctx, casebook.Sending{ID: e.ID, Note: e.Note, Entry: text})
}

// How often the link does what.
const (
	// LinkEvery is how often it looks for something to send.
	LinkEvery = 2 * time.Second
	// PollEvery is how often it asks the registrar what persons want.
	PollEvery = 20 * time.Second

	firstPause   = 2 * time.Second // after a failure; twice as long each time
	longestPause = 5 * time.Minute
	// deferral is how long an entry waits that was refused for now; twice as long each
	// time.
	deferral        = 10 * time.Minute
	longestDeferral = 6 * time.Hour
	maxDoublings    = 16
	// maxBatches bounds the batches of one round, so that what persons want is asked
	// for in between.
	maxBatches = 50
)

// Link keeps the company's desk and the registrar in step: what the company writes
// down for persons goes there, in the order of each note, and what persons ask for
// comes onto the worklist. Whatever fails is tried again, for ever.
type Link struct {
	Desk      *Desk
	Registrar Registrar

	polled time.Time // when it last asked what persons want
}

// Run goes on until the context ends.
func (l *Link) Run(ctx context.Context) {
	wait := time.NewTimer(0)
	defer wait.Stop()
	for failures := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-wait.C:
		}
		next := LinkEvery
		if err := l.Round(ctx); err == nil {
			failures = 0
		} else if ctx.Err() == nil {
			next = doubled(firstPause, longestPause, failures)
			failures++
			l.Desk.Log.WarnContext(ctx, "the registrar is not in step", slog.String("error", err.Error()), slog.Duration("again", next))
		}
		wait.Reset(next)
	}
}

// doubled gives a wait that grows with each time, up to a longest one.
func doubled(first, longest time.Duration, times int) time.Duration {
	return min(first<<min(times, maxDoublings), longest)
}

// Round does once what the link does again and again: each by itself, so that a person
// who asks to be called does not wait for an entry that cannot be handed over. It is not
// to be called while Run runs.
func (l *Link) Round(ctx context.Context) error {
	var failed error
	try := func(doing string, do func(context.Context) error) bool {
		err := do(ctx)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", doing, err))
		}
		return err == nil
	}
	try("handing entries to the registrar", l.send)
	try("telling the registrar of calls", l.tellCalls)
	try("telling the registrar of complaints", l.tellComplaints)
	now := l.Desk.Clock()
	if !now.Before(l.polled.Add(PollEvery)) && try("asking the registrar what persons want", l.listen) {
		l.polled = now
	}
	return failed
}

// send hands in what waits. A crash after the registrar has taken a batch, and before
// that is noted here, sends the batch again, which changes nothing there.
func (l *Link) send(ctx context.Context) error {
	for range maxBatches {
		now := l.Desk.Clock()
		waiting, err := l.Desk.Book.NextSending(ctx, now, client.MaxJournalBatch)
		if err != nil || len(waiting) == 0 {
			return err
		}
		entries := make([]JournalEntry, len(waiting))
		for i, w := range waiting {
			if err := json.Unmarshal(w.Entry, &entries[i]); err != nil {
				return fmt.Errorf("reading entry %s: %w", w.ID, err)
			}
		}
		written, err := l.write(ctx, entries)
		if err != nil {
			return err
		}
		if len(written) != len(waiting) {
			return fmt.Errorf("%d entries were answered with %d results", len(waiting), len(written))
		}
		settled := make([]casebook.Settled, len(waiting))
		for i, w := range written {
			settled[i] = casebook.Settled{ID: waiting[i].ID, FollowUp: w.FollowUp}
			if w.Refused == nil {
				continue
			}
			settled[i].Refused = w.Refused.Code
			if w.Refused.Retryable() {
				settled[i].Next = now.Add(doubled(deferral, longestDeferral, waiting[i].Tries))
				continue
			}
			l.Desk.Log.WarnContext(ctx, "the registrar refuses an entry", slog.String("entry", waiting[i].ID), slog.String("code", string(w.Refused.Code)))
		}
		if err := l.Desk.Book.SettleSending(ctx, settled, now); err != nil {
			return err
		}
	}
	return nil
}

// write hands in entries together; one at a time where the registrar cannot read one of
// them, which is then refused alone.
func (l *Link) write(ctx context.Context, entries []JournalEntry) ([]Written, error) {
	written, err := l.Registrar.Write(ctx, entries...)
	refusal, refused := errors.AsType[*ledger.Error](err)
	switch {
	case !refused || refusal.Class() != ledger.ClassInvalid:
		return written, err
	case len(entries) == 1:
		return []Written{{ID: entries[0].ID, Refused: refusal}}, nil
	}
	written = nil
	for i := range entries {
		one, err := l.write(ctx, entries[i:i+1])
		if err != nil {
			return nil, err
		}
		written = append(written, one...)
	}
	return written, nil
}

// told says whether the registrar has heard something: it took it, or has another
// state of it already, which no repeat changes. Any other refusal is of the link.
func (l *Link) told(ctx context.Context, what, id string, err error) error {
	refusal, ok := errors.AsType[*ledger.Error](err)
	if !ok {
		return err
	}
	switch refusal.Class() {
	case ledger.ClassConflict, ledger.ClassNotFound, ledger.ClassInvalid:
		l.Desk.Log.WarnContext(ctx, "the registrar does not take what it is told", slog.String("of", what), slog.String("id", id), slog.String("code", string(refusal.Code)))
		return nil
	}
	return err
}

// tellCalls says who calls persons who asked on the registrar's pages, by when, and
// what came of it.
func (l *Link) tellCalls(ctx context.Context) error {
	calls, err := l.Desk.Book.UntoldCalls(ctx, maxTold)
	if err != nil || len(calls) == 0 {
		return err
	}
	names, err := l.Desk.Book.StaffNames(ctx)
	if err != nil {
		return err
	}
	for i := range calls {
		c := &calls[i]
		if c.Ended.IsZero() {
			by := c.Promised
			if by.Before(l.Desk.Clock()) {
				by = time.Time{} // a time that has passed is no promise
			}
			err = l.Registrar.TakeCallback(ctx, c.ID, names[c.Owner], by)
		} else {
			err = l.Registrar.CompleteCallback(ctx, c.ID, string(c.Outcome))
		}
		if err = l.told(ctx, "call", c.ID, err); err != nil {
			return err
		}
		if err := l.Desk.Book.CallTold(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// maxTold bounds what the registrar is told of calls and of complaints in one round.
const maxTold = 100

// tellComplaints says who looks at complaints that were made on the registrar's pages,
// and hands over the answers.
func (l *Link) tellComplaints(ctx context.Context) error {
	complaints, err := l.Desk.Book.UntoldComplaints(ctx, maxTold)
	if err != nil || len(complaints) == 0 {
		return err
	}
	names, err := l.Desk.Book.StaffNames(ctx)
	if err != nil {
		return err
	}
	for i := range complaints {
		c := &complaints[i]
		if c.Answered.IsZero() {
			var task *casebook.Task
			if task, err = l.Desk.Book.Task(ctx, casebook.TaskID(casebook.TaskComplaint, c.ID)); err != nil {
				return err
			}
			if task != nil {
				err = l.Registrar.TakeComplaint(ctx, c.ID, names[task.Owner])
			}
		} else {
			err = l.Registrar.AnswerComplaint(ctx, c.ID, names[c.AnsweredBy], c.Answer)
		}
		if err = l.told(ctx, "complaint", c.ID, err); err != nil {
			return err
		}
		if err := l.Desk.Book.ComplaintTold(ctx, c); err != nil {
			return err
		}
	}
	return nil
}
