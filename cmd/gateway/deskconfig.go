package main

import (
	"crypto"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/client/profile"
	"github.com/skuld-registry/skuld/api/desk"
	"github.com/skuld-registry/skuld/api/desk/oidc"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// deskConfig says how a company's staff is served. A gateway without an origin of a
// desk has none.
type deskConfig struct {
	Origin       string `yaml:"origin"`        // scheme, host and port as a browser shows them
	RPID         string `yaml:"rp_id"`         // the domain that staff's passkeys are bound to, for ever
	Name         string `yaml:"name"`          // of the company, on every page
	Profile      string `yaml:"profile"`       // folder with the company's key, as the client skuld makes it
	PasswordFile string `yaml:"password_file"` // what opens the key; the profile may name its own
	Await        bool   `yaml:"await"`         // wait for a profile that is not there yet, for trials
	Registrar    string `yaml:"registrar"`     // base address of the registrar's gateway
	Inbox        string `yaml:"inbox"`         // folder into which the bank's files are put
	Waiver       string `yaml:"waiver_limit"`  // above which a second person agrees to fees and interest that are waived
	Human        string `yaml:"human"`         // whom staff calls when the desk is in the way
	Phone        string `yaml:"phone"`
	Email        string `yaml:"email"`
	// Letters says how what the desk writes to persons leaves the house.
	Letters lettersConfig `yaml:"letters"`
	OIDC    oidcConfig    `yaml:"oidc"`
}

// lettersConfig says where letters go.
type lettersConfig struct {
	Folder string `yaml:"folder"` // into which they are put for whoever prints and sends them
}

// check says what is wrong: the folder must be there, and nobody else's to read.
func (c *lettersConfig) check(f *faults) {
	if c.Folder == "" {
		return
	}
	switch info, err := os.Stat(c.Folder); {
	case err != nil:
		f.add("desk.letters.folder", "%w", err)
	case !info.IsDir():
		f.add("desk.letters.folder", "%s is no folder", c.Folder)
	case info.Mode().Perm()&othersRead != 0:
		f.add("desk.letters.folder", "others than its owner and group may read %s (mode %04o)", c.Folder, info.Mode().Perm())
	}
}

// othersRead are the rights of those who are neither the owner nor of the group.
const othersRead = 0o007

// oidcConfig is the organisation's identity provider, where staff has accounts there.
type oidcConfig struct {
	Issuer           string            `yaml:"issuer"`
	ClientID         string            `yaml:"client_id"`
	ClientSecretFile string            `yaml:"client_secret_file"` // none for a public client
	RolesClaim       string            `yaml:"roles_claim"`
	Roles            map[string]string `yaml:"roles"` // of the desk, by what the claim says
}

// errNoProfile says that the company's profile is not there, or is nobody's yet.
var errNoProfile = errors.New("the profile names no party and no key")

// defaultWaiver is what a member of staff may waive alone.
const defaultWaiver = "500.00 SEK"

func (c *deskConfig) on() bool { return c.Origin != "" }

func (c *deskConfig) relyingParty() passkey.RelyingParty {
	return passkey.RelyingParty{ID: c.RPID, Origin: c.Origin, Name: c.Name}
}

func (c *deskConfig) help() page.HumanCard {
	return page.HumanCard{Company: c.Human, Phone: c.Phone, Email: c.Email}
}

// unlock opens the company's key.
func (c *deskConfig) unlock() (*profile.Profile, crypto.Signer, error) {
	p, err := profile.Open(c.Profile)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the company's profile: %w", err)
	}
	if p.Party == "" || p.Key == "" {
		return nil, nil, fmt.Errorf("opening the company's profile %s: %w", c.Profile, errNoProfile)
	}
	path := c.PasswordFile
	if path == "" && p.PassphraseFile != "" {
		if path = p.PassphraseFile; !filepath.IsAbs(path) {
			path = filepath.Join(p.Dir(), path)
		}
	}
	var passphrase []byte
	if path != "" {
		if passphrase, err = profile.ReadPassphrase(path); err != nil {
			return nil, nil, fmt.Errorf("opening the company's key: %w", err)
		}
	}
	key, err := p.Unlock(p.Key, passphrase)
	return p, key, err
}

