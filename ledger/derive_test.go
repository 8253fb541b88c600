package ledger_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func (s *stage) summary(id ledger.NoteID) ledger.Summary {
	s.t.Helper()
	sum, err := ledger.Summarize(s.note(id), s.holder(id), s.today())
	if err != nil {
		s.t.Fatalf("deriving the facts: %v", err)
	}
	return sum
}

func TestWhatWasPaidAheadIsTakenFromTheNextInstalment(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.pay(id, s.lender, s.summary(id).Owed.Costs) // which are paid before any instalment
	next := s.summary(id).Next
	if sum := s.summary(id); sum.NextLeft != next.Total {
		t.Errorf("before any payment %d is left of %d", sum.NextLeft, next.Total)
	}
	s.pay(id, s.lender, 150_00)
	if sum := s.summary(id); *sum.Next != *next || sum.NextLeft != next.Total-150_00 {
		t.Errorf("after a payment of 150.00 %d is left of %+v", sum.NextLeft, sum.Next)
	}
	s.pay(id, s.lender, next.Total)
	if sum := s.summary(id); sum.Next.Number != 2 || sum.NextLeft != sum.Next.Total-150_00 {
		t.Errorf("after the rest and 150.00 more %d is left of %+v", sum.NextLeft, sum.Next)
	}
	owed := s.summary(id).Total.Amount
	s.pay(id, s.lender, owed-1_00)
	if sum := s.summary(id); sum.NextLeft != 1_00 {
		t.Errorf("of a debt of 1.00 an instalment of %d is left", sum.NextLeft)
	}
}

func TestASummarySaysWhatADayMakesOfANote(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.mandate(id, s.lender, s.servicer)
	s.pay(id, s.lender, 100_00)
	s.now = noon("2026-04-02")
	s.pay(id, s.lender, 1_066_19)
	s.now = noon("2026-05-20")
	sum := s.summary(id)
	if sum.Holder != s.lender.id || sum.Servicer != s.servicer.id || !slices.Equal(sum.Controllers, []ledger.PartyID{s.lender.id}) {
		t.Errorf("who: %+v", sum)
	}
	if sum.Next == nil || sum.Next.Number != 2 || sum.Next.Due != date("2026-05-02") {
		t.Errorf("next is %+v", sum.Next)
	}
	// 2 May 2026 is a Saturday, so it could be paid on Monday.
	if sum.Arrears.OldestPayBy != date("2026-05-04") || sum.Arrears.DaysPastDue != 16 || sum.Arrears.Principal+sum.Arrears.Interest != 1_066_19 {
		t.Errorf("arrears are %+v", sum.Arrears)
	}
	if sum.FreeOfDebt != date("2027-03-02") || sum.Total != sek(sum.Owed.Principal+sum.Owed.Interest+sum.Owed.LateInterest) {
		t.Errorf("free of debt on %s, total %v of %+v", sum.FreeOfDebt, sum.Total, sum.Owed)
	}
	// A negotiable note: ten years from the last payment (1981:130 par. 2 and 5).
	if sum.BarredAfter != date("2036-04-02") || !sum.Collectable {
		t.Errorf("barred after %s, collectable %t", sum.BarredAfter, sum.Collectable)
	}
	if len(sum.Lines) < 2 || sum.Lines[0].Kind != finance.Interest || sum.Lines[1].Kind != finance.LateInterest {
		t.Errorf("the interest is explained by %+v", sum.Lines)
	}
}

// TestASimpleConsumerNoteIsBarredAfterThreeYears: 1981:130 par. 2.
func TestASimpleConsumerNoteIsBarredAfterThreeYears(t *testing.T) {
	s := newStage(t)
	simple := terms()
	simple.Kind = ledger.Simple
	id := s.issue(simple, s.borrower)
	if got := s.summary(id).BarredAfter; got != date("2029-03-02") {
		t.Errorf("it is barred after %s", got)
	}
	s.now = noon("2029-03-02")
	if !s.summary(id).Collectable {
		t.Error("on the last day it is not collectable")
	}
	s.now = noon("2029-03-03")
	if s.summary(id).Collectable {
		t.Error("a barred claim is collectable")
	}
}

func TestASummaryChangesNothing(t *testing.T) {
	s := newStage(t)
	for _, sit := range situations()[1:] {
		f := s.fork()
		f.n = 1_000
		id := sit.prepare(f)
		before := canonical(t, f.note(id))
		f.after(100)
		f.summary(id)
		if string(canonical(t, f.note(id))) != string(before) {
			t.Errorf("%s: looking at it changed it", sit.name)
		}
	}
}

func TestWhatIsNoDebtOwesNothing(t *testing.T) {
	s := newStage(t)
	id := s.offer(terms(), s.borrower)
	if sum := s.summary(id); sum.Collectable || sum.Total != sek(0) || sum.Owed != (finance.Owed{}) {
		t.Errorf("offered: %+v", sum)
	}
	s.do(s.borrower, ledger.OpDecline, string(id), ledger.ReasonBody{})
	if sum := s.summary(id); sum.Collectable || sum.Total != sek(0) || len(sum.Controllers) != 0 {
		t.Errorf("void: %+v", sum)
	}
	paid := s.paidOff(s.active())
	if sum := s.summary(paid); sum.Collectable || sum.Total != sek(0) || !slices.Equal(sum.Controllers, []ledger.PartyID{s.borrower.id}) {
		t.Errorf("discharged: %+v", sum)
	}
}

