package store

import (
	"path/filepath"
	"testing"
)

// TestCommitIsOnTheDiskBeforeItIsAnswered: in WAL mode any lower setting lets a
// power cut take back the last commits, and with them that an assertion was used.
func TestCommitIsOnTheDiskBeforeItIsAnswered(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "gateway.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const full = 2 // https://sqlite.org/pragma.html#pragma_synchronous
	var got int
	if err := s.writer.QueryRowContext(t.Context(), "PRAGMA synchronous").Scan(&got); err != nil || got != full {
		t.Errorf("synchronous is %d, %v; want FULL", got, err)
	}
}
