package ledger

import (
	"errors"

	"github.com/skuld-registry/skuld/ledger/finance"
)

func (m *Amendment) check() error {
	counts, dated, priced := m.Kind == AmendPlan || m.Kind == AmendTerm, m.Kind != AmendRate, m.Rate != finance.Rate{} || m.Free
	switch {
	case m.Kind != AmendPlan && m.Kind != AmendPause && m.Kind != AmendRate && m.Kind != AmendTerm:
		return invalid("amendment.kind", "plan, pause, rate or term")
	case counts && (m.Instalments < 1 || m.Instalments > finance.MaxInstalments):
		return invalid("amendment.instalments", "1 to "+itoa(finance.MaxInstalments)+" instalments")
	case !counts && m.Instalments != 0:
		return invalid("amendment.instalments", "no number, which only a plan and a term have")
	case dated && m.FirstDue.IsZero():
		return invalid("amendment.first_due", "a date")
	case !dated && !m.FirstDue.IsZero():
		return invalid("amendment.first_due", "no date, since another rate keeps the days")
	case m.DueDay < 0 || m.DueDay > 31 || !dated && m.DueDay != 0:
		return invalid("amendment.due_day", "a day of the month")
	case dated && m.FirstDue.AddMonths(0, m.DueDay) != m.FirstDue:
		return invalid("amendment.due_day", "a day that leads to the first due date")
	case m.Rate.Cmp(finance.Rate{}) < 0:
		return invalid("amendment.rate", "a rate of 0 or more")
	case m.Free && m.Rate != finance.Rate{}, m.Kind == AmendPause && priced, m.Kind == AmendRate && !priced:
		return invalid("amendment.rate", "a rate, or free, for another rate; at most one of them for a plan and a term; none for a pause")
	}
	return nil
}

// amended gives the note with an amendment in force from a day. Interest is
// counted to that day and becomes an amount, since the instalments pay it.
func (n *Note) amended(holder PartyID, m Amendment, on finance.Date) (*Note, error) {
	if len(n.Amendments) >= MaxAmendments {
		return nil, Refuse(CodeLimit, "what", "amendments", "limit", itoa(MaxAmendments))
	}
	if err := n.checkBarred(on); err != nil {
		return nil, err
	}
	if n.DebtRelief != nil { // the authority says how the rest is paid
		return nil, Refuse(CodeDebtRelief)
	}
	if err := n.checkRate(m.Rate); err != nil {
		return nil, err
	}
	m, err := n.completed(m, on)
	if err != nil {
		return nil, err
	}
	c := n.clone()
	if _, err := c.count(holder, on); err != nil {
		return nil, err
	}
	plan := Plan{
		On: on, Kind: m.Kind, Since: c.Balance.AccruedTo, Instalments: m.Instalments, FirstDue: m.FirstDue, DueDay: m.DueDay,
		Rate: m.Rate, Free: m.Free, Owed: c.Owed(), Settled: c.Balance.settled(),
	}
	rows, err := finance.Schedule(plan.finance(&n.Terms))
	if field, ok := errors.AsType[*finance.FieldError](err); ok {
		return nil, Refuse(CodeAmendmentImpossible, "detail", field.Error())
	}
	if errors.Is(err, finance.ErrOutOfRange) {
		return nil, Refuse(CodeAmendmentImpossible, "detail", "its interest is more than can be counted")
	}
	if err != nil {
		return nil, err
	}
	if plan.Extends, err = n.extends(m.Kind, rows); err != nil {
		return nil, err
	}
	c.Balance.InterestMicro, c.Balance.LateMicro = micro(plan.Owed.Interest), micro(plan.Owed.LateInterest)
	c.Amendments = append(c.Amendments, plan)
	return c, c.checkExtensions(m.Kind)
}

// completed fills in what an amendment leaves as it was: the rate, and for a
// pause and another rate the instalments that are left.
func (n *Note) completed(m Amendment, on finance.Date) (Amendment, error) {
	if last := len(n.Amendments) - 1; last >= 0 && !m.Free && m.Rate == (finance.Rate{}) {
		m.Rate, m.Free = n.Amendments[last].Rate, n.Amendments[last].Free
	}
	if m.Kind == AmendRate {
		return n.onItsDays(m, on)
	}
	switch {
	case !m.FirstDue.After(on):
		return m, Refuse(CodeDateEarly, "field", "amendment.first_due", "earliest", on.AddDays(1).String())
	case m.FirstDue.After(on.AddDays(MaxPauseDays)):
		return m, Refuse(CodeAmendmentImpossible, "detail", "first_due must be at most "+itoa(MaxPauseDays)+" days ahead")
	case m.Kind != AmendPause:
		return m, nil
	}
	var err error
	m.Instalments, err = n.instalmentsLeft(m.FirstDue)
	return m, err
}

