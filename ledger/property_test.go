package ledger_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/ledgertest"
)

// walkSteps is how many commands one random walk tries.
const walkSteps = 60

// TestRandomWalksKeepThePromises lets honest, mistaken and dishonest parties do
// anything to a few notes, and checks after every command what must always hold.
func TestRandomWalksKeepThePromises(t *testing.T) {
	base := newStage(t)
	rapid.Check(t, func(rt *rapid.T) {
		w := &walk{t: rt, s: base.fork(), all: variants()}
		w.s.t = rt
		for range walkSteps {
			w.step()
		}
		w.checkReplay()
	})
}

// walk is one random life of a few notes.
type walk struct {
	t     *rapid.T
	s     *stage
	all   []variant
	notes []ledger.NoteID
}

func (w *walk) step() {
	s := w.s
	s.after(rapid.SampledFrom([]int{0, 0, 0, 1, 3, 17, 40}).Draw(w.t, "days"))
	if len(w.notes) == 0 || len(w.notes) < 3 && rapid.IntRange(0, 9).Draw(w.t, "new") == 0 {
		w.issue()
		return
	}
	id := rapid.SampledFrom(w.notes).Draw(w.t, "note")
	v := w.operation(s.note(id))
	who := w.signer(id, v.op)
	subject := string(id)
	if v.op == ledger.OpOffer {
		subject = ""
	}
	d := s.draft(who, v.op, subject, w.body(v, id, who))
	d.Seq += rapid.SampledFrom([]uint64{0, 0, 0, 0, 0, 0, 0, 0, 0, 1}).Draw(w.t, "seq ahead")
	c, err := d.Build()
	if err != nil {
		w.checkRefusal(err)
		return
	}
	w.apply(who, c)
}

// operation mostly draws one that may lead somewhere, or the walk would hardly
// get anywhere.
func (w *walk) operation(n *ledger.Note) variant {
	if rapid.IntRange(0, 4).Draw(w.t, "any operation") == 0 {
		return rapid.SampledFrom(w.all).Draw(w.t, "operation")
	}
	names := []string{"accept"}
	switch {
	case n.Pending != nil:
		names = []string{"transfer.accept", "transfer.accept", "transfer.reject", "transfer.withdraw", "pay a part", "forgive all"}
	case n.Status == ledger.StatusActive:
		names = []string{"pay a part", "pay a part", "pay a part", "pay a part", "pay.reverse", "forgive a part", "notice", "transfer.offer of a sale",
			"transfer.offer of a pledge", "transfer.offer of a mandate", "pledge.release", "mandate.end", "freeze", "book.move"}
	case n.Status == ledger.StatusFrozen:
		names = []string{"release", "pay a part"}
	}
	name := rapid.SampledFrom(names).Draw(w.t, "likely operation")
	return w.all[slices.IndexFunc(w.all, func(v variant) bool { return v.name == name })]
}

// signer mostly draws one who is something to the note that the operation may
// need.
func (w *walk) signer(id ledger.NoteID, op ledger.Op) *actor {
	cast := w.s.cast()
	if rapid.IntRange(0, 4).Draw(w.t, "any signer") == 0 {
		return rapid.SampledFrom(cast).Draw(w.t, "signer")
	}
	n := w.s.note(id)
	wanted := []ledger.Role{ledger.RoleController, ledger.RolePledgee, ledger.RoleServicer, ledger.RoleFormer, ledger.RoleRecipient, ledger.RoleHolder}
	switch op {
	case ledger.OpAccept, ledger.OpDecline, ledger.OpDisputeRaise:
		wanted = []ledger.Role{ledger.RoleBorrower}
	case ledger.OpTransferAccept, ledger.OpTransferReject:
		wanted = []ledger.Role{ledger.RoleRecipient}
	case ledger.OpTransferOffer:
		wanted = []ledger.Role{ledger.RoleController}
	case ledger.OpFreeze, ledger.OpRelease:
		return rapid.SampledFrom([]*actor{w.s.bailiff, w.s.bailiff, w.s.court}).Draw(w.t, "authority")
	case ledger.OpPay:
		if n.Status == ledger.StatusFrozen {
			return w.s.bailiff
		}
	}
	likely := slices.DeleteFunc(slices.Clone(cast), func(a *actor) bool {
		roles := ledger.NoteRoles(n, w.s.m.Holder(n), a.id)
		return !slices.ContainsFunc(wanted, func(r ledger.Role) bool { return slices.Contains(roles, r) })
	})
	if len(likely) == 0 {
		likely = cast
	}
	return rapid.SampledFrom(likely).Draw(w.t, "likely signer")
}

