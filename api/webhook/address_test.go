package webhook_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/webhook"
	"github.com/skuld-registry/skuld/ledger"
)

// deliverer makes one that sends over the real network.
func deliverer(local bool) *webhook.Deliverer {
	return webhook.New(webhook.Options{Signer: plainSigner{}, Issuer: "https://gateway.example", Local: local, Clock: time.Now})
}

func TestAddressThatIsNotForThePublicIsRefused(t *testing.T) {
	refused := []string{
		"", "lender.example.com", "ftp://lender.example.com", "https://", "https:lender.example.com", "https://user:secret@lender.example.com",
		"http://lender.example.com", "https://lender.example.com/#part", "https://" + strings.Repeat("a", 3000) + ".example.com",
		"https://localhost", "https://LOCALHOST.", "https://gateway", "https://a.localhost", "https://printer.local", "https://db.internal",
		"https://127.0.0.1", "https://127.1.2.3:8443", "https://10.0.0.1", "https://172.16.0.1", "https://192.168.1.1", "https://169.254.169.254",
		"https://100.64.0.1", "https://0.0.0.0", "https://0.1.2.3", "https://224.0.0.1", "https://255.255.255.255", "https://240.0.0.1",
		"https://192.0.2.1", "https://198.18.0.1", "https://[::1]", "https://[::]", "https://[::ffff:127.0.0.1]", "https://[::ffff:10.0.0.1]",
		"https://[::127.0.0.1]", "https://[fe80::1]", "https://[fe80::1%25eth0]", "https://[fd00:ec2::254]", "https://[ff02::1]",
		"https://[64:ff9b::7f00:1]", "https://[2002:7f00:1::]", "https://[2001:db8::1]", "https://[2001::1]", "https://[fec0::1]", "https://[100::1]",
	}
	d := deliverer(false)
	for _, address := range refused {
		if err := d.Check(address); ledger.CodeOf(err) != ledger.CodeWebhookAddress {
			t.Errorf("%.60q is answered with %v", address, err)
		}
	}
	for _, address := range []string{"https://lender.example.com", "https://lender.example.com:8443/a?b=c", "https://8.8.8.8/", "https://[2606:4700::1111]/"} {
		if err := d.Check(address); err != nil {
			t.Errorf("%q is refused: %v", address, err)
		}
	}
	for address, fine := range map[string]bool{
		"http://127.0.0.1:8080/x": true, "http://localhost:1": true, "http://[::1]:1": true, "https://127.0.0.1": true,
		"http://10.0.0.1": false, "http://lender.example.com": false, "https://192.168.0.1": false,
	} {
		if err := deliverer(true).Check(address); (err == nil) != fine {
			t.Errorf("where local ones are taken, %q gives %v", address, err)
		}
	}
}

// send makes an attempt at an address.
func send(d *webhook.Deliverer, address string) store.Attempt {
	hook := store.Webhook{ID: "h", URL: address}
	a, _ := d.Send(context.Background(), hook, webhook.Ping("id", hook, time.Now()))
	return a
}

// TestNameThatLeadsInsideIsNotReached: the address is checked when it is dialled,
// whatever its name was when the webhook was made.
func TestNameThatLeadsInsideIsNotReached(t *testing.T) {
	var reached atomic.Int64
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer inside.Close()
	port := inside.URL[strings.LastIndexByte(inside.URL, ':'):]
	for _, host := range []string{"127.0.0.1", "localhost", "0.0.0.0", "[::ffff:127.0.0.1]", "[::1]", "169.254.169.254", "10.255.255.1"} {
		if a := send(deliverer(false), "http://"+host+port); a.Fault != webhook.FaultAddress || a.Status != 0 {
			t.Errorf("%s gives %+v", host, a)
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("it was reached %d times", n)
	}
	if a := send(deliverer(true), inside.URL); a.Fault != "" || reached.Load() != 1 {
		t.Errorf("where local ones are taken it gives %+v", a)
	}
}

// TestHostileReceiverHarmsOnlyItself sends to receivers that answer all manner of
// things, over a real connection.
func TestHostileReceiverHarmsOnlyItself(t *testing.T) {
	var reached atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer elsewhere.Close()
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		status int
		fault  string
	}{
		"accepts":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(202) }, 202, ""},
		"fails":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, 500, webhook.FaultStatus},
		"is gone":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) }, 410, webhook.FaultStatus},
		"redirects": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) }, 302, webhook.FaultRedirect},
		"redirects and repeats": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, 307, webhook.FaultRedirect},
		"closes": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0, webhook.FaultUnreachable},
		"never ends": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
		}, 200, ""},
		"endless headers": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-A", strings.Repeat("a", 64<<10)) }, 0, webhook.FaultUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(c.answer))
			defer server.Close()
			if a := send(deliverer(true), server.URL); a.Status != c.status || a.Fault != c.fault {
				t.Errorf("it gives %+v, want %d %q", a, c.status, c.fault)
			}
		})
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("a redirect was followed %d times", n)
	}
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	if a := send(deliverer(true), secure.URL); a.Fault != webhook.FaultTLS {
		t.Errorf("a certificate that nobody vouches for gives %+v", a)
	}
	secure.Close()
	if a := send(deliverer(true), secure.URL); a.Fault != webhook.FaultUnreachable {
		t.Errorf("nobody there gives %+v", a)
	}
}

func TestProxyOfTheEnvironmentIsPassedBy(t *testing.T) {
	var asked atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer proxy.Close()
	t.Setenv("HTTPS_PROXY", proxy.URL)
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("NO_PROXY", "")
	if a := send(deliverer(false), "http://10.255.255.1/"); a.Fault != webhook.FaultAddress || asked.Load() != 0 {
		t.Errorf("it gives %+v, and the proxy was asked %d times", a, asked.Load())
	}
}

func TestBackoffGrowsToSixHoursAndDiffersFromDeliveryToDelivery(t *testing.T) {
	var sum time.Duration
	for attempt := 1; attempt < webhook.MaxAttempts; attempt++ {
		wait := webhook.Backoff("one", attempt)
		plain := min(10*time.Second*time.Duration(pow3(attempt-1)), 6*time.Hour)
		if wait < plain || wait > plain*5/4 || wait != webhook.Backoff("one", attempt) {
			t.Errorf("after attempt %d it waits %s, want %s to %s", attempt, wait, plain, plain*5/4)
		}
		sum += wait
	}
	if sum < 60*time.Hour || sum > 84*time.Hour {
		t.Errorf("in all it is tried for %s, want about three days", sum)
	}
	if webhook.Backoff("one", 3) == webhook.Backoff("two", 3) {
		t.Error("two deliveries wait alike")
	}
}

func pow3(n int) int64 {
	p := int64(1)
	for range min(n, 20) {
		p *= 3
	}
	return p
}
