// Package softhsm gives a test a PKCS #11 device of its own: a token of SoftHSM,
// which keeps keys in files and otherwise does as hardware does.
//
// It must not be used outside of tests: its PIN is in its source.
package softhsm

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

const pin = "4711-0815"

// modules are where systems keep SoftHSM's library.
var modules = []string{
	"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/*/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so",
	"/usr/local/lib/softhsm/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so",
}

// Token is a device that is empty at first.
type Token struct {
	Module string // the library
	Label  string
	pin    string // file of the PIN
}

// New makes a token that goes with the test. Without SoftHSM the test is skipped,
// or fails where CI is set.
func New(t *testing.T) *Token {
	t.Helper()
	token := &Token{Label: "skuld-test"}
	for _, pattern := range modules {
		if found, err := filepath.Glob(pattern); err == nil && len(found) > 0 {
			token.Module = found[0]
			break
		}
	}
	tool, err := exec.LookPath("softhsm2-util")
	if err != nil || token.Module == "" {
		const missing = "SoftHSM is missing; install Debian's softhsm2"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	dir := t.TempDir()
	token.pin = filepath.Join(dir, "pin")
	files := map[string]string{
		token.pin:                          pin + "\n",
		filepath.Join(dir, "softhsm.conf"): "directories.tokendir = " + dir + "\nobjectstore.backend = file\nlog.level = ERROR\n",
	}
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("SOFTHSM2_CONF", filepath.Join(dir, "softhsm.conf"))
	out, err := exec.CommandContext(t.Context(), tool, "--init-token", "--free", "--label", token.Label, "--pin", pin, "--so-pin", pin).CombinedOutput()
	if err != nil {
		t.Fatalf("making a token: %v\n%s", err, out)
	}
	return token
}

// URI names a key in the token, and the file of the token's PIN.
func (token *Token) URI(object string) string {
	return "pkcs11:token=" + token.Label + ";object=" + url.PathEscape(object) +
		"?module-path=" + token.Module + "&pin-source=file:" + token.pin
}
