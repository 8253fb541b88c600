package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// Acts that many tests begin with.

// party registers a new party.
func (w *world) party(name, gateway, kind string) *actor {
	w.t.Helper()
	a := newActor(name, gateway)
	key, err := json.Marshal(a.ledgerKey(w.t))
	if err != nil {
		w.t.Fatal(err)
	}
	body := fmt.Sprintf(`{"kind":%q,"name":"Name of %s","keys":[%s]}`, kind, name, key)
	if kind == "person" {
		body = fmt.Sprintf(`{"kind":"person","keys":[%s]}`, key)
	}
	r := w.write(a, "/v1/parties", body)
	a.party = ledger.PartyID(resultOf(w, r, http.StatusCreated).Subject.ID)
	return a
}

// draft asks for a draft and gives the bytes to sign.
func (w *world) draft(a *actor, path, body string) []byte {
	w.t.Helper()
	r := w.ask(a, "POST", path, []byte(`{"body":`+body+`}`), nil)
	var answer struct {
		Draft struct {
			Payload string `json:"payload"`
		} `json:"draft"`
	}
	if err := json.Unmarshal(r.body, &answer); err != nil || r.status != http.StatusOK {
		w.t.Fatalf("drafting at %s: %d %s", path, r.status, r.body)
	}
	payload, err := base64.RawURLEncoding.DecodeString(answer.Draft.Payload)
	if err != nil {
		w.t.Fatal(err)
	}
	return payload
}

// sealed gives the body that submits a signed draft.
func (w *world) sealed(a *actor, payload []byte) []byte {
	w.t.Helper()
	b, err := json.Marshal(a.sign(w.t, payload))
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// write drafts, signs and submits.
func (w *world) write(a *actor, path, body string) reply {
	w.t.Helper()
	return w.ask(a, "POST", path, w.sealed(a, w.draft(a, path, body)), nil)
}

// resultOf gives the result of a committed command.
func resultOf(w *world, r reply, status int) ledger.Result {
	w.t.Helper()
	var answer struct {
		Result *ledger.Result `json:"result"`
	}
	if err := json.Unmarshal(r.body, &answer); err != nil || r.status != status || answer.Result == nil {
		w.t.Fatalf("got %d %s, want %d with a result", r.status, r.body, status)
	}
	return *answer.Result
}

// codeOf gives the code of a problem.
func codeOf(r reply) ledger.Code {
	var p struct {
		Code ledger.Code `json:"code"`
	}
	if json.Unmarshal(r.body, &p) != nil {
		return ""
	}
	return p.Code
}

// book opens a book.
func (w *world) book(a *actor) string {
	w.t.Helper()
	return resultOf(w, w.write(a, "/v1/books", `{}`), http.StatusCreated).Subject.ID
}

// offerBody is the body of an offer of 1,000 kronor without interest.
func offerBody(book string, borrower *actor, answerBy time.Time) string {
	return fmt.Sprintf(`{"book":%q,"borrowers":[%q],"answer_by":%q,"terms":{"kind":"simple","consumer":false,"housing":false,
		"credit_purchase":false,"jurisdiction":"generic","agreed_on":"2026-06-01","principal":{"amount":100000,"currency":"SEK"},
		"rate":"0","day_count":"actual/365","schedule":{"kind":"on_demand"},"interest_from":"2026-06-01","fees":{},"reference":"K-77"}}`,
		book, borrower.party, answerBy.UTC().Format(time.RFC3339))
}

// note offers a note that its borrower accepts, and gives its address.
func (w *world) note(lender, borrower *actor, book string) string {
	w.t.Helper()
	r := w.write(lender, "/v1/notes", offerBody(book, borrower, w.clock.Now().Add(48*time.Hour)))
	path := "/v1/notes/" + resultOf(w, r, http.StatusCreated).Subject.ID
	resultOf(w, w.write(borrower, path+"/acceptance", `{}`), http.StatusOK)
	return path
}

// pay is the body of a payment in öre.
func pay(amount int) string {
	return fmt.Sprintf(`{"amount":{"amount":%d,"currency":"SEK"},"paid_on":"2026-06-15"}`, amount)
}
