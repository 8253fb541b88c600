package fabric_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/skuld-registry/skuld/ledger/fabric"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// own is how a peer's gateway passes on a chaincode's message.
func own(message string) string { return "chaincode response 500, " + message }

var denied = detail{"LenderMSP", "error validating proposal: access denied: channel [skuld] creator org [LenderMSP]"}

var apart = []detail{{"RegistrarMSP", "ProposalResponsePayloads do not match"}}

func apply(t *testing.T, c *fabric.Channel, endorsers ...string) (protocol.Receipt, error) {
	t.Helper()
	return c.Submit(t.Context(), protocol.Submission{
		Fn: protocol.FnApply, Transient: map[string][]byte{"batch": []byte("b")}, Endorsers: endorsers,
	})
}

func TestReceiptHasTheContractsAnswerTheBlockAndTheLedgerTime(t *testing.T) {
	m := gather(t)
	before := time.Now().UTC().Truncate(time.Second)
	r, err := apply(t, m.connect(t))
	if err != nil {
		t.Fatal(err)
	}
	if string(r.Answer) != "the answer" || r.Block != 12 || len(r.Transaction) != 64 {
		t.Errorf("receipt %+v", r)
	}
	if r.At.Before(before) || r.At.After(time.Now()) || r.At.Nanosecond() != 0 {
		t.Errorf("ledger time %s", r.At)
	}
}

func TestRegistrarAndOneOtherOrganisationEndorse(t *testing.T) {
	for _, c := range []struct {
		name      string
		endorsers []string
		want      []string
	}{
		{"one's own where nothing is said", nil, []string{"RegistrarMSP", "LenderMSP"}},
		{"the first that is named", []string{"CollectorMSP", "LenderMSP"}, []string{"RegistrarMSP", "CollectorMSP"}},
		{"the first that has a peer", []string{"StrangerMSP", "RegistrarMSP", "CollectorMSP"}, []string{"RegistrarMSP", "CollectorMSP"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := gather(t)
			if _, err := apply(t, m.connect(t), c.endorsers...); err != nil {
				t.Fatal(err)
			}
			if got := m.lender.endorsed; len(got) != 1 || !slices.Equal(got[0], c.want) {
				t.Errorf("endorsed by %v, want %v", got, c.want)
			}
		})
	}
}

func TestMessageIsNotShownToAnOrganisationThatIsNotNamed(t *testing.T) {
	m := gather(t)
	if _, err := apply(t, m.connect(t), "RegistrarMSP"); !errors.Is(err, protocol.ErrNotSent) {
		t.Errorf("error %v", err)
	}
	if len(m.lender.endorsed)+len(m.registrar.endorsed) > 0 {
		t.Error("it was shown to somebody")
	}
}

func TestAnOrganisationThatJoinedAfterTheProfileWasWrittenEndorses(t *testing.T) {
	m := gather(t)
	if _, err := apply(t, m.connect(t), "NewcomerMSP"); err != nil {
		t.Fatal(err)
	}
	want := []string{"RegistrarMSP", "NewcomerMSP"}
	if got := m.lender.endorsed; len(got) != 1 || !slices.Equal(got[0], want) {
		t.Errorf("endorsed by %v, want %v", got, want)
	}
}

func TestRefusalByEveryEndorserIsTheContracts(t *testing.T) {
	m := gather(t)
	m.lender.endorse = func(int, []string) error {
		return refused(codes.Aborted, detail{"RegistrarMSP", own(`{"code":"a, b"}`)}, detail{"LenderMSP", own(`{"code":"a, b"}`)})
	}
	_, err := apply(t, m.connect(t))
	var refusal *protocol.Refusal
	if !errors.As(err, &refusal) || refusal.Message != `{"code":"a, b"}` || len(m.lender.endorsed) != 1 {
		t.Errorf("error %v after %d endorsements", err, len(m.lender.endorsed))
	}
}

