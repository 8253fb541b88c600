package finance

// Limits of a loan's terms.
const (
	// MaxInstalments is fifty years of months.
	MaxInstalments = 600
	// MaxAccrualYears is how long the interest on the whole principal must stay
	// countable: terms whose interest could overflow a counter within that time
	// are refused at the offer, so that no payment ever is.
	MaxAccrualYears = 50
	// headroomPercent is the yearly rate assumed for that check where the note's
	// own rates are lower, because late interest follows a rate yet to be set.
	headroomPercent = 30
)

// ScheduleKind says how the principal is paid back.
type ScheduleKind string

// The kinds of schedule.
const (
	// Annuity is equal monthly totals.
	Annuity ScheduleKind = "annuity"
	// StraightLine is equal monthly parts of the principal, plus interest.
	StraightLine ScheduleKind = "straight_line"
	// Bullet is one payment of principal and all interest at the end.
	Bullet ScheduleKind = "bullet"
	// OnDemand has no due date (1936:81 par. 5): it has no instalments, and in
	// this package it is never overdue.
	OnDemand ScheduleKind = "on_demand"
)

// Terms are what a borrower and a lender agreed about time and money.
type Terms struct {
	// Principal is the amount lent, in minor units.
	Principal Amount   `json:"principal"`
	Currency  Currency `json:"currency"`
	// Rate is the nominal yearly rate, at least 0.
	Rate Rate `json:"rate"`
	// LateRate is the agreed yearly rate of late interest; nil means the rate of
	// the law.
	LateRate *Rate        `json:"late_rate,omitempty"`
	DayCount DayCount     `json:"day_count"`
	Kind     ScheduleKind `json:"kind"`
	// Instalments is the number of monthly periods, 1 to MaxInstalments, and 0
	// for a loan on demand. A bullet loan has one instalment, at the end of the
	// last period.
	Instalments int `json:"instalments"`
	// FirstDue ends the first monthly period; no date for a loan on demand.
	FirstDue Date `json:"first_due,omitzero"`
	// DueDay is the wanted day of the month, 1 to 31, where FirstDue lies in a
	// month that is too short to have it; 0 means FirstDue's own day.
	DueDay int `json:"due_day,omitempty"`
	// InterestFrom is the day that interest begins; no date means one month
	// before FirstDue.
	InterestFrom Date         `json:"interest_from,omitzero"`
	Jurisdiction Jurisdiction `json:"jurisdiction"`
	// Earlier is there where these terms took the place of others on the day
	// InterestFrom, with the principal that was then outstanding. Their Kind is
	// Annuity: what is left, and what was owed besides, is paid in equal totals.
	Earlier *Earlier `json:"earlier,omitempty"`
	// AllDue is the day on which all that is left falls due ahead of the schedule;
	// no date where the schedule goes on. What was due before it stays as it was.
	AllDue Date `json:"all_due,omitzero"`
}

// Validate reports the first rule that the terms break as a *FieldError.
func (t Terms) Validate() error {
	if t.Principal < 1 || t.Principal > MaxAmount {
		return fieldErrorf("principal", "must be from 1 to %d minor units", int64(MaxAmount))
	}
	if _, err := MinorUnits(t.Currency); err != nil {
		return err
	}
	if _, err := factsOf(t.Jurisdiction); err != nil {
		return err
	}
	if err := t.validateRates(); err != nil {
		return err
	}
	switch t.DayCount {
	case Thirty360, Actual365, Actual360:
	default:
		return fieldErrorf("day_count", "must be %s, %s or %s", Thirty360, Actual365, Actual360)
	}
	if t.Earlier != nil {
		return t.validateEarlier()
	}
	switch t.Kind {
	case Annuity, StraightLine, Bullet:
		return t.validateInstalments()
	case OnDemand:
		return t.validateOnDemand()
	default:
		return fieldErrorf("kind", "must be %s, %s, %s or %s", Annuity, StraightLine, Bullet, OnDemand)
	}
}

func (t Terms) validateEarlier() error {
	switch {
	case t.Kind != Annuity:
		return fieldErrorf("kind", "must be %s where the terms took the place of others", Annuity)
	case t.InterestFrom.IsZero():
		return fieldErrorf("interest_from", "is missing")
	}
	if err := t.Earlier.validate(); err != nil {
		return err
	}
	return t.validateInstalments()
}

