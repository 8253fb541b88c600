//go:build pkcs11

package fabric

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger/sign/pkcs11"
	"github.com/skuld-registry/skuld/ledger/sign/pkcs11/softhsm"
)

// certified makes a key in a device and writes a certificate of it.
func certified(t *testing.T, uri string) (certificate string) {
	t.Helper()
	reference, err := pkcs11.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	key, err := pkcs11.Create(reference, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer key.Close()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "gateway"}, NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate = filepath.Join(t.TempDir(), "cert.pem")
	if err := os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return certificate
}

func TestIdentityWhoseKeyIsInADeviceSigns(t *testing.T) {
	token := softhsm.New(t)
	p := Profile{MSPID: "LenderMSP", Client: Client{Certificate: certified(t, token.URI("gateway")), Key: token.URI("gateway")}}
	as, err := p.caller()
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte("a proposal"))
	signature, err := as.sign(digest[:])
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(as.id.Credentials())
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil || as.id.MspID() != "LenderMSP" {
		t.Fatalf("the identity is of %s, %v", as.id.MspID(), err)
	}
	if !ecdsa.VerifyASN1(certificate.PublicKey.(*ecdsa.PublicKey), digest[:], signature) {
		t.Error("the signature is not that of the certificate's key")
	}
	if err := as.close(); err != nil {
		t.Error(err)
	}
}

func TestCertificateOfAnotherKeyThanTheDevicesIsRefused(t *testing.T) {
	token := softhsm.New(t)
	certified(t, token.URI("gateway"))
	p := Profile{MSPID: "LenderMSP", Client: Client{Certificate: certified(t, token.URI("other")), Key: token.URI("gateway")}}
	if _, err := p.caller(); err == nil || !strings.Contains(err.Error(), "another key") {
		t.Errorf("got %v", err)
	}
}
