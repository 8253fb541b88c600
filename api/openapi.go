package api

import (
	_ "embed" // for the document
	"net/http"
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
	return serveDocument(w, jsonType, openAPIJSON)
}

func (s *Server) getOpenAPIYAML(w http.ResponseWriter, _ *http.Request) error {
	return serveDocument(w, "application/yaml", openAPI)
}

func serveDocument(w http.ResponseWriter, mediaType string, text []byte) error {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "public, max-age=300")
	w.WriteHeader(http.StatusOK)
	_, err := w.Write(text)
	return err
}
