package material

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/pki"
)

// Certificate is one of those in a network's folder.
type Certificate struct {
	Owner    string
	Identity string // empty for a root
	TLS      bool
	Path     string
	*x509.Certificate
}

// Title says which certificate it is.
func (c Certificate) Title() string {
	kind := "enrolment certificate"
	switch {
	case c.Identity == "" && c.TLS:
		return "TLS root of " + c.Owner
	case c.Identity == "":
		return "root of " + c.Owner
	case c.TLS:
		kind = "TLS certificate"
	}
	return fmt.Sprintf("%s of %s of %s", kind, c.Identity, c.Owner)
}

// Ends reports whether it has ended by a time.
func (c Certificate) Ends(by time.Time) bool { return !c.NotAfter.After(by) }

// Certificates lists every certificate in a network's folder: of each owner the
// roots, then the identities in order of their names.
func Certificates(h network.Home, t network.Topology) ([]Certificate, error) {
	var all []Certificate
	for _, owner := range t.Owners() {
		found := []Certificate{
			{Owner: owner, Path: h.Crypto().Root(owner)},
			{Owner: owner, TLS: true, Path: h.Crypto().TLSRoot(owner)},
		}
		identities, err := os.ReadDir(h.Crypto().Identities(owner))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("listing the identities of %s: %w", owner, err)
		}
		for _, i := range identities {
			files := h.Crypto().Identity(owner, i.Name())
			found = append(found,
				Certificate{Owner: owner, Identity: i.Name(), Path: files.Certificate()},
				Certificate{Owner: owner, Identity: i.Name(), TLS: true, Path: files.TLSCertificate()})
		}
		for _, c := range found {
			text, err := os.ReadFile(c.Path)
			if errors.Is(err, fs.ErrNotExist) {
				continue // Not every identity has both.
			}
			if err != nil {
				return nil, fmt.Errorf("reading the %s: %w", c.Title(), err)
			}
			if c.Certificate, err = pki.ParseCertificate(text); err != nil {
				return nil, fmt.Errorf("reading the %s: %w", c.Title(), err)
			}
			all = append(all, c)
		}
	}
	return all, nil
}

// Renew issues a certificate again under its owner's root, for the same key.
//
// Keeping the key has two reasons. Only one file is replaced, so a renewal that
// is cut off leaves the old certificate or the new one and never a certificate
// beside another's key. And the orderers, whose TLS certificates are written in
// the channel's configuration, know one another by the key (fabric
// orderer/common/cluster, CertificatesWithSamePublicKey): no change of the
// channel is needed.
func Renew(h network.Home, c Certificate, now time.Time) error {
	dir := h.Crypto().CA(c.Owner)
	if c.TLS {
		dir = h.Crypto().TLSCA(c.Owner)
	}
	root, err := pki.ReadAuthority(dir)
	if err != nil {
		return fmt.Errorf("renewing the %s: reading its root: %w", c.Title(), err)
	}
	renewed, err := root.Renew(c.Certificate, now)
	if err != nil {
		return fmt.Errorf("renewing the %s: %w", c.Title(), err)
	}
	if err := replaceFile(c.Path, renewed); err != nil {
		return fmt.Errorf("renewing the %s: %w", c.Title(), err)
	}
	return nil
}

// replaceFile leaves the old content or the new, whatever happens meanwhile.
func replaceFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".replacing-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // After the rename there is nothing to remove.
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
