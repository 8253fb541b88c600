package report

import (
	"maps"
	"slices"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Figures are what was counted of one month.
type Figures struct {
	Month Month        `json:"month"`
	Day   finance.Date `json:"day"` // on which it was counted
	// Shares are by the team that did it, Times and Counts of everybody.
	Shares map[Name][]TeamShare `json:"shares,omitempty"`
	Times  map[Name]Spread      `json:"times,omitempty"`
	Counts map[Name]int         `json:"counts,omitempty"`
	Sold   []Sold               `json:"sold,omitempty"`
	// Standing is how the debts stood when they were last counted in the month.
	Standing *Standing `json:"standing,omitempty"`
	// Answers are counted once, when the month is over, and never again: two counts,
	// with one answer between them, would tell what that one said.
	Answers *Answers `json:"answers,omitempty"`
}

// Share is how many of some things were as they should be.
type Share struct {
	Part  int `json:"part"`
	Whole int `json:"whole"`
}

// Plus adds two shares.
func (s Share) Plus(other Share) Share { return Share{s.Part + other.Part, s.Whole + other.Whole} }

// Percent is the share in whole percent, to the nearest; 0 of nothing.
func (s Share) Percent() int {
	if s.Whole == 0 {
		return 0
	}
	return (200*s.Part + s.Whole) / (2 * s.Whole)
}

// TeamShare is the share of one team; of those without one where it is "".
type TeamShare struct {
	Team string `json:"team"`
	Share
}

// Total adds the shares of all teams.
func Total(all []TeamShare) (sum Share) {
	for _, s := range all {
		sum = sum.Plus(s.Share)
	}
	return sum
}

// maxUnits is the greatest length of time that is told apart, in its own unit.
const maxUnits = 10_000

// Spread counts lengths of time: how many there were of each, in whole units.
type Spread map[int]int

// Add counts a length of time. One that is negative is none, and one beyond what is
// told apart is the greatest.
func (s Spread) Add(units, times int) { s[min(max(units, 0), maxUnits)] += times }

// Count is how many lengths there are.
func (s Spread) Count() (n int) {
	for _, times := range s {
		n += times
	}
	return n
}

// Quantile gives the shortest length within which at least a percentage of all lie: the
// median at 50. It is 0 where there are none.
func (s Spread) Quantile(percent int) int {
	need, seen := percent*s.Count(), 0
	for _, units := range slices.Sorted(maps.Keys(s)) {
		if seen += s[units]; 100*seen >= need {
			return units
		}
	}
	return 0
}

// Standing is how the debts of a company stand on a day.
type Standing struct {
	Ageing   []Age       `json:"ageing,omitempty"`
	Plans    Share       `json:"plans"` // plans in force of which nothing is late
	Recovery []Recovered `json:"recovery,omitempty"`
	Rules    []Rule      `json:"rules,omitempty"`
}

// Age is what is owed of the debts whose oldest missed instalment is of an age.
type Age struct {
	Bucket   ledger.Bucket    `json:"bucket"`
	Currency finance.Currency `json:"currency"`
	Cases    int              `json:"cases"`
	Owed     finance.Amount   `json:"owed"`
}

// Recovered is what has been paid of the debts that came in a month. Both amounts are
// of the capital: interest that ran afterwards would make a slow recovery look poorer
// than a fast one.
type Recovered struct {
	Placed   Month            `json:"placed"`
	Currency finance.Currency `json:"currency"`
	Cases    int              `json:"cases"`
	Capital  finance.Amount   `json:"capital"` // when they came
	Paid     finance.Amount   `json:"paid"`
}

// Rule is how often a rule acted in the last year, and how often a person changed that.
type Rule struct {
	Name       string `json:"name"`
	Acted      int    `json:"acted"`
	Overridden int    `json:"overridden"`
}

// Limits above which a rule is overridden often.
const (
	oftenPercent = 20
	oftenLeast   = 10 // times that it acted; fewer say nothing
)

// Share is how often a person changed what the rule did.
func (r Rule) Share() Share { return Share{r.Overridden, r.Acted} }

// Wrong says that the rule is overridden so often that it is itself what is wrong.
func (r Rule) Wrong() bool { return r.Acted >= oftenLeast && r.Share().Percent() >= oftenPercent }

// Sold is what the company transferred to one buyer in a month (2023:714 ch. 2 par. 2
// and 8).
type Sold struct {
	Half     string           `json:"half"` // of the year, such as 2026 H1
	Buyer    ledger.PartyID   `json:"buyer"`
	Consumer bool             `json:"consumer"` // the borrowers are consumers
	Currency finance.Currency `json:"currency"`
	Credits  int              `json:"credits"`
	Capital  finance.Amount   `json:"capital"` // outstanding when they were transferred
}

// SoldInHalves adds what was sold in the months of each half-year.
func SoldInHalves(all []Figures) []Sold {
	sum := map[Sold]Sold{}
	for i := range all {
		for _, s := range all[i].Sold {
			addSold(sum, s)
		}
	}
	return sortedSold(sum)
}

// Share is how much of the capital was paid.
func (r Recovered) Share() Share { return Share{Part: int(r.Paid), Whole: int(r.Capital)} }