func TestEndorsementIsTriedAgainWherePeersStandApart(t *testing.T) {
	for name, fault := range map[string]error{
		"answers differ":            refused(codes.Aborted, apart...),
		"one refused":               refused(codes.Aborted, detail{"LenderMSP", own("x")}),
		"refused differently":       refused(codes.Aborted, detail{"LenderMSP", own("x")}, detail{"RegistrarMSP", own("y")}),
		"no combination of peers":   status.Error(codes.FailedPrecondition, "no combination of peers can be derived which satisfy the endorsement policy"),
		"too many requests at once": status.Error(codes.Unknown, "too many requests for /gateway.Gateway, exceeding concurrency limit (500)"),
	} {
		t.Run(name, func(t *testing.T) {
			m := gather(t)
			m.lender.endorse = func(n int, _ []string) error {
				if n < 3 {
					return fault
				}
				return nil
			}
			if _, err := apply(t, m.connect(t)); err != nil {
				t.Fatal(err)
			}
			if n := len(m.lender.endorsed); n != 4 {
				t.Errorf("%d endorsements", n)
			}
		})
	}
}

func TestAnotherRouteIsTakenWhereAPeerIsDown(t *testing.T) {
	m := gather(t)
	m.lender.endorse = func(_ int, orgs []string) error {
		return refused(codes.Aborted, detail{orgs[1], "rpc error: connection refused"})
	}
	if _, err := apply(t, m.connect(t), "LenderMSP", "CollectorMSP"); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(m.lender.endorsed, m.registrar.endorsed); got != "[[RegistrarMSP LenderMSP] [RegistrarMSP CollectorMSP]] [[RegistrarMSP LenderMSP]]" {
		t.Errorf("endorsements %s", got)
	}
}

func TestRegistrarsGatewayServesWhileOnesOwnPeerIsDown(t *testing.T) {
	m := gather(t)
	m.lender.server.Stop()
	r, err := apply(t, m.connect(t))
	if err != nil {
		t.Fatal(err)
	}
	if r.Block != 12 || len(m.registrar.endorsed) != 1 {
		t.Errorf("receipt %+v", r)
	}
}

func TestNothingIsSentWhereEndorsementFails(t *testing.T) {
	for name, c := range map[string]struct {
		fault error
		tries int
		want  error
	}{
		"peers apart for good":      {refused(codes.Aborted, apart...), 8, protocol.ErrNotSent},
		"the caller is turned away": {refused(codes.Aborted, denied), 1, protocol.ErrTurnedAway},
		"permission denied":         {status.Error(codes.PermissionDenied, "no"), 1, protocol.ErrTurnedAway},
		"malformed":                 {status.Error(codes.InvalidArgument, "no"), 1, protocol.ErrTurnedAway},
	} {
		t.Run(name, func(t *testing.T) {
			m := gather(t)
			m.lender.endorse = func(int, []string) error { return c.fault }
			m.lender.submit = func() error { t.Error("it was sent"); return nil }
			if _, err := apply(t, m.connect(t)); !errors.Is(err, c.want) {
				t.Errorf("error %v", err)
			}
			if n := len(m.lender.endorsed); n != c.tries {
				t.Errorf("%d tries, want %d", n, c.tries)
			}
		})
	}
}

func failing(context.Context) (*gateway.CommitStatusResponse, error) {
	return nil, status.Error(codes.Aborted, "the peer is shutting down")
}

