package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// owed is what is owed at a moment, as a statement says it.
type owed struct {
	finance.Parts
	Total finance.Amount `json:"total"`
}

// sheet is a statement as a caller reads it.
type sheet struct {
	From, To finance.Date
	Opening  owed
	Entries  []struct {
		Seq                     uint64
		Op                      ledger.Op
		Charged, Paid, Forgiven finance.Parts
		Balance                 owed
	}
	Closing owed
}

func (w *world) statement(a *actor, note, query string) sheet {
	w.t.Helper()
	var s sheet
	r := w.ask(a, "GET", note+"/statement"+query, nil, nil)
	if err := json.Unmarshal(r.body, &s); err != nil || r.status != http.StatusOK {
		w.t.Fatalf("%s: %d %s", query, r.status, r.body)
	}
	return s
}

// interestBearing issues a note of 12,000 kronor at six percent, and gives its address.
func (w *world) interestBearing(lender, borrower *actor, book string) string {
	w.t.Helper()
	body := fmt.Sprintf(`{"book":%q,"borrowers":[%q],"answer_by":%q,"terms":{"kind":"simple","consumer":false,"housing":false,
		"credit_purchase":false,"jurisdiction":"SE","agreed_on":"2026-06-01","principal":{"amount":1200000,"currency":"SEK"},
		"rate":"6","day_count":"actual/365","schedule":{"kind":"straight_line","instalments":12,"first_due":"2026-06-30"},
		"interest_from":"2026-06-01","fees":{"setup":5000},"reference":"=2+5"}}`, book, borrower.party, w.clock.Now().Add(48*time.Hour).UTC().Format(time.RFC3339))
	path := "/v1/notes/" + resultOf(w, w.write(lender, "/v1/notes", body), http.StatusCreated).Subject.ID
	resultOf(w, w.write(borrower, path+"/acceptance", `{}`), http.StatusOK)
	return path
}

// live does something to the money on a note, at random: it may be refused.
func (w *world) live(rng *rand.Rand, lender *actor, note string) {
	w.t.Helper()
	w.clock.Advance(time.Duration(rng.IntN(21*24)) * time.Hour)
	today := finance.DateOf(w.clock.Now())
	amount := fmt.Sprintf(`{"amount":%d,"currency":"SEK"}`, 1+rng.IntN(150000))
	path, body := "/payments", fmt.Sprintf(`{"amount":%s,"paid_on":%q}`, amount, today.AddDays(-rng.IntN(14)))
	switch rng.IntN(8) {
	case 0:
		path, body = "/forgiveness", fmt.Sprintf(`{"amount":%s}`, amount)
	case 1:
		path, body = fmt.Sprintf("/payments/%d/reversal", 3+rng.IntN(12)), `{"reason":"the wrong note"}`
	}
	r := w.write(lender, note+path, body)
	if r.status != http.StatusOK && r.status != http.StatusUnprocessableEntity {
		w.t.Fatalf("%s %s: %d %s", path, body, r.status, r.body)
	}
}

func sum(p finance.Parts) finance.Amount { return p.Costs + p.LateInterest + p.Interest + p.Principal }

// TestStatementsAddUp: line by line and for each component, the closing balance
// is what the note itself says, and the days of a statement can be cut anywhere.
func TestStatementsAddUp(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 1))
			w := newWorld(t, inproc.Options{})
			lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
			note := w.interestBearing(lender, borrower, w.book(lender))
			for range 14 {
				w.live(rng, lender, note)
			}
			all := w.statement(lender, note, "")
			checkLines(t, all)
			if got := w.totalOn(lender, note, all.To.AddDays(1)); got != all.Closing.Total {
				t.Errorf("the statement closes with %d, and the note says %d", all.Closing.Total, got)
			}
			for range 4 {
				cut := all.From.AddDays(rng.IntN(all.From.DaysTo(all.To)))
				first := w.statement(lender, note, "?to="+cut.String())
				second := w.statement(lender, note, "?from="+cut.AddDays(1).String())
				checkLines(t, first)
				checkLines(t, second)
				if first.Closing != second.Opening || second.Closing != all.Closing {
					t.Errorf("cut after %s: %+v, then %+v to %+v, want %+v", cut, first.Closing, second.Opening, second.Closing, all.Closing)
				}
			}
		})
	}
}

