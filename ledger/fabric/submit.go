package fabric

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"

	"github.com/skuld-registry/skuld/ledger/protocol"
)

// Submit carries one transaction through its three stages, each with its own
// limit of time:
//
//   - endorse: until it succeeds nothing is sent, so it may be tried again and
//     elsewhere at will;
//   - submit: from the moment that the request leaves, the ordering service may
//     have the transaction, whatever the answer;
//   - commit status: a peer has the block. Accepted is not committed: what an
//     orderer accepted just before its death may never show.
func (c *Channel) Submit(ctx context.Context, s protocol.Submission) (protocol.Receipt, error) {
	t, l, err := c.endorsed(ctx, s)
	if err != nil {
		return protocol.Receipt{}, err
	}
	at, err := timeOf(t)
	if err != nil {
		return protocol.Receipt{}, notSent("reading the endorsed transaction", err)
	}
	undecided := func(doing string, err error) error {
		return &protocol.Undecided{Transaction: t.TransactionID(), Err: fmt.Errorf("%s: %w", doing, err)}
	}
	commit, err := c.order(ctx, t, l)
	if err != nil {
		return protocol.Receipt{}, undecided("sending it to the ordering service", err)
	}
	waiting, span := c.begin(ctx, "commit_status", attrTransaction.String(t.TransactionID()))
	committed, err := c.committed(waiting, commit, l)
	if err != nil {
		span.end(err)
		return protocol.Receipt{}, undecided("waiting for its block", err)
	}
	err = validity(committed)
	span.end(err, attrBlock.Int64(int64(committed.BlockNumber)), attrValidation.String(committed.Code.String()))
	if err != nil {
		return protocol.Receipt{}, err
	}
	return protocol.Receipt{
		Answer: t.Result(), Transaction: t.TransactionID(), Block: committed.BlockNumber, At: at,
	}, nil
}

// order hands an endorsed transaction to the ordering service.
func (c *Channel) order(ctx context.Context, t *client.Transaction, through *link) (*client.Commit, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opts.SubmitTimeout)
	defer cancel()
	ctx, span := c.begin(ctx, "submit", attrTransaction.String(t.TransactionID()), attrPeer.String(through.peer.MSPID))
	commit, err := t.SubmitWithContext(ctx)
	span.end(err)
	return commit, err
}

// route is a way to an endorsement: through whose gateway, and by whom beside
// the registrar.
type route struct {
	link *link
	org  string
}

// routes lists the ways to endorse a submission, the best first: one's own
// gateway, then the registrar's, which sees the message in any case. An endorser
// that the profile does not name may have joined after the profile was written;
// the peers know it then, so it comes last and is not left out.
func (c *Channel) routes(endorsers []string) []route {
	candidates := c.profile.others()
	if len(endorsers) > 0 {
		var named, newcomers []string
		for _, org := range endorsers {
			switch {
			case org == c.profile.RegistrarMSPID:
			case slices.Contains(candidates, org):
				named = append(named, org)
			default:
				newcomers = append(newcomers, org)
			}
		}
		candidates = append(named, newcomers...)
	}
	var list []route
	for _, l := range c.links() {
		for _, org := range candidates {
			list = append(list, route{l, org})
		}
	}
	return list
}

// endorsed has a submission endorsed by the registrar and one organisation more.
func (c *Channel) endorsed(ctx context.Context, s protocol.Submission) (*client.Transaction, *link, error) {
	const doing = "having it endorsed"
	routes := c.routes(s.Endorsers)
	if len(routes) == 0 {
		return nil, nil, notSent(doing, fmt.Errorf("no peer is known of any of %v", s.Endorsers))
	}
	at := 0
	var last error
	for attempt := range c.opts.Attempts {
		if attempt > 0 {
			if err := c.opts.Wait(ctx, c.opts.Backoff(attempt)); err != nil {
				return nil, nil, notSent(doing, errors.Join(err, last))
			}
		}
		r := routes[at%len(routes)]
		orgs := []string{c.profile.RegistrarMSPID, r.org}
		t, err := c.endorse(ctx, r.link, s, orgs)
		if err == nil {
			return t, r.link, nil
		}
		last = err
		switch what, refusal := judge(err, orgs); what {
		case takeAnswer:
			return nil, nil, refusal
		case giveUp:
			return nil, nil, turnedAway(doing, err)
		case tryElse:
			at++
		case tryAgain:
		}
	}
	return nil, nil, notSent(doing, last)
}

