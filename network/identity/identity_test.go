package identity_test

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/identity"
	"github.com/skuld-registry/skuld/network/pki"
)

var now = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

// withLocalRoot is a network of which only the lender's root is there.
func withLocalRoot(t *testing.T) (network.Home, *network.State) {
	t.Helper()
	h := network.Home(t.TempDir())
	s, err := network.NewState(network.Default())
	if err != nil {
		t.Fatal(err)
	}
	root, err := pki.NewAuthority("ca.lender", "lender", now)
	if err != nil {
		t.Fatal(err)
	}
	if err := root.Write(h.Crypto().CA("lender")); err != nil {
		t.Fatal(err)
	}
	return h, s
}

func TestALocalRevocationListRepeatsWhatTheChannelRefusesAlready(t *testing.T) {
	h, s := withLocalRoot(t)
	r, err := identity.Open(h, s, h.CAFile())
	if err != nil {
		t.Fatal(err)
	}
	clerk := identity.Request{Organisation: "lender", Name: "clerk", Role: pki.Client, Now: now}
	files, err := r.Enroll(clerk)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(files.Certificate())
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := pki.ParseCertificate(text)
	if err != nil {
		t.Fatal(err)
	}
	list, err := r.Revoke(clerk, []*big.Int{big.NewInt(4), big.NewInt(5)})
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(list)
	crl, err := x509.ParseRevocationList(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range crl.RevokedCertificateEntries {
		got = append(got, e.SerialNumber.String())
	}
	if want := "4 5 " + certificate.SerialNumber.String(); strings.Join(got, " ") != want {
		t.Errorf("it revokes %v, not %s", got, want)
	}
	if _, err := r.Register(clerk); !errors.Is(err, identity.ErrLocal) {
		t.Errorf("registering where there is no Fabric CA gives %v", err)
	}
}

func TestOnlyClientsAndAdminsAreMade(t *testing.T) {
	h, s := withLocalRoot(t)
	r, err := identity.Open(h, s, h.CAFile())
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range []pki.Role{pki.Peer, pki.Orderer, "", "Client", "anything"} {
		q := identity.Request{Organisation: "lender", Name: "clerk", Role: role, Now: now}
		if _, err := r.Enroll(q); err == nil || !strings.Contains(err.Error(), "client or admin") {
			t.Errorf("enrolling as %q: it says %v", role, err)
		}
		if _, err := r.Register(q); err == nil || !strings.Contains(err.Error(), "client or admin") {
			t.Errorf("registering as %q: it says %v", role, err)
		}
	}
	for _, role := range []pki.Role{pki.Client, pki.Admin} {
		if _, err := r.Enroll(identity.Request{Organisation: "lender", Name: "a-" + string(role), Role: role, Now: now}); err != nil {
			t.Error(err)
		}
	}
}

func TestAFaultyConfigurationOfAuthoritiesIsRefused(t *testing.T) {
	h, s := withLocalRoot(t)
	for _, content := range []string{
		"", "[]", `{"nobody":{"url":"u","tls_ca":"t","registrar":"r","registrar_secret_file":"s"}}`,
		`{"lender":{}}`, `{"lender":{"url":"u","tls_ca":"t","registrar":"r"}}`,
	} {
		path := filepath.Join(t.TempDir(), "ca.json")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := identity.Open(h, s, path); err == nil {
			t.Errorf("%q is accepted", content)
		}
	}
}

func TestAFabricCAThatCannotBeReachedIsAnErrorThatNamesIt(t *testing.T) {
	h, s := withLocalRoot(t)
	dir := t.TempDir()
	secret, path := filepath.Join(dir, "secret"), filepath.Join(dir, "ca.json")
	for file, content := range map[string]string{
		secret: "registrarpw",
		path: `{"lender":{"url":"https://127.0.0.1:1","name":"ca","tls_ca":"` + filepath.Join(h.Crypto().CA("lender"), "cert.pem") +
			`","registrar":"r","registrar_secret_file":"` + secret + `"}}`,
	} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := identity.Open(h, s, path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Register(identity.Request{Organisation: "lender", Name: "clerk", Role: pki.Client, Now: now})
	if err == nil || !strings.Contains(err.Error(), "Fabric CA of lender") {
		t.Errorf("it says %v", err)
	}
	left, err := filepath.Glob(filepath.Join(h.Network(), "enrolment-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("keys are left in %v: %v", left, err)
	}
}
