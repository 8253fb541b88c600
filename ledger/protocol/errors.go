package protocol

import (
	"errors"
	"fmt"

	"github.com/skuld-registry/skuld/ledger"
)

// What a Channel can say of a submission that was not committed. Any other
// error of Submit leaves the outcome unknown.
var (
	// ErrNotSent says that nothing was ordered and nothing ever will be.
	ErrNotSent = errors.New("the transaction was not sent")
	// ErrTurnedAway says that the channel does not admit the caller: nothing was
	// sent, and asking again changes nothing.
	ErrTurnedAway = errors.New("the channel turned the caller away")
	// ErrConflict says that the transaction was ordered and lost against
	// another one; it had no effect.
	ErrConflict = errors.New("the transaction lost against another one")
	// ErrInvalid says that the transaction was ordered and found invalid for
	// another reason than a conflict; it had no effect.
	ErrInvalid = errors.New("the transaction was found invalid")
)

// Refusal is the contract's own refusal of a whole transaction. Nothing was
// ordered.
type Refusal struct {
	Message string // a BatchAnswer as JSON
}

func (r *Refusal) Error() string { return "the contract refused the transaction: " + r.Message }

// Answer reads the refusal's message.
func (r *Refusal) Answer() (BatchAnswer, error) {
	var a BatchAnswer
	if err := Decode([]byte(r.Message), &a); err != nil {
		return BatchAnswer{}, fmt.Errorf("reading the contract's refusal: %w", err)
	}
	return a, nil
}

// Undecided says that a transaction was sent and that its fate is not known. A
// Channel that knows the transaction's id wraps its error in one.
type Undecided struct {
	Transaction string
	Err         error
}

func (u *Undecided) Error() string {
	return "the outcome of transaction " + u.Transaction + " is not known: " + u.Err.Error()
}

func (u *Undecided) Unwrap() error { return u.Err }

func asRefusal(err error) (*ledger.Error, bool) { return errors.AsType[*ledger.Error](err) }
