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

// StaffID names a member of staff.
type StaffID string

// Act is something that a member of staff or a rule did.
type Act struct {
	ID       string // a UUID, drawn at random
	Place    int64  // continues a list before this one
	Name     string
	Note     ledger.NoteID // empty where it is about no note
	Staff    StaffID       // empty where a rule did it
	Rule     string        // which, with its version; empty where staff did it
	Reason   string        // in words of who did it
	Approved StaffID       // the second person, where two were needed
	Undoes   string        // the id of the act that it takes back
	Command  ledger.CommandID
	// Unsettled says that what became of the command was not known when it was done.
	Unsettled bool
	// UnderWay says that it was begun, and nobody has come back to say that it is done:
	// what became of Command says so, then.
	UnderWay bool
	Body     json.RawMessage
	UndoName string // of the act that takes it back; empty where nothing can
	UndoBody json.RawMessage
	At       time.Time
}

// actUnderWay stands in an act's column unsettled, beside the 0 and 1 of Unsettled.
const actUnderWay = 2

func (a *Act) state() int {
	if a.UnderWay {
		return actUnderWay
	}
	return bit(a.Unsettled)
}

// AddAct keeps what was done; once, however often it is said. Of one that was under way
// it says how it ended.
func (b *Book) AddAct(ctx context.Context, a Act) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		place, err := store.NextPlace(ctx, tx, "acts")
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO acts (id, place, name, note, staff, rule, reason, approved, undoes, command, unsettled, body, undo_name, undo_body, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
			ON CONFLICT (id) DO UPDATE SET undo_name = excluded.undo_name, undo_body = excluded.undo_body,
				unsettled = CASE WHEN acts.unsettled = 2 THEN excluded.unsettled ELSE acts.unsettled END
			WHERE acts.undo_name = '' AND acts.command = excluded.command AND excluded.unsettled <> 2`,
			a.ID, place, a.Name, string(a.Note), string(a.Staff), a.Rule, a.Reason, string(a.Approved), a.Undoes, string(a.Command), a.state(),
			string(a.Body), a.UndoName, string(a.UndoBody), a.At.Unix())
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping what was done: %w", err)
	}
	return nil
}

// notBegun holds for an act under way whose command never reached the ledger: none was
// kept, or it was refused. Nothing was done then.
const notBegun = `unsettled = 2 AND NOT EXISTS (
	SELECT 1 FROM desk_commands c WHERE c.command = acts.command AND c.state NOT IN ('rejected', 'conflicted'))`

// DropAct forgets an act that was begun and did not come to anything. Any other stays.
func (b *Book) DropAct(ctx context.Context, id string) error {
	return b.dropActs(ctx, "id = $1", id)
}

// DropActsNotBegun does so with those that were begun before a time.
func (b *Book) DropActsNotBegun(ctx context.Context, before time.Time) error {
	return b.dropActs(ctx, "at < $1", before.Unix())
}

func (b *Book) dropActs(ctx context.Context, which string, arg any) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM acts WHERE "+notBegun+" AND "+which, arg)
		return err
	})
	if err != nil {
		return fmt.Errorf("forgetting what was not done: %w", err)
	}
	return nil
}

const selectActs = "SELECT id, place, name, note, staff, rule, reason, approved, undoes, command, unsettled, body, undo_name, undo_body, at FROM acts "

func scanAct(rows *sql.Rows) (a Act, err error) {
	var at int64
	var body, undo string
	var unsettled int
	err = rows.Scan(&a.ID, &a.Place, &a.Name, &a.Note, &a.Staff, &a.Rule, &a.Reason, &a.Approved, &a.Undoes, &a.Command, &unsettled, &body, &a.UndoName, &undo, &at)
	a.Unsettled, a.UnderWay, a.Body, a.UndoBody, a.At = unsettled != 0, unsettled == actUnderWay, json.RawMessage(body), json.RawMessage(undo), store.InTime(at)
	return a, err
}

// ActsOf lists what was done about a note, the latest first, before a place; 0 for
// the first page.
func (b *Book) ActsOf(ctx context.Context, note ledger.NoteID, before int64, limit int) ([]Act, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	rows, err := b.Reader().QueryContext(ctx, selectActs+"WHERE note = $1 AND place < $2 ORDER BY place DESC LIMIT $3", string(note), before, store.PageLimit(limit))
	if err != nil {
		return nil, fmt.Errorf("reading what was done: %w", err)
	}
	return store.Collect(rows, scanAct)
}

// Act gives an act, or nil where there is none with the id.
func (b *Book) Act(ctx context.Context, id string) (*Act, error) {
	rows, err := b.Reader().QueryContext(ctx, selectActs+"WHERE id = $1", id)
	if err != nil {
		return nil, fmt.Errorf("reading what was done: %w", err)
	}
	return first(store.Collect(rows, scanAct))
}

// Undone says whether an act was taken back.
func (b *Book) Undone(ctx context.Context, id string) (bool, error) {
	var n int
	err := b.Reader().QueryRowContext(ctx, "SELECT COUNT(*) FROM acts WHERE undoes = $1 AND undoes <> ''", id).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("reading whether an act was taken back: %w", err)
	}
	return n > 0, nil
}
