package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/skuld-registry/skuld/network/networktest"
)

// languages of the pages.
var languages = []string{"sv", "da", "en"}

// camera looks at the states of the pages: it keeps a picture of each, and lets
// axe-core find what somebody who sees, hears or moves otherwise would stumble over.
type camera struct {
	t      *testing.T
	folder string // of the pictures
	axe    string // the script
	taken  int
}

// rules are the success criteria of WCAG 2.2 up to AA, and what axe-core's makers
// hold to be good besides.
const rules = `["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]`

func newCamera(t *testing.T) *camera {
	t.Helper()
	folder := filepath.Join("..", "..", "..", "build", "screenshots", t.Name())
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return &camera{t: t, folder: folder, axe: axeCore(t)}
}

// axeCore gives axe-core, which npm fetches once and keeps outside the tree. It is
// of the version that the lock file names, and checked against the digest there.
func axeCore(t *testing.T) string {
	t.Helper()
	lock, err := os.ReadFile("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	digest := sha256.Sum256(lock)
	folder := filepath.Join(cache, "skuld", "e2e-"+hex.EncodeToString(digest[:8]))
	script := filepath.Join(folder, "node_modules", "axe-core", "axe.min.js")
	text, err := os.ReadFile(script)
	if errors.Is(err, os.ErrNotExist) {
		if err := fetch(t, folder); err != nil {
			networktest.Unavailable(t, err)
		}
		text, err = os.ReadFile(script)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// fetch installs what the lock file names into a folder.
func fetch(t *testing.T, folder string) error {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		return errors.New("there is no npm; install the packages nodejs and npm")
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			return err
		}
	}
	cmd := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("fetching axe-core: %w\n%s", err, out)
	}
	return nil
}

// finding is what axe-core finds wrong.
type finding struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// sees looks at the state that the page is in, on a phone and at a desk. Rules of
// axe-core that cannot hold there are left out by their names.
func (p *person) sees(state string, but ...string) {
	p.Helper()
	if p.look == nil {
		return
	}
	p.look.taken++
	for _, width := range []int64{phone, desk} {
		p.at(width)
		p.picture(fmt.Sprintf("%02d-%s-%d", p.look.taken, state, width))
		p.fits(state, width)
		p.accessible(fmt.Sprintf("%s at %d px", state, width), but...)
	}
	p.at(phone)
}

// seesEverywhere looks at a page that can be asked for again, in every language and
// on the narrowest screen as well.
func (p *person) seesEverywhere(state string) {
	p.Helper()
	if p.look == nil {
		return
	}
	p.sees(state)
	here, first := p.path(), evaluate[string](p, `document.documentElement.lang`)
	p.at(narrow)
	p.picture(fmt.Sprintf("%02d-%s-%d", p.look.taken, state, narrow))
	for _, lang := range languages {
		p.opens(here + "?lang=" + lang)
		if got := evaluate[string](p, `document.documentElement.lang`); got != lang {
			p.Errorf("%s in %s says that it is in %s", state, lang, got)
		}
		p.fits(state+" in "+lang, narrow)
		p.accessible(state + " in " + lang)
	}
	p.opens(here + "?lang=" + first)
	p.at(phone)
}

// at gives the window a width.
func (p *person) at(width int64) {
	p.Helper()
	p.do("changing the window", chromedp.EmulateViewport(width, height))
}

// picture keeps what the window shows, down to the end of the page.
func (p *person) picture(name string) {
	p.Helper()
	const quality = 100 // which makes it a PNG
	image, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(quality))
	if err != nil {
		p.Fatalf("taking the picture %s: %v", name, err)
	}
	if err := os.WriteFile(filepath.Join(p.look.folder, name+".png"), image, 0o644); err != nil {
		p.Fatal(err)
	}
}

// fits fails the test where one must scroll sideways to read the page (WCAG 2.2,
// 1.4.10), which at 320 px is also a desk's window at 400 %.
func (p *person) fits(state string, width int64) {
	p.Helper()
	if wide := evaluate[int64](p, `document.documentElement.scrollWidth`); wide > width {
		p.Errorf("%s is %d px wide in a window of %d:\n%s", state, wide, width, evaluate[string](p, tooWide))
	}
}

// tooWide names the innermost elements that stick out.
const tooWide = `[...document.querySelectorAll("body *")].filter(e =>
	e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !e.closest(".scroll") &&
	![...e.children].some(c => c.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
).map(e => e.outerHTML.slice(0, 200)).slice(0, 5).join("\n")`

// accessible fails the test for all that axe-core finds, but for some rules.
func (p *person) accessible(state string, but ...string) {
	p.Helper()
	if !evaluate[bool](p, `typeof axe === "object"`) {
		evaluate[bool](p, p.look.axe+`; true`)
	}
	text := evaluate[string](p, `axe.run(document, {runOnly: `+rules+`, resultTypes: ["violations"]}).then(r => JSON.stringify(r.violations))`)
	var found []finding
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		p.Fatalf("reading what axe-core finds: %v", err)
	}
	for _, f := range found {
		if slices.Contains(but, f.ID) {
			continue
		}
		var where []string
		for _, n := range f.Nodes {
			where = append(where, n.HTML+"\n"+n.Summary)
		}
		p.Errorf("%s: %s: %s\n%s", state, f.ID, f.Help, strings.Join(where, "\n"))
	}
}
