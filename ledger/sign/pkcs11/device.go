//go:build pkcs11

package pkcs11

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ThalesGroup/crypto11"
)

const (
	// maxSessions bounds how many signatures are made at a time, and sessionWait
	// how long one more waits.
	maxSessions = 16
	sessionWait = 10 * time.Second
	idBytes     = 16
)

// device is a key and the session with the device that it lives in.
type device struct {
	key     crypto.Signer
	context *crypto11.Context
}

// Open opens a key in a device. The PIN is the caller's where the reference names
// no file of it. Exactly one key on P-256 must fit the reference.
func Open(r Reference, pin []byte) (Key, error) {
	context, err := connect(r, pin)
	if err != nil {
		return nil, err
	}
	found, err := context.FindKeyPairs(optional(r.ID), optional(r.Object))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("looking for a key in the device: %w", err), context.Close())
	}
	if len(found) != 1 {
		return nil, errors.Join(fmt.Errorf("looking for a key in the device: %d keys fit the URI, want one", len(found)), context.Close())
	}
	if public, ok := found[0].Public().(*ecdsa.PublicKey); !ok || public.Curve != elliptic.P256() {
		return nil, errors.Join(errors.New("opening a key in the device: it is not on the curve P-256"), context.Close())
	}
	return &device{key: found[0], context: context}, nil
}

// Create makes a key on P-256 in a device, which never lets it out. It refuses
// where a key fits the reference already.
func Create(r Reference, pin []byte) (Key, error) {
	context, err := connect(r, pin)
	if err != nil {
		return nil, err
	}
	made, err := generate(context, r)
	if err != nil {
		return nil, errors.Join(err, context.Close())
	}
	return &device{key: made, context: context}, nil
}

func generate(context *crypto11.Context, r Reference) (crypto.Signer, error) {
	if r.Object == "" {
		return nil, errors.New("making a key in the device: object must be there, to be its label")
	}
	found, err := context.FindKeyPairs(nil, []byte(r.Object))
	if err != nil {
		return nil, fmt.Errorf("looking for a key in the device: %w", err)
	}
	if len(found) > 0 {
		return nil, fmt.Errorf("making a key in the device: there is one with the label %q already", r.Object)
	}
	id := []byte(r.ID)
	if len(id) == 0 {
		id = make([]byte, idBytes)
		if _, err := rand.Read(id); err != nil {
			return nil, fmt.Errorf("drawing a key's id: %w", err)
		}
	}
	// The library asks for a key that is sensitive and cannot be extracted.
	made, err := context.GenerateECDSAKeyPairWithLabel(id, []byte(r.Object), elliptic.P256())
	if err != nil {
		return nil, fmt.Errorf("making a key in the device: %w", err)
	}
	return made, nil
}

func connect(r Reference, given []byte) (*crypto11.Context, error) {
	pin, err := r.pin(given)
	if err != nil {
		return nil, err
	}
	context, err := crypto11.Configure(&crypto11.Config{
		Path: r.Module, TokenLabel: r.Token, TokenSerial: r.Serial, Pin: pin,
		MaxSessions: maxSessions, PoolWaitTimeout: sessionWait,
	})
	if err != nil {
		return nil, fmt.Errorf("opening the device: %w", err)
	}
	return context, nil
}

// optional gives the bytes of an attribute, nil for one that is not there.
func optional(text string) []byte {
	if text == "" {
		return nil
	}
	return []byte(text)
}

func (d *device) Public() crypto.PublicKey { return d.key.Public() }

// Sign signs a digest; the signature is in ASN.1 (FIPS 186-5), as crypto.Signer has it.
func (d *device) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	signature, err := d.key.Sign(random, digest, opts)
	if err != nil {
		return nil, fmt.Errorf("signing in the device: %w", err)
	}
	return signature, nil
}

// Close ends the sessions with the device.
func (d *device) Close() error {
	if err := d.context.Close(); err != nil {
		return fmt.Errorf("closing the device: %w", err)
	}
	return nil
}
