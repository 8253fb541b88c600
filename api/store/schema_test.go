package store

import (
	"database/sql"
	"slices"
	"testing"
)

// TestEveryTableIsRebuiltOrBackedUp so that a new one is not forgotten.
func TestEveryTableIsRebuiltOrBackedUp(t *testing.T) {
	inside(t, func(t *testing.T, s *Store) {
		query := "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
		if s.lock != nil {
			query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
		}
		rows, err := s.reader.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		tables, err := collect(rows, scanText)
		if err != nil || len(tables) < len(readModelTables) {
			t.Fatalf("the tables are %v, %v", tables, err)
		}
		known := slices.Concat(readModelTables, keptTables, passingTables, []string{"meta", "goose_db_version"})
		for _, table := range tables {
			if !slices.Contains(known, table) {
				t.Errorf("%s is in none of readModelTables, keptTables and passingTables", table)
			}
		}
		for _, table := range known {
			if !slices.Contains(tables, table) {
				t.Errorf("%s is listed and there is no such table", table)
			}
		}
	})
}

// TestReadModelOfAnotherVersionIsMadeAnew, and what cannot be rebuilt stays.
func TestReadModelOfAnotherVersionIsMadeAnew(t *testing.T) {
	for _, a := range addresses {
		t.Run(a.kind, func(t *testing.T) {
			address := a.make(t)
			s, err := Open(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			for _, statement := range []string{
				"DROP TABLE note_parties", "CREATE TABLE note_parties (born BIGINT NOT NULL)",
				"UPDATE meta SET value = '1' WHERE name = 'read_model'",
				"INSERT INTO meta (name, value) VALUES ('network', 'net-1'), ('next_block', '7')",
				"INSERT INTO assertions (party, jti, expires) VALUES ('p', 'j', 1)",
			} {
				if _, err := s.writer.ExecContext(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if s, err = Open(t.Context(), address); err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := s.Claim(t.Context(), "net-1"); err != nil {
				t.Fatal(err)
			}
			if next, _ := s.Next(); next != 0 {
				t.Errorf("it goes on at block %d, want 0", next)
			}
			if _, _, err := s.Notes(t.Context(), NoteQuery{Party: "p"}); err != nil {
				t.Errorf("lists: %v", err)
			}
			if kept, err := exists(t.Context(), s.reader, "SELECT 1 FROM assertions"); err != nil || !kept {
				t.Errorf("what cannot be rebuilt is kept: %t, %v", kept, err)
			}
		})
	}
}

func scanText(rows *sql.Rows) (text string, err error) {
	err = rows.Scan(&text)
	return text, err
}
