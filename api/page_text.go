package api

import (
	"fmt"
	"html"
	"html/template"
	"regexp"
	"strings"
)

// The inline forms of the document's texts, after escaping.
var (
	codeSpan = regexp.MustCompile("`([^`]+)`")
	strong   = regexp.MustCompile(`\*\*([^*]+)\*\*`)
)

// prose writes a text of the document as HTML: paragraphs, lists, `code` and
// **strong**, which is all of CommonMark that the document uses.
func prose(text string) template.HTML {
	var b strings.Builder
	for block := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		lines := strings.Split(strings.TrimSpace(block), "\n")
		switch {
		case lines[0] == "":
		case strings.HasPrefix(lines[0], "* "):
			b.WriteString("<ul>")
			for item := range strings.SplitSeq("\n"+strings.Join(lines, "\n"), "\n* ") {
				if item != "" {
					b.WriteString("<li>" + inline(item) + "</li>")
				}
			}
			b.WriteString("</ul>")
		default:
			b.WriteString("<p>" + inline(strings.Join(lines, " ")) + "</p>")
		}
	}
	return template.HTML(b.String())
}

// inline writes what stands within a paragraph. The text is the document's own
// and is escaped all the same.
func inline(text string) string {
	text = html.EscapeString(text)
	text = codeSpan.ReplaceAllString(text, "<code>$1</code>")
	return strong.ReplaceAllString(text, "<strong>$1</strong>")
}

// typeOf says what a schema is, with links to those that have a name.
func typeOf(s *schema) template.HTML {
	return template.HTML(typeText(s))
}

func typeText(s *schema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "" && s.Properties["body"] != nil && s.Properties["body"].Ref != "":
		return link(nameOf(s.Ref)) + " with " + link(nameOf(s.Properties["body"].Ref))
	case s.Ref != "":
		return link(nameOf(s.Ref))
	case len(s.OneOf) > 0:
		var parts []string
		for _, one := range s.OneOf {
			parts = append(parts, typeText(one))
		}
		return strings.Join(parts, " or ")
	case s.Const != nil:
		return "<code>" + html.EscapeString(fmt.Sprint(s.Const)) + "</code>"
	case len(s.Enum) > 0:
		var parts []string
		for _, value := range s.Enum {
			parts = append(parts, "<code>"+html.EscapeString(fmt.Sprintf("%v", value))+"</code>")
		}
		return strings.Join(parts, " ")
	}
	text := s.Type
	switch {
	case s.Type == "array":
		text = "list of " + typeText(s.Items)
	case s.Format != "":
		text = s.Format
	}
	if limits := bounds(s); limits != "" {
		text += ", " + html.EscapeString(limits)
	}
	return text
}

func link(name string) string {
	name = html.EscapeString(name)
	return `<a href="#` + name + `">` + name + `</a>`
}
