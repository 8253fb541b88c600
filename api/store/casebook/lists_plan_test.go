package casebook_test

import (
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/store/casebook/crowd"
)

// crowded are the notes of the database in which plans are looked at: so many that no
// database would rather read a table whole.
const crowded = 1500

// whole are the words of a plan that reads a table whole, or an index that a list is
// not in the order of.
var whole = regexp.MustCompile(`Seq Scan|SCAN [a-z]+$|SCAN [a-z]+\n|AUTOMATIC`)

// listQueries are what pages ask of the tables that grow with the notes, as the
// functions of the book ask it.
var listQueries = map[string]string{
	"a case's contacts":           "SELECT id FROM contacts WHERE note = 'n' AND place < 9000 ORDER BY place DESC LIMIT 51",
	"who called":                  "SELECT id FROM contacts WHERE number = '+4681' AND number <> '' ORDER BY place DESC LIMIT 51",
	"a case's acts":               "SELECT id FROM acts WHERE note = 'n' AND place < 9000 ORDER BY place DESC LIMIT 51",
	"acts of one":                 "SELECT id FROM acts WHERE staff = 'staff-2' AND place < 9000 ORDER BY place DESC LIMIT 51",
	"acts by their command":       "SELECT id FROM acts WHERE command = 'command-7' AND command <> '' AND note = 'n'",
	"acts, the next page":         "SELECT id FROM acts WHERE place < 800 ORDER BY place DESC LIMIT 51",
	"readings":                    "SELECT staff FROM readings WHERE (day, note, staff) < ('2026-06-14', 'n', 's') ORDER BY day DESC, note DESC, staff DESC LIMIT 51",
	"readings of a case":          "SELECT staff FROM readings WHERE note = 'n' ORDER BY day DESC, note DESC, staff DESC LIMIT 51",
	"a case's decisions":          "SELECT id FROM decisions WHERE note = 'n' AND place < 9000 ORDER BY place DESC LIMIT 51",
	"a rule's decisions":          "SELECT id FROM decisions WHERE rule = 'SE.demand' AND place < 5000 ORDER BY place DESC LIMIT 51",
	"a rule's overrides":          "SELECT id FROM decisions WHERE rule = 'SE.demand' AND state = 'overridden' AND place < 9000 ORDER BY place DESC LIMIT 51",
	"proposals":                   "SELECT id FROM decisions WHERE state = 'proposed' AND place > 70 ORDER BY place LIMIT 51",
	"bank entries in a state":     "SELECT id FROM bank_entries WHERE state = 'unmatched' AND place > 90 ORDER BY place LIMIT 51",
	"a file's entries":            "SELECT entry FROM bank_file_entries WHERE file = 'file-1'",
	"an entry's parts":            "SELECT id FROM bank_parts WHERE entry = 'entry-1' ORDER BY place",
	"parts by their command":      "SELECT id FROM bank_parts WHERE command = 'command-7' AND command <> ''",
	"payments that go back":       "SELECT id FROM bank_parts WHERE kind = 'return' AND state = 'due' AND place > 5 ORDER BY place LIMIT 51",
	"a case's events":             "SELECT e.seq FROM entries e JOIN transactions t ON t.id = e.tx WHERE e.kind = 'note' AND e.id = 'n' AND e.seq <= 90 ORDER BY e.seq DESC LIMIT 31",
	"a word's terms":              "SELECT note FROM search_terms WHERE term >= CAST('anders' AS BYTEA) AND term < CAST('anderz' AS BYTEA) ORDER BY term, kind, note LIMIT 2000",
	"what a note is found by":     "SELECT term FROM search_terms WHERE note = 'n' AND term >= CAST('anders' AS BYTEA) AND term < CAST('anderz' AS BYTEA) LIMIT 1",
	"what is due to clients":      "SELECT client FROM bank_parts WHERE kind = 'pay' AND (state = 'done' AND accounted = 0 OR state = 'undone' AND accounted > 0 AND accounted_back = 0) AND client = 'c'",
	"an act that was taken back":  "SELECT id FROM acts WHERE undoes = 'act-1' AND undoes <> ''",
	"what a person has promised":  "SELECT id FROM promises WHERE note = 'n' ORDER BY place DESC LIMIT 9",
	"the cases of a page's notes": "SELECT number FROM cases WHERE note IN ('n', 'm')",
}

// TestListsOfALargeCompanyReadNoTableWhole, on either database.
func TestListsOfALargeCompanyReadNoTableWhole(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		wish := crowd.Wish{Notes: crowded, Now: time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC), Decision: json.RawMessage("{}")}
		if err := crowd.Fill(t.Context(), b, wish); err != nil {
			t.Fatal(err)
		}
		for name, query := range listQueries {
			if plan := planOf(t, b, query); whole.MatchString(plan) {
				t.Errorf("%s: %s\n%s", name, query, plan)
			}
		}
		if found, _, err := b.Find(t.Context(), casebook.Search{Text: crowd.Given + " " + crowd.Rare}); err != nil || len(found) != 1 {
			t.Errorf("a rare name finds %d cases, %v", len(found), err)
		}
		long, err := b.Case(t.Context(), crowd.Longest)
		if err != nil || long == nil {
			t.Fatalf("the longest case is %v, %v", long, err)
		}
		if page, more, err := b.Timeline(t.Context(), casebook.TimelineQuery{Note: long.Note, Limit: 30}); err != nil || len(page) != 30 || !more {
			t.Errorf("a page of what happened in it has %d rows, more: %t, %v", len(page), more, err)
		}
	})
}
