package profile

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

const (
	keySuffix      = ".key"
	maxKeyFileSize = 16 << 10
	maxKeyFiles    = 1000
	// MinPassphrase is the least length of a passphrase, in bytes (NIST SP
	// 800-63B, 5.1.1.2).
	MinPassphrase = 8
	// maxPassphrase bounds what is read from a passphrase file.
	maxPassphrase = 1024
)

// Algorithm is what a key signs with.
type Algorithm string

// The algorithms that the registry accepts.
const (
	ES256 Algorithm = "ES256" // ECDSA on P-256
	EdDSA Algorithm = "EdDSA" // Ed25519
)

var (
	// ErrPassphrase says that a passphrase does not open a key.
	ErrPassphrase = errors.New("the passphrase does not open the key")
	// ErrKeyExists says that a key file would be overwritten.
	ErrKeyExists = errors.New("there is a key with this name already")
	// ErrWeak says that a passphrase is too short.
	ErrWeak = fmt.Errorf("the passphrase must have at least %d characters", MinPassphrase)
	// ErrNoKey says that a profile has no such key.
	ErrNoKey = errors.New("there is no such key")
)

// KeyInfo describes a key; it can be read without the passphrase or the device.
type KeyInfo struct {
	Name      string     `json:"name"`
	Algorithm Algorithm  `json:"algorithm"`
	Public    ledger.Key `json:"public"`
	// Device is the URI (RFC 7512) of a key that lives in a device.
	Device string `json:"device,omitempty"`
}

// NewKey makes a private key and writes it to a file of its own, encrypted in
// the format of OpenSSH (bcrypt-pbkdf and AES-256): other programs can read it
// and change its passphrase. It never overwrites a key, since a lost key is a
// lost note.
func (p *Profile) NewKey(name string, algorithm Algorithm, passphrase []byte) (KeyInfo, error) {
	if err := p.requireFree(name); err != nil {
		return KeyInfo{}, err
	}
	if len(passphrase) < MinPassphrase {
		return KeyInfo{}, fmt.Errorf("making the key %q: %w", name, ErrWeak)
	}
	private, err := generate(algorithm)
	if err != nil {
		return KeyInfo{}, fmt.Errorf("making the key %q: %w", name, err)
	}
	block, err := ssh.MarshalPrivateKeyWithPassphrase(private, "skuld "+name, passphrase)
	if err != nil {
		return KeyInfo{}, fmt.Errorf("encrypting the key %q: %w", name, err)
	}
	if err := p.writeNew(name+keySuffix, pem.EncodeToMemory(block)); err != nil {
		return KeyInfo{}, fmt.Errorf("writing the key %q: %w", name, err)
	}
	public, err := sign.KeyOf(private.Public())
	if err != nil {
		return KeyInfo{}, fmt.Errorf("describing the key %q: %w", name, err)
	}
	return KeyInfo{Name: name, Algorithm: algorithm, Public: public}, nil
}

// requireFree refuses a name that cannot be a key's, or is one's already.
func (p *Profile) requireFree(name string) error {
	if !ValidName(name) {
		return fmt.Errorf("making a key: %q is not a name of at most %d letters, digits, hyphens and underscores", name, maxNameLength)
	}
	if _, err := p.KeyInfo(name); !errors.Is(err, ErrNoKey) {
		return fmt.Errorf("making the key %q: %w", name, ErrKeyExists)
	}
	return nil
}

func generate(algorithm Algorithm) (crypto.Signer, error) {
	switch algorithm {
	case ES256:
		return sign.NewKey()
	case EdDSA:
		_, private, err := ed25519.GenerateKey(rand.Reader)
		return private, err
	}
	return nil, fmt.Errorf("%q is not ES256 or EdDSA", algorithm)
}

