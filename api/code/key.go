package code

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
)

const (
	keyBytes = 32
	// maxKeyFile bounds what is read as a key: its digits, and an editor's line end.
	maxKeyFile = 2*keyBytes + 2
)

// Key makes the public codes of notes. Whoever has it can compute the code of every
// note whose id it knows, which every member of the network does.
type Key struct{ secret []byte }

// OpenKey reads a key from a file, and makes one where there is none. A key that is
// lost cannot be made again, and with another one every code that was ever printed
// leads nowhere: its file belongs to the backup.
func OpenKey(file string) (*Key, error) {
	k, err := readKey(file)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	if err := makeKey(file); err != nil {
		return nil, err
	}
	return readKey(file)
}

func readKey(file string) (*Key, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("reading the key of codes: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the key of codes %s may be read by others than its owner; allow its owner only (chmod 600)", file)
	}
	if info.Size() > maxKeyFile {
		return nil, fmt.Errorf("the key of codes %s is longer than %d bytes", file, maxKeyFile)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the key of codes: %w", err)
	}
	secret, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(secret) != keyBytes {
		return nil, fmt.Errorf("the key of codes %s is not %d bytes in hex", file, keyBytes)
	}
	return &Key{secret}, nil
}

// makeKey writes a new key so that a crash leaves no half of one, and so that of
// two who make one at the same time one does.
func makeKey(file string) error {
	secret := make([]byte, keyBytes)
	if _, err := rand.Read(secret); err != nil {
		return fmt.Errorf("drawing the key of codes: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".code-key-*") // mode 0600
	if err != nil {
		return fmt.Errorf("writing the key of codes: %w", err)
	}
	_, err = f.WriteString(hex.EncodeToString(secret) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		if err = os.Link(f.Name(), file); errors.Is(err, fs.ErrExist) {
			err = nil
		}
	}
	if err = errors.Join(err, os.Remove(f.Name())); err != nil {
		return fmt.Errorf("writing the key of codes: %w", err)
	}
	return nil
}

// OfFollowUp gives the code under which a person says how one contact was. It
// follows from the ids of the company and of its entry in the journal, so that the
// company can be told the code again without its being kept.
func (k *Key) OfFollowUp(company ledger.PartyID, entry string) Code {
	return k.derive("skuld/follow-up-code/1\x00" + string(company) + "\x00" + entry)
}

// derive gives the first bits of an HMAC (RFC 2104 par. 5).
func (k *Key) derive(of string) Code {
	mac := hmac.New(sha256.New, k.secret)
	mac.Write([]byte(of))
	return Code(encoding.EncodeToString(mac.Sum(nil)[:Bits/8]))
}

// Of gives the public code of a note: the first bits of an HMAC of its
// id. It is always the same, and says nothing of the note.
func (k *Key) Of(note ledger.NoteID) Code { return k.derive("skuld/note-code/1\x00" + string(note)) }

// OfInvitation gives the one-time code of an invitation. It follows from the id, so
// that who made the invitation can be told the code again without its being kept.
func (k *Key) OfInvitation(id string) Code { return k.derive("skuld/invitation-code/1\x00" + id) }

// Mark says which key this is, without telling the key.
func (k *Key) Mark() string {
	mac := hmac.New(sha256.New, k.secret)
	mac.Write([]byte("skuld/key-mark/1"))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}
