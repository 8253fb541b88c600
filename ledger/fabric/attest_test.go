package fabric_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// attesting starts fake peers that know the first block and answer questions. The
// profile also names a collector's peer that nobody can reach.
func attesting(t *testing.T) *members {
	t.Helper()
	m := gather(t)
	envelope := []byte("the first envelope")
	sum := sha256.Sum256(envelope)
	m.profile.Network = hex.EncodeToString(sum[:])
	block := marshal(&common.Block{Data: &common.BlockData{Data: [][]byte{envelope}}})
	m.lender.evaluate = func(args [][]byte, _ []string) ([]byte, error) {
		if string(args[0]) != "GetBlockByNumber" || string(args[2]) != "0" {
			return nil, status.Errorf(codes.InvalidArgument, "asked for %s", args)
		}
		return block, nil
	}
	m.lender.process = answering("the lender's peer", "truth")
	m.registrar.process = answering("the registrar's peer", "truth")
	return m
}

// answering is a peer that gives one answer.
func answering(identity, answer string) func() (*peer.ProposalResponse, error) {
	return func() (*peer.ProposalResponse, error) {
		return &peer.ProposalResponse{
			Response: &peer.Response{Status: 200}, Payload: []byte(answer),
			Endorsement: &peer.Endorsement{Endorser: []byte(identity), Signature: []byte("signed")},
		}, nil
	}
}

func identities(a ledger.Attestation) []string {
	var all []string
	for _, s := range a.Attesters {
		all = append(all, string(s.Identity))
	}
	return all
}

func TestAttestationHasWhatThePeersThemselvesSigned(t *testing.T) {
	c := attesting(t).connect(t)
	for range 2 { // the first block is read once
		a, err := c.Attest(t.Context(), "Records", []byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"the lender's peer", "the registrar's peer"}
		if string(a.Genesis) != "the first envelope" || string(a.Answer) != "truth" || len(a.Question) == 0 || !slices.Equal(identities(a), want) {
			t.Errorf("the attestation is %+v", a)
		}
	}
}

func TestPeerThatIsABlockBehindIsAskedAgain(t *testing.T) {
	m := attesting(t)
	var asked atomic.Int32
	m.registrar.process = func() (*peer.ProposalResponse, error) {
		if asked.Add(1) < 3 {
			return answering("the registrar's peer", "older")()
		}
		return answering("the registrar's peer", "truth")()
	}
	if _, err := m.connect(t).Attest(t.Context(), "Records", []byte("{}")); err != nil || asked.Load() != 3 {
		t.Errorf("after %d questions: %v", asked.Load(), err)
	}
}

func TestWhoCannotBeAgreedWithIsAnError(t *testing.T) {
	m := attesting(t)
	m.lender.process = answering("the lender's peer", "a lie")
	if _, err := m.connect(t).Attest(t.Context(), "Records", []byte("{}")); !errors.Is(err, protocol.ErrDivided) {
		t.Errorf("with a peer that says something else: %v", err)
	}
	m.lender.process = func() (*peer.ProposalResponse, error) { return nil, status.Error(codes.Unavailable, "it is asleep") }
	_, err := m.connect(t).Attest(t.Context(), "Records", []byte("{}"))
	if !errors.Is(err, protocol.ErrDivided) || !strings.Contains(err.Error(), "it is asleep") {
		t.Errorf("with a peer that is asleep: %v", err)
	}
}

func TestQuestionThatTheContractRefusesIsNotPutAgain(t *testing.T) {
	m := attesting(t)
	var asked atomic.Int32
	m.registrar.process = func() (*peer.ProposalResponse, error) {
		asked.Add(1)
		return &peer.ProposalResponse{Response: &peer.Response{Status: 500, Message: `{"code":"request_malformed"}`}}, nil
	}
	_, err := m.connect(t).Attest(t.Context(), "Records", []byte("nonsense"))
	if refusal, ok := errors.AsType[*protocol.Refusal](err); !ok || !strings.Contains(refusal.Message, "request_malformed") || asked.Load() != 1 {
		t.Errorf("after %d questions: %v", asked.Load(), err)
	}
}

func TestFirstBlockOfAnotherNetworkIsRefused(t *testing.T) {
	m := attesting(t)
	m.profile.Network = strings.Repeat("0", 64)
	if _, err := m.connect(t).Attest(t.Context(), "Records", []byte("{}")); err == nil || !strings.Contains(err.Error(), "another network's") {
		t.Errorf("the error is %v", err)
	}
}
