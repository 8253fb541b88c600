package tape

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// layout says what the columns of a tape mean.
type layout struct {
	columns map[string]*column
	// strict refuses columns that the layout does not know. Our own layout is:
	// a term under a misspelt name would else be left out of the note.
	strict bool
	// finish makes terms of the fields once all are read.
	finish func(*loan) error
}

func (l *layout) names() []string { return slices.Sorted(maps.Keys(l.columns)) }

// column says what one column means.
type column struct {
	required bool // in the header and in every row
	set      func(*loan, string) error
}

// loan is a row while it is being read.
type loan struct {
	terms     ledger.Terms
	borrower  ledger.PartyID
	principal string // text until the currency is known
	setup     string
	reminder  string
	currency  string
	published string     // the instalment that the tape's own software computed
	issued    time.Month // of LendingClub's issue month
	year      int

	referenceColumn string
	warnings        []warning
}

type warning struct{ column, detail string }

func newLoan() *loan {
	l := &loan{referenceColumn: "reference"}
	l.terms.Kind, l.terms.DayCount = ledger.Negotiable, finance.Thirty360
	return l
}

// columnError is a fault that shows only when all fields are read.
type columnError struct {
	column string
	err    error
}

func (e *columnError) Error() string { return e.err.Error() }

var layouts = map[Layout]*layout{
	Skuld: {strict: true, finish: finishSkuld, columns: map[string]*column{
		"reference":       {required: true, set: setReference},
		"borrower":        {set: setBorrower},
		"kind":            {set: setKind},
		"consumer":        {set: boolean(func(l *loan, b bool) { l.terms.Consumer = b })},
		"housing":         {set: boolean(func(l *loan, b bool) { l.terms.Housing = b })},
		"acceleration":    {set: boolean(func(l *loan, b bool) { l.terms.Acceleration = b })},
		"credit_purchase": {set: boolean(func(l *loan, b bool) { l.terms.CreditPurchase = b })},
		"jurisdiction":    {required: true, set: setJurisdiction},
		"agreed_on":       {required: true, set: date(func(l *loan, d finance.Date) { l.terms.AgreedOn = d })},
		"principal":       {required: true, set: text(func(l *loan, s string) { l.principal = s })},
		"currency":        {required: true, set: text(func(l *loan, s string) { l.currency = s })},
		"rate":            {required: true, set: rate(func(l *loan, r finance.Rate) { l.terms.Rate = r })},
		"late_rate":       {set: rate(func(l *loan, r finance.Rate) { l.terms.LateRate = &r })},
		"day_count":       {set: setDayCount},
		"schedule":        {required: true, set: setSchedule},
		"instalments":     {set: count(finance.MaxInstalments, func(l *loan, n int) { l.terms.Schedule.Instalments = n })},
		"first_due":       {set: date(func(l *loan, d finance.Date) { l.terms.Schedule.FirstDue = d })},
		"due_day":         {set: count(31, func(l *loan, n int) { l.terms.Schedule.DueDay = n })},
		"interest_from":   {set: date(func(l *loan, d finance.Date) { l.terms.InterestFrom = d })},
		"setup_fee":       {set: text(func(l *loan, s string) { l.setup = s })},
		"reminder_fee":    {set: text(func(l *loan, s string) { l.reminder = s })},
		"instalment":      {set: text(func(l *loan, s string) { l.published = s })},
	}},
	// LendingClub's file has more columns than make a note: what became of the
	// loan since, which only its holder can state, and what it was for.
	LendingClub: {finish: finishLendingClub, columns: map[string]*column{
		"row":           {required: true, set: setReference},
		"loan_amount":   {required: true, set: text(func(l *loan, s string) { l.principal = s })},
		"term":          {required: true, set: count(finance.MaxInstalments, func(l *loan, n int) { l.terms.Schedule.Instalments = n })},
		"interest_rate": {required: true, set: rate(func(l *loan, r finance.Rate) { l.terms.Rate = r })},
		"installment":   {required: true, set: text(func(l *loan, s string) { l.published = s })},
		"issue_month":   {required: true, set: setIssueMonth},
	}},
}

func text(set func(*loan, string)) func(*loan, string) error {
	return func(l *loan, s string) error { set(l, s); return nil }
}

func boolean(set func(*loan, bool)) func(*loan, string) error {
	return func(l *loan, s string) error {
		if s != "true" && s != "false" {
			return fmt.Errorf("%q is not true or false", s)
		}
		set(l, s == "true")
		return nil
	}
}

func date(set func(*loan, finance.Date)) func(*loan, string) error {
	return func(l *loan, s string) error {
		d, err := finance.ParseDate(s)
		if err != nil {
			return fmt.Errorf("%q is not a date like 2026-11-21", s)
		}
		set(l, d)
		return nil
	}
}

func rate(set func(*loan, finance.Rate)) func(*loan, string) error {
	return func(l *loan, s string) error {
		r, err := finance.ParseRate(s)
		if err != nil {
			return fmt.Errorf("%q is not a yearly rate in percent like 5.32", s)
		}
		set(l, r)
		return nil
	}
}

