package ledger_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func TestAClaimOfPaymentStandsOnTheNoteUntilItIsAnswered(t *testing.T) {
	s := newStage(t)
	id := s.claimed(s.active())
	want := ledger.Claim{
		Seq: s.note(id).Seq, By: s.borrower.id, On: s.today(), Amount: 700_00, PaidOn: s.today(),
		Text: "I paid at the counter.", Reference: "slip 12", AnswerBy: s.today().AddDays(ledger.ClaimDays),
	}
	if n := s.note(id); len(n.Claims) != 1 || n.Claims[0] != want || n.Balance.PaidPrincipal != 0 {
		t.Errorf("it is %+v, want %+v", n.Claims, want)
	}
}

// TestAPaymentAnswersAClaimWhateverItsAmount: what was received is for who
// received it to say; a borrower who claims more claims the rest anew.
func TestAPaymentAnswersAClaimWhateverItsAmount(t *testing.T) {
	s := newStage(t)
	id := s.claimed(s.active())
	claim := s.note(id).Claims[0]
	s.after(5)
	body := ledger.PayBody{Amount: sek(650_00), PaidOn: claim.PaidOn, Claim: claim.Seq}
	n := s.do(s.lender, ledger.OpPay, string(id), body).Note
	if len(n.Claims) != 0 || n.Payments[0].Claim != claim.Seq || n.Payments[0].On != claim.PaidOn {
		t.Errorf("the payment is %+v, and left are the claims %+v", n.Payments[0], n.Claims)
	}
	s.refuse(code(ledger.CodeClaimUnknown), s.lender, ledger.OpPay, string(id), body)
}

// TestAnAnswerThatComesLateCostsTheBorrowerNothing: interest goes on while a claim
// is open, and is given back from the day of the payment.
func TestAnAnswerThatComesLateCostsTheBorrowerNothing(t *testing.T) {
	s := newStage(t)
	id := s.claimed(s.active())
	paidOn := s.today()
	inTime := s.fork()
	inTime.pay(id, s.lender, 700_00)

	s.after(40)
	s.do(s.lender, ledger.OpPay, string(id), ledger.PayBody{Amount: sek(700_00), PaidOn: paidOn, Claim: s.note(id).Claims[0].Seq})
	inTime.now = s.now
	if got, want := s.owed(id), inTime.owed(id); got > want {
		t.Errorf("answered late, %d is owed instead of %d", got, want)
	}
}

func TestADenialMakesADisputeOfTheClaim(t *testing.T) {
	s := newStage(t)
	id := s.claimed(s.active())
	claim := s.note(id).Claims[0]
	if sum := s.summary(id); !sum.Collectable || !slices.Equal(sum.Reasons, []ledger.Reason{ledger.ReasonClaimOpen}) {
		t.Errorf("before the answer it is %+v", sum)
	}
	s.after(1)
	n := s.do(s.lender, ledger.OpPayDeny, string(id), ledger.PayDenyBody{Claim: claim.Seq, Text: "Nothing came."}).Note
	want := ledger.Dispute{
		Seq: claim.Seq, By: s.borrower.id, On: claim.On, Text: claim.Text, Amount: 700_00, PaidOn: claim.PaidOn, Answer: "Nothing came.",
	}
	if len(n.Claims) != 0 || len(n.Disputes) != 1 || n.Disputes[0] != want {
		t.Fatalf("it became %+v, want %+v", n.Disputes, want)
	}
	if sum := s.summary(id); sum.Collectable || !slices.Equal(sum.Reasons, []ledger.Reason{ledger.ReasonDisputed}) {
		t.Errorf("denied it is %+v", sum)
	}
	s.do(s.lender, ledger.OpDisputeResolve, string(id), ledger.DisputeResolveBody{Dispute: claim.Seq, Outcome: ledger.Upheld, Text: "We found it."})
	if sum := s.summary(id); !sum.Collectable {
		t.Error("once resolved it is not collectable")
	}
}

