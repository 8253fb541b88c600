package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
)

// listed gives the addresses of the notes that a query lists, over all its pages.
func (w *world) listed(a *actor, query string) []string {
	w.t.Helper()
	all, next := []string{}, ""
	for range 100 {
		path := "/v1/notes?limit=2" + query
		if next != "" {
			path += "&cursor=" + next
		}
		r := w.ask(a, "GET", path, nil, nil)
		var page struct {
			Notes []struct{ ID string }
			Next  string
		}
		if err := json.Unmarshal(r.body, &page); err != nil || r.status != http.StatusOK {
			w.t.Fatalf("%s: %d %s", path, r.status, r.body)
		}
		for _, n := range page.Notes {
			all = append(all, "/v1/notes/"+n.ID)
		}
		if next = page.Next; next == "" {
			return all
		}
	}
	w.t.Fatalf("%s has no end", query)
	return nil
}

func TestListHasTheNotesOfItsFilterInItsOrder(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
	other := w.party("other", "registrar", "person")
	book, second := w.book(lender), w.book(lender)
	due := func(borrower *actor, book, day string) string {
		body := fmt.Sprintf(`{"book":%q,"borrowers":[%q],"answer_by":%q,"terms":{"kind":"simple","consumer":false,"housing":false,
			"credit_purchase":false,"jurisdiction":"generic","agreed_on":"2026-06-01","principal":{"amount":100000,"currency":"SEK"},
			"rate":"0","day_count":"actual/365","schedule":{"kind":"straight_line","instalments":1,"first_due":%q},"interest_from":"2026-06-01","fees":{}}}`,
			book, borrower.party, noon.Add(48*time.Hour).Format(time.RFC3339), day)
		path := "/v1/notes/" + resultOf(w, w.write(lender, "/v1/notes", body), http.StatusCreated).Subject.ID
		resultOf(w, w.write(borrower, path+"/acceptance", `{}`), http.StatusOK)
		return path
	}
	sept, july, august := due(borrower, book, "2026-09-30"), due(borrower, second, "2026-07-31"), due(other, book, "2026-08-31")
	never := w.note(lender, other, second) // on demand
	w.mustPay(lender, sept, 10)            // so it is the last to change
	w.mustPay(lender, july, 100000)        // and this one is paid
	w.catchUp("lender")
	for query, want := range map[string][]string{
		"":                                 {never, august, july, sept},
		"&order=offered":                   {never, august, july, sept},
		"&order=due":                       {august, sept},
		"&due_from=2026-08-31":             {august, sept},
		"&due_from=2026-09-01":             {sept},
		"&due_to=2026-08-31":               {august},
		"&due_to=2026-06-30":               {},
		"&order=changed":                   {august, never, sept, july},
		"&changed_since=0":                 {august, never, sept, july},
		"&status=discharged":               {july},
		"&status=active&order=changed":     {august, never, sept},
		"&book=" + second:                  {never},
		"&borrower=" + string(other.party): {never, august},
		"&borrower=" + string(other.party) + "&due_from=2026-01-01": {august},
		"&holder=" + string(lender.party):                           {never, august, sept},
		"&role=holder&book=" + book:                                 {august, sept},
		"&role=borrower":                                            {},
	} {
		if got := w.listed(lender, query); !slices.Equal(got, want) {
			t.Errorf("%s lists %v, want %v", query, got, want)
		}
	}
}

func TestCursorIsGoodInItsOwnOrderAlone(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
	book := w.book(lender)
	for range 2 {
		w.note(lender, borrower, book)
	}
	for _, order := range []string{"offered", "changed"} {
		var page struct{ Next string }
		r := w.ask(lender, "GET", "/v1/notes?limit=1&order="+order, nil, nil)
		if err := json.Unmarshal(r.body, &page); err != nil || page.Next == "" {
			t.Fatalf("%d %s", r.status, r.body)
		}
		for _, other := range []string{"offered", "changed", "due"} {
			want := http.StatusBadRequest
			if other == order {
				want = http.StatusOK
			}
			if r := w.ask(lender, "GET", "/v1/notes?order="+other+"&cursor="+page.Next, nil, nil); r.status != want {
				t.Errorf("the cursor of %s in %s: %d %s", order, other, r.status, r.body)
			}
		}
	}
}
