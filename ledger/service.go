package ledger

import (
	"context"
	"encoding/json"
	"iter"
	"time"
)

// Service is a ledger: commands go in, states and blocks come out. The
// in-memory ledger and the Fabric network both are one, and package
// ledgertest says what each must do.
type Service interface {
	// Network gives the digest that commands must name.
	Network() string

	// Submit hands in signed commands and waits until the outcome of each is
	// known, or until ctx ends, which leaves the outcome unknown. It gives one
	// outcome per command in the same order, and an error only where nothing
	// was handed in at all. A command that was applied before is answered with
	// its first result.
	Submit(ctx context.Context, commands ...Signed) ([]Outcome, error)

	// Notes reads the current state of notes. A note that does not exist, or
	// that the reader's organisation is not entitled to, has Err set.
	Notes(ctx context.Context, ids ...NoteID) ([]NoteView, error)

	// Parties reads the current state of parties, with the same rule. The
	// public record is given to every reader.
	Parties(ctx context.Context, ids ...PartyID) ([]PartyView, error)

	// Books reads books; they are public.
	Books(ctx context.Context, ids ...BookID) ([]BookView, error)

	// History gives a subject's entries from a sequence number on, at most
	// limit of them and never more than MaxHistory.
	History(ctx context.Context, subject Subject, from uint64, limit int) ([]Entry, error)

	// Blocks gives the committed blocks from a number on, and goes on as new
	// ones come until ctx ends or the stream breaks, which it yields as an error.
	Blocks(ctx context.Context, from uint64) iter.Seq2[Block, error]
}

// Limits of a Service.
const (
	MaxBatch   = 100 // commands in one transaction
	MaxRead    = 200 // subjects in one read
	MaxHistory = 500 // entries in one answer
)

// OutcomeState is what is known of a submitted command.
type OutcomeState string

// The four outcomes. Unknown is resolved by submitting the same command again:
// it is applied once in any case.
const (
	Committed  OutcomeState = "committed"
	Rejected   OutcomeState = "rejected"   // refused by a rule; Err says which
	Conflicted OutcomeState = "conflicted" // lost against another command; nothing was applied
	Unknown    OutcomeState = "unknown"
)

// Outcome is the fate of one command.
type Outcome struct {
	State       OutcomeState `json:"state"`
	Result      *Result      `json:"result,omitempty"` // when committed
	Err         *Error       `json:"-"`                // when rejected, conflicted or unknown
	Repeated    bool         `json:"repeated,omitempty"`
	Transaction string       `json:"transaction,omitempty"`
	Block       uint64       `json:"block,omitempty"`
}

// Result is what a command led to. It is public: it travels in the answer that
// every peer keeps, so it holds no terms and no person.
type Result struct {
	Command CommandID `json:"command"`
	Op      Op        `json:"op"`
	Subject Subject   `json:"subject"`
	Seq     uint64    `json:"seq"`
	Head    Digest    `json:"head"`
}

// NoteView is a note as read from the ledger.
type NoteView struct {
	Record NoteRecord
	Note   *Note
	Salt   Salt
	Holder PartyID // of the note's book; empty once handed back
	Err    *Error
}

// PartyView is a party as read from the ledger. Party is nil where only the
// public record may be seen.
type PartyView struct {
	Record PartyRecord
	Party  *Party
	Salt   Salt
	Err    *Error
}

// BookView is a book as read from the ledger.
type BookView struct {
	Book *Book
	Err  *Error
}

// Entry is one command as the registrar keeps it: enough to replay the subject
// and to check it against the public head and commitment.
type Entry struct {
	Seq         uint64          `json:"seq"`
	Signed      Signed          `json:"signed"`
	At          time.Time       `json:"at"`  // ledger time
	Org         string          `json:"org"` // organisation through which it came
	Transaction string          `json:"transaction"`
	Salt        Salt            `json:"salt,omitzero"`
	State       json.RawMessage `json:"state,omitempty"` // canonical bytes of the state after it
}

// Block is one committed block as far as it concerns the registry.
type Block struct {
	Number       uint64
	Transactions []Transaction // valid ones that applied at least one command
}

// Transaction is one committed transaction.
type Transaction struct {
	ID      string
	At      time.Time
	Results []Result
}
