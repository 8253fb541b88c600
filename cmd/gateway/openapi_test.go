package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// agreement is the OpenAPI document, and what finds the operation of a request in it.
type agreement struct {
	doc     *openapi3.T
	router  routers.Router
	schemas *schemas
}

var contract = sync.OnceValues(func() (*agreement, error) {
	text, err := os.ReadFile("../../api/openapi.yaml")
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, err
	}
	schemas, err := readSchemas("../../api/openapi.json")
	return &agreement{doc: doc, router: router, schemas: schemas}, err
})

// checkExchange checks an exchange against the OpenAPI document. It gives the
// operation that was carried out.
func checkExchange(t *testing.T, req *http.Request, s sent, r reply) (operation string) {
	t.Helper()
	a, err := contract()
	if err != nil {
		t.Fatalf("reading the OpenAPI document: %v", err)
	}
	operation, err = a.judge(t.Context(), req, s, r)
	if err != nil {
		t.Errorf("%s %s: %v", s.method, s.path, err)
	}
	return operation
}

// judge says in what an exchange is not as documented: the status, the headers
// and the body of every answer, and of every request that was not refused its
// parameters and its body. It gives the operation that was carried out.
func (a *agreement) judge(ctx context.Context, req *http.Request, s sent, r reply) (operation string, err error) {
	route, params, err := a.router.FindRoute(req)
	if err != nil {
		if r.status != http.StatusNotFound && r.status != http.StatusMethodNotAllowed {
			return "", fmt.Errorf("answered with %d, and not in the document: %w", r.status, err)
		}
		if strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
			return "", nil // A page for people, who come to where no interface is.
		}
		return "", a.judgeHeaders(nil, r)
	}
	again := req.Clone(ctx)
	again.Body = io.NopCloser(bytes.NewReader(s.body))
	_, inJSON := isJSON(s.header.Get("Content-Type"))
	input := &openapi3filter.RequestValidationInput{
		Request: again, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, SkipSettingDefaults: true,
			ExcludeRequestBody: inJSON, ExcludeResponseBody: true, // the schemas check what is JSON
		},
	}
	place := []string{"paths", route.Path, strings.ToLower(route.Method)}
	taken := r.status < http.StatusBadRequest
	if taken {
		if err := a.judgeRequest(ctx, input, place, s); err != nil {
			return "", fmt.Errorf("taken, and not as documented: %w", err)
		}
	}
	err = openapi3filter.ValidateResponse(ctx, &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: r.status, Header: r.header, Options: input.Options,
	})
	if err == nil && len(r.body) > 0 {
		err = a.schemas.check(append(place, "responses", strconv.Itoa(r.status)), r.header.Get("Content-Type"), r.body)
	}
	if err != nil {
		return "", fmt.Errorf("the answer %d is not as documented: %w", r.status, err)
	}
	if err := a.judgeHeaders(route.Operation.Responses.Status(r.status), r); err != nil || !taken {
		return "", err
	}
	return route.Operation.OperationID, nil
}

// withoutEmpty leaves out the members of a JSON text that are null or an empty
// text, as the document says that the gateway does.
func withoutEmpty(text []byte) []byte {
	if !bytes.Contains(text, []byte("null")) && !bytes.Contains(text, []byte(`""`)) {
		return text
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return text
	}
	stripped, err := json.Marshal(stripEmpty(v))
	if err != nil {
		return text
	}
	return stripped
}

func stripEmpty(v any) any {
	switch at := v.(type) {
	case map[string]any:
		for name, member := range at {
			if at[name] = stripEmpty(member); member == nil || member == "" {
				delete(at, name)
			}
		}
	case []any:
		for i := range at {
			at[i] = stripEmpty(at[i])
		}
	}
	return v
}

// judgeRequest says in what a request that was taken is not as documented.
func (a *agreement) judgeRequest(ctx context.Context, input *openapi3filter.RequestValidationInput, place []string, s sent) error {
	if err := openapi3filter.ValidateRequest(ctx, input); err != nil {
		return err
	}
	if input.Route.Operation.RequestBody != nil && len(s.body) > 0 {
		place, contentType := append(place, "requestBody"), s.header.Get("Content-Type")
		if err := a.schemas.check(place, contentType, s.body); err != nil && a.schemas.check(place, contentType, withoutEmpty(s.body)) != nil {
			return err
		}
	}
	return judgeQuery(input.Request, input.Route)
}

// judgeQuery refuses a parameter that was taken and stands nowhere.
func judgeQuery(req *http.Request, route *routers.Route) error {
	for name := range req.URL.Query() {
		if route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			return fmt.Errorf("the parameter %s is not in the document", name)
		}
	}
	return nil
}

// transport are the headers of HTTP itself.
var transport = []string{"Content-Length", "Content-Type", "Date", "Connection", "Transfer-Encoding", "Vary"}

// judgeHeaders refuses a header that is documented neither for the answer nor,
// in the introduction of the document, for all of them.
func (a *agreement) judgeHeaders(documented *openapi3.ResponseRef, r reply) error {
	var faults []error
	everywhere := strings.ToLower(a.doc.Info.Description)
	for name := range r.header {
		if slices.Contains(transport, name) || strings.Contains(everywhere, strings.ToLower("`"+name+"`")) {
			continue
		}
		known := func(h string) bool { return http.CanonicalHeaderKey(h) == name }
		if documented == nil || !slices.ContainsFunc(keys(documented.Value.Headers), known) {
			faults = append(faults, fmt.Errorf("the answer %d has the header %s, which is not documented", r.status, name))
		}
	}
	return errors.Join(faults...)
}

func keys[V any](m map[string]V) []string {
	var all []string
	for name := range m {
		all = append(all, name)
	}
	return all
}

// documented lists the operations of the document.
func documented(t *testing.T) []string {
	t.Helper()
	a, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, item := range a.doc.Paths.Map() {
		for _, operation := range item.Operations() {
			names = append(names, operation.OperationID)
		}
	}
	slices.Sort(names)
	return names
}
