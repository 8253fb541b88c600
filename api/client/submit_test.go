package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"testing"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
)

func TestRefusalIsAProblemAndIsNotRepeated(t *testing.T) {
	g := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if got := r.Header.Get("Accept-Language"); got != "sv" {
			t.Errorf("the language is %q", got)
		}
		problem(w, http.StatusUnprocessableEntity, ledger.CodeNotePledged, false)
	})
	c := g.client(t)
	_, err := c.Submit(t.Context(), signed(t, c))
	got, ok := errors.AsType[*client.Problem](err)
	if !ok {
		t.Fatalf("the error is %v, want a problem", err)
	}
	want := &client.Problem{Status: 422, Code: ledger.CodeNotePledged, Detail: "words", Params: map[string]string{"a": "b"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the problem is %+v, want %+v", got, want)
	}
	if n := len(g.requests()); n != 1 {
		t.Errorf("the command was sent %d times, want once", n)
	}
}

// TestSameCommandIsSentUntilItsOutcomeIsKnown goes through what can be answered
// while an outcome is open, each before the outcome itself.
func TestSameCommandIsSentUntilItsOutcomeIsKnown(t *testing.T) {
	for name, open := range map[string]func(http.ResponseWriter){
		"202": func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusAccepted)
			fmt.Fprint(w, `{"outcome":"unknown"}`)
		},
		"503":           func(w http.ResponseWriter) { problem(w, 503, ledger.CodeUnavailable, true) },
		"500":           func(w http.ResponseWriter) { problem(w, 500, ledger.CodeInternal, false) },
		"conflict":      func(w http.ResponseWriter) { problem(w, 409, ledger.CodeConflict, true) },
		"proxy's 502":   func(w http.ResponseWriter) { http.Error(w, "<html>", http.StatusBadGateway) },
		"no answer":     func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		"no receipt":    func(w http.ResponseWriter) { fmt.Fprint(w, "<html>") },
		"half a answer": func(w http.ResponseWriter) { w.Header().Set("Content-Length", "99"); fmt.Fprint(w, `{"out`) },
	} {
		t.Run(name, func(t *testing.T) {
			g := serve(t, func(w http.ResponseWriter, _ *http.Request, n int) {
				if n < 3 {
					open(w)
					return
				}
				fmt.Fprint(w, receipt)
			})
			c := g.client(t)
			got, err := c.Submit(t.Context(), signed(t, c))
			if err != nil || got.Transaction != "tx" || got.Block != 7 {
				t.Fatalf("got %+v, %v", got, err)
			}
			if len(g.bodies) != 3 || g.bodies[0] != g.bodies[1] || g.bodies[1] != g.bodies[2] {
				t.Errorf("not the same command three times: %v", g.bodies)
			}
		})
	}
}

func TestOutcomeThatStaysOpenIsSaidToBeUnknown(t *testing.T) {
	g := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { problem(w, 503, ledger.CodeUnavailable, true) })
	c := g.client(t)
	s := signed(t, c)
	_, err := c.Submit(t.Context(), s)
	unknown, ok := errors.AsType[*client.UnknownOutcome](err)
	if !ok || unknown.Signed != s {
		t.Errorf("the error is %v, want an unknown outcome with the command", err)
	}
	if n := len(g.requests()); n != quick.Attempts {
		t.Errorf("the command was sent %d times, want %d", n, quick.Attempts)
	}
}

// TestRefusalOfTheCallerDoesNotTellWhatBecameOfTheCommand: what was sent before
// the caller's access ended may have been applied.
func TestRefusalOfTheCallerDoesNotTellWhatBecameOfTheCommand(t *testing.T) {
	for name, refused := range map[string]func(http.ResponseWriter){
		"access": func(w http.ResponseWriter) { problem(w, 401, ledger.CodeTokenMissing, false) },
		"rule":   func(w http.ResponseWriter) { problem(w, 422, ledger.CodeNotePledged, false) },
	} {
		t.Run(name, func(t *testing.T) {
			g := serve(t, func(w http.ResponseWriter, _ *http.Request, n int) {
				if n == 1 {
					panic(http.ErrAbortHandler)
				}
				refused(w)
			})
			c := g.client(t)
			_, err := c.Submit(t.Context(), signed(t, c))
			if _, unknown := errors.AsType[*client.UnknownOutcome](err); unknown != (name == "access") {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestConflictThatStaysIsNoUnknownOutcome(t *testing.T) {
	g := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { problem(w, 409, ledger.CodeConflict, true) })
	c := g.client(t)
	_, err := c.Submit(t.Context(), signed(t, c))
	if _, unknown := errors.AsType[*client.UnknownOutcome](err); unknown || ledger.CodeOf(err) != ledger.CodeConflict {
		t.Errorf("the error is %v, want the conflict: nothing was applied", err)
	}
}

func TestGatewayThatIsNotThereIsUnreachableAndNothingWasSent(t *testing.T) {
	g := serve(t, nil)
	c := g.client(t)
	s := signed(t, c)
	g.Close()
	_, err := c.Submit(t.Context(), s)
	silent, ok := errors.AsType[*client.Unreachable](err)
	if _, unknown := errors.AsType[*client.UnknownOutcome](err); !ok || silent.Sent || unknown {
		t.Errorf("the error is %#v, want that nothing was sent", err)
	}
}

func TestCancelledWaitLeavesTheOutcomeUnknown(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	g := serve(t, func(_ http.ResponseWriter, r *http.Request, _ int) {
		cancel()
		<-r.Context().Done()
	})
	c := g.client(t)
	_, err := c.Submit(ctx, signed(t, c))
	if _, unknown := errors.AsType[*client.UnknownOutcome](err); !unknown || !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v, want an unknown outcome", err)
	}
	if n := len(g.requests()); n != 1 {
		t.Errorf("the command was sent %d times after the wait was cancelled, want once in all", n)
	}
}

func TestOnlyOpenCommandsOfABatchAreSentAgain(t *testing.T) {
	g := serve(t, func(w http.ResponseWriter, _ *http.Request, n int) {
		if n == 1 {
			fmt.Fprintf(w, `{"results":[%s,{"outcome":"unknown"},{"problem":{"status":422,"code":"law"}},{"problem":{"status":503,"code":"unavailable","retryable":true}}]}`, receipt)
			return
		}
		fmt.Fprintf(w, `{"results":[%s,%s]}`, receipt, receipt)
	})
	c := g.client(t)
	items, err := c.SubmitBatch(t.Context(), []ledger.Signed{{JWS: "a"}, {JWS: "b"}, {JWS: "c"}, {JWS: "d"}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, true, false, true} {
		if applied := items[i].Result != nil; applied != want || !items[i].Known() {
			t.Errorf("item %d is %+v", i, items[i])
		}
	}
	if want := `{"commands":[{"jws":"b"},{"jws":"d"}]}`; g.bodies[1] != want {
		t.Errorf("sent again: %s, want %s", g.bodies[1], want)
	}
	if _, err := c.SubmitBatch(t.Context(), make([]ledger.Signed, client.MaxBatch+1)); err == nil {
		t.Error("more than a batch was taken")
	}
}

func TestBatchThatIsAnsweredShortIsAnError(t *testing.T) {
	g := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { fmt.Fprintf(w, `{"results":[%s]}`, receipt) })
	items, err := g.client(t).SubmitBatch(t.Context(), make([]ledger.Signed, 2))
	if err == nil || items[0].Known() {
		t.Errorf("got %+v, %v", items, err)
	}
}