// checkLines checks that each line follows from the one before.
func checkLines(t *testing.T, s sheet) {
	t.Helper()
	before := s.Opening
	for i, e := range s.Entries {
		want := finance.Parts{
			Costs:        before.Costs + e.Charged.Costs - e.Paid.Costs - e.Forgiven.Costs,
			LateInterest: before.LateInterest + e.Charged.LateInterest - e.Paid.LateInterest - e.Forgiven.LateInterest,
			Interest:     before.Interest + e.Charged.Interest - e.Paid.Interest - e.Forgiven.Interest,
			Principal:    before.Principal + e.Charged.Principal - e.Paid.Principal - e.Forgiven.Principal,
		}
		if e.Balance.Parts != want || e.Balance.Total != sum(want) {
			t.Errorf("line %d (%s) leaves %+v, want %+v", i, e.Op, e.Balance, want)
		}
		before = e.Balance
	}
	if before != s.Closing {
		t.Errorf("the last line leaves %+v, and the statement closes with %+v", before, s.Closing)
	}
}

func (w *world) totalOn(a *actor, note string, day finance.Date) finance.Amount {
	w.t.Helper()
	var answer struct{ Summary ledger.Summary }
	r := w.ask(a, "GET", note+"?as_of="+day.String(), nil, nil)
	if err := json.Unmarshal(r.body, &answer); err != nil || r.status != http.StatusOK {
		w.t.Fatalf("%d %s", r.status, r.body)
	}
	return answer.Summary.Total.Amount
}

func TestStatementIsForThoseWhoMayReadTheNote(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
	stranger, court := w.party("stranger", "lender", "company"), w.party("neighbour", "registrar", "person")
	note := w.interestBearing(lender, borrower, w.book(lender))
	w.catchUp("registrar")
	for _, a := range []*actor{lender, borrower} {
		if r := w.ask(a, "GET", note+"/statement", nil, nil); r.status != http.StatusOK {
			t.Errorf("%s: %d %s", a.name, r.status, r.body)
		}
	}
	for _, a := range []*actor{stranger, court} {
		for _, path := range []string{note + "/statement", note + "?at=2026-06-15T12:00:00Z"} {
			if r := w.ask(a, "GET", path, nil, nil); r.status != http.StatusNotFound {
				t.Errorf("%s, %s: %d %s", a.name, path, r.status, r.body)
			}
		}
		if r := w.ask(a, "GET", "/v1/exports/notes", nil, nil); r.status != http.StatusOK || strings.Contains(string(r.body), strings.TrimPrefix(note, "/v1/notes/")) {
			t.Errorf("%s: %d %s", a.name, r.status, r.body)
		}
	}
}

// TestExportHasEveryPayment: also those that the note itself no longer lists.
func TestExportHasEveryPayment(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
	book := w.book(lender)
	note, other := w.note(lender, borrower, book), w.note(lender, borrower, book)
	const payments = ledger.ReversiblePayments + 3
	for i := range payments {
		w.mustPay(lender, note, 100+i)
		if i == 10 { // the third of them is taken back
			resultOf(w, w.write(lender, note+"/payments/5/reversal", `{"reason":"twice"}`), http.StatusOK)
		}
	}
	w.mustPay(lender, other, 7)
	r := w.ask(lender, "GET", "/v1/exports/payments", nil, nil)
	rows, err := csv.NewReader(strings.NewReader(string(r.body))).ReadAll()
	if err != nil || r.status != http.StatusOK || !strings.Contains(string(r.body), "\r\n") {
		t.Fatalf("%d %s: %v", r.status, r.body, err)
	}
	got := map[string]int{}
	for _, row := range rows[1:] {
		amount, err := strconv.Atoi(row[6])
		if err != nil || row[2] == "" || row[11] != strconv.FormatBool(amount == 102) {
			t.Errorf("a row is %v", row)
		}
		got[row[0]] += amount
	}
	want := payments*100 + payments*(payments-1)/2
	if len(rows) != 1+payments+1 || got[strings.TrimPrefix(note, "/v1/notes/")] != want || got[strings.TrimPrefix(other, "/v1/notes/")] != 7 {
		t.Errorf("%d rows with %v, want %d with %d", len(rows), got, 2+payments, want)
	}
}

// TestExportRunsNoFormula: what a lender wrote as its reference is text (CWE-1236).
func TestExportRunsNoFormula(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
	w.interestBearing(lender, borrower, w.book(lender))
	r := w.ask(lender, "GET", "/v1/exports/notes", nil, nil)
	rows, err := csv.NewReader(strings.NewReader(string(r.body))).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][7] != "'=2+5" {
		t.Errorf("%d %s: %v", r.status, r.body, err)
	}
	if got := r.header.Get("Content-Disposition"); got != `attachment; filename="notes.csv"` {
		t.Errorf("Content-Disposition is %s", got)
	}
}
