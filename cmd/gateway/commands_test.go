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
	"github.com/skuld-registry/skuld/ledger/sign"
)

// signedWith builds a command and signs it, as a client that drafts by itself.
func signedWith(t *testing.T, a *actor, d ledger.Draft) []byte {
	t.Helper()
	cmd, err := d.Build()
	if err != nil {
		t.Fatal(err)
	}
	signed, err := sign.Command(cmd, a.key)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(signed)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSignedCommandsThatAreRefused(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	other := w.party("other", "lender", "company")
	borrower := w.party("borrower", "registrar", "person")
	note := w.note(lender, borrower, w.book(lender))
	number := 0
	// payment is a good payment of the lender, as the third command on the note.
	payment := func() ledger.Draft {
		number++
		return ledger.Draft{
			Op: ledger.OpPay, Network: w.ledger.Service(inproc.Lender).Network(), By: lender.party,
			Subject: strings.TrimPrefix(note, "/v1/notes/"), Seq: 3, IssuedAt: noon, Body: json.RawMessage(pay(100)),
			Command: ledger.CommandID(fmt.Sprintf("00000000-0000-4000-8000-%012d", number)),
		}
	}
	changed := func(change func(*ledger.Draft)) []byte {
		d := payment()
		change(&d)
		return signedWith(t, lender, d)
	}
	good := string(signedWith(t, lender, payment()))
	parts := strings.Split(strings.Trim(strings.TrimPrefix(good, `{"jws":`), `"}`), ".")
	jws := func(parts ...string) []byte { return fmt.Appendf(nil, `{"jws":%q}`, strings.Join(parts, ".")) }
	otherParts := strings.Split(strings.Trim(strings.TrimPrefix(string(signedWith(t, lender, payment())), `{"jws":`), `"}`), ".")

	for _, tc := range []struct {
		name   string
		body   []byte
		status int
		code   ledger.Code
	}{
		{"unsigned", jws(parts[0], parts[1], ""), http.StatusUnauthorized, ledger.CodeSignatureWrong},
		{"without a signature's place", jws(parts[0], parts[1]), http.StatusBadRequest, ledger.CodeSignatureMalformed},
		{"signed by another party", signedWith(t, other, payment()), http.StatusUnauthorized, ledger.CodeKeyUnknown},
		{"another command's signature", jws(parts[0], parts[1], otherParts[2]), http.StatusUnauthorized, ledger.CodeSignatureWrong},
		{"another command's payload", jws(parts[0], otherParts[1], parts[2]), http.StatusUnauthorized, ledger.CodeSignatureWrong},
		{"in another party's name", changed(func(d *ledger.Draft) { d.By = other.party }), http.StatusForbidden, ledger.CodeSignerOther},
		{"for another network", changed(func(d *ledger.Draft) { d.Network = "another" }), http.StatusUnprocessableEntity, ledger.CodeNetworkOther},
		{"expired", changed(func(d *ledger.Draft) { d.IssuedAt = noon.Add(-25 * time.Hour) }), http.StatusUnprocessableEntity, ledger.CodeCommandExpired},
		{"from the future", changed(func(d *ledger.Draft) { d.IssuedAt = noon.Add(6 * time.Minute) }), http.StatusUnprocessableEntity, ledger.CodeCommandEarly},
		{"too old a number", changed(func(d *ledger.Draft) { d.Seq = 2 }), http.StatusConflict, ledger.CodeSeqStale},
		{"too new a number", changed(func(d *ledger.Draft) { d.Seq = 4 }), http.StatusConflict, ledger.CodeSeqAhead},
		{"about another note than the address", changed(func(d *ledger.Draft) { d.Subject = "n" + strings.Repeat("z", 32) }), http.StatusBadRequest, ledger.CodeRequestMalformed},
		{"another operation than the address takes", changed(func(d *ledger.Draft) {
			d.Op, d.Body = ledger.OpForgive, json.RawMessage(`{"amount":{"amount":100,"currency":"SEK"}}`)
		}), http.StatusBadRequest, ledger.CodeRequestMalformed},
		{"larger than a command may be", jws(parts[0], strings.Repeat("A", 64<<10), parts[2]), http.StatusRequestEntityTooLarge, ledger.CodeCommandTooLarge},
		{"more than asked for", []byte(strings.TrimSuffix(good, "}") + `,"life":10}`), http.StatusBadRequest, ledger.CodeRequestMalformed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := w.ask(lender, "POST", note+"/payments", tc.body, nil)
			if r.status != tc.status || codeOf(r) != tc.code {
				t.Errorf("got %d %s, want %d %s", r.status, r.body, tc.status, tc.code)
			}
		})
	}
	t.Run("nothing of it was applied", func(t *testing.T) {
		if got := resultOf(w, w.ask(lender, "POST", note+"/payments", []byte(good), nil), http.StatusOK); got.Seq != 3 {
			t.Errorf("the good one is applied with seq %d, want 3", got.Seq)
		}
	})
	t.Run("replayed, it is told what it led to", func(t *testing.T) {
		r := w.ask(lender, "POST", note+"/payments", []byte(good), nil)
		if got := resultOf(w, r, http.StatusOK); got.Seq != 3 || !strings.Contains(string(r.body), `"repeated":true`) {
			t.Errorf("got %s", r.body)
		}
	})
	t.Run("replayed by another party", func(t *testing.T) {
		if r := w.ask(other, "POST", note+"/payments", []byte(good), nil); r.status != http.StatusForbidden {
			t.Errorf("got %d %s", r.status, r.body)
		}
	})
}

