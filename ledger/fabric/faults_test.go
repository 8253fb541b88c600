package fabric_test

import (
	"context"
	"errors"
	"fmt"
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

// impatient is how long a stage may take where a test lets it hang.
const impatient = 50 * time.Millisecond

// faultTable says what the channel makes of each way in which a stage can go
// wrong. From the moment that the request to order has left, nobody here can
// tell whether it took effect, so what is told is the same in both cases; what
// protocol.Client makes of it stands in that package's table. An endorsement
// that failed cannot have taken effect.
var faultTable = []struct {
	stage, how string
	effect     bool // the ordering service has the transaction all the same
	told       string
}{
	{"endorse", "failed", false, "not sent"},
	{"endorse", "timed out", false, "not sent"},
	{"submit", "failed", false, "undecided"},
	{"submit", "failed", true, "undecided"},
	{"submit", "refused", false, "undecided"},
	{"submit", "timed out", false, "undecided"},
	{"submit", "timed out", true, "undecided"},
	{"commit status", "failed", false, "undecided"},
	{"commit status", "failed", true, "undecided"},
	{"commit status", "timed out", false, "undecided"},
	{"commit status", "timed out", true, "undecided"},
	{"commit status", "contradictory", true, "undecided"},
}

// arrange has the members fail as a row says, and gives whether they ordered.
func (m *members) arrange(stage, how string, effect bool) (ordered *atomic.Bool, end func()) {
	ordered, hang := &atomic.Bool{}, make(chan struct{})
	wrong := func() error {
		switch how {
		case "timed out":
			<-hang
		case "refused":
			return status.Error(codes.Aborted, "broadcast: the orderer answers BAD_REQUEST")
		}
		return status.Error(codes.Unavailable, "the connection was reset")
	}
	m.lender.submit = func() error {
		if stage == "submit" {
			ordered.Store(effect)
			return wrong()
		}
		ordered.Store(stage == "commit status")
		return nil
	}
	switch {
	case stage == "endorse":
		m.lender.endorse = func(int, []string) error { return wrong() }
		m.registrar.endorse = m.lender.endorse
	case stage == "commit status" && how == "contradictory":
		m.lender.commitStatus = with(peer.TxValidationCode_MVCC_READ_CONFLICT)
	case stage == "commit status" && how == "timed out":
		m.lender.commitStatus, m.registrar.commitStatus = hanging, hanging
	case stage == "commit status":
		m.lender.commitStatus, m.registrar.commitStatus = failing, failing
	}
	return ordered, func() { close(hang) }
}

func TestChannelClaimsOfAFaultOnlyWhatItKnows(t *testing.T) {
	for _, row := range faultTable {
		t.Run(fmt.Sprintf("%s/%s/took effect=%t", row.stage, row.how, row.effect), func(t *testing.T) {
			m := gather(t)
			ordered, end := m.arrange(row.stage, row.how, row.effect)
			defer end()
			_, err := apply(t, m.connect(t, func(o *fabric.Options) {
				o.EndorseTimeout, o.SubmitTimeout, o.CommitTimeout, o.Attempts = impatient, impatient, impatient, 2
			}))
			if told := claim(err); told != row.told {
				t.Errorf("told: %s (%v), want %s", told, err, row.told)
			}
			if row.told == "not sent" && ordered.Load() {
				t.Error("it was sent")
			}
		})
	}
}

// claim names what an error claims of its transaction.
func claim(err error) string {
	for name, kind := range map[string]error{
		"not sent": protocol.ErrNotSent, "turned away": protocol.ErrTurnedAway, "conflict": protocol.ErrConflict, "invalid": protocol.ErrInvalid,
	} {
		if errors.Is(err, kind) {
			return name
		}
	}
	if u, ok := errors.AsType[*protocol.Undecided](err); ok && len(u.Transaction) == 64 {
		return "undecided"
	}
	return fmt.Sprint(err)
}

func TestCallerThatGoesAwayAfterTheRequestHasLeftLeavesItUndecided(t *testing.T) {
	m := gather(t)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	m.lender.commitStatus = func(ctx context.Context) (*gateway.CommitStatusResponse, error) {
		leave()
		return hanging(ctx)
	}
	m.registrar.commitStatus = hanging
	_, err := m.connect(t).Submit(ctx, protocol.Submission{Fn: protocol.FnApply, Transient: map[string][]byte{"batch": []byte("b")}})
	if told := claim(err); told != "undecided" {
		t.Errorf("told: %s (%v)", told, err)
	}
}
