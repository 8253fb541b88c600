package ledger

import "github.com/skuld-registry/skuld/ledger/finance"

// What limitation can run from besides the kinds of interruption that are written
// on the note as such.
const (
	byAgreement InterruptionKind = "agreement" // the debt arose
	bySignature InterruptionKind = "signature" // a borrower signed the note
	byPayment   InterruptionKind = "payment"
	byAmendment InterruptionKind = "amendment"
)

// Interrupted is what limitation runs from, with its proof.
type Interrupted struct {
	Kind InterruptionKind `json:"kind"` // or agreement, signature, payment, amendment
	On   finance.Date     `json:"on"`
	Seq  uint64           `json:"seq,omitempty"` // of the entry that proves it
	// Of an interruption that was written as such, how it came about.
	Channel   string `json:"channel,omitempty"`
	Reference string `json:"reference,omitempty"`
	Content   Digest `json:"content,omitzero"`
}

// interrupted gives the latest of what interrupted limitation: a payment, or an
// amendment, which acknowledges the debt (1981:130 par. 5), or what was written on
// the note as an interruption; else the agreement. What came after the claim had
// ended is not among them: it is refused, and such a payment is marked.
func (n *Note) interrupted() Interrupted {
	last := Interrupted{Kind: byAgreement, On: n.Terms.AgreedOn}
	later := func(i Interrupted) {
		if i.On.After(last.On) {
			last = i
		}
	}
	for _, b := range n.Borrowers {
		if !b.AcceptedAt.IsZero() {
			later(Interrupted{Kind: bySignature, On: finance.DateOf(b.AcceptedAt)}) // signing the note acknowledges the debt
		}
	}
	for _, p := range n.Payments {
		// What a creditor sets off says nothing of what the borrower acknowledges.
		if !p.Reversed && !p.Barred && p.SetOff == "" {
			later(Interrupted{Kind: byPayment, On: p.On, Seq: p.Seq})
		}
	}
	for _, m := range n.Amendments {
		later(Interrupted{Kind: byAmendment, On: m.On, Seq: m.Seq})
	}
	for _, i := range n.Interruptions {
		later(Interrupted{Kind: i.Kind, On: i.On, Seq: i.Seq, Channel: i.Channel, Reference: i.Reference, Content: i.Content})
	}
	return last
}

// barredAfter gives the last day on which the claim can be made, no date where no
// rule limits it.
func (n *Note) barredAfter() (finance.Date, error) {
	return finance.Limitation(finance.Claim{
		Jurisdiction: n.Terms.Jurisdiction, Negotiable: n.Terms.Kind == Negotiable, Consumer: n.Terms.Consumer,
		// Who lends to a consumer on a note in this registry does so in trade;
		// the shorter time is the safer one to show.
		TraderCreditor: true, From: n.interrupted().On,
	})
}

// barredOn says whether the claim had ended before a day (1981:130 par. 8).
func (n *Note) barredOn(day finance.Date) (bool, error) {
	last, err := n.barredAfter()
	return !last.IsZero() && last.Before(day), err
}

// checkBarred refuses to claim on a day what can no longer be claimed.
func (n *Note) checkBarred(day finance.Date) error {
	last, err := n.barredAfter()
	if err == nil && !last.IsZero() && last.Before(day) {
		return Refuse(CodeNoteBarred, "barred_after", last.String())
	}
	return err
}
