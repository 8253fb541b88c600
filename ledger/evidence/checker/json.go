package checker

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// object is a JSON object. The other values are as encoding/json gives them, with
// numbers as they were written.
type object = map[string]any

// maxDepth is how deep values may nest.
const maxDepth = 64

// parse reads one JSON value, in which no object has a member twice.
func parse(text []byte) (any, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("it is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := value(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something stands after the value")
	}
	return v, nil
}

func value(d *json.Decoder, depth int) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, errors.New("it nests too deep")
	}
	switch t {
	case json.Delim('{'):
		return members(d, depth)
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := value(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	}
	return t, nil
}

func members(d *json.Decoder, depth int) (object, error) {
	o := object{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, ok := t.(string)
		if _, twice := o[name]; !ok || twice {
			return nil, fmt.Errorf("the member %q stands twice", name)
		}
		if o[name], err = value(d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return o, err
}

// canonical reads a text that must be canonical JSON (RFC 8785) with integers alone.
func canonical(text []byte) (object, error) {
	v, err := parse(text)
	if err != nil {
		return nil, err
	}
	o, ok := v.(object)
	if !ok {
		return nil, errors.New("it is no object")
	}
	again, err := write(nil, o)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, text) {
		return nil, errors.New("it is not canonical")
	}
	return o, nil
}

var integer = regexp.MustCompile(`^(0|-?[1-9][0-9]*)$`)

// write appends a value in canonical form.
func write(to []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(to, "null"...), nil
	case bool:
		return strconv.AppendBool(to, v), nil
	case json.Number:
		if !integer.MatchString(v.String()) {
			return nil, fmt.Errorf("%s is no integer", v)
		}
		return append(to, v...), nil
	case string:
		return writeText(to, v), nil
	case []any:
		to = append(to, '[')
		for i, part := range v {
			if i > 0 {
				to = append(to, ',')
			}
			var err error
			if to, err = write(to, part); err != nil {
				return nil, err
			}
		}
		return append(to, ']'), nil
	case object:
		return writeObject(to, v)
	}
	return nil, fmt.Errorf("a %T is no JSON", v)
}

func writeObject(to []byte, o object) ([]byte, error) {
	names := make([]string, 0, len(o))
	for name := range o {
		names = append(names, name)
	}
	// Members are sorted by UTF-16 code units (RFC 8785 section 3.2.3).
	slices.SortFunc(names, func(a, b string) int { return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b))) })
	to = append(to, '{')
	for i, name := range names {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(writeText(to, name), ':')
		var err error
		if to, err = write(to, o[name]); err != nil {
			return nil, err
		}
	}
	return append(to, '}'), nil
}

// short are the escapes of two characters (RFC 8785 section 3.2.2.2).
var short = map[rune]byte{'\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r', '"': '"', '\\': '\\'}

func writeText(to []byte, s string) []byte {
	to = append(to, '"')
	for _, r := range s {
		switch {
		case short[r] != 0:
			to = append(to, '\\', short[r])
		case r < ' ':
			to = fmt.Appendf(to, `\u%04x`, r)
		default:
			to = utf8.AppendRune(to, r)
		}
	}
	return append(to, '"')
}

// shape says whether an object has all of some members and no others but some.
func shape(o object, required []string, optional ...string) error {
	for _, name := range required {
		if _, ok := o[name]; !ok {
			return fmt.Errorf("the member %s is missing", name)
		}
	}
	for name := range o {
		if !slices.Contains(required, name) && !slices.Contains(optional, name) {
			return fmt.Errorf("there is no member %s", name)
		}
	}
	return nil
}

// text gives a member that is a text, "" where it is none.
func text(o object, name string) string {
	s, _ := o[name].(string)
	return s
}

// maxExact is the first number that is too large to be exact.
const maxExact = 1 << 53

// number gives a member that is a number from 0 to 2^53, and whether it is one.
func number(o object, name string) (uint64, bool) {
	n, ok := o[name].(json.Number)
	if !ok || !integer.MatchString(n.String()) {
		return 0, false
	}
	v, err := strconv.ParseUint(n.String(), 10, 64)
	return v, err == nil && v < maxExact
}

// list gives a member that is a list of objects, and whether it is one.
func list(o object, name string) ([]object, bool) {
	all, ok := o[name].([]any)
	if !ok {
		return nil, false
	}
	objects := make([]object, len(all))
	for i, v := range all {
		if objects[i], ok = v.(object); !ok {
			return nil, false
		}
	}
	return objects, true
}

// bytesOf reads bytes in their one spelling.
func bytesOf(s string) ([]byte, error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || base64.RawURLEncoding.EncodeToString(b) != s {
		return nil, errors.New("it is not base64url in its one spelling")
	}
	return b, nil
}

// digestOf reads a digest.
func digestOf(s string) ([32]byte, error) {
	b, err := bytesOf(s)
	if err != nil || len(b) != 32 {
		return [32]byte{}, errors.New("it is no digest")
	}
	return [32]byte(b), nil
}
