package ledger

import "github.com/skuld-registry/skuld/ledger/finance"

// Forecast is what is left to pay on a note when it is paid as a schedule says.
// Amounts are minor units of the note's currency.
type Forecast struct {
	AsOf     finance.Date     `json:"as_of"`
	Currency finance.Currency `json:"currency"`
	// Now is to pay at once: what is overdue, and what no instalment asks for.
	Now         finance.Amount       `json:"now"`
	Instalments []finance.Instalment `json:"instalments,omitempty"`
	// Monthly is the first instalment; in a plan all but the last are like it.
	Monthly finance.Amount `json:"monthly"`
	// Total is all of it.
	Total finance.Amount `json:"total"`
	// FreeOfDebt is the day of the last instalment, or AsOf where there is none.
	FreeOfDebt finance.Date `json:"free_of_debt"`
	// ExtraCost and ExtraDays say how much more an amendment costs than the
	// schedule as it stands, and how much longer it takes; negative where less.
	ExtraCost finance.Amount `json:"extra_cost"`
	ExtraDays int            `json:"extra_days"`
}

// Foresee gives what is left to pay by the schedule as it stands, where what is
// overdue is paid on the day asOf and everything later on its day. A note without
// a schedule, or after the end of it, is to be paid at once; one that is no debt is
// refused by its status.
func Foresee(n *Note, holder PartyID, asOf finance.Date) (Forecast, error) {
	if n.Status != StatusActive && n.Status != StatusFrozen {
		return Forecast{}, refuseStatus(n.Status)
	}
	c := n.clone()
	if _, err := c.count(holder, asOf); err != nil {
		return Forecast{}, err
	}
	f := Forecast{AsOf: asOf, Currency: n.Terms.Principal.Currency, FreeOfDebt: asOf}
	terms, standing := c.current()
	day := laterOf(asOf, c.Balance.AccruedTo)
	rows, err := finance.Outlook(terms, standing, day)
	if err != nil {
		return f, err
	}
	if f.Now, err = c.dueNow(day, len(rows) == 0); err != nil {
		return f, err
	}
	f.Total = f.Now
	for _, row := range rows {
		f.Total += row.Total
	}
	if len(rows) > 0 {
		f.Instalments, f.Monthly, f.FreeOfDebt = rows, rows[0].Total, rows[len(rows)-1].Due
	}
	return f, nil
}

// dueNow gives what is to be paid at once of a note whose interest is counted to
// a day: all of it, or what is overdue and what is in no instalment.
func (n *Note) dueNow(day finance.Date, all bool) (finance.Amount, error) {
	owed := n.Owed()
	if all {
		return owed.Total()
	}
	terms, standing := n.current()
	arrears, err := finance.Overdue(terms, standing, day)
	if err != nil {
		return 0, err
	}
	besides := owed.Costs + owed.LateInterest
	if terms.Earlier != nil {
		besides -= terms.Earlier.Charges - standing.PaidCharges
	}
	return arrears.Charges + arrears.Interest + arrears.Principal + max(0, besides), nil
}

// Preview gives what would be left to pay if an amendment were agreed on the day
// asOf, beside the schedule as it stands. The amendment is refused as its
// agreement would be.
func Preview(n *Note, holder PartyID, m Amendment, asOf finance.Date) (Forecast, error) {
	if err := m.check(); err != nil {
		return Forecast{}, err
	}
	if n.Status != StatusActive {
		return Forecast{}, refuseStatus(n.Status)
	}
	stands, err := Foresee(n, holder, asOf)
	if err != nil {
		return Forecast{}, err
	}
	amended, err := n.amended(holder, m, asOf)
	if err != nil {
		return Forecast{}, err
	}
	f, err := Foresee(amended, holder, asOf)
	if err != nil {
		return Forecast{}, err
	}
	f.ExtraCost = f.Total - stands.Total
	f.ExtraDays = stands.FreeOfDebt.DaysTo(f.FreeOfDebt)
	return f, nil
}
