package sim

import (
	"slices"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// offer lets a company lend to one or two persons, sometimes on terms that the
// law does not allow, or to somebody who cannot borrow.
func (s *simulation) offer() (*sent, error) {
	lender := pick(s, s.cast)
	if s.chance(90) && len(s.cast) > 5 {
		lender = s.cast[s.rng.IntN(5)] // the companies of the first hour
	}
	if len(lender.books) == 0 {
		return nil, errNobody
	}
	body := ledger.OfferBody{
		Book: pick(s, lender.books), AnswerBy: s.clock.UTC().Truncate(time.Second).Add(time.Duration(24+s.rng.IntN(300)) * time.Hour), Terms: s.terms(),
	}
	for range 1 + s.rng.IntN(2) {
		b := s.cast[min(len(s.cast)-1, 5+s.rng.IntN(3))] // the persons of the first hour
		if s.chance(8) {
			b = pick(s, s.cast)
		}
		body.Borrowers = append(body.Borrowers, b.ID)
	}
	if s.chance(50) {
		body.Payee, body.Text, body.Names = secretWord, secretWord, slices.Repeat([]string{secretWord}, len(body.Borrowers))
	}
	return s.write(lender, s.draft(lender, ledger.OpOffer, "", body))
}

func (s *simulation) terms() ledger.Terms {
	today := finance.DateOf(s.clock)
	t := ledger.Terms{
		Kind: pick(s, []ledger.NoteKind{ledger.Negotiable, ledger.Simple}), Consumer: s.chance(50), CreditPurchase: s.chance(5),
		Jurisdiction: pick(s, []finance.Jurisdiction{finance.Sweden, finance.Generic, finance.Generic}), AgreedOn: today, InterestFrom: today,
		Principal: finance.Money{Amount: finance.Amount(1_000_00 + s.rng.IntN(50_000_00)), Currency: "SEK"},
		Rate:      finance.Percent(s.rng.IntN(26)), DayCount: pick(s, []finance.DayCount{finance.Thirty360, finance.Actual365, finance.Actual360}),
		Fees: ledger.Fees{Setup: finance.Amount(s.rng.IntN(3) * 250_00), Reminder: finance.Amount(s.rng.IntN(2) * 60_00)}, Reference: secretWord,
	}
	months := 1 + s.rng.IntN(36)
	t.Schedule = ledger.Schedule{
		Kind:        pick(s, []finance.ScheduleKind{finance.Annuity, finance.StraightLine, finance.Bullet}),
		Instalments: months, FirstDue: today.AddMonths(1, 0),
	}
	if s.chance(25) {
		t.Schedule = ledger.Schedule{Kind: finance.OnDemand}
	}
	t.Acceleration = s.chance(60)
	if s.chance(15) {
		t.LateRate = new(finance.Percent(s.rng.IntN(30)))
	}
	return t
}

// body writes a body that fits the note, mostly.
func (s *simulation) body(op ledger.Op, n *ledger.Note, by *person) any {
	transfer := pending(n).ID
	if transfer == "" {
		transfer = "00000000-0000-4000-8000-000000000000"
	}
	switch op {
	case ledger.OpAccept:
		return ledger.AcceptBody{Offer: n.Offer}
	case ledger.OpDecline, ledger.OpWithdraw:
		return ledger.ReasonBody{Reason: secretWord}
	case ledger.OpTransferOffer:
		return s.transferOffer()
	case ledger.OpTransferAccept:
		b := ledger.TransferAcceptBody{Transfer: transfer}
		if pending(n).Kind == ledger.Sale && len(by.books) > 0 {
			b.Book = pick(s, by.books)
		}
		return b
	case ledger.OpTransferReject, ledger.OpTransferWithdraw:
		return ledger.TransferBody{Transfer: transfer, Reason: secretWord}
	case ledger.OpNotice:
		holder := s.audit.model.Holder(n)
		if holder == "" {
			holder = by.ID
		}
		return ledger.NoticeBody{Holder: holder, DeliveredOn: s.daysAgo(), Channel: "letter"}
	case ledger.OpBookMove:
		return ledger.BookMoveBody{Book: pick(s, append(by.books, n.Book, "b"+ledger.BookID(n.ID[1:])))}
	case ledger.OpFreeze:
		return ledger.FreezeBody{Ground: secretWord}
	}
	return s.moneyBody(op, n)
}

func (s *simulation) moneyBody(op ledger.Op, n *ledger.Note) any {
	switch op {
	case ledger.OpPay:
		b := ledger.PayBody{Amount: s.amount(n), PaidOn: s.daysAgo(), Reference: secretWord}
		if s.chance(50) {
			b.Claim = s.claim(n)
		}
		return b
	case ledger.OpPayReverse:
		b := ledger.PayReverseBody{Payment: 1 + uint64(s.rng.IntN(9)), Reason: secretWord}
		if len(n.Payments) > 0 {
			b.Payment = pick(s, n.Payments).Seq
		}
		return b
	case ledger.OpForgive:
		return ledger.ForgiveBody{Amount: s.amount(n), Reason: secretWord}
	case ledger.OpAccelerate, ledger.OpCure, ledger.OpInterrupt:
		return s.claimBody(op, n)
	case ledger.OpCharge, ledger.OpRelief, ledger.OpSetoff, ledger.OpDebtRelief:
		return s.reliefBody(op, n)
	case ledger.OpDisputeRaise:
		return ledger.DisputeRaiseBody{Text: secretWord}
	case ledger.OpDisputeResolve:
		b := ledger.DisputeResolveBody{Dispute: 1 + uint64(s.rng.IntN(9)), Text: secretWord}
		b.Outcome = pick(s, []ledger.DisputeOutcome{ledger.Upheld, ledger.Dismissed, ledger.Withdrawn})
		switch {
		case len(n.Disputes) > 0:
			b.Dispute = pick(s, n.Disputes).Seq
		case len(n.Claims) > 0:
			b.Dispute = s.claim(n)
		}
		return b
	}
	return s.agreementBody(op, n)
}

func (s *simulation) transferOffer() ledger.TransferOfferBody {
	b := ledger.TransferOfferBody{
		To: pick(s, s.cast[:min(len(s.cast), 6)]).ID, Kind: pick(s, []ledger.TransferKind{ledger.Sale, ledger.Sale, ledger.PledgeTransfer, ledger.CollectionMandate}),
	}
	if b.Kind == ledger.Sale {
		b.Form, b.Recourse = pick(s, []ledger.EndorsementForm{ledger.InFull, ledger.InFull, ledger.InBlank}), s.chance(30)
	}
	return b
}

// amount is a part of what is owed, often all of it, sometimes more or in
// another currency.
func (s *simulation) amount(n *ledger.Note) finance.Money {
	m := n.Terms.Principal
	sum, err := ledger.Summarize(n, s.audit.model.Holder(n), finance.DateOf(s.clock))
	owed := finance.Amount(1)
	if err == nil {
		owed = max(1, sum.Total.Amount)
	}
	switch k := s.rng.IntN(100); {
	case k < 5:
		m.Amount = owed
	case k < 10:
		m.Amount = owed + 1
	case k < 13:
		m.Amount, m.Currency = owed, "EUR"
	default:
		m.Amount = max(1, owed/finance.Amount(1+s.rng.IntN(12)))
	}
	return m
}

// daysAgo is mostly today.
func (s *simulation) daysAgo() finance.Date {
	today := finance.DateOf(s.clock)
	if s.chance(70) {
		return today
	}
	return today.AddDays(1 - s.rng.IntN(30))
}
