package ledger_test

import (
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// amend has both sides agree on an amendment.
func (s *stage) amend(id ledger.NoteID, m ledger.Amendment) *ledger.Note {
	s.t.Helper()
	s.do(s.lender, ledger.OpAmendPropose, string(id), ledger.AmendProposeBody{Amendment: m})
	return s.agree(id, s.borrower)
}

// TestAnotherRateKeepsTheInstalmentsOnTheirDays: only what they come to is another.
func TestAnotherRateKeepsTheInstalmentsOnTheirDays(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.now = noon("2026-04-20") // the first instalment is overdue
	before := s.summary(id)
	n := s.amend(id, ledger.Amendment{Kind: ledger.AmendRate, Rate: rate("6")})
	rows, covered, err := ledger.Instalments(n)
	if err != nil || covered != 0 || len(rows) != 11 || rows[0].Due != date("2026-05-02") || rows[10].Due != date("2027-03-02") {
		t.Fatalf("the instalments are %+v, covered %d: %v", rows, covered, err)
	}
	sum := s.summary(id)
	if sum.Owed != before.Owed || sum.Phase.Kind != ledger.PhaseTerms || sum.Phase.Running {
		t.Errorf("on that day it is %+v", sum)
	}
	interest := sum.Owed.Interest
	s.now = noon("2026-05-02")
	// 12 days at 6 percent of 12,000 kronor.
	if got := s.summary(id).Owed.Interest - interest; got != 24_00 {
		t.Errorf("in twelve days it bears %d, want 24 kronor", got)
	}
}

func TestAnotherRateOfADebtThatIsDueOnDemandLeavesItSo(t *testing.T) {
	s := newStage(t)
	tt := terms()
	tt.Schedule = ledger.Schedule{Kind: finance.OnDemand}
	id := s.issue(tt, s.borrower)
	s.after(30)
	interest := s.summary(id).Owed.Interest
	n := s.amend(id, ledger.Amendment{Kind: ledger.AmendRate, Free: true})
	if rows, _, err := ledger.Instalments(n); err != nil || len(rows) != 0 {
		t.Fatalf("it has the instalments %+v: %v", rows, err)
	}
	s.after(30)
	sum := s.summary(id)
	if sum.Owed.Interest != interest || sum.Arrears != (finance.Arrears{}) {
		t.Errorf("free of interest it is %+v", sum)
	}
	s.pay(id, s.lender, sum.Total.Amount)
	if got := s.note(id).Status; got != ledger.StatusDischarged {
		t.Errorf("paid in full it is %s", got)
	}
}

// TestALaterAmendmentKeepsTheRateThatWasAgreed, unless it says another.
func TestALaterAmendmentKeepsTheRateThatWasAgreed(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.amend(id, ledger.Amendment{Kind: ledger.AmendRate, Rate: rate("6")})
	s.after(3)
	if n := s.amend(id, s.planOf()); n.Amendments[1].Rate != rate("6") || n.Amendments[1].Free {
		t.Errorf("the plan is at %+v", n.Amendments[1])
	}
	s.after(3)
	free := s.planOf()
	free.Free = true
	if n := s.amend(id, free); !n.Amendments[2].Free || n.Amendments[2].Rate != (finance.Rate{}) {
		t.Errorf("the free plan is at %+v", n.Amendments[2])
	}
	s.after(3)
	if n := s.amend(id, ledger.Amendment{Kind: ledger.AmendPause, FirstDue: s.today().AddDays(90)}); !n.Amendments[3].Free {
		t.Errorf("the pause is at %+v", n.Amendments[3])
	}
}

// TestARateIsNeverRaisedAboveTheLawOfTheAgreement: 2010:1846 par. 19 a allows
// 21.75 percent of what was agreed in the first half of 2026.
func TestARateIsNeverRaisedAboveTheLawOfTheAgreement(t *testing.T) {
	s := newStage(t)
	id := s.active()
	propose := func(m ledger.Amendment) error {
		_, err := s.fork().try(s.lender, ledger.OpAmendPropose, string(id), ledger.AmendProposeBody{Amendment: m})
		return err
	}
	limit, _, err := finance.ReferenceRate(finance.Sweden, date("2026-03-02"))
	if err != nil {
		t.Fatal(err)
	}
	limit = limit.Add(rate("20"))
	if err := propose(ledger.Amendment{Kind: ledger.AmendRate, Rate: limit}); err != nil {
		t.Errorf("the highest rate is refused: %v", err)
	}
	above := ledger.Amendment{Kind: ledger.AmendRate, Rate: limit.Add(rate("0.01"))}
	if err := propose(above); ledger.CodeOf(err) != ledger.CodeLaw {
		t.Errorf("a higher rate is answered with %v", err)
	}
	above.Kind, above.Instalments, above.FirstDue = ledger.AmendPlan, 24, s.today().AddDays(30)
	if err := propose(above); ledger.CodeOf(err) != ledger.CodeLaw {
		t.Errorf("a plan at a higher rate is answered with %v", err)
	}
}

// TestTheTimeIsExtendedOnceAtACost (2010:1846 par. 36 a). A plan is always
// allowed, and so is what costs nothing.
func TestTheTimeIsExtendedOnceAtACost(t *testing.T) {
	term := func(s *stage, months int) ledger.Amendment {
		return ledger.Amendment{Kind: ledger.AmendTerm, Instalments: months, FirstDue: s.today().AddDays(30)}
	}
	free := func(m ledger.Amendment) ledger.Amendment { m.Free = true; return m }
	plan := func(m ledger.Amendment) ledger.Amendment { m.Kind = ledger.AmendPlan; return m }
	dearer := ledger.Amendment{Kind: ledger.AmendRate, Rate: rate("12")}
	cases := []struct {
		name   string
		signed func(*ledger.Terms)
		steps  func(s *stage) []ledger.Amendment // all but the last are agreed
		want   ledger.Code
	}{
		{"once", nil, func(s *stage) []ledger.Amendment { return []ledger.Amendment{term(s, 24)} }, ""},
		{"twice", nil, func(s *stage) []ledger.Amendment { return []ledger.Amendment{term(s, 24), term(s, 36)} }, ledger.CodeExtensionOnce},
		{"shorter after longer", nil, func(s *stage) []ledger.Amendment { return []ledger.Amendment{term(s, 24), term(s, 6)} }, ""},
		{"free after one at a cost", nil, func(s *stage) []ledger.Amendment { return []ledger.Amendment{term(s, 24), free(term(s, 36))} }, ""},
		{"at a cost after a free one", nil, func(s *stage) []ledger.Amendment { return []ledger.Amendment{free(term(s, 24)), priced(term(s, 36))} }, ledger.CodeExtensionOnce},
		{"dearer after two free ones", nil, func(s *stage) []ledger.Amendment {
			return []ledger.Amendment{free(term(s, 24)), free(term(s, 36)), dearer}
		}, ledger.CodeExtensionOnce},
		{"a plan after one at a cost", nil, func(s *stage) []ledger.Amendment { return []ledger.Amendment{term(s, 24), plan(term(s, 36))} }, ""},
		{"of an older agreement", func(t *ledger.Terms) { t.AgreedOn = date("2025-02-28") }, func(s *stage) []ledger.Amendment { return []ledger.Amendment{term(s, 24), term(s, 36)} }, ""},
		{"of a housing credit", func(t *ledger.Terms) { t.Housing = true }, func(s *stage) []ledger.Amendment { return []ledger.Amendment{term(s, 24), term(s, 36)} }, ""},
		{"of a business", func(t *ledger.Terms) { t.Consumer = false }, func(s *stage) []ledger.Amendment { return []ledger.Amendment{term(s, 24), term(s, 36)} }, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			tt := terms()
			if c.signed != nil {
				c.signed(&tt)
			}
			id := s.issue(tt, s.borrower)
			steps := c.steps(s)
			last := len(steps) - 1
			for _, m := range steps[:last] {
				s.amend(id, m)
			}
			_, err := s.try(s.borrower, ledger.OpAmendPropose, string(id), ledger.AmendProposeBody{Amendment: steps[last]})
			if ledger.CodeOf(err) != c.want {
				t.Errorf("it is answered with %v, want %q", err, c.want)
			}
		})
	}
}

