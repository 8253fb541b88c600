package main

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/skuld-registry/skuld/api/client/profile"
)

// openKey opens a profile's key.
func (a *app) openKey(p *profile.Profile, name string) (crypto.Signer, error) {
	if name == "" {
		name = defaultKey
	}
	info, err := p.KeyInfo(name)
	if err != nil {
		return nil, err // before a passphrase is asked for
	}
	if info.Device != "" {
		pin, err := a.pin(p, info)
		if err != nil {
			return nil, err
		}
		return a.unlock(p, name, pin)
	}
	passphrase, err := a.passphrase(p, "Passphrase of the key "+name+": ")
	if err != nil {
		return nil, err
	}
	return a.unlock(p, name, passphrase)
}

// pin finds the PIN of a key's device: nil where the device's URI names its file.
func (a *app) pin(p *profile.Profile, info profile.KeyInfo) ([]byte, error) {
	if !info.NeedsPIN() {
		return nil, nil
	}
	return a.passphrase(p, "PIN of the device of the key "+info.Name+": ")
}

// passphrase finds the passphrase: in the file that was named, or by asking.
func (a *app) passphrase(p *profile.Profile, question string) ([]byte, error) {
	if path := a.passphraseFile(p); path != "" {
		return profile.ReadPassphrase(path)
	}
	if !a.inTerminal {
		return nil, &usageError{"skuld", errors.New("nobody can be asked for the passphrase here; name its file with --passphrase-file or $SKULD_PASSPHRASE_FILE")}
	}
	fmt.Fprint(a.err, question)
	line, err := a.readPassword()
	fmt.Fprintln(a.err)
	if err != nil {
		return nil, fmt.Errorf("asking for the passphrase: %w", err)
	}
	return line, nil
}

// passphraseFile gives the file that holds the passphrase: the one that is named
// on the command line, the profile's own, or the surroundings'; none where a
// person is to be asked.
func (a *app) passphraseFile(p *profile.Profile) string {
	switch {
	case a.flags.passphraseFile != "":
		return a.flags.passphraseFile
	case p.PassphraseFile == "":
		return a.getenv("SKULD_PASSPHRASE_FILE")
	case filepath.IsAbs(p.PassphraseFile):
		return p.PassphraseFile
	}
	return filepath.Join(p.Dir(), p.PassphraseFile)
}

// newPassphrase asks twice, since a slip would lock the key for ever.
func (a *app) newPassphrase(p *profile.Profile) ([]byte, error) {
	first, err := a.passphrase(p, fmt.Sprintf("New passphrase (at least %d characters): ", profile.MinPassphrase))
	if err != nil || a.passphraseFile(p) != "" {
		return first, err
	}
	second, err := a.passphrase(p, "The same again: ")
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(first, second) {
		return nil, &usageError{"skuld key new", errors.New("the two passphrases differ")}
	}
	return first, nil
}