func (w *walk) issue() {
	t := terms()
	today := w.s.today()
	t.AgreedOn, t.InterestFrom = today, today
	t.Schedule.FirstDue = today.AddMonths(1, 0)
	t.Consumer = rapid.Bool().Draw(w.t, "consumer")
	if today.After(date("2026-06-30")) {
		t.Jurisdiction = finance.Generic // its law needs no table that may have ended
	}
	if rapid.Bool().Draw(w.t, "simple") {
		t.Kind = ledger.Simple
	}
	if rapid.Bool().Draw(w.t, "agreed late rate") {
		t.LateRate = new(rate("18.5"))
	}
	switch rapid.IntRange(0, 3).Draw(w.t, "schedule") {
	case 0:
		t.Schedule = ledger.Schedule{Kind: finance.OnDemand}
	case 1:
		t.Schedule.Kind = finance.StraightLine
	case 2:
		t.Schedule.Kind = finance.Bullet
	}
	borrowers := []*actor{w.s.borrower}
	if rapid.Bool().Draw(w.t, "joint") {
		borrowers = append(borrowers, w.s.partner)
	}
	id := w.s.offer(t, borrowers...)
	w.notes = append(w.notes, id)
	if rapid.IntRange(0, 4).Draw(w.t, "accepted") > 0 {
		for _, b := range borrowers {
			w.s.accept(id, b)
		}
	}
}

// body is the variant's own, or one that is drawn where it matters.
func (w *walk) body(v variant, id ledger.NoteID, who *actor) any {
	b := v.body(w.s, id, who)
	amount := func(usual finance.Money) finance.Money {
		owed := w.s.owed(id)
		usual.Amount = rapid.SampledFrom([]finance.Amount{
			usual.Amount, 1, 33, 99_99, 99_99, 1_066_19, 1_066_19, owed / 4, owed / 2, owed - 1, max(1, owed), owed + 1, 0, -1, finance.MaxAmount,
		}).Draw(w.t, "amount")
		usual.Currency = rapid.SampledFrom([]finance.Currency{"SEK", "SEK", "SEK", "SEK", "SEK", "EUR"}).Draw(w.t, "currency")
		return usual
	}
	back := func(d finance.Date) finance.Date {
		return d.AddDays(-rapid.SampledFrom([]int{0, 0, 0, 1, 9, 35, 80, -1}).Draw(w.t, "days ago"))
	}
	switch b := b.(type) {
	case ledger.PayBody:
		b.Amount, b.PaidOn = amount(b.Amount), back(b.PaidOn)
		return b
	case ledger.ForgiveBody:
		b.Amount = amount(b.Amount)
		return b
	case ledger.NoticeBody:
		b.DeliveredOn = back(b.DeliveredOn)
		return b
	case ledger.PayReverseBody:
		if p := w.s.note(id).Payments; len(p) > 0 {
			b.Payment = rapid.SampledFrom(p).Draw(w.t, "payment").Seq
		}
		return b
	case ledger.TransferOfferBody:
		b.To = rapid.SampledFrom(w.s.cast()).Draw(w.t, "to").id
		if b.Kind == ledger.Sale {
			b.Form = rapid.SampledFrom([]ledger.EndorsementForm{ledger.InFull, ledger.InBlank}).Draw(w.t, "form")
		}
		return b
	}
	return b
}

