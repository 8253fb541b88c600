package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"strconv"
	"strings"
	"time"
)

// A backup holds what cannot be rebuilt from the ledger: a line of JSON for each
// row, between a header and a trailer. It names columns and no types of one
// database, so that it can be restored into the other kind.

// keptTables are the tables of a backup: all that migrations make, but meta and the
// passing ones.
var keptTables = []string{
	"submissions", "assertions", "idempotency", "idempotency_notes", "imports", "import_rows", "webhooks", "deliveries",
	"persons", "invitations", "credentials", "callbacks", "messages", "journal", "follow_ups", "answers", "complaints", "outbox", "heard_answers", "cursors", "acts",
	"staff", "staff_credentials", "approvals", "desk_commands", "readings",
	"tasks", "contacts", "promised_calls", "promises", "complaint_register", "flags",
	"cases", "persons_of_cases",
	"rules", "decisions", "stops", "rounds",
	"letters",
	"bank_files", "bank_entries", "bank_file_entries", "bank_parts",
	"reports",
}

// passingTables are not backed up: who was signed in when a backup was made is not
// signed in again by it, perhaps after having signed out.
var passingTables = []string{"sessions", "challenges", "drafts", "staff_sessions", "staff_invitations", "act_drafts", "search_terms", "case_progress", "note_links", "offer_checks"}

// The form of a backup.
const (
	backupKind    = "skuld gateway backup"
	backupVersion = 1
	maxBackupLine = 16 << 20 // bytes; an answer kept for a key is the longest
)

type backupHeader struct {
	Kind    string    `json:"kind"`
	Version int       `json:"version"`
	Network string    `json:"network"`
	Made    time.Time `json:"made"`
	Schema  int64     `json:"schema"` // of the latest migration
}

type backupRow struct {
	Table string         `json:"table"`
	Row   map[string]any `json:"row"` // text or whole number
}

type backupTrailer struct {
	Rows   int    `json:"rows"`
	SHA256 string `json:"sha256"` // of all lines before this one, in hex
}

// Backup writes what cannot be rebuilt, as it stands at one moment, and gives the
// number of rows. The database may be in use, also by another process. What is
// written is as secret as the database itself.
func Backup(ctx context.Context, address string, made time.Time, w io.Writer) (rows int, err error) {
	db, err := openToRead(address)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return 0, fmt.Errorf("beginning to read %s: %w", Redacted(address), err)
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }() // it only reads
	h := backupHeader{Kind: backupKind, Version: backupVersion, Made: made.UTC()}
	if h.Schema, err = requireSchema(ctx, tx); err != nil {
		return 0, err
	}
	if h.Network, err = meta(ctx, tx, metaNetwork); err != nil {
		return 0, err
	}
	out := &lineWriter{w: w, hash: sha256.New()}
	if err := out.line(h); err != nil {
		return 0, err
	}
	for _, table := range keptTables {
		if err := backupTable(ctx, tx, table, out); err != nil {
			return 0, fmt.Errorf("reading the table %s: %w", table, err)
		}
	}
	rows = out.lines - 1
	return rows, out.line(backupTrailer{Rows: rows, SHA256: hex.EncodeToString(out.hash.Sum(nil))})
}

// openToRead opens a database that must be there, without the right to write.
func openToRead(address string) (*sql.DB, error) {
	if isPostgres(address) {
		c, err := parsePostgres(address)
		if err != nil {
			return nil, err
		}
		return openPostgres(c, nil, 1), nil
	}
	if _, err := os.Stat(address); err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	return openSQLite(address, "deferred", 1)
}

// requireSchema gives the version of the tables, which must be this program's.
func requireSchema(ctx context.Context, q queryer) (int64, error) {
	var is int64
	if err := q.QueryRowContext(ctx, "SELECT MAX(version_id) FROM goose_db_version").Scan(&is); err != nil {
		return 0, fmt.Errorf("asking for the version of the tables: %w", err)
	}
	want, err := latestMigration()
	if err != nil {
		return 0, err
	}
	if is != want {
		return 0, fmt.Errorf("the tables have version %d and this program version %d: start its gateway once, or use the program of that version", is, want)
	}
	return is, nil
}

func latestMigration() (latest int64, err error) {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		return 0, fmt.Errorf("finding the migrations: %w", err)
	}
	for _, f := range files {
		number, _, _ := strings.Cut(path.Base(f.Name()), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("reading the number of the migration %s: %w", f.Name(), err)
		}
		latest = max(latest, n)
	}
	return latest, nil
}

func backupTable(ctx context.Context, tx *sql.Tx, table string, out *lineWriter) error {
	rows, err := tx.QueryContext(ctx, "SELECT * FROM "+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values, places := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return err
		}
		row := make(map[string]any, len(columns))
		for i, name := range columns {
			switch v := values[i].(type) {
			case string, int64:
				row[name] = v
			default:
				return fmt.Errorf("the column %s holds a %T, and only text and whole numbers are backed up", name, v)
			}
		}
		if err := out.line(backupRow{table, row}); err != nil {
			return err
		}
	}
	return rows.Err()
}

// lineWriter writes JSON in lines and counts them.
type lineWriter struct {
	w     io.Writer
	hash  hash.Hash // of what was written
	lines int
}

func (l *lineWriter) line(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("writing line %d: %w", l.lines+1, err)
	}
	if len(text) >= maxBackupLine {
		return fmt.Errorf("writing line %d: it has %d bytes, and the most is %d", l.lines+1, len(text), maxBackupLine)
	}
	text = append(text, '\n')
	l.hash.Write(text) // which never fails
	l.lines++
	if _, err := l.w.Write(text); err != nil {
		return fmt.Errorf("writing line %d: %w", l.lines, err)
	}
	return nil
}
