package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/api/limit"
	"github.com/skuld-registry/skuld/api/web"
	"github.com/skuld-registry/skuld/api/web/page/pagetest"
	"github.com/skuld-registry/skuld/chaincode/inproc"
)

// paths are pages of every sort: for everybody, for who is signed in, kept ready, and
// those that are not there.
func (w *world) paths(b *browser, lender *company) []string {
	note := w.path(w.issue(lender, b))
	return []string{
		"/", "/help", "/lost", "/verify", "/signin", note, note, note + "/call", "/n/0000-0000-0000-0000", "/i/0000", "/me", "/nowhere", "/storybook", "/me/nowhere",
	}
}

func TestEveryPageIsProtected(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	anna := w.join("anna", lender)
	for _, path := range w.paths(anna, lender) {
		for _, b := range []*browser{anna, w.stranger()} {
			a := b.Get(path)
			for name, want := range map[string]string{
				"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
				"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
				"Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "",
				"Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), publickey-credentials-create=(self), publickey-credentials-get=(self)",
			} {
				if got := a.Header.Get(name); got != want {
					t.Errorf("%s: %s is %q, want %q", path, name, got, want)
				}
			}
			want := "no-store"
			if a.Header.Get("ETag") != "" {
				want = "private, no-cache"
			}
			if got := a.Header.Get("Cache-Control"); got != want {
				t.Errorf("%s: it may be kept: %q", path, got)
			}
			if a.Root == nil {
				continue
			}
			for _, fault := range pagetest.Faults(a.Body) {
				t.Errorf("%s: %s", path, fault)
			}
			if a.Find(func(n *html.Node) bool { return n.Data == "a" && strings.HasPrefix(pagetest.Attr(n, "href"), "tel:") }) == nil {
				t.Errorf("%s: there is nobody to call", path)
			}
		}
	}
}

func TestPagesOverHTTPSKeepTheirCookiesThere(t *testing.T) {
	w := newWorldWith(t, func(o *web.Options) {
		o.RelyingParty = passkey.RelyingParty{ID: "localhost", Origin: "https://localhost", Name: "Registret"}
	})
	w.origin = "https://localhost"
	b := w.browser("anna")
	last := b.accept(w.invite(w.company("Banken AB", inproc.Lender), "borrower"))
	cookie := last.Header.Get("Set-Cookie")
	for _, want := range []string{"__Host-skuld=", "; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the cookie %q lacks %s", cookie, want)
		}
	}
	if strings.Contains(cookie, "Domain") || strings.Contains(cookie, "Expires") || strings.Contains(cookie, "Max-Age") {
		t.Errorf("the cookie %q goes further, or lasts longer, than the session", cookie)
	}
	if b.Get("/").Header.Get("Strict-Transport-Security") == "" {
		t.Error("the pages do not ask for https")
	}
}

func TestFormsFromElsewhereDoNothing(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	b := w.join("anna", lender)
	signOut := b.Get("/me").Form("/signout")
	elsewhere := map[string]func(*http.Request){
		"another site": func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Origin", "https://evil.example")
		},
		"a neighbour": func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", "same-site")
			r.Header.Set("Origin", "http://localhost:1")
		},
		"an old browser elsewhere": func(r *http.Request) {
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set("Origin", "https://evil.example")
		},
		"a page without an origin": func(r *http.Request) {
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set("Origin", "null")
		},
	}
	call := w.path(w.issue(lender, b)) + "/call"
	for name, from := range elsewhere {
		b.Ask(http.MethodPost, "/signout", signOut, from).Is(http.StatusForbidden).Says("The page was too old")
		b.Ask(http.MethodPost, call, url.Values{"number": {"0701234567"}, "when": {"soon"}}, from).Is(http.StatusForbidden)
		b.Ask(http.MethodPost, "/signin", url.Values{}, from).Is(http.StatusForbidden)
		if t.Failed() {
			t.Fatalf("from %s", name)
		}
	}
	for name, token := range map[string]string{"none": "", "invented": "AAAA", "another session's": w.join("eve", lender).Get("/me").Form("/signout").Get("token")} {
		b.Ask(http.MethodPost, "/signout", url.Values{"token": {token}}).Is(http.StatusForbidden)
		if t.Failed() {
			t.Fatalf("with a token of %s", name)
		}
	}
	b.Get("/me").Is(http.StatusOK)
	b.Ask(http.MethodPost, "/signout", signOut).Is(http.StatusSeeOther)
	b.Get("/me").Is(http.StatusSeeOther)
}

