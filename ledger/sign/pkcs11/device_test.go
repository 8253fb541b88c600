//go:build pkcs11

package pkcs11_test

import (
	"encoding/asn1"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
	"github.com/skuld-registry/skuld/ledger/sign/pkcs11"
	"github.com/skuld-registry/skuld/ledger/sign/pkcs11/softhsm"
)

func reference(t *testing.T, uri string) pkcs11.Reference {
	t.Helper()
	r, err := pkcs11.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestKeyMadeInADeviceSignsCommandsAndIsFoundAgain(t *testing.T) {
	token := softhsm.New(t)
	r := reference(t, token.URI("main"))
	made, err := pkcs11.Create(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	public, err := sign.KeyOf(made.Public())
	if err != nil {
		t.Fatal(err)
	}
	if err := made.Close(); err != nil {
		t.Fatal(err)
	}
	key, err := pkcs11.Open(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer key.Close()
	if again, err := sign.KeyOf(key.Public()); err != nil || again != public {
		t.Fatalf("made %+v, found %+v, %v", public, again, err)
	}
	// Half of all signatures have a number with a leading zero or a high bit less
	// than another; several show that each becomes the fixed form of JWS.
	var signers sync.WaitGroup
	for range 8 {
		signers.Go(func() {
			signed, err := sign.Payload([]byte(`{"v":1}`), key)
			if err != nil {
				t.Error(err)
				return
			}
			opened, err := sign.Verifier{}.Open(signed)
			if err == nil {
				err = sign.Verifier{}.Verify(opened, public)
			}
			if err != nil {
				t.Errorf("verifying: %v", err)
			}
		})
	}
	signers.Wait()
}

func TestSignatureOfADeviceIsASN1(t *testing.T) {
	token := softhsm.New(t)
	key, err := pkcs11.Create(reference(t, token.URI("main")), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer key.Close()
	digest := ledger.PayloadDigest([]byte("x"))
	signature, err := key.Sign(nil, digest[:], nil)
	if err != nil {
		t.Fatal(err)
	}
	var numbers struct{ R, S asn1.RawValue }
	if rest, err := asn1.Unmarshal(signature, &numbers); err != nil || len(rest) > 0 {
		t.Errorf("got %x: %v", signature, err)
	}
}

func TestDeviceRefusals(t *testing.T) {
	token := softhsm.New(t)
	made, err := pkcs11.Create(reference(t, token.URI("main")), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer made.Close()
	wrong := filepath.Join(t.TempDir(), "pin")
	if err := os.WriteFile(wrong, []byte("9999"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		do   func(pkcs11.Reference, []byte) (pkcs11.Key, error)
		uri  string
		want string
	}{
		"a label that is taken": {pkcs11.Create, token.URI("main"), "already"},
		"a key that is not":     {pkcs11.Open, token.URI("other"), "0 keys fit"},
		"another token":         {pkcs11.Open, strings.Replace(token.URI("main"), "token="+token.Label, "token=none", 1), "opening the device"},
		"no library":            {pkcs11.Open, strings.Replace(token.URI("main"), token.Module, "/nowhere.so", 1), "opening the device"},
	} {
		t.Run(name, func(t *testing.T) {
			key, err := c.do(reference(t, c.uri), nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, %v, want an error with %q", key, err, c.want)
			}
		})
	}
}
