package casebook

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// Command is a command of the company on its way to the ledger. Its bytes are kept, so
// that one whose outcome was not known is handed in again and applied once.
type Command struct {
	ID      ledger.CommandID
	Act     string // the act that it is a part of
	Seq     uint64 // of its note, after it
	Signed  ledger.Signed
	State   ledger.OutcomeState // empty or unknown until it is settled
	Code    ledger.Code         // of the refusal, if any
	Created time.Time
}

// Settled says that what became of the command is known.
func (c *Command) Settled() bool { return c.State != "" && c.State != ledger.Unknown }

// KeepCommand keeps a command that is about to be handed in, in the place of one with
// its id that was refused.
func (b *Book) KeepCommand(ctx context.Context, c Command) error {
	signed, err := json.Marshal(c.Signed)
	if err != nil {
		return fmt.Errorf("writing down a command: %w", err)
	}
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO desk_commands (command, act, seq, signed, state, code, created)
			VALUES ($1, $2, $3, $4, '', '', $5)
			ON CONFLICT (command) DO UPDATE SET seq = excluded.seq, signed = excluded.signed, state = '', code = '', created = excluded.created`,
			string(c.ID), c.Act, int64(c.Seq), string(signed), c.Created.Unix())
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping a command: %w", err)
	}
	return nil
}

// SettleCommand notes what became of a command, also with the act that it is a part of.
func (b *Book) SettleCommand(ctx context.Context, id ledger.CommandID, state ledger.OutcomeState, code ledger.Code) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE desk_commands SET state = $1, code = $2 WHERE command = $3", string(state), string(code), string(id)); err != nil {
			return err
		}
		settled := "unsettled = 1"
		if state == ledger.Committed {
			settled = "unsettled > 0" // also where nobody came back to say that it is done
		}
		_, err := tx.ExecContext(ctx, "UPDATE acts SET unsettled = 0 WHERE command = $1 AND "+settled, string(id))
		return err
	})
	if err != nil {
		return fmt.Errorf("noting what became of a command: %w", err)
	}
	return nil
}

func (b *Book) commands(ctx context.Context, where string, args ...any) ([]Command, error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT command, act, seq, signed, state, code, created FROM desk_commands "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading commands: %w", err)
	}
	return store.Collect(rows, func(rows *sql.Rows) (c Command, err error) {
		var signed string
		var created, seq int64
		if err = rows.Scan(&c.ID, &c.Act, &seq, &signed, &c.State, &c.Code, &created); err != nil {
			return c, err
		}
		c.Seq, c.Created = uint64(seq), store.InTime(created)
		return c, json.Unmarshal([]byte(signed), &c.Signed)
	})
}

// Command gives a command that was kept, or nil.
func (b *Book) Command(ctx context.Context, id ledger.CommandID) (*Command, error) {
	return first(b.commands(ctx, "WHERE command = $1", string(id)))
}

// AppliedAs gives the number that a command has on its note, as the ledger tells; 0 where
// it has not told of it.
func (b *Book) AppliedAs(ctx context.Context, id ledger.CommandID, note ledger.NoteID) (seq uint64, err error) {
	var n int64
	err = b.Reader().QueryRowContext(ctx, "SELECT COALESCE(MAX(seq), 0) FROM entries WHERE command = $1 AND kind = 'note' AND id = $2", string(id), string(note)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("asking whether a command is on the ledger: %w", err)
	}
	return uint64(n), nil
}

// OpenCommands lists the commands of which nothing is known yet and that were kept
// before a time, the oldest first.
func (b *Book) OpenCommands(ctx context.Context, before time.Time, limit int) ([]Command, error) {
	return b.commands(ctx, "WHERE state = '' AND created < $1 ORDER BY created, command LIMIT $2", before.Unix(), store.PageLimit(limit))
}
