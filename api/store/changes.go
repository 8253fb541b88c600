package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// positionBits leaves room for a million commands in one block.
const positionBits = 20

// changes is what some consecutive blocks did, with the states that were read
// from the ledger after them.
type changes struct {
	next    uint64 // the first block after them
	blocks  []ledger.Block
	notes   map[ledger.NoteID]ledger.NoteView
	parties map[ledger.PartyID]ledger.PartyView
	books   map[ledger.BookID]ledger.BookView
	told    []told
}

// put writes blocks, states and the checkpoint in one database transaction: a
// crash leaves all of it or nothing, and following goes on from the checkpoint.
// A block that is there already changes nothing.
func (s *Store) put(ctx context.Context, c changes) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		latest, err := putBlocks(ctx, tx, c.blocks)
		if err != nil {
			return err
		}
		for id, v := range c.notes {
			if err := putNote(ctx, tx, noteChange{id, v, latest[id], s.CodeOf(id)}); err != nil {
				return fmt.Errorf("writing note %s: %w", id, err)
			}
		}
		for id, v := range c.parties {
			if err := putParty(ctx, tx, id, v); err != nil {
				return fmt.Errorf("writing party %s: %w", id, err)
			}
		}
		for id, v := range c.books {
			if err := putBook(ctx, tx, id, v); err != nil {
				return fmt.Errorf("writing book %s: %w", id, err)
			}
		}
		if err := putTold(ctx, tx, c.told); err != nil {
			return err
		}
		if err := eraseNotes(ctx, tx, c.blocks); err != nil {
			return err
		}
		return setMeta(ctx, tx, metaNext, strconv.FormatUint(c.next, 10))
	})
	if err != nil {
		return err
	}
	s.height.set(c.next)
	return nil
}

// putBlocks writes what blocks tell of everybody, and gives the position of the
// last entry in them of each note.
func putBlocks(ctx context.Context, tx *sql.Tx, blocks []ledger.Block) (latest map[ledger.NoteID]int64, err error) {
	var transactions, entries []any
	latest = map[ledger.NoteID]int64{}
	for _, b := range blocks {
		position := firstPosition(b.Number)
		for _, t := range b.Transactions {
			transactions = append(transactions, t.ID, int64(b.Number), t.At.UTC().Format(time.RFC3339))
			for _, r := range t.Results {
				entries = append(entries, string(r.Subject.Kind), r.Subject.ID, int64(r.Seq), position,
					string(r.Op), string(r.Command), r.Head.String(), t.ID)
				if r.Subject.Kind == ledger.KindNote {
					latest[ledger.NoteID(r.Subject.ID)] = position
				}
				position++
			}
		}
	}
	if err := insertNew(ctx, tx, "transactions", []string{"id", "block", "at"}, transactions); err != nil {
		return nil, err
	}
	columns := []string{"kind", "id", "seq", "position", "op", "command", "head", "tx"}
	return latest, insertNew(ctx, tx, "entries", columns, entries)
}

// maxInserted bounds the rows of one statement. Both databases bound its values, and
// SQLite's driver looks through all of them for each: many more rows cost more than the
// ways to the database that they save.
const maxInserted = 20

// insertNew writes rows that are not there, many with one statement: the way to
// the database and back takes longer than the writing.
func insertNew(ctx context.Context, tx *sql.Tx, table string, columns []string, values []any) error {
	for chunk := range slices.Chunk(values, maxInserted*len(columns)) {
		var places strings.Builder
		for i := range chunk {
			switch {
			case i == 0:
				places.WriteByte('(')
			case i%len(columns) == 0:
				places.WriteString("), (")
			default:
				places.WriteString(", ")
			}
			fmt.Fprintf(&places, "$%d", i+1)
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf("INSERT INTO %s (%s) VALUES %s) ON CONFLICT DO NOTHING",
			table, strings.Join(columns, ", "), &places), chunk...)
		if err != nil {
			return fmt.Errorf("writing to the table %s: %w", table, err)
		}
	}
	return nil
}

// born gives the position of the subject's first entry.
func born(ctx context.Context, tx *sql.Tx, s ledger.Subject) (int64, error) {
	var at int64
	err := tx.QueryRowContext(ctx, "SELECT position FROM entries WHERE kind = $1 AND id = $2 AND seq = 1",
		string(s.Kind), s.ID).Scan(&at)
	if err != nil {
		return 0, fmt.Errorf("finding its first entry: %w", err)
	}
	return at, nil
}

func putParty(ctx context.Context, tx *sql.Tx, id ledger.PartyID, v ledger.PartyView) error {
	if v.Party == nil {
		return nil
	}
	state, err := json.Marshal(v.Party)
	if err != nil {
		return err
	}
	phone := ""
	if v.Party.Contact != nil {
		phone = v.Party.Contact.Phone
	}
	n, err := changed(tx.ExecContext(ctx, `INSERT INTO parties (id, seq, state, phone) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, state = excluded.state, phone = excluded.phone WHERE excluded.seq >= parties.seq`,
		string(id), int64(v.Party.Seq), string(state), phone))
	if err != nil || n == 0 {
		return err
	}
	return putAttorneys(ctx, tx, v.Party)
}

func putBook(ctx context.Context, tx *sql.Tx, id ledger.BookID, v ledger.BookView) error {
	if v.Book == nil {
		return nil
	}
	at, err := born(ctx, tx, id.Subject())
	if err != nil {
		return err
	}
	state, err := json.Marshal(v.Book)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO books (id, seq, born, holder, state) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, holder = excluded.holder, state = excluded.state
			WHERE excluded.seq >= books.seq`,
		string(id), int64(v.Book.Seq), at, string(v.Book.Holder), string(state))
	return err
}

func exists(ctx context.Context, q queryer, query string, args ...any) (bool, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return false, err
	}
	found := rows.Next()
	if err := rows.Close(); err != nil {
		return false, err
	}
	return found, rows.Err()
}
