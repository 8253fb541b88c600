package ledger_test

import (
	"testing"

	"github.com/skuld-registry/skuld/ledger"
)

// simple issues a note whose claim is barred after three years (1981:130 par. 2).
func (s *stage) simple() ledger.NoteID {
	s.t.Helper()
	t := terms()
	t.Kind = ledger.Simple
	return s.issue(t, s.borrower)
}

// TestEachInterruptionBeginsTheTimeAnew (1981:130 par. 5-7), and the summary says
// which was the last, with its proof.
func TestEachInterruptionBeginsTheTimeAnew(t *testing.T) {
	cases := []struct {
		kind ledger.InterruptionKind
		by   func(*stage) *actor
	}{
		{ledger.Demand, func(s *stage) *actor { return s.lender }},
		{ledger.Filing, func(s *stage) *actor { return s.lender }},
		{ledger.Filing, func(s *stage) *actor { return s.court }},
		{ledger.Acknowledgement, func(s *stage) *actor { return s.borrower }},
	}
	for _, c := range cases {
		s := newStage(t)
		id := s.simple()
		if got := s.summary(id); got.BarredAfter != date("2029-03-02") || got.Interrupted.Kind != "agreement" {
			t.Fatalf("at first it is barred after %s, from %+v", got.BarredAfter, got.Interrupted)
		}
		s.after(100)
		b := s.interruption(c.kind)
		s.do(c.by(s), ledger.OpInterrupt, string(id), b)
		want := ledger.Interrupted{Kind: c.kind, On: s.today(), Seq: s.note(id).Seq, Channel: b.Channel, Reference: b.Reference, Content: b.Content}
		if got := s.summary(id); got.Interrupted != want || got.BarredAfter != s.today().AddMonths(36, 0) {
			t.Errorf("after the %s it is barred after %s, from %+v", c.kind, got.BarredAfter, got.Interrupted)
		}
	}
}

// TestTheLatestInterruptionOfAKindIsKept, with how many there were; one that is
// written late does not go before it.
func TestTheLatestInterruptionOfAKindIsKept(t *testing.T) {
	s := newStage(t)
	id := s.simple()
	s.after(200)
	first, second := s.interruption(ledger.Demand), s.interruption(ledger.Demand)
	first.On = s.today().AddDays(-100)
	s.do(s.lender, ledger.OpInterrupt, string(id), second)
	seq := s.note(id).Seq
	s.do(s.lender, ledger.OpInterrupt, string(id), first)
	s.do(s.borrower, ledger.OpInterrupt, string(id), s.interruption(ledger.Acknowledgement))
	all := s.note(id).Interruptions
	if len(all) != 2 || all[0].On != second.On || all[0].Seq != seq || all[0].Count != 2 || all[1].Count != 1 {
		t.Errorf("kept are %+v", all)
	}
}

// TestABarredClaimStaysBarred: it is neither demanded nor filed, no fee and no plan
// is put on it, and a payment that the borrower makes all the same brings it back
// to nobody.
func TestABarredClaimStaysBarred(t *testing.T) {
	s := newStage(t)
	id := s.barred()
	last := s.summary(id).BarredAfter
	refused := ledger.Refuse(ledger.CodeNoteBarred, "barred_after", last.String())
	s.refuse(refused, s.lender, ledger.OpInterrupt, string(id), s.interruption(ledger.Demand))
	s.refuse(refused, s.lender, ledger.OpInterrupt, string(id), s.interruption(ledger.Filing))
	s.refuse(refused, s.borrower, ledger.OpInterrupt, string(id), s.interruption(ledger.Acknowledgement))
	s.refuse(refused, s.lender, ledger.OpAmendPropose, string(id), ledger.AmendProposeBody{Amendment: s.planOf()})

	n := s.pay(id, s.lender, 500_00)
	if sum := s.summary(id); !n.Payments[0].Barred || sum.BarredAfter != last || sum.Collectable {
		t.Errorf("after a payment it is barred after %s: %+v", sum.BarredAfter, n.Payments[0])
	}

	inTime := s.interruption(ledger.Demand)
	inTime.On = last
	s.do(s.lender, ledger.OpInterrupt, string(id), inTime) // written late, and yet it came in time
	if sum := s.summary(id); sum.BarredAfter != last.AddMonths(36, 0) || !sum.Collectable {
		t.Errorf("after the demand that came in time it is barred after %s", sum.BarredAfter)
	}
}

func TestAnInterruptionIsRefused(t *testing.T) {
	base := newStage(t)
	id := base.sold()
	cases := []struct {
		name string
		kind ledger.InterruptionKind
		who  func(*stage) *actor
		set  func(*stage, *ledger.InterruptBody)
		want ledger.Code
	}{
		{"of tomorrow", ledger.Filing, holderOf, func(s *stage, b *ledger.InterruptBody) { b.On = s.today().AddDays(1) }, ledger.CodeDateFuture},
		{"of before the debt", ledger.Filing, holderOf, func(_ *stage, b *ledger.InterruptBody) { b.On = date("2026-03-01") }, ledger.CodeDateEarly},
		{"a demand of before the borrower knew the holder", ledger.Demand, holderOf, func(s *stage, b *ledger.InterruptBody) { b.On = s.today().AddDays(-1) }, ledger.CodeBorrowerNotTold},
		{"a demand without its text", ledger.Demand, holderOf, func(_ *stage, b *ledger.InterruptBody) { b.Content = ledger.Digest{} }, ledger.CodeBodyInvalid},
		{"a demand by no known way", ledger.Demand, holderOf, func(_ *stage, b *ledger.InterruptBody) { b.Channel = "shouting" }, ledger.CodeBodyInvalid},
		{"a filing by letter", ledger.Filing, holderOf, func(_ *stage, b *ledger.InterruptBody) { b.Channel = "letter" }, ledger.CodeBodyInvalid},
		{"a filing without its number", ledger.Filing, holderOf, func(_ *stage, b *ledger.InterruptBody) { b.Reference = "" }, ledger.CodeBodyInvalid},
		{"without a day", ledger.Filing, holderOf, func(_ *stage, b *ledger.InterruptBody) { b.On = b.On.AddMonths(-100000, 0) }, ledger.CodeBodyInvalid},
		{"of no kind", "threat", holderOf, nil, ledger.CodeBodyInvalid},
		{"an acknowledgement by the creditor", ledger.Acknowledgement, holderOf, nil, ledger.CodeRoleForbidden},
		{"a demand by the borrower", ledger.Demand, func(s *stage) *actor { return s.borrower }, nil, ledger.CodeRoleForbidden},
		{"a demand by an authority", ledger.Demand, func(s *stage) *actor { return s.court }, nil, ledger.CodeRoleForbidden},
		{"a demand by a former holder", ledger.Demand, func(s *stage) *actor { return s.lender }, nil, ledger.CodeRoleForbidden},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := base.fork()
			b := s.interruption(c.kind)
			if c.set != nil {
				c.set(s, &b)
			}
			if _, err := s.try(c.who(s), ledger.OpInterrupt, string(id), b); ledger.CodeOf(err) != c.want {
				t.Errorf("it is answered with %v, want %s", err, c.want)
			}
		})
	}
}

func holderOf(s *stage) *actor { return s.buyer }
