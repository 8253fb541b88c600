package pkcs11

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestURIIsReadAsRFC7512HasIt(t *testing.T) {
	for text, want := range map[string]Reference{
		"pkcs11:token=lender;object=main?module-path=/lib/p11.so&pin-source=file:/etc/pin": {
			Module: "/lib/p11.so", Token: "lender", Object: "main", PINSource: "/etc/pin"},
		"pkcs11:serial=42;id=%00%ff;type=private?module-path=/lib/p11.so": {Module: "/lib/p11.so", Serial: "42", ID: "\x00\xff"},
		"pkcs11:token=The%20Bank;object=a%3Bb?pin-source=file:///etc/pin&module-path=/lib/p11.so": {
			Module: "/lib/p11.so", Token: "The Bank", Object: "a;b", PINSource: "/etc/pin"},
		"pkcs11:token=t;object=o?module-path=/lib/p11.so&pin-source=/etc/pin": {
			Module: "/lib/p11.so", Token: "t", Object: "o", PINSource: "/etc/pin"},
	} {
		if got, err := Parse(text); err != nil || got != want {
			t.Errorf("%s: got %+v, %v", text, got, err)
		}
	}
}

func TestURIsThatSayTooLittleOrTooMuchAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"file:/etc/key": "want pkcs11:",
		"pkcs11:token=t;object=o?module-path=/" + strings.Repeat("x", maxURI): "at most",
		"pkcs11:token=t;object=o":                                                             "module-path",
		"pkcs11:token=t;object=o?module-path=p11.so":                                          "absolute",
		"pkcs11:object=o?module-path=/p11.so":                                                 "token or serial",
		"pkcs11:token=t;serial=1;object=o?module-path=/p11.so":                                "token or serial",
		"pkcs11:token=t?module-path=/p11.so":                                                  "object or id",
		"pkcs11:token=t;token=u;object=o?module-path=/p11.so":                                 "token must be there once",
		"pkcs11:token=;object=o?module-path=/p11.so":                                          "token must be there once",
		"pkcs11:token=%zz;object=o?module-path=/p11.so":                                       "percent-encoded",
		"pkcs11:token=t;object=o;type=public?module-path=/p11.so":                             "private",
		"pkcs11:token=t;object=o?module-path=/p11.so&pin-value=1234":                          "pin-value",
		"pkcs11:token=t;object=o?module-path=/p11.so&pin-source=%7C/usr/bin/askpass":          "only be a file",
		"pkcs11:token=t;object=o?module-path=/p11.so&pin-source=file:pin":                     "absolute",
		"pkcs11:token=t;object=o;colour=red?module-path=/p11.so":                              "colour",
		"pkcs11:token=t;object=o?module-path=/p11.so&pin-source=file:/a&pin-source=file:/etc": "pin-source must be there once",
	} {
		if got, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %+v, %v, want an error with %q", text, got, err, want)
		}
	}
}

func TestRefusedURIDoesNotRepeatItsPIN(t *testing.T) {
	_, err := Parse("pkcs11:token=t;object=o?module-path=/p11.so&pin-value=secret4711")
	if err == nil || strings.Contains(err.Error(), "secret4711") {
		t.Errorf("got %v", err)
	}
}

func TestPINComesFromAFileOfItsOwnerOrFromTheCaller(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pin")
	for name, c := range map[string]struct {
		text  string
		mode  os.FileMode
		given string
		want  string
	}{
		"a line":            {"1234\n", 0o600, "", "1234"},
		"read by the group": {"1234", 0o640, "", "1234"},
		"read by all":       {"1234", 0o644, "", ""},
		"empty":             {"\n", 0o600, "", ""},
		"too long":          {strings.Repeat("1", maxPIN+1), 0o600, "", ""},
		"beside the given":  {"1234", 0o600, "5678", "1234"},
		"only the given":    {"", 0, "5678", "5678"},
		"neither":           {"", 0, "", ""},
	} {
		r := Reference{}
		if c.mode != 0 {
			r.PINSource = file
			if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(file, c.mode); err != nil {
				t.Fatal(err)
			}
		}
		got, err := r.pin([]byte(c.given))
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
}
