package profile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
)

const (
	settingsFile    = "profile.json"
	maxSettingsSize = 64 << 10
	dirMode         = 0o700
	fileMode        = 0o600
	maxNameLength   = 64
)

// Settings is what stands in a profile's file. None of it is secret.
type Settings struct {
	// Gateway is the base address of the gateway, such as http://127.0.0.1:8080.
	Gateway string `json:"gateway,omitempty"`
	// Registrar is the base address of the registrar's gateway, where persons are
	// invited; "" where the profile's own gateway is the registrar's.
	Registrar string `json:"registrar,omitempty"`
	// Network is the digest of the network on which the party is registered; no
	// other one knows it.
	Network string `json:"network,omitempty"`
	// Party is who acts with this profile.
	Party ledger.PartyID `json:"party,omitempty"`
	// Book is the book that offers and bought notes go to where none is named.
	Book ledger.BookID `json:"book,omitempty"`
	// Key names the key file that signs.
	Key string `json:"key,omitempty"`
	// PassphraseFile is read where no other passphrase is given. A file that
	// lies beside the keys it opens protects nothing, so it is for trials.
	PassphraseFile string `json:"passphrase_file,omitempty"`
}

// Profile is a folder with settings and keys.
type Profile struct {
	Settings
	dir string
}

// Open reads the profile in a folder. A folder that does not exist is an
// empty profile; Save makes it.
func Open(dir string) (*Profile, error) {
	p := &Profile{dir: dir}
	f, err := os.Open(filepath.Join(dir, settingsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("opening the profile: %w", err)
	}
	defer f.Close()
	d := json.NewDecoder(io.LimitReader(f, maxSettingsSize))
	d.DisallowUnknownFields()
	if err := d.Decode(&p.Settings); err != nil {
		return nil, fmt.Errorf("reading the profile %s: %w", f.Name(), err)
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("reading the profile %s: %w", f.Name(), err)
	}
	return p, nil
}

// ErrSettings says that settings cannot be those of a profile.
var ErrSettings = errors.New("the settings are wrong")

func (p *Profile) check() error {
	switch {
	case p.Party != "" && !p.Party.Valid():
		return fmt.Errorf("%w: %q is not a party's id", ErrSettings, p.Party)
	case p.Book != "" && !p.Book.Valid():
		return fmt.Errorf("%w: %q is not a book's id", ErrSettings, p.Book)
	case p.Key != "" && !ValidName(p.Key):
		return fmt.Errorf("%w: %q is not a key's name", ErrSettings, p.Key)
	case p.Gateway != "":
		return CheckGateway(p.Gateway)
	}
	return nil
}

// CheckGateway says whether a text can be the base address of a gateway.
func CheckGateway(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%w: %q is not an address such as http://127.0.0.1:8080", ErrSettings, address)
	}
	return nil
}

// Dir is the profile's folder.
func (p *Profile) Dir() string { return p.dir }

// Save writes the settings so that a power cut leaves either the old or the
// new ones.
func (p *Profile) Save() error {
	if err := p.check(); err != nil {
		return fmt.Errorf("saving the profile: %w", err)
	}
	text, err := json.MarshalIndent(p.Settings, "", "  ")
	if err != nil {
		return fmt.Errorf("saving the profile: %w", err)
	}
	return p.WriteFile(settingsFile, append(text, '\n'))
}

// WriteFile replaces a file of the profile, readable by its owner only. The
// new bytes are on the disk before the old ones go.
func (p *Profile) WriteFile(name string, content []byte) error {
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), dirMode); err != nil {
		return fmt.Errorf("making the profile's folder: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer os.Remove(f.Name()) // nothing is left to remove once it is renamed
	_, err = io.Copy(f, bytes.NewReader(content))
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// ValidName says whether a text can name a key or a profile: letters, digits,
// hyphen and underscore, so that it is the same file on every system.
func ValidName(name string) bool {
	if name == "" || len(name) > maxNameLength {
		return false
	}
	return strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}
