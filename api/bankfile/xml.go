package bankfile

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/skuld-registry/skuld/ledger/finance"
)

const (
	// maxDepth is more than any message nests, and maxNodes more than a file of
	// MaxBytes has that carries anything.
	maxDepth = 32
	maxNodes = 1_500_000
	// instance is the namespace of xsi:schemaLocation, which says nothing here.
	instance = "http://www.w3.org/2001/XMLSchema-instance"
)

// node is an element of a message that fits its schema.
type node struct {
	name  string
	line  int
	text  string // of a simple type
	ccy   string // the attribute of an amount
	money finance.Money
	kids  []*node
}

// at gives the first node below by its path, or an empty one where there is none, of
// which everything is empty: what is optional need not be asked for twice.
func (n *node) at(path ...string) *node {
	for _, name := range path {
		all := n.all(name)
		if len(all) == 0 {
			return &node{}
		}
		n = all[0]
	}
	return n
}

// all gives the nodes of a name directly below.
func (n *node) all(name string) []*node {
	var all []*node
	for _, k := range n.kids {
		if k.name == name {
			all = append(all, k)
		}
	}
	return all
}

// reader reads a message element by element and holds each against its schema.
type reader struct {
	*xml.Decoder
	space string // every element's namespace
	path  []string
	nodes int
}

func newReader(data []byte) *reader {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		switch strings.ToLower(charset) {
		case "us-ascii":
			return in, nil
		case "iso-8859-1", "latin1":
			return latin1(in)
		}
		return nil, errCharset
	}
	return &reader{Decoder: d}
}

var errCharset = errors.New("unknown charset")

// latin1 gives text of ISO 8859-1 as UTF-8: each byte is a character.
func latin1(in io.Reader) (io.Reader, error) {
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	return strings.NewReader(fromLatin1(data)), nil
}

func fromLatin1(data []byte) string {
	runes := make([]rune, len(data))
	for i, b := range data {
		runes[i] = rune(b)
	}
	return string(runes)
}

func (r *reader) line() int { line, _ := r.InputPos(); return line }

// wrong makes an error of the place that is being read.
func (r *reader) wrong(code FormatCode, want string, below ...string) *FormatError {
	return &FormatError{Code: code, Path: "/" + strings.Join(append(r.path[:len(r.path):len(r.path)], below...), "/"), Line: r.line(), Want: want}
}

// next gives the next start, end or text; comments and the XML declaration say
// nothing. It gives nil at the end of the file.
func (r *reader) next() (xml.Token, error) {
	for {
		token, err := r.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil, nil
		case errors.Is(err, errCharset):
			return nil, r.wrong(Encoding, "UTF-8, ISO-8859-1")
		case err != nil:
			return nil, r.wrong(NotXML, "well-formed XML")
		}
		switch token.(type) {
		case xml.Directive:
			return nil, r.wrong(Declares, "no document type")
		case xml.StartElement, xml.EndElement, xml.CharData:
			return token, nil
		}
	}
}

// root gives the first element.
func (r *reader) root() (*xml.StartElement, error) {
	for {
		token, err := r.next()
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case nil:
			return nil, r.wrong(NotXML, "well-formed XML")
		case xml.StartElement:
			return &t, nil
		}
	}
}

// end refuses what follows the root.
func (r *reader) end() error {
	for {
		token, err := r.next()
		if token == nil || err != nil {
			return err
		}
		if text, is := token.(xml.CharData); !is || !isBlank(text) {
			return r.wrong(NotXML, "nothing after the message")
		}
	}
}

func isBlank(text []byte) bool { return len(bytes.TrimSpace(text)) == 0 }

// element reads an element whose start was read.
func (r *reader) element(start *xml.StartElement, t *schema) (*node, error) {
	r.path = append(r.path, start.Name.Local)
	defer func() { r.path = r.path[:len(r.path)-1] }()
	if r.nodes++; r.nodes > maxNodes {
		return nil, r.wrong(TooLarge, fmt.Sprintf("%d elements", maxNodes))
	}
	if len(r.path) > maxDepth {
		return nil, r.wrong(TooLarge, fmt.Sprintf("%d levels", maxDepth))
	}
	n := &node{name: start.Name.Local, line: r.line()}
	switch {
	case t.any:
		return n, r.pass()
	case start.Name.Space != r.space:
		return nil, r.wrong(Unexpected, r.space)
	}
	if err := r.attributes(start, t, n); err != nil {
		return nil, err
	}
	if t.value != nil {
		return n, r.value(n, t)
	}
	return n, r.children(n, t)
}

