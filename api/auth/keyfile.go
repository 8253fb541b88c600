package auth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const pemType = "PRIVATE KEY" // PKCS #8 (RFC 5958)

// LoadKey reads the gateway's token key from a file, and makes it where there
// is none. It refuses a file that others than its owner may read.
func LoadKey(file string) (*ecdsa.PrivateKey, error) {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(file)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the token key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the token key %s may be read by others than its owner; allow its owner only (chmod 600)", file)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the token key: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != pemType {
		return nil, fmt.Errorf("the token key %s is not a PEM block of type %s", file, pemType)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading the token key %s: %w", file, err)
	}
	private, ok := key.(*ecdsa.PrivateKey)
	if !ok || private.Curve != elliptic.P256() {
		return nil, fmt.Errorf("the token key %s is not a key on the curve P-256", file)
	}
	return private, nil
}

// makeKey writes a new key so that a crash leaves no half of one.
func makeKey(file string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the token key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("writing the token key: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".token-key-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("writing the token key: %w", err)
	}
	err = errors.Join(pem.Encode(f, &pem.Block{Type: pemType, Bytes: der}), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return nil, fmt.Errorf("writing the token key: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return key, nil
}