// apply tries one command and checks the ledger around it.
func (w *walk) apply(who *actor, cmd *ledger.Command) {
	frame := ledger.Frame{Network: network, At: w.s.now, Org: who.org}
	signed := w.s.sign(who, cmd)
	before, _ := w.s.m.Note(cmd.Note)
	was := canonical(w.t, before)
	holder := ledger.PartyID("")
	if before != nil {
		holder = w.s.m.Holder(before)
	}
	other, otherErr := ledger.Apply(w.s.m, claimed{}, frame, signed)
	c, err := w.s.m.Apply(frame, signed)
	if !bytes.Equal(was, canonical(w.t, before)) {
		w.t.Fatalf("%s changed the state that it was given", cmd.Op)
	}
	if ledger.CodeOf(err) != ledger.CodeOf(otherErr) || err == nil && !bytes.Equal(canonical(w.t, c.Note), canonical(w.t, other.Note)) {
		w.t.Fatalf("%s gave two outcomes", cmd.Op)
	}
	if err != nil {
		w.checkRefusal(err)
		return
	}
	if c.Note == nil {
		return
	}
	w.checkMoney(c.Note)
	w.checkHolder(c.Note)
	if before != nil {
		w.checkControl(transition{before: before, after: c.Note, holder: holder, newHolder: w.s.m.Holder(c.Note), by: who.id, op: cmd.Op})
	} else {
		w.notes = append(w.notes, c.Note.ID)
	}
}

func canonical(t failer, v any) []byte {
	b, err := ledger.Canonical(v)
	if err != nil {
		t.Fatalf("writing a state: %v", err)
	}
	return b
}

func (w *walk) checkRefusal(err error) {
	code := ledger.CodeOf(err)
	if code == "" {
		w.t.Fatalf("an internal error: %v", err)
	}
	for _, lang := range ledger.Languages() {
		if text := asRefusal(err).Text(lang); text == "" || strings.ContainsAny(text, "{}") {
			w.t.Fatalf("the text of %s in %s is %q", code, lang, text)
		}
	}
}

func (w *walk) checkMoney(n *ledger.Note) {
	b := n.Balance
	if n.Status == ledger.StatusVoid {
		if b != (ledger.Balance{}) {
			w.t.Fatalf("a void note has a balance: %+v", b)
		}
		return
	}
	if b.Principal+b.PaidPrincipal+b.ForgivenPrincipal != n.Terms.Principal.Amount {
		w.t.Fatalf("principal is not conserved: %+v of %v", b, n.Terms.Principal)
	}
	if b.Costs+b.PaidCosts+b.ForgivenCosts != n.Terms.Fees.Setup {
		w.t.Fatalf("costs are not conserved: %+v of %v", b, n.Terms.Fees.Setup)
	}
	for _, a := range []finance.Amount{b.Principal, b.PaidPrincipal, b.ForgivenPrincipal, b.Costs, b.PaidCosts, b.ForgivenCosts,
		b.PaidInterest, b.PaidLate, b.ForgivenInterest, b.ForgivenLate} {
		if a < 0 {
			w.t.Fatalf("a negative amount in %+v", b)
		}
	}
	if b.InterestMicro < -finance.MicroPerUnit || b.LateMicro < -finance.MicroPerUnit {
		w.t.Fatalf("negative interest in %+v", b)
	}
	var paid finance.Amount
	for _, p := range n.Payments {
		if total, err := p.Parts.Total(); err != nil || total != p.Amount {
			w.t.Fatalf("the parts of a payment are not the payment: %+v", p)
		}
		if !p.Reversed {
			paid += p.Amount
		}
	}
	if booked := b.PaidPrincipal + b.PaidCosts + b.PaidInterest + b.PaidLate; len(n.Payments) < ledger.ReversiblePayments && paid != booked {
		w.t.Fatalf("paid %d and booked %d", paid, booked)
	}
	for _, s := range n.Settlements {
		if s.Amount < 0 || s.From == s.To {
			w.t.Fatalf("a settlement that nobody can owe: %+v", s)
		}
	}
	if n.Status == ledger.StatusDischarged && n.Owed() != (finance.Owed{}) {
		w.t.Fatalf("discharged and yet owed: %+v", n.Owed())
	}
}

