package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"html"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
)

func writtenPage(t *testing.T) (*document, string) {
	t.Helper()
	d, err := readDocument()
	if err != nil {
		t.Fatal(err)
	}
	text, err := writePage(d)
	if err != nil {
		t.Fatal(err)
	}
	return d, string(text)
}

func TestPageShowsEveryOperationSchemaAndCode(t *testing.T) {
	d, page := writtenPage(t)
	for _, o := range d.operations() {
		if !strings.Contains(page, `id="`+o.OperationID+`"`) || !strings.Contains(page, html.EscapeString(o.Summary)) {
			t.Errorf("the page lacks %s", o.OperationID)
		}
	}
	for name := range d.Components.Schemas {
		if !strings.Contains(page, `id="`+name+`"`) {
			t.Errorf("the page lacks the schema %s", name)
		}
	}
	for _, code := range ledger.Codes() {
		if !strings.Contains(page, `id="code-`+string(code)+`"`) {
			t.Errorf("the page lacks the code %s", code)
		}
	}
	for _, language := range ledger.Languages() {
		if !strings.Contains(page, `<dd lang="`+string(language)+`">`) {
			t.Errorf("the page has no texts in %s", language)
		}
	}
}

var (
	pageID   = regexp.MustCompile(` id="([^"]+)"`)
	pageLink = regexp.MustCompile(` href="([^"]+)"`)
)

func TestLinksOfThePageLeadSomewhereAndNowhereElse(t *testing.T) {
	_, page := writtenPage(t)
	ids := map[string]bool{}
	for _, m := range pageID.FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("%s is there twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range pageLink.FindAllStringSubmatch(page, -1) {
		target, within := strings.CutPrefix(m[1], "#")
		if within && !ids[target] || !within && !slices.Contains([]string{"/openapi.json", "/openapi.yaml"}, m[1]) {
			t.Errorf("there is a link to %s", m[1])
		}
	}
}

// TestPageMayHaveItsOwnStyleAndNothingElse: what the policy forbids would not
// be shown, so the page must not have it either.
func TestPageMayHaveItsOwnStyleAndNothingElse(t *testing.T) {
	_, page := writtenPage(t)
	_, rest, _ := strings.Cut(page, "<style>")
	style, _, found := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	if !found || !strings.Contains(pagePolicy, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
		t.Errorf("the policy %s does not let the page have its style", pagePolicy)
	}
	for _, forbidden := range []string{"<script", "<img", "<link", "<iframe", " style=", " onclick=", "javascript:", "http://", "@import", "url("} {
		if strings.Contains(page, forbidden) {
			t.Errorf("the page has %q", forbidden)
		}
	}
}

func TestPageIsServedWithItsPolicy(t *testing.T) {
	w := httptest.NewRecorder()
	if err := (&Server{}).getPage(w, httptest.NewRequest(get, "/docs", nil)); err != nil {
		t.Fatal(err)
	}
	want, err := publishedPage()
	if err != nil {
		t.Fatal(err)
	}
	h := w.Header()
	if h.Get("Content-Type") != "text/html; charset=utf-8" || h.Get("Content-Security-Policy") != pagePolicy || !bytes.Equal(w.Body.Bytes(), want) {
		t.Errorf("the answer is %v %s", h, w.Body)
	}
}

func TestProseIsEscaped(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "",
		"One\nparagraph.":          "<p>One paragraph.</p>",
		"First.\n\nSecond.":        "<p>First.</p><p>Second.</p>",
		"* one\n* two `code`\nand": "<ul><li>one</li><li>two <code>code</code>\nand</li></ul>",
		"**strong** <script>":      "<p><strong>strong</strong> &lt;script&gt;</p>",
		"`<b>`":                    "<p><code>&lt;b&gt;</code></p>",
	} {
		if got := string(prose(text)); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}
