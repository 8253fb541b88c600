package web

import (
	"errors"
	"strconv"

	"github.com/skuld-registry/skuld/api/web/facts"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/part"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// ways works out ways to pay.
type ways struct {
	*teller
	now      ledger.Forecast
	language ledger.Language
	tried    []part.Way
}

// firstMonthly is a payment lighter than today's, in whole tens.
func (w *ways) firstMonthly() string {
	units := int64(w.now.Monthly) * lighter / 100
	if w.now.Monthly == 0 {
		units = int64(w.now.Total) / 24
	}
	decimals, err := finance.MinorUnits(w.now.Currency)
	if err != nil {
		return ""
	}
	ten := int64(10)
	for range decimals {
		ten *= 10
	}
	whole := max(1, units/ten) * 10
	return strconv.FormatInt(whole, 10)
}

// fill works out both ways and puts them beside the one of today, all on one scale.
func (w *ways) fill(view *page.HelpDoor) error {
	if amount, ok := site.ReadAmount(view.Monthly.Value, w.now.Currency); !ok {
		view.Monthly.Error = page.Say("wants.amount")
	} else if err := w.tryPlan(amount.Amount); errors.Is(err, facts.ErrTooLittle) {
		view.Monthly.Error = page.Say("aid.small")
	} else if ledger.CodeOf(err) != "" { // whatever the amount
		view.Monthly.Error = page.Say("aid.none")
	} else if err != nil {
		return err
	}
	if months, err := strconv.Atoi(view.Months.Value); err != nil || months < 1 || months > maxPause {
		view.Months.Error = page.Say("wants.months", "most", maxPause)
	} else if err := w.tryPause(months); ledger.CodeOf(err) == "" && err != nil {
		return err
	}
	if len(w.tried) == 0 && len(view.Errors().Faults) == 0 {
		view.Waiting = page.Say("aid.none")
		return nil
	}
	plans := [][]finance.Instalment{w.now.Instalments}
	for _, t := range w.tried {
		plans = append(plans, t.Forecast.Instalments)
	}
	frame := part.FrameOf(plans...)
	view.Now = part.Way{Name: page.Say("aid.now"), Forecast: w.now}.Show(frame)
	for _, t := range w.tried {
		view.Ways = append(view.Ways, t.Show(frame))
	}
	return nil
}

// tryPlan finds the plan with the fewest payments of which none is larger than an
// amount.
func (w *ways) tryPlan(monthly finance.Amount) error {
	m, f, err := facts.FewestPayments(w.note, facts.Wanted{
		Monthly: monthly, Amendment: ledger.Amendment{Kind: ledger.AmendPlan, FirstDue: w.today.AddDays(planDays)}, Holder: w.holder, Today: w.today,
	})
	if err == nil {
		w.tried = append(w.tried, part.Way{Value: wayPlan, Name: page.Say("aid.plan"), Amendment: m, Forecast: f})
	}
	return err
}

// tryPause moves the next payment so many months ahead, to the day of the month on
// which payments fall due now. Where one is overdue, the months are counted from today.
func (w *ways) tryPause(months int) error {
	next, err := ledger.NextInstalment(w.note)
	if err != nil {
		return err
	}
	from := w.today
	if next != nil && next.Due.After(from) {
		from = next.Due
	}
	day := dueDay(w.note)
	due := from.AddMonths(months, day)
	if due.Before(w.today.AddMonths(months, 0)) {
		due = from.AddMonths(months+1, day)
	}
	amendment := ledger.Amendment{Kind: ledger.AmendPause, FirstDue: due, DueDay: day}
	f, err := ledger.Preview(w.note, w.holder, amendment, w.today)
	if err != nil {
		return err
	}
	w.tried = append(w.tried, part.Way{Value: wayPause, Name: page.Count("aid.pause", months), Amendment: amendment, Forecast: f})
	return nil
}

// dueDay is the day of the month on which the payments of the schedule in force fall
// due; 0 where there is no schedule.
func dueDay(n *ledger.Note) int {
	first, day := n.Terms.Schedule.FirstDue, n.Terms.Schedule.DueDay
	if last := len(n.Amendments) - 1; last >= 0 {
		first, day = n.Amendments[last].FirstDue, n.Amendments[last].DueDay
	}
	if day == 0 && !first.IsZero() {
		_, _, day = first.Civil()
	}
	return day
}
