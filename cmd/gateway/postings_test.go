package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// posting is a posting as a caller reads it.
type posting struct {
	Event, Note, Account string
	Op                   ledger.Op
	BookedAt             time.Time `json:"booked_at"`
	Debit, Credit        finance.Amount
}

// postings reads the postings of a party, and where it is to go on.
func (w *world) postings(a *actor, query string) (all []posting, next string) {
	w.t.Helper()
	w.catchUp(a.gateway)
	r := w.ask(a, "GET", "/v1/exports/postings"+query, nil, http.Header{"Accept": {"application/x-ndjson"}})
	if r.status != http.StatusOK {
		w.t.Fatalf("%s: %d %s", query, r.status, r.body)
	}
	for line := range strings.Lines(string(r.body)) {
		var p posting
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			w.t.Fatalf("%s: %v", line, err)
		}
		all = append(all, p)
	}
	next, _ = strings.CutPrefix(r.header.Get("Link"), "</v1/exports/postings")
	next, _ = strings.CutSuffix(next, `>; rel="next"`)
	return all, next
}

// hand gives a note, or the right to collect it, from one party to another.
func (w *world) hand(from, to *actor, note, kind, offer, acceptance string) {
	w.t.Helper()
	offered := resultOf(w, w.write(from, note+"/transfers", fmt.Sprintf(`{"to":%q,"kind":%q%s}`, to.party, kind, offer)), http.StatusOK)
	resultOf(w, w.write(to, note+"/transfers/"+string(offered.Command)+"/acceptance", acceptance), http.StatusOK)
}

// bookOf adds postings up: what is debited to an account, less what is credited.
func bookOf(t *testing.T, all []posting) map[string]finance.Amount {
	t.Helper()
	accounts, events := map[string]finance.Amount{}, map[string]finance.Amount{}
	for _, p := range all {
		accounts[p.Account] += p.Debit - p.Credit
		events[p.Event] += p.Debit - p.Credit
	}
	for event, left := range events {
		if left != 0 {
			t.Errorf("the booking of event %s does not balance: %d is left", event, left)
		}
	}
	return accounts
}

func claimsOf(book map[string]finance.Amount) finance.Parts {
	return finance.Parts{
		Costs: book["claim_costs"], LateInterest: book["claim_late_interest"],
		Interest: book["claim_interest"], Principal: book["claim_principal"],
	}
}

// TestPostingsAddUp: the claims in the books of whoever holds a note are what its
// statement has booked, before a sale and after it, and what parties owe each
// other cancels out.
func TestPostingsAddUp(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 2))
			w := newWorld(t, inproc.Options{})
			lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
			servicer, buyer := w.party("servicer", "lender", "company"), w.party("buyer", "collector", "company")
			note, book := w.interestBearing(lender, borrower, w.book(lender)), w.book(buyer)
			w.hand(lender, servicer, note, "collection_mandate", "", "{}")
			resultOf(w, w.write(servicer, note+"/payments", pay(777)), http.StatusOK)
			for range 6 {
				w.live(rng, lender, note)
			}
			collected, _ := w.postings(servicer, "") // while it may read the note
			if got := bookOf(t, collected); got["cash"] != 777 || got["settlement"] != -777 || len(got) != 2 {
				t.Errorf("the servicer's books are %v", got)
			}
			checkClaims(t, w, lender, note)
			w.hand(lender, buyer, note, "sale", `,"form":"full"`, fmt.Sprintf(`{"book":%q}`, book))
			w.catchUp("lender")
			w.mustPay(lender, note, 11) // in the buyer's place, which was not told of
			w.clock.Advance(9 * 24 * time.Hour)
			w.mustPay(buyer, note, 4321)
			checkClaims(t, w, buyer, note)
			sold, _ := w.postings(lender, "")
			bought, _ := w.postings(buyer, "")
			a, b := bookOf(t, sold), bookOf(t, bought)
			if claimsOf(a) != (finance.Parts{}) || a["sale"] <= 0 || a["sale"] != -b["sale"] || a["settlement"]+b["settlement"] != 777 || b["settlement"] != 11 {
				t.Errorf("the seller's books are %v, the buyer's %v", a, b)
			}
			if other, _ := w.postings(borrower, ""); len(other) != 0 {
				t.Errorf("the borrower's books are %v", other)
			}
		})
	}
}

// checkClaims compares a holder's books with the note's statement.
func checkClaims(t *testing.T, w *world, holder *actor, note string) {
	t.Helper()
	all, _ := w.postings(holder, "")
	var want finance.Parts
	for _, e := range w.statement(holder, note, "").Entries {
		if e.Seq > 0 {
			want = e.Balance.Parts
		}
	}
	if got := claimsOf(bookOf(t, all)); got != want || sum(want) == 0 {
		t.Errorf("the claims are %+v, and the statement has %+v", got, want)
	}
}

// TestPostingsAreReadFromWhereTheyEnded: in parts by event or by day they are the
// same, and nothing comes twice.
func TestPostingsAreReadFromWhereTheyEnded(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
	note := w.interestBearing(lender, borrower, w.book(lender))
	for range 3 {
		w.clock.Advance(24 * time.Hour)
		w.mustPay(lender, note, 100)
	}
	all, next := w.postings(lender, "")
	if again, _ := w.postings(lender, next); len(again) != 0 || len(all) < 8 {
		t.Fatalf("after %d postings, which are all, come %v", len(all), again)
	}
	for i, p := range all {
		if i > 0 && p.Event == all[i-1].Event {
			continue
		}
		rest, end := w.postings(lender, "?after="+p.Event)
		begin := slices.IndexFunc(all, func(q posting) bool { return q.Event != p.Event && q.BookedAt.After(p.BookedAt) })
		if begin < 0 {
			begin = len(all)
		}
		if !slices.Equal(rest, all[begin:]) || end != next {
			t.Errorf("after %s come %v, then %s", p.Event, rest, end)
		}
		day := finance.DateOf(p.BookedAt)
		before, none := w.postings(lender, "?to="+day.AddDays(-1).String())
		from, _ := w.postings(lender, "?from="+day.String())
		if !slices.Equal(append(before, from...), all) || none != "" {
			t.Errorf("cut at %s there are %d and %d postings, want %d; next is %q", day, len(before), len(from), len(all), none)
		}
	}
	w.clock.Advance(time.Hour)
	w.mustPay(lender, note, 5)
	if more, _ := w.postings(lender, next); len(more) == 0 || more[0].Op != ledger.OpPay {
		t.Errorf("the next payment is booked as %v", more)
	}
}

func TestPostingsAsATable(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
	w.interestBearing(lender, borrower, w.book(lender))
	lines, _ := w.postings(lender, "")
	r := w.ask(lender, "GET", "/v1/exports/postings", nil, nil)
	rows, err := csv.NewReader(strings.NewReader(string(r.body))).ReadAll()
	if err != nil || r.status != http.StatusOK || len(rows) != 1+len(lines) || r.header.Get("Content-Disposition") != `attachment; filename="postings.csv"` {
		t.Fatalf("%d %s: %v", r.status, r.body, err)
	}
	for i, p := range lines {
		row := rows[i+1]
		if row[0] != p.Event || row[6] != p.Account || row[8] != strconv.Itoa(int(p.Debit)) || row[9] != strconv.Itoa(int(p.Credit)) {
			t.Errorf("row %d is %v, want %+v", i, row, p)
		}
	}
}
