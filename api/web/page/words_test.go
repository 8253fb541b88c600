package page

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/net/html"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

var place = regexp.MustCompile(`\{[a-z]+\}`)

// TestEveryTextIsThereInThreeLanguages, with the same places, and once.
func TestEveryTextIsThereInThreeLanguages(t *testing.T) {
	seen := map[Key]bool{}
	for _, table := range tables {
		for key, w := range table {
			if seen[key] {
				t.Errorf("%s stands in two tables", key)
			}
			seen[key] = true
			var places []string
			for _, language := range ledger.Languages() {
				text := w.in(language)
				if strings.TrimSpace(text) != text || text == "" {
					t.Errorf("%s has no text in %s, or one with spaces around it", key, language)
				}
				found := place.FindAllString(text, -1)
				slices.Sort(found)
				found = slices.Compact(found)
				if strings.HasSuffix(string(key), ".one") {
					found = slices.DeleteFunc(found, func(p string) bool { return p == "{n}" }) // it may be said in a word
				}
				if language != ledger.Swedish && !slices.Equal(found, places) {
					t.Errorf("%s has the places %v in %s, %v in Swedish", key, found, language, places)
				}
				places = found
			}
			if one, ok := strings.CutSuffix(string(key), ".one"); ok {
				if _, ok := vocabulary[Key(one+".many")]; !ok {
					t.Errorf("%s has no text for many", key)
				}
			}
		}
	}
}

// sources gives the texts of the templates and of the programs that use the words.
func sources(t *testing.T) (templateTexts map[string]string, all string) {
	t.Helper()
	templateTexts = map[string]string{}
	var b strings.Builder
	names, err := fs.Glob(templates, "templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(templates, name)
		if err != nil {
			t.Fatal(err)
		}
		templateTexts[name] = string(text)
		b.Write(text)
	}
	for _, pattern := range []string{"*.go", "../*.go", "../facts/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasPrefix(file, "words_") || strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(text)
		}
	}
	return templateTexts, b.String()
}

var called = regexp.MustCompile(`\{\{-? ?(t|n) "([^"]+)"`)

func TestTemplatesUseOnlyWordsThatAreThere(t *testing.T) {
	texts, _ := sources(t)
	for name, text := range texts {
		for _, m := range called.FindAllStringSubmatch(text, -1) {
			key := Key(m[2])
			if m[1] == "n" {
				key += ".one"
			}
			if _, ok := vocabulary[key]; !ok {
				t.Errorf("%s uses %q, which no table has", name, m[2])
			}
		}
	}
}

// TestNoWordsStandInATemplate: what is not in the tables is not translated.
func TestNoWordsStandInATemplate(t *testing.T) {
	texts, _ := sources(t)
	actions := regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	for name, text := range texts {
		text = strings.ReplaceAll(actions.ReplaceAllString(text, ""), "noscript", "div") // whose content is no mark-up to the tokenizer
		tokens := html.NewTokenizer(strings.NewReader(text))
		for kind := tokens.Next(); kind != html.ErrorToken; kind = tokens.Next() {
			if found := string(tokens.Raw()); kind == html.TextToken && strings.ContainsFunc(found, unicode.IsLetter) {
				t.Errorf("%s holds the words %q", name, strings.TrimSpace(found))
			}
		}
	}
}

// TestEveryTextIsUsed: a text that nobody shows is one that nobody keeps right. A key
// that is put together from parts is known by how it begins.
func TestEveryTextIsUsed(t *testing.T) {
	_, all := sources(t)
	for _, key := range slices.Sorted(maps.Keys(vocabulary)) {
		name := strings.TrimSuffix(strings.TrimSuffix(string(key), ".one"), ".many")
		used := strings.Contains(all, `"`+name+`"`)
		for parts := strings.Split(name, "."); !used && len(parts) > 1; {
			parts = parts[:len(parts)-1]
			used = strings.Contains(all, `"`+strings.Join(parts, ".")+`."`) || strings.Contains(all, `"`+strings.Join(parts, ".")+`"`) && strings.Contains(all, `".`+strings.TrimPrefix(name, strings.Join(parts, ".")+".")+`"`)
		}
		if !used {
			t.Errorf("nothing shows %s", key)
		}
	}
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
		l := tongue{language}
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
	l := tongue{ledger.Swedish}
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
	got, err := tongue{ledger.English}.plain(Say("help.lead"))
	if err != nil || got == "" {
		t.Fatal(err)
	}
	got, err = tongue{ledger.English}.plain(Say("problem.quote", "id", "{id}"))
	if err != nil || !strings.HasPrefix(got, "If you call about this, mention {id}") {
		t.Errorf("got %q, %v", got, err)
	}
}
