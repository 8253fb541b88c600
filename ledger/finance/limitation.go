package finance

import "fmt"

// Claim is what decides when a claim is barred.
type Claim struct {
	Jurisdiction Jurisdiction
	// Negotiable says that the claim rests on a negotiable note.
	Negotiable bool
	// Consumer says that the debtor is a consumer.
	Consumer bool
	// TraderCreditor says that the creditor acted in the course of trade.
	TraderCreditor bool
	// From is the day that the claim arose or that limitation was last
	// interrupted, from which it runs anew (1981:130 par. 5-7).
	From Date
}

// Limitation returns the last day of the limitation period: the day of the same
// number some years later, or the last of that month (1930:173 par. 1). After
// it the claim is extinguished. It returns no date where no rule of the
// jurisdiction limits the claim.
func Limitation(c Claim) (Date, error) {
	if _, err := factsOf(c.Jurisdiction); err != nil {
		return Date{}, err
	}
	if c.From.IsZero() {
		return Date{}, fieldErrorf("from", "is missing")
	}
	rule, ok := ruleFor(MeasureLimitation, circumstances{
		jurisdiction:   c.Jurisdiction,
		consumer:       c.Consumer,
		negotiable:     c.Negotiable,
		traderCreditor: c.TraderCreditor,
	}, c.From)
	if !ok {
		return Date{}, nil
	}
	end := c.From.AddMonths(rule.Years*monthsPerYear, 0)
	if end.IsZero() {
		return Date{}, fmt.Errorf("computing the limitation of a claim from %s: %w", c.From, ErrOutOfRange)
	}
	return end, nil
}
