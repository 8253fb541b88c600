package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/yaml"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/statement"
)

var update = flag.Bool("update", false, "write openapi.json anew from openapi.yaml")

// document31 loads the OpenAPI document and checks it against OpenAPI 3.1.
func document31(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		t.Fatalf("loading openapi.yaml: %v", err)
	}
	if err := doc.Validate(t.Context(), openapi3.IsOpenAPI31OrLater()); err != nil {
		t.Fatalf("openapi.yaml is not OpenAPI 3.1: %v", err)
	}
	return doc
}

// TestDocumentIsMadeOfItsThemes holds the served documents against the files in
// openapi/, which people edit; -update writes them anew.
func TestDocumentIsMadeOfItsThemes(t *testing.T) {
	text, err := assemble("openapi")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := yaml.YAMLToJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	var inJSON bytes.Buffer
	if err := json.Indent(&inJSON, plain, "", " "); err != nil {
		t.Fatal(err)
	}
	inJSON.WriteByte('\n')
	for name, want := range map[string][]byte{"openapi.yaml": text, "openapi.json": inJSON.Bytes()} {
		if *update {
			if err := os.WriteFile(name, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what openapi/ makes (%v); run go test ./api -run Document -update", name, err)
		}
	}
}

func TestEveryRouteIsInTheDocumentAndEveryPathIsARoute(t *testing.T) {
	doc := document31(t)
	documented := map[string]*openapi3.Operation{}
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			documented[method+" "+path] = operation
		}
	}
	for _, r := range routes() {
		name := r.method + " " + r.pattern
		operation := documented[name]
		if operation == nil {
			t.Errorf("%s is not in the document", name)
			continue
		}
		delete(documented, name)
		if operation.OperationID != r.name {
			t.Errorf("%s is called %s in the document, want %s", name, operation.OperationID, r.name)
		}
		if public := isPublic(operation); public != (r.access == open) && r.op != ledger.OpPartyRegister && r.op != ledger.OpRecoveryComplete {
			t.Errorf("%s: public in the document: %t; access in the table: %d", name, public, r.access)
		}
		if operation.RequestBody != nil && r.method == get {
			t.Errorf("%s: a GET has no body", name)
		}
	}
	for name := range documented {
		t.Errorf("%s is in the document and not in the table of routes", name)
	}
}

// isPublic says whether an operation asks for no token: it has the empty requirement.
func isPublic(o *openapi3.Operation) bool {
	return o.Security != nil && slices.ContainsFunc(*o.Security, func(r openapi3.SecurityRequirement) bool { return len(r) == 0 })
}

func TestEveryOperationHasOneRouteThatTakesIt(t *testing.T) {
	taken := map[ledger.Op]string{}
	for _, r := range routes() {
		if r.op == "" {
			continue
		}
		if other, ok := taken[r.op]; ok {
			t.Errorf("%s is taken by %s and by %s", r.op, other, r.name)
		}
		taken[r.op] = r.name
	}
	for _, op := range ledger.Operations() {
		if taken[op] == "" {
			t.Errorf("no route takes %s", op)
		}
	}
}

func TestDocumentHasEveryCodeOperationStatusAndRole(t *testing.T) {
	doc := document31(t)
	check(t, doc, "Code", ledger.Codes())
	check(t, doc, "Op", ledger.Operations())
	check(t, doc, "AccountName", statement.AccountNames())
	check(t, doc, "Role", ledger.Roles())
	check(t, doc, "Status", ledger.Statuses()[1:]) // without that of no note
}

func TestExamplesOfTheDocumentAreAsItsSchemasSay(t *testing.T) {
	doc := document31(t)
	checked := 0
	verify := func(at string, schema *openapi3.SchemaRef, examples ...any) {
		for i, example := range examples {
			checked++
			if err := schema.Value.VisitJSON(example, openapi3.EnableJSONSchema2020()); err != nil {
				t.Errorf("example %d of %s: %v", i, at, err)
			}
		}
	}
	media := func(at string, content openapi3.Content) {
		for mediaType, m := range content {
			for name, example := range m.Examples {
				verify(at+" "+mediaType+" "+name, m.Schema, example.Value.Value)
			}
			if m.Example != nil {
				verify(at+" "+mediaType, m.Schema, m.Example)
			}
		}
	}
	for name, schema := range doc.Components.Schemas {
		verify(name, schema, schema.Value.Examples...)
	}
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			at := method + " " + path
			if operation.RequestBody != nil {
				media(at, operation.RequestBody.Value.Content)
			}
			for status, r := range operation.Responses.Map() {
				media(at+" "+status, r.Value.Content)
			}
			for _, p := range operation.Parameters {
				if p.Value.Example != nil {
					verify(at+" "+p.Value.Name, p.Value.Schema, p.Value.Example)
				}
			}
		}
	}
	if checked == 0 {
		t.Error("the document has no example")
	}
}

func check[T ~string](t *testing.T, doc *openapi3.T, schema string, values []T) {
	t.Helper()
	listed := map[string]bool{}
	for _, v := range doc.Components.Schemas[schema].Value.Enum {
		listed[fmt.Sprint(v)] = true
	}
	for _, v := range values {
		if !listed[string(v)] {
			t.Errorf("the schema %s lacks %s", schema, v)
		}
		delete(listed, string(v))
	}
	for _, v := range slices.Sorted(maps.Keys(listed)) {
		t.Errorf("the schema %s has %s, which there is not", schema, v)
	}
}

func TestEveryClassOfRefusalHasAStatusThatWritesDocument(t *testing.T) {
	doc := document31(t)
	write := doc.Paths.Find("/v1/commands").Post
	for _, code := range ledger.Codes() {
		e := ledger.Refuse(code)
		status := statusOf(e)
		if status == 405 { // no operation is reached
			continue
		}
		if write.Responses.Status(status) == nil {
			t.Errorf("%s is answered with %d, which POST /v1/commands does not document", code, status)
		}
		if title := classes[e.Class()].title; len(title) != len(ledger.Languages()) {
			t.Errorf("the class %s of %s has %d titles, want one for each language", e.Class(), code, len(title))
		}
	}
}

func TestProblemHidesWhetherASubjectIsAbsentOrNotForTheReader(t *testing.T) {
	absent := describe(ledger.Refuse(ledger.CodeNotFound, "kind", "note"), ledger.English)
	hidden := describe(ledger.Refuse(ledger.CodeNotEntitled), ledger.English)
	a, errA := json.Marshal(absent)
	h, errH := json.Marshal(hidden)
	if errA != nil || errH != nil || !bytes.Equal(a, h) {
		t.Errorf("the answers differ:\n%s\n%s (%v, %v)", a, h, errA, errH)
	}
}

func TestProblemSpeaksTheCallersLanguage(t *testing.T) {
	for header, want := range map[string]string{
		"":                          "There is no such thing.",
		"sv-SE,sv;q=0.9,en;q=0.8":   "Det finns inget sådant.",
		"da":                        "Der findes intet sådant.",
		"fr, de":                    "There is no such thing.",
		"en-GB":                     "There is no such thing.",
		"*":                         "There is no such thing.",
		";;;":                       "There is no such thing.",
		strings.Repeat("sv,", 1000): "There is no such thing.",
	} {
		if got := describe(absent(), languageOf(header)).Detail; got != want {
			t.Errorf("Accept-Language %.30q: got %q, want %q", header, got, want)
		}
	}
}
