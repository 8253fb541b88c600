package ledger_test

import (
	"slices"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// TestAnExplanationAddsUp: whatever happened to a note, what was charged less what
// was paid and forgiven is what was left, and with the lines since then it is what
// is owed.
func TestAnExplanationAddsUp(t *testing.T) {
	base := newStage(t)
	for _, sit := range situations() {
		t.Run(sit.name, func(t *testing.T) {
			s := base.fork()
			s.t = t
			id := sit.prepare(s)
			n, _ := s.m.Note(id)
			if n == nil || n.Status != ledger.StatusActive && n.Status != ledger.StatusFrozen {
				return
			}
			for _, days := range []int{0, 1, 45, 100} {
				checkExplanation(t, n, s.m.Holder(n), s.today().AddDays(days))
			}
		})
	}
}

func checkExplanation(t *testing.T, n *ledger.Note, holder ledger.PartyID, day finance.Date) {
	t.Helper()
	e, err := ledger.Explain(n, holder, day)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ledger.Summarize(n, holder, day)
	if err != nil {
		t.Fatal(err)
	}
	var total finance.Amount
	lines := 0
	for _, p := range e.Parts {
		micro := p.LeftMicro
		for _, line := range p.Lines {
			if line.Rule == "" || line.Source == "" || line.Days <= 0 || !line.From.Before(line.To) || line.From.Before(e.CountedTo) || line.To.After(day) {
				t.Errorf("on %s a line does not say why: %+v", day, line)
			}
			micro += line.Micro
		}
		if got := max(0, finance.RoundMicro(micro)); got != p.Owed || p.Charged-p.Paid-p.Forgiven != p.Left {
			t.Errorf("on %s a part does not add up: %+v", day, p)
		}
		total, lines = total+p.Owed, lines+len(p.Lines)
	}
	if total != s.Total.Amount || e.Total != total || lines != len(s.Lines) || !slices.Equal(e.Reasons, s.Reasons) {
		t.Errorf("on %s %+v does not explain %+v", day, e, s)
	}
}

func TestAnOfferHasNothingToExplain(t *testing.T) {
	s := newStage(t)
	id := s.offer(terms(), s.borrower)
	e, err := ledger.Explain(s.note(id), s.holder(id), s.today())
	if err != nil || len(e.Parts) != 0 || e.Total != 0 {
		t.Errorf("of an offer is explained %+v: %v", e, err)
	}
}

// TestAnExplanationNamesItsReasons: why no late interest runs, and why nothing may
// be demanded.
func TestAnExplanationNamesItsReasons(t *testing.T) {
	s := newStage(t)
	for _, c := range []struct {
		name    string
		prepare func(*stage) ledger.NoteID
		want    []ledger.Reason
	}{
		{"active", (*stage).active, nil},
		{"sold and not told", func(s *stage) ledger.NoteID {
			id := s.active()
			s.sell(id, s.lender, s.buyer)
			return id
		}, []ledger.Reason{ledger.ReasonGateClosed}},
		{"frozen", func(s *stage) ledger.NoteID { return s.frozen(s.active()) }, []ledger.Reason{ledger.ReasonFrozen}},
		{"disputed", func(s *stage) ledger.NoteID { return s.disputed(s.active()) }, []ledger.Reason{ledger.ReasonDisputed}},
		{"claimed", func(s *stage) ledger.NoteID { return s.claimed(s.active()) }, []ledger.Reason{ledger.ReasonClaimOpen}},
		{"planned", func(s *stage) ledger.NoteID { return s.planned(s.active()) }, []ledger.Reason{ledger.ReasonPlan}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := s.fork()
			f.t = t
			id := c.prepare(f)
			e, err := ledger.Explain(f.note(id), f.holder(id), f.today())
			if err != nil || !slices.Equal(e.Reasons, c.want) {
				t.Errorf("its reasons are %v, want %v: %v", e.Reasons, c.want, err)
			}
		})
	}
	id := s.active()
	e, err := ledger.Explain(s.note(id), s.holder(id), date("2036-03-03"))
	if err != nil || !slices.Equal(e.Reasons, []ledger.Reason{ledger.ReasonBarred, ledger.ReasonCostCap}) {
		t.Errorf("after ten years its reasons are %v: %v", e.Reasons, err)
	}
}

// TestTheScheduleAsItStandsIsForeseen: what is overdue is to pay now, and a note
// on demand is to pay at once.
func TestTheScheduleAsItStandsIsForeseen(t *testing.T) {
	s := newStage(t)
	id := s.active()
	whole, err := ledger.Foresee(s.note(id), s.holder(id), s.today())
	if err != nil {
		t.Fatal(err)
	}
	// Twelve months of 1,066.19, the last of them two öre less, and the set-up fee.
	if whole.Now != 100_00 || len(whole.Instalments) != 12 || whole.Monthly != 1_066_19 || whole.FreeOfDebt != date("2027-03-02") {
		t.Errorf("on the first day it is %+v", whole)
	}
	s.now = noon("2026-05-10") // two are overdue
	late, err := ledger.Foresee(s.note(id), s.holder(id), s.today())
	owed := s.summary(id).Owed
	if err != nil || late.Now != 2*1_066_19+owed.Costs+owed.LateInterest || len(late.Instalments) != 10 || late.FreeOfDebt != whole.FreeOfDebt {
		t.Errorf("with two overdue it is %+v: %v", late, err)
	}
	onDemand := terms()
	onDemand.Schedule = ledger.Schedule{Kind: finance.OnDemand}
	id = s.issue(onDemand, s.borrower)
	got, err := ledger.Foresee(s.note(id), s.holder(id), s.today())
	if err != nil || got.Total != s.owed(id) || got.Now != got.Total || got.FreeOfDebt != s.today() {
		t.Errorf("on demand it is %+v: %v", got, err)
	}
}

// TestTwoPlansAreCompared: the longer one costs less each month, and more in all.
func TestTwoPlansAreCompared(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.pay(id, s.lender, 100_00)
	preview := func(months int) ledger.Forecast {
		f, err := ledger.Preview(s.note(id), s.holder(id), ledger.Amendment{Kind: ledger.AmendPlan, Instalments: months, FirstDue: date("2026-04-02")}, s.today())
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	same, long := preview(12), preview(36)
	if same.ExtraDays != 0 || same.ExtraCost < -5 || same.ExtraCost > 5 {
		t.Errorf("twelve months as before cost %+v", same)
	}
	// 12,000 at 1 % a month in 36 months: 398.58 each, 14,348.88 in all.
	if long.Monthly != 398_58 || long.Total < 14_348_00 || long.Total > 14_348_88 || long.FreeOfDebt != date("2029-03-02") || long.ExtraDays != 731 {
		t.Errorf("three years cost %+v", long)
	}
	if s.note(id).Proposal != nil || len(s.note(id).Amendments) != 0 {
		t.Error("a preview changed the note")
	}
}
