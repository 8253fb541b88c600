package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/client/profile"
	"github.com/skuld-registry/skuld/api/web/site/sitetest"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// deskOrigin is where browsers find the desk of these tests.
const deskOrigin = "http://localhost:9999"

// companyProfile makes the folder of a company's profile, with a key and without a
// party; finish says which party it is.
func companyProfile(t *testing.T) (dir string, finish func(ledger.PartyID)) {
	t.Helper()
	const passphrase = "a passphrase of the tests"
	dir = filepath.Join(t.TempDir(), "company")
	p, err := profile.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.NewKey("key", profile.ES256, []byte(passphrase)); err != nil {
		t.Fatal(err)
	}
	if err := p.WriteFile("passphrase", []byte(passphrase+"\n")); err != nil {
		t.Fatal(err)
	}
	return dir, func(id ledger.PartyID) {
		t.Helper()
		p.Key, p.PassphraseFile, p.Party = "key", "passphrase", id
		if err := p.Save(); err != nil {
			t.Fatal(err)
		}
	}
}

func deskAt(dir string) deskConfig {
	return deskConfig{
		Origin: deskOrigin, RPID: "localhost", Name: "Inkasso & Omsorg AB", Profile: dir, Waiver: defaultWaiver, Human: "Helpdesk", Phone: "+4681234567",
	}
}

// until waits until an answer has a status.
func until(t *testing.T, status int, ask func() *sitetest.Answer) *sitetest.Answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		a := ask()
		if a.Status == status {
			return a
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("%s is still answered with %d, want %d", a.From, a.Status, status)
		}
	}
}

// TestCompanysGatewayServesTheDesk: it waits for the company's profile, lets in whom an
// errand has invited while it serves, and leaves programs to the REST interface.
func TestCompanysGatewayServesTheDesk(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	company := w.party("company", "collector", "company")
	old := w.gateways["collector"]
	old.end(t)
	dir, finish := companyProfile(t)
	c := config{Data: old.opts.data, Desk: deskAt(dir), invite: "Ulla Ek"}
	c.Desk.Await = true
	s := w.start("collector", options{data: c.Data, desk: c.Desk})

	b := sitetest.New(t, s.url, deskOrigin, "ulla")
	b.Get("/desk").Is(http.StatusServiceUnavailable)
	b.Get("/healthz").Is(http.StatusOK)
	finish(company.party)
	until(t, http.StatusSeeOther, func() *sitetest.Answer { return b.Get("/") })
	b.Get("/v1/nowhere").Is(http.StatusNotFound).Hides("<html")

	var out bytes.Buffer
	if err := c.inviteStaff(&out); err != nil {
		t.Fatal(err)
	}
	link, ours := strings.CutPrefix(strings.TrimSpace(out.String()), deskOrigin)
	if !ours {
		t.Fatalf("the errand prints %q", out.String())
	}
	page := until(t, http.StatusOK, func() *sitetest.Answer { return b.Get(link) }).Says("Hello Ulla Ek!")
	b.Ceremony(page).Is(http.StatusSeeOther)
	b.Get("/desk/people").Is(http.StatusOK).Says("Ulla Ek", "administrator")
	if left, err := filepath.Glob(filepath.Join(invitationsFolder(c.Data), "*")); err != nil || len(left) > 0 {
		t.Errorf("the invitation is still at %v, %v", left, err)
	}
	if strings.Contains(w.journal.String(), "Ulla") {
		t.Error("the log names a member of staff")
	}
}

// TestDeskOfAWrongConfigurationIsRefused, with each fault at its key.
func TestDeskOfAWrongConfigurationIsRefused(t *testing.T) {
	dir, finish := companyProfile(t)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("secret\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	faultsOf := func(change func(*deskConfig), pages bool) string {
		c := deskAt(dir)
		change(&c)
		f := &faults{file: &configFile{}}
		c.check(f, pages)
		var all []string
		for _, err := range f.all {
			all = append(all, err.Error())
		}
		return strings.Join(all, "\n")
	}
	if got := faultsOf(func(*deskConfig) {}, false); !strings.Contains(got, "desk.profile") {
		t.Errorf("a profile without a party: %q", got)
	}
	if got := faultsOf(func(c *deskConfig) { c.Await = true }, false); got != "" {
		t.Errorf("a profile that is waited for: %q", got)
	}
	finish(ledger.DerivePartyID("a network", "00000000-0000-4000-8000-000000000001"))
	if got := faultsOf(func(*deskConfig) {}, false); got != "" {
		t.Fatalf("a good configuration: %q", got)
	}
	if got := faultsOf(func(*deskConfig) {}, true); !strings.Contains(got, "not both") {
		t.Errorf("beside the pages of persons: %q", got)
	}
	if got := faultsOf(func(c *deskConfig) { c.OIDC.Issuer = "http://id.example" }, false); !strings.Contains(got, "neither https nor on this machine") {
		t.Errorf("an identity provider that anybody on the way can play: %q", got)
	}
	for key, change := range map[string]func(*deskConfig){
		"desk.origin":                  func(c *deskConfig) { c.Origin = "http://desk.example" },
		"desk":                         func(c *deskConfig) { c.RPID = "elsewhere.example" },
		"desk.registrar":               func(c *deskConfig) { c.Registrar = "registry" },
		"desk.waiver_limit":            func(c *deskConfig) { c.Waiver = "much" },
		"desk.password_file":           func(c *deskConfig) { c.PasswordFile = secret },
		"desk.oidc":                    func(c *deskConfig) { c.OIDC = oidcConfig{Issuer: "https://id.example"} },
		"desk.oidc.issuer":             func(c *deskConfig) { c.OIDC = oidcConfig{Issuer: "id"} },
		"desk.oidc.client_secret_file": func(c *deskConfig) { c.OIDC = oidcConfig{Issuer: "https://id.example", ClientSecretFile: secret} },
	} {
		if got := faultsOf(change, false); !strings.Contains(got, "-"+key+":") {
			t.Errorf("%s: %q", key, got)
		}
	}
	for name, c := range map[string]config{
		"a gateway without a desk":     {Data: t.TempDir(), invite: "Ulla"},
		"a role that there is none of": {Data: t.TempDir(), Desk: deskAt(dir), invite: "Ulla", inviteAs: "boss"},
	} {
		if err := c.inviteStaff(io.Discard); err == nil {
			t.Errorf("%s invites somebody", name)
		}
	}
}
