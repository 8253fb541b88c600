package casebook

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// LetterState is what has become of a letter.
type LetterState string

// The states.
const (
	LetterWritten   LetterState = "written"   // kept; the act that sends it has not ended
	LetterMade      LetterState = "made"      // it waits to be put into the outbox, or to be sent by hand
	LetterSent      LetterState = "sent"      // it went out
	LetterWithdrawn LetterState = "withdrawn" // it was wrong, or was not sent after all
)

// LetterStates lists the states in the order in which pages show them.
func LetterStates() []LetterState {
	return []LetterState{LetterWritten, LetterMade, LetterSent, LetterWithdrawn}
}

// Delivery is how a letter reaches the person, by the ledger's words.
type Delivery string

// The ways.
const (
	DeliverLetter  Delivery = "letter"
	DeliverEmail   Delivery = "email"
	DeliverMessage Delivery = "message"
	DeliverPortal  Delivery = "portal" // on the registrar's pages
)

// Deliveries lists the ways, the most certain first.
func Deliveries() []Delivery {
	return []Delivery{DeliverLetter, DeliverEmail, DeliverMessage, DeliverPortal}
}

// Letter is what was written to a person. It is erased with the case.
type Letter struct {
	ID      string
	Place   int64 // continues a list before this one
	Note    ledger.NoteID
	Party   ledger.PartyID // whom it is for
	Kind    string
	Channel Delivery
	Reach   string // the e-mail address or telephone number that it goes to; "" on paper
	Name    string // of the person, as it stands on the letter
	Title   string
	Facts   json.RawMessage // what it was written from
	Body    json.RawMessage // what it says
	Digest  ledger.Digest   // SHA-256 of its PDF
	Fee     finance.Amount  // that was charged with it, in the note's currency
	Act     string          // which sent it
	Staff   StaffID         // who; empty where a rule did
	Rule    string
	State   LetterState
	At      time.Time
	Sent    time.Time
	// Delivered is when it reached the person; no date until that is confirmed.
	Delivered finance.Date
	Withdrawn time.Time
}

const letterColumns = `id, place, note, party, kind, channel, reach, name, title, facts, body, digest, fee, act, staff, rule, state, at, sent, delivered,
	withdrawn`

func scanLetter(rows *sql.Rows) (l Letter, err error) {
	var at, sent, withdrawn int64
	var facts, body, digest, delivered string
	if err := rows.Scan(&l.ID, &l.Place, &l.Note, &l.Party, &l.Kind, &l.Channel, &l.Reach, &l.Name, &l.Title, &facts, &body, &digest, &l.Fee, &l.Act, &l.Staff, &l.Rule,
		&l.State, &at, &sent, &delivered, &withdrawn); err != nil {
		return l, err
	}
	l.Facts, l.Body = json.RawMessage(facts), json.RawMessage(body)
	l.At, l.Sent, l.Withdrawn = store.InTime(at), store.InTime(sent), store.InTime(withdrawn)
	if err := l.Digest.UnmarshalText([]byte(digest)); err != nil {
		return l, err
	}
	if delivered != "" {
		l.Delivered, err = finance.ParseDate(delivered)
	}
	return l, err
}

