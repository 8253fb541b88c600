package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

const (
	// MaxImports is how many imports a party may have that have not ended.
	MaxImports = 20
	// maxImports bounds the imports of one answer.
	maxImports = 100
)

// ImportState says how far an import has come.
type ImportState string

// The states of an import.
const (
	ImportDraft    ImportState = "draft"    // rows come in; nothing is submitted
	ImportRunning  ImportState = "running"  // the gateway submits what has come in
	ImportPaused   ImportState = "paused"   // rows come in; nothing more is submitted
	ImportFinished ImportState = "finished" // the fate of every row is final
	// ImportCancelling hands in nothing new, and has rows whose offers were handed
	// in before it was cancelled and whose outcome is open.
	ImportCancelling ImportState = "cancelling"
	ImportCancelled  ImportState = "cancelled"
)

// Import is a file whose rows become notes, as far as it has come.
type Import struct {
	ID        string
	Party     ledger.PartyID
	Digest    string // a party has one import of a digest that is not cancelled
	Name      string
	Rehearsal bool // its offers are checked and never submitted
	Rows      int  // in the file
	State     ImportState
	Waiting   int // rows that have come in and whose fate is open
	Offered   int // rows whose offer is on the ledger, or would be
	Rejected  int // rows that were refused
	Cancelled int // rows that were not handed in when the import was cancelled
	Created   time.Time
	Ended     time.Time // zero until it is finished or cancelled
}

// RowState says what became of a row.
type RowState string

// The states of a row.
const (
	RowWaiting   RowState = "waiting"
	RowOffered   RowState = "offered"
	RowPassed    RowState = "passed" // would have been offered, in a rehearsal
	RowRejected  RowState = "rejected"
	RowCancelled RowState = "cancelled"
)

// ImportRow is a row of an import.
type ImportRow struct {
	Row    int // counts from 1
	State  RowState
	JWS    string            // the signed offer of a row that waits
	Note   ledger.NoteID     // of an offered row
	Code   ledger.Code       // of a rejected row
	Params map[string]string // of the code
}

const selectImports = `SELECT id, party, digest, name, rehearsal, total, state, waiting, offered, rejected, cancelled, created, ended FROM imports `

func scanImport(rows *sql.Rows) (i Import, err error) {
	var rehearsal, created, ended int64
	err = rows.Scan(&i.ID, &i.Party, &i.Digest, &i.Name, &rehearsal, &i.Rows, &i.State,
		&i.Waiting, &i.Offered, &i.Rejected, &i.Cancelled, &created, &ended)
	i.Rehearsal, i.Created = rehearsal != 0, time.Unix(created, 0).UTC()
	if ended > 0 {
		i.Ended = time.Unix(ended, 0).UTC()
	}
	return i, err
}

func imports(ctx context.Context, q queryer, where string, args ...any) ([]Import, error) {
	rows, err := q.QueryContext(ctx, selectImports+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading imports: %w", err)
	}
	return collect(rows, scanImport)
}

