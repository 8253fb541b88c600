package ledger

import (
	"slices"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// OpInterrupt writes on the note that limitation was interrupted.
const OpInterrupt Op = "interrupt"

// InterruptionKind says what interrupted limitation (1981:130 par. 5).
type InterruptionKind string

// The kinds of interruption that are written on the note as such. A payment and
// an amendment interrupt it too, by what they are.
const (
	Acknowledgement InterruptionKind = "acknowledgement" // the borrower acknowledged the debt
	Demand          InterruptionKind = "demand"          // a written demand or reminder reached the borrower
	Filing          InterruptionKind = "filing"          // the claim was made in court or with the enforcement authority
)

// InterruptBody is the body of an interrupt.
type InterruptBody struct {
	Kind    InterruptionKind `json:"kind"`
	On      finance.Date     `json:"on"`                // the day that it reached whom it was for
	Channel string           `json:"channel,omitempty"` // of a demand or an acknowledgement: letter, email, message or portal
	// Reference is the number under which a filing is kept.
	Reference string `json:"reference,omitempty"`
	Content   Digest `json:"content,omitzero"` // SHA-256 of the document that proves it
}

// Interruption is the latest interruption of its kind, with its proof, and how
// many of them stand in the note's history.
type Interruption struct {
	Kind      InterruptionKind `json:"kind"`
	Seq       uint64           `json:"seq"` // of the interrupt
	By        PartyID          `json:"by"`
	On        finance.Date     `json:"on"`
	Channel   string           `json:"channel,omitempty"`
	Reference string           `json:"reference,omitempty"`
	Content   Digest           `json:"content,omitzero"`
	Count     int              `json:"count"`
}

func (b *InterruptBody) check() error {
	switch {
	case b.Kind != Acknowledgement && b.Kind != Demand && b.Kind != Filing:
		return invalid("kind", "acknowledgement, demand or filing")
	case b.On.IsZero():
		return invalid("on", "a date")
	case b.Kind == Filing && b.Channel != "":
		return invalid("channel", "no channel, which a filing does not have")
	case b.Kind == Filing && b.Reference == "":
		return invalid("reference", "the number under which the filing is kept")
	case b.Kind == Demand && !isChannel(b.Channel),
		b.Kind == Acknowledgement && b.Channel != "" && !isChannel(b.Channel):
		return invalid("channel", "letter, email, message or portal")
	case b.Kind == Demand && b.Content.IsZero():
		return invalid("content", "the SHA-256 of what was sent")
	}
	return checkText("reference", b.Reference, 0, MaxReferenceRunes)
}

// applyInterrupt writes an interruption of limitation on the note. One that came
// after the claim had ended brings it back to nobody. A dispute is no obstacle:
// who must wait for its end shall not lose the claim by waiting.
func applyInterrupt(a *act, b body) error {
	i := b.(*InterruptBody)
	if err := a.checkInterrupter(i); err != nil {
		return err
	}
	switch {
	case i.On.After(a.today()):
		return Refuse(CodeDateFuture, "field", "on")
	case i.On.Before(a.note.Terms.AgreedOn):
		return Refuse(CodeDateEarly, "field", "on", "earliest", a.note.Terms.AgreedOn.String())
	}
	if err := a.note.checkBarred(i.On); err != nil {
		return err
	}
	a.note.interrupt(Interruption{
		Kind: i.Kind, Seq: a.cmd.Seq, By: a.actor.ID, On: i.On, Channel: i.Channel, Reference: i.Reference, Content: i.Content, Count: 1,
	})
	return nil
}

// checkInterrupter refuses an interruption that is not the signer's to write: a
// debt is acknowledged by who owes it, itself, and demanded by who may be paid.
func (a *act) checkInterrupter(i *InterruptBody) error {
	is := func(r Role) bool { return slices.Contains(a.roles, r) }
	creditor := is(RoleHolder) || is(RolePledgee) || is(RoleServicer)
	allowed := map[InterruptionKind]bool{Acknowledgement: is(RoleBorrower), Demand: creditor, Filing: creditor || is(RoleAuthority)}[i.Kind]
	switch {
	case !allowed:
		return Refuse(CodeRoleForbidden, "op", string(a.cmd.Op))
	case i.Kind == Demand && (a.note.Notified.Holder != a.holder || i.On.Before(a.note.Notified.On)):
		return Refuse(CodeBorrowerNotTold) // nothing may be demanded while the gate is closed
	}
	return nil
}

// interrupt keeps the latest of each kind; all of them stand in the history.
func (n *Note) interrupt(i Interruption) {
	at := slices.IndexFunc(n.Interruptions, func(old Interruption) bool { return old.Kind == i.Kind })
	switch {
	case at < 0:
		n.Interruptions = append(n.Interruptions, i)
	case i.On.Before(n.Interruptions[at].On):
		n.Interruptions[at].Count++
	default:
		i.Count += n.Interruptions[at].Count
		n.Interruptions[at] = i
	}
}
