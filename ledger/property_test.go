package ledger_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
)

// walkSteps is how many commands one random walk tries.
const walkSteps = 50

// TestRandomWalksKeepThePromises lets honest, mistaken and dishonest parties do
// anything to a few notes, and checks after every command what must always hold.
func TestRandomWalksKeepThePromises(t *testing.T) {
	t.Parallel()
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
		names = []string{"accelerate", "accelerate", "pay what cures", "cure", "interrupt by demand", "amend.propose another rate", "amend.propose another time",
			"pay a part", "pay a part", "pay a part", "pay a part", "pay.reverse", "pay.claim", "pay.deny", "pay what was claimed",
			"amend.propose a plan", "amend.propose a pause", "amend.accept", "amend.accept", "amend.reject", "amend.withdraw", "forgive a part", "notice", "transfer.offer of a sale",
			"transfer.offer of a pledge", "transfer.offer of a mandate", "pledge.release", "mandate.end", "freeze", "book.move",
			"charge a demand", "charge a plan", "relief of costs", "relief of late interest", "relief of interest", "setoff of a part", "debt.relief of a part"}
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
	case ledger.OpAmendPropose, ledger.OpAmendAccept, ledger.OpAmendReject, ledger.OpAmendWithdraw:
		wanted = []ledger.Role{ledger.RoleBorrower, ledger.RoleController}
	case ledger.OpAccept, ledger.OpDecline, ledger.OpDisputeRaise, ledger.OpPayClaim:
		wanted = []ledger.Role{ledger.RoleBorrower}
	case ledger.OpTransferAccept, ledger.OpTransferReject:
		wanted = []ledger.Role{ledger.RoleRecipient}
	case ledger.OpTransferOffer:
		wanted = []ledger.Role{ledger.RoleController}
	case ledger.OpFreeze, ledger.OpRelease, ledger.OpDebtRelief:
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
	t.Acceleration = rapid.Bool().Draw(w.t, "acceleration")
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
	case ledger.SetoffBody:
		b.Amount, b.On = amount(b.Amount), back(b.On)
		return b
	case ledger.DebtReliefBody:
		b.OpenedOn = back(b.OpenedOn)
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
	was := plain(w.t, before)
	holder := ledger.PartyID("")
	if before != nil {
		holder = w.s.m.Holder(before)
	}
	other, otherErr := ledger.Apply(w.s.m, claimed{}, frame, signed)
	c, err := w.s.m.Apply(frame, signed)
	if !bytes.Equal(was, plain(w.t, before)) {
		w.t.Fatalf("%s changed the state that it was given", cmd.Op)
	}
	if ledger.CodeOf(err) != ledger.CodeOf(otherErr) || err == nil && !bytes.Equal(plain(w.t, c.Note), plain(w.t, other.Note)) {
		w.t.Fatalf("%s gave two outcomes", cmd.Op)
	}
	if err != nil {
		w.checkRefusal(err)
		return
	}
	if c.Note == nil {
		return
	}
	newHolder := w.s.m.Holder(c.Note)
	if err := model.CheckNote(c.Note, newHolder); err != nil {
		w.t.Fatalf("%v", err)
	}
	if before == nil {
		w.notes = append(w.notes, c.Note.ID)
		return
	}
	if err := model.CheckStep(model.Step{Before: before, After: c.Note, Holder: holder, NewHolder: newHolder, By: who.id, Op: cmd.Op}); err != nil {
		w.t.Fatalf("%v", err)
	}
}

// plain writes a state to compare it with another one. It is several times as
// fast as the canonical form, and fields come in one order here too.
func plain(t failer, v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("writing a state: %v", err)
	}
	return b
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

// checkReplay checks that the commands alone give the same ledger.
func (w *walk) checkReplay() {
	again, err := model.Replay(network, claimed{}, w.s.m.Log())
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
		if got := again.Notes()[id]; !bytes.Equal(plain(w.t, got), plain(w.t, n)) {
			w.t.Fatalf("replaying note %s gives another state", id)
		}
	}
}
