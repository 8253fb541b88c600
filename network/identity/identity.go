// Package identity makes and revokes the identities of an organisation's people
// and programs: by the organisation's own root where that is on this machine,
// which is the default, or by a Fabric CA where one is configured.
//
// It must not touch the channel: a revocation takes effect only when its list
// is put there, by package lifecycle. It uses fabric-sdk-go and so must never
// be linked into a program that uses fabric-gateway.
package identity

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"regexp"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/pki"
)

// CA says where an organisation's Fabric CA is and who may register there.
type CA struct {
	URL  string `json:"url"`
	Name string `json:"name"`
	// TLSCA is the file with the root of its TLS certificate.
	TLSCA string `json:"tls_ca"`
	// Registrar is the one who registers and revokes; the secret is in a file.
	Registrar  string `json:"registrar"`
	SecretFile string `json:"registrar_secret_file"`
}

// Registry makes and revokes identities.
type Registry struct {
	home  network.Home
	state *network.State
	cas   map[string]CA // by organisation
}

// Request names an identity.
type Request struct {
	Organisation string
	Name         string
	Role         pki.Role // Client or Admin; revoking does not ask
	// Secret is what registering gave. A locally made identity has none.
	Secret string
	Now    time.Time
}

// ErrLocal says that an organisation has no Fabric CA.
var ErrLocal = errors.New("the organisation has no Fabric CA; its identities are made by enrolling them, without registering")

// Open reads which organisations have a Fabric CA from the file, which need not
// exist.
func Open(h network.Home, s *network.State, caFile string) (*Registry, error) {
	r := &Registry{home: h, state: s, cas: map[string]CA{}}
	b, err := os.ReadFile(caFile)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the configuration of certificate authorities: %w", err)
	}
	if err := json.Unmarshal(b, &r.cas); err != nil {
		return nil, fmt.Errorf("reading the configuration of certificate authorities %s: %w", caFile, err)
	}
	for name, ca := range r.cas {
		if _, err := s.Topology.Organisation(name); err != nil {
			return nil, fmt.Errorf("checking %s: %w", caFile, err)
		}
		if ca.URL == "" || ca.TLSCA == "" || ca.Registrar == "" || ca.SecretFile == "" {
			return nil, fmt.Errorf("checking %s: %s needs url, tls_ca, registrar and registrar_secret_file", caFile, name)
		}
	}
	return r, nil
}

// identityName is what an identity may be called: it becomes a folder.
var identityName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

func (r *Registry) check(q Request) error {
	if _, err := r.state.Topology.Organisation(q.Organisation); err != nil {
		return err
	}
	if !identityName.MatchString(q.Name) {
		return fmt.Errorf("the identity name %q does not match %s", q.Name, identityName)
	}
	return nil
}

// checkNew checks an identity that is to be made. Those of nodes are made with
// the network only: their certificates are accepted for more than a person's.
func (r *Registry) checkNew(q Request) error {
	if q.Role != pki.Client && q.Role != pki.Admin {
		return fmt.Errorf("the role of an identity is %s or %s, not %q", pki.Client, pki.Admin, q.Role)
	}
	return r.check(q)
}

// Register makes an identity known to the organisation's Fabric CA and returns
// the secret with which it can be enrolled once.
func (r *Registry) Register(q Request) (secret string, err error) {
	if err := r.checkNew(q); err != nil {
		return "", err
	}
	ca, ok := r.cas[q.Organisation]
	if !ok {
		return "", ErrLocal
	}
	return r.registerWith(ca, q)
}

// Enroll makes an identity's key and certificate. The name must be free.
func (r *Registry) Enroll(q Request) (network.IdentityFiles, error) {
	if err := r.checkNew(q); err != nil {
		return "", err
	}
	files := r.home.Crypto().Identity(q.Organisation, q.Name)
	if _, err := os.Stat(string(files)); err == nil {
		return "", fmt.Errorf("%s has an identity %s already, in %s", q.Organisation, q.Name, files)
	}
	if ca, ok := r.cas[q.Organisation]; ok {
		return files, r.enrollWith(ca, q, files)
	}
	root, err := pki.ReadAuthority(r.home.Crypto().CA(q.Organisation))
	if err != nil {
		return "", fmt.Errorf("reading the root of %s: %w", q.Organisation, err)
	}
	pair, err := root.Enrol(q.Name, q.Role, q.Now)
	if err != nil {
		return "", err
	}
	return files, pair.Write(files.Certificate(), files.Key())
}

// Revoke revokes an identity at its authority and returns the revocation list,
// PEM, that the channel must be given. revoked are the serial numbers that the
// channel refuses already, which a locally signed list repeats.
func (r *Registry) Revoke(q Request, revoked []*big.Int) ([]byte, error) {
	if err := r.check(q); err != nil {
		return nil, err
	}
	if ca, ok := r.cas[q.Organisation]; ok {
		return r.revokeWith(ca, q)
	}
	files := r.home.Crypto().Identity(q.Organisation, q.Name)
	text, err := os.ReadFile(files.Certificate())
	if err != nil {
		return nil, fmt.Errorf("reading the certificate of %s of %s: %w", q.Name, q.Organisation, err)
	}
	certificate, err := pki.ParseCertificate(text)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate of %s of %s: %w", q.Name, q.Organisation, err)
	}
	root, err := pki.ReadAuthority(r.home.Crypto().CA(q.Organisation))
	if err != nil {
		return nil, fmt.Errorf("reading the root of %s: %w", q.Organisation, err)
	}
	return root.Revoke(append(revoked, certificate.SerialNumber), big.NewInt(q.Now.UnixNano()), q.Now)
}
