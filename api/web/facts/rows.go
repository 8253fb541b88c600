package facts

import (
	"github.com/skuld-registry/skuld/api/web/picture"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Row is one payment of the plan, and what has become of it.
type Row struct {
	finance.Instalment
	State picture.State
	Left  finance.Amount // to pay before this row, the row included
	Paid  finance.Amount // of this row
}

// lay covers a plan with what was paid, in the order of its rows, as
// ledger.NextInstalment does. The first row that is not covered and not late comes
// next.
func lay(plan []finance.Instalment, covered finance.Amount, today finance.Date) []Row {
	all := make([]Row, len(plan))
	var left finance.Amount
	for i := len(plan) - 1; i >= 0; i-- {
		left += plan[i].Total
		all[i] = Row{Instalment: plan[i], Left: left}
	}
	next := false
	for i := range all {
		r := &all[i]
		r.Paid = min(max(0, covered), r.Total)
		covered -= r.Total
		switch {
		case r.Paid == r.Total:
			r.State = picture.Paid
		case r.PayBy.Before(today):
			r.State = picture.Late
		case !next:
			r.State, next = picture.Next, true
		default:
			r.State = picture.Coming
		}
	}
	return all
}

// wait makes what is late a payment to come: while nothing may be demanded, nobody
// is late.
func wait(rows []Row) {
	for i := range rows {
		if rows[i].State == picture.Late || rows[i].State == picture.Next {
			rows[i].State = picture.Coming
		}
	}
}

// Steps gives the plan as its picture wants it.
func Steps(rows []Row) []picture.Step {
	steps := make([]picture.Step, len(rows))
	for i, r := range rows {
		steps[i] = picture.Step{On: r.Due, PayBy: r.PayBy, Left: r.Left, State: r.State}
	}
	return steps
}

// PaidRows counts the rows that are paid in full.
func PaidRows(rows []Row) int {
	paid := 0
	for _, r := range rows {
		if r.State == picture.Paid {
			paid++
		}
	}
	return paid
}
