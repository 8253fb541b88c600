package api

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

const jsonType = "application/json"

func malformed(detail string) *ledger.Error {
	return ledger.Refuse(ledger.CodeRequestMalformed, "detail", detail)
}

// readJSON reads a request's body: one JSON value without unknown members,
// since the caller may have meant something by them.
func readJSON(r *http.Request, v any) error {
	if err := requireType(r, jsonType); err != nil {
		return err
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		if name, unknown := unknownMember(err); unknown {
			detail := name + " is not known"
			if _, write := v.(*writeRequest); write {
				detail += `: a write is {"body": {…}} or {"jws": "…"}`
			}
			return malformed(detail)
		}
		return notJSON(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return tooLarge
		}
		return malformed("there is more after the JSON value")
	}
	return nil
}

// unknownMember gives the name of a member that a decoder does not know, which its
// error alone says.
func unknownMember(err error) (name string, is bool) {
	quoted, is := strings.CutPrefix(err.Error(), "json: unknown field ")
	if !is {
		return "", false
	}
	name, err = strconv.Unquote(quoted)
	return clip(name, 64), err == nil
}

// notJSON makes a refusal of a decoder's error. It repeats no value that the
// caller sent, only names and places.
func notJSON(err error) error {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge
	}
	if refusal, ok := errors.AsType[*ledger.Error](err); ok {
		return refusal
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if e.Field == "" {
			return malformed("the value must be a JSON object")
		}
		return malformed(clip(e.Field, 64) + " must be " + jsonTypeOf(e.Type))
	}
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return malformed(fmt.Sprintf("not JSON at byte %d", e.Offset))
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return malformed("the JSON ends too soon")
	}
	return malformed(clip(err.Error(), 120))
}

// jsonTypeOf names the JSON that is read as a type.
func jsonTypeOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "text"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map, reflect.Pointer:
		return "an object"
	default:
		return "a whole number"
	}
}

func requireType(r *http.Request, want string) error {
	got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || got != want {
		return ledger.Refuse(ledger.CodeMediaType, "want", want)
	}
	return nil
}

// object is a JSON object whose members are not looked into.
type object map[string]json.RawMessage

// readObject reads a JSON object.
func readObject(b json.RawMessage) (object, error) {
	var o object
	if err := json.Unmarshal(b, &o); err != nil || o == nil {
		return nil, malformed("body must be a JSON object")
	}
	return o, nil
}

// same says whether two JSON values are the same scalar.
func same(a, b json.RawMessage) bool { return bytes.Equal(bytes.TrimSpace(a), bytes.TrimSpace(b)) }

// query reads a request's query strictly: a name that is not known, or there
// twice, is refused, since a filter that is passed over shows the wrong notes.
type query struct {
	values url.Values
	err    error
}

func readQuery(r *http.Request, names ...string) *query {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return &query{err: malformed("the query is not percent-encoded")}
	}
	for name, all := range values {
		if !slices.Contains(names, name) || len(all) != 1 || all[0] == "" {
			want := "there once, with a value"
			switch {
			case len(names) == 0:
				want = "left out"
			case !slices.Contains(names, name):
				want = "left out: there are " + strings.Join(names, ", ")
			}
			return &query{err: ledger.Refuse(ledger.CodeQueryInvalid, "field", clip(name, 32), "want", want)}
		}
	}
	return &query{values: values}
}

// text gives a parameter that must satisfy valid; "" where it is absent.
func (q *query) text(name, want string, valid func(string) bool) string {
	v := q.values.Get(name)
	if v != "" && q.err == nil && !valid(v) {
		q.err = ledger.Refuse(ledger.CodeQueryInvalid, "field", name, "want", want)
	}
	return v
}

// number gives a whole number from least to most, or the fallback.
func (q *query) number(name string, fallback, least, most int) int {
	v := q.values.Get(name)
	if v == "" {
		return fallback
	}
	n, err := strconv.Atoi(v)
	if (err != nil || n < least || n > most) && q.err == nil {
		q.err = ledger.Refuse(ledger.CodeQueryInvalid, "field", name, "want", fmt.Sprintf("a whole number from %d to %d", least, most))
	}
	return n
}

// date gives a date, or the fallback.
func (q *query) date(name string, fallback finance.Date) finance.Date {
	v := q.values.Get(name)
	if v == "" {
		return fallback
	}
	d, err := finance.ParseDate(v)
	if err != nil && q.err == nil {
		q.err = ledger.Refuse(ledger.CodeQueryInvalid, "field", name, "want", "a date such as 2026-11-21")
	}
	return d
}

// past gives an instant that is not after now, or now.
func (q *query) past(name string, now time.Time) time.Time {
	v := q.values.Get(name)
	if v == "" {
		return now
	}
	t, err := time.Parse(time.RFC3339, v)
	if (err != nil || t.After(now) || finance.DateOf(t).IsZero()) && q.err == nil {
		q.err = ledger.Refuse(ledger.CodeQueryInvalid, "field", name, "want", "an instant such as 2026-11-21T10:00:00Z that is not to come")
	}
	return t.UTC()
}

// cursor gives the place where a list goes on; 0 for its beginning.
func (q *query) cursor() int64 {
	v := q.values.Get("cursor")
	if v == "" {
		return 0
	}
	b, err := base64.RawURLEncoding.DecodeString(v)
	n, errN := strconv.ParseInt(string(b), 36, 64)
	if (err != nil || errN != nil || n <= 0) && q.err == nil {
		q.err = ledger.Refuse(ledger.CodeQueryInvalid, "field", "cursor", "want", "the next of the page before")
	}
	return n
}

// nextCursor writes a place for cursor. Its form says to callers that it is not
// theirs to compute.
func nextCursor(n int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(n, 36)))
}

// answer writes a JSON answer.
func answer(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", jsonType)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		w.Header().Del("Content-Type")
		return fmt.Errorf("writing an answer: %w", err)
	}
	w.WriteHeader(status)
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("sending an answer: %w", err)
	}
	return nil
}

// bytesText writes a number of bytes as people say it.
func bytesText(n int64) string {
	if n >= 1<<20 && n%(1<<20) == 0 {
		return strconv.FormatInt(n>>20, 10) + " MiB"
	}
	return strconv.FormatInt(n, 10) + " bytes"
}

// oneLine says that a text is UTF-8 and has no control characters: a name that a
// log, a table and a database can hold. PostgreSQL refuses a zero byte.
func oneLine(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}
