package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// maxMisread bounds what is repeated of a name that a signer chose.
const maxMisread = 40

// wanted says what a value of a type that reads itself must be.
var wanted = map[reflect.Type]string{
	reflect.TypeFor[finance.Amount]():   "a whole number of minor units without quotes, such as 125050",
	reflect.TypeFor[finance.Currency](): "the ISO 4217 code of a supported currency, such as SEK",
	reflect.TypeFor[finance.Date]():     "a date such as 2026-11-21",
	reflect.TypeFor[finance.Rate]():     `a decimal number in quotes without needless zeros, such as "4.5"`,
	reflect.TypeFor[Digest]():           "a SHA-256 in base64url",
	reflect.TypeFor[time.Time]():        "a time such as 2026-11-21T10:00:00Z",
}

// misread says why JSON cannot be read as a value of a type: where the first fault
// is and what must stand there. It is for those who wrote the JSON, so it names
// members as they are spelled there and nothing of how they are read.
func misread(b []byte, t reflect.Type) error {
	d := json.NewDecoder(bytes.NewReader(b))
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return errors.New("it is not JSON")
	}
	if fault := faultIn("", raw, t); fault != "" {
		return errors.New(fault)
	}
	return errors.New("it cannot be read")
}

// faultIn gives the first fault of a value, "" where it has none. Its depth is that
// of the type, which no body makes greater.
func faultIn(path string, raw json.RawMessage, t reflect.Type) string {
	if json.Unmarshal(raw, reflect.New(t).Interface()) == nil && !hasMembers(t) {
		return ""
	}
	if want, ok := wanted[t]; ok {
		return place(path) + " must be " + want
	}
	switch t.Kind() {
	case reflect.Pointer:
		if string(raw) == "null" {
			return ""
		}
		return faultIn(path, raw, t.Elem())
	case reflect.Struct:
		return faultInMembers(path, raw, t)
	case reflect.Slice:
		var all []json.RawMessage
		if json.Unmarshal(raw, &all) != nil {
			return place(path) + " must be a list"
		}
		for i, one := range all {
			if fault := faultIn(path+"["+itoa(i)+"]", one, t.Elem()); fault != "" {
				return fault
			}
		}
		return ""
	case reflect.Bool:
		return place(path) + " must be true or false"
	case reflect.String:
		return place(path) + " must be text"
	default:
		return place(path) + " must be a whole number"
	}
}

// hasMembers says that a value can hold a member that is not known, which reading
// it by itself passes over.
func hasMembers(t reflect.Type) bool {
	if _, whole := wanted[t]; whole {
		return false
	}
	k := t.Kind()
	return k == reflect.Struct || k == reflect.Pointer || k == reflect.Slice && t.Elem().Kind() == reflect.Struct
}

func faultInMembers(path string, raw json.RawMessage, t reflect.Type) string {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil || members == nil {
		return place(path) + " must be an object"
	}
	var names []string
	types := map[string]reflect.Type{}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names, types[name] = append(names, name), f.Type
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if types[name] == nil {
			return unknownMember(path, name, names)
		}
	}
	for _, name := range names {
		value, there := members[name]
		if !there {
			if t == reflect.TypeFor[finance.Money]() {
				return join(path, name) + " is missing"
			}
			continue
		}
		if fault := faultIn(join(path, name), value, types[name]); fault != "" {
			return fault
		}
	}
	return ""
}

func unknownMember(path, name string, names []string) string {
	if len(name) > maxMisread {
		name = strings.ToValidUTF8(name[:maxMisread], "") + "…"
	}
	if len(names) == 0 {
		return join(path, name) + " is not known; there are no fields here"
	}
	return join(path, name) + " is not known; there are " + strings.Join(names, ", ")
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// place names where a fault is; the whole has no name of its own.
func place(path string) string {
	if path == "" {
		return "it"
	}
	return path
}
