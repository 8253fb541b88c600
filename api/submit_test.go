package api

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// TestWhatIsRefusedAsAWholeIsToldOfEachCommand: and what could not be handed in
// at all stays unknown, since an earlier attempt may have been.
func TestWhatIsRefusedAsAWholeIsToldOfEachCommand(t *testing.T) {
	b := newBench(t, true)
	cmd := &ledger.Command{
		Op: ledger.OpPay, Note: ledger.NoteID("n" + strings.Repeat("a", 32)), Seq: 3, By: b.ledger.party.ID,
		Command: "00000000-0000-4000-8000-000000000000", ExpiresAt: noon.Add(time.Hour),
	}
	for _, c := range []struct {
		err  error
		want ledger.Code
	}{
		{ledger.Refuse(ledger.CodeAtomicImpossible, "detail", "they are too long"), ledger.CodeAtomicImpossible},
		{errors.New("no route to the peer"), ""}, {ledger.Refuse(ledger.CodeUnavailable), ""},
	} {
		_, err := b.submit(t.Context(), func(context.Context, ...ledger.Signed) ([]ledger.Outcome, error) { return nil, c.err }, sending{cmd: cmd})
		sent, errSent := b.Store.Submission(t.Context(), cmd.By, cmd.Command)
		if err == nil || errSent != nil || sent == nil {
			t.Fatalf("%v: %v, %+v, %v", c.err, err, sent, errSent)
		}
		if (sent.Refusal == nil) != (c.want == "") || sent.Refusal != nil && sent.Refusal.Code != c.want {
			t.Errorf("%v is remembered as %v, want %q", c.err, sent.Refusal, c.want)
		}
	}
}

// TestRefusalIsRememberedWhateverTimeTheOthersTook: while one of several commands
// has no outcome in its time, the others were refused all the same.
func TestRefusalIsRememberedWhateverTimeTheOthersTook(t *testing.T) {
	b := newBench(t, true)
	cmd := &ledger.Command{
		Op: ledger.OpPay, Note: ledger.NoteID("n" + strings.Repeat("a", 32)), Seq: 3, By: b.ledger.party.ID,
		Command: "00000000-0000-4000-8000-000000000000", ExpiresAt: noon.Add(time.Hour),
	}
	if err := b.Store.Remember(t.Context(), sending{cmd: cmd}.submission()); err != nil {
		t.Fatal(err)
	}
	over, end := context.WithCancel(t.Context())
	end()
	refused := sending{cmd: cmd}.submission()
	refused.Refusal = ledger.Refuse(ledger.CodePaymentExceeds)
	b.rememberRefusals(over, []store.Submission{refused})
	sent, err := b.Store.Submission(t.Context(), cmd.By, cmd.Command)
	if err != nil || sent == nil || sent.Refusal == nil || sent.Refusal.Code != ledger.CodePaymentExceeds {
		t.Errorf("it is remembered as %+v, %v", sent, err)
	}
}
