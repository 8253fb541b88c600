package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// result is the outcome of one command of several.
type result struct {
	Outcome  ledger.OutcomeState
	Repeated bool
	Result   struct{ Seq uint64 }
	Problem  struct{ Code ledger.Code }
	Block    uint64
	Links    struct{ Transaction string }
}

// bulk hands in several commands.
func (w *world) bulk(a *actor, extra string, commands ...[]byte) (int, []result) {
	w.t.Helper()
	all := make([]string, len(commands))
	for i, c := range commands {
		all[i] = string(c)
	}
	r := w.ask(a, "POST", "/v1/commands", []byte(`{"commands":[`+strings.Join(all, ",")+`]`+extra+`}`), nil)
	var answer struct{ Results []result }
	if err := json.Unmarshal(r.body, &answer); err != nil || len(answer.Results) != len(commands) {
		w.t.Fatalf("%d %.500s", r.status, r.body)
	}
	return r.status, answer.Results
}

// paymentAt signs a payment with a number of its own choice.
func (w *world) paymentAt(a *actor, note string, seq uint64, amount int) []byte {
	return signedWith(w.t, a, ledger.Draft{
		Op: ledger.OpPay, Network: w.ledger.Service(inproc.Lender).Network(), By: a.party, Subject: strings.TrimPrefix(note, "/v1/notes/"),
		Seq: seq, IssuedAt: noon, Body: json.RawMessage(pay(amount)),
		Command: ledger.CommandID(fmt.Sprintf("00000000-0000-4000-8%03d-%012d", seq, amount)),
	})
}

// TestThousandCommandsAreAppliedInTheirOrder: about a note each and about one
// note, one after the other.
func TestThousandCommandsAreAppliedInTheirOrder(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
	book := w.book(lender)
	notes := []string{w.note(lender, borrower, book), w.note(lender, borrower, book)}
	const each = 10
	var commands [][]byte
	for i := range each {
		for _, note := range notes {
			commands = append(commands, w.paymentAt(lender, note, uint64(3+i), 1+i))
		}
	}
	for len(commands) < 1000 {
		commands = append(commands, signedWith(t, lender, ledger.Draft{
			Op: ledger.OpBookOpen, Network: w.ledger.Service(inproc.Lender).Network(), By: lender.party, IssuedAt: noon,
			Body: json.RawMessage(`{}`), Command: ledger.CommandID(fmt.Sprintf("00000000-0000-4000-9000-%012d", len(commands))),
		}))
	}
	status, results := w.bulk(lender, "", commands...)
	if status != http.StatusOK {
		t.Errorf("got %d", status)
	}
	for i, r := range results {
		want := uint64(1)
		if i < 2*each {
			want = uint64(3 + i/2)
		}
		if r.Outcome != ledger.Committed || r.Result.Seq != want {
			t.Fatalf("number %d is %+v, want seq %d", i, r, want)
		}
	}
	if _, again := w.bulk(lender, "", commands[:2*each]...); !again[0].Repeated || !again[2*each-1].Repeated {
		t.Errorf("sent again they are %+v and %+v", again[0], again[2*each-1])
	}
}

func TestAtomicCommandsAreAppliedTogetherOrNotAtAll(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
	book := w.book(lender)
	a, b := w.note(lender, borrower, book), w.note(lender, borrower, book)
	const atomic = `,"atomic":true`
	status, results := w.bulk(lender, atomic, w.paymentAt(lender, a, 3, 1), w.paymentAt(lender, b, 3, 99999999))
	if status != http.StatusOK || results[0].Problem.Code != ledger.CodeBatchRefused || results[1].Problem.Code != ledger.CodePaymentExceeds {
		t.Errorf("beside a refused one: %d %+v", status, results)
	}
	status, results = w.bulk(lender, atomic, w.paymentAt(lender, a, 3, 1), []byte(`{"jws":"x"}`))
	if status != http.StatusOK || results[0].Problem.Code != ledger.CodeBatchRefused || results[1].Problem.Code != ledger.CodeSignatureMalformed {
		t.Errorf("beside one that is none: %d %+v", status, results)
	}
	_, results = w.bulk(lender, atomic, w.paymentAt(lender, a, 3, 1), w.paymentAt(lender, b, 3, 2), w.paymentAt(lender, a, 4, 3))
	for i, r := range results {
		if r.Outcome != ledger.Committed || r.Block != results[0].Block || r.Links.Transaction != results[0].Links.Transaction {
			t.Errorf("number %d is %+v, want one transaction", i, r)
		}
	}
	r := w.ask(lender, "POST", "/v1/commands", []byte(`{"commands":[`+strings.TrimSuffix(strings.Repeat(`{"jws":"x"},`, ledger.MaxBatch+1), ",")+`]`+atomic+`}`), nil)
	if r.status != http.StatusUnprocessableEntity || codeOf(r) != ledger.CodeAtomicImpossible {
		t.Errorf("more than a transaction takes: %d %.300s", r.status, r.body)
	}
}

func TestBulkWithAnUnknownOutcomeIsAcceptedAndSaysWhereToAsk(t *testing.T) {
	var b broken
	w := newWorld(t, inproc.Options{Fault: b.fault, Client: atOnce()})
	lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
	note := w.note(lender, borrower, w.book(lender))
	w.tokenOf(lender)
	b.tookEffect.Store(true)
	b.on.Store(true)
	status, results := w.bulk(lender, "", w.paymentAt(lender, note, 3, 1), []byte(`{"jws":"x"}`))
	b.on.Store(false)
	if status != http.StatusAccepted || results[0].Outcome != ledger.Unknown || results[1].Problem.Code != ledger.CodeSignatureMalformed {
		t.Fatalf("got %d %+v", status, results)
	}
	w.catchUp("lender")
	if status, outcome, _ := w.outcome(lender, results[0].Links.Transaction); status != http.StatusOK || outcome != ledger.Committed {
		t.Errorf("there it is told as %d %s", status, outcome)
	}
}
