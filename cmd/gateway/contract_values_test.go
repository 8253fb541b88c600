package main

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"
)

// Bounds of what a walk makes up.
const (
	maxDepth  = 8      // of a generated value
	maxPool   = 48     // values of one kind that are remembered, the latest
	hugeText  = 70_000 // bytes; more than a command may have
	mostItems = 3      // of a generated list beyond what is required
)

// pools are what a walk has seen in answers, by the name of a parameter or of a
// schema, so that what it asks for is often there.
type pools map[string][]string

func (p pools) add(kind, value string) {
	if slices.Contains(p[kind], value) {
		return
	}
	if p[kind] = append(p[kind], value); len(p[kind]) > maxPool {
		p[kind] = p[kind][1:]
	}
}

// form is how the ids of a schema look.
type form struct {
	name    string
	pattern *regexp.Regexp
}

// values makes values as the schemas of the document say, and such that are not.
type values struct {
	t     *rapid.T
	rng   *rand.Rand
	seen  pools // in anybody's answers
	mine  pools // in those of who asks now
	forms []form
	now   time.Time
}

// known gives what was seen of a kind, mostly what the caller saw.
func (v *values) known(kind string) []string {
	if len(v.mine[kind]) > 0 && v.chance(85) {
		return v.mine[kind]
	}
	return v.seen[kind]
}

func (v *values) remember(kind, value string) {
	v.seen.add(kind, value)
	v.mine.add(kind, value)
}

// chance says yes so many times in a hundred.
func (v *values) chance(percent int) bool { return v.rng.IntN(100) < percent }

func (v *values) between(least, most int) int { return least + v.rng.IntN(most-least+1) }

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

// harvest remembers the ids, the cursors and the addresses in an answer.
func (v *values) harvest(doc *openapi3.T, answer any) {
	switch at := answer.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(at)) {
			if id, ok := at[name].(string); ok && name == "id" && at["event"] != nil && at["attempts"] != nil {
				v.remember("delivery", id)
			}
			if id, ok := at[name].(string); ok && name == "id" && at["number"] != nil {
				kind := "callback"
				if at["answer_by"] != nil {
					kind = "complaint"
				}
				v.remember(kind, id)
			}
			if next, ok := at[name].(string); ok && name == "next" {
				v.remember("cursor", next)
			}
			v.harvest(doc, at[name])
		}
	case []any:
		for _, one := range at {
			v.harvest(doc, one)
		}
	case string:
		v.harvestText(doc, at)
	}
}

func (v *values) harvestText(doc *openapi3.T, text string) {
	for _, f := range v.forms {
		if f.pattern.MatchString(text) {
			v.remember(f.name, text)
		}
	}
	if !strings.HasPrefix(text, "/v1/") {
		return
	}
	parts := strings.Split(text, "/")
	for _, path := range doc.Paths.InMatchingOrder() {
		names := strings.Split(path, "/")
		fits := len(names) == len(parts)
		for i := 0; fits && i < len(names); i++ {
			fits = names[i] == parts[i] || strings.HasPrefix(names[i], "{")
		}
		for i := 0; fits && i < len(names); i++ {
			if name := strings.Trim(names[i], "{}"); name != names[i] {
				v.remember(name, parts[i])
			}
		}
	}
}

// parameter makes a value of a parameter, mostly one that was seen.
func (v *values) parameter(p *openapi3.Parameter) string {
	kinds := []string{p.Name}
	for _, f := range v.forms {
		if strings.EqualFold(f.name, p.Name+"ID") || p.Name == "transfer" && f.name == "CommandID" {
			kinds = append(kinds, f.name)
		}
	}
	known := v.known(kinds[len(kinds)-1])
	switch {
	case len(known) > 0 && v.chance(92):
		return pick(v.rng, known)
	case p.Name == "seq":
		return rapid.StringMatching(`[1-9]`).Draw(v.t, "seq")
	case p.In == openapi3.ParameterInPath:
		return rapid.StringMatching(`[a-z0-9%~.-]{1,40}`).Draw(v.t, "nothing")
	}
	text, isText := v.of(p.Schema.Value, 0).(string)
	if !isText {
		b, err := json.Marshal(v.of(p.Schema.Value, 0))
		if err != nil {
			return "0"
		}
		return string(b)
	}
	return text
}

