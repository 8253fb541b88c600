package visitor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign/authenticator"
)

const (
	// maxPage bounds what is read of a page; those of ours are under 100 kB.
	maxPage = 4 << 20
	// maxRedirects bounds how far one is led from page to page.
	maxRedirects = 5
	// maxSaid bounds what an error tells of a page.
	maxSaid = 600
)

// Options say who the visitor is.
type Options struct {
	Base     string // address of the server
	Origin   string // of the pages as a browser shows it, which passkeys are bound to
	RPID     string // the domain that passkeys are bound to
	Seed     string // of the device's key
	Handle   string // of the passkey's owner, where the passkey was made before
	Language string
}

// Visitor is a person at the pages of a site. It is for one goroutine at a time.
type Visitor struct {
	options Options
	client  *http.Client
	device  *authenticator.Device
}

// New gives a person who is nobody yet.
func New(o Options) (*Visitor, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("making room for cookies: %w", err)
	}
	device, err := authenticator.NewSynced(ledger.Passkey{RPID: o.RPID, Origin: o.Origin}, o.Seed)
	if err != nil {
		return nil, err
	}
	device.Handle = []byte(o.Handle)
	return &Visitor{options: o, device: device, client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Handle gives whose passkey the device has: the handle that the site gave when it was
// made.
func (v *Visitor) Handle() string { return string(v.device.Handle) }

// Page is a page as it was shown in the end.
type Page struct {
	Status int
	At     *url.URL // where it is, after all redirects
	Root   *html.Node
}

// Text is what a reader reads on the page.
func (p *Page) Text() string { return textIn(p.Root) }

// Links gives where the links of the page lead that begin with a prefix.
func (p *Page) Links(prefix string) []string {
	var all []string
	for n := range p.Root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "a" && strings.HasPrefix(Attr(n, "href"), prefix) {
			all = append(all, Attr(n, "href"))
		}
	}
	return all
}

// Action gives the first form of the page whose action ends so, or "".
func (p *Page) Action(suffix string) string {
	form := find(p.Root, func(n *html.Node) bool { return n.Data == "form" && strings.HasSuffix(Attr(n, "action"), suffix) })
	if form == nil {
		return ""
	}
	return Attr(form, "action")
}

// RefusedError is an answer that is no page of the kind that was asked for.
type RefusedError struct {
	Status int
	At     string // the path, without what was asked
	Says   string // the beginning of the page
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s is answered with %d: %s", e.At, e.Status, e.Says)
}

// good gives the page, or an error where it is one that refuses.
func (p *Page) good() (*Page, error) {
	if p.Status < http.StatusBadRequest {
		return p, nil
	}
	says := []rune(p.Text())
	return p, &RefusedError{Status: p.Status, At: p.At.Path, Says: string(says[:min(len(says), maxSaid)])}
}

// Get opens a page. An answer that refuses is a *RefusedError.
func (v *Visitor) Get(ctx context.Context, path string) (*Page, error) {
	return v.send(ctx, http.MethodGet, path, "", nil)
}

// Send fills in the form of a page that is posted to an action, and sends it. What the
// form has already stays unless values say otherwise.
func (v *Visitor) Send(ctx context.Context, on *Page, action string, values url.Values) (*Page, error) {
	form, err := on.form(action)
	if err != nil {
		return nil, err
	}
	for name, all := range values {
		form[name] = all
	}
	return v.send(ctx, http.MethodPost, action, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// File is a file that is put into the field of a form.
type File struct {
	Field, Name string
	Data        []byte
}

// Bring sends the form of a page with a file in it.
func (v *Visitor) Bring(ctx context.Context, on *Page, action string, f File) (*Page, error) {
	form, err := on.form(action)
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, all := range form {
		for _, value := range all {
			err = errors.Join(err, w.WriteField(name, value))
		}
	}
	part, failed := w.CreateFormFile(f.Field, f.Name)
	if failed == nil {
		_, failed = part.Write(f.Data)
	}
	if err := errors.Join(err, failed, w.Close()); err != nil {
		return nil, fmt.Errorf("writing the form for %s: %w", action, err)
	}
	return v.send(ctx, http.MethodPost, action, w.FormDataContentType(), &body)
}

func (p *Page) form(action string) (url.Values, error) {
	form := FormTo(p.Root, action)
	if form == nil {
		return nil, fmt.Errorf("filling in a form: %s has none for %s", p.At.Path, action)
	}
	return form, nil
}

// Ceremony does what a page asks of the passkey, and sends the answer.
func (v *Visitor) Ceremony(ctx context.Context, on *Page) (*Page, error) {
	form := find(on.Root, func(n *html.Node) bool { return n.Data == "form" && Attr(n, "data-passkey") != "" })
	if form == nil {
		return nil, fmt.Errorf("using the passkey: %s asks for none", on.At.Path)
	}
	answer := v.device.Get
	if Attr(form, "data-passkey") == "create" {
		answer = v.device.Create
	}
	credential, err := answer([]byte(Attr(form, "data-options")))
	if err != nil {
		return nil, fmt.Errorf("using the passkey at %s: %w", on.At.Path, err)
	}
	return v.Send(ctx, on, Attr(form, "action"), url.Values{"credential": {string(credential)}})
}

// send sends one request and follows where its answer leads.
func (v *Visitor) send(ctx context.Context, method, path, kind string, body io.Reader) (*Page, error) {
	for range maxRedirects {
		response, err := v.once(ctx, method, path, kind, body)
		if err != nil {
			return nil, err
		}
		page, to, err := read(response)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", response.Request.URL.Path, err)
		}
		if to == "" {
			return page.good()
		}
		method, path, kind, body = http.MethodGet, to, "", nil
	}
	return nil, fmt.Errorf("opening %s: it leads from page to page", path)
}

func (v *Visitor) once(ctx context.Context, method, path, kind string, body io.Reader) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, v.options.Base+path, body)
	if err != nil {
		return nil, fmt.Errorf("asking for a page: %w", err)
	}
	r.Header.Set("Accept-Language", v.options.Language)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Origin", v.options.Origin)
	}
	response, err := v.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("asking for %s: %w", r.URL.Path, err)
	}
	return response, nil
}

// read gives a page, or where its answer leads.
func read(response *http.Response) (page *Page, to string, err error) {
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxPage))
	if err != nil {
		return nil, "", err
	}
	if response.StatusCode == http.StatusSeeOther {
		return nil, response.Header.Get("Location"), nil
	}
	root, err := html.Parse(bytes.NewReader(text))
	return &Page{Status: response.StatusCode, At: response.Request.URL, Root: root}, "", err
}