func TestCommandsOutOfOrderAreToldWhichIsNext(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	borrower := w.party("borrower", "registrar", "person")
	note := w.note(lender, borrower, w.book(lender))
	third, fourth := w.sealed(lender, w.draft(lender, note+"/payments", pay(100))), []byte(nil)
	fourth = signedWith(t, lender, ledger.Draft{
		Op: ledger.OpPay, Network: w.ledger.Service(inproc.Lender).Network(), By: lender.party, Subject: strings.TrimPrefix(note, "/v1/notes/"),
		Seq: 4, IssuedAt: noon, Body: json.RawMessage(pay(200)), Command: "00000000-0000-4000-8000-000000000004",
	})
	r := w.ask(lender, "POST", note+"/payments", fourth, nil)
	if r.status != http.StatusConflict || !strings.Contains(string(r.body), `"params":{"next":"3"}`) {
		t.Errorf("the fourth before the third gives %d %s, want 409 that says next: 3", r.status, r.body)
	}
	for i, body := range [][]byte{third, fourth} {
		if got := resultOf(w, w.ask(lender, "POST", note+"/payments", body, nil), http.StatusOK); got.Seq != uint64(3+i) {
			t.Errorf("in order, number %d is applied as %d", 3+i, got.Seq)
		}
	}
}

func TestBatchTellsTheOutcomeOfEachCommand(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	other := w.party("other", "lender", "company")
	borrower := w.party("borrower", "registrar", "person")
	book := w.book(lender)
	offer := func(a *actor) string {
		return string(w.sealed(lender, w.draft(lender, "/v1/notes", offerBody(book, a, noon.Add(time.Hour)))))
	}
	good, toItself := offer(borrower), offer(lender)
	strange := string(w.sealed(other, w.draft(other, "/v1/books", `{}`)))
	r := w.ask(lender, "POST", "/v1/commands", []byte(`{"commands":[`+strings.Join([]string{good, toItself, strange, `{"jws":"x"}`, good}, ",")+`]}`), nil)
	var answer struct {
		Results []struct {
			Outcome  ledger.OutcomeState `json:"outcome"`
			Repeated bool                `json:"repeated"`
			Problem  struct {
				Code   ledger.Code `json:"code"`
				Status int         `json:"status"`
			} `json:"problem"`
		} `json:"results"`
	}
	if err := json.Unmarshal(r.body, &answer); err != nil || r.status != http.StatusOK || len(answer.Results) != 5 {
		t.Fatalf("got %d %s", r.status, r.body)
	}
	for i, want := range []struct {
		outcome  ledger.OutcomeState
		repeated bool
		code     ledger.Code
		status   int
	}{
		{outcome: ledger.Committed},
		{code: ledger.CodeLenderBorrows, status: http.StatusUnprocessableEntity},
		{code: ledger.CodeSignerOther, status: http.StatusForbidden},
		{code: ledger.CodeSignatureMalformed, status: http.StatusBadRequest},
		{outcome: ledger.Committed, repeated: true},
	} {
		got := answer.Results[i]
		if got.Outcome != want.outcome || got.Repeated != want.repeated || got.Problem.Code != want.code || got.Problem.Status != want.status {
			t.Errorf("number %d is %+v, want %+v", i, got, want)
		}
	}
}

