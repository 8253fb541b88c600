// Package pagetest finds in a page's HTML what keeps people from using it: fields
// without labels, headings out of order, ids that stand twice, addresses that a
// template took away.
//
// It must not judge what only eyes and ears can; axe-core in a real browser and a
// person with a screen reader come after it.
package pagetest

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Faults lists what is wrong with a page.
func Faults(page string) []string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return []string{err.Error()}
	}
	c := &checker{ids: map[string]int{}}
	c.gather(root)
	c.checkFrame()
	c.checkHeadings()
	c.checkFields()
	c.checkReferences()
	c.checkNesting(page)
	return c.faults
}

type checker struct {
	elements []*html.Node
	ids      map[string]int
	faults   []string
}

func (c *checker) add(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

func (c *checker) gather(root *html.Node) {
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		c.elements = append(c.elements, n)
		if id := Attr(n, "id"); id != "" {
			c.ids[id]++
		}
	}
}

// of lists the elements of some names.
func (c *checker) of(names ...string) []*html.Node {
	var all []*html.Node
	for _, n := range c.elements {
		if slices.Contains(names, n.Data) {
			all = append(all, n)
		}
	}
	return all
}

// checkFrame looks for what every page must have once.
func (c *checker) checkFrame() {
	for name, want := range map[string]int{"h1": 1, "main": 1, "title": 1, "header": 1, "footer": 1} {
		// A picture may have a title of its own.
		all := slices.DeleteFunc(c.of(name), func(n *html.Node) bool { return within(n, "svg") })
		if got := len(all); got != want {
			c.add("it has %d %s, want %d", got, name, want)
		}
	}
	for _, n := range c.of("html") {
		if Attr(n, "lang") == "" {
			c.add("it does not say its language")
		}
	}
	for _, n := range c.of("title", "h1", "h2", "h3", "button", "a", "legend", "th", "summary") {
		if name := strings.TrimSpace(Text(n)); name == "" && Attr(n, "aria-label") == "" {
			c.add("a %s says nothing", n.Data)
		}
	}
	for id, n := range c.ids {
		if n > 1 {
			c.add("the id %s stands %d times", id, n)
		}
	}
	for _, n := range c.elements {
		if n.Data == "style" || n.Data == "script" && Attr(n, "src") == "" && Attr(n, "type") == "" || Attr(n, "style") != "" {
			c.add("a %s has its style or script within the page, which the policy forbids", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") {
				c.add("a %s has the script %s, which the policy forbids", n.Data, a.Key)
			}
			if strings.Contains(a.Val, "ZgotmplZ") {
				c.add("the template took %s of a %s away", a.Key, n.Data)
			}
		}
	}
}

// checkHeadings refuses a heading that skips a level.
func (c *checker) checkHeadings() {
	before := 0
	for _, n := range c.of("h1", "h2", "h3", "h4") {
		level := int(n.Data[1] - '0')
		if level > before+1 && before > 0 {
			c.add("the %s %q comes after an h%d", n.Data, strings.TrimSpace(Text(n)), before)
		}
		before = level
	}
}

// checkFields looks for the label of each field, and the purpose of each form.
func (c *checker) checkFields() {
	labelled := map[string]bool{}
	for _, n := range c.of("label") {
		if strings.TrimSpace(Text(n)) == "" {
			c.add("the label of %s says nothing", Attr(n, "for"))
		}
		labelled[Attr(n, "for")] = true
	}
	for _, n := range c.of("input", "textarea", "select", "progress") {
		if t := Attr(n, "type"); t == "hidden" || t == "submit" {
			continue
		}
		if !labelled[Attr(n, "id")] && Attr(n, "aria-label") == "" && !within(n, "label") {
			c.add("the field %s has no label", Attr(n, "name"))
		}
		if Attr(n, "type") == "radio" && !within(n, "fieldset") {
			c.add("the choice %s is in no group", Attr(n, "name"))
		}
	}
	for _, n := range c.of("form") {
		if Attr(n, "action") == "" {
			c.add("a form goes nowhere")
		}
	}
	for _, n := range c.of("table") {
		if first := firstElement(n); first == nil || first.Data != "caption" {
			c.add("a table has no caption")
		}
	}
	for _, n := range c.of("svg", "img") {
		if Attr(n, "aria-hidden") != "true" && Attr(n, "role") != "img" && Attr(n, "alt") == "" {
			c.add("a picture neither says what it is nor that it is nothing")
		}
	}
}

// checkReferences looks for what other elements name.
func (c *checker) checkReferences() {
	for _, n := range c.elements {
		for _, name := range []string{"for", "aria-describedby", "aria-labelledby"} {
			for id := range strings.FieldsSeq(Attr(n, name)) {
				if c.ids[id] == 0 {
					c.add("%s of a %s names %s, which is not there", name, n.Data, id)
				}
			}
		}
		if id, ok := strings.CutPrefix(Attr(n, "href"), "#"); ok && n.Data == "a" && c.ids[id] == 0 {
			c.add("a link leads to %s, which is not there", id)
		}
	}
}

// voids are the elements that have no end.
var voids = []string{"meta", "link", "input", "br", "hr", "img"}

// checkNesting refuses elements that do not end in the order in which they began. A
// parser puts such pages right, each in its own way.
func (c *checker) checkNesting(page string) {
	var open []string
	tokens := html.NewTokenizer(strings.NewReader(page))
	for {
		kind := tokens.Next()
		name, _ := tokens.TagName()
		tag := string(name)
		switch {
		case kind == html.ErrorToken:
			if len(open) > 0 {
				c.add("%v do not end", open)
			}
			return
		case kind == html.StartTagToken && !slices.Contains(voids, tag):
			open = append(open, tag)
		case kind == html.EndTagToken && (len(open) == 0 || open[len(open)-1] != tag):
			c.add("a %s ends where %v are open", tag, open)
			return
		case kind == html.EndTagToken:
			open = open[:len(open)-1]
		}
	}
}

// Attr gives an attribute of an element, "" where it has none.
func Attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// Text is all text within an element.
func Text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func within(n *html.Node, name string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == name {
			return true
		}
	}
	return false
}

func firstElement(n *html.Node) *html.Node {
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode {
			return c
		}
	}
	return nil
}