// checkHolder checks that a note in force has one holder and at least one
// controller, and that a discharged one is its borrowers'.
func (w *walk) checkHolder(n *ledger.Note) {
	holder := w.s.m.Holder(n)
	holders := 0
	for _, a := range w.s.cast() {
		if slices.Contains(ledger.NoteRoles(n, holder, a.id), ledger.RoleHolder) {
			holders++
		}
	}
	controllers := ledger.Controllers(n, holder)
	switch n.Status {
	case ledger.StatusDischarged:
		if holders != 0 || !slices.Equal(controllers, n.BorrowerIDs()) {
			w.t.Fatalf("a discharged note has %d holders and is controlled by %v", holders, controllers)
		}
	case ledger.StatusVoid:
		if len(controllers) != 0 {
			w.t.Fatalf("a void note is controlled by %v", controllers)
		}
	default:
		if holders != 1 || len(controllers) != 1 {
			w.t.Fatalf("a note has %d holders and %d controllers", holders, len(controllers))
		}
	}
}

// transition is a command's effect on a note.
type transition struct {
	before, after     *ledger.Note
	holder, newHolder ledger.PartyID
	by                ledger.PartyID
	op                ledger.Op
}

// checkControl checks that what decides who may move a note changed only by
// those who may change it.
func (w *walk) checkControl(c transition) {
	is := func(r ledger.Role) bool { return slices.Contains(ledger.NoteRoles(c.before, c.holder, c.by), r) }
	if c.before.Status == ledger.StatusDischarged || c.before.Status == ledger.StatusVoid {
		w.t.Fatalf("%s changed a note that is %s", c.op, c.before.Status)
	}
	if c.after.Seq != c.before.Seq+1 || c.after.Head == c.before.Head {
		w.t.Fatalf("%s did not extend the chain", c.op)
	}
	if c.after.Status == ledger.StatusDischarged || c.after.Status == ledger.StatusVoid {
		return
	}
	p := c.before.Pending
	accepted := p != nil && c.op == ledger.OpTransferAccept && is(ledger.RoleRecipient)
	byController := p != nil && slices.Contains(ledger.Controllers(c.before, c.holder), p.From)
	switch {
	case c.newHolder != c.holder && !(accepted && byController && p.Kind == ledger.Sale && c.newHolder == p.To):
		w.t.Fatalf("%s moved a note from %s to %s", c.op, c.holder, c.newHolder)
	case c.newHolder == c.holder && c.after.Book != c.before.Book && !is(ledger.RoleHolder):
		w.t.Fatalf("%s moved a note between another's books", c.op)
	case c.after.Pledge != nil && c.before.Pledge == nil && !(accepted && byController && p.Kind == ledger.PledgeTransfer):
		w.t.Fatalf("%s pledged a note", c.op)
	case c.after.Pledge == nil && c.before.Pledge != nil && !is(ledger.RolePledgee):
		w.t.Fatalf("%s took a pledge away", c.op)
	case c.after.Mandate != nil && c.before.Mandate == nil && !(accepted && p.Kind == ledger.CollectionMandate):
		w.t.Fatalf("%s gave a mandate", c.op)
	case c.after.Pending != nil && c.before.Pending == nil && !is(ledger.RoleController):
		w.t.Fatalf("%s offered a transfer of a note that its signer does not control", c.op)
	}
}

// checkReplay checks that the commands alone give the same ledger.
func (w *walk) checkReplay() {
	again, err := ledgertest.Replay(network, claimed{}, w.s.m.Log())
	if err != nil {
		w.t.Fatalf("%v", err)
	}
	heads := again.Heads()
	if len(heads) != len(w.s.m.Heads()) {
		w.t.Fatalf("replaying gives %d subjects", len(heads))
	}
	for subject, h := range w.s.m.Heads() {
		if heads[subject] != h {
			w.t.Fatalf("replaying %s gives %v, not %v", subject, heads[subject], h)
		}
	}
	for id, n := range w.s.m.Notes() {
		if got := again.Notes()[id]; !bytes.Equal(canonical(w.t, got), canonical(w.t, n)) {
			w.t.Fatalf("replaying note %s gives another state", id)
		}
	}
}
