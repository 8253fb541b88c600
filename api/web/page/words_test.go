package page

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/skuld-registry/skuld/api/web/page/pagetest"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// plainly gives a table as the checks of words take it.
func plainly(t Table) map[string][3]string {
	all := map[string][3]string{}
	for key, w := range t {
		all[string(key)] = w
	}
	return all
}

// TestWordsAreThereInThreeLanguagesAndUsed: each with the same places, and none that
// stands in a template.
func TestWordsAreThereInThreeLanguagesAndUsed(t *testing.T) {
	checked := pagetest.Words{Templates: templates, Programs: []string{"*.go", "../*.go", "../facts/*.go", "../part/*.go", "../site/*.go"}}
	for _, table := range tables {
		checked.Tables = append(checked.Tables, plainly(table))
	}
	faults, err := checked.Faults()
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range faults {
		t.Error(fault)
	}
}

// TestFaultsOfWordsAreFound: a check that finds nothing proves nothing.
func TestFaultsOfWordsAreFound(t *testing.T) {
	faults, err := pagetest.Words{
		Tables: []map[string][3]string{{
			"a.one": {"en {x}", "en {x}", "one"}, "b": {"b", "", "b"}, "c": {"c", "c", "c"}, "d": {"d", "d", "d"},
		}, {"d": {"d", "d", "d"}}},
		Templates: fstest.MapFS{"templates/x.html": {Data: []byte(`<p>words {{t "b"}}{{t "unknown"}}{{n "a" 1}}{{t "d"}}</p>`)}},
	}.Faults()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"a.one has no text for many", "a.one has the places [] in language 2, [{x}] in Swedish",
		"b has no text in language 1, or one with spaces around it", "d stands in two tables", "nothing shows c",
		`templates/x.html holds the words "words"`, `templates/x.html uses "unknown", which no table has`,
	}
	if !slices.Equal(faults, want) {
		t.Errorf("the faults are\n%s, want\n%s", strings.Join(faults, "\n"), strings.Join(want, "\n"))
	}
}

// in is a language with all words of this package.
func in(t *testing.T, language ledger.Language) tongue {
	t.Helper()
	words, err := gather(tables)
	if err != nil {
		t.Fatal(err)
	}
	return tongue{language, words}
}

func TestNumbersAndDatesAreWrittenAsTheirReadersDo(t *testing.T) {
	day, err := finance.ParseDate("2026-05-01")
	if err != nil {
		t.Fatal(err)
	}
	rate, err := finance.ParseRate("7.5")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, time.December, 31, 23, 5, 0, 0, time.UTC)
	for language, want := range map[ledger.Language]string{
		ledger.Swedish: "1 maj 2026|maj 2026|12 345,67 kr|−1 234 567,00 kr|5,00 DKK|7,5 %|1 januari 2027 kl. 00.05|1 000",
		ledger.Danish:  "1. maj 2026|maj 2026|12.345,67 SEK|−1.234.567,00 SEK|5,00 kr.|7,5 %|1. januar 2027 kl. 00.05|1.000",
		ledger.English: "1 May 2026|May 2026|SEK 12,345.67|SEK −1,234,567.00|DKK 5.00|7.5%|1 January 2027 at 00:05|1,000",
	} {
		l := in(t, language)
		got := strings.Join([]string{
			l.dateText(day), l.monthText(day), l.money(finance.Money{Amount: 12_345_67, Currency: "SEK"}),
			l.money(finance.Money{Amount: -1_234_567_00, Currency: "SEK"}), l.money(finance.Money{Amount: 5_00, Currency: "DKK"}),
			l.percent(rate), l.momentText(at), l.number(1000),
		}, "|")
		if got = strings.ReplaceAll(got, hardSpace, " "); got != want {
			t.Errorf("%s writes\n%s, want\n%s", language, got, want)
		}
	}
}

func TestTextRefusesWhatItCannotWrite(t *testing.T) {
	l := in(t, ledger.Swedish)
	for name, text := range map[string]Text{
		"an unknown key": Say("no.such.key"), "a name without a value": Say("frame.help", "company"),
		"a value without a name": Say("frame.help", 1, 2), "a value of no form": Say("frame.help", "company", struct{}{}),
	} {
		if got, err := l.html(text); err == nil {
			t.Errorf("%s is written as %q", name, got)
		}
	}
}

// TestValueIsNeverTakenForAPlace: somebody's name may be {number}.
func TestValueIsNeverTakenForAPlace(t *testing.T) {
	got, err := in(t, ledger.English).plain(Say("help.lead"))
	if err != nil || got == "" {
		t.Fatal(err)
	}
	got, err = in(t, ledger.English).plain(Say("problem.quote", "id", "{id}"))
	if err != nil || !strings.HasPrefix(got, "If you call about this, mention {id}") {
		t.Errorf("got %q, %v", got, err)
	}
}