// TestSilenceIsADispute: the day after the last day to answer, nothing may be
// demanded, although nobody has written anything.
func TestSilenceIsADispute(t *testing.T) {
	s := newStage(t)
	id := s.claimed(s.active())
	seq := s.note(id).Claims[0].Seq
	resolve := func(o ledger.DisputeOutcome) ledger.DisputeResolveBody {
		return ledger.DisputeResolveBody{Dispute: seq, Outcome: o, Text: "as we wrote to you"}
	}
	s.after(ledger.ClaimDays)
	if !s.summary(id).Collectable {
		t.Error("on the last day to answer it is in dispute")
	}
	want := ledger.Refuse(ledger.CodeClaimOpen, "answer_by", s.today().String())
	s.refuse(want, s.lender, ledger.OpDisputeResolve, string(id), resolve(ledger.Dismissed))
	s.after(1)
	if sum := s.summary(id); sum.Collectable || !slices.Equal(sum.Reasons, []ledger.Reason{ledger.ReasonDisputed, ledger.ReasonClaimOpen}) {
		t.Errorf("the day after it is %+v", sum)
	}
	late := s.fork()
	late.do(s.lender, ledger.OpPayDeny, string(id), ledger.PayDenyBody{Claim: seq, Text: "Nothing came."})
	if late.summary(id).Collectable {
		t.Error("a late denial ends the dispute")
	}
	s.do(s.lender, ledger.OpDisputeResolve, string(id), resolve(ledger.Dismissed))
	if sum := s.summary(id); !sum.Collectable || len(s.note(id).Claims) != 0 {
		t.Errorf("resolved it is %+v with %+v", sum, s.note(id).Claims)
	}
}

func TestOnlyItsBorrowerWithdrawsAClaim(t *testing.T) {
	s := newStage(t)
	id := s.claimed(s.issue(terms(), s.borrower, s.partner))
	withdraw := ledger.DisputeResolveBody{Dispute: s.note(id).Claims[0].Seq, Outcome: ledger.Withdrawn, Text: "I had looked at another account."}
	for _, who := range []*actor{s.partner, s.lender} {
		s.refuse(code(ledger.CodeRoleForbidden), who, ledger.OpDisputeResolve, string(id), withdraw)
	}
	upheld := withdraw
	upheld.Outcome = ledger.Upheld
	s.refuse(code(ledger.CodeRoleForbidden), s.borrower, ledger.OpDisputeResolve, string(id), upheld)
	if n := s.do(s.borrower, ledger.OpDisputeResolve, string(id), withdraw).Note; len(n.Claims) != 0 {
		t.Errorf("withdrawn, it stays: %+v", n.Claims)
	}
}

// TestAFormerHolderAnswersWhatItReceived: the borrower paid before it was told.
func TestAFormerHolderAnswersWhatItReceived(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.sell(id, s.lender, s.buyer)
	s.claimed(id)
	body := ledger.PayBody{Amount: sek(700_00), PaidOn: s.today(), Claim: s.note(id).Claims[0].Seq}
	s.refuse(code(ledger.CodeRoleForbidden), s.lender, ledger.OpPayDeny, string(id), ledger.PayDenyBody{Claim: body.Claim, Text: "no"})
	if n := s.do(s.lender, ledger.OpPay, string(id), body).Note; len(n.Claims) != 0 || n.Payments[0].OwedTo != s.buyer.id {
		t.Errorf("it is %+v with %+v", n.Claims, n.Payments)
	}
}

