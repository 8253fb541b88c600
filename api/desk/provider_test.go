package desk_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	protocol "github.com/zitadel/oidc/v3/pkg/oidc"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk"
	"github.com/skuld-registry/skuld/api/desk/oidc"
	"github.com/skuld-registry/skuld/api/web/site/sitetest"
)

// provider is a real OpenID provider with two accounts.
type provider struct {
	*storage.Storage
	server *httptest.Server
	roles  any // what its claim says of everybody
}

// The accounts of the provider, and what it knows of the desk.
const (
	firstAccount  = "test-user2"
	accountSecret = "verysecure"
	clientID      = "skuld-desk"
	clientSecret  = "a secret of the desk"
)

// SetUserinfoFromToken adds the roles to what the provider tells of somebody.
func (p *provider) SetUserinfoFromToken(ctx context.Context, info *protocol.UserInfo, token, subject, origin string) error {
	if err := p.Storage.SetUserinfoFromToken(ctx, info, token, subject, origin); err != nil {
		return err
	}
	info.AppendClaims("roles", p.roles)
	return nil
}

// newProvider starts a provider that knows one client, and the desk as that client.
func newProvider(t *testing.T, change func(*oidc.Options)) (*provider, *world) {
	t.Helper()
	p := &provider{roles: []string{"everybody", "skuld-agents", "skuld-leads"}}
	var router http.Handler
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { router.ServeHTTP(w, r) }))
	t.Cleanup(p.server.Close)
	w := newWorldWith(t, func(o *desk.Options) {
		redirect := o.RelyingParty.Origin + desk.ProviderReturn
		p.Storage = storage.NewStorageWithClients(storage.NewUserStore(p.server.URL), map[string]*storage.Client{
			clientID: storage.WebClient(clientID, clientSecret, redirect),
		})
		router = exampleop.SetupServer(p.server.URL, p, slog.New(slog.DiscardHandler), false)
		options := oidc.Options{
			Issuer: p.server.URL, ClientID: clientID, ClientSecret: clientSecret, Redirect: redirect, RolesClaim: "roles", Clock: o.Clock,
			Roles: map[string]casework.Role{"skuld-agents": casework.Agent, "skuld-leads": casework.Lead, "skuld-admin": casework.Administrator},
		}
		if change != nil {
			change(&options)
		}
		var err error
		if o.SignIn, err = oidc.New(options); err != nil {
			t.Fatal(err)
		}
	})
	return p, w
}

// begin goes from the desk to the provider and gives the address there.
func begin(b *sitetest.Browser) string {
	b.T.Helper()
	b.Get("/desk/signin").Is(http.StatusOK).Says("Sign in with your workplace account")
	return b.Get("/desk/provider").Is(http.StatusSeeOther).Header.Get("Location")
}

// signIn does at the provider what a person does there, and gives where it leads back to.
func (p *provider) signIn(t *testing.T, address, account string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	there := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	follow := func(resp *http.Response, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		to, err := resp.Location()
		if err != nil {
			t.Fatalf("the provider answers with %s", resp.Status)
		}
		return to.String()
	}
	login, err := url.Parse(follow(there.Get(address)))
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"username": {account}, "password": {accountSecret}, "id": {login.Query().Get("authRequestID")}}
	callback := follow(there.PostForm(p.server.URL+"/login/username", form))
	return follow(there.Get(callback))
}

// back goes to where the provider leads, as a browser does.
func back(b *sitetest.Browser, address string) *sitetest.Answer {
	b.T.Helper()
	u, err := url.Parse(address)
	if err != nil {
		b.T.Fatal(err)
	}
	return b.Get(u.RequestURI(), func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") })
}

// TestStaffSignsInAtTheProvider, with the roles that they have there at that moment.
func TestStaffSignsInAtTheProvider(t *testing.T) {
	t.Parallel()
	p, w := newProvider(t, nil)
	b := w.visitor("test")
	a := back(b, p.signIn(t, begin(b), firstAccount)).Is(http.StatusOK)
	if refresh := a.Header.Get("Refresh"); refresh != "0; url=/desk" {
		t.Errorf("the page goes on with %q", refresh)
	}
	b.Get("/desk/me").Is(http.StatusOK).Says("Test User2", "agent, lead")

	p.roles = "skuld-agents"
	b = w.visitor("test")
	back(b, p.signIn(t, begin(b), firstAccount)).Is(http.StatusOK)
	b.Get("/desk/me").Is(http.StatusOK).Says("agent").Hides("agent, lead")
	if all, _, err := w.desk.Book.AllStaff(t.Context(), 0, 10); err != nil || len(all) != 1 {
		t.Errorf("there are %d members of staff, %v", len(all), err)
	}
}

// TestWhoHasNoRoleAtTheProviderHasNoPlace, nor has who was shut out here.
func TestWhoHasNoRoleAtTheProviderHasNoPlace(t *testing.T) {
	t.Parallel()
	p, w := newProvider(t, nil)
	for name, roles := range map[string]any{"none": nil, "others": []string{"everybody"}, "no text": 7, "an administrator who works cases": []string{"skuld-admin", "skuld-agents"}} {
		p.roles = roles
		b := w.visitor("test")
		if a := back(b, p.signIn(t, begin(b), firstAccount)); a.Status != http.StatusForbidden || !strings.Contains(a.Text(), "no place at this desk") {
			t.Errorf("with the roles %s: %d", name, a.Status)
		}
	}
	p.roles = "skuld-leads"
	b := w.visitor("test")
	back(b, p.signIn(t, begin(b), firstAccount)).Is(http.StatusOK)
	all, _, err := w.desk.Book.AllStaff(t.Context(), 0, 10)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	admin := w.staff("Ada", casework.Administrator)
	if _, err := w.desk.Do(t.Context(), casework.Request{Actor: casework.Actor{Staff: admin.id, Roles: []casework.Role{casework.Administrator}}, Act: &casework.StaffDisable{Staff: all[0].ID}}); err != nil {
		t.Fatal(err)
	}
	b.Get("/desk/me").Is(http.StatusSeeOther)
	b = w.visitor("test")
	back(b, p.signIn(t, begin(b), firstAccount)).Is(http.StatusForbidden)
}

// TestAnswerOfTheProviderCountsOnceAndForWhoAsked: its code is worth nothing at another
// browser, with another state, or again.
func TestAnswerOfTheProviderCountsOnceAndForWhoAsked(t *testing.T) {
	t.Parallel()
	p, w := newProvider(t, nil)
	b, mallory := w.visitor("test"), w.visitor("mallory")
	answer := p.signIn(t, begin(b), firstAccount)
	begin(mallory)
	back(mallory, answer).Is(http.StatusForbidden).Says("did not go through")
	back(w.visitor("stranger"), answer).Is(http.StatusForbidden)
	back(b, strings.Replace(answer, "state=", "state=x", 1)).Is(http.StatusForbidden)

	b = w.visitor("test")
	answer = p.signIn(t, begin(b), firstAccount)
	state := cookieOf(b, "/desk/provider")
	back(b, answer).Is(http.StatusOK)
	again := func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "skuld-desk-state", Value: state}) }
	u, err := url.Parse(answer)
	if err != nil {
		t.Fatal(err)
	}
	w.visitor("later").Get(u.RequestURI(), again).Is(http.StatusForbidden)
	b.Get("/desk/provider/return?error=access_denied").Is(http.StatusForbidden)
}

