//go:build !pkcs11

package main

import (
	"strings"
	"testing"
)

func TestDeviceIsRefusedByAProgramThatWasBuiltWithoutThem(t *testing.T) {
	w := newWorld(t)
	r := w.run("lender", "key", "new", "--pkcs11", "pkcs11:token=t;object=o?module-path=/lib/p11.so&pin-source=file:/pin")
	if r.code == exitOK || !strings.Contains(r.err, "-tags pkcs11") {
		t.Errorf("exit code %d, %s", r.code, r.err)
	}
	if r := w.run("lender", "key", "use", "file:/etc/key"); r.code == exitOK || !strings.Contains(r.err, "pkcs11:") {
		t.Errorf("what is no URI: exit code %d, %s", r.code, r.err)
	}
}
