package api

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the page's template and style
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
)

var (
	//go:embed page.html
	pageTemplate string
	//go:embed page.css
	pageStyle string
)

// page is the document as a person reads it.
type page struct {
	*document
	Style     template.CSS
	Intro     template.HTML
	Groups    []pageGroup
	Schemas   []pageSchema
	Codes     []pageCode
	Languages []ledger.Language
}

type pageGroup struct {
	Name, Description string
	Operations        []pageOperation
}

type pageOperation struct {
	*operation
	Text       template.HTML
	Public     bool
	Scope      string // what a token must cover; "" where the operation's commands say
	Parameters []pageMember
	Bodies     []pageMedia
	Answers    []pageAnswer // that carry something out
	Refusals   []pageAnswer
}

type pageMedia struct {
	MediaType string
	Type      template.HTML
	Example   string
}

type pageAnswer struct {
	Status  string
	Text    template.HTML
	Headers []string
	Content []pageMedia
}

type pageSchema struct {
	Name    string
	Type    template.HTML
	Text    template.HTML
	Members []pageMember
	Example string
}

// pageMember is a parameter, or a member of a schema.
type pageMember struct {
	Name, In string
	Required bool
	Type     template.HTML
	Text     template.HTML
}

type pageCode struct {
	Code      ledger.Code
	Status    int
	Retryable bool
	Texts     []string // in the order of the languages
}

// pagePolicy lets the page have its own style and nothing else: it holds no
// script, and nothing comes from anywhere.
var pagePolicy = func() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

// getPage answers with the document for people.
func (s *Server) getPage(w http.ResponseWriter, _ *http.Request) error {
	page, err := publishedPage()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", pagePolicy)
	return serveDocument(w, "text/html; charset=utf-8", page)
}

// writePage makes the page of a document.
func writePage(d *document) ([]byte, error) {
	t, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return nil, fmt.Errorf("reading the page's template: %w", err)
	}
	p := page{document: d, Style: template.CSS(pageStyle), Intro: prose(d.Info.Description), Languages: ledger.Languages()}
	for _, tag := range d.Tags {
		g := pageGroup{Name: tag.Name, Description: tag.Description}
		for _, o := range d.operations() {
			if slices.Contains(o.Tags, tag.Name) {
				g.Operations = append(g.Operations, d.pageOperation(o))
			}
		}
		p.Groups = append(p.Groups, g)
	}
	for _, name := range slices.Sorted(maps.Keys(d.Components.Schemas)) {
		s := d.Components.Schemas[name]
		shown := pageSchema{Name: name, Type: typeOf(s), Text: prose(s.Description), Members: members("", s, 0)}
		if len(s.Examples) > 0 {
			shown.Example = indented(s.Examples[0])
		}
		p.Schemas = append(p.Schemas, shown)
	}
	for _, code := range ledger.Codes() {
		e := ledger.Refuse(code)
		c := pageCode{Code: code, Status: statusOf(e), Retryable: e.Retryable()}
		for _, language := range p.Languages {
			c.Texts = append(c.Texts, e.Text(language))
		}
		p.Codes = append(p.Codes, c)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return nil, fmt.Errorf("writing the page of the document: %w", err)
	}
	return b.Bytes(), nil
}

func (d *document) pageOperation(o *operation) pageOperation {
	shown := pageOperation{operation: o, Text: prose(o.Description), Public: o.public(), Scope: o.scope()}
	for _, p := range o.Parameters {
		shown.Parameters = append(shown.Parameters, pageMember{
			Name: p.Name, In: p.In, Required: p.Required, Type: typeOf(p.Schema), Text: prose(p.Description),
		})
	}
	if o.RequestBody != nil {
		shown.Bodies = d.content(o.RequestBody.Content)
	}
	for _, status := range slices.Sorted(maps.Keys(o.Responses)) {
		r := o.Responses[status]
		a := pageAnswer{Status: status, Text: prose(r.Description), Headers: slices.Sorted(maps.Keys(r.Headers))}
		if status >= "400" {
			shown.Refusals = append(shown.Refusals, a)
			continue
		}
		a.Content = d.content(r.Content)
		shown.Answers = append(shown.Answers, a)
	}
	return shown
}

// content shows bodies by their media types.
func (d *document) content(all map[string]media) []pageMedia {
	var shown []pageMedia
	for _, mediaType := range slices.Sorted(maps.Keys(all)) {
		m := all[mediaType]
		shown = append(shown, pageMedia{MediaType: mediaType, Type: typeOf(m.Schema), Example: indented(d.example(m))})
	}
	return shown
}

// example gives an example of a body: its own, or that of its schema; of a write
// that of the draft, which is what a reader writes by hand.
func (d *document) example(m media) json.RawMessage {
	if len(m.Example) > 0 || m.Schema == nil {
		return m.Example
	}
	s := m.Schema
	if len(s.OneOf) > 0 {
		s = s.OneOf[len(s.OneOf)-1]
	}
	if body := s.Properties["body"]; body != nil && body.Ref != "" {
		inner := json.RawMessage("{}")
		if named := d.Components.Schemas[nameOf(body.Ref)]; named != nil && len(named.Examples) > 0 {
			inner = named.Examples[0]
		}
		return fmt.Appendf(nil, `{"body":%s}`, inner)
	}
	if named := d.Components.Schemas[nameOf(s.Ref)]; s.Ref != "" && named != nil {
		s = named
	}
	if len(s.Examples) > 0 {
		return s.Examples[0]
	}
	return nil
}

func indented(text json.RawMessage) string {
	var b bytes.Buffer
	if json.Indent(&b, text, "", "  ") != nil {
		return ""
	}
	return b.String()
}

// maxNesting bounds how deep inline members are shown.
const maxNesting = 4

// members lists the members of a schema, and those of inline objects in it by
// their path.
func members(prefix string, s *schema, depth int) []pageMember {
	if s.Items != nil && s.Items.Ref == "" && len(s.Properties) == 0 {
		s, prefix = s.Items, strings.TrimSuffix(prefix, ".")+"[]."
	}
	var all []pageMember
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		m := s.Properties[name]
		all = append(all, pageMember{
			Name: prefix + name, Required: slices.Contains(s.Required, name), Type: typeOf(m), Text: prose(m.Description),
		})
		if m.Ref == "" && depth < maxNesting {
			all = append(all, members(prefix+name+".", m, depth+1)...)
		}
	}
	return all
}

// bounds says between what a value lies.
func bounds(s *schema) string {
	var parts []string
	if s.Minimum != nil {
		parts = append(parts, "≥ "+s.Minimum.String())
	}
	if s.Maximum != nil {
		parts = append(parts, "≤ "+s.Maximum.String())
	}
	if s.MaxLength != nil {
		parts = append(parts, "at most "+strconv.Itoa(*s.MaxLength)+" characters")
	}
	if s.MaxItems != nil {
		parts = append(parts, "at most "+strconv.Itoa(*s.MaxItems))
	}
	if s.Default != nil {
		parts = append(parts, fmt.Sprintf("%v unless said", s.Default))
	}
	return strings.Join(parts, ", ")
}
