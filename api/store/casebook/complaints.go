package casebook

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Complaint is a row of the register of complaints (2023:714 ch. 4 par. 5). It costs
// the person nothing, and is answered.
type Complaint struct {
	ID       string // of one that was made on the registrar's pages, the registrar's
	Place    int64  // continues a list before this one
	Number   string // that the person was given
	Note     ledger.NoteID
	Party    ledger.PartyID // empty where it is not known whose it is
	Channel  Channel        // empty where it was made on the registrar's pages
	Language ledger.Language
	Words    string // of the person, or as staff took them down
	Entry    string // of the journal, where the person asks for that decision to be looked at again
	// Remote says that it was made on the registrar's pages, which give the person the
	// answer.
	Remote     bool
	Untold     int // changes that the registrar has not heard of
	Received   time.Time
	AnswerBy   finance.Date // that the person was told
	Registered StaffID      // by whom; empty where the person did
	Answered   time.Time
	AnsweredBy StaffID
	Answer     string
}

// Late says that it is unanswered although the day that the person was told has
// passed.
func (c *Complaint) Late(today finance.Date) bool {
	return c.Answered.IsZero() && c.AnswerBy.Before(today)
}

const complaintColumns = `id, place, number, note, party, channel, language, words, entry, remote, untold, received, answer_by, registered,
	answered, answered_by, answer`

func scanComplaint(rows *sql.Rows) (c Complaint, err error) {
	var received, answered int64
	var by string
	if err := rows.Scan(&c.ID, &c.Place, &c.Number, &c.Note, &c.Party, &c.Channel, &c.Language, &c.Words, &c.Entry, &c.Remote, &c.Untold, &received, &by, &c.Registered,
		&answered, &c.AnsweredBy, &c.Answer); err != nil {
		return c, err
	}
	c.Received, c.Answered = store.InTime(received), store.InTime(answered)
	c.AnswerBy, err = finance.ParseDate(by)
	return c, err
}

// AddComplaint registers a complaint and puts the task on the worklist in the same
// breath; its reason can name the {number}. Where the complaint has no number it gets
// the next one of ours. One that is there already stays as it is.
func (b *Book) AddComplaint(ctx context.Context, c Complaint, task Task) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		place, err := store.NextPlace(ctx, tx, "complaint_register")
		if err != nil {
			return err
		}
		if c.Number == "" {
			c.Number = fmt.Sprintf("K%d-%d", c.Received.UTC().Year(), place)
		}
		n, err := store.Changed(tx.ExecContext(ctx, `INSERT INTO complaint_register (id, place, number, note, party, channel, language, words, entry, remote,
			received, answer_by, registered, untold, answered, answered_by, answer) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, 0, '', '')
			ON CONFLICT (id) DO NOTHING`, c.ID, place, c.Number, string(c.Note), string(c.Party), string(c.Channel), string(c.Language), c.Words, c.Entry,
			bit(c.Remote), c.Received.Unix(), c.AnswerBy.String(), string(c.Registered)))
		if err != nil || n == 0 {
			return err
		}
		task.With = map[string]string{"number": c.Number}
		_, err = addTask(ctx, tx, task, c.Received)
		return err
	})
	if err != nil {
		return fmt.Errorf("registering a complaint: %w", err)
	}
	return nil
}

// Complaint gives a complaint, or nil where there is none with the id.
func (b *Book) Complaint(ctx context.Context, id string) (*Complaint, error) {
	return first(b.complaints(ctx, "WHERE id = $1", id))
}

// ComplaintsOf gives the latest complaints about a note, the latest first.
func (b *Book) ComplaintsOf(ctx context.Context, note ledger.NoteID) ([]Complaint, error) {
	return b.complaints(ctx, "WHERE note = $1 ORDER BY place DESC LIMIT $2", string(note), maxOfNote)
}

// OpenComplaints lists what is to be answered, the first day first. after is the last
// one of the page before, nil for the first page.
func (b *Book) OpenComplaints(ctx context.Context, after *Complaint, limit int) (page []Complaint, more bool, err error) {
	var by string
	var place int64
	if after != nil {
		by, place = after.AnswerBy.String(), after.Place
	}
	limit = store.PageLimit(limit)
	page, err = b.complaints(ctx, "WHERE answered = 0 AND (answer_by, place) > ($1, $2) ORDER BY answer_by, place LIMIT $3", by, place, limit+1)
	page, more = store.Cut(page, limit)
	return page, more, err
}

// Complaints lists the register, the latest first, before a place; 0 for the first
// page.
func (b *Book) Complaints(ctx context.Context, before int64, limit int) (page []Complaint, more bool, err error) {
	limit = store.PageLimit(limit)
	page, err = b.complaints(ctx, "WHERE place < $1 ORDER BY place DESC LIMIT $2", orLast(before), limit+1)
	page, more = store.Cut(page, limit)
	return page, more, err
}

func (b *Book) complaints(ctx context.Context, where string, args ...any) ([]Complaint, error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT "+complaintColumns+" FROM complaint_register "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the register of complaints: %w", err)
	}
	return store.Collect(rows, scanComplaint)
}

// UntoldComplaints gives the complaints of which the registrar does not know who looks
// at them, or the answer; the oldest first.
func (b *Book) UntoldComplaints(ctx context.Context, limit int) ([]Complaint, error) {
	return b.complaints(ctx, "WHERE untold > 0 ORDER BY place LIMIT $1", store.PageLimit(limit))
}

// ComplaintTold is CallTold of a complaint.
func (b *Book) ComplaintTold(ctx context.Context, c *Complaint) error {
	return b.told(ctx, "UPDATE complaint_register SET untold = untold - $1 WHERE id = $2 AND untold >= $1", c.Untold, c.ID)
}

// AnswerComplaint notes the answer and ends the task. answered is false where the
// complaint had its answer before.
func (b *Book) AnswerComplaint(ctx context.Context, id string, by StaffID, answer string, now time.Time) (answered bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := store.Changed(tx.ExecContext(ctx, "UPDATE complaint_register SET answered = $1, answered_by = $2, answer = $3, untold = untold + remote WHERE id = $4 AND answered = 0",
			now.Unix(), string(by), answer, id))
		if answered = n == 1; err != nil || !answered {
			return err
		}
		_, err = tx.ExecContext(ctx, endTask, string(TaskDone), now.Unix(), string(by), "", TaskID(TaskComplaint, id))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("answering a complaint: %w", err)
	}
	return answered, nil
}
