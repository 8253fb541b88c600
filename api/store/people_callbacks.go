package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// MaxCallbacks is how many calls that nobody has made yet a person who is signed in
// can ask for about one note, and all together those who are not. Whoever has the
// note's code may ask, and is not to take the place of its borrower.
const MaxCallbacks = 5

// Callback is somebody's wish to be called about a note. It goes with the note:
// whoever collects it when the call is due makes it.
type Callback struct {
	ID       string
	Place    int64 // continues a list after this one
	Note     ledger.NoteID
	Party    ledger.PartyID // who asks; empty where nobody was signed in
	Number   string
	Wanted   string // when, in the words of who asks
	Language ledger.Language
	Words    string // what it is about, in the words of who asks
	Created  time.Time
	Promised time.Time // by when the person was told to be called

	TakenBy   ledger.PartyID // the company that will call
	TakenName string         // and its person who will
	Taken     time.Time
	Done      time.Time
	Outcome   string
}

// Missed says whether a call was promised by a time that is over, and not made.
func (c *Callback) Missed(now time.Time) bool {
	return !c.Promised.IsZero() && c.Done.IsZero() && now.After(c.Promised)
}

// Answerers gives the companies that take the calls about a note: who collects it,
// who has it in pledge and who holds it. Once nobody holds it, its last holder does.
func Answerers(n *ledger.Note, holder ledger.PartyID) []ledger.PartyID {
	var all []ledger.PartyID
	if n.Mandate != nil {
		all = append(all, n.Mandate.Servicer)
	}
	if n.Pledge != nil {
		all = append(all, n.Pledge.Pledgee)
	}
	switch last := len(n.Endorsements) - 1; {
	case holder != "":
		all = append(all, holder)
	case last >= 0:
		all = append(all, n.Endorsements[last].To)
	default:
		all = append(all, n.Lender)
	}
	return all
}

const selectCallbacks = `SELECT c.id, c.place, c.note, c.party, c.number, c.wanted, c.language, c.words, c.created,
	c.taken_by, c.taken_name, c.taken, c.done, c.outcome, c.promised`

func (c *Callback) scan(rows *sql.Rows, more ...any) error {
	var created, taken, done, promised int64
	err := rows.Scan(append([]any{&c.ID, &c.Place, &c.Note, &c.Party, &c.Number, &c.Wanted, &c.Language, &c.Words, &created,
		&c.TakenBy, &c.TakenName, &taken, &done, &c.Outcome, &promised}, more...)...)
	c.Created, c.Taken, c.Done, c.Promised = inTime(created), inTime(taken), inTime(done), inTime(promised)
	return err
}

// AddCallback keeps a wish to be called, unless MaxCallbacks of those who ask alike
// wait about its note.
func (s *Store) AddCallback(ctx context.Context, c Callback) (added bool, err error) {
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var waiting int
		if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM callbacks WHERE note = $1 AND done = 0 AND party = $2",
			string(c.Note), string(c.Party)).Scan(&waiting); err != nil {
			return err
		}
		if added = waiting < MaxCallbacks; !added {
			return nil
		}
		place, err := nextPlace(ctx, tx, "callbacks")
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO callbacks (id, place, note, party, number, wanted, language, words, created,
			taken_by, taken_name, taken, done, outcome, promised) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '', 0, 0, '', $10)`,
			c.ID, place, string(c.Note), string(c.Party), c.Number, c.Wanted, string(c.Language), c.Words, c.Created.Unix(), InSeconds(c.Promised))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("keeping a wish to be called: %w", err)
	}
	return added, nil
}

// Callback gives a wish to be called, or nil where there is none with the id. Who
// may see it is for the caller to ask of its note; see Answerers.
func (s *Store) Callback(ctx context.Context, id string) (*Callback, error) {
	all, err := callbacks(ctx, s.reader, "WHERE c.id = $1", id)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// maxOfNote bounds the wishes of one answer about a note.
const maxOfNote = 50

// CallbacksOf gives the latest wishes to be called about a note, the latest first.
func (s *Store) CallbacksOf(ctx context.Context, note ledger.NoteID) ([]Callback, error) {
	return callbacks(ctx, s.reader, "WHERE c.note = $1 ORDER BY c.place DESC LIMIT $2", string(note), maxOfNote)
}

func callbacks(ctx context.Context, q queryer, where string, args ...any) ([]Callback, error) {
	rows, err := q.QueryContext(ctx, selectCallbacks+" FROM callbacks c "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading wishes to be called: %w", err)
	}
	return collect(rows, func(rows *sql.Rows) (c Callback, err error) { return c, c.scan(rows) })
}

// Callbacks lists what a company is asked, the latest first; see listAsked.
func (s *Store) Callbacks(ctx context.Context, q Asked) (page []Callback, next int64, err error) {
	open := ""
	if q.Open {
		open = "c.done = 0"
	}
	page, next, err = listAsked(ctx, s, q, selectCallbacks, "callbacks", open, func(rows *sql.Rows, more ...any) (c Callback, place int64, err error) {
		err = c.scan(rows, more...)
		return c, c.Place, err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("reading wishes to be called: %w", err)
	}
	return page, next, nil
}

// Taking says who will make a call.
type Taking struct {
	By       ledger.PartyID // the company
	Name     string         // its person
	Promised time.Time      // by when; as it was promised before where it is zero
}

// TakeCallback notes who will make a call: taken is false where another company has
// taken it, or it was made.
func (s *Store) TakeCallback(ctx context.Context, id string, t Taking, now time.Time) (taken bool, err error) {
	return s.changeCallback(ctx, `UPDATE callbacks SET taken_by = $1, taken_name = $2, taken = $3, promised = COALESCE(NULLIF(CAST($4 AS BIGINT), 0), promised)
		WHERE id = $5 AND done = 0 AND (taken_by = '' OR taken_by = $1)`, string(t.By), t.Name, now.Unix(), InSeconds(t.Promised), id)
}

// GiveBackCallback lets another company take a call that one has taken and not made,
// as when the note has gone to another holder.
func (s *Store) GiveBackCallback(ctx context.Context, id string, by ledger.PartyID) (given bool, err error) {
	return s.changeCallback(ctx, "UPDATE callbacks SET taken_by = '', taken_name = '', taken = 0 WHERE id = $1 AND done = 0 AND taken_by = $2", id, string(by))
}

// EndCallback notes that a company has made a call, and what came of it: ended is
// false where another has taken it, or it was made before.
func (s *Store) EndCallback(ctx context.Context, id string, by ledger.PartyID, outcome string, now time.Time) (ended bool, err error) {
	return s.changeCallback(ctx, `UPDATE callbacks SET taken_by = $1, taken = CASE WHEN taken = 0 THEN $2 ELSE taken END, done = $2, outcome = $3
		WHERE id = $4 AND done = 0 AND (taken_by = '' OR taken_by = $1)`, string(by), now.Unix(), outcome, id)
}

func (s *Store) changeCallback(ctx context.Context, statement string, args ...any) (done bool, err error) {
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := changed(tx.ExecContext(ctx, statement, args...))
		done = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("changing a wish to be called: %w", err)
	}
	return done, nil
}
