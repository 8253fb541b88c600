package report_test

import (
	"reflect"
	"testing"

	"github.com/skuld-registry/skuld/api/casework/report"
	"github.com/skuld-registry/skuld/ledger"
)

func measure(t *testing.T, name report.Name) report.Measure {
	t.Helper()
	for _, m := range report.Measures() {
		if m.Name == name {
			return m
		}
	}
	t.Fatalf("nobody measures %s", name)
	return report.Measure{}
}

func TestSeriesHasAPointForEachMonthAndNothingWhereNothingWasMeasured(t *testing.T) {
	figures := []report.Figures{
		{Month: "2026-04"},
		{Month: "2026-05", Shares: map[report.Name][]report.TeamShare{report.Calls: {{"A", report.Share{Part: 1, Whole: 2}}, {"B", report.Share{Part: 5, Whole: 6}}}}},
		{Month: "2026-06", Shares: map[report.Name][]report.TeamShare{report.Calls: {{"A", report.Share{Part: 0, Whole: 3}}}}},
	}
	m := measure(t, report.Calls)
	want := []report.Point{{Month: "2026-04"}, {Month: "2026-05", Has: true, Value: 75, Of: 8}, {Month: "2026-06", Has: true, Value: 0, Of: 3}}
	if got := m.Series(figures); !reflect.DeepEqual(got, want) {
		t.Errorf("the series is %+v, want %+v", got, want)
	}
	teams := []report.TeamShare{{"A", report.Share{Part: 1, Whole: 5}}, {"B", report.Share{Part: 5, Whole: 6}}}
	if got := m.Teams(figures); !reflect.DeepEqual(got, teams) {
		t.Errorf("the teams are %+v, want %+v", got, teams)
	}
}

func TestTimesTellTheMedianAndTheSlowTenth(t *testing.T) {
	spread := report.Spread{}
	for hours := range 10 {
		spread.Add(hours+1, 1)
	}
	m := measure(t, report.Signing)
	got := m.Series([]report.Figures{{Month: "2026-06", Times: map[report.Name]report.Spread{report.Signing: spread}}})
	if want := []report.Point{{Month: "2026-06", Has: true, Value: 5, Slow: 9, Of: 10}}; !reflect.DeepEqual(got, want) {
		t.Errorf("one to ten hours are %+v, want %+v", got, want)
	}
	odd := report.Spread{}
	odd.Add(-3, 1) // the bank's day is after ours
	odd.Add(1<<40, 1)
	if a, b := odd.Quantile(50), odd.Quantile(100); a != 0 || b != 10_000 {
		t.Errorf("lengths without bounds are told as %d and %d", a, b)
	}
	if got := (report.Spread{}).Quantile(50); got != 0 {
		t.Errorf("the median of nothing is %d", got)
	}
}

func TestSharesAreRoundedToTheNearest(t *testing.T) {
	for _, c := range []struct{ part, whole, want int }{{0, 0, 0}, {0, 7, 0}, {7, 7, 100}, {1, 3, 33}, {2, 3, 67}, {1, 200, 1}, {1, 201, 0}} {
		if got := (report.Share{Part: c.part, Whole: c.whole}).Percent(); got != c.want {
			t.Errorf("%d of %d is %d percent, want %d", c.part, c.whole, got, c.want)
		}
	}
}

func TestTargetsAndTrendsKnowWhichWayIsBetter(t *testing.T) {
	at := func(values ...int) (all []report.Point) {
		for _, v := range values {
			all = append(all, report.Point{Has: v >= 0, Value: v})
		}
		return all
	}
	calls, signing := measure(t, report.Calls), measure(t, report.Signing)
	for _, c := range []struct {
		m      report.Measure
		points []report.Point
		change int
		known  bool
	}{
		{calls, at(80, 90), 10, true}, {calls, at(90, -1, 80, -1), -10, true}, {signing, at(40, 30), 10, true},
		{calls, at(90, 90), 0, true}, {calls, at(-1, 90), 0, false}, {calls, nil, 0, false},
	} {
		if change, known := c.m.Trend(c.points); change != c.change || known != c.known {
			t.Errorf("%s of %+v changed by %d, %v", c.m.Name, c.points, change, known)
		}
	}
	for _, c := range []struct {
		m     report.Measure
		value int
		met   bool
	}{{calls, 94, false}, {calls, 95, true}, {signing, 48, true}, {signing, 49, false}} {
		if c.m.Met(c.value) != c.met {
			t.Errorf("%s of %d is met: %v", c.m.Name, c.value, !c.met)
		}
	}
}

func TestRuleThatIsOftenOverriddenIsMarkedWrong(t *testing.T) {
	for _, c := range []struct {
		rule  report.Rule
		wrong bool
	}{
		{report.Rule{Acted: 10, Overridden: 2}, true}, {report.Rule{Acted: 10, Overridden: 1}, false},
		{report.Rule{Acted: 9, Overridden: 9}, false}, {report.Rule{}, false},
	} {
		if got := c.rule.Wrong(); got != c.wrong {
			t.Errorf("%+v is wrong: %v", c.rule, got)
		}
	}
}

func TestWindowIsAYearAndTheMonthBefore(t *testing.T) {
	w := report.Window("2026-02")
	if len(w) != 13 || w[0] != "2025-02" || w[11] != "2026-01" || w[12] != "2026-02" {
		t.Errorf("the window is %v", w)
	}
	if a, b := report.Month("2026-06").Half(), report.Month("2026-07").Half(); a != "2026 H1" || b != "2026 H2" {
		t.Errorf("June is in %s and July in %s", a, b)
	}
}

func TestShareOfOldDebtsCountsAllCurrencies(t *testing.T) {
	f := report.Figures{Month: "2026-06", Standing: &report.Standing{Ageing: []report.Age{
		{Bucket: ledger.BucketCurrent, Currency: "SEK", Cases: 5}, {Bucket: ledger.BucketOld, Currency: "SEK", Cases: 1}, {Bucket: ledger.BucketOld, Currency: "DKK", Cases: 2},
	}}}
	m := measure(t, report.Old)
	if got := m.Series([]report.Figures{f})[0]; got.Value != 38 || got.Of != 8 {
		t.Errorf("three of eight are %+v", got)
	}
}