func TestAClaimThatCannotBeIsRefused(t *testing.T) {
	s := newStage(t)
	id := s.active()
	s.after(3)
	with := func(change func(*ledger.PayClaimBody)) ledger.PayClaimBody {
		b := claimBody(s.today())
		change(&b)
		return b
	}
	for _, c := range []struct {
		name string
		body ledger.PayClaimBody
		want *ledger.Error
	}{
		{"of nothing", with(func(b *ledger.PayClaimBody) { b.Amount.Amount = 0 }), code(ledger.CodeAmountNotPositive)},
		{"of less than nothing", with(func(b *ledger.PayClaimBody) { b.Amount.Amount = -1 }), code(ledger.CodeAmountNotPositive)},
		{"of more than there is", with(func(b *ledger.PayClaimBody) { b.Amount.Amount = finance.MaxAmount + 1 }), code(ledger.CodeBodyMalformed)},
		{"in another currency", with(func(b *ledger.PayClaimBody) { b.Amount.Currency = "EUR" }), ledger.Refuse(ledger.CodeCurrencyOther, "want", "SEK")},
		{"without a day", with(func(b *ledger.PayClaimBody) { b.PaidOn = finance.Date{} }), code(ledger.CodeBodyInvalid)},
		{"of tomorrow", with(func(b *ledger.PayClaimBody) { b.PaidOn = s.today().AddDays(1) }), ledger.Refuse(ledger.CodeDateFuture, "field", "paid_on")},
		{"of before the note", with(func(b *ledger.PayClaimBody) { b.PaidOn = date("2026-03-01") }), ledger.Refuse(ledger.CodeDateEarly, "field", "paid_on", "earliest", "2026-03-02")},
		{"without words", with(func(b *ledger.PayClaimBody) { b.Text = "" }), code(ledger.CodeBodyInvalid)},
		{"with a control character", with(func(b *ledger.PayClaimBody) { b.Text = "a\x00b" }), code(ledger.CodeBodyInvalid)},
		{"with a long reference", with(func(b *ledger.PayClaimBody) { b.Reference = string(make([]rune, ledger.MaxReferenceRunes+1)) }), code(ledger.CodeBodyInvalid)},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := s.try(s.borrower, ledger.OpPayClaim, string(id), c.body)
			checkRefusal(t, err, c.want)
		})
	}
	for _, b := range []ledger.PayDenyBody{{Text: "x"}, {Claim: 1}} {
		s.refuse(code(ledger.CodeBodyInvalid), s.lender, ledger.OpPayDeny, string(id), b)
	}
}

func TestOpenClaimsAreLimited(t *testing.T) {
	s := newStage(t)
	id := s.active()
	for range ledger.MaxClaims {
		s.claimed(id)
	}
	s.refuse(ledger.Refuse(ledger.CodeLimit, "what", "open claims of payment", "limit", "16"), s.borrower, ledger.OpPayClaim, string(id), claimBody(s.today()))
	for range ledger.MaxDisputes {
		s.disputed(id)
	}
	deny := ledger.PayDenyBody{Claim: s.note(id).Claims[0].Seq, Text: "no"}
	s.refuse(ledger.Refuse(ledger.CodeLimit, "what", "open disputes", "limit", "16"), s.lender, ledger.OpPayDeny, string(id), deny)
}

func TestClaimsAndProposalsEndWithTheDebt(t *testing.T) {
	s := newStage(t)
	id := s.proposed(s.claimed(s.active()), s.borrower)
	if n := s.pay(id, s.lender, s.owed(id)); n.Status != ledger.StatusDischarged || n.Claims != nil || n.Proposal != nil {
		t.Errorf("handed back it is %+v", n)
	}
}

// TestTheTextOfAClaimSaysTheTimeToAnswer: it is written out in each language.
func TestTheTextOfAClaimSaysTheTimeToAnswer(t *testing.T) {
	s := newStage(t)
	c, err := s.draft(s.borrower, ledger.OpPayClaim, string(s.active()), claimBody(s.today())).Build()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range ledger.Languages() {
		text, err := ledger.Describe(c, lang)
		if err != nil || !strings.Contains(text, strconv.Itoa(ledger.ClaimDays)+" da") {
			t.Errorf("in %s it says %q: %v", lang, text, err)
		}
	}
}
