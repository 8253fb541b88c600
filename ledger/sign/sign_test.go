package sign_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

var issued = time.Date(2026, time.March, 2, 10, 0, 0, 0, time.UTC)

// privateP256 makes a P-256 key of a name, the same one each time.
func privateP256(t testing.TB, name string) *ecdsa.PrivateKey {
	t.Helper()
	d := sha256.Sum256([]byte(name))
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d[:])
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// privateEd25519 makes an Ed25519 key of a name, the same one each time.
func privateEd25519(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func keyOf(t testing.TB, private crypto.Signer) ledger.Key {
	t.Helper()
	k, err := sign.KeyOf(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func command(t testing.TB) *ledger.Command {
	t.Helper()
	c, err := ledger.Draft{Op: ledger.OpBookOpen, Network: "5ca1ab1e", By: "p" + ledger.PartyID(strings.Repeat("a", 32)),
		Command: "00000000-0000-4000-8000-000000000001", IssuedAt: issued, Body: ledger.EmptyBody{}}.Build()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func signed(t testing.TB, private crypto.Signer) ledger.Signed {
	t.Helper()
	s, err := sign.Command(command(t), private)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// check opens a signed command and verifies it with the key.
func check(s ledger.Signed, k ledger.Key) error {
	o, err := sign.Verifier{}.Open(s)
	if err != nil {
		return err
	}
	return sign.Verifier{}.Verify(o, k)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func TestASignedCommandVerifiesWithItsKeyAndNoOther(t *testing.T) {
	fresh, err := sign.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]crypto.Signer{
		"ES256": privateP256(t, "a"), "EdDSA": privateEd25519("a"), "ES256, other": privateP256(t, "b"),
		"EdDSA, other": privateEd25519("b"), "ES256, drawn": fresh,
	}
	payload, err := command(t).Canonical()
	if err != nil {
		t.Fatal(err)
	}
	for name, private := range keys {
		s := signed(t, private)
		o, err := sign.Verifier{}.Open(s)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if string(o.Payload) != string(payload) || o.KeyID != keyOf(t, private).ID || o.Signed != s || o.Seal.IsZero() {
			t.Errorf("%s is opened as %+v", name, o)
		}
		for other, holder := range keys {
			err := sign.Verifier{}.Verify(o, keyOf(t, holder))
			if (err == nil) != (name == other) {
				t.Errorf("signed by %s, verified with the key of %s: %v", name, other, err)
			}
		}
	}
}

func TestASealIsTheSignaturesAndNotThePayloads(t *testing.T) {
	open := func(s ledger.Signed) ledger.Opened {
		o, err := sign.Verifier{}.Open(s)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	a, b := open(signed(t, privateEd25519("a"))), open(signed(t, privateEd25519("b")))
	if a.Seal == b.Seal {
		t.Error("two signers have one seal")
	}
	if again := open(signed(t, privateEd25519("a"))); again.Seal != a.Seal {
		t.Error("one EdDSA signature has two seals")
	}
}

func TestOnlyTheTwoKindsOfKeySign(t *testing.T) {
	weak, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	long, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, private := range map[string]crypto.Signer{"RSA": weak, "P-384": long} {
		if _, err := sign.Command(command(t), private); ledger.CodeOf(err) != ledger.CodeKeyUnsupported {
			t.Errorf("signing with %s: %v", name, err)
		}
	}
}

// okp gives the Ed25519 key whose encoding is a byte and zeros.
func okp(first byte) ledger.Key {
	x := make([]byte, ed25519.PublicKeySize)
	x[0] = first
	return ledger.Key{Kty: "OKP", Crv: "Ed25519", X: encode(x)}
}

// TestKeysThatAreNoneAreRefused: a point that is not on its curve must never
// reach the arithmetic.
func TestKeysThatAreNoneAreRefused(t *testing.T) {
	private := privateP256(t, "a")
	s, good := signed(t, private), keyOf(t, private)
	zero := encode(make([]byte, 32))
	for name, change := range map[string]func(*ledger.Key){
		"a point off the curve":        func(k *ledger.Key) { k.Y = k.X },
		"the point zero":               func(k *ledger.Key) { k.X, k.Y = zero, zero },
		"a coordinate above the field": func(k *ledger.Key) { k.X = encode([]byte(strings.Repeat("\xff", 32))) },
		"a short coordinate":           func(k *ledger.Key) { k.X = k.X[:10] },
		"a long coordinate":            func(k *ledger.Key) { k.X += "AAAA" },
		"no coordinates":               func(k *ledger.Key) { k.X, k.Y = "", "" },
		"padding":                      func(k *ledger.Key) { k.X += "=" },
		"a line break":                 func(k *ledger.Key) { k.X += "\n" },
		"another curve":                func(k *ledger.Key) { k.Crv = "secp256k1" },
		"another type":                 func(k *ledger.Key) { k.Kty = "oct" },
		"a byte moved from one coordinate to the other": func(k *ledger.Key) {
			x, y := decode(t, k.X), decode(t, k.Y)
			k.X, k.Y = encode(x[:31]), encode(append(x[31:32:32], y...))
		},
		"the neutral element of Ed25519": func(k *ledger.Key) { *k = okp(1) },
		"the neutral element with a sign": func(k *ledger.Key) {
			*k = ledger.Key{ID: k.ID, Kty: "OKP", Crv: "Ed25519", X: encode(append([]byte{1}, append(make([]byte, 30), 0x80)...))}
		},
		"a point of order four": func(k *ledger.Key) { *k = okp(0) },
		"the neutral element, spelled with p": func(k *ledger.Key) {
			*k = ledger.Key{ID: k.ID, Kty: "OKP", Crv: "Ed25519", X: encode(append([]byte{0xee}, append([]byte(strings.Repeat("\xff", 30)), 0x7f)...))}
		},
		"an Ed25519 key with a y": func(k *ledger.Key) {
			*k = ledger.Key{ID: k.ID, Kty: "OKP", Crv: "Ed25519", X: k.X, Y: k.Y}
		},
		"an Ed25519 key of 64 bytes": func(k *ledger.Key) {
			*k = ledger.Key{ID: k.ID, Kty: "OKP", Crv: "Ed25519", X: encode(make([]byte, 64))}
		},
	} {
		k := good
		change(&k)
		if err := check(s, k); ledger.CodeOf(err) != ledger.CodeKeyUnsupported {
			t.Errorf("%s: %v", name, err)
		}
	}
}
