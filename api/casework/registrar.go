package casework

import (
	"context"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
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

// Topic says in general words what a contact was about, so that whoever has its code
// learns no more than that before signing in.
type Topic string

// The topics.
const (
	TopicPayment     Topic = "payment"     // something is due, or came in
	TopicPlan        Topic = "plan"        // paying in parts, or a pause
	TopicObjection   Topic = "objection"   // what the person said is wrong
	TopicCallback    Topic = "callback"    // the person asked to be called
	TopicHolder      Topic = "holder"      // the note has got another holder
	TopicInformation Topic = "information" // anything else
)

// JournalEntry is something that the company writes down for the person whom it
// concerns, who reads it on the registrar's pages.
type JournalEntry struct {
	ID   string        `json:"id"` // a UUID; the same id again is the same entry. Drawn by Desk.Tell where empty
	Note ledger.NoteID `json:"note"`
	// Party is the one borrower whom it concerns; where it is empty, every borrower of
	// the note may read it.
	Party ledger.PartyID `json:"party,omitempty"`
	Kind  JournalKind    `json:"kind"`
	At    time.Time      `json:"at"`
	Staff string         `json:"staff,omitempty"` // the name of who did it, as the person may know it
	Phone string         `json:"phone,omitempty"` // where that same person is reached (E.164)
	Hours string         `json:"hours,omitempty"`
	// Of a contact and of a letter.
	Channel   string `json:"channel,omitempty"`   // phone, message, email, letter or visit
	Direction string `json:"direction,omitempty"` // in or out
	Number    string `json:"number,omitempty"`    // that the display showed (E.164)
	Code      string `json:"code,omitempty"`      // by which the person finds out who it was (code.Contact)
	Topic     Topic  `json:"topic,omitempty"`
	FollowUp  bool   `json:"follow_up,omitempty"` // the person is asked how it was
	Team      string `json:"team,omitempty"`      // of who did it; what answers to follow-ups are counted by
	// Of a decision and what overrode it: which rule, and what it saw.
	Rule  string            `json:"rule,omitempty"` // with its version
	Facts map[string]string `json:"facts,omitempty"`
	// Outcome is what a decision led to, and Why is why, both in plain words of each
	// language.
	Outcome map[ledger.Language]string `json:"outcome,omitempty"`
	Why     map[ledger.Language]string `json:"why,omitempty"`
}

// Written is what became of an entry that was handed in.
type Written struct {
	ID       string
	FollowUp string        // address of the questions, where the entry asked for them
	Refused  *ledger.Error // why it was not taken; nil where it was
}

// Callback is a person's wish to be called.
type Callback struct {
	ID        string
	Note      ledger.NoteID
	Party     ledger.PartyID // who asks; empty where it was not signed in
	Number    string         // as it was written
	When      string         // soon, morning, afternoon or evening
	Language  ledger.Language
	Words     string
	Created   time.Time
	Promised  time.Time // by when the person was told to be called
	TakenBy   ledger.PartyID
	TakenName string
}

// Complaint is what a person complains about, or asks somebody to look at again.
type Complaint struct {
	ID        string
	Number    string // that the person was given
	Note      ledger.NoteID
	Party     ledger.PartyID
	Review    bool   // of one entry of the journal
	Entry     string // which one
	Language  ledger.Language
	Words     string
	Created   time.Time
	AnswerBy  finance.Date // that the person was told
	TakenName string
}

// Answer is what somebody said of a contact. Who it was is not known.
type Answer struct {
	ID     string
	Month  string // such as 2026-11
	Team   string
	Topic  Topic
	Scores [3]int // 1 to 10: in all, against what was expected, against the best there could be
	Words  string
}

// Registrar is what the company's gateway asks of the registrar's, which serves the
// persons. Every call may be repeated. A refusal is a *ledger.Error.
type Registrar interface {
	// Write hands in entries of the journal; those that it has already stay as they
	// are. It tells of each what became of it.
	Write(ctx context.Context, entries ...JournalEntry) ([]Written, error)

	// Callbacks gives the calls that are still to be made, the latest first.
	Callbacks(ctx context.Context) ([]Callback, error)
	// TakeCallback tells the person who will call, and by when.
	TakeCallback(ctx context.Context, id, name string, by time.Time) error
	// CompleteCallback says that the call was made, and what came of it.
	CompleteCallback(ctx context.Context, id, outcome string) error

	// Complaints gives what is still to be answered, the latest first.
	Complaints(ctx context.Context) ([]Complaint, error)
	// TakeComplaint tells the person who looks at it.
	TakeComplaint(ctx context.Context, id, name string) error
	// AnswerComplaint answers the person in words.
	AnswerComplaint(ctx context.Context, id, name, text string) error

	// Answers gives what was said of contacts, in the order in which it became known,
	// after a place; "" for the first ones. next is the place after them.
	Answers(ctx context.Context, after string) (all []Answer, next string, err error)
}
