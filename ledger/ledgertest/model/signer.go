package model

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
	"github.com/skuld-registry/skuld/ledger/sign/authenticator"
)

// Pen is what a party signs with: a private key, or a device with a passkey.
type Pen interface {
	// Key gives the public key as a party registers it.
	Key() (ledger.Key, error)
	// Sign signs the canonical bytes of a command.
	Sign(payload []byte) (ledger.Signed, error)
}

// PrivateKey is the pen of a company's system.
type PrivateKey struct{ Private crypto.Signer }

// Key gives the public key.
func (k PrivateKey) Key() (ledger.Key, error) { return sign.KeyOf(k.Private.Public()) }

// Sign makes a JWS.
func (k PrivateKey) Sign(payload []byte) (ledger.Signed, error) {
	return sign.Payload(payload, k.Private)
}

// pages are those that the passkeys of a test sign for.
var pages = ledger.Passkey{RPID: "localhost", Origin: "http://localhost:8080"}

// NewPen makes what a party of a kind signs with, which follows from the seed: a
// test that is run again signs the same bytes. A person has a passkey, as those
// have whom the pages serve; all others have an Ed25519 key.
func NewPen(kind ledger.PartyKind, seed string) (Pen, error) {
	if kind == ledger.Person {
		return authenticator.NewSynced(pages, seed)
	}
	key := sha256.Sum256([]byte(seed))
	return PrivateKey{ed25519.NewKeyFromSeed(key[:])}, nil
}

// Signer is a party that can sign: its pen, and its id once it is registered.
type Signer struct {
	Name string
	Kind ledger.PartyKind
	Org  string // that hosts it
	ID   ledger.PartyID
	Pen  Pen
}

// NewSigner makes an unregistered party whose pen follows from the seed.
func NewSigner(name string, kind ledger.PartyKind, org, seed string) (*Signer, error) {
	pen, err := NewPen(kind, seed)
	if err != nil {
		return nil, fmt.Errorf("making the pen of %s: %w", name, err)
	}
	return &Signer{Name: name, Kind: kind, Org: org, Pen: pen}, nil
}

// Registration drafts the command with which the signer becomes a party, and
// remembers the id that it will have.
func (s *Signer) Registration(network string, id ledger.CommandID, at time.Time) (ledger.Draft, error) {
	key, err := s.Pen.Key()
	if err != nil {
		return ledger.Draft{}, fmt.Errorf("writing the key of %s: %w", s.Name, err)
	}
	s.ID = ledger.DerivePartyID(network, id)
	body := ledger.RegisterBody{Kind: s.Kind, Keys: []ledger.Key{key}}
	if s.Kind != ledger.Person {
		body.Name = s.Name
	}
	return ledger.Draft{
		Op: ledger.OpPartyRegister, Network: network, By: s.ID, Command: id, IssuedAt: at, Body: body,
	}, nil
}

// Sign writes a drafted command and signs it.
func (s *Signer) Sign(d ledger.Draft) (ledger.Signed, error) {
	c, err := d.Build()
	if err != nil {
		return ledger.Signed{}, err
	}
	return SignCommand(c, s.Pen)
}

// SignCommand signs a command.
func SignCommand(c *ledger.Command, with Pen) (ledger.Signed, error) {
	payload, err := c.Canonical()
	if err != nil {
		return ledger.Signed{}, fmt.Errorf("writing the command: %w", err)
	}
	return with.Sign(payload)
}
