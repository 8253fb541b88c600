package web

import (
	"errors"
	"sort"
	"strconv"

	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/picture"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// ways works out ways to pay.
type ways struct {
	*teller
	now      ledger.Forecast
	language ledger.Language
	tried    []tried
}

// tried is a way whose cost and end are known.
type tried struct {
	value     string
	name      page.Text
	amendment ledger.Amendment
	forecast  ledger.Forecast
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
	if amount, ok := readAmount(view.Monthly.Value, w.now.Currency); !ok {
		view.Monthly.Error = page.Say("wants.amount")
	} else if err := w.tryPlan(amount.Amount); errors.Is(err, errTooLittle) {
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
		plans = append(plans, t.forecast.Instalments)
	}
	frame := frameOf(plans)
	view.Now = w.way(tried{name: page.Say("aid.now"), forecast: w.now}, frame)
	for _, t := range w.tried {
		view.Ways = append(view.Ways, w.way(t, frame))
	}
	return nil
}

// errTooLittle says that no plan pays a debt off with so little each month.
var errTooLittle = errors.New("no plan has payments so small")

// tryPlan finds the plan with the fewest payments of which none is larger than an
// amount. A plan of more payments has smaller ones, so that it is found by halving.
func (w *ways) tryPlan(monthly finance.Amount) error {
	first := w.today.AddDays(planDays)
	amendment := func(n int) ledger.Amendment {
		return ledger.Amendment{Kind: ledger.AmendPlan, Instalments: n, FirstDue: first}
	}
	n := 1 + sort.Search(finance.MaxInstalments, func(i int) bool {
		f, err := ledger.Preview(w.note, w.holder, amendment(i+1), w.today)
		// More payments than the debt has minor units are too many; fewer may do.
		return err != nil || f.Monthly <= monthly
	})
	if n > finance.MaxInstalments {
		return errTooLittle
	}
	f, err := ledger.Preview(w.note, w.holder, amendment(n), w.today)
	switch {
	case n > 1 && ledger.CodeOf(err) != "", err == nil && f.Monthly > monthly:
		return errTooLittle // the payments of every plan that there can be are larger
	case err != nil:
		return err
	}
	w.tried = append(w.tried, tried{wayPlan, page.Say("aid.plan"), amendment(n), f})
	return nil
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
	w.tried = append(w.tried, tried{wayPause, page.Count("aid.pause", months), amendment, f})
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

// way shows a way with what it costs and when it ends.
func (w *ways) way(t tried, frame picture.Frame) page.Way {
	f := &t.forecast
	id := t.value
	if id == "" {
		id = "now"
	}
	view := page.Way{
		Value: t.value, Name: t.name, Monthly: w.amount(usual(f)), AtOnce: w.amount(f.Now), Number: len(f.Instalments), Free: f.FreeOfDebt, Total: w.amount(f.Total),
		Plan: forecastPlan("plan-"+id, f, frame),
	}
	if len(f.Instalments) > 0 {
		view.First = f.Instalments[0].PayBy
	}
	if t.value != "" {
		view.Costs = compared(w.amount, f)
		view.Hidden = []page.Hidden{
			{Name: t.value + "_due", Value: t.amendment.FirstDue.String()}, {Name: t.value + "_day", Value: strconv.Itoa(t.amendment.DueDay)},
			{Name: t.value + "_number", Value: strconv.Itoa(t.amendment.Instalments)},
		}
	}
	return view
}

// usual is the payment of most months. The first may be smaller, where a part of it
// is paid already, and so may the last.
func usual(f *ledger.Forecast) finance.Amount {
	most := f.Monthly
	for _, r := range f.Instalments {
		most = max(most, r.Total)
		if r.Number > f.Instalments[0].Number {
			break
		}
	}
	return most
}

// compared says how much more a way costs than the one of today, and how much longer
// it takes.
func compared(amount func(finance.Amount) finance.Money, f *ledger.Forecast) page.Text {
	cost, days := f.ExtraCost, f.ExtraDays
	key := page.Key("way.more")
	switch {
	case cost < 0 && days < 0:
		key = "way.less"
	case days < 0:
		key = "way.moresoon"
	case cost < 0 && days == 0:
		key = "way.lesseven"
	case cost < 0:
		key = "way.lesslong"
	case days == 0:
		key = "way.moreeven"
	}
	free := [2]finance.Date{f.FreeOfDebt.AddDays(-days), f.FreeOfDebt}
	if days < 0 {
		free[0], free[1] = free[1], free[0]
	}
	return page.Say(key, "amount", amount(max(cost, -cost)), "span", span(free[0], free[1]))
}

// roundsUp is how many days of a month are counted as a whole one.
const roundsUp = 16

// span says how long it is from one day to a later one: in days within a month, and
// in years and months from there on. The days themselves stand beside it.
func span(from, to finance.Date) page.Text {
	fromYear, fromMonth, _ := from.Civil()
	toYear, toMonth, _ := to.Civil()
	months := (toYear-fromYear)*12 + int(toMonth-fromMonth)
	if to.Before(from.AddMonths(months, 0)) {
		months--
	}
	if months == 0 {
		return page.Count("span.days", from.DaysTo(to))
	}
	if from.AddMonths(months, 0).DaysTo(to) >= roundsUp {
		months++
	}
	years := page.Count("span.years", months/12)
	switch {
	case months < 12:
		return page.Count("span.months", months)
	case months%12 == 0:
		return years
	}
	return page.Say("span.both", "years", years, "months", page.Count("span.months", months%12))
}

// forecastPlan is what is still to pay, as a picture and a table.
func forecastPlan(id string, f *ledger.Forecast, frame picture.Frame) page.Plan {
	steps := stepsOf(f.Instalments)
	money := func(a finance.Amount) finance.Money { return finance.Money{Amount: a, Currency: f.Currency} }
	p := page.Plan{
		ID: id, Caption: page.Say("plan.caption"), Bars: picture.Bars(steps, frame), From: frame.First, To: frame.Last,
		Alt: page.Count("plan.toalt", len(f.Instalments), "date", f.FreeOfDebt),
	}
	for i, r := range f.Instalments {
		p.Rows = append(p.Rows, page.PlanRow{
			Number: i + 1, PayBy: r.PayBy, Amount: money(r.Total), Interest: money(r.Interest), After: money(steps[i].Left - r.Total), State: steps[i].State,
		})
	}
	return p
}

func stepsOf(plan []finance.Instalment) []picture.Step {
	steps := make([]picture.Step, len(plan))
	var left finance.Amount
	for i := len(plan) - 1; i >= 0; i-- {
		left += plan[i].Total
		steps[i] = picture.Step{On: plan[i].Due, PayBy: plan[i].PayBy, Left: left, State: picture.Coming}
	}
	if len(steps) > 0 {
		steps[0].State = picture.Next
	}
	return steps
}

// frameOf is the scale that all of some plans share.
func frameOf(plans [][]finance.Instalment) picture.Frame {
	all := make([][]picture.Step, len(plans))
	for i, p := range plans {
		all[i] = stepsOf(p)
	}
	return picture.FrameOf(all...)
}
