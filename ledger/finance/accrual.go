package finance

import (
	"errors"
	"fmt"
)

// LineKind says what a line of interest is.
type LineKind string

// The kinds of line.
const (
	// Interest is the nominal interest on the outstanding principal.
	Interest LineKind = "interest"
	// LateInterest is what lateness adds: the excess of the late rate over the
	// nominal rate on overdue principal, and the whole late rate on overdue
	// interest.
	LateInterest LineKind = "late_interest"
)

// What a line says where the note itself is the source.
const (
	ruleAgreed     = "agreed"
	sourceRate     = "the rate of the note"
	sourceLateRate = "the late rate of the note"
)

// AccrualInput is a stretch of time in which nothing was paid and nobody's
// rights changed.
type AccrualInput struct {
	Terms Terms
	// Standing is that of the day From.
	Standing Standing
	// Interest runs from From up to To, so that a debt paid on the day it was
	// incurred costs nothing.
	From, To Date
	// GateOpen says that the borrower knew whom to pay. While the notice gate is
	// closed no late interest runs (1936:81 par. 3).
	GateOpen bool
	// AgreedOn, Consumer and Housing decide which caps bind the late interest;
	// AgreedOn must be given for a consumer.
	AgreedOn Date
	Consumer bool
	Housing  bool
	// LateHalt is a time in which no late interest runs, and Stop one in which no
	// interest does, from its first day for good.
	LateHalt, Stop Halt
	// Room is what may still be charged; nil where the costs have no cap.
	Room *Room
}

// Line is interest at one rate on one base, and why.
type Line struct {
	Kind LineKind `json:"kind"`
	From Date     `json:"from"`
	To   Date     `json:"to"`
	// Days is the length in the days of the note's day count.
	Days int    `json:"days"`
	Base Amount `json:"base"`
	Rate Rate   `json:"rate"`
	// Micro is the interest in millionths of a minor unit.
	Micro int64 `json:"micro"`
	// Rule is the ID of the dated rule, or "agreed".
	Rule string `json:"rule"`
	// Source is where the rule, and the rate it refers to, can be read.
	Source string `json:"source"`
}

// Accrual is the interest of a stretch of time.
type Accrual struct {
	// Lines has the nominal interest first, then late interest in order of time. A
	// line of 0 says why nothing was charged for its days; what a cap cut short
	// comes last.
	Lines []Line `json:"lines,omitempty"`
	// InterestMicro and LateMicro are the sums of the two kinds, in micro units,
	// each line within one micro unit of the exact value. RoundMicro makes an
	// amount of a sum when it is charged.
	InterestMicro int64 `json:"interest_micro"`
	LateMicro     int64 `json:"late_micro"`
	// Missing names the rates without which some late interest was not charged.
	Missing []MissingRateError `json:"missing,omitempty"`
}

// Accrue computes the interest of a stretch of time. Cutting the stretch in two,
// with the standing carried over, gives exactly the same sums.
//
// Late interest begins when an instalment's PayBy has passed, and is counted
// from that day (1975:635 par. 3; 1936:81 par. 5). It uses the day count of the
// note, so that the nominal and the late part together are the late rate. Where
// the note does not agree on a late rate, the law's applies, which changes with
// the reference rate each half-year. Where a needed reference rate is missing,
// no late interest is charged for those days and the rate is listed in Missing:
// a payment must be possible also when a table has ended, and the borrower must
// not pay for that it has.
func Accrue(in AccrualInput) (Accrual, error) {
	if err := in.validate(); err != nil {
		return Accrual{}, err
	}
	p, err := newPlan(in.Terms, in.Standing)
	if err != nil {
		return Accrual{}, err
	}
	in.From = latest(in.From, in.Terms.interestFrom())
	a := accruer{in: in, plan: p}
	stopped := in.To
	if stop := in.Stop.From; !stop.IsZero() && stop.Before(in.To) {
		stopped = latest(stop, in.From)
	}
	a.in.To = stopped
	out, err := a.until(stopped)
	if err != nil {
		return Accrual{}, err
	}
	if out, err = a.withinRoom(out); err != nil {
		return Accrual{}, err
	}
	if stopped.Before(in.To) {
		out.addWithoutRate(Line{Kind: Interest, From: stopped, To: in.To, Rule: in.Stop.Rule, Source: in.Stop.Source})
	}
	return out, nil
}

// until gives the interest from the beginning up to a day, whatever it comes to.
func (a *accruer) until(to Date) (Accrual, error) {
	part := accruer{in: a.in, plan: a.plan}
	part.in.To = to
	if !part.in.From.Before(to) {
		return part.out, nil
	}
	nominal := lateRate{rate: a.in.Terms.Rate, rule: ruleAgreed, source: sourceRate}
	if err := part.add(Interest, a.in.From, to, a.plan.outstanding(), nominal); err != nil {
		return Accrual{}, err
	}
	if a.in.GateOpen {
		if err := part.addLate(); err != nil {
			return Accrual{}, err
		}
	}
	return part.out, nil
}

func (in AccrualInput) validate() error {
	switch {
	case in.From.IsZero():
		return fieldErrorf("from", "is missing")
	case in.To.IsZero():
		return fieldErrorf("to", "is missing")
	case in.To.Before(in.From):
		return fieldErrorf("to", "%s is before %s", in.To, in.From)
	case in.Consumer && in.AgreedOn.IsZero():
		return fieldErrorf("agreed_on", "is missing")
	}
	return nil
}

