package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// contract finds the operation of a request in the OpenAPI document.
var contract = sync.OnceValues(func() (routers.Router, error) {
	text, err := os.ReadFile("../../api/openapi.yaml")
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	openapi3filter.RegisterBodyDecoder("application/problem+json", openapi3filter.JSONBodyDecoder)
	return gorillamux.NewRouter(doc)
})

// checkExchange checks every answer, and every request that was not refused,
// against the OpenAPI document. It gives the operation that was carried out.
func checkExchange(t *testing.T, req *http.Request, s sent, r reply) (operation string) {
	t.Helper()
	router, err := contract()
	if err != nil {
		t.Fatalf("reading the OpenAPI document: %v", err)
	}
	route, params, err := router.FindRoute(req)
	if err != nil {
		if r.status != http.StatusNotFound && r.status != http.StatusMethodNotAllowed {
			t.Errorf("%s %s: answered with %d, and not in the document: %v", s.method, s.path, r.status, err)
		}
		return ""
	}
	again := req.Clone(t.Context())
	again.Body = io.NopCloser(bytes.NewReader(s.body))
	input := &openapi3filter.RequestValidationInput{
		Request: again, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	if r.status < http.StatusBadRequest {
		if err := openapi3filter.ValidateRequest(t.Context(), input); err != nil {
			t.Errorf("%s %s was taken and is not as documented: %v", s.method, s.path, err)
		}
	}
	err = openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: r.status, Header: r.header, Body: io.NopCloser(bytes.NewReader(r.body)),
		Options: input.Options,
	})
	if err != nil {
		t.Errorf("%s %s: the answer %d is not as documented: %v", s.method, s.path, r.status, err)
	}
	if r.status >= http.StatusBadRequest {
		return ""
	}
	return route.Operation.OperationID
}

// documented lists the operations of the document.
func documented(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			names = append(names, operation.OperationID)
		}
	}
	return names
}
