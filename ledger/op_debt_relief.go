package ledger

import "github.com/skuld-registry/skuld/ledger/finance"

// OpDebtRelief writes on the note that an authority has relieved the borrower of
// debt (2016:675). It holds against whoever holds the note, then and later
// (1936:81 par. 15). An authority that changes its decision orders so outside the
// register: what was taken off is not put back on a note.
const OpDebtRelief Op = "debt.relief"

// DebtReliefBody is the body of a debt.relief. It says what is left to pay either
// in percent or as an amount; 0 of either is that nothing is.
type DebtReliefBody struct {
	Decision    string         `json:"decision"`  // the authority's number of it
	OpenedOn    finance.Date   `json:"opened_on"` // day of the decision to open the case, from which no interest runs
	LeftPercent *int           `json:"left_percent,omitempty"`
	LeftAmount  *finance.Money `json:"left_amount,omitempty"`
}

// DebtRelief is an authority's decision on what is left of the debt.
type DebtRelief struct {
	Seq       uint64         `json:"seq"` // of the debt.relief
	Authority PartyID        `json:"authority"`
	On        finance.Date   `json:"on"`
	Decision  string         `json:"decision"`
	OpenedOn  finance.Date   `json:"opened_on"`
	Owed      finance.Amount `json:"owed"` // on that day
	Left      finance.Amount `json:"left"` // of it, to pay
}

func (b *DebtReliefBody) check() error {
	percent, amount := b.LeftPercent, b.LeftAmount
	switch {
	case b.OpenedOn.IsZero():
		return invalid("opened_on", "a date")
	case (percent == nil) == (amount == nil):
		return invalid("left_percent", "there, or else left_amount is")
	case percent != nil && (*percent < 0 || *percent > 100):
		return invalid("left_percent", "a whole number from 0 to 100")
	case amount != nil && (amount.Amount < 0 || amount.Amount > finance.MaxAmount):
		return invalid("left_amount", "an amount of 0 or more")
	}
	return checkText("decision", b.Decision, 1, MaxReferenceRunes)
}

// applyDebtRelief reduces what was owed on the opening day, and takes off what was
// charged since.
func applyDebtRelief(a *act, b body) error {
	d, n := b.(*DebtReliefBody), a.note
	currency := n.Terms.Principal.Currency
	switch {
	case n.DebtRelief != nil:
		return Refuse(CodeDebtRelief)
	case d.OpenedOn.After(a.today()):
		return Refuse(CodeDateFuture, "field", "opened_on")
	case d.OpenedOn.Before(n.Terms.AgreedOn):
		return Refuse(CodeDateEarly, "field", "opened_on", "earliest", n.Terms.AgreedOn.String())
	case d.LeftAmount != nil && d.LeftAmount.Currency != currency:
		return Refuse(CodeCurrencyOther, "want", string(currency))
	}
	if err := a.accrue(); err != nil {
		return err
	}
	opened, err := a.owedOn(d.OpenedOn)
	if err != nil {
		return err
	}
	left := opened
	switch {
	case d.LeftPercent != nil:
		left = opened * finance.Amount(*d.LeftPercent) / 100
	case d.LeftAmount.Amount > opened:
		return Refuse(CodeReliefExceeds, "owed", n.money(opened))
	default:
		left = d.LeftAmount.Amount
	}
	owed := n.Owed()
	total, err := owed.Total()
	if err != nil {
		return err
	}
	parts, _ := finance.Allocate(total-left, owed)
	n.Balance.forgive(parts)
	n.Balance.dropFractions(parts)
	n.DebtRelief = &DebtRelief{Seq: a.cmd.Seq, Authority: a.actor.ID, On: a.today(), Decision: d.Decision, OpenedOn: d.OpenedOn, Owed: opened, Left: left}
	n.Proposal = nil // it was about another debt
	a.dischargeIfPaid()
	return nil
}

// owedOn gives what of today's debt was owed on a day in the past already: all but
// the interest that was counted and the fees that were charged since.
func (a *act) owedOn(day finance.Date) (finance.Amount, error) {
	since, err := a.counted(&a.note.Balance, day)
	if err != nil {
		return 0, err
	}
	var charged finance.Amount
	for i := range a.note.Charges {
		if c := &a.note.Charges[i]; !c.On.Before(day) {
			charged += c.Amount - c.Relieved
		}
	}
	bal, owed := &a.note.Balance, a.note.Owed()
	owed.Costs -= min(owed.Costs, charged)
	owed.LateInterest = finance.RoundMicro(max(0, bal.LateMicro-since.LateMicro))
	owed.Interest = finance.RoundMicro(max(0, bal.InterestMicro-since.InterestMicro))
	return owed.Total()
}
