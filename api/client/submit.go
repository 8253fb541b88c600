package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/client/rest"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// Retry bounds how long a client goes on when a gateway cannot tell an outcome.
type Retry struct {
	Attempts int           // at least 1
	First    time.Duration // wait before the second attempt; it doubles each time
	Longest  time.Duration // bound of one wait
}

// DefaultRetry goes on for about a minute: longer than a peer or the gateway
// takes to come back after a crash.
var DefaultRetry = Retry{Attempts: 14, First: 100 * time.Millisecond, Longest: 8 * time.Second}

// Draft is a command to write: what is asked for, without what follows from the
// client and the time.
type Draft struct {
	Op      ledger.Op
	Subject string // empty where the operation creates it
	Seq     uint64 // the subject's next number; may be zero for a new subject
	Body    any
	Command ledger.CommandID // a random one where empty
	Life    time.Duration    // ledger.DefaultLife where zero
}

// Sign signs a command that was written with the client's party as its signer.
func (c *Client) Sign(command *ledger.Command) (ledger.Signed, error) {
	if c.options.Key == nil {
		return ledger.Signed{}, ErrNoKey
	}
	return sign.Command(command, c.options.Key)
}

// Write writes a command and signs it with the party's key. It sends nothing.
func (c *Client) Write(ctx context.Context, d Draft) (*ledger.Command, ledger.Signed, error) {
	if c.options.Key == nil {
		return nil, ledger.Signed{}, ErrNoKey
	}
	network, err := c.Network(ctx)
	if err != nil {
		return nil, ledger.Signed{}, err
	}
	if d.Command == "" {
		if d.Command, err = c.newCommandID(); err != nil {
			return nil, ledger.Signed{}, err
		}
	}
	command, err := ledger.Draft{
		Op: d.Op, Network: network, By: c.options.Party, Subject: d.Subject, Seq: d.Seq, Command: d.Command,
		IssuedAt: c.options.Now(), Life: d.Life, Body: d.Body,
	}.Build()
	if err != nil {
		return nil, ledger.Signed{}, err
	}
	signed, err := sign.Command(command, c.options.Key)
	return command, signed, err
}

func (c *Client) newCommandID() (ledger.CommandID, error) {
	id, err := uuid.NewRandom()
	if c.options.Random != nil {
		id, err = uuid.NewRandomFromReader(c.options.Random)
	}
	if err != nil {
		return "", fmt.Errorf("drawing a command id: %w", err)
	}
	return ledger.CommandID(id.String()), nil
}

// Receipt is the outcome of a command that was applied.
type Receipt = rest.Receipt

// UnknownOutcome says that a command was handed in and that what became of it
// is not known yet. Sending the same signed command again is safe.
type UnknownOutcome struct {
	Signed ledger.Signed
	err    error
}

// Error says what happened last.
func (u *UnknownOutcome) Error() string {
	return "the outcome is not known yet: " + u.err.Error()
}

// Unwrap gives the last answer.
func (u *UnknownOutcome) Unwrap() error { return u.err }

// Submit hands in a signed command and waits for its outcome. As long as that is
// not known it sends the same command again. A refusal is a *Problem; where the
// outcome stays unknown, the error is an *UnknownOutcome.
func (c *Client) Submit(ctx context.Context, signed ledger.Signed) (Receipt, error) {
	return c.submit(ctx, request{rest.SubmitCommands(rest.SubmitCommandsParams{}, rest.Commands{SignedCommand: signed}), private}, signed)
}

// Register hands in a registration, which needs no access yet.
func (c *Client) Register(ctx context.Context, signed ledger.Signed) (Receipt, error) {
	return c.submit(ctx, request{rest.RegisterParty(rest.RegisterPartyParams{}, rest.Write{SignedCommand: signed}), public}, signed)
}

func (c *Client) submit(ctx context.Context, r request, signed ledger.Signed) (Receipt, error) {
	var receipt Receipt
	unknown := false // an earlier attempt may have taken effect
	err := c.retry(ctx, func() error {
		receipt = Receipt{}
		status, err := c.exchange(ctx, r, &receipt)
		if err == nil && (status == http.StatusAccepted || receipt.Result == nil) {
			err = errPending
		}
		unknown = unknown || open(err)
		return err
	})
	switch {
	case err == nil:
		return receipt, nil
	case open(err), unknown && !answers(err):
		return Receipt{}, &UnknownOutcome{Signed: signed, err: err}
	}
	return Receipt{}, err
}

// answers says whether a refusal tells what became of the command itself, also
// of what was sent of it earlier. One that may succeed later does not, nor one
// of the caller: its token may end, or its key be replaced, in the meantime.
func answers(err error) bool {
	if _, ok := errors.AsType[*notSent](err); ok {
		return false
	}
	p, ok := errors.AsType[*Problem](err)
	return ok && !again(err) && p.Status != http.StatusUnauthorized
}

// errPending says that the gateway took a command and cannot tell its outcome.
var errPending = ledger.Refuse(ledger.CodeOutcomeOpen)

// open says whether a write may have taken effect, or may yet, after an error.
// A refusal that is not for lack of an answer means that nothing was applied.
func open(err error) bool {
	if _, ok := errors.AsType[*notSent](err); ok {
		return false
	}
	if u, ok := errors.AsType[*Unreachable](err); ok {
		return u.Sent
	}
	if _, ok := errors.AsType[*unreadable](err); ok {
		return true
	}
	p, ok := errors.AsType[*Problem](err)
	return errors.Is(err, errPending) || ok && p.Status >= http.StatusInternalServerError
}

// retry repeats an exchange while its outcome is open or the refusal says that
// the same may succeed later, within the client's bounds.
func (c *Client) retry(ctx context.Context, try func() error) error {
	wait := c.options.Retry.First
	for attempt := 1; ; attempt++ {
		err := try()
		if err == nil || attempt >= c.options.Retry.Attempts || ctx.Err() != nil || !again(err) {
			return err
		}
		pause := wait
		if p, ok := errors.AsType[*Problem](err); ok {
			pause = max(pause, p.RetryAfter)
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return err
		case <-timer.C:
		}
		wait = min(2*wait, c.options.Retry.Longest)
	}
}

// again says whether the same request may fare better later.
func again(err error) bool {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p.Retryable || open(err)
	}
	_, silent := errors.AsType[*Unreachable](err)
	return silent || open(err)
}
