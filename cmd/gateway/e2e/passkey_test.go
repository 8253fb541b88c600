package e2e

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// ceremonies are pages of the least sort: a form that asks for a passkey, as the
// script of the real pages expects it, and the server's end of it.
type ceremonies struct {
	t      *testing.T
	rp     passkey.RelyingParty
	key    passkey.Credential
	script string
	signed bool
}

const what = "the canonical bytes of a command"

var question = []byte("0123456789abcdef0123456789abcdef")

func (c *ceremonies) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	user := passkey.User{Handle: []byte("somebody"), Name: "Somebody"}
	answer := []byte(r.PostFormValue("credential"))
	ask := func(kind, action string, options []byte, err error) {
		if err != nil {
			c.t.Error(err)
		}
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>%s</title><body><main><form method="post" action="%s" data-passkey="%s" data-options="%s">`+
			`<input type="hidden" name="credential"><button>Go on</button><p class="says" role="status"></p></form></main><script src="/passkey.js"></script>`,
			kind, action, kind, html.EscapeString(string(options)))
	}
	var err error
	switch r.URL.Path {
	case "/passkey.js":
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, c.script)
	case "/":
		options, err := c.rp.Creation(user, nil, question)
		ask("create", "/made", options, err)
	case "/made":
		if c.key, err = c.rp.Created(user, question, answer); err != nil {
			c.t.Errorf("making a passkey: %v", err)
		}
		options, err := c.rp.SignIn(question)
		ask("get", "/in", options, err)
	case "/in":
		if c.key, err = c.rp.SignedIn(question, c.key, answer); err != nil {
			c.t.Errorf("signing in: %v", err)
		}
		options, err := c.rp.Sign([]byte(what), []passkey.Credential{c.key})
		ask("get", "/signed", options, err)
	case "/signed":
		signed, _, err := c.rp.Signed([]byte(what), []passkey.Credential{c.key}, answer)
		if err != nil {
			c.t.Errorf("signing: %v", err)
		}
		o, err := sign.Verifier{}.Open(signed)
		if err == nil {
			err = sign.Verifier{}.Verify(o, c.key.Key)
		}
		if err != nil {
			c.t.Errorf("the contract refuses it: %v", err)
		}
		c.signed = true
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>done</title><body><main><h1>Done</h1></main>`)
	}
}

// TestThePasskeyOfARealBrowserIsTaken: what Chromium writes is what the checks of
// the gateway and of the contract take. It needs neither network nor pages.
func TestThePasskeyOfARealBrowserIsTaken(t *testing.T) {
	b := openBrowser(t)
	c := &ceremonies{t: t, script: asset(t, "passkey.js")}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	site := strings.Replace(server.URL, "127.0.0.1", "localhost", 1) // an address has no passkeys
	c.rp = passkey.RelyingParty{ID: "localhost", Origin: site, Name: "Skuld"}
	p := b.person(t, site, nil)
	p.opens("/")
	p.answers()
	p.answers()
	p.answers()
	if p.must("h1"); !c.signed || !c.key.BackedUp {
		t.Errorf("it ends with %+v", c.key)
	}
}
