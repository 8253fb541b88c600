package pagetest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// Words are the texts of some pages with the templates and programs that use them.
type Words struct {
	Tables    []map[string][3]string // texts in Swedish, Danish and English by their keys
	Shared    map[string][3]string   // texts of other tables, which the templates may use
	Templates fs.FS                  // the files templates/*.html
	Programs  []string               // patterns of the Go files that name keys
}

// Faults lists what is wrong with the words: a language or a place that is missing,
// a key that nothing uses or nobody has, text that stands in a template.
func (w Words) Faults() ([]string, error) {
	r := reader{own: map[string][3]string{}, templates: map[string]string{}}
	for _, table := range w.Tables {
		for key, text := range table {
			if _, twice := r.own[key]; twice {
				r.add("%s stands in two tables", key)
			}
			r.own[key] = text
		}
	}
	if err := r.read(w); err != nil {
		return nil, err
	}
	for key, text := range r.own {
		r.checkLanguages(key, text)
		r.checkUse(key)
	}
	for name, text := range r.templates {
		r.checkCalls(name, text, w.Shared)
		r.checkTemplate(name, text)
	}
	slices.Sort(r.faults)
	return r.faults, nil
}

type reader struct {
	own       map[string][3]string
	templates map[string]string
	all       string // templates and programs
	faults    []string
}

func (r *reader) add(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

// read reads the templates and the programs, without the tables and the tests.
func (r *reader) read(w Words) error {
	var b strings.Builder
	names, err := fs.Glob(w.Templates, "templates/*.html")
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := fs.ReadFile(w.Templates, name)
		if err != nil {
			return err
		}
		r.templates[name] = string(text)
		b.Write(text)
	}
	for _, pattern := range w.Programs {
		files, err := filepath.Glob(pattern)
		if err != nil {
			return err
		}
		for _, file := range files {
			if strings.HasPrefix(filepath.Base(file), "words_") || strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			b.Write(text)
		}
	}
	r.all = b.String()
	return nil
}

var (
	place  = regexp.MustCompile(`\{[a-z]+\}`)
	called = regexp.MustCompile(`[{(] ?-? ?(t|n) "([^"]+)"`)
	action = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
)

// checkLanguages looks for a text in each language, with the same places.
func (r *reader) checkLanguages(key string, text [3]string) {
	var first []string
	for i, said := range text {
		if said == "" || strings.TrimSpace(said) != said {
			r.add("%s has no text in language %d, or one with spaces around it", key, i)
		}
		found := place.FindAllString(said, -1)
		slices.Sort(found)
		found = slices.Compact(found)
		if strings.HasSuffix(key, ".one") {
			found = slices.DeleteFunc(found, func(p string) bool { return p == "{n}" }) // it may be said in a word
		}
		if i == 0 {
			first = found
		} else if !slices.Equal(found, first) {
			r.add("%s has the places %v in language %d, %v in Swedish", key, found, i, first)
		}
	}
	if one, ok := strings.CutSuffix(key, ".one"); ok {
		if _, ok := r.own[one+".many"]; !ok {
			r.add("%s has no text for many", key)
		}
	}
}

// checkUse looks for who shows a text: one that nobody shows is one that nobody keeps
// right. A key that is put together from parts is known by how it begins.
func (r *reader) checkUse(key string) {
	name := strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".many")
	used := strings.Contains(r.all, `"`+name+`"`)
	for parts := strings.Split(name, "."); !used && len(parts) > 1; {
		parts = parts[:len(parts)-1]
		begin := strings.Join(parts, ".")
		used = strings.Contains(r.all, `"`+begin+`."`) ||
			strings.Contains(r.all, `"`+begin+`"`) && strings.Contains(r.all, `".`+strings.TrimPrefix(name, begin+".")+`"`)
	}
	if !used {
		r.add("nothing shows %s", key)
	}
}

// checkCalls looks for the keys that a template names.
func (r *reader) checkCalls(name, text string, shared map[string][3]string) {
	for _, m := range called.FindAllStringSubmatch(text, -1) {
		key := m[2]
		if m[1] == "n" {
			key += ".one"
		}
		_, own := r.own[key]
		if _, others := shared[key]; !own && !others {
			r.add("%s uses %q, which no table has", name, m[2])
		}
	}
}

// checkTemplate refuses words in a template: what is not in the tables is not
// translated.
func (r *reader) checkTemplate(name, text string) {
	text = strings.ReplaceAll(action.ReplaceAllString(text, ""), "noscript", "div") // whose content is no mark-up to the tokenizer
	tokens := html.NewTokenizer(strings.NewReader(text))
	for kind := tokens.Next(); kind != html.ErrorToken; kind = tokens.Next() {
		if found := string(tokens.Raw()); kind == html.TextToken && strings.ContainsFunc(found, unicode.IsLetter) {
			r.add("%s holds the words %q", name, strings.TrimSpace(found))
		}
	}
}
