package inproc

import (
	"context"
	"fmt"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// maxAttests is how often peers are asked while a block comes between the first
// one's answer and the last one's.
const maxAttests = 5

// Attest asks every organisation's peer and has it sign what the contract says.
func (c *Channel) Attest(ctx context.Context, fn string, argument []byte) (ledger.Attestation, error) {
	err := error(protocol.ErrDivided)
	for range maxAttests {
		if err := ctx.Err(); err != nil {
			return ledger.Attestation{}, err
		}
		if c.ledger.fault(c.ledger.attempt(), c.org, StepEvaluate).Fails {
			return ledger.Attestation{}, ErrFault
		}
		var a ledger.Attestation
		if a, err = c.attest([][]byte{[]byte(fn), argument}); err == nil {
			return a, nil
		}
	}
	return ledger.Attestation{}, err
}

func (c *Channel) attest(args [][]byte) (ledger.Attestation, error) {
	proposal := c.propose(args, nil)
	var question []byte
	var answers []protocol.SignedAnswer
	for _, org := range c.ledger.options.Orgs {
		a, e, err := c.ledger.net.Attest(org, proposal)
		if err != nil {
			return ledger.Attestation{}, fmt.Errorf("asking the peer of %s: %w", org, err)
		}
		if e.Refused() {
			return ledger.Attestation{}, &protocol.Refusal{Message: e.Response.Message}
		}
		question = a.Question
		answers = append(answers, protocol.SignedAnswer{
			Org: org, Answer: a.Answer, Attester: ledger.Attester{Identity: a.Identity, Signature: a.Signature},
		})
	}
	return protocol.Agreed(c.ledger.net.Genesis(), question, answers)
}
