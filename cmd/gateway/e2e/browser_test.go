package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"github.com/skuld-registry/skuld/network/networktest"
)

// Widths of the screens that the pages are looked at on, in CSS pixels: the
// narrowest that WCAG 2.2 asks for (1.4.10), a phone and a desk.
const (
	narrow = 320
	phone  = 390
	desk   = 1280
	height = 844
)

// stepLimit is how long one click may take, on a machine that is busy with the
// network that it waits for.
const stepLimit = 30 * time.Second

// browser is a running Chromium.
type browser struct{ ctx context.Context }

// openBrowser starts Chromium for a test; where there is none the test is skipped,
// and fails in continuous integration.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	path, err := findChromium()
	if err != nil {
		networktest.Unavailable(t, err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	)
	allocator, end := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), options...)
	ctx, closeBrowser := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		closeBrowser()
		end()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting Chromium: %v", err)
	}
	return &browser{ctx: ctx}
}

func findChromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no Chromium; install the package chromium")
}

// person is somebody with a browser of her own: cookies, and a device with
// passkeys that knows her.
type person struct {
	*testing.T
	ctx  context.Context
	site string  // scheme, host and port of the pages
	look *camera // nil where nobody looks
}

// person gives somebody a browser with nothing in it. It asks for English.
func (b *browser) person(t *testing.T, site string, look *camera) *person {
	t.Helper()
	ctx, leave := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(leave)
	// The window lives as long as the context that opens it.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("opening a window: %v", err)
	}
	p := &person{T: t, ctx: ctx, site: site, look: look}
	p.do("preparing a window", chromedp.EmulateViewport(phone, height), chromedp.Func(addAuthenticator))
	return p
}

// addAuthenticator gives the window a device that is built in, keeps its passkeys
// and knows its user, as a phone does.
func addAuthenticator(ctx context.Context, _ *chromedp.Target) error {
	if _, err := chromedp.Call(ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		return fmt.Errorf("turning on virtual authenticators: %w", err)
	}
	_, err := chromedp.Call(ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		DefaultBackupEligibility: true, DefaultBackupState: true,
	}})
	if err != nil {
		return fmt.Errorf("adding a virtual authenticator: %w", err)
	}
	return nil
}

// withoutScript gives the person a browser that runs none.
func (p *person) withoutScript() *person {
	p.do("turning off scripts", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	return p
}

// do carries out steps and fails the test where one cannot be done in time.
func (p *person) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, stepLimit)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.Fatalf("%s: %v\non %s", what, err, p.shown())
	}
}

// goes carries out steps that lead to another page, which must be one that is
// meant to be seen.
func (p *person) goes(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if status := p.arrives(what, steps...); status >= http.StatusBadRequest {
		p.Fatalf("%s: the answer is %d\n%s", what, status, p.shown())
	}
}

// arrives carries out steps that lead to another page, and gives its status.
func (p *person) arrives(what string, steps ...chromedp.Action[chromedp.Void]) int64 {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, stepLimit)
	defer cancel()
	response, err := chromedp.RunResponse(ctx, steps...)
	if err != nil {
		p.Fatalf("%s: %v\non %s", what, err, p.shown())
	}
	if response == nil {
		return http.StatusOK // from the browser's own memory
	}
	return response.Status
}

// opens follows a link from elsewhere: a letter, a message, the address bar.
func (p *person) opens(address string) {
	p.Helper()
	if strings.HasPrefix(address, "/") {
		address = p.site + address
	}
	p.goes("opening "+address, chromedp.Navigate(address))
}

// follows clicks a link to a path of these pages.
func (p *person) follows(path string) {
	p.Helper()
	selector := chromedp.CSS(fmt.Sprintf(`main a[href=%q]`, path))
	p.goes("following "+path, chromedp.Click(selector, chromedp.NodeVisible))
}

// sends clicks the button of the form that goes to a path. Where several do, more
// tells them apart, as the name of an answer does.
func (p *person) sends(path string, more ...string) {
	p.Helper()
	p.goes("sending "+path, clicks(formTo(path, more...)+" button"))
}

// isRefused sends a form that has something wrong in it.
func (p *person) isRefused(path string, want int64) {
	p.Helper()
	if got := p.arrives("sending "+path, clicks(formTo(path)+" button")); got != want {
		p.Fatalf("sending %s: the answer is %d, not %d\n%s", path, got, want, p.shown())
	}
}

// formTo finds the form that goes to a path and holds values.
func formTo(path string, values ...string) string {
	form := fmt.Sprintf(`main form[method="post"][action=%q]`, path)
	for _, v := range values {
		form += fmt.Sprintf(`:has([value=%q])`, v)
	}
	return form
}

// answers uses the passkey where the page asks for one.
func (p *person) answers() {
	p.Helper()
	p.goes("using the passkey", chromedp.Click(chromedp.CSS(`main form[data-passkey] button`), chromedp.NodeVisible, chromedp.NodeEnabled))
}

// writes fills in a field that is empty.
func (p *person) writes(name, value string) {
	p.Helper()
	p.do("filling in "+name, chromedp.SendKeys(chromedp.CSS(fmt.Sprintf(`main [name=%q]`, name)), value, chromedp.NodeVisible))
}

// sets gives a field its value where a keyboard's ways depend on the country, as
// those of a date do.
func (p *person) sets(name, value string) {
	p.Helper()
	p.do("setting "+name, chromedp.SetValue(chromedp.CSS(fmt.Sprintf(`main [name=%q]`, name)), value))
}

