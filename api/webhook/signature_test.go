package webhook_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/api/webhook"
)

// jwks writes the public keys as the gateway does.
func jwks(t *testing.T, keys *auth.Keys) []byte {
	t.Helper()
	text, err := json.Marshal(keys.Public())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestKeysAreReplacedWithoutADeliveryThatCannotBeVerified: a receiver that reads
// the keys now and then verifies every delivery.
func TestKeysAreReplacedWithoutADeliveryThatCannotBeVerified(t *testing.T) {
	folder := t.TempDir()
	inBubble(t, func(t *testing.T, w *world) {
		keys, err := auth.OpenKeys(folder, time.Now, nil)
		if err != nil {
			t.Fatal(err)
		}
		w.options.Signer = keys
		w.restart()
		h := w.hook("h")
		signers := map[string]bool{}
		kept, read := jwks(t, keys), time.Now()
		for n := range 14 {
			if n == 6 { // the first key is old enough by then
				if err := keys.Rotate(); err != nil {
					t.Fatal(err)
				}
			}
			w.change(lender, "a")
			synctest.Wait()
			d := w.last()
			got, err := client.VerifyEvent(client.Received{
				Body: d.body, Signature: d.signature, Gateway: w.options.Issuer, Address: h.URL, Now: time.Now(),
			}, kept)
			if err != nil || got.Delivery != d.id || got.Event != d.event || got.Webhook != "h" {
				t.Fatalf("delivery %d: %+v, %v", n, got, err)
			}
			head, _, _ := strings.Cut(d.signature, ".")
			signers[head] = true
			pass(12 * time.Minute)
			if time.Since(read) >= auth.JWKSAge {
				kept, read = jwks(t, keys), time.Now()
			}
		}
		if len(signers) != 2 {
			t.Errorf("%d keys have signed, want two", len(signers))
		}
	})
}

func TestDeliveryThatIsNotWhatTheGatewaySentIsRefused(t *testing.T) {
	folder, strangers := t.TempDir(), t.TempDir()
	inBubble(t, func(t *testing.T, w *world) {
		keys, err := auth.OpenKeys(folder, time.Now, nil)
		if err != nil {
			t.Fatal(err)
		}
		strange, err := auth.OpenKeys(strangers, time.Now, nil)
		if err != nil {
			t.Fatal(err)
		}
		w.options.Signer = keys
		w.restart()
		h := w.hook("h")
		w.change(lender, "a")
		synctest.Wait()
		d, set := w.last(), jwks(t, keys)
		good := client.Received{Body: d.body, Signature: d.signature, Gateway: w.options.Issuer, Address: h.URL, Now: time.Now()}
		if _, err := client.VerifyEvent(good, set); err != nil {
			t.Fatal(err)
		}
		claims := func(typ string) string {
			signed, err := keys.Sign([]byte(`{"iss":"https://gateway.example"}`), typ)
			if err != nil {
				t.Fatal(err)
			}
			return signed
		}
		parts := strings.Split(d.signature, ".")
		for name, change := range map[string]func(*client.Received){
			"another body":       func(r *client.Received) { r.Body = append([]byte(" "), r.Body...) },
			"another gateway":    func(r *client.Received) { r.Gateway = "https://other.example" },
			"another address":    func(r *client.Received) { r.Address = "https://other.example" },
			"an old one":         func(r *client.Received) { r.Now = r.Now.Add(time.Hour) },
			"one of tomorrow":    func(r *client.Received) { r.Now = r.Now.Add(-time.Hour) },
			"none":               func(r *client.Received) { r.Signature = "" },
			"a long one":         func(r *client.Received) { r.Signature = strings.Repeat("a", 10<<10) },
			"an access token":    func(r *client.Received) { r.Signature = claims("at+jwt") },
			"without its claims": func(r *client.Received) { r.Signature = claims(webhook.SignatureType) },
			"its signature cut":  func(r *client.Received) { r.Signature = parts[0] + "." + parts[1] + "." },
			"no algorithm":       func(r *client.Received) { r.Signature = "eyJhbGciOiJub25lIn0." + parts[1] + "." },
			"another one's claims": func(r *client.Received) {
				r.Signature = parts[0] + "." + strings.Split(claims(webhook.SignatureType), ".")[1] + "." + parts[2]
			},
		} {
			r := good
			change(&r)
			if _, err := client.VerifyEvent(r, set); err == nil {
				t.Errorf("%s is taken", name)
			}
		}
		if _, err := client.VerifyEvent(good, jwks(t, strange)); !errors.Is(err, client.ErrEventKey) {
			t.Errorf("a key that is not in the set gives %v", err)
		}
	})
}
