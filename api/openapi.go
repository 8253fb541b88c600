package api

import (
	_ "embed" // for the document
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// openAPI is the OpenAPI 3.1 document, and openAPIJSON the same in JSON. A test
// keeps them the same and the document true to the table of routes.
var (
	//go:embed openapi.yaml
	openAPI []byte
	//go:embed openapi.json
	openAPIJSON []byte
)

func (s *Server) getOpenAPI(w http.ResponseWriter, _ *http.Request) error {
	return document(w, jsonType, openAPIJSON)
}

func (s *Server) getOpenAPIYAML(w http.ResponseWriter, _ *http.Request) error {
	return document(w, "application/yaml", openAPI)
}

func document(w http.ResponseWriter, mediaType string, text []byte) error {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "public, max-age=300")
	w.WriteHeader(http.StatusOK)
	_, err := w.Write(text)
	return err
}

// documentedQueries gives the parameters that each operation of the document
// takes in its query, by operationId.
func documentedQueries() (map[string][]string, error) {
	type parameter struct {
		Ref  string `json:"$ref"`
		Name string
		In   string
	}
	var doc struct {
		Paths      map[string]map[string]json.RawMessage
		Components struct{ Parameters map[string]parameter }
	}
	if err := json.Unmarshal(openAPIJSON, &doc); err != nil {
		return nil, fmt.Errorf("reading the OpenAPI document: %w", err)
	}
	queries := map[string][]string{}
	for path, item := range doc.Paths {
		for method, text := range item {
			var operation struct {
				OperationID string
				Parameters  []parameter
			}
			if err := json.Unmarshal(text, &operation); err != nil {
				return nil, fmt.Errorf("reading %s %s of the OpenAPI document: %w", method, path, err)
			}
			for _, p := range operation.Parameters {
				if p.Ref != "" {
					p = doc.Components.Parameters[p.Ref[strings.LastIndexByte(p.Ref, '/')+1:]]
				}
				if p.In == "query" {
					queries[operation.OperationID] = append(queries[operation.OperationID], p.Name)
				}
			}
		}
	}
	return queries, nil
}
