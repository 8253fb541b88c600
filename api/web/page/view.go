package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"

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

// Frame is what stands around every page.
type Frame struct {
	Language ledger.Language
	Service  string    // who runs the pages
	Home     string    // where the name of the pages leads; "/" where empty
	Help     HumanCard // whom to call at the registry itself
	Person   *Visitor  // who is signed in; nil before that
	Alert    *Alert    // what must be seen before anything else, on every page
	Private  bool      // the page is about a person
}

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

// Set writes pages. It may be used by many goroutines at a time.
type Set struct {
	tongues map[ledger.Language]*template.Template
	assets  *Assets
}

// NewSet reads the templates, once for each language.
func NewSet() (*Set, error) {
	s := &Set{tongues: map[ledger.Language]*template.Template{}, assets: readAssets()}
	for _, language := range ledger.Languages() {
		t, err := template.New("").Funcs(s.functions(tongue{language})).ParseFS(templates, "templates/*.html")
		if err != nil {
			return nil, fmt.Errorf("reading the templates of the pages: %w", err)
		}
		s.tongues[language] = t.Option("missingkey=error")
	}
	return s, nil
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

// layout is what the layout's template is given.
type layout struct {
	Frame
	Title   string
	Content template.HTML
}

// Write writes a page within its frame. Nothing is written where it fails.
func (s *Set) Write(to io.Writer, f Frame, v View) error {
	t, ok := s.tongues[f.Language]
	if !ok {
		return fmt.Errorf("writing the page %s: there is no language %q", v.Template(), f.Language)
	}
	var content, whole bytes.Buffer
	if err := t.ExecuteTemplate(&content, v.Template(), v); err != nil {
		return fmt.Errorf("writing the page %s: %w", v.Template(), err)
	}
	title, err := tongue{f.Language}.plain(v.Title())
	if err != nil {
		return err
	}
	if f.Home == "" {
		f.Home = "/"
	}
	// The content was escaped by its own template.
	if err := t.ExecuteTemplate(&whole, "layout", layout{f, title, template.HTML(content.String())}); err != nil {
		return fmt.Errorf("writing the frame of the page %s: %w", v.Template(), err)
	}
	if _, err := whole.WriteTo(to); err != nil {
		return fmt.Errorf("sending the page %s: %w", v.Template(), err)
	}
	return nil
}
