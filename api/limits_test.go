package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
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

func TestCallerHasSoManyRequestsUnderWay(t *testing.T) {
	c := newCallers("party", Rate{AtOnce: 2})
	leave, err := c.enter("a", noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.enter("a", noon); err != nil {
		t.Error(err)
	}
	if _, err := c.enter("a", noon); err == nil {
		t.Error("a third one is taken")
	}
	if _, err := c.enter("b", noon); err != nil {
		t.Errorf("another caller: %v", err)
	}
	leave()
	if _, err := c.enter("a", noon); err != nil {
		t.Errorf("when one has left: %v", err)
	}
}

func TestCallersAreForgottenBeforeTheyFillTheMemory(t *testing.T) {
	c := newCallers("address", Rate{PerSecond: 1, Burst: 1})
	for i := range maxCallers + 10 {
		if _, err := c.enter(fmt.Sprint(i), noon); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.known) != maxCallers || c.recent.Len() != maxCallers {
		t.Errorf("it remembers %d and %d, want %d", len(c.known), c.recent.Len(), maxCallers)
	}
	if _, err := c.enter(fmt.Sprint(maxCallers), noon); err == nil {
		t.Error("who asked lately is forgotten")
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

func TestAddressIsThatOfWhoAsksAndNotOfWhatItWrites(t *testing.T) {
	b, _ := limitedBench(t, Limits{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}})
	for name, c := range map[string]struct {
		remote    string
		forwarded []string
		want      string
	}{
		"no proxy":                     {"192.0.2.1:5", nil, "192.0.2.1"},
		"a header of a stranger":       {"192.0.2.1:5", []string{"198.51.100.1"}, "192.0.2.1"},
		"through our proxy":            {"10.0.0.1:5", []string{"192.0.2.1"}, "192.0.2.1"},
		"through two of ours":          {"10.0.0.1:5", []string{"192.0.2.1, 10.9.9.9"}, "192.0.2.1"},
		"an invented hop before":       {"10.0.0.1:5", []string{"198.51.100.1, 192.0.2.1"}, "192.0.2.1"},
		"in two headers":               {"10.0.0.1:5", []string{"198.51.100.1", "192.0.2.1"}, "192.0.2.1"},
		"not an address":               {"10.0.0.1:5", []string{"192.0.2.1, unknown"}, "10.0.0.1"},
		"our proxy says nothing":       {"10.0.0.1:5", nil, "10.0.0.1"},
		"only ours":                    {"10.0.0.1:5", []string{"10.0.0.2"}, "10.0.0.2"},
		"IPv4 in IPv6":                 {"[::ffff:192.0.2.1]:5", nil, "192.0.2.1"},
		"a network of IPv6":            {"[2001:db8:1:2:3:4:5:6]:5", nil, "2001:db8:1:2::/64"},
		"a network of IPv6, forwarded": {"[::1]:5", []string{"2001:db8:1:2::9"}, "2001:db8:1:2::/64"},
		"a zone":                       {"[fe80::1%eth0]:5", nil, "fe80::/64"},
		"more hops than are looked at": {"10.0.0.1:5", []string{"192.0.2.1" + strings.Repeat(", 10.0.0.1", maxHops)}, "10.0.0.1"},
		"no network address":           {"@", nil, ""},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		r.Header["X-Forwarded-For"] = c.forwarded
		if got := b.addressOf(r); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
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
