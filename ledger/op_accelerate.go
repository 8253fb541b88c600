package ledger

import (
	"slices"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// The operations on a demand of all of a debt ahead of its time.
const (
	OpAccelerate Op = "accelerate"
	OpCure       Op = "cure"
)

// MaxAccelerationDays is how far ahead of its notice all of a debt may be made to
// fall due. What is to fall due later than that is for a later notice.
const MaxAccelerationDays = 366

// AccelerateBody is the body of an accelerate: how and when the borrower was told
// that all falls due, and the day on which it does.
type AccelerateBody struct {
	Effective   finance.Date `json:"effective"` // all that is left falls due then
	DeliveredOn finance.Date `json:"delivered_on"`
	Channel     string       `json:"channel"`          // letter, email, message or portal
	Content     Digest       `json:"content,omitzero"` // SHA-256 of what was sent
}

// CureBody is the body of a cure: the creditor takes back that all falls due.
type CureBody struct {
	Acceleration uint64 `json:"acceleration"` // seq of the accelerate
	Reason       string `json:"reason"`
}

// Acceleration is a demand of all of a debt ahead of its time (2010:1846 par. 33).
// The borrower keeps the schedule by paying, before Effective has passed, what is
// overdue and its late interest (par. 34): what that is, and whether it is paid,
// follows from the note.
type Acceleration struct {
	Seq         uint64       `json:"seq"` // of the accelerate
	By          PartyID      `json:"by"`
	On          finance.Date `json:"on"`
	DeliveredOn finance.Date `json:"delivered_on"` // when the borrower was told
	Channel     string       `json:"channel"`
	Content     Digest       `json:"content,omitzero"`
	Effective   finance.Date `json:"effective"`
	// Cured is the day from which it counts for nothing, by the payment or the cure
	// with the number CuredBy.
	Cured   finance.Date `json:"cured,omitzero"`
	CuredBy uint64       `json:"cured_by,omitempty"`
	// CureUsed says that the borrower has kept the schedule by a payment once, this
	// time or before; the law gives that right once in the life of a debt.
	CureUsed bool `json:"cure_used,omitempty"`
}

func (b *AccelerateBody) check() error {
	switch {
	case b.Effective.IsZero():
		return invalid("effective", "a date")
	case b.DeliveredOn.IsZero():
		return invalid("delivered_on", "a date")
	case !isChannel(b.Channel):
		return invalid("channel", "letter, email, message or portal")
	}
	return nil
}

func (b *CureBody) check() error {
	if b.Acceleration == 0 {
		return invalid("acceleration", "the seq of an accelerate")
	}
	return checkText("reason", b.Reason, 1, MaxTextRunes)
}

func isChannel(c string) bool {
	return slices.Contains([]string{"letter", "email", "message", "portal"}, c)
}

// accelerates says whether an acceleration is in force for the schedule of today:
// one that was neither cured nor overtaken by an amendment, which is a new word on
// how the debt is paid back.
func (n *Note) accelerates() bool { return n.accelerated(n.phases() - 1) }

func (n *Note) accelerated(phase int) bool {
	a := n.Acceleration
	if a == nil || !a.Cured.IsZero() {
		return false
	}
	made := 0
	for made < len(n.Amendments) && n.Amendments[made].Seq < a.Seq {
		made++
	}
	return phase == made
}

// applyAccelerate makes all of the debt fall due ahead of its schedule, which must
// be agreed in the terms, and for a consumer be as late as 2010:1846 par. 33 asks.
func applyAccelerate(a *act, b body) error {
	d := b.(*AccelerateBody)
	if err := a.accrue(); err != nil {
		return err
	}
	if err := a.checkAccelerator(); err != nil {
		return err
	}
	if err := a.checkDemand(d.DeliveredOn); err != nil {
		return err
	}
	if err := a.checkEffective(d); err != nil {
		return err
	}
	if err := a.checkLateEnough(d.DeliveredOn); err != nil {
		return err
	}
	used := a.note.Acceleration != nil && a.note.Acceleration.CureUsed
	a.note.Acceleration = &Acceleration{
		Seq: a.cmd.Seq, By: a.actor.ID, On: a.today(), DeliveredOn: d.DeliveredOn, Channel: d.Channel, Content: d.Content,
		Effective: d.Effective, CureUsed: used,
	}
	return nil
}

// checkAccelerator refuses what nobody may accelerate just now.
func (a *act) checkAccelerator() error {
	n := a.note
	terms, standing := n.current()
	arrears, err := finance.Overdue(terms, standing, a.today())
	if err != nil {
		return err
	}
	phase, err := n.phaseOn(a.today(), arrears)
	switch {
	case err != nil:
		return err
	case !slices.Contains(a.roles, RoleController) && n.Pledge != nil:
		// The mandate of a servicer is then from somebody who could not do it itself.
		return Refuse(CodeRoleForbidden, "op", string(a.cmd.Op))
	case !n.Terms.Acceleration:
		return Refuse(CodeAccelerationNotAgreed)
	case n.accelerates():
		return Refuse(CodeAccelerated, "effective", n.Acceleration.Effective.String())
	case n.disputed(a.today()) || len(n.Claims) > 0:
		return Refuse(CodeNoteDisputed)
	case n.DebtRelief != nil: // an authority has said what is to be paid
		return Refuse(CodeDebtRelief)
	case phase.Running:
		return Refuse(CodePlanRunning)
	}
	return nil
}

// checkDemand refuses a demand that reached the borrower on a day on which
// nothing could be demanded: before it knew the holder, or after the claim ended.
func (a *act) checkDemand(on finance.Date) error {
	told := a.note.Notified
	switch {
	case told.Holder != a.holder || on.Before(told.On):
		return Refuse(CodeBorrowerNotTold)
	case on.After(a.today()):
		return Refuse(CodeDateFuture, "field", "delivered_on")
	}
	return a.note.checkBarred(on)
}

// checkEffective refuses a day that gives the borrower less time than the law
// does, or that comes when the schedule has ended anyway.
func (a *act) checkEffective(d *AccelerateBody) error {
	t := &a.note.Terms
	earliest, err := finance.AccelerationNotice(t.Jurisdiction, t.Consumer, d.DeliveredOn)
	if err != nil {
		return err
	}
	earliest = laterOf(earliest, a.today().AddDays(1))
	rows, _, err := Instalments(a.note)
	switch {
	case err != nil:
		return err
	case d.Effective.Before(earliest):
		return Refuse(CodeDateEarly, "field", "effective", "earliest", earliest.String())
	case d.Effective.After(d.DeliveredOn.AddDays(MaxAccelerationDays)):
		return invalid("effective", "at most "+itoa(MaxAccelerationDays)+" days after delivered_on")
	case len(rows) == 0 || !d.Effective.Before(rows[len(rows)-1].Due):
		return Refuse(CodeNothingAhead)
	}
	return nil
}

// checkLateEnough refuses to accelerate for less lateness than the law asks for.
func (a *act) checkLateEnough(toldOn finance.Date) error {
	rows, covered, err := Instalments(a.note)
	if err != nil {
		return err
	}
	claim, err := a.note.Owed().Total()
	if err != nil {
		return err
	}
	t := &a.note.Terms
	rule, ok, err := finance.MayAccelerate(finance.AccelerationFacts{
		Jurisdiction: t.Jurisdiction, Consumer: t.Consumer, ToldOn: toldOn, Claim: claim, Rows: rows, Covered: covered,
	})
	if err != nil {
		return err
	}
	if !ok {
		return Refuse(CodeNotLateEnough, "rule", rule.ID, "source", rule.Source)
	}
	return nil
}

// applyCure takes an acceleration back. It is then as if it had never been: the
// late interest that it added and that is still owed falls away.
func applyCure(a *act, b body) error {
	c := b.(*CureBody)
	n := a.note
	switch {
	case !n.accelerates() || n.Acceleration.Seq != c.Acceleration:
		return Refuse(CodeNoAcceleration)
	case !slices.Contains(a.roles, RoleController) && n.Pledge != nil:
		return Refuse(CodeRoleForbidden, "op", string(a.cmd.Op))
	}
	if err := a.accrue(); err != nil {
		return err
	}
	then, effective := n.Balance, n.Acceleration.Effective
	since, err := a.counted(&then, effective)
	if err != nil {
		return err
	}
	then.InterestMicro -= since.InterestMicro // as it was on the day that all fell due
	with, err := a.counted(&then, effective)
	if err != nil {
		return err
	}
	n.cure(a.today(), a.cmd.Seq)
	without, err := a.counted(&then, effective)
	if err != nil {
		return err
	}
	n.Balance.LateMicro -= min(max(0, with.LateMicro-without.LateMicro), max(0, n.Balance.LateMicro))
	return nil
}

// cure ends the acceleration in force.
func (n *Note) cure(on finance.Date, by uint64) {
	c := *n.Acceleration
	c.Cured, c.CuredBy = on, by
	n.Acceleration = &c
}

// uncure gives the borrower its right to cure back where the payment that cured
// was taken back. All does not fall due by that: the borrower was told that it
// would not, so it takes a new notice.
func (n *Note) uncure(payment uint64) {
	if n.Acceleration == nil || n.Acceleration.CuredBy != payment {
		return
	}
	c := *n.Acceleration
	c.CureUsed = false
	n.Acceleration = &c
}

// cureByPayment ends an acceleration where a payment in its time has paid what
// was overdue and the late interest on it (2010:1846 par. 34). The payment stands
// in the balance; lateBefore is the late interest that was owed before it, in
// micro units, as of the day on which it counts.
func (a *act) cureByPayment(p *Payment, valueOn finance.Date, lateBefore int64) error {
	n := a.note
	if !n.accelerates() || n.Acceleration.CureUsed || p.On.After(n.Acceleration.Effective) {
		return nil
	}
	then := n.clone()
	// What was paid after the time was over cures nothing.
	for _, q := range n.Payments {
		if !q.Reversed && q.On.After(n.Acceleration.Effective) {
			then.Balance.use(finance.Parts{Costs: -q.Parts.Costs, LateInterest: -q.Parts.LateInterest, Interest: -q.Parts.Interest, Principal: -q.Parts.Principal})
		}
	}
	since, err := a.counted(&then.Balance, valueOn)
	if err != nil {
		return err
	}
	then.Balance.InterestMicro = max(0, then.Balance.InterestMicro-since.InterestMicro)
	then.Payments = append(then.Payments, *p)
	late := max(0, finance.RoundMicro(max(0, lateBefore))-p.Parts.LateInterest)
	left, err := then.cureLeft(valueOn, late)
	if err != nil || left > 0 {
		return err
	}
	n.cure(p.On, p.Seq)
	n.Acceleration.CureUsed = true
	return nil
}
