// Package sitetest is a person at the pages of a site, for tests: a browser with its
// cookies and a device that has a passkey, and the pages as their reader finds them.
//
// It must not know of any page: what stands where is for each site's tests to say.
package sitetest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/skuld-registry/skuld/api/web/page/pagetest"
	"github.com/skuld-registry/skuld/api/web/site/visitor"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign/authenticator"
)

// Browser is a person at the pages, with a device that has a passkey.
type Browser struct {
	T        testing.TB
	Base     string // address of the server
	Origin   string // of the pages, as the browser shows it
	Client   *http.Client
	Device   *authenticator.Device
	Language string
}

// New gives a person who is nobody yet, at the pages of an origin of this machine. The
// seed is the device's.
func New(t testing.TB, base, origin, seed string) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	device, err := authenticator.NewSynced(ledger.Passkey{RPID: "localhost", Origin: origin}, seed)
	if err != nil {
		t.Fatal(err)
	}
	return &Browser{T: t, Base: base, Origin: origin, Device: device, Language: "en", Client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Answer is a page as it came, or a redirect.
type Answer struct {
	Status int
	Header http.Header
	Body   string
	From   string // address
	Root   *html.Node
	T      testing.TB
}

// Ask sends a request as a browser does.
func (b *Browser) Ask(method, path string, form url.Values, change ...func(*http.Request)) *Answer {
	b.T.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(b.T.Context(), method, b.Base+path, body)
	if err != nil {
		b.T.Fatal(err)
	}
	r.Header.Set("Accept-Language", b.Language)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Origin", b.Origin)
	}
	for _, c := range change {
		c(r)
	}
	resp, err := b.Client.Do(r)
	if err != nil {
		b.T.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.T.Fatal(err)
	}
	a := &Answer{T: b.T, Status: resp.StatusCode, Header: resp.Header, Body: string(text), From: path}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		if a.Root, err = html.Parse(bytes.NewReader(text)); err != nil {
			b.T.Fatal(err)
		}
	}
	return a
}

// Get asks for a page.
func (b *Browser) Get(path string, change ...func(*http.Request)) *Answer {
	b.T.Helper()
	return b.Ask(http.MethodGet, path, nil, change...)
}

// Follow goes where a redirect leads, through others.
func (b *Browser) Follow(a *Answer) *Answer {
	b.T.Helper()
	for range 5 {
		to := a.Header.Get("Location")
		if to == "" {
			return a
		}
		a = b.Get(to)
	}
	b.T.Fatalf("%s leads from page to page", a.From)
	return a
}

// Send fills the form of an action in and sends it. What the form has already stays
// unless values say otherwise.
func (b *Browser) Send(a *Answer, action string, values url.Values, change ...func(*http.Request)) *Answer {
	b.T.Helper()
	f := a.Form(action)
	filled := f
	for name, v := range values {
		filled[name] = v
	}
	return b.Ask(http.MethodPost, action, filled, change...)
}

// Ceremony does what a page asks of the passkey, and sends the answer.
func (b *Browser) Ceremony(a *Answer) *Answer {
	b.T.Helper()
	n := a.Find(func(n *html.Node) bool { return n.Data == "form" && pagetest.Attr(n, "data-passkey") != "" })
	if n == nil {
		b.T.Fatalf("%s asks for no passkey:\n%s", a.From, a.Text())
	}
	do := b.Device.Get
	if pagetest.Attr(n, "data-passkey") == "create" {
		do = b.Device.Create
	}
	credential, err := do([]byte(pagetest.Attr(n, "data-options")))
	if err != nil {
		b.T.Fatal(err)
	}
	return b.Send(a, pagetest.Attr(n, "action"), url.Values{"credential": {string(credential)}})
}

// Is checks the status of an answer.
func (a *Answer) Is(status int) *Answer {
	a.T.Helper()
	if a.Status != status {
		a.T.Fatalf("%s is answered with %d, want %d:\n%s", a.From, a.Status, status, a.Text())
	}
	return a
}

// Says checks that a reader finds these texts on the page.
func (a *Answer) Says(texts ...string) *Answer {
	a.T.Helper()
	shown := a.Text()
	for _, t := range texts {
		if !strings.Contains(shown, t) {
			a.T.Errorf("%s does not say %q:\n%s", a.From, t, shown)
		}
	}
	return a
}

// Hides checks that these texts stand nowhere in the page, not even where no reader
// looks.
func (a *Answer) Hides(texts ...string) *Answer {
	a.T.Helper()
	for _, t := range texts {
		if strings.Contains(a.Body, t) {
			a.T.Errorf("%s holds %q:\n%s", a.From, t, a.Body)
		}
	}
	return a
}

// Text is what a reader reads, with one space wherever there is any.
func (a *Answer) Text() string {
	if a.Root == nil {
		return a.Body
	}
	var b strings.Builder
	for n := range a.Root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.FieldsFunc(b.String(), func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\u00a0' }), " ")
}

// Find gives the first element that fits, or nil.
func (a *Answer) Find(fits func(*html.Node) bool) *html.Node {
	if a.Root == nil {
		return nil
	}
	for n := range a.Root.Descendants() {
		if n.Type == html.ElementNode && fits(n) {
			return n
		}
	}
	return nil
}

// Links gives where the links of a page lead.
func (a *Answer) Links() []string {
	var all []string
	for n := range a.Root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "a" {
			all = append(all, pagetest.Attr(n, "href"))
		}
	}
	return all
}

// Form gives the form of an action, as it stands.
func (a *Answer) Form(action string) url.Values {
	a.T.Helper()
	var f url.Values
	if a.Root != nil {
		f = visitor.FormTo(a.Root, action)
	}
	if f == nil {
		a.T.Fatalf("%s has no form for %s:\n%s", a.From, action, a.Body)
	}
	return f
}

// Has says whether an element has an attribute, whatever its value.
func Has(n *html.Node, name string) bool {
	_, has := visitor.Attribute(n, name)
	return has
}

// Passkey gives an attribute of the form that asks for a passkey.
func (a *Answer) Passkey(name string) string {
	a.T.Helper()
	n := a.Find(func(n *html.Node) bool { return n.Data == "form" && pagetest.Attr(n, "data-passkey") != "" })
	if n == nil {
		a.T.Fatalf("%s asks for no passkey", a.From)
	}
	return pagetest.Attr(n, name)
}
