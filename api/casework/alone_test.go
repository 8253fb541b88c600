package casework_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func kronor(n finance.Amount) finance.Money { return finance.Money{Amount: n * 100, Currency: "SEK"} }

// byOne has one person do something on a note, who may need another.
func (w *ruled) byOne(role casework.Role, note ledger.NoteID, op ledger.Op, body any) error {
	w.Helper()
	act, err := casework.On(note, op, body)
	if err != nil {
		return err
	}
	who := casework.Actor{Staff: "s-ali", Name: "Ali", Roles: []casework.Role{role}}
	_, err = w.desk.Do(w.Context(), casework.Request{Actor: who, Act: act, Reason: "so that it is less"})
	return err
}

// TestAWaiverInPiecesIsOneWaiver: single persons together take no more off a note than
// one of them may.
func TestAWaiverInPiecesIsOneWaiver(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	note := w.note()
	w.on("2026-12-20")
	some := kronor(300)
	piece := ledger.ReliefBody{Part: ledger.PartInterest, Ground: ledger.GroundGoodwill, Amount: &some}
	if err := w.byOne(casework.Agent, note, ledger.OpRelief, piece); err != nil {
		t.Fatalf("300 kronor: %v", err)
	}
	for _, role := range []casework.Role{casework.Agent, casework.Lead} {
		if err := w.byOne(role, note, ledger.OpRelief, piece); !errors.Is(err, casework.ErrNeedsApproval) {
			t.Errorf("300 kronor more by one %s gave %v", role, err)
		}
	}
	w.later(31 * 24 * time.Hour)
	if err := w.byOne(casework.Agent, note, ledger.OpRelief, piece); err != nil {
		t.Errorf("300 kronor a month later: %v", err)
	}
}

// TestPiecesAtTheSameMomentAreOneWaiver: of those that are confirmed together each counts
// the ones before.
func TestPiecesAtTheSameMomentAreOneWaiver(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	note := w.note()
	w.on("2026-12-20")
	some := kronor(300)
	results := make(chan error)
	const pieces = 4
	for range pieces {
		go func() {
			results <- w.byOne(casework.Agent, note, ledger.OpRelief, ledger.ReliefBody{Part: ledger.PartInterest, Ground: ledger.GroundGoodwill, Amount: &some})
		}()
	}
	done := 0
	for range pieces {
		switch err := <-results; {
		case err == nil:
			done++
		case !errors.Is(err, casework.ErrNeedsApproval):
			t.Error(err)
		}
	}
	if n := w.read(note); done != 1 || len(n.Reliefs) != 1 {
		t.Errorf("%d were done, and the note has %+v", done, n.Reliefs)
	}
}

// TestLateInterestToComeCountsAsWaived: one krona off does not hide a year without it.
func TestLateInterestToComeCountsAsWaived(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	note := w.note()
	w.on("2026-03-20")
	one := kronor(1)
	free := func(days int) error {
		return w.byOne(casework.Agent, note, ledger.OpRelief, ledger.ReliefBody{
			Part: ledger.PartLateInterest, Ground: ledger.GroundHardship, Amount: &one, LateFreeUntil: finance.DateOf(w.Now()).AddDays(days),
		})
	}
	if err := free(20); err != nil {
		t.Errorf("twenty days: %v", err)
	}
	if err := free(360); !errors.Is(err, casework.ErrNeedsApproval) {
		t.Errorf("a year gave %v", err)
	}
}

// TestNobodyBooksAwayADebtAlone: a payment or a set-off that nobody else has seen is a
// write-off by another name. Who has the bank's files books what came in.
func TestNobodyBooksAwayADebtAlone(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	note := w.note()
	today := finance.DateOf(w.Now())
	paid := func(n finance.Amount) ledger.PayBody { return ledger.PayBody{Amount: kronor(n), PaidOn: today} }
	for name, of := range map[string]struct {
		role casework.Role
		op   ledger.Op
		body any
	}{
		"a payment by an agent": {casework.Agent, ledger.OpPay, paid(501)},
		"a payment by a lead":   {casework.Lead, ledger.OpPay, paid(501)},
		"a set-off by a lead":   {casework.Lead, ledger.OpSetoff, ledger.SetoffBody{Amount: kronor(501), On: today}},
		"a set-off by finance":  {casework.Finance, ledger.OpSetoff, ledger.SetoffBody{Amount: kronor(501), On: today}},
	} {
		if err := w.byOne(of.role, note, of.op, of.body); !errors.Is(err, casework.ErrNeedsApproval) {
			t.Errorf("%s gave %v", name, err)
		}
	}
	if err := w.byOne(casework.Agent, note, ledger.OpPay, paid(300)); err != nil {
		t.Errorf("a small payment: %v", err)
	}
	if err := w.byOne(casework.Lead, note, ledger.OpSetoff, ledger.SetoffBody{Amount: kronor(300), On: today}); !errors.Is(err, casework.ErrNeedsApproval) {
		t.Errorf("a small set-off after it gave %v", err)
	}
	if err := w.byOne(casework.Finance, note, ledger.OpPay, paid(1000)); err != nil {
		t.Errorf("a payment that finance books: %v", err)
	}
}

// TestInterestIsNotAgreedAwayAlone: a plan that costs nothing is a waiver, if it is much.
func TestInterestIsNotAgreedAwayAlone(t *testing.T) {
	t.Parallel()
	w := newRuled(t)
	note := w.note()
	first := finance.DateOf(w.Now()).AddDays(30)
	_, _, day := first.Civil()
	plan := func(m ledger.Amendment) error {
		m.Kind, m.FirstDue, m.DueDay = ledger.AmendPlan, first, day
		return w.byOne(casework.Agent, note, ledger.OpAmendPropose, ledger.AmendProposeBody{Amendment: m})
	}
	if err := plan(ledger.Amendment{Instalments: 24, Free: true}); !errors.Is(err, casework.ErrNeedsApproval) {
		t.Errorf("two years without interest gave %v", err)
	}
	if err := plan(ledger.Amendment{Instalments: 24, Rate: finance.Percent(1)}); !errors.Is(err, casework.ErrNeedsApproval) {
		t.Errorf("two years at one percent gave %v", err)
	}
	if err := plan(ledger.Amendment{Instalments: 2, Free: true}); err != nil {
		t.Errorf("two months without interest: %v", err)
	}
	if err := plan(ledger.Amendment{Instalments: 24}); err != nil {
		t.Errorf("an ordinary plan: %v", err)
	}
	if err := w.byOne(casework.Agent, note, ledger.OpAmendPropose, json.RawMessage(`{"amendment":{"kind":"rate"}}`)); ledger.CodeOf(err) != ledger.CodeBodyInvalid {
		t.Errorf("a rate without one gave %v", err)
	}
}
