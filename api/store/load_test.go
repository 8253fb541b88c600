package store

import (
	commandline "flag" // the package has a function flag
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

var loadNotes = commandline.Int("notes", 0, "how many notes TestListsOfABank fills a database with; 0 skips it")

// TestListsOfABank says how long lists take in a database of many notes, and how
// large that is. It is asked for by -notes 1000000 and takes minutes.
func TestListsOfABank(t *testing.T) {
	if *loadNotes == 0 {
		t.Skip("-notes says of how many notes")
	}
	const rounds = 200
	for _, a := range addresses {
		t.Run(a.kind, func(t *testing.T) {
			address := a.make(t)
			s, err := Open(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			begin := time.Now()
			fill(t, s, *loadNotes)
			t.Logf("%d notes are written in %s and take %s", *loadNotes, time.Since(begin).Round(time.Second), size(t, s, address))
			for _, list := range lists {
				list.q.Limit = 50
				took := make([]time.Duration, rounds)
				for i := range took {
					begin := time.Now()
					if _, _, err := s.Notes(t.Context(), list.q); err != nil {
						t.Fatal(err)
					}
					took[i] = time.Since(begin)
				}
				slices.Sort(took)
				t.Logf("%-26s p50 %8s  p99 %8s", list.name, took[rounds/2].Round(10*time.Microsecond), took[rounds*99/100].Round(10*time.Microsecond))
			}
		})
	}
}

// size gives the size of a database.
func size(t *testing.T, s *Store, address string) string {
	t.Helper()
	var bytes int64
	if s.lock == nil {
		if err := s.reader.QueryRowContext(t.Context(), "SELECT pg_database_size(current_database())").Scan(&bytes); err != nil {
			t.Fatal(err)
		}
	} else {
		files, err := filepath.Glob(address + "*")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			info, err := os.Stat(f)
			if err != nil {
				t.Fatal(err)
			}
			bytes += info.Size()
		}
	}
	return fmt.Sprintf("%d MiB", bytes>>20)
}