// of makes a value of a schema.
func (v *values) of(s *openapi3.Schema, depth int) any {
	switch {
	case s.Const != nil:
		return s.Const
	case len(s.Enum) > 0:
		return pick(v.rng, s.Enum)
	case len(s.OneOf) > 0:
		return v.of(pick(v.rng, s.OneOf).Value, depth)
	case len(s.Examples) > 0 && v.chance(30):
		return pick(v.rng, s.Examples)
	case s.Type.Is("object"):
		return v.object(s, depth)
	case s.Type.Is("array"):
		list := []any{}
		for range v.between(int(s.MinItems), int(s.MinItems)+mostItems) {
			if depth < maxDepth {
				list = append(list, v.of(s.Items.Value, depth+1))
			}
		}
		return list
	case s.Type.Is("integer"), s.Type.Is("number"):
		return v.number(s)
	case s.Type.Is("boolean"):
		return v.chance(50)
	}
	return v.text(s)
}

func (v *values) object(s *openapi3.Schema, depth int) any {
	o := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if depth < maxDepth && (slices.Contains(s.Required, name) || v.chance(40)) {
			o[name] = v.of(s.Properties[name].Value, depth+1)
			if notes := v.known("NoteID"); name == "subject" && len(notes) > 0 {
				o[name] = pick(v.rng, notes) // a plain text in the document: it may be of three kinds
			}
		}
	}
	return o
}

func (v *values) number(s *openapi3.Schema) any {
	least, most := int64(-10), int64(1_000_000)
	if s.Min != nil {
		least = int64(*s.Min)
	}
	if s.Max != nil {
		most = int64(*s.Max)
	}
	return least + v.rng.Int64N(max(least, most)-least+1)
}

func (v *values) text(s *openapi3.Schema) string {
	switch {
	case s.Format == "date":
		return v.now.AddDate(0, 0, v.between(-20, 3)).Format(time.DateOnly)
	case s.Format == "date-time":
		return v.now.Add(time.Duration(v.between(-60, 2000)) * time.Minute).Format(time.RFC3339)
	case s.Pattern != "":
		for _, f := range v.forms {
			if known := v.known(f.name); f.pattern.String() == s.Pattern && len(known) > 0 && v.chance(90) {
				return pick(v.rng, known)
			}
		}
		return rapid.StringMatching(s.Pattern).Draw(v.t, "text")
	case s.MaxLength != nil:
		return rapid.StringN(0, -1, int(*s.MaxLength)).Draw(v.t, "text")
	}
	return rapid.StringN(0, 40, -1).Draw(v.t, "text")
}

// hostile are values that no schema of the document allows or that are hard to
// treat right.
var hostile = []any{
	nil, true, false, 0, -1, 1.5, json.Number("1e400"), json.Number("9223372036854775808"), json.Number("-0"), "", " ", "null", "\x00",
	"\u202e\u0000\ufeff", "'; DROP TABLE notes; --", "<script>alert(1)</script>", "../../../../etc/passwd", "%00%2e%2e/", "=1+1", "{}",
	json.RawMessage(`"\ud800"`), json.RawMessage(`"\u0000"`), []any{}, map[string]any{}, []any{nil}, strings.Repeat("å", hugeText/2),
	json.RawMessage(strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000)), "0001-01-01", "9999-12-31", "2026-02-30", "2026-06-15T25:00:00Z",
}

// spoil breaks a JSON value in one place: a member too many, too few, or of
// another kind than it was.
func (v *values) spoil(at any) any {
	switch at := at.(type) {
	case map[string]any:
		if len(at) == 0 || v.chance(15) {
			at[rapid.StringMatching(`[a-z_]{1,12}`).Draw(v.t, "member")] = pick(v.rng, hostile)
			return at
		}
		name := pick(v.rng, slices.Sorted(maps.Keys(at)))
		if v.chance(25) {
			delete(at, name)
			return at
		}
		at[name] = v.spoil(at[name])
		return at
	case []any:
		if len(at) > 0 && v.chance(60) {
			i := v.between(0, len(at)-1)
			at[i] = v.spoil(at[i])
			return at
		}
	}
	return pick(v.rng, hostile)
}