func (c *Channel) endorse(ctx context.Context, l *link, s protocol.Submission, orgs []string) (*client.Transaction, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opts.EndorseTimeout)
	defer cancel()
	proposal, err := l.gateway.GetNetwork(c.profile.Channel).GetContract(c.profile.Chaincode).
		NewProposal(s.Fn, client.WithTransient(s.Transient), client.WithEndorsingOrganizations(orgs...))
	if err != nil {
		return nil, fmt.Errorf("writing the proposal: %w", err)
	}
	ctx, span := c.begin(ctx, "endorse", attrTransaction.String(proposal.TransactionID()),
		attrEndorsers.StringSlice(orgs), attrPeer.String(l.peer.MSPID))
	t, err := proposal.EndorseWithContext(ctx)
	span.end(err)
	return t, err
}

// committed asks several peers for the transaction's fate and takes the first
// answer. It then waits a little for the rest: the registrar's peer is where
// the next state is read, and both are where the next command is endorsed, so a
// caller sees its own writes and endorsers seldom stand at different blocks.
func (c *Channel) committed(ctx context.Context, commit *client.Commit, through *link) (*client.Status, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opts.CommitTimeout)
	defer cancel()
	request, err := commit.Bytes()
	if err != nil {
		return nil, err
	}
	type answer struct {
		status *client.Status
		err    error
	}
	witnesses := c.witnesses(through)
	answers := make(chan answer, len(witnesses))
	for _, l := range witnesses {
		go func() {
			s, err := l.commitStatus(ctx, request)
			answers <- answer{s, err}
		}()
	}
	var first *client.Status
	var faults []error
	var late <-chan time.Time
	for range witnesses {
		select {
		case a := <-answers:
			switch {
			case a.err != nil:
				faults = append(faults, a.err)
			case first != nil && a.status.Code != first.Code:
				return nil, fmt.Errorf("two peers disagree on it: %s and %s", first.Code, a.status.Code)
			case first == nil:
				first = a.status
				timer := time.NewTimer(c.opts.CatchUpTimeout)
				defer timer.Stop()
				late = timer.C
			}
		case <-late:
			return first, nil
		}
	}
	if first == nil {
		return nil, errors.Join(faults...)
	}
	return first, nil
}

// witnesses lists the peers to ask: the one that was gone through, one's own,
// and one of the registrar's.
func (c *Channel) witnesses(through *link) []*link {
	list := []*link{through}
	for _, l := range []*link{c.own, c.registrar[0]} {
		if !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	return list
}

func (l *link) commitStatus(ctx context.Context, request []byte) (*client.Status, error) {
	commit, err := l.gateway.NewCommit(request)
	if err != nil {
		return nil, err
	}
	s, err := commit.StatusWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", l.peer.Address, err)
	}
	return s, nil
}

// validity says what a validation code means for the caller.
func validity(s *client.Status) error {
	switch s.Code {
	case peer.TxValidationCode_VALID:
		return nil
	case peer.TxValidationCode_MVCC_READ_CONFLICT, peer.TxValidationCode_PHANTOM_READ_CONFLICT:
		return fmt.Errorf("transaction %s: %w: %s", s.TransactionID, protocol.ErrConflict, s.Code)
	}
	return fmt.Errorf("transaction %s: %w: %s", s.TransactionID, protocol.ErrInvalid, s.Code)
}

// timeOf reads the ledger time that the transaction will have: the one in its
// own header, which the endorsers have held against their clocks.
func timeOf(t *client.Transaction) (time.Time, error) {
	b, err := t.Bytes()
	if err != nil {
		return time.Time{}, err
	}
	var prepared gateway.PreparedTransaction
	if err := proto.Unmarshal(b, &prepared); err != nil {
		return time.Time{}, err
	}
	var payload common.Payload
	if err := proto.Unmarshal(prepared.GetEnvelope().GetPayload(), &payload); err != nil {
		return time.Time{}, err
	}
	header, err := channelHeader(&payload)
	if err != nil {
		return time.Time{}, err
	}
	return ledgerTime(header), nil
}