func latest(a, b Date) Date {
	if a.Before(b) {
		return b
	}
	return a
}

// accruer gathers the lines of one accrual.
type accruer struct {
	in   AccrualInput
	plan *plan
	out  Accrual
}

// add appends a line, unless it is worth nothing.
func (a *accruer) add(kind LineKind, from, to Date, base Amount, r lateRate) error {
	if base <= 0 || r.rate.micro <= 0 {
		return nil
	}
	t := a.in.Terms
	micro, err := t.accrued(base, r.rate, from, to)
	if err != nil || micro == 0 {
		return err
	}
	total := &a.out.InterestMicro
	if kind == LateInterest {
		total = &a.out.LateMicro
	}
	if *total += micro; *total > MaxMicro {
		return fmt.Errorf("adding up interest from %s to %s: %w", from, to, ErrOutOfRange)
	}
	a.out.Lines = append(a.out.Lines, Line{
		Kind: kind, From: from, To: to, Days: t.DayCount.days(from, to, t.dueDay()),
		Base: base, Rate: r.rate, Micro: micro, Rule: r.rule, Source: r.source,
	})
	return nil
}

// addLate cuts the time where something that late interest depends on changes:
// at the PayBy of each instalment, at each half-year, and where it halts. All are
// finite in number, at most MaxInstalments, two for each year of the calendar, and
// two.
func (a *accruer) addLate() error {
	rows, late := a.plan.rows, 0
	for from := a.in.From; from.Before(a.in.To); {
		for late < len(rows) && !rows[late].PayBy.After(from) {
			late++
		}
		to := a.in.To
		if next := nextHalfYear(from); !next.IsZero() && next.Before(to) {
			to = next
		}
		if late < len(rows) && rows[late].PayBy.Before(to) {
			to = rows[late].PayBy
		}
		if next := a.in.LateHalt.next(from); !next.IsZero() && next.Before(to) {
			to = next
		}
		if err := a.addLatePart(from, to, late); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// addLatePart adds the late interest of a time in which nothing changes and the
// first late rows are overdue.
func (a *accruer) addLatePart(from, to Date, late int) error {
	arrears, err := a.plan.arrears(late, a.in.From)
	if err != nil {
		return err
	}
	parts := [...]struct {
		base    Amount
		measure Measure
		// borne is the rate that the base bears already, as a nominal line.
		borne Rate
	}{
		{arrears.Principal, MeasureLateOnPrincipal, a.in.Terms.Rate},
		{arrears.Interest, MeasureLateOnInterest, Rate{}},
	}
	for _, part := range parts {
		if part.base == 0 {
			continue
		}
		if a.in.LateHalt.covers(from) {
			a.out.addWithoutRate(Line{Kind: LateInterest, From: from, To: to, Base: part.base, Rule: a.in.LateHalt.Rule, Source: a.in.LateHalt.Source})
			continue
		}
		r, err := a.in.lateRate(part.measure, from)
		var missing *MissingRateError
		if errors.As(err, &missing) {
			a.addMissing(*missing)
			continue
		}
		if err != nil {
			return err
		}
		r.rate = r.rate.Sub(part.borne)
		if err := a.add(LateInterest, from, to, part.base, r); err != nil {
			return err
		}
	}
	return nil
}

// addMissing lists each missing rate once; they come in order of time.
func (a *accruer) addMissing(m MissingRateError) {
	if n := len(a.out.Missing); n == 0 || a.out.Missing[n-1] != m {
		a.out.Missing = append(a.out.Missing, m)
	}
}

// lateRate is a rate and why it is that.
type lateRate struct {
	rate         Rate
	rule, source string
}

// lateRate returns the yearly late rate on a day: what the note says, else what
// the law says, else zero; but at most the cap that binds the agreement.
func (in AccrualInput) lateRate(m Measure, on Date) (lateRate, error) {
	notes := circumstances{jurisdiction: in.Terms.Jurisdiction, consumer: in.Consumer, housing: in.Housing}
	law, hasLaw := ruleFor(m, notes, on)
	limit, hasLimit := ruleFor(MeasureLateRate, notes, in.AgreedOn)
	agreed := in.Terms.LateRate
	if agreed == nil && !hasLaw {
		return lateRate{}, nil
	}
	var reference Rate
	var announced string
	if agreed == nil || hasLimit {
		var err error
		if reference, announced, err = ReferenceRate(in.Terms.Jurisdiction, on); err != nil {
			return lateRate{}, err
		}
	}
	r := lateRate{rule: ruleAgreed, source: sourceLateRate}
	if agreed != nil {
		r.rate = *agreed
	} else {
		r = law.lateRate(reference, announced)
	}
	if hasLimit {
		if highest := limit.lateRate(reference, announced); r.rate.Cmp(highest.rate) > 0 {
			return highest, nil
		}
	}
	return r, nil
}

func (r Rule) lateRate(reference Rate, announced string) lateRate {
	return lateRate{
		rate:   reference.Add(r.AboveReference),
		rule:   r.ID,
		source: r.Source + "; reference rate " + announced,
	}
}
