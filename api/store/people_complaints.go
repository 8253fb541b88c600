package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// MaxComplaints is how many complaints about one note that nobody has answered yet a
// person can have. The door is open again when one is answered.
const MaxComplaints = 5

// Complaint is what a person is not content with, or wants a person to look at again.
// It goes with the note: whoever collects it when the answer is due gives it.
type Complaint struct {
	ID       string
	Place    int64        // continues a list after this one
	Number   code.Contact // that the person was given
	Note     ledger.NoteID
	Party    ledger.PartyID // who complains
	EntryBy  ledger.PartyID // of a review: the entry of the journal that it is about
	Entry    string
	Language ledger.Language
	Words    string
	Created  time.Time
	AnswerBy finance.Date // the day that the person was told

	TakenBy   ledger.PartyID // the company that looks at it
	TakenName string         // and its person who does
	Answered  time.Time
	Answer    string
}

// Review says whether it asks for one automatic act to be looked at again.
func (c *Complaint) Review() bool { return c.Entry != "" }

const selectComplaints = `SELECT c.id, c.place, c.number, c.note, c.party, c.entry_by, c.entry, c.language, c.words, c.created, c.answer_by,
	c.taken_by, c.taken_name, c.answered, c.answer`

func (c *Complaint) scan(rows *sql.Rows, more ...any) error {
	var created, answered int64
	var by string
	err := rows.Scan(append([]any{&c.ID, &c.Place, &c.Number, &c.Note, &c.Party, &c.EntryBy, &c.Entry, &c.Language, &c.Words, &created, &by,
		&c.TakenBy, &c.TakenName, &answered, &c.Answer}, more...)...)
	if err != nil {
		return err
	}
	c.Created, c.Answered = inTime(created), inTime(answered)
	c.AnswerBy, err = finance.ParseDate(by)
	return err
}

// AddComplaint keeps a complaint, unless MaxComplaints of the person's about the note
// wait for an answer.
func (s *Store) AddComplaint(ctx context.Context, c Complaint) (added bool, err error) {
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var waiting int
		if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM complaints WHERE note = $1 AND answered = 0 AND party = $2",
			string(c.Note), string(c.Party)).Scan(&waiting); err != nil {
			return err
		}
		if added = waiting < MaxComplaints; !added {
			return nil
		}
		place, err := nextPlace(ctx, tx, "complaints")
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO complaints (id, place, number, note, party, entry_by, entry, language, words, created, answer_by,
			taken_by, taken_name, answered, answer) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', 0, '')`,
			c.ID, place, string(c.Number), string(c.Note), string(c.Party), string(c.EntryBy), c.Entry, string(c.Language), c.Words,
			c.Created.Unix(), c.AnswerBy.String())
		return err
	})
	if err != nil {
		return false, fmt.Errorf("keeping a complaint: %w", err)
	}
	return added, nil
}

// Complaint gives a complaint, or nil where there is none with the id. Who may see it
// is for the caller to ask of its note; see Answerers.
func (s *Store) Complaint(ctx context.Context, id string) (*Complaint, error) {
	return first(s.complaints(ctx, "WHERE c.id = $1", id))
}

// ComplaintsOf gives the latest complaints of a person about a note, the latest first.
func (s *Store) ComplaintsOf(ctx context.Context, note ledger.NoteID, party ledger.PartyID) ([]Complaint, error) {
	return s.complaints(ctx, "WHERE c.note = $1 AND c.party = $2 ORDER BY c.place DESC LIMIT $3", string(note), string(party), maxOfNote)
}

func (s *Store) complaints(ctx context.Context, where string, args ...any) ([]Complaint, error) {
	rows, err := s.reader.QueryContext(ctx, selectComplaints+" FROM complaints c "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading complaints: %w", err)
	}
	return collect(rows, func(rows *sql.Rows) (c Complaint, err error) { return c, c.scan(rows) })
}

// Complaints lists what a company is to answer, the latest first, as Callbacks does.
func (s *Store) Complaints(ctx context.Context, q Asked) (page []Complaint, next int64, err error) {
	open := ""
	if q.Open {
		open = "c.answered = 0"
	}
	page, next, err = listAsked(ctx, s, q, selectComplaints, "complaints", open, func(rows *sql.Rows, more ...any) (c Complaint, place int64, err error) {
		err = c.scan(rows, more...)
		return c, c.Place, err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("reading complaints: %w", err)
	}
	return page, next, nil
}

// TakeComplaint notes which company looks at a complaint, and its person who does:
// taken is false where another company has taken it, or it is answered.
func (s *Store) TakeComplaint(ctx context.Context, id string, by ledger.PartyID, name string) (taken bool, err error) {
	return s.changeComplaint(ctx, `UPDATE complaints SET taken_by = $1, taken_name = $2
		WHERE id = $3 AND answered = 0 AND (taken_by = '' OR taken_by = $1)`, string(by), name, id)
}

// GiveBackComplaint lets another company answer what one has taken and not answered.
func (s *Store) GiveBackComplaint(ctx context.Context, id string, by ledger.PartyID) (given bool, err error) {
	return s.changeComplaint(ctx, "UPDATE complaints SET taken_by = '', taken_name = '' WHERE id = $1 AND answered = 0 AND taken_by = $2", id, string(by))
}

// AnswerComplaint answers a complaint in words: answered is false where another
// company has taken it, or it was answered before.
func (s *Store) AnswerComplaint(ctx context.Context, id string, by ledger.PartyID, name, text string, now time.Time) (answered bool, err error) {
	return s.changeComplaint(ctx, `UPDATE complaints SET taken_by = $1, taken_name = $2, answered = $3, answer = $4
		WHERE id = $5 AND answered = 0 AND (taken_by = '' OR taken_by = $1)`, string(by), name, now.Unix(), text, id)
}

func (s *Store) changeComplaint(ctx context.Context, statement string, args ...any) (done bool, err error) {
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := changed(tx.ExecContext(ctx, statement, args...))
		done = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("changing a complaint: %w", err)
	}
	return done, nil
}