// AddLetters keeps the letters of an act, all of them or none. Those that are there
// already stay as they are.
func (b *Book) AddLetters(ctx context.Context, all ...Letter) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for i := range all {
			if err := addLetter(ctx, tx, &all[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keeping letters: %w", err)
	}
	return nil
}

func addLetter(ctx context.Context, tx *sql.Tx, l *Letter) error {
	place, err := store.NextPlace(ctx, tx, "letters")
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO letters (id, place, note, party, kind, channel, reach, name, title, facts, body, digest, fee, act, staff, rule, state,
		at, sent, delivered, withdrawn) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 0, '', 0) ON CONFLICT (id) DO NOTHING`,
		l.ID, place, string(l.Note), string(l.Party), l.Kind, string(l.Channel), l.Reach, l.Name, l.Title, string(l.Facts), string(l.Body), l.Digest.String(), int64(l.Fee),
		l.Act, string(l.Staff), l.Rule, string(l.State), l.At.Unix())
	return err
}

func (b *Book) letters(ctx context.Context, where string, args ...any) ([]Letter, error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT "+letterColumns+" FROM letters "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading letters: %w", err)
	}
	return store.Collect(rows, scanLetter)
}

// Letter gives a letter, or nil where there is none with the id.
func (b *Book) Letter(ctx context.Context, id string) (*Letter, error) {
	return first(b.letters(ctx, "WHERE id = $1", id))
}

// LettersOfAct gives the letters that an act has written, one for each person.
func (b *Book) LettersOfAct(ctx context.Context, act string) ([]Letter, error) {
	return b.letters(ctx, "WHERE act = $1 ORDER BY place LIMIT $2", act, maxPersons)
}

// ActWaits says whether it is not known yet what became of a command of an act.
func (b *Book) ActWaits(ctx context.Context, act string) (bool, error) {
	open, err := b.commands(ctx, "WHERE act = $1 AND state = '' LIMIT 1", act)
	return len(open) > 0, err
}

// LettersIn gives letters in a state, the oldest first, after a place.
func (b *Book) LettersIn(ctx context.Context, state LetterState, after int64, limit int) ([]Letter, error) {
	return b.letters(ctx, "WHERE state = $1 AND place > $2 ORDER BY place LIMIT $3", string(state), after, store.PageLimit(limit))
}

// LettersSent gives the letters that were made from a time on and before another one and
// have gone out, in the order in which they came, after a place.
func (b *Book) LettersSent(ctx context.Context, from, before time.Time, after int64, limit int) ([]Letter, error) {
	return b.letters(ctx, "WHERE at >= $1 AND at < $2 AND sent > 0 AND place > $3 ORDER BY place LIMIT $4",
		from.Unix(), before.Unix(), after, store.PageLimit(limit))
}

// LetterQuery selects letters; empty fields select all.
type LetterQuery struct {
	State  LetterState
	Kind   string
	Note   ledger.NoteID
	Before int64 // a place; 0 for the first page
	Limit  int   // at most store.MaxPage
}

// Letters lists letters, the latest first.
func (b *Book) Letters(ctx context.Context, q LetterQuery) (page []Letter, more bool, err error) {
	var c conditions
	var args []any
	args = c.equal(args, "state", string(q.State))
	args = c.equal(args, "kind", q.Kind)
	args = c.equal(args, "note", string(q.Note))
	if q.Before > 0 {
		args = append(args, q.Before)
		c.add(fmt.Sprintf("place < $%d", len(args)))
	}
	limit := store.PageLimit(q.Limit)
	args = append(args, limit+1)
	all, err := b.letters(ctx, fmt.Sprintf("%s ORDER BY place DESC LIMIT $%d", c.sql(), len(args)), args...)
	page, more = store.Cut(all, limit)
	return page, more, err
}

// MoveLetter changes the state of a letter that is in another one. moved is false where
// it was not.
func (b *Book) MoveLetter(ctx context.Context, id string, from, to LetterState, now time.Time) (moved bool, err error) {
	column := map[LetterState]string{LetterSent: ", sent = $4", LetterWithdrawn: ", withdrawn = $4"}[to]
	args := []any{string(to), id, string(from)}
	if column != "" {
		args = append(args, now.Unix())
	}
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := store.Changed(tx.ExecContext(ctx, "UPDATE letters SET state = $1"+column+" WHERE id = $2 AND state = $3", args...))
		moved = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("moving a letter: %w", err)
	}
	return moved, nil
}

// DeliverLetter notes the day on which a letter reached the person. One that was noted
// before stays.
func (b *Book) DeliverLetter(ctx context.Context, id string, on finance.Date) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE letters SET delivered = $1 WHERE id = $2 AND delivered = ''", on.String(), id)
		return err
	})
	if err != nil {
		return fmt.Errorf("noting that a letter was delivered: %w", err)
	}
	return nil
}

// NoteLink gives the address of a note's page for everybody; "" where it is not known.
func (b *Book) NoteLink(ctx context.Context, note ledger.NoteID) (link string, err error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT link FROM note_links WHERE note = $1", string(note))
	if err != nil {
		return "", fmt.Errorf("reading the address of note %s: %w", note, err)
	}
	all, err := store.Collect(rows, func(rows *sql.Rows) (l string, err error) { return l, rows.Scan(&l) })
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[0], nil
}

// KeepNoteLink keeps the address of a note's page, which stays the same for ever.
func (b *Book) KeepNoteLink(ctx context.Context, note ledger.NoteID, link string) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO note_links (note, link) VALUES ($1, $2) ON CONFLICT (note) DO UPDATE SET link = excluded.link", string(note), link)
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping the address of note %s: %w", note, err)
	}
	return nil
}
