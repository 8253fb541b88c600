package casebook

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	// DraftLife is how long an act waits for the confirmation of who asked for it.
	DraftLife = time.Hour
	// staleActDrafts is how many drafts that are over each new one takes away.
	staleActDrafts = 4
)

// ActDraft is an act that waits for the confirmation of who asks for it.
type ActDraft struct {
	ID      string // which the act has once it is done
	Staff   StaffID
	Name    string
	Body    json.RawMessage
	Reason  string
	Undoes  string
	Back    string // where the page leads afterwards
	Created time.Time
}

// AddActDraft keeps an act until it is confirmed.
func (b *Book) AddActDraft(ctx context.Context, d ActDraft) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM act_drafts WHERE id IN (SELECT id FROM act_drafts WHERE created < $1 LIMIT $2)`,
			d.Created.Add(-DraftLife).Unix(), staleActDrafts)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO act_drafts (id, staff, name, body, reason, undoes, back, created)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			d.ID, string(d.Staff), d.Name, string(d.Body), d.Reason, d.Undoes, d.Back, d.Created.Unix())
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping an act until it is confirmed: %w", err)
	}
	return nil
}

// ActDraft gives an act that waits for a member of staff's own confirmation, or nil
// where there is none, or its time is over.
func (b *Book) ActDraft(ctx context.Context, staff StaffID, id string, now time.Time) (*ActDraft, error) {
	rows, err := b.Reader().QueryContext(ctx, `SELECT id, staff, name, body, reason, undoes, back, created FROM act_drafts
		WHERE id = $1 AND staff = $2 AND created >= $3`, id, string(staff), now.Add(-DraftLife).Unix())
	if err != nil {
		return nil, fmt.Errorf("reading an act that waits: %w", err)
	}
	return first(store.Collect(rows, func(rows *sql.Rows) (d ActDraft, err error) {
		var body string
		var created int64
		err = rows.Scan(&d.ID, &d.Staff, &d.Name, &body, &d.Reason, &d.Undoes, &d.Back, &created)
		d.Body, d.Created = json.RawMessage(body), store.InTime(created)
		return d, err
	}))
}

// DropActDraft forgets an act that was confirmed or that nobody wants any more.
func (b *Book) DropActDraft(ctx context.Context, id string) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM act_drafts WHERE id = $1", id)
		return err
	})
	if err != nil {
		return fmt.Errorf("forgetting an act: %w", err)
	}
	return nil
}

// Verdict is what a second person said of an act.
type Verdict string

// The verdicts.
const (
	Agreed    Verdict = "agreed"
	Refused   Verdict = "refused"
	Withdrawn Verdict = "withdrawn" // by who asked
)

// Approval is an act that waits for a second person, or what that person said.
type Approval struct {
	ID      string // which the act has once it is done
	Place   int64  // continues a list before this one
	Name    string
	Note    ledger.NoteID
	Body    json.RawMessage
	Reason  string
	Undoes  string
	Asked   StaffID
	Created time.Time
	Verdict Verdict // empty while it waits
	Decider StaffID
	Words   string // of the decider
	Decided time.Time
}

// AddApproval has an act wait for a second person. One that waits already stays as it is.
func (b *Book) AddApproval(ctx context.Context, a Approval) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		place, err := store.NextPlace(ctx, tx, "approvals")
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO approvals (id, place, name, note, body, reason, undoes, asked, created, verdict, decider, words, decided)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '', '', 0) ON CONFLICT (id) DO NOTHING`,
			a.ID, place, a.Name, string(a.Note), string(a.Body), a.Reason, a.Undoes, string(a.Asked), a.Created.Unix())
		return err
	})
	if err != nil {
		return fmt.Errorf("asking a second person: %w", err)
	}
	return nil
}

func (b *Book) approvals(ctx context.Context, where string, args ...any) ([]Approval, error) {
	rows, err := b.Reader().QueryContext(ctx, `SELECT id, place, name, note, body, reason, undoes, asked, created, verdict, decider, words, decided
		FROM approvals `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading what waits for a second person: %w", err)
	}
	return store.Collect(rows, func(rows *sql.Rows) (a Approval, err error) {
		var body string
		var created, decided int64
		err = rows.Scan(&a.ID, &a.Place, &a.Name, &a.Note, &body, &a.Reason, &a.Undoes, &a.Asked, &created, &a.Verdict, &a.Decider, &a.Words, &decided)
		a.Body, a.Created, a.Decided = json.RawMessage(body), store.InTime(created), store.InTime(decided)
		return a, err
	})
}

// Approval gives what a second person was asked, or nil where nobody was.
func (b *Book) Approval(ctx context.Context, id string) (*Approval, error) {
	return first(b.approvals(ctx, "WHERE id = $1", id))
}

// OpenApprovals lists the acts that wait for a second person, the oldest first, after a
// place; 0 for the first page.
func (b *Book) OpenApprovals(ctx context.Context, after int64, limit int) (page []Approval, more bool, err error) {
	limit = store.PageLimit(limit)
	all, err := b.approvals(ctx, "WHERE decided = 0 AND place > $1 ORDER BY place LIMIT $2", after, limit+1)
	page, more = store.Cut(all, limit)
	return page, more, err
}

// Decide keeps what a second person said; first says that nobody had said anything yet.
func (b *Book) Decide(ctx context.Context, id string, v Verdict, by StaffID, words string, now time.Time) (first bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := store.Changed(tx.ExecContext(ctx, `UPDATE approvals SET verdict = $1, decider = $2, words = $3, decided = $4
			WHERE id = $5 AND decided = 0`, string(v), string(by), words, now.Unix(), id))
		first = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("keeping what a second person said: %w", err)
	}
	return first, nil
}