// ticks ticks a box.
func (p *person) ticks(name, value string) {
	p.Helper()
	box := fmt.Sprintf(`main [name=%q][value=%q]`, name, value)
	if !p.has(box + ":checked") {
		p.do("ticking "+value, clicks(box))
	}
}

// brings puts a file into a field.
func (p *person) brings(name, path string) {
	p.Helper()
	p.do("choosing a file", chromedp.SetUploadFiles(chromedp.CSS(fmt.Sprintf(`main [name=%q]`, name)), []string{path}))
}

// has says whether the page holds what a selector finds.
func (p *person) has(selector string) bool {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, stepLimit)
	defer cancel()
	found, err := chromedp.Run(ctx, chromedp.Nodes(chromedp.CSSAll(selector), chromedp.AtLeast(0)))
	if err != nil {
		p.Fatalf("looking for %s: %v", selector, err)
	}
	return len(found) > 0
}

// must fails the test where the page does not hold what a selector finds.
func (p *person) must(selector string) {
	p.Helper()
	if !p.has(selector) {
		p.Fatalf("there is no %s on %s", selector, p.shown())
	}
}

// awaits opens a page again and again until it holds what a selector finds: what
// others do reaches it a moment later.
func (p *person) awaits(path, selector string) {
	p.Helper()
	p.until(path, "has no "+selector, func() bool { return p.has(selector) })
}

// loses opens a page again and again until it no longer holds what a selector finds.
func (p *person) loses(path, selector string) {
	p.Helper()
	p.until(path, "still has "+selector, func() bool { return !p.has(selector) })
}

func (p *person) until(path, otherwise string, done func() bool) {
	p.Helper()
	p.within(stepLimit, path, otherwise, done)
}

// within opens a page again and again until something is so, at most for a while.
func (p *person) within(most time.Duration, path, otherwise string, done func() bool) {
	p.Helper()
	limit := time.NewTimer(most)
	defer limit.Stop()
	again := time.NewTicker(250 * time.Millisecond)
	defer again.Stop()
	for {
		if p.opens(path); done() {
			return
		}
		select {
		case <-limit.C:
			p.Fatalf("after %s %s %s:\n%s", most, path, otherwise, p.shown())
		case <-again.C:
		}
	}
}

// saves clicks a link to a file and gives the path that it is kept under.
func (p *person) saves(selector, suffix string) string {
	p.Helper()
	folder := p.TempDir()
	ctx, cancel := context.WithTimeout(p.ctx, stepLimit)
	defer cancel()
	own := chromedp.FromContext(p.ctx).BrowserContextID
	_, err := chromedp.CallBrowser(ctx, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{
		Behavior: cdpbrowser.SetDownloadBehaviorBehaviorAllowAndName, BrowserContextID: own, DownloadPath: folder, EventsEnabled: new(true),
	})
	if err != nil {
		p.Fatalf("preparing to save a file: %v", err)
	}
	events := chromedp.BrowserEvents(ctx, cdpbrowser.DownloadProgress)
	p.do("saving a file", chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
	for e, err := range events {
		if err != nil {
			p.Fatalf("saving a file: %v", err)
		}
		switch e.State {
		case cdpbrowser.DownloadProgressStateCanceled:
			p.Fatal("the file is not sent to its end")
		case cdpbrowser.DownloadProgressStateCompleted:
			saved := filepath.Join(folder, "saved"+suffix)
			if err := os.Rename(filepath.Join(folder, e.GUID), saved); err != nil {
				p.Fatal(err)
			}
			return saved
		}
	}
	p.Fatal("no file is sent")
	return ""
}

// attribute gives an attribute of the first that a selector finds.
func (p *person) attribute(selector, name string) string {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, stepLimit)
	defer cancel()
	a, err := chromedp.Run(ctx, chromedp.AttributeValue(chromedp.CSS(selector), name))
	if err != nil || !a.Exists {
		p.Fatalf("reading %s of %s: %v\non %s", name, selector, err, p.shown())
	}
	return a.Value
}

// text gives what stands on the page.
func (p *person) text() string {
	p.Helper()
	return evaluate[string](p, `document.body.innerText`)
}

// reads fails the test where the page does not say something.
func (p *person) reads(all ...string) {
	p.Helper()
	text := spaces.Replace(p.text())
	for _, want := range all {
		if !strings.Contains(text, want) {
			p.Fatalf("the page does not say %q:\n%s", want, p.shown())
		}
	}
}

// spaces makes those that keep an amount on one line ordinary ones.
var spaces = strings.NewReplacer("\u00a0", " ", "\u202f", " ")

// path gives where the person is.
func (p *person) path() string {
	p.Helper()
	u, err := url.Parse(evaluate[string](p, `location.href`))
	if err != nil {
		p.Fatal(err)
	}
	return u.Path
}

// evaluate runs a script beside the page's own, with or without the person's leave.
func evaluate[T any](p *person, script string) T {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, stepLimit)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("running a script: %v", err)
	}
	return v
}

// shown gives the page as a failed test tells of it.
func (p *person) shown() string {
	ctx, cancel := context.WithTimeout(p.ctx, stepLimit)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	if err != nil {
		return fmt.Sprintf("a page that cannot be read: %v", err)
	}
	return text
}

// asset gives a file that the pages have beside them.
func asset(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "api", "web", "page", "static", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// clicks presses what a selector finds.
func clicks(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible)
}
