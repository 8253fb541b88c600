package model

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// Signer is a party that can sign: its key, and its id once it is registered.
type Signer struct {
	Name    string
	Kind    ledger.PartyKind
	Org     string // that hosts it
	ID      ledger.PartyID
	Private crypto.Signer
}

// NewSigner makes an unregistered party with an Ed25519 key that follows from
// the seed: a test that is run again signs the same bytes.
func NewSigner(name string, kind ledger.PartyKind, org, seed string) *Signer {
	key := sha256.Sum256([]byte(seed))
	return &Signer{Name: name, Kind: kind, Org: org, Private: ed25519.NewKeyFromSeed(key[:])}
}

// Registration drafts the command with which the signer becomes a party, and
// remembers the id that it will have.
func (s *Signer) Registration(network string, id ledger.CommandID, at time.Time) (ledger.Draft, error) {
	key, err := sign.KeyOf(s.Private.Public())
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
	return sign.Command(c, s.Private)
}
