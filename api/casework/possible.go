package casework

import (
	"context"
	"errors"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Possible says of an act on a note whether it can be done just now.
type Possible struct {
	Act ActName
	// Variant tells acts of one operation apart: the kind of an amendment.
	Variant string
	Why     *ledger.Error // why not; nil where it can
}

// sample is an act as it would commonly be done: what the rules are asked with.
type sample struct {
	variant string
	op      ledger.Op
	body    any
}

// The samples' terms.
const (
	sampleMonths     = 12
	samplePauseDays  = 60
	sampleFirstDays  = 30
	sampleNoticeDays = 35 // of an acceleration
	sampleReason     = "–"
)

// samples gives the acts that a case page offers, in its order.
func (a *ahead) samples() []sample {
	n, today := a.note, finance.DateOf(a.frame.At)
	little := finance.Money{Amount: 1, Currency: n.Terms.Principal.Currency}
	all := []sample{
		{string(ledger.AmendPlan), ledger.OpAmendPropose, ledger.AmendProposeBody{Amendment: ledger.Amendment{Kind: ledger.AmendPlan, Instalments: sampleMonths, FirstDue: today.AddDays(sampleFirstDays)}}},
		{string(ledger.AmendPause), ledger.OpAmendPropose, ledger.AmendProposeBody{Amendment: ledger.Amendment{Kind: ledger.AmendPause, FirstDue: today.AddDays(samplePauseDays)}}},
		{string(ledger.AmendRate), ledger.OpAmendPropose, ledger.AmendProposeBody{Amendment: ledger.Amendment{Kind: ledger.AmendRate, Free: true}}},
		{string(ledger.AmendTerm), ledger.OpAmendPropose, ledger.AmendProposeBody{Amendment: ledger.Amendment{Kind: ledger.AmendTerm, Instalments: sampleMonths, FirstDue: today.AddDays(sampleFirstDays)}}},
		{"", ledger.OpPay, ledger.PayBody{Amount: little, PaidOn: today}},
		{"", ledger.OpRelief, ledger.ReliefBody{Part: a.relievable(), Ground: ledger.GroundHardship, Reason: sampleReason}},
		{"", ledger.OpCharge, ledger.ChargeBody{Kind: finance.PlanCharge, Amount: little, On: today}},
		{"", ledger.OpSetoff, ledger.SetoffBody{Amount: little, On: today, Ground: sampleReason}},
		{"", ledger.OpNotice, ledger.NoticeBody{Holder: a.holder, DeliveredOn: today, Channel: "letter"}},
		{"", ledger.OpInterrupt, ledger.InterruptBody{Kind: ledger.Filing, On: today, Reference: sampleReason}},
		{"", ledger.OpAccelerate, ledger.AccelerateBody{Effective: today.AddDays(sampleNoticeDays), DeliveredOn: today, Channel: "letter"}},
		{"", ledger.OpForgive, ledger.ForgiveBody{Amount: little, Reason: sampleReason}},
		{"", ledger.OpMandateEnd, ledger.EmptyBody{}},
	}
	return all
}

// relievable is the part of the debt that a relief is most likely of.
func (a *ahead) relievable() ledger.PartKind {
	owed := a.note.Owed()
	switch {
	case owed.Costs > 0:
		return ledger.PartCosts
	case owed.Interest > 0 && owed.LateInterest == 0:
		return ledger.PartInterest
	}
	return ledger.PartLateInterest
}

// Possible says of each act that a case page offers whether the actor can do it just
// now, and if not why not: the rules of the ledger are asked with a common case of it.
func (d *Desk) Possible(ctx context.Context, by Actor, note ledger.NoteID) ([]Possible, error) {
	now, err := d.lookAhead(ctx, note)
	if err != nil {
		return nil, err
	}
	var all []Possible
	for _, s := range now.samples() {
		p := Possible{Act: ActName(s.op), Variant: s.variant}
		if !kinds[p.Act].permits(by) {
			p.Why = ledger.Refuse(ledger.CodeRoleForbidden, "op", string(s.op))
			all = append(all, p)
			continue
		}
		err := now.would(s.op, s.body)
		refusal, refused := errors.AsType[*ledger.Error](err)
		if err != nil && !refused {
			return nil, err
		}
		p.Why = refusal
		all = append(all, p)
	}
	return all, nil
}
