package main

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
	"github.com/skuld-registry/skuld/ledger/evidence/document"
)

func TestEvidenceIsGivenToWhoIsSomethingToTheNote(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
	stranger, neighbour := w.party("stranger", "collector", "company"), w.party("neighbour", "registrar", "person")
	note := w.note(lender, borrower, w.book(lender))
	w.mustPay(lender, note, 1000)
	anchors := evidence.Anchors{Networks: []string{w.ledger.Service(inproc.Lender).Network()}}
	for _, reader := range []*actor{lender, borrower} {
		r := w.ask(reader, "GET", note+"/evidence?payment=3", nil, nil)
		if r.status != http.StatusOK || r.header.Get("Content-Type") != evidence.MediaType {
			t.Fatalf("%s: %d %s %s", reader.name, r.status, r.header.Get("Content-Type"), r.body)
		}
		report := evidence.Verify(r.body, anchors)
		if report.Verdict != evidence.Genuine || report.Payment == nil || "/v1/notes/"+string(report.Note) != note {
			t.Errorf("%s gets what is %s: %v", reader.name, report.Verdict, report.Findings)
		}
	}
	for _, reader := range []*actor{stranger, neighbour} {
		r := w.ask(reader, "GET", note+"/evidence", nil, nil)
		if r.status != http.StatusNotFound || codeOf(r) != ledger.CodeNotFound {
			t.Errorf("%s gets: %d %s", reader.name, r.status, r.body)
		}
	}
	for payment, want := range map[string]ledger.Code{"2": ledger.CodePaymentUnknown, "9": ledger.CodePaymentUnknown, "x": ledger.CodeQueryInvalid} {
		if r := w.ask(borrower, "GET", note+"/evidence?payment="+payment, nil, nil); codeOf(r) != want {
			t.Errorf("a receipt of %s: %d %s", payment, r.status, r.body)
		}
	}
}

func TestEvidenceIsAPageForWhoPrefersOne(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
	note := w.note(lender, borrower, w.book(lender))
	r := w.ask(borrower, "GET", note+"/evidence", nil, http.Header{"Accept": {"text/html"}, "Accept-Language": {"sv"}})
	if r.status != http.StatusOK || r.header.Get("Content-Security-Policy") != document.Policy || !strings.Contains(string(r.body), "KOPIA") {
		t.Fatalf("%d %v", r.status, r.header)
	}
	file, err := evidence.Extract(r.body)
	if err != nil {
		t.Fatal(err)
	}
	if v := evidence.Verify(file, evidence.Anchors{}); v.Verdict != evidence.Consistent || bytes.Equal(file, r.body) {
		t.Errorf("the page holds what is %s: %v", v.Verdict, v.Findings)
	}
}
