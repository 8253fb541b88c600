package sign_test

import (
	"encoding/json"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// FuzzOpen reads anything as a signed command. Only what was signed verifies,
// and only in the one spelling that it was signed in.
func FuzzOpen(f *testing.F) {
	private := privateEd25519("a")
	key := keyOf(f, private)
	good := signed(f, private)
	f.Add(good.JWS)
	f.Add(signed(f, privateP256(f, "a")).JWS)
	f.Add("e30.e30.")
	f.Add("..")
	f.Fuzz(func(t *testing.T, jws string) {
		o, err := sign.Verifier{}.Open(ledger.Signed{JWS: jws})
		if err == nil {
			err = sign.Verifier{}.Verify(o, key)
		}
		switch {
		case err == nil && jws != good.JWS:
			t.Fatalf("%q verifies and was never signed", jws)
		case err != nil && ledger.CodeOf(err) == "":
			t.Fatalf("an internal error: %v", err)
		}
	})
}

// FuzzOpenWebAuthn reads anything as a command that a passkey signed. Only what
// was signed verifies, and only in the one spelling that it was signed in.
func FuzzOpenWebAuthn(f *testing.F) {
	d, key := device(f, pages, "a")
	good, err := d.Sign(payload(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good.WebAuthn)
	f.Add(key.ID + ".e30.AA.e30.MAA")
	f.Add("....")
	f.Fuzz(func(t *testing.T, text string) {
		o, err := sign.Verifier{}.Open(ledger.Signed{WebAuthn: text})
		if err == nil {
			err = sign.Verifier{}.Verify(o, key)
		}
		switch {
		case err == nil && text != good.WebAuthn:
			t.Fatalf("%q verifies and was never signed", text)
		case err != nil && ledger.CodeOf(err) == "":
			t.Fatalf("an internal error: %v", err)
		}
	})
}

// FuzzClientData signs any client data. What is taken names the origin and the
// challenge for encoding/json too, which believes the last of two members.
func FuzzClientData(f *testing.F) {
	d, key := device(f, pages, "a")
	challenge := ledger.PayloadDigest(payload(f))
	f.Add(d.ClientData("webauthn.get", challenge[:]))
	f.Add([]byte(`{"type":"webauthn.get","origin":"https:\/\/borrower.skuld.example","x":{}}`))
	f.Add([]byte(`{"a":1,"a":2}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		a, err := d.Assert(d.AuthenticatorData(d.Flags), text)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Verify(key, challenge[:]); err != nil {
			if ledger.CodeOf(err) == "" {
				t.Fatalf("an internal error: %v", err)
			}
			return
		}
		var read map[string]any
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatalf("%q is taken and is no JSON: %v", text, err)
		}
		if read["type"] != "webauthn.get" || read["origin"] != pages.Origin || read["challenge"] != encode(challenge[:]) || read["crossOrigin"] == true {
			t.Fatalf("%q is taken, and reads as %v", text, read)
		}
	})
}
