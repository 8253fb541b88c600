package ledger

import (
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// OfferBody is the body of an offer: a note as the lender wants it.
type OfferBody struct {
	Book      BookID    `json:"book"` // the lender's book that the note shall be in
	Borrowers []PartyID `json:"borrowers"`
	Names     []string  `json:"names,omitempty"` // of the borrowers in their order, as the note says them
	Payee     string    `json:"payee,omitempty"` // the lender's name as the note says it
	Text      string    `json:"text,omitempty"`  // conditions in the lender's own words
	AnswerBy  time.Time `json:"answer_by"`       // the offer ends unless every borrower has accepted by then
	Terms     Terms     `json:"terms"`
}

// AcceptBody is the body of an accept. It names the very text that is
// accepted: the note's id alone does not depend on the terms.
type AcceptBody struct {
	Offer Digest `json:"offer"`
}

// ReasonBody is the body of an operation that may say why.
type ReasonBody struct {
	Reason string `json:"reason,omitempty"`
}

// TransferOfferBody is the body of a transfer.offer.
type TransferOfferBody struct {
	To       PartyID         `json:"to"`
	Kind     TransferKind    `json:"kind"`
	Form     EndorsementForm `json:"form,omitempty"` // of a sale's endorsement
	Recourse bool            `json:"recourse,omitempty"`
}

// TransferAcceptBody is the body of a transfer.accept.
type TransferAcceptBody struct {
	Transfer CommandID `json:"transfer"`       // which offer
	Book     BookID    `json:"book,omitempty"` // for a sale: the buyer's book that the note goes to
}

// TransferBody is the body of a transfer.reject and a transfer.withdraw.
type TransferBody struct {
	Transfer CommandID `json:"transfer"`
	Reason   string    `json:"reason,omitempty"`
}

// EmptyBody is the body of an operation that has nothing more to say.
type EmptyBody struct{}

// NoticeBody is the body of a notice: how and when the borrower was told who
// holds the note now.
type NoticeBody struct {
	Holder      PartyID      `json:"holder"`
	DeliveredOn finance.Date `json:"delivered_on"`
	Channel     string       `json:"channel"`           // letter, email, message or portal
	Content     Digest       `json:"content,omitempty"` // SHA-256 of what was sent
}

// PayBody is the body of a pay: a payment that the signer received.
type PayBody struct {
	Amount    finance.Money `json:"amount"`
	PaidOn    finance.Date  `json:"paid_on"`
	Reference string        `json:"reference,omitempty"` // of the bank's entry
	Claim     uint64        `json:"claim,omitempty"`     // seq of the pay.claim that it answers
}

// PayReverseBody is the body of a pay.reverse.
type PayReverseBody struct {
	Payment uint64 `json:"payment"` // seq of the pay
	Reason  string `json:"reason"`
}

// ForgiveBody is the body of a forgive.
type ForgiveBody struct {
	Amount finance.Money `json:"amount"`
	Reason string        `json:"reason,omitempty"`
}

// DisputeRaiseBody is the body of a dispute.raise.
type DisputeRaiseBody struct {
	Text string `json:"text"` // the borrower's own words
}

// DisputeOutcome is how a dispute ended.
type DisputeOutcome string

// The outcomes of a dispute.
const (
	Upheld    DisputeOutcome = "upheld"    // the borrower was right
	Dismissed DisputeOutcome = "dismissed" // the borrower was not
	Withdrawn DisputeOutcome = "withdrawn" // by the borrower
)

// DisputeResolveBody is the body of a dispute.resolve.
type DisputeResolveBody struct {
	Dispute uint64         `json:"dispute"` // seq of the dispute.raise, or of the pay.claim
	Outcome DisputeOutcome `json:"outcome"`
	Text    string         `json:"text"` // the answer in words
}

// FreezeBody is the body of a freeze.
type FreezeBody struct {
	Ground string `json:"ground"` // the decision and its number
}

// BookMoveBody is the body of a book.move.
type BookMoveBody struct {
	Book BookID `json:"book"`
}

// RegisterBody is the body of a party.register.
type RegisterBody struct {
	Kind PartyKind `json:"kind"`
	Name string    `json:"name,omitempty"`
	Keys []Key     `json:"keys"`
}

// RotateBody is the body of a party.rotate.
type RotateBody struct {
	Add    []Key    `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"` // key ids
}

func invalid(field, want string) *Error { return Refuse(CodeBodyInvalid, "field", field, "want", want) }

func checkText(field, s string, least, most int) error {
	n := utf8.RuneCountInString(s)
	if !utf8.ValidString(s) || n < least || n > most {
		return invalid(field, itoa(least)+" to "+itoa(most)+" characters of text")
	}
	for _, r := range s {
		// Bidirectional marks could show a reader another order than was signed.
		if unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Bidi_Control, r) {
			return invalid(field, "text without control characters")
		}
	}
	return nil
}

func (b *OfferBody) check() error {
	if !b.Book.Valid() {
		return invalid("book", "a book's id")
	}
	if len(b.Borrowers) == 0 || len(b.Borrowers) > MaxBorrowers {
		return invalid("borrowers", "1 to "+itoa(MaxBorrowers)+" parties")
	}
	seen := map[PartyID]bool{}
	for _, p := range b.Borrowers {
		if !p.Valid() || seen[p] {
			return invalid("borrowers", "different parties' ids")
		}
		seen[p] = true
	}
	if err := b.checkWords(); err != nil {
		return err
	}
	if b.AnswerBy.IsZero() || b.AnswerBy.Location() != time.UTC {
		return invalid("answer_by", "a time in UTC")
	}
	return b.Terms.check()
}