// TestInterestWithoutARateIsNotGuessed: where the table ends, late interest
// stops and the missing rate is named.
func TestInterestWithoutARateIsNotGuessed(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.now = noon("2026-08-15")
	sum := s.summary(id)
	want := finance.MissingRateError{Jurisdiction: finance.Sweden, Kind: "reference rate", From: date("2026-07-01")}
	if !slices.Contains(sum.Missing, want) {
		t.Errorf("missing are %+v", sum.Missing)
	}
	for _, l := range sum.Lines {
		if l.Kind == finance.LateInterest && l.To.After(date("2026-07-01")) {
			t.Errorf("late interest was charged without a rate: %+v", l)
		}
	}
}

func TestPartiesAreAllWhoAreSomethingToTheNote(t *testing.T) {
	s := newStage(t)
	id := s.issue(terms(), s.borrower, s.partner)
	s.sell(id, s.lender, s.buyer)
	s.mandate(id, s.buyer, s.servicer)
	s.do(s.buyer, ledger.OpTransferOffer, string(id), ledger.TransferOfferBody{To: s.bank.id, Kind: ledger.PledgeTransfer})
	s.freeze(id, s.bailiff)
	want := []ledger.PartyID{s.lender.id, s.buyer.id, s.servicer.id, s.bank.id, s.borrower.id, s.partner.id, s.bailiff.id}
	slices.Sort(want)
	if got := ledger.Parties(s.note(id), s.holder(id)); !slices.Equal(got, want) {
		t.Errorf("parties are %v, want %v", got, want)
	}
}

// TestAFormerHolderSeesTheNoteForNinetyDaysAfterTheNotice so that it can write
// the payments on it that were made to it in good faith.
func TestAFormerHolderSeesTheNoteForNinetyDaysAfterTheNotice(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.sell(id, s.lender, s.buyer)
	former := func(days int) bool {
		return slices.Contains(ledger.FormerHolders(s.note(id), s.today().AddDays(days)), s.lender.id)
	}
	if !former(0) || !former(1000) {
		t.Error("before the notice it does not see the note")
	}
	s.notify(id, s.buyer)
	if !former(ledger.FormerHolderDays) || former(ledger.FormerHolderDays+1) {
		t.Error("after the notice it does not see the note for the time set")
	}
}

// TestEveryCommandIsSaidInPlainWords: who is to sign must be able to read it.
func TestEveryCommandIsSaidInPlainWords(t *testing.T) {
	s := newStage(t)
	id := s.active()
	until := map[ledger.Language]string{
		ledger.Swedish: "3 mars 2026 kl. 10.00 UTC", ledger.Danish: "3. marts 2026 kl. 10.00 UTC", ledger.English: "3 March 2026 at 10:00 UTC",
	}
	for _, v := range variants() {
		subject := string(id)
		if v.op == ledger.OpOffer {
			subject = ""
		}
		c, err := s.draft(s.lender, v.op, subject, v.body(s, id, s.lender)).Build()
		if err != nil {
			t.Fatal(err)
		}
		texts := map[string]bool{}
		for _, lang := range ledger.Languages() {
			text, err := ledger.Describe(c, lang)
			if err != nil {
				t.Errorf("%s in %s: %v", v.name, lang, err)
			}
			first, _, _ := strings.Cut(text, "\n")
			if first == "" || strings.Contains(text, "\n: ") || !strings.Contains(strings.ReplaceAll(text, "\u00a0", " "), until[lang]) {
				t.Errorf("%s in %s says %q", v.name, lang, text)
			}
			texts[text] = true
		}
		if len(texts) != len(ledger.Languages()) {
			t.Errorf("%s says the same in two languages", v.name)
		}
	}
}

// TestAStateIsWhatItsTextSays holds for interest of hundreds of millions, too:
// who replays the commands must come to the very state that was kept.
func TestAStateIsWhatItsTextSays(t *testing.T) {
	s := newStage(t)
	large := terms()
	large.Principal.Amount, large.DayCount = 299_999_999_999, finance.Actual365
	id := s.issue(large, s.borrower)
	s.after(401)
	for range 3 {
		s.after(1)
		n := s.pay(id, s.lender, 1_01)
		if n.Balance.InterestMicro < 1<<53 {
			t.Fatalf("%d is not enough interest to show anything", n.Balance.InterestMicro)
		}
		text, err := ledger.Canonical(n)
		if err != nil {
			t.Fatal(err)
		}
		var read ledger.Note
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		if read.Balance != n.Balance {
			t.Errorf("the text says %+v of %+v", read.Balance, n.Balance)
		}
	}
}

// TestWhatIsOverdueIsInterestBeforePrincipal also where nothing has been counted
// since the note was signed: interest of two instalments, 120.00 and 110.54, has
// accrued when they are overdue.
func TestWhatIsOverdueIsInterestBeforePrincipal(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.now = noon("2026-05-10")
	got := s.summary(id).Arrears
	if got.Interest != 230_54 || got.Principal != 2*1_066_19-230_54 {
		t.Errorf("overdue is %+v", got)
	}
}