func priced(m ledger.Amendment) ledger.Amendment {
	m.Rate = rate("5")
	return m
}

func TestARateAndATermThatSayTooLittleOrTooMuchAreRefused(t *testing.T) {
	s := newStage(t)
	id := s.active()
	day := s.today().AddDays(30)
	for name, m := range map[string]ledger.Amendment{
		"a rate of nothing":             {Kind: ledger.AmendRate},
		"a rate and free":               {Kind: ledger.AmendRate, Rate: rate("6"), Free: true},
		"a rate with instalments":       {Kind: ledger.AmendRate, Rate: rate("6"), Instalments: 3},
		"a rate with a day":             {Kind: ledger.AmendRate, Rate: rate("6"), FirstDue: day},
		"a rate with a day of month":    {Kind: ledger.AmendRate, Rate: rate("6"), DueDay: 31},
		"a rate below nothing":          {Kind: ledger.AmendRate, Rate: rate("-1")},
		"a term without instalments":    {Kind: ledger.AmendTerm, FirstDue: day},
		"a term without a day":          {Kind: ledger.AmendTerm, Instalments: 3},
		"a pause at another rate":       {Kind: ledger.AmendPause, FirstDue: s.today().AddDays(90), Rate: rate("6")},
		"a plan at a rate and for free": {Kind: ledger.AmendPlan, Instalments: 3, FirstDue: day, Rate: rate("6"), Free: true},
		"a kind that is none":           {Kind: "holiday", FirstDue: day},
	} {
		t.Run(name, func(t *testing.T) {
			s.refuse(code(ledger.CodeBodyInvalid), s.lender, ledger.OpAmendPropose, string(id), ledger.AmendProposeBody{Amendment: m})
		})
	}
}