func (c *deskConfig) waiver() finance.Amount {
	m, err := readMoney(c.Waiver)
	if err != nil {
		return 0 // check has refused it: everything needs a second person
	}
	return m.Amount
}

// readMoney reads an amount with its currency, such as 500.00 SEK.
func readMoney(text string) (finance.Money, error) {
	amount, currency, _ := strings.Cut(strings.TrimSpace(text), " ")
	return finance.ParseMoney(amount, currency)
}

// check says what is wrong, and opens the company's key as starting would.
func (c *deskConfig) check(f *faults, pages bool) {
	if !c.on() {
		return
	}
	if pages {
		f.add("desk.origin", "a gateway serves the pages for persons or a desk, not both: who keeps the register collects nothing")
	}
	if err := c.relyingParty().Check(); err != nil {
		f.add("desk", "%w", err)
	}
	if u, err := url.Parse(c.Origin); err != nil || u.Scheme != "https" && u.Hostname() != "localhost" {
		f.add("desk.origin", "%q is neither https nor http://localhost", c.Origin)
	}
	if c.Registrar != "" && !isBase(c.Registrar, "http", "https") {
		f.add("desk.registrar", "%q is not a web address", c.Registrar)
	}
	if _, err := readMoney(c.Waiver); err != nil {
		f.add("desk.waiver_limit", "%w", err)
	}
	if c.PasswordFile != "" {
		if err := forOwnerOnly(c.PasswordFile); err != nil {
			f.add("desk.password_file", "%w", err)
		}
	}
	if _, _, err := c.unlock(); err != nil && !(c.Await && errors.Is(err, errNoProfile)) {
		f.add("desk.profile", "%w", err)
	}
	c.Letters.check(f)
	c.OIDC.check(f, c.Origin)
}

func (c *oidcConfig) check(f *faults, origin string) {
	if c.Issuer == "" {
		return
	}
	switch u, err := url.Parse(c.Issuer); {
	case !isBase(c.Issuer, "http", "https"):
		f.add("desk.oidc.issuer", "%q is not a web address", c.Issuer)
	case err != nil || u.Scheme != "https" && !loopback(u.Hostname()):
		// Whoever is on the way would otherwise say who staff is.
		f.add("desk.oidc.issuer", "%q is neither https nor on this machine", c.Issuer)
	}
	if c.ClientSecretFile != "" {
		if err := forOwnerOnly(c.ClientSecretFile); err != nil {
			f.add("desk.oidc.client_secret_file", "%w", err)
			return
		}
	}
	if _, err := c.provider(origin, time.Now); err != nil {
		f.add("desk.oidc", "%w", err)
	}
}

// loopback says whether a host is the machine itself.
func loopback(host string) bool {
	at, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && at.IsLoopback()
}

// provider makes the way in at the identity provider.
func (c *oidcConfig) provider(origin string, clock func() time.Time) (*oidc.Provider, error) {
	o := oidc.Options{Issuer: c.Issuer, ClientID: c.ClientID, Redirect: origin + desk.ProviderReturn, RolesClaim: c.RolesClaim, Roles: map[string]casework.Role{}, Clock: clock}
	for claimed, role := range c.Roles {
		o.Roles[claimed] = casework.Role(role)
	}
	if c.ClientSecretFile != "" {
		secret, err := profile.ReadPassphrase(c.ClientSecretFile)
		if err != nil {
			return nil, fmt.Errorf("reading the client's secret: %w", err)
		}
		o.ClientSecret = string(secret)
	}
	return oidc.New(o)
}
