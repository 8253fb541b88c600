package dpop_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/skuld-registry/skuld/api/client/dpop"
)

// TestProofIsTheOneOfTheRFC holds a proof against RFC 9449 par. 4.2, with the token
// and the hash of par. 7.1.
func TestProofIsTheOneOfTheRFC(t *testing.T) {
	p, err := dpop.New()
	if err != nil {
		t.Fatal(err)
	}
	proof, err := p.Proof(dpop.Request{
		Method: "GET", URL: "https://resource.example.org/protectedresource?page=2#top", Nonce: "eyJ7S_zG.eyJH0-Z.HX4w-7v",
		Token: "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU", At: time.Unix(1562262618, 0),
	})
	if err != nil {
		t.Fatal(err)
	}
	message, err := jws.ParseString(proof)
	if err != nil {
		t.Fatal(err)
	}
	header := message.Signatures()[0].ProtectedHeaders()
	if header.Type() != "dpop+jwt" || header.Algorithm() != "EdDSA" || header.JWK() == nil || header.KeyID() != "" {
		t.Errorf("the header is %v", header)
	}
	if _, err := jws.Verify([]byte(proof), jws.WithKey(header.Algorithm(), header.JWK())); err != nil {
		t.Errorf("the key in the header does not verify the proof: %v", err)
	}
	var claims map[string]any
	if err := json.Unmarshal(message.Payload(), &claims); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"htm": "GET", "htu": "https://resource.example.org/protectedresource", "iat": 1562262618.0,
		"ath": "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo", "nonce": "eyJ7S_zG.eyJH0-Z.HX4w-7v",
	} {
		if claims[name] != want {
			t.Errorf("%s is %v, want %v", name, claims[name], want)
		}
	}
}

func TestEachProofHasAnIDOfItsOwn(t *testing.T) {
	p, err := dpop.New()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for range 100 {
		proof, err := p.Proof(dpop.Request{Method: "GET", URL: "https://gateway.test/"})
		if err != nil || seen[proof] {
			t.Fatalf("%q again, or %v", proof, err)
		}
		seen[proof] = true
	}
}

func TestKeyThatNoGatewayTakesMakesNoProver(t *testing.T) {
	long, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := dpop.With(long); err == nil {
		t.Errorf("a key on P-384 makes the prover %v", p)
	}
}
