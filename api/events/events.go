// Package events is what happened on the ledger, as a party is told of it: in a
// stream, in a page, or at the address of a webhook.
//
// It must not hold terms or persons: an event says that a note's number changed
// and by which operation, and who wants more reads the note. It must not decide
// who is told of what, which the store settled when it happened.
package events

import (
	"slices"
	"strconv"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// Event is one applied command.
type Event struct {
	ID string `json:"id"` // grows from event to event; names the place to go on after
	ledger.Result
	At          time.Time `json:"at"` // ledger time
	Transaction string    `json:"transaction"`
	Block       uint64    `json:"block"`
}

// Of gives the event of an entry.
func Of(e store.Entry) Event {
	return Event{ID: ID(e.Position), Result: e.Result, At: e.At, Transaction: e.Transaction, Block: e.Block}
}

// ID writes the position of an entry as callers see it.
func ID(position int64) string { return strconv.FormatInt(position, 10) }

// Position reads an ID, and says whether it is one.
func Position(id string) (int64, bool) {
	n, err := strconv.ParseInt(id, 10, 64)
	return n, err == nil && n >= 0 && ID(n) == id
}

// Filter selects events. An empty field selects nothing away.
type Filter struct {
	Note ledger.NoteID
	Ops  []ledger.Op
}

// Takes says whether an entry is one of those that are wanted.
func (f Filter) Takes(e store.Entry) bool {
	return (f.Note == "" || e.Result.Subject == f.Note.Subject()) && (len(f.Ops) == 0 || slices.Contains(f.Ops, e.Result.Op))
}
