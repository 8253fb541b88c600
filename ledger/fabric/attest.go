package fabric

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// statusOK is the status of an answer that a contract gave (common.Status_SUCCESS).
const statusOK = int32(common.Status_SUCCESS)

// attesting is what attestations need beside the channel's own connections.
type attesting struct {
	mu      sync.Mutex // guards all below
	links   map[string]*link
	genesis []byte // the envelope of the first block, once it was read
}

// Attest asks the peers of every organisation in the profile. It asks their
// Endorser service itself, since the Gateway service drops the signatures of what
// it evaluates.
func (c *Channel) Attest(ctx context.Context, fn string, argument []byte) (ledger.Attestation, error) {
	genesis, err := c.genesis(ctx)
	if err != nil {
		return ledger.Attestation{}, err
	}
	var last error
	for attempt := range c.opts.Attempts {
		if attempt > 0 {
			if err := c.opts.Wait(ctx, c.opts.Backoff(attempt)); err != nil {
				return ledger.Attestation{}, errors.Join(err, last)
			}
		}
		a, err := c.attest(ctx, genesis, fn, argument)
		if err == nil {
			return a, nil
		}
		if refusal, ok := errors.AsType[*protocol.Refusal](err); ok {
			return ledger.Attestation{}, refusal
		}
		last = err // most often a peer that is a block behind
	}
	return ledger.Attestation{}, fmt.Errorf("asking peers to attest %s: %w", fn, last)
}

// spoken is what one peer answered, or why it did not.
type spoken struct {
	answer protocol.SignedAnswer
	err    error
}

// attest puts one question to all peers at once. Where the registrar and another
// organisation agree, it waits for the rest only a little.
func (c *Channel) attest(ctx context.Context, genesis []byte, fn string, argument []byte) (ledger.Attestation, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opts.EvaluateTimeout)
	defer cancel()
	question, err := c.question(fn, argument)
	if err != nil {
		return ledger.Attestation{}, err
	}
	said := make(chan spoken, len(c.profile.Peers)) // so that nobody who answers late is left hanging
	for _, p := range c.profile.Peers {
		go func() {
			answer, err := c.askPeer(ctx, p, question)
			said <- spoken{answer, err}
		}()
	}
	var answers []protocol.SignedAnswer
	var faults []error
	var enough <-chan time.Time
	for range c.profile.Peers {
		select {
		case s := <-said:
			if refusal, ok := errors.AsType[*protocol.Refusal](s.err); ok && s.answer.Org == c.profile.RegistrarMSPID {
				return ledger.Attestation{}, refusal
			}
			if s.err != nil {
				faults = append(faults, s.err)
				continue
			}
			answers = append(answers, s.answer)
			if _, err := protocol.Agreed(genesis, question.ProposalBytes, answers); err == nil && enough == nil {
				timer := time.NewTimer(c.opts.CatchUpTimeout)
				defer timer.Stop()
				enough = timer.C
			}
		case <-enough:
			return protocol.Agreed(genesis, question.ProposalBytes, answers)
		}
	}
	a, err := protocol.Agreed(genesis, question.ProposalBytes, answers)
	if err != nil {
		return a, errors.Join(append([]error{err}, faults...)...)
	}
	return a, nil
}

// question writes and signs a proposal.
func (c *Channel) question(fn string, argument []byte) (*peer.SignedProposal, error) {
	proposal, err := c.own.gateway.GetNetwork(c.profile.Channel).GetContract(c.profile.Chaincode).
		NewProposal(fn, client.WithBytesArguments(argument))
	if err != nil {
		return nil, fmt.Errorf("writing the question: %w", err)
	}
	raw, err := proposal.Bytes()
	if err != nil {
		return nil, fmt.Errorf("writing the question: %w", err)
	}
	var proposed gateway.ProposedTransaction
	if err := proto.Unmarshal(raw, &proposed); err != nil {
		return nil, fmt.Errorf("reading the question: %w", err)
	}
	signature, err := c.caller.sign(proposal.Digest())
	if err != nil {
		return nil, fmt.Errorf("signing the question: %w", err)
	}
	proposed.Proposal.Signature = signature
	return proposed.Proposal, nil
}

// askPeer has one peer answer. Of an answer that came the organisation is known
// even where the contract refused.
func (c *Channel) askPeer(ctx context.Context, p Peer, question *peer.SignedProposal) (protocol.SignedAnswer, error) {
	answer := protocol.SignedAnswer{Org: p.MSPID}
	l, err := c.linkTo(p)
	if err != nil {
		return answer, err
	}
	ctx, span := c.begin(ctx, "attest", attrPeer.String(p.MSPID))
	r, err := peer.NewEndorserClient(l.conn).ProcessProposal(ctx, question)
	span.end(err)
	if err != nil {
		return answer, fmt.Errorf("asking %s: %w", p.Address, err)
	}
	if status := r.GetResponse().GetStatus(); status != statusOK {
		return answer, &protocol.Refusal{Message: r.GetResponse().GetMessage()}
	}
	answer.Answer = r.GetPayload()
	answer.Attester = ledger.Attester{Identity: r.GetEndorsement().GetEndorser(), Signature: r.GetEndorsement().GetSignature()}
	return answer, nil
}

// linkTo gives the connection to a peer: one's own, the registrar's, or one that
// is made the first time that the peer is asked to attest.
func (c *Channel) linkTo(p Peer) (*link, error) {
	for _, l := range c.links() {
		if l.peer.Address == p.Address {
			return l, nil
		}
	}
	c.attesting.mu.Lock()
	defer c.attesting.mu.Unlock()
	if l := c.attesting.links[p.Address]; l != nil {
		return l, nil
	}
	l, err := connect(p, c.caller)
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", p.Address, err)
	}
	if c.attesting.links == nil {
		c.attesting.links = map[string]*link{}
	}
	c.attesting.links[p.Address] = l
	return l, nil
}

// genesis gives the envelope of the channel's first block, whose hash is the
// network's digest: whichever peer it came from, it can be no other.
func (c *Channel) genesis(ctx context.Context) ([]byte, error) {
	c.attesting.mu.Lock()
	known := c.attesting.genesis
	c.attesting.mu.Unlock()
	if known != nil {
		return bytes.Clone(known), nil
	}
	var last error
	for _, l := range c.links() {
		answer, err := c.evaluate(ctx, l, "qscc", "GetBlockByNumber",
			client.WithArguments(c.profile.Channel, "0"), client.WithEndorsingOrganizations(l.peer.MSPID))
		if err != nil {
			last = fmt.Errorf("asking %s for the first block: %w", l.peer.Address, err)
			continue
		}
		var block common.Block
		if err := proto.Unmarshal(answer, &block); err != nil {
			return nil, fmt.Errorf("reading the first block: %w", err)
		}
		data := block.GetData().GetData()
		if len(data) != 1 {
			return nil, fmt.Errorf("reading the first block: it has %d envelopes, not one", len(data))
		}
		if sum := sha256.Sum256(data[0]); hex.EncodeToString(sum[:]) != c.profile.Network {
			return nil, errors.New("reading the first block: it is another network's")
		}
		c.attesting.mu.Lock()
		c.attesting.genesis = data[0]
		c.attesting.mu.Unlock()
		return bytes.Clone(data[0]), nil
	}
	return nil, last
}