func hanging(ctx context.Context) (*gateway.CommitStatusResponse, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func with(code peer.TxValidationCode) func(context.Context) (*gateway.CommitStatusResponse, error) {
	return func(context.Context) (*gateway.CommitStatusResponse, error) {
		return &gateway.CommitStatusResponse{Result: code, BlockNumber: 12}, nil
	}
}

func TestOnePeersCommitStatusIsEnough(t *testing.T) {
	for name, lost := range map[string]func(context.Context) (*gateway.CommitStatusResponse, error){"fails": failing, "hangs": hanging} {
		for _, who := range []string{"lender", "registrar"} {
			t.Run(who+" "+name, func(t *testing.T) {
				m := gather(t)
				p := m.lender
				if who == "registrar" {
					p = m.registrar
				}
				p.commitStatus = lost
				r, err := apply(t, m.connect(t, func(o *fabric.Options) { o.CatchUpTimeout = 10 * time.Millisecond }))
				if err != nil || r.Block != 12 {
					t.Errorf("receipt %+v, error %v", r, err)
				}
			})
		}
	}
}

func TestBothEndorsersHaveTheBlockBeforeTheReceiptIsGiven(t *testing.T) {
	m := gather(t)
	answered := make(chan struct{})
	m.lender.commitStatus = func(ctx context.Context) (*gateway.CommitStatusResponse, error) {
		defer close(answered)
		return with(peer.TxValidationCode_VALID)(ctx)
	}
	var have atomic.Bool
	m.registrar.commitStatus = func(ctx context.Context) (*gateway.CommitStatusResponse, error) {
		<-answered // it is the slower one
		have.Store(true)
		return with(peer.TxValidationCode_VALID)(ctx)
	}
	if _, err := apply(t, m.connect(t)); err != nil || !have.Load() {
		t.Errorf("the registrar's peer has the block: %t; error %v", have.Load(), err)
	}
}

func TestInvalidTransactionHadNoEffect(t *testing.T) {
	for code, want := range map[peer.TxValidationCode]error{
		peer.TxValidationCode_MVCC_READ_CONFLICT:         protocol.ErrConflict,
		peer.TxValidationCode_PHANTOM_READ_CONFLICT:      protocol.ErrConflict,
		peer.TxValidationCode_ENDORSEMENT_POLICY_FAILURE: protocol.ErrInvalid,
		peer.TxValidationCode_EXPIRED_CHAINCODE:          protocol.ErrInvalid,
	} {
		t.Run(code.String(), func(t *testing.T) {
			m := gather(t)
			m.lender.commitStatus, m.registrar.commitStatus = with(code), with(code)
			_, err := apply(t, m.connect(t))
			var undecided *protocol.Undecided
			if !errors.Is(err, want) || errors.As(err, &undecided) || !strings.Contains(err.Error(), code.String()) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestQuestionGoesToTheRegistrarsPeer(t *testing.T) {
	m := gather(t)
	m.registrar.evaluate = func(args [][]byte, orgs []string) ([]byte, error) {
		return fmt.Appendf(nil, "%s %v", args, orgs), nil
	}
	got, err := m.connect(t).Evaluate(t.Context(), protocol.FnRead, []byte("q"))
	if err != nil || string(got) != "[Read q] [RegistrarMSP]" {
		t.Errorf("%q, error %v", got, err)
	}
}

func TestQuestionGoesThroughOnesOwnPeerWhereTheRegistrarsCannotBeReached(t *testing.T) {
	m := gather(t)
	m.registrar.server.Stop()
	m.lender.evaluate = func(_ [][]byte, orgs []string) ([]byte, error) { return fmt.Appendf(nil, "%v", orgs), nil }
	got, err := m.connect(t).Evaluate(t.Context(), protocol.FnRead, nil)
	if err != nil || string(got) != "[RegistrarMSP]" {
		t.Errorf("%q, error %v", got, err)
	}
}

func TestRefusedQuestionIsNotAskedAgain(t *testing.T) {
	m := gather(t)
	m.registrar.evaluate = func([][]byte, []string) ([]byte, error) {
		return nil, refused(codes.Unknown, detail{"RegistrarMSP", own(`{"code":"request_malformed"}`)})
	}
	m.lender.evaluate = func([][]byte, []string) ([]byte, error) { t.Error("it was asked again"); return nil, nil }
	_, err := m.connect(t).Evaluate(t.Context(), protocol.FnRead, nil)
	var refusal *protocol.Refusal
	if !errors.As(err, &refusal) || refusal.Message != `{"code":"request_malformed"}` {
		t.Errorf("error %v", err)
	}
}

func TestQuestionOfACallerWhoIsTurnedAwayIsNotAskedAgain(t *testing.T) {
	m := gather(t)
	m.registrar.evaluate = func([][]byte, []string) ([]byte, error) {
		return nil, refused(codes.FailedPrecondition, denied)
	}
	m.lender.evaluate = func([][]byte, []string) ([]byte, error) { t.Error("it was asked again"); return nil, nil }
	if _, err := m.connect(t).Evaluate(t.Context(), protocol.FnRead, nil); !errors.Is(err, protocol.ErrTurnedAway) {
		t.Errorf("error %v", err)
	}
}
