package casework

import (
	"context"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// JournalKind says what an entry of the journal tells.
type JournalKind string

// The kinds of entry.
const (
	JournalContact  JournalKind = "contact"  // somebody reached the person, or tried to
	JournalDecision JournalKind = "decision" // a rule did something by itself
	JournalOverride JournalKind = "override" // a person changed what a rule had done
	JournalLetter   JournalKind = "letter"   // something was sent
	JournalReading  JournalKind = "reading"  // somebody looked at the person's data
)

// JournalEntry is something that the company writes down for the person whom it
// concerns, who reads it on the registrar's pages.
type JournalEntry struct {
	ID    string        `json:"id"` // a UUID; the same id again is the same entry
	Note  ledger.NoteID `json:"note"`
	Kind  JournalKind   `json:"kind"`
	At    time.Time     `json:"at"`
	Staff string        `json:"staff,omitempty"` // the name of who did it, as the person may know it
	Phone string        `json:"phone,omitempty"` // where that same person is reached
	Hours string        `json:"hours,omitempty"`
	// Of a contact and of a letter.
	Channel   string `json:"channel,omitempty"`   // phone, message, email, letter or visit
	Direction string `json:"direction,omitempty"` // in or out
	Number    string `json:"number,omitempty"`    // that the display showed (E.164)
	Code      string `json:"code,omitempty"`      // by which the person finds out who it was
	FollowUp  bool   `json:"follow_up,omitempty"` // the person is asked how it was
	// Of a decision and what overrode it: which rule, and what it saw.
	Rule  string            `json:"rule,omitempty"` // with its version
	Facts map[string]string `json:"facts,omitempty"`
	// Why, in plain words of each language.
	Why map[ledger.Language]string `json:"why,omitempty"`
}

// Registrar is what the company's gateway asks of the registrar's, which serves the
// persons. Every call may be repeated.
type Registrar interface {
	// Write hands in entries of the journal; those that it has already stay as they are.
	Write(ctx context.Context, entries ...JournalEntry) error
}
