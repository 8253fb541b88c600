package ledger

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Code is the stable name of a refusal. Codes are never reused.
type Code string

// Class says what sort of refusal a code is; adapters map classes, not codes.
type Class string

// The classes of refusal.
const (
	ClassInvalid      Class = "invalid"      // the request is malformed; sending it again changes nothing
	ClassUnauthorized Class = "unauthorized" // not signed by whom it claims
	ClassForbidden    Class = "forbidden"    // signed, but not this party's to do
	ClassNotFound     Class = "not_found"
	ClassConflict     Class = "conflict" // the state is another; look and try anew
	ClassRefused      Class = "refused"  // well formed, allowed to the party, against a rule
	ClassLimit        Class = "limit"    // more than the registry keeps
	ClassUnavailable  Class = "unavailable"
)

// Error is a refusal: a code from the one table and its parameters. All else
// that goes wrong is internal and no Error.
type Error struct {
	Code   Code
	Params map[string]string
}

// Refuse makes a refusal. The parameters are pairs of a name and a value.
func Refuse(code Code, params ...string) *Error {
	e := &Error{Code: code}
	for i := 0; i+1 < len(params); i += 2 {
		if e.Params == nil {
			e.Params = map[string]string{}
		}
		e.Params[params[i]] = params[i+1]
	}
	return e
}

// Error gives the English text with the code before it.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Text(English) }

// Is makes errors.Is compare codes.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && t.Params == nil
}

// Class gives the class of the refusal's code.
func (e *Error) Class() Class { return catalogue[e.Code].class }

// Retryable says whether the same command may succeed later, unchanged.
func (e *Error) Retryable() bool { return catalogue[e.Code].retryable }

// Text gives the refusal in words, with what to change.
func (e *Error) Text(lang Language) string {
	entry, ok := catalogue[e.Code]
	if !ok {
		return string(e.Code)
	}
	text := entry.text[lang]
	for _, name := range slices.Sorted(maps.Keys(e.Params)) {
		text = strings.ReplaceAll(text, "{"+name+"}", e.Params[name])
	}
	return text
}

// CodeOf gives the code of a refusal, or "" where err is none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// Codes lists every code, sorted.
func Codes() []Code { return slices.Sorted(maps.Keys(catalogue)) }

// Language of a text for people.
type Language string

// The three languages that every text exists in.
const (
	Swedish Language = "sv"
	Danish  Language = "da"
	English Language = "en"
)

// Languages lists them, the registry's first language first.
func Languages() []Language { return []Language{Swedish, Danish, English} }

type catalogueEntry struct {
	class     Class
	retryable bool
	text      map[Language]string
}

func itoa[T ~int | ~int64 | ~uint64](n T) string { return strconv.FormatInt(int64(n), 10) }
