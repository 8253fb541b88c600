package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// The tables of what cannot be rebuilt are brought from version to version.
//
//go:embed migrations/*.sql
var migrations embed.FS

// The read model has one version, this one: where the database has another, it
// is made anew and rebuilt from the blocks.
//
//go:embed schema/read_model.sql
var readModel string

// readModelVersion grows with every change of schema/read_model.sql, or of what
// is written there.
const readModelVersion = "6"

// readModelTables are all tables of the read model.
var readModelTables = []string{"transactions", "entries", "entry_parties", "notes", "note_parties", "parties", "attorneys", "books"}

// prepare brings the tables to this version.
func (s *Store) prepare(ctx context.Context, dialect goose.Dialect) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("finding the migrations: %w", err)
	}
	p, err := goose.NewProvider(dialect, s.writer, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	had, err := meta(ctx, s.writer, metaReadModel)
	if err != nil || had == readModelVersion {
		return err
	}
	return s.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return remakeReadModel(ctx, tx) })
}

// remakeReadModel makes the tables of the read model anew, empty, and forgets
// how far it had come.
func remakeReadModel(ctx context.Context, tx *sql.Tx) error {
	for _, table := range readModelTables {
		if _, err := tx.ExecContext(ctx, "DROP TABLE IF EXISTS "+table); err != nil {
			return fmt.Errorf("dropping the table %s: %w", table, err)
		}
	}
	if _, err := tx.ExecContext(ctx, readModel); err != nil {
		return fmt.Errorf("making the read model: %w", err)
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM meta WHERE name = $1", metaNext); err != nil {
		return fmt.Errorf("forgetting the checkpoint: %w", err)
	}
	return setMeta(ctx, tx, metaReadModel, readModelVersion)
}
