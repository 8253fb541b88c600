// Package protocol is what a client and the contract say to each other: the
// contract's functions, the messages they take and give, where they keep
// things, and the Client that speaks it. The contract and every adapter import
// it, so that none of them needs to know another.
//
// It must hold no rule of notes (package ledger has those) and know nothing of
// Fabric: a Channel brings the messages to a contract and back.
package protocol

import (
	"encoding/json"

	"github.com/skuld-registry/skuld/ledger"
)

// The contract's functions. Every one takes its message from the transient
// field or, for reads, from its single argument, which is never ordered.
const (
	// FnApply applies a batch of commands. It takes no arguments, since those
	// are kept in every block; the Batch is in the transient field.
	FnApply = "Apply"
	// FnRead gives the current states that the caller's organisation is
	// entitled to: a Query in, a ReadAnswer out. Only the registrar's peer can
	// answer it.
	FnRead = "Read"
	// FnHistory gives a subject's entries: a HistoryQuery in, a HistoryAnswer out.
	FnHistory = "History"
	// FnRecords gives the public records: a Query in, a Records out. Any peer can.
	FnRecords = "Records"
)

// TransientBatch is the key of the Batch in a proposal's transient field.
const TransientBatch = "batch"

// EventApplied is the chaincode event of a transaction that applied commands;
// its payload is an AppliedEvent.
const EventApplied = "applied"

// Collection is the registrar's private collection.
const Collection = "registry"

// RegistrarMSP is the membership id of the registrar's organisation: it keeps
// the private collection, and it must endorse every transaction.
const RegistrarMSP = "RegistrarMSP"

// RecordKey is the public state key of a subject's control record.
func RecordKey(s ledger.Subject) string { return string(s.Kind) + "/" + s.ID }

// EntryKey is the key in the private collection of a subject's entry. An entry
// is written once and never changed, so a command costs one private write. The
// command that erases a note purges the keys of all before it and has no entry.
func EntryKey(s ledger.Subject, seq uint64) string {
	return string(s.Kind) + "/" + s.ID + "/" + uitoa(seq)
}

// State is a private state on its way to an endorser, who checks it against
// the commitment in the public record.
type State struct {
	Salt  ledger.Salt     `json:"salt"`
	State json.RawMessage `json:"state"` // canonical bytes
}

// Batch is the transient message of FnApply.
type Batch struct {
	Commands []BatchCommand `json:"commands"`
	// Together says that the commands apply all or not at all.
	Together bool `json:"together,omitempty"`
	// Parties and Notes hold the private states that the commands need, by id.
	Parties map[ledger.PartyID]State `json:"parties,omitempty"`
	Notes   map[ledger.NoteID]State  `json:"notes,omitempty"`
}

// BatchCommand is one command of a batch.
type BatchCommand struct {
	Signed ledger.Signed `json:"signed"`
	// Salt is for the commitment to the state that the command leads to.
	Salt ledger.Salt `json:"salt"`
	// Proof is set where the caller knows that the command was applied before;
	// with it the contract answers the first result.
	Proof *ledger.Proof `json:"proof,omitempty"`
}

// BatchAnswer is the public answer of FnApply: one answer per command. If none
// of the commands was applied the contract refuses the whole transaction with
// the same message as its error text, so that nothing is ordered. So it does
// where the commands go together and one of them is refused; the others, which
// alone would have been applied, have the code batch_refused.
type BatchAnswer struct {
	Answers []Answer `json:"answers,omitempty"`
	// Code is set, and nothing else, where the message was refused as a whole
	// before any command was looked at. Every function refuses in this form.
	Code ledger.Code `json:"code,omitempty"`
}

// Answer is the public answer to one command.
type Answer struct {
	Result   *ledger.Result `json:"result,omitempty"`
	Repeated bool           `json:"repeated,omitempty"`
	// Code is set where the command was refused. Parameters are not given
	// here, since they may hold terms; the client, who holds the state, gets
	// them by running the same rules itself.
	Code ledger.Code `json:"code,omitempty"`
}

// AppliedEvent is the payload of EventApplied.
type AppliedEvent struct {
	Results []ledger.Result `json:"results"`
}

// Query asks for subjects.
type Query struct {
	Notes   []ledger.NoteID  `json:"notes,omitempty"`
	Parties []ledger.PartyID `json:"parties,omitempty"`
	Books   []ledger.BookID  `json:"books,omitempty"`
}

// ReadAnswer answers FnRead in the order of the Query.
type ReadAnswer struct {
	Notes   []NoteAnswer  `json:"notes,omitempty"`
	Parties []PartyAnswer `json:"parties,omitempty"`
	Books   []BookAnswer  `json:"books,omitempty"`
}

// NoteAnswer is one note in a ReadAnswer.
type NoteAnswer struct {
	Record *ledger.NoteRecord `json:"record,omitempty"`
	State  *State             `json:"state,omitempty"` // where entitled
	Holder ledger.PartyID     `json:"holder,omitempty"`
	// Orgs are the member organisations (MSP ids) that host a party to the
	// note; an endorser beside the registrar is chosen among them, so that
	// nobody sees a state that it is not entitled to.
	Orgs []string    `json:"orgs,omitempty"`
	Code ledger.Code `json:"code,omitempty"`
}

// PartyAnswer is one party in a ReadAnswer.
type PartyAnswer struct {
	Record *ledger.PartyRecord `json:"record,omitempty"`
	State  *State              `json:"state,omitempty"` // where entitled
	Code   ledger.Code         `json:"code,omitempty"`
}

// BookAnswer is one book in a ReadAnswer.
type BookAnswer struct {
	Book *ledger.Book `json:"book,omitempty"`
	Code ledger.Code  `json:"code,omitempty"`
}

// HistoryQuery asks for a subject's entries.
type HistoryQuery struct {
	Subject ledger.Subject `json:"subject"`
	From    uint64         `json:"from"`
	Limit   int            `json:"limit"`
	// Because, for a party alone, names a command on a note that the caller may
	// read. Where the party signed it, or it was signed for the party, the caller
	// may read the party's history, too.
	Because *Place `json:"because,omitempty"`
}

// Place is where a command stands on a note, and where one stands on the party
// that signed it, if that is the one that is meant.
type Place struct {
	Note   ledger.NoteID  `json:"note"`
	Seq    uint64         `json:"seq"`
	Via    ledger.PartyID `json:"via,omitempty"`
	ViaSeq uint64         `json:"via_seq,omitempty"`
}

// HistoryAnswer answers FnHistory. It may hold fewer entries than asked for,
// where they are too long for one message, and at least one where there is one.
//
// Where Code is not_entitled, Entries holds only those that came through the
// reader's own organisation, and Links the link of every entry from the number
// asked for on, so that the reader can check those few against the public head.
// Where it is note_erased there is neither.
type HistoryAnswer struct {
	Entries []ledger.Entry  `json:"entries"`
	Links   []ledger.Digest `json:"links,omitempty"`
	Code    ledger.Code     `json:"code,omitempty"`
}
