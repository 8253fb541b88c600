package web_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
	"github.com/skuld-registry/skuld/ledger/sign/authenticator"
)

// browser is a person at the pages, with a device that has a passkey.
type browser struct {
	w        *world
	client   *http.Client
	device   *authenticator.Device
	party    ledger.PartyID // once registered
	language string
}

// browser gives a person who is nobody yet. The seed is the device's.
func (w *world) browser(seed string) *browser {
	w.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.Fatal(err)
	}
	device, err := authenticator.NewSynced(ledger.Passkey{RPID: "localhost", Origin: w.origin}, seed)
	if err != nil {
		w.Fatal(err)
	}
	return &browser{w: w, device: device, language: "en", client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// signer lets the person sign past the pages.
func (b *browser) signer() *model.Signer {
	return &model.Signer{Name: "a person", Kind: ledger.Person, Org: inproc.Registrar, ID: b.party, Pen: b.device}
}

// join follows an invitation until the person is signed in.
func (w *world) join(seed string, by *company) *browser {
	w.Helper()
	b := w.browser(seed)
	b.accept(w.invite(by, store.ForBorrower))
	return b
}

// accept follows an invitation's address.
func (b *browser) accept(path string) *answer {
	b.w.Helper()
	b.party = ""
	signing := b.ceremony(b.get(path).is(http.StatusOK)).is(http.StatusOK)
	last := b.ceremony(signing).is(http.StatusSeeOther)
	b.party = ledger.PartyID(b.device.Handle)
	return last
}

// answer is a page as it came, or a redirect.
type answer struct {
	w      *world
	status int
	header http.Header
	body   string
	from   string // address
	root   *html.Node
}

// ask sends a request as a browser does.
func (b *browser) ask(method, path string, form url.Values, change ...func(*http.Request)) *answer {
	b.w.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(b.w.Context(), method, b.w.site.URL+path, body)
	if err != nil {
		b.w.Fatal(err)
	}
	r.Header.Set("Accept-Language", b.language)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Origin", b.w.origin)
	}
	for _, c := range change {
		c(r)
	}
	resp, err := b.client.Do(r)
	if err != nil {
		b.w.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.w.Fatal(err)
	}
	a := &answer{w: b.w, status: resp.StatusCode, header: resp.Header, body: string(text), from: path}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		if a.root, err = html.Parse(bytes.NewReader(text)); err != nil {
			b.w.Fatal(err)
		}
	}
	return a
}

func (b *browser) get(path string, change ...func(*http.Request)) *answer {
	b.w.Helper()
	return b.ask(http.MethodGet, path, nil, change...)
}

// follow goes where a redirect leads, through others.
func (b *browser) follow(a *answer) *answer {
	b.w.Helper()
	for range 5 {
		to := a.header.Get("Location")
		if to == "" {
			return a
		}
		a = b.get(to)
	}
	b.w.Fatalf("%s leads from page to page", a.from)
	return a
}

// send fills the form of an action in and sends it. What the form has already stays
// unless values say otherwise.
func (b *browser) send(a *answer, action string, values url.Values, change ...func(*http.Request)) *answer {
	b.w.Helper()
	f := a.form(action)
	filled := f.values
	for name, v := range values {
		filled[name] = v
	}
	return b.ask(http.MethodPost, action, filled, change...)
}

// ceremony does what a page asks of the passkey, and sends the answer.
func (b *browser) ceremony(a *answer) *answer {
	b.w.Helper()
	n := a.find(func(n *html.Node) bool { return n.Data == "form" && attr(n, "data-passkey") != "" })
	if n == nil {
		b.w.Fatalf("%s asks for no passkey:\n%s", a.from, a.text())
	}
	do := b.device.Get
	if attr(n, "data-passkey") == "create" {
		do = b.device.Create
	}
	credential, err := do([]byte(attr(n, "data-options")))
	if err != nil {
		b.w.Fatal(err)
	}
	return b.send(a, attr(n, "action"), url.Values{"credential": {string(credential)}})
}

// is checks the status of an answer.
func (a *answer) is(status int) *answer {
	a.w.Helper()
	if a.status != status {
		a.w.Fatalf("%s is answered with %d, want %d:\n%s", a.from, a.status, status, a.text())
	}
	return a
}

// says checks that a reader finds these texts on the page.
func (a *answer) says(texts ...string) *answer {
	a.w.Helper()
	shown := a.text()
	for _, t := range texts {
		if !strings.Contains(shown, t) {
			a.w.Errorf("%s does not say %q:\n%s", a.from, t, shown)
		}
	}
	return a
}

// hides checks that these texts stand nowhere in the page, not even where no reader
// looks.
func (a *answer) hides(texts ...string) *answer {
	a.w.Helper()
	for _, t := range texts {
		if strings.Contains(a.body, t) {
			a.w.Errorf("%s holds %q:\n%s", a.from, t, a.body)
		}
	}
	return a
}

// text is what a reader reads, with one space wherever there is any.
func (a *answer) text() string {
	if a.root == nil {
		return a.body
	}
	var b strings.Builder
	for n := range a.root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.FieldsFunc(b.String(), func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\u00a0' }), " ")
}

// find gives the first element that fits, or nil.
func (a *answer) find(fits func(*html.Node) bool) *html.Node {
	if a.root == nil {
		return nil
	}
	for n := range a.root.Descendants() {
		if n.Type == html.ElementNode && fits(n) {
			return n
		}
	}
	return nil
}

// links gives where the links of a page lead.
func (a *answer) links() []string {
	var all []string
	for n := range a.root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "a" {
			all = append(all, attr(n, "href"))
		}
	}
	return all
}

// form is a form with what stands in it.
type form struct{ values url.Values }

// form gives the form of an action.
func (a *answer) form(action string) form {
	a.w.Helper()
	n := a.find(func(n *html.Node) bool {
		return n.Data == "form" && attr(n, "action") == action && attr(n, "method") == "post"
	})
	if n == nil {
		a.w.Fatalf("%s has no form for %s:\n%s", a.from, action, a.body)
	}
	f := form{url.Values{}}
	for e := range n.Descendants() {
		switch {
		case e.Type != html.ElementNode || attr(e, "name") == "":
		case e.Data == "input" && attr(e, "type") == "radio":
			if has(e, "checked") {
				f.values.Set(attr(e, "name"), attr(e, "value"))
			}
		case e.Data == "input" && attr(e, "type") == "checkbox":
			if has(e, "checked") {
				f.values.Add(attr(e, "name"), attr(e, "value"))
			}
		case e.Data == "input":
			f.values.Set(attr(e, "name"), attr(e, "value"))
		case e.Data == "textarea" && e.FirstChild != nil:
			f.values.Set(attr(e, "name"), e.FirstChild.Data)
		}
	}
	return f
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// passkey gives an attribute of the form that asks for a passkey.
func (a *answer) passkey(name string) string {
	a.w.Helper()
	n := a.find(func(n *html.Node) bool { return n.Data == "form" && attr(n, "data-passkey") != "" })
	if n == nil {
		a.w.Fatalf("%s asks for no passkey", a.from)
	}
	return attr(n, name)
}