func cookieOf(b *sitetest.Browser, path string) string {
	b.T.Helper()
	at, err := url.Parse(b.Base + path)
	if err != nil {
		b.T.Fatal(err)
	}
	for _, c := range b.Client.Jar.Cookies(at) {
		if c.Name == "skuld-desk-state" {
			return c.Value
		}
	}
	b.T.Fatal("the browser has no state")
	return ""
}

// TestCodeOfAnotherSignInIsRefused: the token must answer the very sign-in that the
// browser began, and the provider the one who knows its verifier.
func TestCodeOfAnotherSignInIsRefused(t *testing.T) {
	t.Parallel()
	p, w := newProvider(t, nil)
	b := w.visitor("test")
	first, second := begin(b), begin(b) // the browser keeps the state of the second
	code := codeOf(t, p.signIn(t, first, firstAccount))
	answer, err := url.Parse(p.signIn(t, second, firstAccount))
	if err != nil {
		t.Fatal(err)
	}
	q := answer.Query()
	q.Set("code", code)
	answer.RawQuery = q.Encode()
	back(b, answer.String()).Is(http.StatusForbidden)
	for _, part := range []string{"code_challenge=", "code_challenge_method=S256", "nonce=", "state="} {
		if !strings.Contains(first, part) {
			t.Errorf("the way to the provider has no %s: %s", part, first)
		}
	}
}

// TestTokenOfAnotherNonceIsRefused, though its code and verifier are right.
func TestTokenOfAnotherNonceIsRefused(t *testing.T) {
	t.Parallel()
	var options oidc.Options
	p, _ := newProvider(t, func(o *oidc.Options) { options = *o })
	asking, err := oidc.New(options)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]struct {
		from, to string
		good     bool
	}{
		"as it was":        {"", "", true},
		"another nonce":    {`"nonce":"`, `"nonce":"x`, false},
		"another verifier": {`"verifier":"`, `"verifier":"x`, false},
		"nothing":          {"{", "", false},
	} {
		address, remember, err := asking.Begin(t.Context(), "a state of this test")
		if err != nil {
			t.Fatal(err)
		}
		who, err := asking.Complete(t.Context(), codeOf(t, p.signIn(t, address, firstAccount)), strings.Replace(remember, change.from, change.to, 1))
		if (err == nil) != change.good || change.good && who.Subject != p.server.URL+" id2" {
			t.Errorf("%s: %+v, %v", name, who, err)
		}
	}
}

func codeOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("code")
}

// TestDeskWorksWhileTheProviderIsAway: whoever has a passkey signs in with it.
func TestDeskWorksWhileTheProviderIsAway(t *testing.T) {
	t.Parallel()
	p, w := newProvider(t, nil)
	p.server.Close()
	b := w.visitor("test")
	b.Get("/desk/signin").Is(http.StatusOK)
	b.Get("/desk/provider").Is(http.StatusServiceUnavailable).Says("does not answer just now", "You sign in with your passkey")
	w.staff("Eva", casework.Agent).Get("/desk/me").Is(http.StatusOK)
}

// TestDeskWithoutAProviderHasNoSuchWayIn.
func TestDeskWithoutAProviderHasNoSuchWayIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.visitor("test")
	b.Get("/desk/signin").Is(http.StatusOK).Hides("/desk/provider")
	b.Get("/desk/provider").Is(http.StatusNotFound)
	b.Get("/desk/provider/return").Is(http.StatusNotFound)
}
