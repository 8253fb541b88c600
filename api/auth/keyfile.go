package auth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

const (
	pemType = "PRIVATE KEY" // PKCS #8 (RFC 5958)
	// maxKeyFile bounds what is read as a key; one takes about 240 bytes.
	maxKeyFile = 4 << 10
)

// readKey reads a private key from a file. It refuses one that others than its
// owner may read.
func readKey(file string) (*ecdsa.PrivateKey, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("reading a token key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the token key %s may be read by others than its owner; allow its owner only (chmod 600)", file)
	}
	if info.Size() > maxKeyFile {
		return nil, fmt.Errorf("the token key %s is longer than %d bytes", file, maxKeyFile)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading a token key: %w", err)
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

// makeKey draws a key. Its randomness is the system's: no test has a reason to
// know a key before it is made.
func makeKey() (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making a token key: %w", err)
	}
	return key, nil
}

// writeKey writes a key so that a crash leaves no half of one. It belongs to the
// folder's owner, also where an administrator writes it: a gateway that may not
// read its newest key does not start.
func writeKey(file string, key *ecdsa.PrivateKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("writing a token key: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".token-key-*") // mode 0600
	if err != nil {
		return fmt.Errorf("writing a token key: %w", err)
	}
	err = errors.Join(pem.Encode(f, &pem.Block{Type: pemType, Bytes: der}), giveToOwner(f, filepath.Dir(file)), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("writing a token key: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// giveToOwner gives a file to the owner of a folder, where somebody else made it.
func giveToOwner(f *os.File, folder string) error {
	info, err := os.Stat(folder)
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(owner.Uid) == os.Geteuid() {
		return nil
	}
	return f.Chown(int(owner.Uid), int(owner.Gid))
}
