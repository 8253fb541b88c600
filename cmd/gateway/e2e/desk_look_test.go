package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// small is a small phone's width, in CSS pixels.
const small = 360

// keysOf names the keys that are no letters.
var keysOf = map[string]string{"Enter": kb.Enter, "Escape": kb.Escape}

// key presses a key where the focus is.
func key(name string) chromedp.Action[chromedp.Void] {
	if named, is := keysOf[name]; is {
		name = named
	}
	return chromedp.KeyEvent(name)
}

// comes waits until the page has what a selector finds.
func (p *person) comes(selector string) {
	p.Helper()
	p.do("waiting for "+selector, chromedp.WaitReady(chromedp.CSS(selector)))
}

// followsRow opens the row of a list that holds a text.
func (p *person) followsRow(text string) {
	p.Helper()
	href := evaluate[string](p, fmt.Sprintf(`[...document.querySelectorAll("main tr")].find(row => row.textContent.includes(%q))?.querySelector("th a, a")?.getAttribute("href") ?? ""`, text))
	if href == "" {
		p.Fatalf("no row holds %q on %s", text, p.shown())
	}
	p.opens(href)
}

// inTheme gives the window colours, and nothing that moves while a picture is taken.
func (p *person) inTheme(theme string) {
	p.Helper()
	p.do("changing the colours", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		return err
	}))
}

// minPages is how many kinds of pages the desk has at least.
const minPages = 40

// looksAtEveryPage follows every link of the desk to a page of each kind, in both
// colours and on both screens.
func (m *morning) looksAtEveryPage() {
	m.karin.look = newCamera(m.T)
	m.karin.looksFrom("/desk/today", minPages)
	m.ulla.look = m.karin.look
	m.ulla.looksFrom("/desk/people", 2)
}

// looksFrom looks at a page and at all that it leads to, one of each kind.
func (p *person) looksFrom(path string, least int) {
	p.Helper()
	seen, waiting := map[string]bool{kindOf(path): true}, []string{path}
	for ; len(waiting) > 0; waiting = waiting[1:] {
		p.opens(waiting[0])
		p.looksAt(kindOf(waiting[0]))
		for _, to := range p.linksTo("/desk") {
			if kind := kindOf(to); !seen[kind] {
				seen[kind], waiting = true, append(waiting, to)
			}
		}
	}
	if len(seen) < least {
		p.Errorf("there are only %d kinds of pages: %v", len(seen), seen)
	}
}

// linksOf finds where a page leads, but for files and other languages of itself.
const linksOf = `JSON.stringify([...document.querySelectorAll('a:not([download], [hreflang])')].map(a => a.getAttribute("href"))
	.filter(to => to.startsWith(%q) && !/export|[.](csv|pdf)|[/](file|pdf|tables)$|[/]tables[/]/.test(to)))`

// linksTo gives where a page leads, of addresses that begin so.
func (p *person) linksTo(prefix string) []string {
	p.Helper()
	var links []string
	if err := json.Unmarshal([]byte(evaluate[string](p, fmt.Sprintf(linksOf, prefix))), &links); err != nil {
		p.Fatal(err)
	}
	return links
}

// kindOf names the kind of a page: its address without ids.
func kindOf(path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(strings.TrimPrefix(path, "/desk"), "/")
	for i, part := range parts {
		if strings.ContainsAny(part, "0123456789") {
			parts[i] = "one"
		}
		if rule, is := strings.CutPrefix(part, "SE."); is && rule != "" {
			parts[i] = "rule"
		}
	}
	return "desk" + strings.Join(parts, "-")
}

// looksAt takes pictures of a page of the desk, and lets axe-core look at it in each
// colour, on one screen each.
func (p *person) looksAt(kind string) {
	p.Helper()
	p.look.taken++
	for _, width := range []int64{small, desk} {
		p.at(width)
		for _, theme := range []string{"light", "dark"} {
			p.inTheme(theme)
			p.picture(fmt.Sprintf("%02d-%s-%d-%s", p.look.taken, kind, width, theme))
			if dark := theme == "dark"; dark == (width == small) {
				p.accessible(fmt.Sprintf("%s at %d px, %s", kind, width, theme))
			}
		}
		p.fits(kind, width)
	}
}
