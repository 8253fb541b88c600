package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// document is the OpenAPI document as far as the gateway reads it itself: the
// parameters of its operations, and all that its page shows.
type document struct {
	Info struct{ Title, Version, Summary, Description string }
	Tags []struct{ Name, Description string }

	Paths      map[string]map[string]*operation
	Components struct {
		Schemas    map[string]*schema
		Parameters map[string]*parameter
		Responses  map[string]*response
		Headers    map[string]*parameter
	}
}

// methods are those of operations, in the order in which they are shown.
var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

type operation struct {
	OperationID string
	Tags        []string
	Summary     string
	Description string
	Parameters  []*parameter
	RequestBody *struct{ Content map[string]media }
	Responses   map[string]*response
	Security    *[]map[string][]string

	Method, Path string `json:"-"` // of the item that it stands in
}

// public says whether the operation asks for no token: it has the empty requirement.
func (o *operation) public() bool {
	return o.Security != nil && slices.ContainsFunc(*o.Security, func(r map[string][]string) bool { return len(r) == 0 })
}

// scope gives what a token must cover to carry the operation out.
func (o *operation) scope() string {
	if o.Security == nil || o.public() {
		return ""
	}
	return strings.Join((*o.Security)[0]["token"], " ")
}

type parameter struct {
	Ref         string `json:"$ref"`
	Name, In    string
	Required    bool
	Description string
	Schema      *schema
}

type response struct {
	Ref         string `json:"$ref"`
	Description string
	Headers     map[string]*parameter
	Content     map[string]media
}

type media struct {
	Schema  *schema
	Example json.RawMessage
}

type schema struct {
	Ref         string `json:"$ref"`
	Type        string
	Format      string
	Description string
	Enum        []any
	Const       any
	Properties  map[string]*schema
	Required    []string
	Items       *schema
	OneOf       []*schema
	Examples    []json.RawMessage
	Minimum     *json.Number
	Maximum     *json.Number
	MaxLength   *int
	MaxItems    *int
	Default     any
}

// The document and its page for people are the same in every gateway. The page is
// made when somebody first asks for it: it takes a good part of a second, which a
// gateway that starts does not have.
var (
	published     = sync.OnceValues(readDocument)
	publishedPage = sync.OnceValues(func() ([]byte, error) {
		doc, err := published()
		if err != nil {
			return nil, err
		}
		return writePage(doc)
	})
)

// readDocument reads the document that the gateway serves. References to
// parameters, responses and headers are put in their places; those to schemas
// stay, since schemas are shown by name.
func readDocument() (*document, error) {
	d := new(document)
	if err := json.Unmarshal(openAPIJSON, d); err != nil {
		return nil, fmt.Errorf("reading the OpenAPI document: %w", err)
	}
	for path, item := range d.Paths {
		for method, o := range item {
			o.Method, o.Path = strings.ToUpper(method), path
			for i, p := range o.Parameters {
				if p.Ref != "" {
					o.Parameters[i] = d.Components.Parameters[nameOf(p.Ref)]
				}
			}
			for status, r := range o.Responses {
				if r.Ref != "" {
					o.Responses[status] = d.Components.Responses[nameOf(r.Ref)]
				}
			}
		}
	}
	return d, nil
}

// nameOf gives the name of the component that a reference points to.
func nameOf(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

// operations gives all operations by path and method.
func (d *document) operations() []*operation {
	var all []*operation
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, method := range methods {
			if o := d.Paths[path][strings.ToLower(method)]; o != nil {
				all = append(all, o)
			}
		}
	}
	return all
}

// queries gives the parameters that each operation takes in its query, by
// operationId.
func (d *document) queries() map[string][]string {
	names := map[string][]string{}
	for _, o := range d.operations() {
		for _, p := range o.Parameters {
			if p.In == "query" {
				names[o.OperationID] = append(names[o.OperationID], p.Name)
			}
		}
	}
	return names
}
