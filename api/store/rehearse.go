package store

import (
	"context"
	"database/sql"
	"errors"
)

type rehearsalKey struct{}

// Rehearse gives a context in which writes are carried out and then taken back:
// they say what they would say, and nothing is kept. What a write does not read
// in its own database transaction it does not see afterwards.
func Rehearse(ctx context.Context) context.Context {
	return context.WithValue(ctx, rehearsalKey{}, true)
}

// errRehearsed takes back a write that went well.
var errRehearsed = errors.New("a rehearsal is taken back")

// kept runs a write by a way of writing, and in a rehearsal has it taken back.
func kept(ctx context.Context, do func(context.Context, *sql.Tx) error, by func(context.Context, func(context.Context, *sql.Tx) error) error) error {
	if ctx.Value(rehearsalKey{}) == nil {
		return by(ctx, do)
	}
	err := by(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := do(ctx, tx); err != nil {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		return nil // it was not committed, whatever else befell the transaction
	}
	return err
}
