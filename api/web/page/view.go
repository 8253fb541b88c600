package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

//go:embed templates/*.html
var templates embed.FS

// View is what one page shows. Its fields are what the template of that name may
// use; it holds no mark-up and knows no language.
type View interface {
	// Template names the template that writes the page.
	Template() string
	// Title is what the page is called in the browser's list of pages.
	Title() Text
}

// Around is what stands around a page: a Frame, or that of another site's pages. Its
// fields are what the template of that name may use, as .Frame.
type Around interface {
	// Layout names the template that writes what stands around the page.
	Layout() string
	// Speaks gives the language of the page.
	Speaks() ledger.Language
}

// Frame is what stands around every page of a borrower.
type Frame struct {
	Language ledger.Language
	Service  string    // who runs the pages
	Home     string    // where the name of the pages leads; "/" where empty
	Help     HumanCard // whom to call at the registry itself
	Person   *Visitor  // who is signed in; nil before that
	Alert    *Alert    // what must be seen before anything else, on every page
	Private  bool      // the page is about a person
}

// Layout names the frame.
func (Frame) Layout() string { return "layout" }

// Speaks gives the language.
func (f Frame) Speaks() ledger.Language { return f.Language }

// Visitor is who is signed in.
type Visitor struct {
	Name  string
	Token string // of the form that signs out
}

// Alert is a thing that cannot wait, with the way on.
type Alert struct {
	Text Text
	Link Link
}

// Link is a way to another page.
type Link struct {
	Href string
	Text Text
}

// Form is in each view that has a form of somebody who is signed in. The server
// puts the token in that shows that the form came from it (see Bind).
type Form struct{ Token string }

// Bind puts the token into the form.
func (f *Form) Bind(token string) { f.Token = token }

// Bound is a view with a form.
type Bound interface{ Bind(token string) }

// Part is what the pages of one site have beside what all sites share: the
// components, and the words and the looks of this package.
type Part struct {
	Templates fs.FS // the files templates/*.html
	Words     []Table
	Static    fs.FS // the files of the folder static; nil where there are none
}

// Set writes pages. It may be used by many goroutines at a time.
type Set struct {
	tongues map[ledger.Language]spoken
	assets  *Assets
}

// spoken is the templates in a language.
type spoken struct {
	tongue
	templates *template.Template
}

// NewSet reads the templates, once for each language. No key of words and no template
// may stand in two parts.
func NewSet(parts ...Part) (*Set, error) {
	parts = append([]Part{{templates, tables, static}}, parts...)
	s := &Set{tongues: map[ledger.Language]spoken{}, assets: newAssets()}
	var all []Table
	for _, p := range parts {
		all = append(all, p.Words...)
		if p.Static == nil {
			continue
		}
		if err := s.assets.add(p.Static); err != nil {
			return nil, err
		}
	}
	words, err := gather(all)
	if err != nil {
		return nil, err
	}
	for _, language := range ledger.Languages() {
		l := tongue{language, words}
		t := template.New("").Funcs(s.functions(l)).Option("missingkey=error")
		for _, p := range parts {
			if err := addTemplates(t, p.Templates, s.functions(l)); err != nil {
				return nil, fmt.Errorf("reading the templates of the pages: %w", err)
			}
		}
		s.tongues[language] = spoken{l, t}
	}
	return s, nil
}

// addTemplates adds the templates that the files define. One that is there already
// is refused: the library would put it in the other's place without a word.
func addTemplates(to *template.Template, files fs.FS, functions template.FuncMap) error {
	own, err := template.New("").Funcs(functions).ParseFS(files, "templates/*.html")
	if err != nil {
		return err
	}
	for _, t := range own.Templates() {
		if strings.HasSuffix(t.Name(), ".html") || t.Tree == nil {
			continue // a file, which holds nothing but the templates that it defines
		}
		if to.Lookup(t.Name()) != nil {
			return fmt.Errorf("two are called %s", t.Name())
		}
		if _, err := to.AddParseTree(t.Name(), t.Tree); err != nil {
			return err
		}
	}
	return nil
}

// Assets gives the style sheet, the script and the icon that pages load.
func (s *Set) Assets() *Assets { return s.assets }

// functions are what templates may call beside their own language's.
func (s *Set) functions(l tongue) template.FuncMap {
	return template.FuncMap{
		"t":         func(key Key, with ...any) (template.HTML, error) { return l.html(Text{key, with}) },
		"say":       l.html,
		"plain":     l.plain,
		"n":         func(key Key, n int, with ...any) (template.HTML, error) { return l.html(Count(key, n, with...)) },
		"money":     l.money,
		"date":      l.date,
		"month":     l.monthText,
		"moment":    l.moment,
		"percent":   l.percent,
		"number":    func(n int) string { return l.number(int64(n)) },
		"asset":     s.assets.path,
		"language":  func() string { return string(l.language) },
		"languages": languageLinks,
		"amount":    func(a finance.Amount, c finance.Currency) finance.Money { return finance.Money{Amount: a, Currency: c} },
	}
}

// languageLink is a language in its own name, which who needs it can read.
type languageLink struct{ Code, Name string }

func languageLinks() []languageLink {
	return []languageLink{{"sv", "Svenska"}, {"da", "Dansk"}, {"en", "English"}}
}

// Plain writes a text in a language without mark-up, as for a file.
func (s *Set) Plain(language ledger.Language, t Text) (string, error) {
	l, ok := s.tongues[language]
	if !ok {
		return "", fmt.Errorf("writing the text %q: there is no language %q", t.Key, language)
	}
	return l.plain(t)
}

// layout is what the template around a page is given.
type layout struct {
	Frame   Around
	Title   string
	Content template.HTML
}

// Write writes a page within what stands around it. Nothing is written where it fails.
func (s *Set) Write(to io.Writer, f Around, v View) error {
	l, ok := s.tongues[f.Speaks()]
	if !ok {
		return fmt.Errorf("writing the page %s: there is no language %q", v.Template(), f.Speaks())
	}
	var content, whole bytes.Buffer
	if err := l.templates.ExecuteTemplate(&content, v.Template(), v); err != nil {
		return fmt.Errorf("writing the page %s: %w", v.Template(), err)
	}
	title, err := l.plain(v.Title())
	if err != nil {
		return err
	}
	// The content was escaped by its own template.
	if err := l.templates.ExecuteTemplate(&whole, f.Layout(), layout{f, title, template.HTML(content.String())}); err != nil {
		return fmt.Errorf("writing the frame of the page %s: %w", v.Template(), err)
	}
	if _, err := whole.WriteTo(to); err != nil {
		return fmt.Errorf("sending the page %s: %w", v.Template(), err)
	}
	return nil
}
