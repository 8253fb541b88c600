package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// limitedBench is a bench with limits and a clock that is set by hand.
func limitedBench(t *testing.T, l Limits) (*bench, *time.Time) {
	t.Helper()
	b := newBench(t, true)
	b.ledger.books = func() ([]ledger.BookView, error) { return []ledger.BookView{{}}, nil }
	now := noon
	o := b.Options
	o.Limits, o.Clock = l, func() time.Time { return now }
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	b.Server = s
	return b, &now
}

// from asks for the network, which needs no token.
func (b *bench) from(remote string, forwarded ...string) int {
	r := httptest.NewRequest("GET", "/v1/network", nil)
	r.RemoteAddr = remote
	for _, f := range forwarded {
		r.Header.Add("X-Forwarded-For", f)
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w.Code
}

func TestAddressThatAsksTooMuchWaitsAndIsTakenAgain(t *testing.T) {
	b, now := limitedBench(t, Limits{Address: Rate{PerSecond: 1, Burst: 3}})
	for i, want := range []int{200, 200, 200, 429, 429} {
		if got := b.from("192.0.2.1:5"); got != want {
			t.Errorf("request %d: got %d, want %d", i+1, got, want)
		}
	}
	if got := b.from("192.0.2.2:5"); got != http.StatusOK {
		t.Errorf("another address gets %d", got)
	}
	*now = now.Add(time.Second)
	for i, want := range []int{200, 429} {
		if got := b.from("192.0.2.1:6"); got != want {
			t.Errorf("request %d a second later: got %d, want %d", i+1, got, want)
		}
	}
}

func TestRefusalOfTooManyRequestsSaysHowLongToWait(t *testing.T) {
	b, _ := limitedBench(t, Limits{Address: Rate{PerSecond: 1, Burst: 1}})
	b.from("192.0.2.1:5")
	r := httptest.NewRequest("GET", "/v1/network", nil)
	r.RemoteAddr = "192.0.2.1:5"
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "1" ||
		!strings.Contains(w.Body.String(), `"retryable":true`) || !strings.Contains(w.Body.String(), `"code":"too_many_requests"`) {
		t.Errorf("got %d with Retry-After %q: %s", w.Code, w.Header().Get("Retry-After"), w.Body)
	}
}

func TestPartyHasALimitOfItsOwn(t *testing.T) {
	b, now := limitedBench(t, Limits{Party: Rate{PerSecond: 2, Burst: 2}, Address: Rate{PerSecond: 1, Burst: 1}})
	for i, want := range []int{404, 404, 429} {
		if w, _ := b.get(bookPathOfTest); w.Code != want {
			t.Errorf("request %d: got %d, want %d", i+1, w.Code, want)
		}
	}
	// Its requests, being proved, are not counted against its address.
	if got := b.from("192.0.2.1:1"); got != http.StatusOK {
		t.Errorf("the party's address gets %d", got)
	}
	*now = now.Add(500 * time.Millisecond)
	if w, _ := b.get(bookPathOfTest); w.Code != http.StatusNotFound {
		t.Errorf("half a second later: got %d", w.Code)
	}
}

func TestRefusedProofsUseUpTheAddressBeforeTheyAreCheckedAgain(t *testing.T) {
	b, _ := limitedBench(t, Limits{Address: Rate{PerSecond: 1, Burst: 2}})
	ask := func(authorization string) int {
		r := httptest.NewRequest("GET", bookPathOfTest, nil)
		r.Header.Set("Authorization", authorization)
		w := httptest.NewRecorder()
		b.ServeHTTP(w, r)
		return w.Code
	}
	for i, want := range []int{401, 401, 429} {
		if got := ask("Bearer invented"); got != want {
			t.Errorf("guess %d: got %d, want %d", i+1, got, want)
		}
	}
}

// TestOutageUsesNobodysAddressUp: or everybody would be kept out when it is over.
func TestOutageUsesNobodysAddressUp(t *testing.T) {
	b, _ := limitedBench(t, Limits{Address: Rate{PerSecond: 1, Burst: 2}})
	b.ledger.down = true
	for i := range 5 {
		if w, _ := b.get(bookPathOfTest); w.Code != http.StatusServiceUnavailable {
			t.Errorf("request %d of the outage: got %d %s", i+1, w.Code, w.Body)
		}
	}
	b.ledger.down = false
	if w, _ := b.get(bookPathOfTest); w.Code != http.StatusNotFound {
		t.Errorf("after it: got %d %s", w.Code, w.Body)
	}
}

func TestProbesAreAnsweredHoweverOftenTheyCome(t *testing.T) {
	b, _ := limitedBench(t, Limits{Address: Rate{PerSecond: 1, Burst: 1, AtOnce: 1}})
	for range 5 {
		if w, _ := b.get("/readyz"); w.Code != http.StatusOK {
			t.Fatalf("got %d", w.Code)
		}
	}
}

func TestEveryAnswerIsProtected(t *testing.T) {
	b := newBench(t, true)
	for _, path := range []string{"/healthz", "/openapi.json", "/v1/notes", "/nowhere", bookPathOfTest} {
		w, _ := b.get(path)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Strict-Transport-Security": "",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
	b.URL = "https://registry.test"
	if w, _ := b.get("/healthz"); w.Header().Get("Strict-Transport-Security") == "" {
		t.Error("a gateway with https does not ask for it")
	}
}
