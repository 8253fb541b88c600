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

	// SubmitTogether is Submit with one transaction for all: either every
	// command is applied by it, in the order given, or none is. Where one is
	// refused the others are refused with batch_refused. Commands about the same
	// subject may follow each other. Commands that were all applied before are
	// answered with their first results; where only some were, the transaction
	// that was asked for can no longer be, so the rest is refused and each
	// outcome says what is true of its own command.
	//
	// What cannot be one transaction at all, being more than MaxBatch commands or
	// too many bytes or nothing that one organisation may endorse, is an error
	// with the code atomic_impossible; nothing was handed in then.
	SubmitTogether(ctx context.Context, commands ...Signed) ([]Outcome, error)

	// Rehearse says what Submit would answer to each command just now, with the
	// same checks in the same order, and submits nothing. Each command is judged
	// alone on the current state, as if those beside it were not there.
	//
	// Committed means that the command would be applied; its result then has no
	// head, and the outcome no transaction and no block, since the head binds the
	// ledger's time and only a transaction has one. Repeated means that it was
	// applied already. Nothing is promised: another command may come first.
	Rehearse(ctx context.Context, commands ...Rehearsal) ([]Outcome, error)

	// Notes reads the current state of notes. A note that does not exist, or
	// that the reader's organisation is not entitled to, has Err set.
	Notes(ctx context.Context, ids ...NoteID) ([]NoteView, error)

	// NoteAt reads a note as it stood at an instant: after the last of those
	// commands that the ledger had by then. A command takes effect when it is in
	// the chain, so one whose ledger time lies before that of the command before
	// it counts from the later of the two. Who may read the note now may read its
	// past; Err is not_found for an instant before its offer.
	NoteAt(ctx context.Context, id NoteID, at time.Time) (NoteView, error)

	// Parties reads the current state of parties, with the same rule. The
	// public record is given to every reader.
	Parties(ctx context.Context, ids ...PartyID) ([]PartyView, error)

	// Books reads books; they are public.
	Books(ctx context.Context, ids ...BookID) ([]BookView, error)

	// History gives a subject's entries from a sequence number on, at most
	// limit of them and never more than MaxHistory.
	History(ctx context.Context, subject Subject, from uint64, limit int) ([]Entry, error)

	// SignerHistory is History of a party for whoever may read a note on which the
	// party acted: not_entitled where the command that is named is not the party's.
	SignerHistory(ctx context.Context, q SignerQuery) ([]Entry, error)

	// Attest has peers of the registrar and of at least one other organisation
	// sign what the public records of subjects, at most MaxRead, say just now. The
	// subjects of each kind are asked for in the order given. It is unavailable
	// where so many peers that agree cannot be reached.
	Attest(ctx context.Context, subjects ...Subject) (Attestation, error)

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

// Rehearsal is a command to rehearse: one that is signed, or a draft that nobody
// has signed yet. A draft goes through every check but the signature's own; who
// signs it must be registered and in force all the same. It is taken at its word
// on who that is, and a refusal may tell what is owed: who asks must be known to
// be that party.
type Rehearsal struct {
	Signed Signed
	Draft  *Command // taken where Signed is empty
}

// Result is what a command led to. It is public: it travels in the answer that
// every peer keeps, so it holds no terms and no person.
type Result struct {
	Command CommandID `json:"command"`
	Op      Op        `json:"op"`
	Subject Subject   `json:"subject"`
	Seq     uint64    `json:"seq"`
	Head    Digest    `json:"head,omitzero"`
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
