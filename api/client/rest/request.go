package rest

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
)

// Request is a request of an operation, ready to be sent to any gateway.
type Request struct {
	Operation string // operationId in the OpenAPI document
	Method    string
	Path      string // percent-encoded, with the query
	Header    http.Header
	Body      any // nil where there is none; a form for createToken, JSON otherwise
}

// Write is the body of every change: the signed command, or what to draft one of.
type Write struct {
	SignedCommand
	Body    any       `json:"body,omitempty"`
	By      PartyID   `json:"by,omitempty"`
	Command CommandID `json:"command,omitempty"`
	Life    int       `json:"life,omitempty"` // seconds
}

// Commands is the body of submitCommands: one signed command, or several.
type Commands struct {
	SignedCommand
	Commands []SignedCommand `json:"commands,omitempty"`
	Atomic   bool            `json:"atomic,omitempty"` // all of several or none
}

// Item is the outcome of one command of several. Problem is set where it was
// refused, and the receipt otherwise.
type Item struct {
	Receipt
	Problem *Problem `json:"problem,omitempty"`
}

// path puts values in the place of the parameters of an address, in order.
func path(pattern string, values ...string) string {
	for _, v := range values {
		begin, end := strings.IndexByte(pattern, '{'), strings.IndexByte(pattern, '}')
		pattern = pattern[:begin] + url.PathEscape(v) + pattern[end+1:]
	}
	return pattern
}

// query adds a parameter of the query, unless it has the zero value of its type:
// no parameter of the document means something by that.
func (r *Request) query(name string, v any) {
	if reflect.ValueOf(v).IsZero() {
		return
	}
	separator := "?"
	if strings.Contains(r.Path, "?") {
		separator = "&"
	}
	r.Path += separator + url.QueryEscape(name) + "=" + url.QueryEscape(fmt.Sprint(v))
}

// header adds a header, unless it has the zero value of its type.
func (r *Request) header(name string, v any) {
	if reflect.ValueOf(v).IsZero() {
		return
	}
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set(name, fmt.Sprint(v))
}
