// Package pki makes the certificates of a network: P-256 roots, enrolment
// certificates whose role Fabric reads from their organisational unit, TLS
// certificates for the addresses of a machine, and revocation lists.
//
// It must not know what a network consists of, nor read the clock: callers say
// for whom, when and where.
package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"time"
)

// Role is what Fabric calls a node organisational unit.
type Role string

// The roles that an enrolment certificate can have.
const (
	Admin   Role = "admin"
	Client  Role = "client"
	Peer    Role = "peer"
	Orderer Role = "orderer"
)

// Roles lists every role.
func Roles() []Role { return []Role{Admin, Client, Peer, Orderer} }

// lifetime of a certificate. The networks made here are for development,
// tests and rehearsals; production certificates come from a Fabric CA.
const lifetime = 10 * 365 * 24 * time.Hour

// backdate keeps a certificate valid on a machine whose clock is a little slow.
const backdate = 5 * time.Minute

// crlLifetime is how long a revocation list claims to be current. Fabric keeps
// honouring one that is older.
const crlLifetime = 10 * 365 * 24 * time.Hour

const serialBits = 127

// Authority issues certificates under one root.
type Authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	lasting     time.Duration // of what it issues; 0 is lifetime
}

// Lasting is the same authority, whose certificates last as long as said.
func (a *Authority) Lasting(d time.Duration) *Authority {
	return &Authority{certificate: a.certificate, key: a.key, lasting: d}
}

// Pair is a certificate and its private key, both PEM.
type Pair struct {
	Certificate []byte
	Key         []byte
}

// NewAuthority makes a root.
func NewAuthority(name, organisation string, now time.Time) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the root key of %s: %w", organisation, err)
	}
	template, err := newTemplate(pkix.Name{CommonName: name, Organization: []string{organisation}}, now)
	if err != nil {
		return nil, err
	}
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), lowS{key})
	if err != nil {
		return nil, fmt.Errorf("signing the root of %s: %w", organisation, err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading back the root of %s: %w", organisation, err)
	}
	return &Authority{certificate: certificate, key: key}, nil
}

// ParseAuthority reads a root from its PEM files.
func ParseAuthority(p Pair) (*Authority, error) {
	certificate, err := ParseCertificate(p.Certificate)
	if err != nil {
		return nil, fmt.Errorf("reading a root certificate: %w", err)
	}
	block, _ := pem.Decode(p.Key)
	if block == nil {
		return nil, errors.New("reading a root key: no PEM block")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading a root key: %w", err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || !key.PublicKey.Equal(certificate.PublicKey) {
		return nil, errors.New("reading a root key: it is not the certificate's")
	}
	return &Authority{certificate: certificate, key: key}, nil
}

// ParseCertificate reads the first certificate of a PEM file.
func ParseCertificate(text []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, errors.New("no PEM block of type CERTIFICATE")
	}
	return x509.ParseCertificate(block.Bytes)
}

// Pair returns the root's own files.
func (a *Authority) Pair() (Pair, error) { return newPair(a.certificate.Raw, a.key) }

// Certificate returns the root certificate, PEM.
func (a *Authority) Certificate() []byte { return certificatePEM(a.certificate.Raw) }

// Enrol issues an enrolment certificate.
func (a *Authority) Enrol(name string, role Role, now time.Time) (Pair, error) {
	subject := pkix.Name{CommonName: name, OrganizationalUnit: []string{string(role)}}
	template, err := newTemplate(subject, now)
	if err != nil {
		return Pair{}, err
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	return a.issue(template)
}

// TLS issues a certificate that serves as server and as client, on the given
// host names and addresses.
func (a *Authority) TLS(name string, hosts Hosts, now time.Time) (Pair, error) {
	template, err := newTemplate(pkix.Name{CommonName: name}, now)
	if err != nil {
		return Pair{}, err
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	template.DNSNames, template.IPAddresses = hosts.Names, hosts.Addresses
	return a.issue(template)
}

func (a *Authority) issue(template *x509.Certificate) (Pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Pair{}, fmt.Errorf("making the key of %s: %w", template.Subject.CommonName, err)
	}
	der, err := a.sign(template, key.Public())
	if err != nil {
		return Pair{}, err
	}
	return newPair(der, key)
}

func (a *Authority) sign(template *x509.Certificate, key crypto.PublicKey) ([]byte, error) {
	if a.lasting != 0 {
		template.NotAfter = template.NotBefore.Add(backdate + a.lasting)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key, lowS{a.key})
	if err != nil {
		return nil, fmt.Errorf("signing the certificate of %s: %w", template.Subject.CommonName, err)
	}
	return der, nil
}

// Renew issues a certificate of this authority again, with a new number and new
// dates: for the same key, subject, uses and addresses.
func (a *Authority) Renew(old *x509.Certificate, now time.Time) ([]byte, error) {
	if err := old.CheckSignatureFrom(a.certificate); err != nil {
		return nil, fmt.Errorf("renewing the certificate of %s: it is not of %s: %w",
			old.Subject.CommonName, a.certificate.Subject.CommonName, err)
	}
	template, err := newTemplate(old.Subject, now)
	if err != nil {
		return nil, err
	}
	template.KeyUsage, template.ExtKeyUsage = old.KeyUsage, old.ExtKeyUsage
	template.DNSNames, template.IPAddresses = old.DNSNames, old.IPAddresses
	der, err := a.sign(template, old.PublicKey)
	if err != nil {
		return nil, err
	}
	return certificatePEM(der), nil
}

// Revoke signs a revocation list of the given serial numbers, PEM. number must
// grow from one list to the next (RFC 5280, 5.2.3).
func (a *Authority) Revoke(serials []*big.Int, number *big.Int, now time.Time) ([]byte, error) {
	list := &x509.RevocationList{Number: number, ThisUpdate: now.Add(-backdate), NextUpdate: now.Add(crlLifetime)}
	for _, s := range serials {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: s, RevocationTime: now})
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, a.certificate, lowS{a.key})
	if err != nil {
		return nil, fmt.Errorf("signing a revocation list: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}), nil
}

func newTemplate(subject pkix.Name, now time.Time) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), serialBits))
	if err != nil {
		return nil, fmt.Errorf("drawing a serial number: %w", err)
	}
	return &x509.Certificate{SerialNumber: serial, Subject: subject, NotBefore: now.Add(-backdate), NotAfter: now.Add(lifetime)}, nil
}

func newPair(der []byte, key *ecdsa.PrivateKey) (Pair, error) {
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Pair{}, fmt.Errorf("encoding a private key: %w", err)
	}
	return Pair{
		Certificate: certificatePEM(der),
		Key:         pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}),
	}, nil
}

func certificatePEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// lowS signs so that S lies in the lower half of the curve's order. For every
// signature (R, S) the pair (R, -S) is valid too. Fabric rewrites certificates
// to the lower form before it compares them, and fabric-sdk-go then takes the
// rewritten root for a stranger. Certificates that have that form from the
// start are never rewritten.
type lowS struct{ key *ecdsa.PrivateKey }

func (l lowS) Public() crypto.PublicKey { return l.key.Public() }

func (l lowS) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	signature, err := l.key.Sign(random, digest, opts)
	if err != nil {
		return nil, err
	}
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(signature, &rs); err != nil {
		return nil, fmt.Errorf("reading back a signature: %w", err)
	}
	order := l.key.Params().N
	if rs.S.Cmp(new(big.Int).Rsh(order, 1)) > 0 {
		rs.S.Sub(order, rs.S)
	}
	return asn1.Marshal(rs)
}
