package network

import (
	"path/filepath"
	"time"
)

// Crypto is the folder of a network's certificates and keys. Each owner (an
// organisation, or the orderers) has a folder with its two authorities, the
// public MSP that the channel knows, and one folder for each identity.
type Crypto string

// EndingWithin is how long before its end a certificate is spoken of, and renewed.
const EndingWithin = 60 * 24 * time.Hour

// The names of identities that every organisation has.
const (
	AdminIdentity   = "admin"
	GatewayIdentity = "gateway"
	// The two ends of the connection between a peer and a chaincode server
	// have TLS certificates and no enrolment: they sign nothing on the channel.
	ChaincodeIdentity       = "chaincode"
	ChaincodeClientIdentity = "chaincode-client"
)

// Owner is the folder of all that is an owner's.
func (c Crypto) Owner(owner string) string { return filepath.Join(string(c), owner) }

// CA is the folder of an owner's root of enrolment certificates.
func (c Crypto) CA(owner string) string { return filepath.Join(string(c), owner, "ca") }

// Root is an owner's root certificate.
func (c Crypto) Root(owner string) string { return filepath.Join(c.CA(owner), "cert.pem") }

// TLSCA is the folder of an owner's root of TLS certificates.
func (c Crypto) TLSCA(owner string) string { return filepath.Join(string(c), owner, "tlsca") }

// TLSRoot is an owner's TLS root certificate.
func (c Crypto) TLSRoot(owner string) string { return filepath.Join(c.TLSCA(owner), "cert.pem") }

// MSP is the public description of an owner's members.
func (c Crypto) MSP(owner string) string { return filepath.Join(string(c), owner, "msp") }

// Identities is the folder of an owner's identities.
func (c Crypto) Identities(owner string) string { return filepath.Join(string(c), owner, "identities") }

// Identity returns where an identity's files lie.
func (c Crypto) Identity(owner, name string) IdentityFiles {
	return IdentityFiles(filepath.Join(c.Identities(owner), name))
}

// IdentityFiles is the folder of one identity.
type IdentityFiles string

// MSP is the folder that Fabric calls a local MSP.
func (i IdentityFiles) MSP() string { return filepath.Join(string(i), "msp") }

// Certificate is the enrolment certificate.
func (i IdentityFiles) Certificate() string {
	return filepath.Join(i.MSP(), "signcerts", "cert.pem")
}

// Key is the enrolment certificate's private key.
func (i IdentityFiles) Key() string { return filepath.Join(i.MSP(), "keystore", "key.pem") }

// TLSCertificate is the TLS certificate.
func (i IdentityFiles) TLSCertificate() string { return filepath.Join(string(i), "tls", "cert.pem") }

// TLSKey is the TLS certificate's private key.
func (i IdentityFiles) TLSKey() string { return filepath.Join(string(i), "tls", "key.pem") }
