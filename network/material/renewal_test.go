package material

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/pki"
)

func TestEveryCertificateIsListedWithItsEnd(t *testing.T) {
	h := network.Home(t.TempDir())
	m := maker{crypto: h.Crypto(), state: &network.State{Topology: network.Default()}, period: Period{From: now, Lasting: time.Hour}}
	if err := m.all(); err != nil {
		t.Fatal(err)
	}
	all, err := Certificates(h, network.Default())
	if err != nil {
		t.Fatal(err)
	}
	var ending, roots []string
	for _, c := range all {
		switch {
		case c.Ends(now.Add(time.Hour)) && !c.Ends(now.Add(time.Hour-time.Second)):
			ending = append(ending, c.Title())
		case c.Identity == "":
			roots = append(roots, c.Title())
		default:
			t.Errorf("the %s ends at %s", c.Title(), c.NotAfter)
		}
	}
	// Orderers: a node and an administrator with two each. Each organisation: a
	// peer, an administrator and a gateway with two, and two ends of TLS.
	if len(ending) != 2*2+3*(3*2+2) || len(roots) != 2*4 {
		t.Errorf("there are %d certificates and %d roots:\n%q\n%q", len(ending), len(roots), ending, roots)
	}
	for _, want := range []string{"TLS certificate of orderer0 of orderer", "enrolment certificate of gateway of lender"} {
		if !slices.Contains(ending, want) {
			t.Errorf("%q is missing of %q", want, ending)
		}
	}
}

func TestRenewalReplacesTheCertificateAndKeepsTheKey(t *testing.T) {
	h := network.Home(t.TempDir())
	m := maker{crypto: h.Crypto(), state: &network.State{Topology: network.Default()}, period: Period{From: now, Lasting: time.Hour}}
	if err := m.all(); err != nil {
		t.Fatal(err)
	}
	before, err := Certificates(h, network.Default())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range before {
		if c.Identity == "" {
			continue
		}
		if err := Renew(h, c, now.Add(30*time.Minute)); err != nil {
			t.Fatal(err)
		}
		files := h.Crypto().Identity(c.Owner, c.Identity)
		key := files.Key()
		if c.TLS {
			key = files.TLSKey()
		}
		if _, err := tls.LoadX509KeyPair(c.Path, key); err != nil {
			t.Errorf("the %s: %v", c.Title(), err)
		}
		if info, err := os.Stat(c.Path); err != nil || info.Mode().Perm() != network.PrivateMode {
			t.Errorf("the file of the %s: %v, %v", c.Title(), info.Mode(), err)
		}
		if left, err := filepath.Glob(filepath.Join(filepath.Dir(c.Path), ".*")); err != nil || len(left) > 0 {
			t.Errorf("beside the %s is left %v, %v", c.Title(), left, err)
		}
	}
	after, err := Certificates(h, network.Default())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range after {
		if c.Ends(now.Add(24 * time.Hour)) {
			t.Errorf("the %s ends at %s", c.Title(), c.NotAfter)
		}
	}
}

func TestWithoutTheRootsKeyNothingIsRenewed(t *testing.T) {
	h, s := made(t, network.Default(), "home")
	if err := os.Remove(filepath.Join(h.Crypto().TLSCA("lender"), "key.pem")); err != nil {
		t.Fatal(err)
	}
	all, err := Certificates(h, s.Topology)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if c.Owner != "lender" || !c.TLS || c.Identity == "" {
			continue
		}
		before, err := os.ReadFile(c.Path)
		if err != nil {
			t.Fatal(err)
		}
		if err := Renew(h, c, now); err == nil {
			t.Errorf("the %s was renewed", c.Title())
		}
		if after, err := os.ReadFile(c.Path); err != nil || string(after) != string(before) {
			t.Errorf("the %s was changed: %v", c.Title(), err)
		}
	}
}

func TestAnOrganisationThatJoinsHasItsCertificatesOnceAndWholly(t *testing.T) {
	h := network.Home(t.TempDir())
	// A try that was cut off has left a part.
	if err := os.MkdirAll(h.Joining().CA("lender2"), network.FolderMode); err != nil {
		t.Fatal(err)
	}
	root := ""
	for range 2 {
		if err := MakeOrganisation(h, network.NewOrganisation("lender2", 2), "10.1.2.3", now); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(h.Crypto().Root("lender2"))
		if err != nil || root != "" && root != string(b) {
			t.Errorf("the root was made anew: %v", err)
		}
		root = string(b)
	}
	text, err := os.ReadFile(h.Crypto().Identity("lender2", "peer0.lender2").TLSCertificate())
	if err != nil {
		t.Fatal(err)
	}
	c, err := pki.ParseCertificate(text)
	if err != nil || c.VerifyHostname("10.1.2.3") != nil || c.VerifyHostname("localhost") != nil {
		t.Errorf("the peer's certificate is for %v and %v: %v", c.IPAddresses, c.DNSNames, err)
	}
	for _, n := range []string{"peer0.lender2", "peer1.lender2", network.AdminIdentity, network.GatewayIdentity} {
		if _, err := os.Stat(h.Crypto().Identity("lender2", n).Key()); err != nil {
			t.Error(err)
		}
	}
}
