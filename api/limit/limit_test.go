package limit

import (
	"fmt"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC)

func TestCallerHasSoManyRequestsUnderWay(t *testing.T) {
	c := New("party", Rate{AtOnce: 2})
	leave, err := c.Enter("a", noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Enter("a", noon); err != nil {
		t.Error(err)
	}
	if _, err := c.Enter("a", noon); err == nil {
		t.Error("a third one is taken")
	}
	if _, err := c.Enter("b", noon); err != nil {
		t.Errorf("another caller: %v", err)
	}
	leave()
	if _, err := c.Enter("a", noon); err != nil {
		t.Errorf("when one has left: %v", err)
	}
}

func TestCallersAreForgottenBeforeTheyFillTheMemory(t *testing.T) {
	c := New("address", Rate{PerSecond: 1, Burst: 1})
	for i := range maxCallers + 10 {
		if _, err := c.Enter(fmt.Sprint(i), noon); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.known) != maxCallers || c.recent.Len() != maxCallers {
		t.Errorf("it remembers %d and %d, want %d", len(c.known), c.recent.Len(), maxCallers)
	}
	if _, err := c.Enter(fmt.Sprint(maxCallers), noon); err == nil {
		t.Error("who asked lately is forgotten")
	}
}

func TestAddressIsThatOfWhoAsksAndNotOfWhatItWrites(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
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
		if got := Address(r, proxies); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
