package profile

import (
	"bytes"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
	"github.com/skuld-registry/skuld/ledger/sign/pkcs11"
)

// deviceSuffix ends the name of a file that names a key in a device.
const deviceSuffix = ".pkcs11"

// deviceFile is what such a file holds. The public part stands there so that the
// key can be listed and registered while the device is locked away.
type deviceFile struct {
	URI    string     `json:"uri"`
	Public ledger.Key `json:"public"`
}

// NewDeviceKey makes a private key in a device, which never lets it out. The URI
// (RFC 7512) says which device, and what the key is called there. pin may be nil
// where the URI names a file of it.
func (p *Profile) NewDeviceKey(name, uri string, pin []byte) (KeyInfo, error) {
	return p.addDeviceKey(name, uri, pin, pkcs11.Create)
}

// UseDeviceKey takes a key that a device has already.
func (p *Profile) UseDeviceKey(name, uri string, pin []byte) (KeyInfo, error) {
	return p.addDeviceKey(name, uri, pin, pkcs11.Open)
}

func (p *Profile) addDeviceKey(name, uri string, pin []byte, open func(pkcs11.Reference, []byte) (pkcs11.Key, error)) (KeyInfo, error) {
	if err := p.requireFree(name); err != nil {
		return KeyInfo{}, err
	}
	reference, err := pkcs11.Parse(uri)
	if err != nil {
		return KeyInfo{}, err
	}
	key, err := open(reference, pin)
	if err != nil {
		return KeyInfo{}, err
	}
	info, err := p.noteDeviceKey(name, uri, key)
	return info, errors.Join(err, key.Close())
}

func (p *Profile) noteDeviceKey(name, uri string, key pkcs11.Key) (KeyInfo, error) {
	public, err := sign.KeyOf(key.Public())
	if err != nil {
		return KeyInfo{}, fmt.Errorf("describing the key %q: %w", name, err)
	}
	text, err := json.MarshalIndent(deviceFile{URI: uri, Public: public}, "", "  ")
	if err != nil {
		return KeyInfo{}, fmt.Errorf("writing the key %q: %w", name, err)
	}
	if err := p.writeNew(name+deviceSuffix, append(text, '\n')); err != nil {
		return KeyInfo{}, fmt.Errorf("writing the key %q: %w", name, err)
	}
	return KeyInfo{Name: name, Algorithm: ES256, Public: public, Device: uri}, nil
}

// deviceKey reads what is noted of a key in a device.
func (p *Profile) deviceKey(name string) (KeyInfo, error) {
	text, err := p.readKey(name, deviceSuffix)
	if err != nil {
		return KeyInfo{}, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var f deviceFile
	if err := d.Decode(&f); err != nil {
		return KeyInfo{}, fmt.Errorf("reading the key %q: %w", name, err)
	}
	if _, err := pkcs11.Parse(f.URI); err != nil {
		return KeyInfo{}, fmt.Errorf("reading the key %q: %w", name, err)
	}
	if f.Public.ID != f.Public.Thumbprint() {
		return KeyInfo{}, fmt.Errorf("reading the key %q: its id is not that of its public part", name)
	}
	return KeyInfo{Name: name, Algorithm: ES256, Public: f.Public, Device: f.URI}, nil
}

// NeedsPIN says whether somebody has to give the PIN of a key's device.
func (k KeyInfo) NeedsPIN() bool {
	reference, err := pkcs11.Parse(k.Device)
	return err == nil && reference.PINSource == ""
}

// openDevice opens a key in its device. It refuses another key than the one that
// was noted: signatures with it would be a stranger's.
func openDevice(info KeyInfo, pin []byte) (crypto.Signer, error) {
	reference, err := pkcs11.Parse(info.Device)
	if err != nil {
		return nil, err
	}
	key, err := pkcs11.Open(reference, pin)
	if err != nil {
		return nil, fmt.Errorf("opening the key %q: %w", info.Name, err)
	}
	if public, err := sign.KeyOf(key.Public()); err != nil || public != info.Public {
		return nil, errors.Join(fmt.Errorf("opening the key %q: the device has another key of that name", info.Name), key.Close())
	}
	return key, nil
}