// onItsDays gives another rate the instalments that fall due after a day and are
// not covered. What is overdue is spread over them, and a debt that is due on
// demand stays so.
func (n *Note) onItsDays(m Amendment, on finance.Date) (Amendment, error) {
	ahead := n.unhurried()
	terms, _ := ahead.current()
	if terms.Kind == finance.OnDemand {
		return m, nil
	}
	rows, covered, err := Instalments(ahead)
	if err != nil {
		return m, err
	}
	for i, row := range rows {
		covered -= row.Total
		if covered >= 0 || !row.Due.After(on) {
			continue
		}
		m.FirstDue, m.Instalments, m.DueDay = row.Due, len(rows)-i, terms.DueDay
		if _, _, day := terms.FirstDue.Civil(); m.DueDay == 0 {
			m.DueDay = day
		}
		return m, nil
	}
	return m, Refuse(CodeNoSchedule)
}

// unhurried gives the note without the acceleration that an amendment overtakes.
func (n *Note) unhurried() *Note {
	c := n.clone()
	c.Acceleration = nil
	return c
}

// instalmentsLeft counts the instalments that are not covered, for a pause until
// a day, which must be later than the first of them is due anyhow.
func (n *Note) instalmentsLeft(until finance.Date) (int, error) {
	ahead := n.unhurried()
	rows, _, err := Instalments(ahead)
	if err != nil {
		return 0, err
	}
	if len(rows) == 0 {
		return 0, Refuse(CodeNoSchedule)
	}
	next, err := NextInstalment(ahead)
	if err != nil {
		return 0, err
	}
	if next == nil {
		return 1, nil // all are covered, and yet something is left: late interest
	}
	if !until.After(next.Due) {
		return 0, Refuse(CodeDateEarly, "field", "amendment.first_due", "earliest", next.Due.AddDays(1).String())
	}
	return len(rows) - next.Number + 1, nil
}

// checkRate refuses a rate that the law of the agreement forbids. A lower one
// than that in force is never refused.
func (n *Note) checkRate(rate finance.Rate) error {
	terms, _ := n.current()
	if rate.Cmp(terms.Rate) <= 0 {
		return nil
	}
	amended := n.Terms
	amended.Rate = rate
	return checkLaw(&amended)
}

// extends says whether a term ends later than the schedule that it takes the
// place of. A debt that is due on demand has no time to extend.
func (n *Note) extends(kind AmendmentKind, rows []finance.Instalment) (bool, error) {
	if kind != AmendTerm {
		return false, nil
	}
	before, _, err := Instalments(n.unhurried())
	if err != nil || len(before) == 0 {
		return false, err
	}
	return rows[len(rows)-1].Due.After(before[len(before)-1].Due), nil
}

// checkExtensions refuses a time that is extended once more than the law of the
// agreement allows at a cost (2010:1846 par. 36 a). A plan is always allowed.
func (n *Note) checkExtensions(kind AmendmentKind) error {
	if kind != AmendTerm && kind != AmendRate {
		return nil
	}
	t := &n.Terms
	if times, limited := finance.ExtensionsAllowed(t.Jurisdiction, t.Consumer, t.Housing, t.AgreedOn); limited && n.extensions() > times {
		return Refuse(CodeExtensionOnce)
	}
	return nil
}

// extensions counts the extensions that cost the borrower something: those that
// were not free of cost until a plan took their place.
func (n *Note) extensions() int {
	count := 0
	for i := range n.Amendments {
		if !n.Amendments[i].Extends {
			continue
		}
		for _, m := range n.Amendments[i:] {
			if m.Kind == AmendPlan {
				break
			}
			if !m.Free {
				count++
				break
			}
		}
	}
	return count
}

// freeOfCost says that it is agreed that the rest costs the borrower nothing.
func (n *Note) freeOfCost() bool {
	last := len(n.Amendments) - 1
	return last >= 0 && n.Amendments[last].Free
}
