package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// The forms of the document's names.
var (
	operationName = regexp.MustCompile(`^[a-z]+([A-Z][a-z]*)*([A-Z]+)?$`)
	componentName = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)
	memberName    = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	headerName    = regexp.MustCompile(`^([A-Z][A-Za-z]*-)*[A-Z][A-Za-z]*$`)
)

// lint gathers what is wrong with the document, each with its place.
type lint struct {
	doc    *openapi3.T
	faults []string
}

func (l *lint) fault(format string, args ...any) {
	l.faults = append(l.faults, fmt.Sprintf(format, args...))
}

// TestDocumentIsWrittenInOneStyle: as its readers expect, complete and
// without what nothing uses.
func TestDocumentIsWrittenInOneStyle(t *testing.T) {
	l := &lint{doc: document31(t)}
	for path, item := range l.doc.Paths.Map() {
		for method, op := range item.Operations() {
			l.operation(method+" "+path, method, op)
		}
	}
	l.components()
	l.unused(t)
	for _, fault := range slices.Sorted(slices.Values(l.faults)) {
		t.Error(fault)
	}
}

// TestLintSeesWhatItIsFor shows the lint a document with every fault, so that a
// rule which sees nothing does not pass for a kept one.
func TestLintSeesWhatItIsFor(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData([]byte(`{"openapi":"3.1.0","info":{"title":"x","version":"1"},"paths":{"/v1/things":{"post":{
		"operationId":"Make_thing","summary":"Makes things.","tags":["nowhere"],
		"parameters":[{"name":"someName","in":"query","schema":{"type":"string"}}],
		"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/thing"}}}},
		"responses":{"200":{"description":"x"},"404":{"description":"x","content":{"application/json":{"schema":{"type":"object"}}}}}}}},
		"components":{"schemas":{"thing":{"type":"object","required":["aName"],"properties":{"aName":{"type":"object","required":["x"]}}}},
		"headers":{"Lonely":{"description":"x","schema":{"type":"string"}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	l := &lint{doc: doc}
	l.operation("POST /v1/things", http.MethodPost, doc.Paths.Find("/v1/things").Post)
	l.components()
	l.unused(t)
	all := strings.Join(l.faults, "\n")
	for _, want := range []string{
		"operationId", "summary", "tag", "parameter someName is not described", "parameter someName is not named", "no example",
		"429 is not documented", "500 is not documented", "400 is not documented", "401 is not documented", "404 is no problem",
		"the name of schemas/thing", "thing.aName", "takes members that it does not name", "headers/Lonely is not used",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing is said of %q:\n%s", want, all)
		}
	}
}

// operation checks one operation.
func (l *lint) operation(at, method string, op *openapi3.Operation) {
	if !operationName.MatchString(op.OperationID) {
		l.fault("%s: the operationId %q is not in camelCase", at, op.OperationID)
	}
	if op.Summary == "" || strings.HasSuffix(op.Summary, ".") || len(op.Summary) > 120 {
		l.fault("%s: the summary must be one line without a full stop, not %q", at, op.Summary)
	}
	if len(op.Tags) != 1 || l.doc.Tags.Get(op.Tags[0]) == nil {
		l.fault("%s: it must have one tag that is declared, not %v", at, op.Tags)
	}
	for _, p := range op.Parameters {
		l.parameter(at, p.Value)
	}
	if op.RequestBody != nil {
		for mediaType, body := range op.RequestBody.Value.Content {
			if body.Example == nil && len(body.Examples) == 0 && !l.exemplified(body.Schema) {
				l.fault("%s: its %s body has no example", at, mediaType)
			}
		}
	}
	l.responses(at, method, op)
}

func (l *lint) parameter(at string, p *openapi3.Parameter) {
	if p.Description == "" {
		l.fault("%s: the parameter %s is not described", at, p.Name)
	}
	style := memberName
	if p.In == openapi3.ParameterInHeader {
		style = headerName
	}
	if !style.MatchString(p.Name) {
		l.fault("%s: the parameter %s is not named in the document's style", at, p.Name)
	}
}

// exemplified says whether a schema shows what a body looks like. A choice of
// schemas does where each of them does; a draft's body does by the body in it.
func (l *lint) exemplified(s *openapi3.SchemaRef) bool {
	switch {
	case len(s.Value.Examples) > 0 || s.Value.Example != nil:
		return true
	case len(s.Value.OneOf) > 0:
		return !slices.ContainsFunc(s.Value.OneOf, func(one *openapi3.SchemaRef) bool { return !l.exemplified(one) })
	case len(s.Value.Required) == 0:
		return true // {} is a body
	}
	// What is required is shown, or can be made only in one way.
	return !slices.ContainsFunc(s.Value.Required, func(name string) bool {
		member := s.Value.Properties[name]
		if member != nil && member.Value.Type.Is("array") {
			member = member.Value.Items
		}
		return member == nil || !l.exemplified(member) && !simple(member.Value)
	})
}

// simple says whether a schema is of a value whose form is plain.
func simple(s *openapi3.Schema) bool {
	return s.Type.Is("string") || s.Type.Is("integer") || s.Type.Is("boolean")
}

func (l *lint) responses(at, method string, op *openapi3.Operation) {
	// 400: a parameter that is not documented is refused everywhere.
	always := []int{http.StatusBadRequest, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable}
	if !isPublic(op) {
		always = append(always, http.StatusUnauthorized, http.StatusForbidden)
	}
	if op.RequestBody != nil {
		always = append(always, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if slices.ContainsFunc(op.Parameters, func(p *openapi3.ParameterRef) bool { return p.Value.In == openapi3.ParameterInPath }) {
		always = append(always, http.StatusNotFound)
	}
	for _, status := range always {
		if op.Responses.Status(status) == nil {
			l.fault("%s: %d is not documented", at, status)
		}
	}
	for status, r := range op.Responses.Map() {
		code, err := strconv.Atoi(status)
		if err != nil {
			l.fault("%s: %s is not one status", at, status)
			continue
		}
		problem := r.Value.Content.Get("application/problem+json")
		if code >= http.StatusBadRequest && (problem == nil || problem.Schema.Ref != "#/components/schemas/Problem") {
			l.fault("%s: %d is no problem", at, code)
		}
		if code == http.StatusTooManyRequests && r.Value.Headers["Retry-After"] == nil {
			l.fault("%s: 429 has no Retry-After", at)
		}
		if code == http.StatusCreated && r.Value.Headers["Location"] == nil && method == http.MethodPost {
			l.fault("%s: 201 has no Location", at)
		}
	}
}

// components checks the names of components and of their members.
func (l *lint) components() {
	for name, s := range l.doc.Components.Schemas {
		if !componentName.MatchString(name) {
			l.fault("the name of schemas/%s is not in CamelCase", name)
		}
		l.schema(name, s)
	}
}

// schema checks a schema and those within it. An object that takes members which
// it does not name would let an undocumented one pass every test.
func (l *lint) schema(at string, s *openapi3.SchemaRef) {
	if s == nil || s.Ref != "" {
		return
	}
	v := s.Value
	closed := v.AdditionalProperties.Has != nil && !*v.AdditionalProperties.Has || v.AdditionalProperties.Schema != nil
	if len(v.Properties) > 0 && !closed && at != "TokenRequest" { // RFC 6749 par. 3.2: unknown parameters are passed over
		l.fault("%s takes members that it does not name", at)
	}
	for name, member := range v.Properties {
		if !memberName.MatchString(name) {
			l.fault("the name of %s.%s is not in snake_case", at, name)
		}
		l.schema(at+"."+name, member)
	}
	l.schema(at+"[]", v.Items)
	for _, one := range slices.Concat(v.OneOf, v.AnyOf, v.AllOf) {
		l.schema(at+"|", one)
	}
}

// reference is a use of a component.
var reference = regexp.MustCompile(`"\$ref":"#/components/([a-zA-Z]+/[A-Za-z0-9]+)"`)

// named is a use of a schema in words, where the document has no other: of the
// data of a stream's events.
var named = regexp.MustCompile(`the schema ([A-Z][A-Za-z0-9]*)`)

// unused names the components that nothing refers to.
func (l *lint) unused(t *testing.T) {
	t.Helper()
	text, err := json.Marshal(l.doc)
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, m := range reference.FindAllSubmatch(text, -1) {
		used[string(m[1])] = true
	}
	for _, m := range named.FindAllSubmatch(text, -1) {
		used["schemas/"+string(m[1])] = true
	}
	c := l.doc.Components
	for part, names := range map[string][]string{
		"schemas": slices.Sorted(maps.Keys(c.Schemas)), "parameters": slices.Sorted(maps.Keys(c.Parameters)),
		"responses": slices.Sorted(maps.Keys(c.Responses)), "headers": slices.Sorted(maps.Keys(c.Headers)),
	} {
		for _, name := range names {
			if !used[part+"/"+name] {
				l.fault("%s/%s is not used", part, name)
			}
		}
	}
}