// TestTokenOfASessionStandsNowhere: no page tells it, or anything it follows from.
func TestTokenOfASessionStandsNowhere(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	b := w.join("anna", lender)
	site, err := url.Parse(w.site.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range b.Client.Jar.Cookies(site) {
		if c.Name != "skuld" {
			continue
		}
		for _, path := range w.paths(b, lender) {
			b.Get(path).Hides(c.Value)
		}
		if strings.Contains(w.log.String(), c.Value) {
			t.Error("the log holds a session's token")
		}
		return
	}
	t.Fatal("there is no session")
}

func TestLogHoldsNeitherCodesNorPersons(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	b := w.join("anna", lender)
	id := w.issue(lender, b)
	call := w.path(id) + "/call"
	b.Get(w.path(id))
	b.Send(b.Get(call), call, url.Values{"number": {"070-999 88 77"}, "words": {"Ring efter lunch"}}).Is(http.StatusOK)
	b.Get("/n/0000-0000-0000-0000")
	b.Get("/me/notes/" + string(id))
	b.Get("/help") // a line is written when the answer has gone
	log := w.log.String()
	for _, secret := range []string{"Anna", "070-999", "99 88 77", "lunch", w.codes.Of(id).String(), string(w.codes.Of(id)), "0000-0000", string(id), "Banken"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	for _, wanted := range []string{`"route":"/n/{code}/call"`, `"route":"/me/notes/{note}"`, `"principal":"` + string(b.party) + `"`, `"status":200`, `"took_us":`} {
		if !strings.Contains(log, wanted) {
			t.Errorf("the log lacks %s", wanted)
		}
	}
}

func TestAddressThatAsksTooMuchWaits(t *testing.T) {
	w := newWorldWith(t, func(o *web.Options) { o.Limits.Address = limit.Rate{PerSecond: 1, Burst: 3} })
	b := w.stranger()
	for range 3 {
		b.Get("/help").Is(http.StatusOK)
	}
	a := b.Get("/help").Is(http.StatusTooManyRequests).Says("Wait a second and try again.", "Maja Lind")
	if a.Header.Get("Retry-After") != "1" {
		t.Errorf("it is told to come back in %q", a.Header.Get("Retry-After"))
	}
}

func TestFormThatIsTooLargeIsRefused(t *testing.T) {
	w := newWorld(t)
	b := w.stranger()
	b.Ask(http.MethodPost, "/", url.Values{"code": {strings.Repeat("A", 100<<10)}}).Is(http.StatusRequestEntityTooLarge)
}

func TestMethodsThatAreNotThereAreRefused(t *testing.T) {
	w := newWorld(t)
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch, "INVENT"} {
		w.stranger().Ask(method, "/help", nil, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-origin") }).Is(http.StatusMethodNotAllowed)
	}
	if a := w.stranger().Ask(http.MethodHead, "/help", nil).Is(http.StatusOK); a.Body != "" || a.Header.Get("Content-Length") == "" {
		t.Errorf("HEAD is answered with %q", a.Body)
	}
}

func TestLanguageIsTheReaders(t *testing.T) {
	w := newWorld(t)
	b := w.stranger()
	for accept, want := range map[string]string{"sv-SE,sv;q=0.9": "sv", "da": "da", "de": "en", "": "en", "nb,da;q=0.8": "da", strings.Repeat("x", 300): "en"} {
		b.Language = accept
		if a := b.Get("/help"); pagetest.Attr(a.Root.FirstChild.NextSibling, "lang") != want {
			t.Errorf("who asks for %.20q gets %s", accept, pagetest.Attr(a.Root.FirstChild.NextSibling, "lang"))
		}
	}
	b.Language = "en"
	b.Get("/help?lang=da").Is(http.StatusOK).Says("Hjælp")
	b.Get("/help").Says("Hjælp") // it is remembered
	b.Get("/help?lang=xx").Says("Hjælp")
	b.Get("/help?lang=sv").Says("Hjälp")
}
