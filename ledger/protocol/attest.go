package protocol

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
)

// Attest has peers sign the public records of subjects; see ledger.Service. What
// they sign is for package evidence to judge: here it is only passed on.
func (c *Client) Attest(ctx context.Context, list ...ledger.Subject) (ledger.Attestation, error) {
	if len(list) > ledger.MaxRead {
		return ledger.Attestation{}, ledger.Refuse(ledger.CodeLimit, "what", "subjects", "limit", uitoa(ledger.MaxRead))
	}
	q, err := Marshal(queryOf(list))
	if err != nil {
		return ledger.Attestation{}, err
	}
	a, err := c.channel.Attest(ctx, FnRecords, q)
	if refusal, ok := errors.AsType[*Refusal](err); ok {
		if answer, err := refusal.Answer(); err == nil && answer.Code != "" {
			return ledger.Attestation{}, fmt.Errorf("having records attested: %w", ledger.Refuse(answer.Code))
		}
	}
	if errors.Is(err, ErrDivided) {
		return ledger.Attestation{}, fmt.Errorf("having records attested: %w: %w", err, ledger.Refuse(ledger.CodeUnavailable))
	}
	if err != nil {
		return ledger.Attestation{}, fmt.Errorf("having records attested: %w", err)
	}
	return a, nil
}

// SignerHistory gives the entries of a party that acted on a note; see
// ledger.Service. It checks them as History does.
func (c *Client) SignerHistory(ctx context.Context, q ledger.SignerQuery) ([]ledger.Entry, error) {
	from, limit := max(q.From, 1), min(q.Limit, ledger.MaxHistory)
	if limit <= 0 {
		return nil, nil
	}
	return c.checkedPage(ctx, HistoryQuery{
		Subject: q.Party.Subject(), From: from, Limit: limit, Because: &Place{Note: q.Note, Seq: q.Seq, Via: q.Via, ViaSeq: q.ViaSeq},
	})
}

// SignedAnswer is what one peer answered to a question that several were asked.
type SignedAnswer struct {
	Org      string
	Answer   []byte
	Attester ledger.Attester
}

// ErrDivided says that no answer was had from the registrar and another
// organisation alike: a peer may be a block behind, or could not be reached.
var ErrDivided = errors.New("the registrar's peer and another organisation's do not attest the same")

// Agreed makes the attestation of a question from the peers' answers: of those
// that the registrar gave, the one that most organisations gave as well. Who
// answered something else is left out; it may only be a block behind.
func Agreed(genesis, question []byte, all []SignedAnswer) (ledger.Attestation, error) {
	best := ledger.Attestation{Genesis: genesis, Question: question}
	for _, first := range all {
		if first.Org != RegistrarMSP {
			continue
		}
		var same []SignedAnswer
		for _, a := range all {
			known := slices.ContainsFunc(same, func(s SignedAnswer) bool { return s.Org == a.Org })
			if bytes.Equal(a.Answer, first.Answer) && !known {
				same = append(same, a)
			}
		}
		if len(same) <= max(len(best.Attesters), 1) {
			continue
		}
		slices.SortFunc(same, func(a, b SignedAnswer) int { return strings.Compare(a.Org, b.Org) })
		best.Answer, best.Attesters = first.Answer, nil
		for _, s := range same {
			best.Attesters = append(best.Attesters, s.Attester)
		}
	}
	if best.Attesters == nil {
		return ledger.Attestation{}, ErrDivided
	}
	return best, nil
}
