package finance

// AccelerationFacts is what the law looks at when a creditor demands all of a
// credit ahead of its time.
type AccelerationFacts struct {
	Jurisdiction Jurisdiction
	Consumer     bool
	// ToldOn is the day that the borrower was told, which decides the rules.
	ToldOn Date
	// Claim is all that is owed, in minor units.
	Claim Amount
	// Rows is the schedule, of which Covered, in minor units and from its
	// beginning, has been paid.
	Rows    []Instalment
	Covered Amount
}

// MayAccelerate says whether the borrower was late enough on the day that it was
// told. Where the law asks for more than that something is late, nearest is the
// first rule that would allow it, and any rule that does makes ok true.
func MayAccelerate(f AccelerationFacts) (nearest Rule, ok bool, err error) {
	if _, err := factsOf(f.Jurisdiction); err != nil {
		return Rule{}, false, err
	}
	if f.ToldOn.IsZero() {
		return Rule{}, false, fieldErrorf("told_on", "is missing")
	}
	notes := circumstances{jurisdiction: f.Jurisdiction, consumer: f.Consumer}
	ruled := false
	for _, r := range datedRules {
		if r.Measure != MeasureAcceleration || !r.applies(notes, f.ToldOn) {
			continue
		}
		if f.lateEnough(r) {
			return r, true, nil
		}
		if !ruled {
			nearest, ruled = r, true
		}
	}
	if ruled {
		return nearest, false, nil
	}
	return Rule{}, f.lateEnough(Rule{Times: 1}), nil
}

// lateEnough compares what is late for longer than the rule's months with its
// part of the claim and its number of instalments.
func (f AccelerationFacts) lateEnough(r Rule) bool {
	var late Amount
	times, covered := 0, f.Covered
	for _, row := range f.Rows {
		if !row.PayBy.AddMonths(r.Months, 0).Before(f.ToldOn) {
			break
		}
		left := row.Total - min(row.Total, covered)
		covered -= row.Total - left
		if left > 0 {
			late += left
			times++
		}
	}
	// A claim is at most MaxAmount, so its thousandfold fits.
	return times >= r.Times && late*1000 > f.Claim*Amount(r.PerMille)
}

// AccelerationNotice returns the first day on which all of a credit may fall due
// where the borrower was told on a day: that very day where no rule asks for more.
func AccelerationNotice(j Jurisdiction, consumer bool, toldOn Date) (Date, error) {
	if _, err := factsOf(j); err != nil {
		return Date{}, err
	}
	rule, _ := ruleFor(MeasureAccelerationNotice, circumstances{jurisdiction: j, consumer: consumer}, toldOn)
	return toldOn.AddDays(rule.Days), nil
}

// ExtensionsAllowed returns how often the time of a credit may be extended at a
// cost to the borrower; limited is false where no rule says.
func ExtensionsAllowed(j Jurisdiction, consumer, housing bool, agreedOn Date) (times int, limited bool) {
	rule, limited := ruleFor(MeasureExtension, circumstances{jurisdiction: j, consumer: consumer, housing: housing}, agreedOn)
	return rule.Times, limited
}
