package facts

import (
	"errors"
	"sort"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// ErrTooLittle says that no plan pays a debt off with so little each month.
var ErrTooLittle = errors.New("no plan has payments so small")

// Wanted is what somebody can pay each month.
type Wanted struct {
	Monthly finance.Amount
	// Amendment is the plan that is looked for, but for how many payments it has.
	Amendment ledger.Amendment
	Holder    ledger.PartyID
	Today     finance.Date
}

// FewestPayments finds the plan with the fewest payments of which none is larger than
// what is wanted. A plan of more payments has smaller ones, so that it is found by
// halving. It gives ErrTooLittle, or the refusal that every such plan would meet.
func FewestPayments(n *ledger.Note, w Wanted) (ledger.Amendment, ledger.Forecast, error) {
	of := func(payments int) (ledger.Amendment, ledger.Forecast, error) {
		m := w.Amendment
		m.Instalments = payments
		f, err := ledger.Preview(n, w.Holder, m, w.Today)
		return m, f, err
	}
	least := 1 + sort.Search(finance.MaxInstalments, func(i int) bool {
		_, f, err := of(i + 1)
		// More payments than the debt has minor units are too many; fewer may do.
		return err != nil || f.Monthly <= w.Monthly
	})
	if least > finance.MaxInstalments {
		return ledger.Amendment{}, ledger.Forecast{}, ErrTooLittle
	}
	m, f, err := of(least)
	if least > 1 && ledger.CodeOf(err) != "" || err == nil && f.Monthly > w.Monthly {
		err = ErrTooLittle // the payments of every plan that there can be are larger
	}
	return m, f, err
}
