package finance

import (
	"errors"
	"fmt"
)

// ErrOutOfRange reports a result that does not fit the limits of its type.
var ErrOutOfRange = errors.New("the result is out of range")

// FieldError reports an input that breaks a rule of this package.
type FieldError struct {
	// Field is the name of the field as it is spelled in JSON.
	Field string
	// Problem completes the sentence "the field …".
	Problem string
}

// Error names the field and what is wrong with it.
func (e *FieldError) Error() string { return e.Field + " " + e.Problem }

func fieldErrorf(field, format string, args ...any) *FieldError {
	return &FieldError{Field: field, Problem: fmt.Sprintf(format, args...)}
}

// MissingRateError reports that a table ends before, or begins after, the day
// that was asked for. The law sets these figures ahead of time, one period at a
// time, so the next one cannot be computed; it has to be added to the table.
type MissingRateError struct {
	Jurisdiction Jurisdiction `json:"jurisdiction"`
	// Kind is "reference rate" or "price base amount".
	Kind string `json:"kind"`
	// From is the first day of the period that the table does not have.
	From Date `json:"from"`
}

// Error names the missing figure, so that the reader knows what to add.
func (e *MissingRateError) Error() string {
	return fmt.Sprintf("the %s %s from %s is not in the table", e.Jurisdiction, e.Kind, e.From)
}
