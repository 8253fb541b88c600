package pki_test

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/network/pki"
)

var now = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

func newAuthority(t *testing.T) *pki.Authority {
	t.Helper()
	a, err := pki.NewAuthority("ca.lender", "lender", now)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func parse(t *testing.T, text []byte) *x509.Certificate {
	t.Helper()
	c, err := pki.ParseCertificate(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func roots(t *testing.T, a *pki.Authority) *x509.CertPool {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(parse(t, a.Certificate()))
	return pool
}

// lowSignature fails unless the signature has the form that Fabric does not
// rewrite.
func lowSignature(t *testing.T, what string, signature []byte, signer *x509.Certificate) {
	t.Helper()
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(signature, &rs); err != nil {
		t.Fatal(err)
	}
	key, ok := signer.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		t.Fatalf("the signer's key is a %T", signer.PublicKey)
	}
	if half := new(big.Int).Rsh(key.Params().N, 1); rs.S.Cmp(half) > 0 {
		t.Errorf("%s has a high S", what)
	}
}

func TestEverySignatureHasALowS(t *testing.T) {
	// An even chance each: fifty high ones in a row do not happen.
	for range 50 {
		a := newAuthority(t)
		root := parse(t, a.Certificate())
		lowSignature(t, "a root", root.Signature, root)
		person, err := a.Enrol("clerk", pki.Client, now)
		if err != nil {
			t.Fatal(err)
		}
		lowSignature(t, "a certificate", parse(t, person.Certificate).Signature, root)
		list, err := a.Revoke([]*big.Int{big.NewInt(7)}, big.NewInt(1), now)
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode(list)
		crl, err := x509.ParseRevocationList(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		lowSignature(t, "a revocation list", crl.Signature, root)
	}
}

func TestAnEnrolmentCertificateCarriesItsRoleAndNoHosts(t *testing.T) {
	a := newAuthority(t)
	for _, role := range pki.Roles() {
		pair, err := a.Enrol("someone", role, now)
		if err != nil {
			t.Fatal(err)
		}
		c := parse(t, pair.Certificate)
		if len(c.Subject.OrganizationalUnit) != 1 || c.Subject.OrganizationalUnit[0] != string(role) || c.Subject.CommonName != "someone" {
			t.Errorf("the subject is %s", c.Subject)
		}
		if len(c.DNSNames)+len(c.IPAddresses) > 0 || c.IsCA {
			t.Errorf("it is for %v %v, a root: %t", c.DNSNames, c.IPAddresses, c.IsCA)
		}
		if _, err := c.Verify(x509.VerifyOptions{Roots: roots(t, a), CurrentTime: now}); err != nil {
			t.Errorf("%s: %v", role, err)
		}
		if _, err := c.Verify(x509.VerifyOptions{Roots: roots(t, newAuthority(t)), CurrentTime: now}); err == nil {
			t.Errorf("%s: another root vouches for it", role)
		}
	}
}

func TestATLSCertificateServesLoopbackOnlyAndBothWays(t *testing.T) {
	a := newAuthority(t)
	pair, err := a.TLS("peer0", pki.Loopback(), now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tls.X509KeyPair(pair.Certificate, pair.Key); err != nil {
		t.Fatal(err)
	}
	c := parse(t, pair.Certificate)
	for host, good := range map[string]bool{"127.0.0.1": true, "localhost": true, "127.0.0.2": false, "example.org": false} {
		for _, use := range []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth} {
			_, err := c.Verify(x509.VerifyOptions{Roots: roots(t, a), CurrentTime: now, DNSName: host, KeyUsages: []x509.ExtKeyUsage{use}})
			if (err == nil) != good {
				t.Errorf("%s for use %d: %v", host, use, err)
			}
		}
	}
}

func TestARootComesBackFromItsFilesAndOnlyWithItsOwnKey(t *testing.T) {
	a, dir := newAuthority(t), t.TempDir()
	if err := a.Write(dir); err != nil {
		t.Fatal(err)
	}
	back, err := pki.ReadAuthority(dir)
	if err != nil || string(back.Certificate()) != string(a.Certificate()) {
		t.Fatalf("another root came back: %v", err)
	}
	own, err := a.Pair()
	if err != nil {
		t.Fatal(err)
	}
	other, err := newAuthority(t).Pair()
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]pki.Pair{
		"another's key":  {Certificate: own.Certificate, Key: other.Key},
		"no key":         {Certificate: own.Certificate},
		"no certificate": {Key: own.Key},
		"exchanged":      {Certificate: own.Key, Key: own.Certificate},
	} {
		if _, err := pki.ParseAuthority(p); err == nil {
			t.Errorf("%s: it is accepted", name)
		}
	}
}

func TestNobodyElseCanReadWhatIsWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "owner")
	a := newAuthority(t)
	if err := a.Write(filepath.Join(dir, "ca")); err != nil {
		t.Fatal(err)
	}
	if err := pki.WriteMSP(filepath.Join(dir, "msp"), a, a); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestARenewedCertificateIsForTheSameKeyAndHasNewDates(t *testing.T) {
	a, err := pki.NewAuthority("ca.lender", "lender", now)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := a.Lasting(time.Hour).TLS("peer0", pki.Loopback(), now)
	if err != nil {
		t.Fatal(err)
	}
	old, err := pki.ParseCertificate(pair.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	if !old.NotAfter.Equal(now.Add(time.Hour)) {
		t.Errorf("a certificate that lasts an hour ends at %s", old.NotAfter)
	}
	later := now.Add(30 * time.Minute)
	text, err := a.Renew(old, later)
	if err != nil {
		t.Fatal(err)
	}
	renewed, err := pki.ParseCertificate(text)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tls.X509KeyPair(text, pair.Key); err != nil {
		t.Errorf("the key is another: %v", err)
	}
	if renewed.SerialNumber.Cmp(old.SerialNumber) == 0 || !renewed.NotAfter.After(later.Add(time.Hour)) {
		t.Errorf("the renewed certificate has the number %d and ends at %s", renewed.SerialNumber, renewed.NotAfter)
	}
	if renewed.Subject.String() != old.Subject.String() || !reflect.DeepEqual(renewed.ExtKeyUsage, old.ExtKeyUsage) ||
		renewed.KeyUsage != old.KeyUsage || !reflect.DeepEqual(renewed.IPAddresses, old.IPAddresses) || !reflect.DeepEqual(renewed.DNSNames, old.DNSNames) {
		t.Errorf("the renewed certificate is for something else: %+v", renewed)
	}
	other, err := pki.NewAuthority("ca.lender", "lender", now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Renew(old, later); err == nil {
		t.Error("an authority renews what another has issued")
	}
}
