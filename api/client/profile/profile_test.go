package profile_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/client/profile"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

var passphrase = []byte("correct horse battery")

func open(t *testing.T) *profile.Profile {
	t.Helper()
	p, err := profile.Open(filepath.Join(t.TempDir(), "lender"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSettingsAreReadBackAsSaved(t *testing.T) {
	p := open(t)
	p.Settings = profile.Settings{
		Gateway: "http://127.0.0.1:8080", Party: ledger.PartyID("p" + strings.Repeat("a", 32)),
		Book: ledger.BookID("b" + strings.Repeat("2", 32)), Key: "main", PassphraseFile: "secret",
	}
	if err := p.Save(); err != nil {
		t.Fatal(err)
	}
	again, err := profile.Open(p.Dir())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again, p) {
		t.Errorf("read %+v, saved %+v", again, p)
	}
	for path, want := range map[string]os.FileMode{p.Dir(): 0o700, filepath.Join(p.Dir(), "profile.json"): 0o600} {
		stat, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := stat.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
}

func TestBrokenSettingsAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"no json":         `gateway: here`,
		"unknown field":   `{"gatway":"http://127.0.0.1:1"}`,
		"wrong party":     `{"party":"me"}`,
		"wrong book":      `{"book":"mine"}`,
		"no address":      `{"gateway":"127.0.0.1:8080"}`,
		"other scheme":    `{"gateway":"file:///etc"}`,
		"key out of here": `{"key":"../../id"}`,
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t)
			if err := p.WriteFile("profile.json", []byte(text)); err != nil {
				t.Fatal(err)
			}
			if got, err := profile.Open(p.Dir()); err == nil {
				t.Errorf("opened as %+v", got)
			}
		})
	}
}

func TestKeyIsOpenedByItsPassphraseOnly(t *testing.T) {
	for _, algorithm := range []profile.Algorithm{profile.ES256, profile.EdDSA} {
		t.Run(string(algorithm), func(t *testing.T) {
			p := open(t)
			made, err := p.NewKey("main", algorithm, passphrase)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Unlock("main", []byte("incorrect horse")); !errors.Is(err, profile.ErrPassphrase) {
				t.Errorf("a wrong passphrase gives %v", err)
			}
			private, err := p.Unlock("main", passphrase)
			if err != nil {
				t.Fatal(err)
			}
			public, err := sign.KeyOf(private.Public())
			if err != nil {
				t.Fatal(err)
			}
			if want := (profile.KeyInfo{Name: "main", Algorithm: algorithm, Public: public}); made != want {
				t.Errorf("made %+v, unlocked %+v", made, want)
			}
			listed, err := p.Keys()
			if err != nil {
				t.Fatal(err)
			}
			if want := []profile.KeyInfo{made}; !reflect.DeepEqual(listed, want) {
				t.Errorf("listed %+v, want %+v", listed, want)
			}
		})
	}
}

func TestKeyIsNeverOverwrittenNorReadableByOthers(t *testing.T) {
	p := open(t)
	if _, err := p.NewKey("main", profile.ES256, passphrase); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(p.Dir(), "main.key")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	stat, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if stat.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %o, want 600", stat.Mode().Perm())
	}
	if _, err := p.NewKey("main", profile.ES256, passphrase); !errors.Is(err, profile.ErrKeyExists) {
		t.Errorf("a second key of the same name gives %v", err)
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(before) != string(after) {
		t.Error("the key file changed")
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Unlock("main", passphrase); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("the error of a key that others can read is %v, want one that says chmod 600", err)
	}
}

func TestBadKeysAreRefused(t *testing.T) {
	p := open(t)
	if _, err := p.NewKey("main", profile.ES256, []byte("short")); err == nil {
		t.Error("a passphrase of five characters was taken")
	}
	for _, name := range []string{"", "../main", "a b", "a/b", strings.Repeat("a", 65)} {
		if _, err := p.NewKey(name, profile.ES256, passphrase); err == nil {
			t.Errorf("the name %q was taken", name)
		}
	}
	if _, err := p.NewKey("main", "HS256", passphrase); err == nil {
		t.Error("the algorithm HS256 was taken")
	}
	if _, err := p.Unlock("other", passphrase); !errors.Is(err, profile.ErrNoKey) {
		t.Errorf("a key that does not exist gives %v", err)
	}
	if err := p.WriteFile("junk.key", []byte("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := p.KeyInfo("junk"); err == nil {
		t.Error("junk was read as a key")
	}
}

func TestPassphraseIsTheFirstLineOfItsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	for text, want := range map[string]string{
		"correct horse\n":          "correct horse",
		"correct horse\r\nrest\n":  "correct horse",
		" kept as it is \nsecond":  " kept as it is ",
		"no line end":              "no line end",
		"\nnothing in the first\n": "",
		"":                         "",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := profile.ReadPassphrase(path)
		if string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%q gives %q, %v; want %q", text, got, err, want)
		}
	}
}
