package sign_test

import (
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
