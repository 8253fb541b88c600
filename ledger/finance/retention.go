package finance

import "fmt"

// Retention returns the last day on which a debt that was discharged must still
// be provable, given the day of its last entry: for so long somebody may claim
// something because of it, such as a borrower who has paid too much. What is
// personal in it is kept for that claim (Regulation (EU) 2016/679 art. 17(3)(e))
// and no longer.
func Retention(j Jurisdiction, last Date) (Date, error) {
	if _, err := factsOf(j); err != nil {
		return Date{}, err
	}
	if last.IsZero() {
		return Date{}, fieldErrorf("last", "is missing")
	}
	rule, ok := ruleFor(MeasureRetention, circumstances{jurisdiction: j}, last)
	if !ok {
		return Date{}, fieldErrorf("last", "lies on %s, when no rule said how long a debt is kept", last)
	}
	end := last.AddMonths(rule.Years*monthsPerYear, 0)
	if end.IsZero() {
		return Date{}, fmt.Errorf("computing the retention of a debt discharged on %s: %w", last, ErrOutOfRange)
	}
	return end, nil
}
