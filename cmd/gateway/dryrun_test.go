package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// rehearsals lists the addresses of the document that take dry_run.
func rehearsals(t *testing.T) []string {
	t.Helper()
	a, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for path, item := range a.doc.Paths.Map() {
		if item.Post != nil && item.Post.Parameters.GetByInAndName("query", "dry_run") != nil {
			paths = append(paths, path)
		}
	}
	if len(paths) < len(ledger.Operations()) {
		t.Fatalf("only %d addresses take dry_run", len(paths))
	}
	return paths
}

// importBody opens an import; its first letter tells files apart.
const importBody = `{"name":"tape.csv","digest":"%s7DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU","rows":%d}`

// TestDryRunChangesNothing: at every address that takes it, whatever is sent.
func TestDryRunChangesNothing(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
	book := w.book(lender)
	note := w.note(lender, borrower, book)
	good := w.sealed(lender, w.draft(lender, note+"/payments", pay(100)))
	w.catchUp("lender")
	hook := w.ask(lender, "POST", "/v1/webhooks", []byte(`{"url":"https://lender.example.com/hooks"}`), nil).header.Get("Location")
	file := w.ask(lender, "POST", "/v1/imports", []byte(fmt.Sprintf(importBody, "A", 3)), nil).header.Get("Location")
	feeds := w.feeds(lender)
	height, _ := w.gateways["lender"].store.Next()
	before := w.ask(lender, "GET", note, nil, nil)
	taken := 0
	for _, path := range rehearsals(t) {
		address := strings.NewReplacer("{note}", strings.TrimPrefix(note, "/v1/notes/"), "{party}", string(lender.party), "{book}", book,
			"{seq}", "3", "{transfer}", "00000000-0000-4000-8000-000000000000", "{delivery}", "none",
			"{webhook}", strings.TrimPrefix(hook, "/v1/webhooks/"), "{import}", strings.TrimPrefix(file, "/v1/imports/")).Replace(path)
		for _, body := range []string{`{"body":{}}`, `{"body":` + pay(100) + `}`, string(good), `{"commands":[` + string(good) + `]}`, `{"op":"book.open","body":{}}`, `{}`, "",
			`{"url":"https://lender.example.com/other"}`, fmt.Sprintf(importBody, "B", 1), `{"rows":[{"row":1,"error":{}}]}`} {
			r := w.ask(lender, "POST", address+"?dry_run=true", []byte(body), withKey("the-same-for-all"))
			if r.status >= http.StatusInternalServerError || replayed(r) {
				t.Errorf("%s %s: %d %s", path, body, r.status, r.body)
			}
			if r.status < http.StatusBadRequest {
				taken++
			}
			if r.status < http.StatusBadRequest && !strings.Contains(string(r.body), `"dry_run":true`) {
				t.Errorf("%s %s is answered like the real thing: %d %s", path, body, r.status, r.body)
			}
		}
	}
	if after := w.feeds(lender); after != feeds {
		t.Errorf("the webhooks and imports are others:\n%s\nwere\n%s", after, feeds)
	}
	if taken < 15 {
		t.Errorf("only %d of the requests were taken", taken)
	}
	if after := w.ask(lender, "GET", note, nil, http.Header{"Cache-Control": {"no-cache"}}); string(after.body) != string(before.body) {
		t.Errorf("the note is another:\n%s\nwas\n%s", after.body, before.body)
	}
	if got := resultOf(w, w.ask(lender, "POST", note+"/payments", good, withKey("the-same-for-all")), http.StatusOK); got.Seq != 3 {
		t.Errorf("the command is applied as %+v", got)
	}
	w.catchUp("lender")
	if now, _ := w.gateways["lender"].store.Next(); now != height+1 {
		t.Errorf("the ledger went from block %d to %d, of which one is the real payment", height, now)
	}
}

// TestDryRunSaysWhatTheRealThingSays: the status, and the code or the number.
func TestDryRunSaysWhatTheRealThingSays(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
	book := w.book(lender)
	note := w.note(lender, borrower, book)
	applied := w.sealed(lender, w.draft(lender, note+"/payments", pay(1)))
	resultOf(w, w.ask(lender, "POST", note+"/payments", applied, nil), http.StatusOK)
	for name, c := range map[string]struct {
		path string
		body []byte
	}{
		"a payment":           {note + "/payments", w.sealed(lender, w.draft(lender, note+"/payments", pay(100)))},
		"a payment too large": {note + "/payments", w.sealed(lender, w.draft(lender, note+"/payments", pay(99999999)))},
		"a new book":          {"/v1/books", w.sealed(lender, w.draft(lender, "/v1/books", `{}`))},
		"a new note":          {"/v1/notes", w.sealed(lender, w.draft(lender, "/v1/notes", offerBody(book, borrower, noon.Add(time.Hour))))},
		"a lender's own debt": {"/v1/notes", w.sealed(lender, w.draft(lender, "/v1/notes", offerBody(book, lender, noon.Add(time.Hour))))},
		"one that was":        {note + "/payments", applied},
		"another's signature": {note + "/payments", w.sealed(borrower, w.draft(lender, note+"/payments", pay(1)))},
		"no command":          {note + "/payments", []byte(`{"jws":"x"}`)},
		"another address":     {note + "/forgiveness", w.sealed(lender, w.draft(lender, note+"/payments", pay(1)))},
	} {
		said, done := w.ask(lender, "POST", c.path+"?dry_run=true", c.body, nil), reply{}
		if name != "a payment" { // it would change what the others meet
			done = w.ask(lender, "POST", c.path, c.body, nil)
		} else {
			done = reply{status: http.StatusOK, body: said.body}
		}
		var a, b struct {
			Code     ledger.Code
			Repeated bool
			Result   struct{ Seq uint64 }
		}
		if json.Unmarshal(said.body, &a) != nil || json.Unmarshal(done.body, &b) != nil || said.status != done.status || fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%s: said %d %s\ndone %d %s", name, said.status, said.body, done.status, done.body)
		}
	}
}
