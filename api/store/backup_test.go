package store_test

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// remembered are the tables of what cannot be rebuilt, ordered by a key.
var remembered = []string{
	"SELECT * FROM submissions ORDER BY signer, command", "SELECT * FROM assertions ORDER BY party, jti",
	"SELECT * FROM idempotency ORDER BY party, target, name", "SELECT * FROM imports ORDER BY id",
	"SELECT * FROM import_rows ORDER BY import, line", "SELECT * FROM webhooks ORDER BY id",
	"SELECT * FROM deliveries ORDER BY webhook, position",
	"SELECT * FROM persons ORDER BY party", "SELECT * FROM invitations ORDER BY id", "SELECT * FROM credentials ORDER BY id",
	"SELECT * FROM callbacks ORDER BY id", "SELECT * FROM messages ORDER BY place",
}

// kept is how many rows memories makes that a backup has.
const kept = 14

// memories fills every table of what cannot be rebuilt.
func memories(t *testing.T, s *store.Store, on database, address string) {
	t.Helper()
	if err := s.Remember(t.Context(), store.Submission{
		Signer: lender, Command: "c", Op: ledger.OpPay, Subject: noteID(1).Subject(), Seq: 3, Expires: noon,
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Once(t.Context(), lender, "jti", noon, noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	person(t, s, anna)
	for _, statement := range []string{
		`INSERT INTO idempotency (party, target, name, request, status, header, body, expires)
			VALUES ('p', 'POST /v1/notes', 'key "1"', 'r', 201, '{}', '{"å":"<ö>` + "\u2028" + `"}', 9007199254740993)`,
		`INSERT INTO imports (id, party, digest, name, total, created) VALUES ('i', 'p', 'd', 'lån.csv', 2, 1)`,
		`INSERT INTO import_rows (import, line, state, note, code, params) VALUES ('i', 1, 'offered', 'n', '', '{}')`,
		`INSERT INTO import_rows (import, line, state, note, code, params) VALUES ('i', 2, 'rejected', '', 'row_invalid', '{}')`,
		`INSERT INTO webhooks (id, party, url, description, ops, state, reason, position, created)
			VALUES ('w', 'p', 'https://lender.example/hook', '', '', 'active', '', 7, 1)`,
		`INSERT INTO deliveries (webhook, position, id, subject, state, attempts, due, tried, status, fault, took)
			VALUES ('w', 7, 'd', 'note/n', 'waiting', 1, 2, 3, 500, 'no', 4)`,
	} {
		if _, err := on.behind(t, address).ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNothingIsLostWithTheDatabase is the drill: the database is backed up while
// it serves, and destroyed; another one, of either kind, gets the backup and the
// ledger's blocks, and is what the first was.
func TestNothingIsLostWithTheDatabase(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		w := busy()
		s, address := on.opened(t)
		follow(t, s, w)
		await(t, s, w)
		memories(t, s, on, address)
		var backup bytes.Buffer
		rows, err := store.Backup(t.Context(), address, noon, &backup)
		if err != nil || rows != kept {
			t.Fatalf("%d rows are backed up, %v; want %d", rows, err, kept)
		}
		want := on.dump(t, address) + written(t, on.behind(t, address), remembered...)
		everywhere(t, func(t *testing.T, to database) {
			address := to.address(t)
			s, err := store.Open(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			if rows, err := s.Restore(t.Context(), bytes.NewReader(backup.Bytes())); err != nil || rows != kept {
				t.Fatalf("%d rows are restored, %v; want %d", rows, err, kept)
			}
			s = restarted(t, s, address)
			follow(t, s, w)
			await(t, s, w)
			if got := to.dump(t, address) + written(t, to.behind(t, address), remembered...); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			var again bytes.Buffer
			if _, err := store.Backup(t.Context(), address, noon, &again); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(sortedLines(again.String()), sortedLines(backup.String())) {
				t.Errorf("its own backup is\n%s\nwant\n%s", again.String(), backup.String())
			}
		})
	})
}

// sortedLines gives the rows of a backup, whose order is the database's.
func sortedLines(backup string) []string {
	lines := strings.Split(strings.TrimSpace(backup), "\n")
	lines = lines[:len(lines)-1] // the trailer depends on the order
	slices.Sort(lines)
	return lines
}

func TestBackupIsRestoredWholeOrNotAtAll(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, address := on.opened(t)
		memories(t, s, on, address)
		var b bytes.Buffer
		if _, err := store.Backup(t.Context(), address, noon, &b); err != nil {
			t.Fatal(err)
		}
		whole := b.String()
		lines := strings.SplitAfter(whole, "\n")
		without := func(n int) string { return strings.Join(slices.Delete(slices.Clone(lines), n, n+1), "") }
		empty, _ := on.opened(t)
		for name, text := range map[string]string{
			"nothing":                    "",
			"another file":               "hello\n",
			"no header":                  without(0),
			"no trailer":                 strings.Join(lines[:len(lines)-2], ""),
			"a row is missing":           without(3),
			"a row comes twice":          lines[0] + lines[1] + whole[len(lines[0]):],
			"a row was changed":          strings.Replace(whole, "https://lender.example", "https://thief.example", 1),
			"cut off":                    whole[:len(whole)-40],
			"goes on":                    whole + lines[1],
			"an unknown table":           strings.Replace(whole, `"table":"imports"`, `"table":"meta"`, 1),
			"an unknown column":          strings.Replace(whole, `"digest":"d"`, `"digest) VALUES (1); --":"d"`, 1),
			"a value of another type":    strings.Replace(whole, `"digest":"d"`, `"digest":["d"]`, 1),
			"a number that is not whole": strings.Replace(whole, `"total":2`, `"total":2.5`, 1),
			"of a later form":            strings.Replace(whole, `"version":1`, `"version":2`, 1),
			"of later tables":            strings.Replace(whole, `"schema":`, `"schema":9`, 1),
			"an endless line":            lines[0] + strings.Repeat("x", 17<<20),
		} {
			t.Run(name, func(t *testing.T) {
				if text == whole {
					t.Fatal("the backup is not changed")
				}
				if rows, err := empty.Restore(t.Context(), strings.NewReader(text)); err == nil {
					t.Errorf("%d rows are restored", rows)
				}
			})
		}
		// After all that it is empty still.
		if rows, err := empty.Restore(t.Context(), strings.NewReader(whole)); err != nil || rows != kept {
			t.Errorf("%d rows are restored, %v; want %d", rows, err, kept)
		}
		if _, err := empty.Restore(t.Context(), strings.NewReader(whole)); !errors.Is(err, store.ErrNotEmpty) {
			t.Errorf("a second time gives %v, want ErrNotEmpty", err)
		}
	})
}

func TestBackupOfAnotherNetworkIsRefused(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		_, address := on.opened(t)
		var b bytes.Buffer
		if _, err := store.Backup(t.Context(), address, noon, &b); err != nil {
			t.Fatal(err)
		}
		other, err := store.Open(t.Context(), on.address(t))
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		if err := other.Claim(t.Context(), "net-2"); err != nil {
			t.Fatal(err)
		}
		if _, err := other.Restore(t.Context(), &b); !errors.Is(err, store.ErrOtherNetwork) {
			t.Errorf("it is answered %v, want ErrOtherNetwork", err)
		}
	})
}

func TestDatabaseThatIsNotThereIsNotBackedUp(t *testing.T) {
	if _, err := store.Backup(t.Context(), filepath.Join(t.TempDir(), "gateway.db"), noon, io.Discard); err == nil {
		t.Error("an empty backup is made")
	}
}
