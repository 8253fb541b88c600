package protocol

import (
	"context"
	"iter"
	"strconv"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// Channel brings messages to a contract and back: over Fabric's gateway in
// ledger/fabric, over the in-memory stub in chaincode/inproc.
type Channel interface {
	// Network gives the digest of the channel's first block.
	Network() string

	// Org gives the membership id of the caller's own organisation.
	Org() string

	// Evaluate asks the registrar's peer. The error is a *Refusal when the
	// contract refused the question.
	Evaluate(ctx context.Context, fn string, argument []byte) ([]byte, error)

	// Attest asks peers of every organisation that it knows the same question and
	// gives what they sign: the answer of the registrar's and at least one other's,
	// which must be of one mind. The error is a *Refusal when the contract refused
	// the question.
	Attest(ctx context.Context, fn string, argument []byte) (ledger.Attestation, error)

	// Submit has a transaction endorsed by the registrar and by one of the
	// organisations in endorsers (any where there is none), ordered, and waits
	// for its commit. It gives the contract's answer.
	// The error is a *Refusal when the contract refused the transaction,
	// ErrConflict or ErrInvalid when it was ordered and found invalid,
	// ErrNotSent or ErrTurnedAway when it is certain that nothing was ordered, and
	// otherwise, best as an *Undecided, leaves the outcome unknown.
	Submit(ctx context.Context, s Submission) (Receipt, error)

	// Blocks gives the committed blocks from a number on, then new ones.
	Blocks(ctx context.Context, from uint64) iter.Seq2[ledger.Block, error]
}

// Submission is one transaction to submit.
type Submission struct {
	Fn        string
	Transient map[string][]byte
	Endorsers []string // candidate organisations beside the registrar
}

// Receipt says where a transaction was committed.
type Receipt struct {
	Answer      []byte
	Transaction string
	Block       uint64
	// At is the ledger time of the transaction. Without it the client reads a
	// state anew that it could have computed.
	At time.Time
}

func uitoa(n uint64) string { return strconv.FormatUint(n, 10) }