// checkWords checks what the note says in words beside its terms.
func (b *OfferBody) checkWords() error {
	if len(b.Names) > 0 && len(b.Names) != len(b.Borrowers) {
		return invalid("names", "one name for each borrower")
	}
	for _, name := range b.Names {
		if err := checkText("names", name, 1, MaxNameRunes); err != nil {
			return err
		}
	}
	if err := checkText("payee", b.Payee, 0, MaxNameRunes); err != nil {
		return err
	}
	if len(b.Text) > MaxNoteTextBytes {
		return invalid("text", "at most "+itoa(MaxNoteTextBytes)+" bytes")
	}
	return checkText("text", b.Text, 0, MaxNoteTextRunes)
}

func (t *Terms) check() error {
	switch {
	case t.Kind != Negotiable && t.Kind != Simple:
		return invalid("terms.kind", "negotiable or simple")
	case t.Principal.Amount <= 0 || t.Principal.Amount > finance.MaxAmount:
		return invalid("terms.principal", "a positive amount of at most "+itoa(int64(finance.MaxAmount)))
	case t.AgreedOn.IsZero():
		return invalid("terms.agreed_on", "a date")
	case t.InterestFrom.IsZero():
		return invalid("terms.interest_from", "a date")
	case t.Fees.Setup < 0 || t.Fees.Setup > t.Principal.Amount:
		return invalid("terms.fees.setup", "an amount from 0 to the principal")
	case t.Fees.Reminder < 0 || t.Fees.Reminder > t.Principal.Amount:
		return invalid("terms.fees.reminder", "an amount from 0 to the principal")
	case t.Rate.Cmp(finance.Rate{}) < 0:
		return invalid("terms.rate", "a rate of 0 or more")
	}
	if err := checkText("terms.reference", t.Reference, 0, MaxReferenceRunes); err != nil {
		return err
	}
	if _, err := finance.CalendarFor(t.Jurisdiction); err != nil {
		return invalid("terms.jurisdiction", "SE or generic")
	}
	// The schedule's own arithmetic is the best judge of whether it can be computed.
	if _, err := finance.Schedule(t.Finance()); err != nil {
		return malformedTerms(err)
	}
	return nil
}

func (b *AcceptBody) check() error {
	if b.Offer.IsZero() {
		return invalid("offer", "the digest of the offer")
	}
	return nil
}

func (b *ReasonBody) check() error { return checkText("reason", b.Reason, 0, MaxTextRunes) }

func (b *TransferOfferBody) check() error {
	switch {
	case !b.To.Valid():
		return invalid("to", "a party's id")
	case b.Kind != Sale && b.Kind != PledgeTransfer && b.Kind != CollectionMandate:
		return invalid("kind", "sale, pledge or collection_mandate")
	case b.Kind == Sale && b.Form != InFull && b.Form != InBlank:
		return invalid("form", "full or blank")
	case b.Kind != Sale && (b.Form != "" || b.Recourse):
		return invalid("form", "no form and no recourse, which only a sale has")
	}
	return nil
}

func (b *TransferAcceptBody) check() error {
	if !b.Transfer.Valid() {
		return invalid("transfer", "the command id of the transfer.offer")
	}
	if b.Book != "" && !b.Book.Valid() {
		return invalid("book", "a book's id")
	}
	return nil
}

func (b *TransferBody) check() error {
	if !b.Transfer.Valid() {
		return invalid("transfer", "the command id of the transfer.offer")
	}
	return checkText("reason", b.Reason, 0, MaxTextRunes)
}

func (b *EmptyBody) check() error { return nil }

func (b *NoticeBody) check() error {
	switch {
	case !b.Holder.Valid():
		return invalid("holder", "a party's id")
	case b.DeliveredOn.IsZero():
		return invalid("delivered_on", "a date")
	case b.Channel != "letter" && b.Channel != "email" && b.Channel != "message" && b.Channel != "portal":
		return invalid("channel", "letter, email, message or portal")
	}
	return nil
}

func (b *PayBody) check() error {
	if b.Amount.Amount <= 0 || b.Amount.Amount > finance.MaxAmount {
		return Refuse(CodeAmountNotPositive)
	}
	if b.PaidOn.IsZero() {
		return invalid("paid_on", "a date")
	}
	return checkText("reference", b.Reference, 0, MaxReferenceRunes)
}

func (b *PayReverseBody) check() error {
	if b.Payment == 0 {
		return invalid("payment", "the seq of a pay")
	}
	return checkText("reason", b.Reason, 1, MaxTextRunes)
}

func (b *ForgiveBody) check() error {
	if b.Amount.Amount <= 0 || b.Amount.Amount > finance.MaxAmount {
		return Refuse(CodeAmountNotPositive)
	}
	return checkText("reason", b.Reason, 0, MaxTextRunes)
}

func (b *DisputeRaiseBody) check() error { return checkText("text", b.Text, 1, MaxTextRunes) }

func (b *DisputeResolveBody) check() error {
	if b.Dispute == 0 {
		return invalid("dispute", "the seq of a dispute.raise or a pay.claim")
	}
	if b.Outcome != Upheld && b.Outcome != Dismissed && b.Outcome != Withdrawn {
		return invalid("outcome", "upheld, dismissed or withdrawn")
	}
	return checkText("text", b.Text, 1, MaxTextRunes)
}

func (b *FreezeBody) check() error { return checkText("ground", b.Ground, 1, MaxTextRunes) }

func (b *BookMoveBody) check() error {
	if !b.Book.Valid() {
		return invalid("book", "a book's id")
	}
	return nil
}
