package casebook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// maxFollowed is how many entries of the ledger one step of FollowCases takes.
const maxFollowed = 200

// Following is for whom cases are kept, and by what.
type Following struct {
	Party ledger.PartyID
	// Keep says what the case of a note is to be selected by, or that the note is, or
	// has become, none of the party's. It is asked of the note as it stands now, so
	// that the order in which its events are read does not matter.
	Keep func(n *ledger.Note, holder ledger.PartyID) (CaseFacts, bool)
	// Tasks gives what a note that is kept asks of the party as it stands now, of the
	// kinds in noteKinds. What it no longer asks for leaves the worklist. It may be nil.
	Tasks func(n *ledger.Note) []Task
	Now   time.Time
}

// FollowCases goes on through the entries of which the party is told, from where it
// came last, and opens, changes and closes their notes' cases. It says whether there
// may be more. What it did and how far it came are written together, together with a
// look at the notes: none that is erased meanwhile comes back.
func (b *Book) FollowCases(ctx context.Context, f Following) (more bool, err error) {
	err = b.UpdateAlone(ctx, func(ctx context.Context, tx *sql.Tx) error {
		notes, from, to, err := nextTold(ctx, tx, f.Party)
		if err != nil || to == from {
			return err
		}
		for _, id := range notes {
			if err := followNote(ctx, tx, f, id); err != nil {
				return fmt.Errorf("keeping the case of note %s: %w", id, err)
			}
		}
		more = true
		_, err = tx.ExecContext(ctx, "INSERT INTO case_progress (party, position) VALUES ($1, $2) ON CONFLICT (party) DO UPDATE SET position = excluded.position",
			string(f.Party), to)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("following the ledger with the cases: %w", err)
	}
	return more, nil
}

// nextTold gives the notes of the next entries, each once, and from which position to
// which they reach.
func nextTold(ctx context.Context, tx *sql.Tx, party ledger.PartyID) (notes []ledger.NoteID, from, to int64, err error) {
	err = tx.QueryRowContext(ctx, "SELECT position FROM case_progress WHERE party = $1", string(party)).Scan(&from)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, 0, 0, err
	}
	rows, err := tx.QueryContext(ctx, `SELECT p.position, e.kind, e.id FROM entry_parties p JOIN entries e ON e.position = p.position
		WHERE p.party = $1 AND p.position > $2 ORDER BY p.position LIMIT $3`, string(party), from, maxFollowed)
	if err != nil {
		return nil, 0, 0, err
	}
	to = from
	seen := map[ledger.NoteID]bool{}
	_, err = store.Collect(rows, func(rows *sql.Rows) (s ledger.Subject, err error) {
		if err = rows.Scan(&to, &s.Kind, &s.ID); err == nil && s.Kind == ledger.KindNote && !seen[ledger.NoteID(s.ID)] {
			seen[ledger.NoteID(s.ID)] = true
			notes = append(notes, ledger.NoteID(s.ID))
		}
		return s, err
	})
	return notes, from, to, err
}

func followNote(ctx context.Context, tx *sql.Tx, f Following, id ledger.NoteID) error {
	n, holder, err := noteIn(ctx, tx, id)
	if err != nil {
		return err
	}
	var facts CaseFacts
	keep := n != nil
	if keep {
		facts, keep = f.Keep(n, holder)
	}
	var tasks []Task
	if keep && f.Tasks != nil {
		tasks = f.Tasks(n)
	}
	if err := settleNoteTasks(ctx, tx, id, tasks, f.Now); err != nil {
		return err
	}
	if !keep {
		return closeCase(ctx, tx, id, f.Now)
	}
	if err := keepCase(ctx, tx, id, facts, f.Now); err != nil {
		return err
	}
	if err := namePersons(ctx, tx, n); err != nil {
		return err
	}
	return indexCase(ctx, tx, id)
}