func count(most int, set func(*loan, int)) func(*loan, string) error {
	return func(l *loan, s string) error {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > most {
			return fmt.Errorf("%q is not a whole number from 1 to %d", s, most)
		}
		set(l, n)
		return nil
	}
}

func setReference(l *loan, s string) error { l.terms.Reference = s; return nil }

func setBorrower(l *loan, s string) error {
	if l.borrower = ledger.PartyID(s); !l.borrower.Valid() {
		return fmt.Errorf("%q is not a party's id", s)
	}
	return nil
}

func setKind(l *loan, s string) error {
	l.terms.Kind = ledger.NoteKind(s)
	if l.terms.Kind != ledger.Negotiable && l.terms.Kind != ledger.Simple {
		return fmt.Errorf("%q is not negotiable or simple", s)
	}
	return nil
}

func setJurisdiction(l *loan, s string) error {
	var err error
	if l.terms.Jurisdiction, err = finance.ParseJurisdiction(s); err != nil {
		return fmt.Errorf("%q is not %s or %s", s, finance.Sweden, finance.Generic)
	}
	return nil
}

func setDayCount(l *loan, s string) error {
	l.terms.DayCount = finance.DayCount(s)
	switch l.terms.DayCount {
	case finance.Thirty360, finance.Actual365, finance.Actual360:
		return nil
	}
	return fmt.Errorf("%q is not %s, %s or %s", s, finance.Thirty360, finance.Actual365, finance.Actual360)
}

func setSchedule(l *loan, s string) error {
	l.terms.Schedule.Kind = finance.ScheduleKind(s)
	switch l.terms.Schedule.Kind {
	case finance.Annuity, finance.StraightLine, finance.Bullet, finance.OnDemand:
		return nil
	}
	return fmt.Errorf("%q is not %s, %s, %s or %s", s, finance.Annuity, finance.StraightLine, finance.Bullet, finance.OnDemand)
}

// setIssueMonth reads "Jan-18". The tape tells no day; the first of the month
// is taken.
func setIssueMonth(l *loan, s string) error {
	t, err := time.Parse("Jan-06", s)
	if err != nil {
		return fmt.Errorf("%q is not a month like Jan-18", s)
	}
	l.year, l.issued, _ = t.Date()
	return nil
}

func finishSkuld(l *loan) error {
	if err := l.money("principal", "currency"); err != nil {
		return err
	}
	t := &l.terms
	fees := []struct {
		column, text string
		to           *finance.Amount
	}{{"setup_fee", l.setup, &t.Fees.Setup}, {"reminder_fee", l.reminder, &t.Fees.Reminder}}
	for _, fee := range fees {
		if fee.text == "" {
			continue
		}
		m, err := finance.ParseMoney(fee.text, l.currency)
		if err != nil {
			return &columnError{fee.column, err}
		}
		*fee.to = m.Amount
	}
	if t.InterestFrom.IsZero() {
		t.InterestFrom = t.AgreedOn
	}
	return l.compareInstalment("instalment")
}

// finishLendingClub makes a note of a row: an annuity in US dollars, agreed on
// the first day of the issue month and due for the first time a month later.
func finishLendingClub(l *loan) error {
	l.currency, l.referenceColumn = "USD", "row"
	if err := l.money("loan_amount", "loan_amount"); err != nil {
		return err
	}
	agreed, err := finance.NewDate(l.year, l.issued, 1)
	if err != nil {
		return &columnError{"issue_month", err}
	}
	t := &l.terms
	t.Jurisdiction, t.Consumer = finance.Generic, true
	t.AgreedOn, t.InterestFrom = agreed, agreed
	t.Schedule.Kind, t.Schedule.FirstDue = finance.Annuity, agreed.AddMonths(1, 0)
	return l.compareInstalment("installment")
}

func (l *loan) money(amountColumn, currencyColumn string) error {
	if _, err := finance.ParseCurrency(l.currency); err != nil {
		return &columnError{currencyColumn, err}
	}
	m, err := finance.ParseMoney(l.principal, l.currency)
	if err != nil {
		return &columnError{amountColumn, err}
	}
	if m.Amount <= 0 {
		return &columnError{amountColumn, errors.New("must be greater than zero")}
	}
	l.terms.Principal = m
	return nil
}

// compareInstalment warns where the instalment that the tape gives is not the
// annuity of its own terms, to the minor unit: one of them is wrong, and the
// note is made of the terms.
func (l *loan) compareInstalment(column string) error {
	if l.published == "" || l.terms.Schedule.Kind != finance.Annuity {
		return nil
	}
	published, err := finance.ParseMoney(l.published, l.currency)
	if err != nil {
		return &columnError{column, err}
	}
	computed, err := finance.AnnuityInstalment(l.terms.Principal.Amount, l.terms.Rate, l.terms.Schedule.Instalments)
	if err != nil {
		return nil // what the terms lack is for the rules to say
	}
	if computed != published.Amount {
		want := finance.Money{Amount: computed, Currency: published.Currency}
		l.warnings = append(l.warnings, warning{column, fmt.Sprintf("the tape says %s, and its terms give %s", published, want)})
	}
	return nil
}