// TestAPowerToAgreeIsForAPlanOrAPause, as its words say: not for another rate or
// time, nor for what costs more.
func TestAPowerToAgreeIsForAPlanOrAPause(t *testing.T) {
	p := newPeople(t)
	p.grant(p.son, ledger.AttorneyScopes()...)
	id := p.active()
	propose := func(m ledger.Amendment) ledger.AmendProposeBody { return ledger.AmendProposeBody{Amendment: m} }
	term := ledger.Amendment{Kind: ledger.AmendTerm, Instalments: 24, FirstDue: p.today().AddDays(30)}
	dearer := p.planOf()
	dearer.Rate = rate("15")
	for _, m := range []ledger.Amendment{{Kind: ledger.AmendRate, Rate: rate("6")}, term, dearer} {
		p.refuseAct(ledger.CodeNoPowerOfAttorney, p.son, ledger.OpAmendPropose, string(id), propose(m))
		p.do(p.lender, ledger.OpAmendPropose, string(id), propose(m))
		p.refuseAct(ledger.CodeNoPowerOfAttorney, p.son, ledger.OpAmendAccept, string(id), amendmentOf(p.stage, id))
	}
	cheaper := p.planOf()
	cheaper.Free = true
	p.do(p.lender, ledger.OpAmendPropose, string(id), propose(cheaper))
	if _, err := p.act(p.son, ledger.OpAmendAccept, string(id), amendmentOf(p.stage, id)); err != nil {
		t.Errorf("a plan that costs nothing is refused: %v", err)
	}
	p.refuseAct(ledger.CodeNoPowerOfAttorney, p.son, ledger.OpInterrupt, string(id), p.interruption(ledger.Acknowledgement))
}
