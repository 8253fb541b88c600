package finance

import (
	"cmp"
	"fmt"
	"strings"
)

// Limits of a rate that is read from text, in percent per year.
const (
	MinRatePercent = -100
	MaxRatePercent = 1000
	rateDecimals   = 6
	rateScale      = 1_000_000
	// maxRateText is the length of the longest canonical rate, "-100.000000" at most.
	maxRateText = 11
)

// Rate is an exact yearly rate in percent, with at most six decimals. Rates are
// comparable with ==; the zero value is 0 %.
type Rate struct {
	// micro counts millionths of a percentage point.
	micro int64
}

// Percent returns a rate of whole percentage points.
func Percent(points int) Rate { return Rate{int64(points) * rateScale} }

// ParseRate reads a decimal number such as "5.32", "-0.50" or "8", without an
// exponent or a percent sign, from -100 to 1000 with at most six decimals.
func ParseRate(text string) (Rate, error) {
	if len(text) > maxRateText {
		return Rate{}, fieldErrorf("rate", "is longer than %d characters", maxRateText)
	}
	n, ok := parseDecimal(text, rateDecimals)
	if !ok {
		return Rate{}, fieldErrorf("rate", "%q is not a number with at most %d decimals", text, rateDecimals)
	}
	r := Rate{n}
	if r.Cmp(Percent(MinRatePercent)) < 0 || r.Cmp(Percent(MaxRatePercent)) > 0 {
		return Rate{}, fieldErrorf("rate", "%s is not between %d and %d percent", text, MinRatePercent, MaxRatePercent)
	}
	return r, nil
}

// Add returns the sum of two rates.
func (r Rate) Add(other Rate) Rate { return Rate{r.micro + other.micro} }

// Sub returns the difference of two rates.
func (r Rate) Sub(other Rate) Rate { return Rate{r.micro - other.micro} }

// Cmp returns -1, 0 or +1 as r is lower than, equal to or higher than other.
func (r Rate) Cmp(other Rate) int { return cmp.Compare(r.micro, other.micro) }

// String writes the rate in percent in its one canonical spelling, without
// needless zeros: "5.32", "-0.5", "8".
func (r Rate) String() string {
	text := formatDecimal(r.micro, rateDecimals)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// MarshalText writes the canonical spelling.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText accepts only the canonical spelling, so that a rate that is read
// from signed bytes is written back as the same bytes.
func (r *Rate) UnmarshalText(text []byte) error {
	parsed, err := ParseRate(string(text))
	if err != nil {
		return err
	}
	if parsed.String() != string(text) {
		return fieldErrorf("rate", "%q must be written %q", text, parsed)
	}
	*r = parsed
	return nil
}

// UnmarshalJSON accepts a JSON string with the canonical spelling: a JSON number
// could not be trusted to stay exact on its way through other programs.
func (r *Rate) UnmarshalJSON(data []byte) error {
	text, err := unquote(data)
	if err != nil {
		return fmt.Errorf("reading a rate: %w", err)
	}
	return r.UnmarshalText([]byte(text))
}
