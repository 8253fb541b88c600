package main

import (
	"bytes"
	"fmt"
	"mime"
	"os"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemas checks JSON against the schemas of the OpenAPI document, in their
// place in it. Each is compiled once: kin-openapi compiles one for every body,
// which would be most of the work of ten thousand requests.
type schemas struct {
	tree any // the document

	mu       sync.Mutex // guards all below
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema // by pointer
}

// documentURL is what the document is called among the schemas.
const documentURL = "urn:skuld:openapi"

func readSchemas(file string) (*schemas, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	s := &schemas{compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	if s.tree, err = jsonschema.UnmarshalJSON(bytes.NewReader(text)); err != nil {
		return nil, err
	}
	s.compiler.DefaultDraft(jsonschema.Draft2020)
	s.compiler.AssertFormat()
	return s, s.compiler.AddResource(documentURL, s.tree)
}

// isJSON says whether a media type is JSON's, by itself or by its suffix.
func isJSON(contentType string) (mediaType string, yes bool) {
	mediaType, _, err := mime.ParseMediaType(contentType)
	return mediaType, err == nil && (mediaType == "application/json" || strings.HasSuffix(mediaType, "+json"))
}

// check checks a body against the schema of its media type below a place of the
// document: a request's body or an answer.
func (s *schemas) check(place []string, contentType string, text []byte) error {
	mediaType, yes := isJSON(contentType)
	if !yes {
		return nil
	}
	if ref, ok := s.at(append(place, "$ref")).(string); ok {
		place = strings.Split(strings.TrimPrefix(ref, "#/"), "/")
	}
	place = append(append([]string{}, place...), "content", mediaType, "schema")
	if s.at(place) == nil {
		return fmt.Errorf("%s is not documented", mediaType)
	}
	schema, err := s.compile(place)
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(v)
}

// at gives what stands at a place of the document; nil where nothing does.
func (s *schemas) at(place []string) any {
	v := s.tree
	for _, name := range place {
		o, _ := v.(map[string]any)
		v = o[name]
	}
	return v
}

func (s *schemas) compile(place []string) (*jsonschema.Schema, error) {
	var pointer strings.Builder
	for _, name := range place {
		pointer.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.compiled[pointer.String()]; known != nil {
		return known, nil
	}
	schema, err := s.compiler.Compile(documentURL + "#" + strings.NewReplacer("{", "%7B", "}", "%7D").Replace(pointer.String()))
	if err != nil {
		return nil, fmt.Errorf("compiling %s: %w", pointer.String(), err)
	}
	s.compiled[pointer.String()] = schema
	return schema, nil
}
