package part

import (
	"github.com/skuld-registry/skuld/api/web/facts"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/picture"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Plan is the schedule in force as a picture and a table.
func Plan(id string, f *facts.Note) *page.Plan {
	rows := f.Rows
	if len(rows) == 0 || f.State.Status == ledger.StatusDischarged {
		return nil
	}
	last := rows[len(rows)-1]
	steps := facts.Steps(rows)
	frame := picture.FrameOf(steps)
	p := &page.Plan{
		ID: id, Caption: page.Say("plan.caption"), Bars: picture.Bars(steps, frame), From: frame.First, To: frame.Last, Legend: true,
		Alt: page.Say("plan.alt", "paid", facts.PaidRows(rows), "all", len(rows), "date", last.Due),
	}
	for _, r := range rows {
		p.Rows = append(p.Rows, page.PlanRow{
			Number: r.Number, PayBy: r.PayBy, Amount: amount(f, r.Total), Interest: amount(f, r.Interest),
			After: amount(f, r.Left-r.Total), State: r.State,
		})
	}
	return p
}

// Forecast is what is still to pay, as a picture and a table.
func Forecast(id string, f *ledger.Forecast, frame picture.Frame) page.Plan {
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

// FrameOf is the scale that all of some plans share.
func FrameOf(plans ...[]finance.Instalment) picture.Frame {
	all := make([][]picture.Step, len(plans))
	for i, p := range plans {
		all[i] = stepsOf(p)
	}
	return picture.FrameOf(all...)
}