func TestBatchLargerThanItsLimitIsRefusedWhole(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	for name, body := range map[string]string{
		"none":     `{"commands":[]}`,
		"1001":     `{"commands":[` + strings.TrimSuffix(strings.Repeat(`{"jws":"x"},`, 1001), ",") + `]}`,
		"atomic":   `{"jws":"x","atomic":true}`,
		"both":     `{"jws":"x","commands":[{"jws":"x"}]}`,
		"neither":  `{}`,
		"not JWSs": `{"commands":["x"]}`,
	} {
		t.Run(name, func(t *testing.T) {
			if r := w.ask(lender, "POST", "/v1/commands", []byte(body), nil); r.status != http.StatusBadRequest || codeOf(r) != ledger.CodeRequestMalformed {
				t.Errorf("got %d %.300s", r.status, r.body)
			}
		})
	}
}

func TestRegistrationThroughTheBatchAddressNeedsNoToken(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	a := newActor("newcomer", "lender")
	key, err := json.Marshal(a.ledgerKey(t))
	if err != nil {
		t.Fatal(err)
	}
	body := w.sealed(a, w.draft(a, "/v1/parties", fmt.Sprintf(`{"kind":"company","keys":[%s]}`, key)))
	resultOf(w, w.ask(a, "POST", "/v1/commands", body, nil), http.StatusCreated)
	if r := w.ask(newActor("nobody", "lender"), "POST", "/v1/commands", []byte(`{"commands":[`+string(body)+`]}`), nil); r.status != http.StatusOK {
		t.Errorf("again, as a batch: %d %s", r.status, r.body)
	}
	two := []byte(`{"commands":[` + string(body) + `,` + string(body) + `]}`)
	if r := w.ask(newActor("nobody", "lender"), "POST", "/v1/commands", two, nil); r.status != http.StatusUnauthorized || codeOf(r) != ledger.CodeTokenMissing {
		t.Errorf("two at once, without a token: %d %s", r.status, r.body)
	}
}

// TestCommandFromTheFutureIsNotRemembered: it would be until it expires, which is
// for its writer to say, and nobody has verified who that is.
func TestCommandFromTheFutureIsNotRemembered(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	a := newActor("newcomer", "lender")
	d := ledger.Draft{
		Op: ledger.OpPartyRegister, Network: w.ledger.Service(inproc.Lender).Network(), IssuedAt: noon.AddDate(7000, 0, 0),
		Command: "00000000-0000-4000-8000-000000000001", Body: json.RawMessage(`{"kind":"company","keys":[` + string(mustJSON(t, a.ledgerKey(t))) + `]}`),
	}
	cmd, err := d.Build()
	if err != nil {
		t.Fatal(err)
	}
	signed := signedWith(t, a, d)
	for _, body := range [][]byte{signed, []byte(`{"commands":[` + string(signed) + `]}`)} {
		if r := w.ask(a, "POST", "/v1/commands", body, nil); !strings.Contains(string(r.body), string(ledger.CodeCommandEarly)) {
			t.Errorf("%d %s", r.status, r.body)
		}
	}
	if sent, err := w.gateways["lender"].store.Submission(t.Context(), cmd.By, cmd.Command); err != nil || sent != nil {
		t.Errorf("it is remembered as %+v, %v", sent, err)
	}
}