func (t Terms) validateRates() error {
	highest := Percent(headroomPercent)
	if t.Rate.Cmp(Percent(0)) < 0 || t.Rate.Cmp(Percent(MaxRatePercent)) > 0 {
		return fieldErrorf("rate", "must be from 0 to %d percent", MaxRatePercent)
	}
	if t.Rate.Cmp(highest) > 0 {
		highest = t.Rate
	}
	if late := t.LateRate; late != nil {
		if late.Cmp(Percent(0)) < 0 || late.Cmp(Percent(MaxRatePercent)) > 0 {
			return fieldErrorf("late_rate", "must be from 0 to %d percent", MaxRatePercent)
		}
		if late.Cmp(highest) > 0 {
			highest = *late
		}
	}
	w, err := microWide(t.Principal, highest, MaxAccrualYears, 1)
	if n, fits := w.int64(); err != nil || !fits || n > MaxMicro {
		return fieldErrorf("principal", "is so large that its interest could not be counted for %d years", MaxAccrualYears)
	}
	return nil
}

func (t Terms) validateInstalments() error {
	if t.Instalments < 1 || t.Instalments > MaxInstalments {
		return fieldErrorf("instalments", "must be from 1 to %d", MaxInstalments)
	}
	if int64(t.Principal) < int64(t.Instalments) {
		return fieldErrorf("instalments", "must not outnumber the minor units of the principal")
	}
	if t.FirstDue.IsZero() {
		return fieldErrorf("first_due", "is missing")
	}
	if t.DueDay < 0 || t.DueDay > 31 {
		return fieldErrorf("due_day", "must be from 1 to 31")
	}
	if t.FirstDue.AddMonths(0, t.DueDay) != t.FirstDue {
		return fieldErrorf("due_day", "%d does not lead to the first due date %s", t.DueDay, t.FirstDue)
	}
	if t.due(1).AddMonths(-1, t.dueDay()).IsZero() || t.due(t.Instalments).AddDays(maxHolidayRun).IsZero() {
		return fieldErrorf("first_due", "is so early or late that the schedule leaves the years %d to %d", MinYear, MaxYear)
	}
	if !t.InterestFrom.IsZero() && !t.InterestFrom.Before(t.FirstDue) {
		return fieldErrorf("interest_from", "must be before the first due date")
	}
	if !t.AllDue.IsZero() && !t.AllDue.After(t.interestFrom()) {
		return fieldErrorf("all_due", "must be after the day that interest begins")
	}
	return nil
}

func (t Terms) validateOnDemand() error {
	switch {
	case t.Instalments != 0:
		return fieldErrorf("instalments", "must be 0 for a loan on demand")
	case !t.FirstDue.IsZero():
		return fieldErrorf("first_due", "must be absent for a loan on demand")
	case t.DueDay != 0:
		return fieldErrorf("due_day", "must be absent for a loan on demand")
	case t.InterestFrom.IsZero():
		return fieldErrorf("interest_from", "is missing")
	case !t.AllDue.IsZero():
		return fieldErrorf("all_due", "must be absent for a loan on demand")
	}
	return nil
}

// dueDay is the wanted day of the month, or 0 where there is none.
func (t Terms) dueDay() int {
	if t.DueDay != 0 {
		return t.DueDay
	}
	_, _, day := t.FirstDue.Civil()
	return day
}

// due returns the nominal end of a monthly period, counted from 1.
func (t Terms) due(period int) Date { return t.FirstDue.AddMonths(period-1, t.dueDay()) }

// dueBy returns the end of a period, and whether all that is left falls due then
// since AllDue comes no later.
func (t Terms) dueBy(period int) (due Date, all bool) {
	due = t.due(period)
	if !t.AllDue.IsZero() && !due.Before(t.AllDue) {
		return t.AllDue, true
	}
	return due, period == t.Instalments
}

// interestFrom is the day that interest begins.
func (t Terms) interestFrom() Date {
	if !t.InterestFrom.IsZero() {
		return t.InterestFrom
	}
	return t.due(0)
}
