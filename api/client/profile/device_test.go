//go:build pkcs11

package profile_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/skuld-registry/skuld/api/client/profile"
	"github.com/skuld-registry/skuld/ledger/sign"
	"github.com/skuld-registry/skuld/ledger/sign/pkcs11/softhsm"
)

func TestKeyInADeviceIsMadeListedAndOpened(t *testing.T) {
	token := softhsm.New(t)
	p := open(t)
	made, err := p.NewDeviceKey("main", token.URI("main"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if listed, err := p.Keys(); err != nil || !reflect.DeepEqual(listed, []profile.KeyInfo{made}) {
		t.Errorf("listed %+v, %v, want %+v", listed, err, made)
	}
	key, err := p.Unlock("main", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer key.(io.Closer).Close()
	signed, err := sign.Payload([]byte(`{"v":1}`), key)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := sign.Verifier{}.Open(signed)
	if err == nil {
		err = sign.Verifier{}.Verify(opened, made.Public)
	}
	if err != nil {
		t.Error(err)
	}
	again, err := open(t).UseDeviceKey("second", token.URI("main"), nil)
	if err != nil || again.Public != made.Public {
		t.Errorf("another profile uses %+v, %v", again, err)
	}
}

func TestKeyInADeviceKeepsItsNameFromOthers(t *testing.T) {
	token := softhsm.New(t)
	p := open(t)
	if _, err := p.NewDeviceKey("main", token.URI("main"), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := p.NewKey("main", profile.ES256, passphrase); !errors.Is(err, profile.ErrKeyExists) {
		t.Errorf("a key in a file: %v", err)
	}
	if _, err := p.UseDeviceKey("main", token.URI("main"), nil); !errors.Is(err, profile.ErrKeyExists) {
		t.Errorf("the same once more: %v", err)
	}
}

func TestAnotherKeyBehindTheSameURIIsRefused(t *testing.T) {
	token := softhsm.New(t)
	p := open(t)
	first, err := p.NewDeviceKey("first", token.URI("first"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.NewDeviceKey("second", token.URI("second"), nil); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{"uri": token.URI("second"), "public": first.Public})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.Dir(), "first.pkcs11"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if key, err := p.Unlock("first", nil); err == nil {
		t.Errorf("opened %v", key.Public())
	}
}
