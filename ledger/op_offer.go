package ledger

import (
	"errors"
	"slices"
	"time"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// MaxOfferLife is the longest time that an offer may stay open.
const MaxOfferLife = 92 * 24 * time.Hour

// MaxInterestYears is how long before its offer a note's interest may begin.
const MaxInterestYears = 30

// applyOffer writes a note that is nothing yet: until every borrower has
// signed, it cannot be transferred (1915:218 par. 35: a signed negotiable note
// binds even when it leaves the signer's hands against his will).
func applyOffer(a *act, b body) error {
	o := b.(*OfferBody)
	if err := a.requireOwnBook(o.Book); err != nil {
		return err
	}
	if !o.AnswerBy.After(a.frame.At) || o.AnswerBy.Sub(a.frame.At) > MaxOfferLife {
		return invalid("answer_by", "a time from now to "+MaxOfferLife.String()+" ahead")
	}
	// A payment must never be refused because interest no longer fits a counter:
	// this leaves twenty of the fifty years that the terms are checked for.
	if earliest := a.today().AddMonths(-12*MaxInterestYears, 0); o.Terms.InterestFrom.Before(earliest) {
		return Refuse(CodeDateEarly, "field", "terms.interest_from", "earliest", earliest.String())
	}
	if o.Terms.AgreedOn.After(a.today()) {
		return Refuse(CodeDateFuture, "field", "terms.agreed_on")
	}
	if slices.Contains(o.Borrowers, a.actor.ID) {
		return Refuse(CodeLenderBorrows)
	}
	for _, p := range o.Borrowers {
		if err := a.requireInForce(p); err != nil {
			return err
		}
	}
	if err := checkLaw(&o.Terms); err != nil {
		return err
	}
	n := &Note{
		ID: NoteID(a.cmd.Subject().ID), Status: StatusOffered, Book: o.Book, Lender: a.actor.ID, Payee: o.Payee, Terms: o.Terms, Text: o.Text,
		Offer: PayloadDigest(a.open.Payload), AnswerBy: o.AnswerBy, Notified: Notified{Holder: a.actor.ID},
	}
	n.Borrowers = o.makers()
	n.Balance = Balance{Principal: o.Terms.Principal.Amount, Costs: o.Terms.Fees.Setup, AccruedTo: o.Terms.InterestFrom}
	a.note = n
	return nil
}

// makers lists the borrowers that the offer names, none of whom has signed.
func (b *OfferBody) makers() []Borrower {
	list := make([]Borrower, len(b.Borrowers))
	for i, p := range b.Borrowers {
		list[i].Party = p
		if len(b.Names) > 0 {
			list[i].Name = b.Names[i]
		}
	}
	return list
}

// checkLaw refuses terms that a dated rule forbids. It names one rule at a
// time, the first in the table's order.
func checkLaw(t *Terms) error {
	violations, err := finance.CheckOffer(finance.OfferFacts{
		Jurisdiction: t.Jurisdiction, AgreedOn: t.AgreedOn, Consumer: t.Consumer, Housing: t.Housing,
		CreditPurchase: t.CreditPurchase, Negotiable: t.Kind == Negotiable, Rate: t.Rate, LateRate: t.LateRate,
		SetupFee:    finance.Money{Amount: t.Fees.Setup, Currency: t.Principal.Currency},
		ReminderFee: finance.Money{Amount: t.Fees.Reminder, Currency: t.Principal.Currency},
	})
	if missing, ok := errors.AsType[*finance.MissingRateError](err); ok {
		return Refuse(CodeRateUnknown, "jurisdiction", string(missing.Jurisdiction), "kind", missing.Kind, "from", missing.From.String())
	}
	if field, ok := errors.AsType[*finance.FieldError](err); ok {
		return malformedTerms(field)
	}
	if err != nil {
		return err
	}
	if len(violations) > 0 {
		v := violations[0]
		return Refuse(CodeLaw, "rule", v.Rule, "source", v.Source, "limit", v.Limit, "got", v.Got)
	}
	return nil
}

// malformedTerms hands on what the arithmetic says of terms that it cannot take.
func malformedTerms(err error) *Error {
	detail := err.Error()
	if field, ok := errors.AsType[*finance.FieldError](err); ok {
		path := "terms."
		switch field.Field {
		case "kind", "instalments", "first_due", "due_day":
			path = "terms.schedule."
		}
		detail = path + field.Error()
	}
	return Refuse(CodeBodyMalformed, "op", string(OpOffer), "detail", detail)
}

// applyAccept writes one borrower's signature on the note. With the last one
// the note is a debt.
func applyAccept(a *act, b body) error {
	if b.(*AcceptBody).Offer != a.note.Offer {
		return Refuse(CodeOfferOther)
	}
	if a.frame.At.After(a.note.AnswerBy) {
		return Refuse(CodeOfferExpired, "answer_by", stamp(a.note.AnswerBy))
	}
	i := slices.IndexFunc(a.note.Borrowers, func(x Borrower) bool { return x.Party == a.actor.ID })
	if !a.note.Borrowers[i].AcceptedAt.IsZero() {
		return Refuse(CodeAlreadyAccepted)
	}
	a.note.Borrowers[i].AcceptedAt, a.note.Borrowers[i].Via = a.frame.At, a.via
	if slices.ContainsFunc(a.note.Borrowers, func(x Borrower) bool { return x.AcceptedAt.IsZero() }) {
		return nil
	}
	a.note.Status = StatusActive
	a.note.Notified.On = a.today()
	return nil
}

// applyVoid ends an offer that was declined or withdrawn.
func applyVoid(a *act, _ body) error {
	a.void()
	return nil
}

// applyExpire ends an offer after its time. Anybody may, since it states only
// what the clock says.
func applyExpire(a *act, _ body) error {
	if !a.frame.At.After(a.note.AnswerBy) {
		return Refuse(CodeOfferOpen, "answer_by", stamp(a.note.AnswerBy))
	}
	a.void()
	return nil
}

// void keeps the book, since the lender's lists are by book, and takes away
// every amount: what never was a debt has none.
func (a *act) void() {
	a.note.Status = StatusVoid
	a.note.Balance = Balance{}
}

// today is the ledger's date. It is UTC's: the rules never need finer time, and
// every endorser must compute the same.
func (a *act) today() finance.Date { return finance.DateOf(a.frame.At) }

func (n *Note) isBorrower(p PartyID) bool { return slices.Contains(n.BorrowerIDs(), p) }

// BorrowerIDs lists the makers of the note.
func (n *Note) BorrowerIDs() []PartyID {
	ids := make([]PartyID, len(n.Borrowers))
	for i, b := range n.Borrowers {
		ids[i] = b.Party
	}
	return ids
}

// wasHeldBy says whether the party once had the note and sold it on.
func (n *Note) wasHeldBy(p PartyID) bool {
	return slices.ContainsFunc(n.Endorsements, func(e Endorsement) bool { return e.From == p })
}

// lastHolder gives who bought the note last, where that party has handed it back.
func (n *Note) lastHolder() PartyID {
	last := len(n.Endorsements) - 1
	if last < 0 || n.Status != StatusDischarged {
		return ""
	}
	return n.Endorsements[last].To
}

// clone copies a note so deeply that rules can change the copy.
func (n *Note) clone() *Note {
	c := *n
	c.Borrowers = slices.Clone(n.Borrowers)
	c.Endorsements = slices.Clone(n.Endorsements)
	c.Payments = slices.Clone(n.Payments)
	c.Settlements = slices.Clone(n.Settlements)
	c.Disputes = slices.Clone(n.Disputes)
	c.Claims = slices.Clone(n.Claims)
	c.Amendments = slices.Clone(n.Amendments)
	c.Interruptions = slices.Clone(n.Interruptions)
	c.Charges = slices.Clone(n.Charges)
	c.Reliefs = slices.Clone(n.Reliefs)
	return &c
}