func oneImport(ctx context.Context, q queryer, where string, args ...any) (*Import, error) {
	all, err := imports(ctx, q, where, args...)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// OpenImport makes an import, or gives the one that the party has of the digest.
// It gives nil where the party has MaxImports that have not ended.
func (s *Store) OpenImport(ctx context.Context, i Import) (opened *Import, made bool, err error) {
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var open int
		if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM imports WHERE party = $1 AND ended = 0", string(i.Party)).Scan(&open); err != nil {
			return err
		}
		if open < MaxImports {
			n, err := changed(tx.ExecContext(ctx, `INSERT INTO imports (id, party, digest, name, rehearsal, total, state, created)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
				i.ID, string(i.Party), i.Digest, i.Name, flag(i.Rehearsal), i.Rows, string(ImportDraft), i.Created.Unix()))
			if err != nil {
				return err
			}
			made = n == 1
		}
		var err error
		opened, err = oneImport(ctx, tx, "WHERE party = $1 AND digest = $2 AND rehearsal = $3 AND state <> 'cancelled'",
			string(i.Party), i.Digest, flag(i.Rehearsal))
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("opening an import: %w", err)
	}
	return opened, made, nil
}

// flag writes a truth as both databases keep it.
func flag(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// Import gives a party's import, or nil where it has none with the id.
func (s *Store) Import(ctx context.Context, party ledger.PartyID, id string) (*Import, error) {
	return oneImport(ctx, s.reader, "WHERE party = $1 AND id = $2", string(party), id)
}

// Imports lists a party's latest imports, the newest first.
func (s *Store) Imports(ctx context.Context, party ledger.PartyID) ([]Import, error) {
	return imports(ctx, s.reader, "WHERE party = $1 ORDER BY created DESC, id LIMIT $2", string(party), maxImports)
}

// ImportsToDo gives the imports with rows that wait and whose work goes on, the
// oldest first: those that run, and those that are being cancelled.
func (s *Store) ImportsToDo(ctx context.Context) ([]Import, error) {
	return imports(ctx, s.reader, "WHERE state IN ('running', 'cancelling') AND waiting > 0 ORDER BY created, id LIMIT $1", maxImports)
}

// SetImport changes the state of an import that is in one of some states, and
// gives it as it then is. One that runs with nothing left to do is finished, and
// one that shall be cancelled is ImportCancelling while rows of it are handed in.
func (s *Store) SetImport(ctx context.Context, i Import, to ImportState, now time.Time, from ...ImportState) (set *Import, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := setImport(ctx, tx, i.ID, to, now, from); err != nil {
			return err
		}
		var err error
		set, err = oneImport(ctx, tx, "WHERE party = $1 AND id = $2", string(i.Party), i.ID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("changing an import: %w", err)
	}
	return set, nil
}

func setImport(ctx context.Context, tx *sql.Tx, id string, to ImportState, now time.Time, from []ImportState) error {
	if to == ImportCancelled {
		to = ImportCancelling
	}
	for _, state := range from {
		n, err := changed(tx.ExecContext(ctx, "UPDATE imports SET state = $1 WHERE id = $2 AND state = $3", string(to), id, string(state)))
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		if to == ImportCancelling {
			if err := cancelRows(ctx, tx, id); err != nil {
				return err
			}
		}
		return endImport(ctx, tx, id, now)
	}
	return nil
}

// cancelRows drops what waits and was never handed in. An offer that was handed
// in may be on the ledger, from which nothing is taken back: its row keeps it and
// goes on waiting for its outcome.
func cancelRows(ctx context.Context, tx *sql.Tx, id string) error {
	n, err := changed(tx.ExecContext(ctx, `UPDATE import_rows SET state = 'cancelled', jws = ''
		WHERE import = $1 AND state = 'waiting' AND handed_in = 0`, id))
	if err != nil {
		return err
	}
	return rowCount{RowWaiting: -n, RowCancelled: n}.add(ctx, tx, id)
}

// endImport brings the state of an import in line with its rows: one that runs
// is finished with the last row, one that is being cancelled ends with the last
// that was handed in, and a finished one with new rows runs again.
func endImport(ctx context.Context, tx *sql.Tx, id string, now time.Time) error {
	for _, statement := range []string{
		`UPDATE imports SET state = 'finished', ended = $1
			WHERE id = $2 AND state = 'running' AND waiting = 0 AND offered + rejected >= total`,
		"UPDATE imports SET state = 'cancelled', ended = $1 WHERE id = $2 AND state = 'cancelling' AND waiting = 0",
	} {
		if _, err := tx.ExecContext(ctx, statement, now.Unix(), id); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "UPDATE imports SET state = 'running', ended = 0 WHERE id = $1 AND state = 'finished' AND waiting > 0", id)
	return err
}