func (p *Profile) writeNew(name string, content []byte) error {
	if err := os.MkdirAll(p.dir, dirMode); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(p.dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if errors.Is(err, fs.ErrExist) {
		return ErrKeyExists
	}
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		// Half a key opens nothing, and would keep its name from a whole one.
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// Keys lists the profile's keys by name.
func (p *Profile) Keys() ([]KeyInfo, error) {
	entries, err := os.ReadDir(p.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing the keys: %w", err)
	}
	var keys []KeyInfo
	for _, entry := range entries[:min(len(entries), maxKeyFiles)] {
		name, isKey := strings.CutSuffix(entry.Name(), keySuffix)
		if !isKey {
			name, isKey = strings.CutSuffix(entry.Name(), deviceSuffix)
		}
		if !isKey || !ValidName(name) {
			continue
		}
		info, err := p.KeyInfo(name)
		if err != nil {
			return nil, err
		}
		keys = append(keys, info)
	}
	slices.SortFunc(keys, func(a, b KeyInfo) int { return strings.Compare(a.Name, b.Name) })
	return keys, nil
}

// KeyInfo reads the public part of a key.
func (p *Profile) KeyInfo(name string) (KeyInfo, error) {
	if info, err := p.deviceKey(name); !errors.Is(err, ErrNoKey) {
		return info, err
	}
	text, err := p.readKey(name, keySuffix)
	if err != nil {
		return KeyInfo{}, err
	}
	_, err = ssh.ParseRawPrivateKey(text)
	locked, ok := errors.AsType[*ssh.PassphraseMissingError](err)
	if !ok || locked.PublicKey == nil {
		return KeyInfo{}, fmt.Errorf("reading the key %q: it is not an encrypted OpenSSH key", name)
	}
	holder, ok := locked.PublicKey.(ssh.CryptoPublicKey)
	if !ok {
		return KeyInfo{}, fmt.Errorf("reading the key %q: its type is not known", name)
	}
	return describe(name, holder.CryptoPublicKey())
}

func describe(name string, public crypto.PublicKey) (KeyInfo, error) {
	key, err := sign.KeyOf(public)
	if err != nil {
		return KeyInfo{}, fmt.Errorf("reading the key %q: %w", name, err)
	}
	algorithm := ES256
	if key.Kty == "OKP" {
		algorithm = EdDSA
	}
	return KeyInfo{Name: name, Algorithm: algorithm, Public: key}, nil
}

// Unlock decrypts a key with its passphrase, or opens it in its device with the
// PIN, which may be nil where the device's URI names a file of it. A key in a
// device is an io.Closer too.
func (p *Profile) Unlock(name string, passphrase []byte) (crypto.Signer, error) {
	info, err := p.KeyInfo(name)
	if err != nil {
		return nil, err
	}
	if info.Device != "" {
		return openDevice(info, passphrase)
	}
	text, err := p.readKey(name, keySuffix)
	if err != nil {
		return nil, err
	}
	raw, err := ssh.ParseRawPrivateKeyWithPassphrase(text, passphrase)
	if err != nil {
		return nil, fmt.Errorf("opening the key %q: %w", name, ErrPassphrase)
	}
	var private crypto.Signer
	switch k := raw.(type) {
	case *ecdsa.PrivateKey:
		private = k
	case *ed25519.PrivateKey:
		private = *k
	default:
		return nil, fmt.Errorf("opening the key %q: %T cannot sign commands", name, raw)
	}
	// The format does not authenticate what it encrypts; a key that does not
	// fit the public part beside it was tampered with.
	opened, err := describe(name, private.Public())
	if err != nil || opened != info {
		return nil, fmt.Errorf("opening the key %q: its public and private parts differ", name)
	}
	return private, nil
}

func (p *Profile) readKey(name, suffix string) ([]byte, error) {
	if !ValidName(name) {
		return nil, fmt.Errorf("reading a key: %q is not a key's name", name)
	}
	f, err := os.Open(filepath.Join(p.dir, name+suffix))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the key %q: %w", name, ErrNoKey)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the key %q: %w", name, err)
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("reading the key %q: %w", name, err)
	}
	if stat.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("reading the key %q: others can read %s; take their rights away with chmod 600", name, f.Name())
	}
	return io.ReadAll(io.LimitReader(f, maxKeyFileSize))
}

// ReadPassphrase reads a passphrase from a file: its first line.
func ReadPassphrase(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the passphrase: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxPassphrase))
	if err != nil {
		return nil, fmt.Errorf("reading the passphrase: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	line = strings.TrimSuffix(line, "\r")
	if line == "" {
		return nil, fmt.Errorf("reading the passphrase: the first line of %s is empty", path)
	}
	return []byte(line), nil
}
