package part

import (
	"strconv"

	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/picture"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Way is a way to pay whose cost and end are known.
type Way struct {
	Value     string // of the form that chooses it; "" for the way of today
	Name      page.Text
	Amendment ledger.Amendment
	Forecast  ledger.Forecast
}

// Show shows a way with what it costs and when it ends.
func (w Way) Show(frame picture.Frame) page.Way {
	f, id := &w.Forecast, w.Value
	if id == "" {
		id = "now"
	}
	money := func(a finance.Amount) finance.Money { return finance.Money{Amount: a, Currency: f.Currency} }
	view := page.Way{
		Value: w.Value, Name: w.Name, Monthly: money(Usual(f)), AtOnce: money(f.Now), Number: len(f.Instalments), Free: f.FreeOfDebt, Total: money(f.Total),
		Plan: Forecast("plan-"+id, f, frame),
	}
	if len(f.Instalments) > 0 {
		view.First = f.Instalments[0].PayBy
	}
	if w.Value != "" {
		view.Costs = compared(f)
		view.Hidden = []page.Hidden{
			{Name: w.Value + "_due", Value: w.Amendment.FirstDue.String()}, {Name: w.Value + "_day", Value: strconv.Itoa(w.Amendment.DueDay)},
			{Name: w.Value + "_number", Value: strconv.Itoa(w.Amendment.Instalments)},
		}
	}
	return view
}

// Usual is the payment of most months. The first may be smaller, where a part of it
// is paid already, and so may the last.
func Usual(f *ledger.Forecast) finance.Amount {
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
func compared(f *ledger.Forecast) page.Text {
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
	return page.Say(key, "amount", finance.Money{Amount: max(cost, -cost), Currency: f.Currency}, "span", span(free[0], free[1]))
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
