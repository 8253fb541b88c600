package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// masks are the forms of values that no script names.
var masks = []struct {
	pattern *regexp.Regexp
	name    string
}{
	{regexp.MustCompile(`\b[A-Za-z0-9_-]{43}(\.[A-Za-z0-9_-]+){4}`), "{signed by hand}"},
	{regexp.MustCompile(`eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+`), "{signed}"},
	{regexp.MustCompile(`\b[A-Za-z0-9_-]{120,}\b`), "{payload}"},
	{regexp.MustCompile(`\b[0-9a-f]{64}\b`), "{hex}"},
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "{uuid}"},
	{regexp.MustCompile(`"[A-Za-z0-9_-]{43}"`), `"{digest}"`},
	{regexp.MustCompile(`SHA-256 [A-Za-z0-9_-]{43}|: [A-Za-z0-9_-]{43}\\n`), `: {digest}\n`},
	{regexp.MustCompile(`\b[pnb][a-z2-7]{32}\b`), "{id}"},
	{regexp.MustCompile(`\b[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}\b`), "{code}"},
	{regexp.MustCompile(`"request": "[0-9a-f]{24}"`), `"request": "{request}"`},
	{regexp.MustCompile(`"due": "[^"]*"`), `"due": "{time}"`}, // differs from delivery to delivery
	{regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+`), "{gateway}"},
}

func (p *player) mask(text string) string {
	names := make([]string, 0, len(p.known))
	for name, v := range p.known {
		if len(v) >= 16 && !strings.HasSuffix(name, ".kid") { // a key's id is a digest as any other
			names = append(names, name)
		}
	}
	// The longest value first, so that no name hides inside another's.
	slices.SortFunc(names, func(a, b string) int {
		if n := len(p.known[b]) - len(p.known[a]); n != 0 {
			return n
		}
		return strings.Compare(a, b)
	})
	for _, name := range names {
		text = strings.ReplaceAll(text, p.known[name], "{"+name+"}")
	}
	for _, m := range masks {
		text = m.pattern.ReplaceAllString(text, m.name)
	}
	return text
}

// difference shows the first lines in which two texts differ.
func difference(want, got string) string {
	a, b := lines(want), lines(got)
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			from := max(0, i-12)
			return fmt.Sprintf("line %d\nwant:\n%s\ngot:\n%s", i+1,
				strings.Join(a[min(from, len(a)):min(i+8, len(a))], "\n"), strings.Join(b[min(from, len(b)):min(i+8, len(b))], "\n"))
		}
	}
	return "no line differs"
}
