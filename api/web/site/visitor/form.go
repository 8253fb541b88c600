package visitor

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// Attr gives an attribute of an element; "" where it has none.
func Attr(n *html.Node, name string) string {
	value, _ := Attribute(n, name)
	return value
}

// Attribute gives an attribute of an element, and whether it has it.
func Attribute(n *html.Node, name string) (value string, has bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// find gives the first element below a node that fits, or nil.
func find(root *html.Node, fits func(*html.Node) bool) *html.Node {
	if root == nil {
		return nil
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && fits(n) {
			return n
		}
	}
	return nil
}

// FormTo gives what the form that is posted to an action would send as it stands; nil
// where the page has no such form.
func FormTo(root *html.Node, action string) url.Values {
	form := find(root, func(n *html.Node) bool {
		return n.Data == "form" && Attr(n, "action") == action && strings.EqualFold(Attr(n, "method"), "post")
	})
	if form == nil {
		return nil
	}
	values := url.Values{}
	for n := range form.Descendants() {
		name := ""
		if n.Type == html.ElementNode {
			name = Attr(n, "name")
		}
		if name == "" {
			continue
		}
		switch n.Data {
		case "input":
			addInput(values, n, name)
		case "textarea":
			if n.FirstChild != nil {
				values.Set(name, n.FirstChild.Data)
			}
		case "select":
			if option := chosen(n); option != nil {
				values.Set(name, Attr(option, "value"))
			}
		}
	}
	return values
}

// addInput adds what a field of one line, or a box, would send.
func addInput(values url.Values, n *html.Node, name string) {
	switch Attr(n, "type") {
	case "radio", "checkbox":
		if _, checked := Attribute(n, "checked"); checked {
			values.Add(name, Attr(n, "value"))
		}
	case "file":
	default:
		values.Set(name, Attr(n, "value"))
	}
}

// chosen gives the option of a list that a browser shows: the one that is selected, or
// the first.
func chosen(list *html.Node) *html.Node {
	option := func(n *html.Node) bool { return n.Data == "option" }
	selected := find(list, func(n *html.Node) bool {
		_, is := Attribute(n, "selected")
		return is && option(n)
	})
	if selected == nil {
		selected = find(list, option)
	}
	return selected
}

// textIn is what a reader reads below a node, with one space wherever there is any.
func textIn(root *html.Node) string {
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
