package main

import (
	"context"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// broken is a network that, while it is on, breaks when the lender's gateway
// hands a transaction to the orderer, and does not come back.
type broken struct {
	on         atomic.Bool
	gone       atomic.Bool
	tookEffect atomic.Bool // what was submitted is on the ledger all the same
}

func (b *broken) fault(a inproc.Attempt) inproc.Fault {
	if !b.on.Load() || a.Org != inproc.Lender || a.Step != inproc.StepOrder && !b.gone.Load() {
		return inproc.Fault{}
	}
	b.gone.Store(true)
	return inproc.Fault{Fails: true, TookEffect: b.tookEffect.Load()}
}

// outcome asks what became of a command.
func (w *world) outcome(a *actor, path string) (int, ledger.OutcomeState, ledger.Code) {
	w.t.Helper()
	r := w.ask(a, "GET", path, nil, nil)
	var answer struct {
		Outcome ledger.OutcomeState `json:"outcome"`
		Problem struct {
			Code ledger.Code `json:"code"`
		} `json:"problem"`
	}
	if err := json.Unmarshal(r.body, &answer); err != nil {
		w.t.Fatalf("%d %s", r.status, r.body)
	}
	return r.status, answer.Outcome, answer.Problem.Code
}

// lost submits a payment whose outcome is lost, and gives the request and the
// address at which its outcome can be asked for.
func lost(w *world, b *broken, tookEffect bool) (lender *actor, note string, body []byte, address string) {
	w.t.Helper()
	lender = w.party("lender", "lender", "company")
	borrower := w.party("borrower", "registrar", "person")
	note = w.note(lender, borrower, w.book(lender))
	body = w.sealed(lender, w.draft(lender, note+"/payments", pay(100)))
	w.tokenOf(lender)
	b.tookEffect.Store(tookEffect)
	b.on.Store(true)
	r := w.ask(lender, "POST", note+"/payments", body, nil)
	b.on.Store(false)
	if r.status != http.StatusAccepted || r.header.Get("Retry-After") == "" {
		w.t.Fatalf("got %d %s, want 202 with Retry-After", r.status, r.body)
	}
	return lender, note, body, r.header.Get("Location")
}

func TestUnknownOutcomeThatTookEffectIsToldFromTheBlocks(t *testing.T) {
	var b broken
	w := newWorld(t, inproc.Options{Fault: b.fault, Client: atOnce()})
	lender, note, body, address := lost(w, &b, true)
	w.catchUp("lender")
	if status, outcome, _ := w.outcome(lender, address); status != http.StatusOK || outcome != ledger.Committed {
		t.Errorf("got %d %s, want committed", status, outcome)
	}
	again := w.ask(lender, "POST", note+"/payments", body, nil)
	if got := resultOf(w, again, http.StatusOK); got.Seq != 3 {
		t.Errorf("sent again it is %+v, want the first result with seq 3", got)
	}
	w.mustPay(lender, note, 99900) // the payment was applied once
}

func TestUnknownOutcomeIsToldAfterARestartOfTheGateway(t *testing.T) {
	var b broken
	w := newWorld(t, inproc.Options{Fault: b.fault, Client: atOnce()})
	lender, _, _, address := lost(w, &b, true)
	old := w.gateways["lender"]
	old.end(t)
	w.start("lender", options{data: old.opts.data})
	lender.token = "" // the new gateway has another address
	w.catchUp("lender")
	if status, outcome, _ := w.outcome(lender, address); status != http.StatusOK || outcome != ledger.Committed {
		t.Errorf("got %d %s, want committed", status, outcome)
	}
}

func TestUnknownOutcomeWithoutEffectStaysUnknownUntilTheCommandExpires(t *testing.T) {
	var b broken
	w := newWorld(t, inproc.Options{Fault: b.fault, Client: atOnce()})
	lender, _, _, address := lost(w, &b, false)
	w.catchUp("lender")
	if status, outcome, _ := w.outcome(lender, address); status != http.StatusAccepted || outcome != ledger.Unknown {
		t.Errorf("got %d %s, want 202 unknown", status, outcome)
	}
	w.clock.Advance(24*time.Hour + 11*time.Minute)
	if status, outcome, code := w.outcome(lender, address); status != http.StatusOK || outcome != ledger.Rejected || code != ledger.CodeCommandExpired {
		t.Errorf("got %d %s %s, want rejected %s", status, outcome, code, ledger.CodeCommandExpired)
	}
}

func TestUnknownCommandSentAgainIsAppliedOnce(t *testing.T) {
	var b broken
	w := newWorld(t, inproc.Options{Fault: b.fault, Client: atOnce()})
	lender, note, body, address := lost(w, &b, false)
	for range 2 {
		if got := resultOf(w, w.ask(lender, "POST", note+"/payments", body, nil), http.StatusOK); got.Seq != 3 {
			t.Errorf("got %+v, want seq 3", got)
		}
	}
	if status, outcome, _ := w.outcome(lender, address); status != http.StatusOK || outcome != ledger.Committed {
		t.Errorf("got %d %s, want committed", status, outcome)
	}
	w.mustPay(lender, note, 99900)
}

func TestUnknownCommandWhosePlaceWasTakenIsConflicted(t *testing.T) {
	var b broken
	w := newWorld(t, inproc.Options{Fault: b.fault, Client: atOnce()})
	lender, note, _, address := lost(w, &b, false)
	w.mustPay(lender, note, 200)
	if status, outcome, code := w.outcome(lender, address); status != http.StatusOK || outcome != ledger.Conflicted || code != ledger.CodeConflict {
		t.Errorf("got %d %s %s, want conflicted", status, outcome, code)
	}
}

func TestUnknownOutcomeIsToldToItsSenderAlone(t *testing.T) {
	var b broken
	w := newWorld(t, inproc.Options{Fault: b.fault, Client: atOnce()})
	_, _, _, address := lost(w, &b, true)
	w.catchUp("lender")
	stranger := w.party("stranger", "lender", "company")
	if r := w.ask(stranger, "GET", address, nil, nil); r.status != http.StatusNotFound {
		t.Errorf("a stranger gets %d %s", r.status, r.body)
	}
}

func TestLedgerThatDoesNotAnswerIsUnavailableAndNotAFault(t *testing.T) {
	var b broken
	w := newWorld(t, inproc.Options{Fault: b.fault, Client: atOnce()})
	lender := w.party("lender", "lender", "company")
	w.tokenOf(lender)
	b.gone.Store(true)
	b.on.Store(true)
	r := w.ask(lender, "GET", "/v1/parties/"+string(lender.party), nil, nil)
	if r.status != http.StatusServiceUnavailable || codeOf(r) != ledger.CodeUnavailable || r.header.Get("Retry-After") == "" {
		t.Errorf("got %d %s, want 503 %s with Retry-After", r.status, r.body, ledger.CodeUnavailable)
	}
}

// mustPay pays a note, which fails where more than that was paid before.
func (w *world) mustPay(a *actor, note string, amount int) {
	w.t.Helper()
	resultOf(w, w.write(a, note+"/payments", pay(amount)), http.StatusOK)
}

// catchUp waits until a gateway's read model holds all blocks there are.
func (w *world) catchUp(gateway string) {
	w.t.Helper()
	channel := w.ledger.Channel(organisations[gateway])
	ctx, cancel := contextWithin(w.t)
	defer cancel()
	next, _ := w.gateways[gateway].store.Next()
	last := next
	for n := next; ; n++ {
		if _, known := w.ledger.Stub().Block(channel.Org(), n); !known {
			break
		}
		last = n + 1
	}
	if last == 0 {
		return
	}
	if err := w.gateways[gateway].store.Wait(ctx, last-1); err != nil {
		w.t.Fatal(err)
	}
}

func contextWithin(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), patience)
}