// attributes keeps the currency of an amount and refuses what else says something.
func (r *reader) attributes(start *xml.StartElement, t *schema, n *node) error {
	for _, a := range start.Attr {
		switch {
		case a.Name.Space == "xmlns" || a.Name.Local == "xmlns" || a.Name.Space == instance:
		case t.money && a.Name.Space == "" && a.Name.Local == "Ccy":
			n.ccy = a.Value
		default:
			return r.wrong(Unexpected, "no such attribute", "@"+a.Name.Local)
		}
	}
	if t.money && !isCurrency(n.ccy) {
		return r.wrong(BadValue, "three capital letters", "@Ccy")
	}
	return nil
}

// value reads the text of a simple type.
func (r *reader) value(n *node, t *schema) error {
	var text strings.Builder
	for {
		token, err := r.next()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.CharData:
			text.Write(token)
		case xml.EndElement:
			n.text = text.String()
			if t.trims {
				n.text = strings.TrimSpace(n.text)
			}
			if !t.value(n.text) {
				return r.wrong(BadValue, t.want)
			}
			if t.money {
				return r.money(n)
			}
			return nil
		default:
			return r.wrong(Unexpected, t.want)
		}
	}
}

// money keeps an amount. It refuses one that its currency cannot express, and one that
// no account holds.
func (r *reader) money(n *node) error {
	c := finance.Currency(n.ccy)
	d, _ := parseDecimal(n.text) // it is of its type
	amount, ok := d.minor(minorUnits(c))
	if !ok {
		return r.wrong(BadValue, fmt.Sprintf("at most %d decimals, and at most %d of %s", minorUnits(c), int64(finance.MaxAmount), c))
	}
	n.money = finance.Money{Amount: amount, Currency: c}
	return nil
}

// children reads the elements of a complex type.
func (r *reader) children(n *node, t *schema) error {
	at, count := 0, 0 // which of the type's elements, and how many of it
	for {
		token, err := r.next()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.CharData:
			if !isBlank(token) {
				return r.wrong(Unexpected, "elements")
			}
		case xml.StartElement:
			next := t.find(token.Name.Local, at)
			if t.choice && len(n.kids) > 0 && next != at {
				return r.wrong(Unexpected, "one of "+t.expected(0, 0), token.Name.Local)
			}
			if next < 0 {
				return r.wrong(Unexpected, t.expected(at, count), token.Name.Local)
			}
			if next != at {
				if missing := t.missing(at, next, count); missing != "" {
					return r.wrong(Missing, missing)
				}
				at, count = next, 0
			}
			if count++; count > t.kids[at].max {
				return r.wrong(TooMany, fmt.Sprint(t.kids[at].max), token.Name.Local)
			}
			kid, err := r.element(&token, t.kids[at].schema)
			if err != nil {
				return err
			}
			n.kids = append(n.kids, kid)
		case xml.EndElement:
			if missing := t.missing(at, len(t.kids), count); missing != "" {
				return r.wrong(Missing, missing)
			}
			if t.choice && len(n.kids) == 0 {
				return r.wrong(Missing, t.expected(0, 0))
			}
			return nil
		default:
			return r.wrong(NotXML, "well-formed XML")
		}
	}
}

// pass reads past what is below an element that nobody here looks at.
func (r *reader) pass() error {
	for depth := 1; depth > 0; {
		token, err := r.next()
		if err != nil {
			return err
		}
		switch token.(type) {
		case nil:
			return r.wrong(NotXML, "well-formed XML")
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		if r.nodes++; r.nodes > maxNodes || depth > maxDepth {
			return r.wrong(TooLarge, fmt.Sprintf("%d levels, %d elements", maxDepth, maxNodes))
		}
	}
	return nil
}
