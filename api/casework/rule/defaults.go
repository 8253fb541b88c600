package rule

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
)

// Sweden's rules, as a company begins with them. Another country's are another file.
//
//go:embed data/se.json
var sweden []byte

// Defaults gives the first version of every rule. Nobody answers for them yet, so
// that each proposes until a person of the company has taken it over.
func Defaults() ([]Rule, error) {
	return Parse(sweden)
}

// Parse reads a file of rules: a JSON array, without fields that are not known and
// without one rule twice.
func Parse(file []byte) ([]Rule, error) {
	d := json.NewDecoder(bytes.NewReader(file))
	d.DisallowUnknownFields()
	var all []Rule
	if err := d.Decode(&all); err != nil {
		return nil, fmt.Errorf("reading rules: %w", err)
	}
	seen := map[ID]bool{}
	for i := range all {
		if err := all[i].Check(); err != nil {
			return nil, fmt.Errorf("reading the rule %q: %w", all[i].ID, err)
		}
		if seen[all[i].ID] {
			return nil, fmt.Errorf("reading rules: %q stands there twice", all[i].ID)
		}
		seen[all[i].ID] = true
	}
	return all, nil
}
