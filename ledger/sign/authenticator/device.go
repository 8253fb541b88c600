// Package authenticator is a person's device with one passkey, and the browser
// before it, in software (W3C Web Authentication, Level 3, par. 6): for the tests
// of what verifies passkeys, the conformance suite and the simulator.
//
// It must not stand where a real person's key is: it keeps the key in memory,
// derives it from a seed, and does not look who is there.
package authenticator

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// Flags of authenticator data (par. 6.1).
const (
	UserPresent    = 1 << 0
	UserVerified   = 1 << 2
	BackupEligible = 1 << 3
	BackedUp       = 1 << 4
	AttestedKey    = 1 << 6
	Extensions     = 1 << 7
)

// Types of client data (par. 5.8.1).
const (
	TypeCreate = "webauthn.create"
	TypeGet    = "webauthn.get"
)

// Device holds one passkey. It is for one goroutine at a time.
type Device struct {
	Page   ledger.Passkey // for which pages it signs
	ID     []byte         // of the credential
	Handle []byte         // of its user, from its creation on
	Flags  byte           // what it says of each ceremony
	Count  uint32         // of its last ceremony; a device that synchronizes its passkeys keeps none
	synced bool
	key    *ecdsa.PrivateKey
}

// New makes a device whose key follows from the seed. It counts its ceremonies,
// and its passkey stays on it.
func New(page ledger.Passkey, seed string) (*Device, error) {
	d := sha256.Sum256([]byte("passkey " + seed))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), d[:])
	if err != nil {
		return nil, fmt.Errorf("making a key of a seed: %w", err)
	}
	id := sha256.Sum256([]byte("credential " + seed))
	return &Device{Page: page, ID: id[:], Flags: UserPresent | UserVerified, key: key}, nil
}

// NewSynced makes a device whose passkey is on the person's other devices too, as
// those of phones are: it keeps no counter.
func NewSynced(page ledger.Passkey, seed string) (*Device, error) {
	d, err := New(page, seed)
	if err != nil {
		return nil, err
	}
	d.synced = true
	d.Flags |= BackupEligible | BackedUp
	return d, nil
}

// Key gives the public key as a party registers it.
func (d *Device) Key() (ledger.Key, error) {
	k, err := sign.KeyOf(d.key.Public())
	if err != nil {
		return k, err
	}
	page := d.Page
	k.Passkey = &page
	return k, nil
}

// Sign signs the canonical bytes of a command.
func (d *Device) Sign(payload []byte) (ledger.Signed, error) {
	key, err := d.Key()
	if err != nil {
		return ledger.Signed{}, err
	}
	challenge := ledger.PayloadDigest(payload)
	d.count()
	a, err := d.Assert(d.AuthenticatorData(d.Flags), d.ClientData(TypeGet, challenge[:]))
	if err != nil {
		return ledger.Signed{}, err
	}
	return a.Signed(key.ID, payload), nil
}

func (d *Device) count() {
	if !d.synced {
		d.Count++
	}
}

// Assert signs any authenticator data and client data, whatever they say: it is
// for those who make answers that no honest device gives. One text has one
// signature (RFC 6979).
func (d *Device) Assert(authenticatorData, clientData []byte) (sign.Assertion, error) {
	client := sha256.Sum256(clientData)
	digest := sha256.Sum256(append(append([]byte{}, authenticatorData...), client[:]...))
	signature, err := d.key.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		return sign.Assertion{}, fmt.Errorf("signing an assertion: %w", err)
	}
	return sign.Assertion{AuthenticatorData: authenticatorData, ClientData: clientData, Signature: signature}, nil
}

// AuthenticatorData writes what the device says of a ceremony (par. 6.1).
func (d *Device) AuthenticatorData(flags byte) []byte {
	rp := sha256.Sum256([]byte(d.Page.RPID))
	return binary.BigEndian.AppendUint32(append(rp[:], flags), d.Count)
}

// ClientData writes what the browser says of the page (par. 5.8.1.1).
func (d *Device) ClientData(ceremony string, challenge []byte) []byte {
	return fmt.Appendf(nil, `{"type":%q,"challenge":%q,"origin":%q,"crossOrigin":false}`, ceremony, encode(challenge), d.Page.Origin)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
