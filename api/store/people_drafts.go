package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

const (
	// DraftLife is how long a draft waits for its signature.
	DraftLife = time.Hour
	// maxDrafts is how many drafts a session has; a new one takes the place of the
	// oldest.
	maxDrafts = 32
)

// Draft is a command that waits for a person's signature, or that was signed and
// whose outcome the person is to see.
type Draft struct {
	ID      string
	Party   ledger.PartyID // who is to sign
	Payload []byte         // the canonical bytes, kept as they are: an erasure looks for its note in them
	Title   json.RawMessage
	Next    string // path of the page that comes after it
	// Signed is the signed command, kept before it is handed in: the page that asks
	// what became of it can hand it in again. Empty before.
	Signed  ledger.Signed
	Created time.Time
	Expires time.Time
}

// AddDraft keeps a draft for the session of a token.
func (s *Store) AddDraft(ctx context.Context, token string, d Draft) error {
	title := string(d.Title)
	if title == "" {
		title = "null"
	}
	err := s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM drafts WHERE id IN
			(SELECT id FROM drafts WHERE token = $1 ORDER BY created DESC, id DESC LIMIT $2 OFFSET $3)`, digest(token), maxDrafts, maxDrafts-1)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO drafts (id, token, party, payload, title, next, signed, created, expires)
			VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8)`,
			d.ID, digest(token), string(d.Party), string(d.Payload), title, d.Next,
			d.Created.Unix(), d.Created.Add(DraftLife).Unix())
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping a draft: %w", err)
	}
	return nil
}

// DraftOf gives a draft of the session of a token, or nil where it has none with
// the id or its time is over.
func (s *Store) DraftOf(ctx context.Context, token, id string, now time.Time) (*Draft, error) {
	return s.draft(ctx, now, id, "token = $2", digest(token))
}

// SignedDraftOf gives a draft that a party has signed, in whichever session: who
// comes back after the session has ended is to learn what became of it. It is nil
// where there is none with the id or its time is over.
func (s *Store) SignedDraftOf(ctx context.Context, party ledger.PartyID, id string, now time.Time) (*Draft, error) {
	return s.draft(ctx, now, id, "party = $2 AND signed <> ''", string(party))
}

func (s *Store) draft(ctx context.Context, now time.Time, id, whose, value string) (*Draft, error) {
	d := Draft{ID: id}
	var payload, title, signed string
	var created, expires int64
	err := s.reader.QueryRowContext(ctx, "SELECT party, payload, title, next, signed, created, expires FROM drafts WHERE id = $1 AND "+whose, id, value).
		Scan(&d.Party, &payload, &title, &d.Next, &signed, &created, &expires)
	if errors.Is(err, sql.ErrNoRows) || err == nil && now.Unix() >= expires {
		return nil, nil
	}
	if err == nil && signed != "" {
		err = json.Unmarshal([]byte(signed), &d.Signed)
	}
	if err != nil {
		return nil, fmt.Errorf("reading a draft: %w", err)
	}
	d.Payload, d.Title, d.Created, d.Expires = []byte(payload), json.RawMessage(title), inTime(created), inTime(expires)
	return &d, nil
}

// SignDraft keeps the signed command of a draft, and says whether the session has
// it and it was not signed before.
func (s *Store) SignDraft(ctx context.Context, token, id string, signed ledger.Signed) (kept bool, err error) {
	text, err := json.Marshal(signed)
	if err != nil {
		return false, fmt.Errorf("keeping a signed draft: %w", err)
	}
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := changed(tx.ExecContext(ctx, "UPDATE drafts SET signed = $1 WHERE id = $2 AND token = $3 AND signed = ''", string(text), id, digest(token)))
		kept = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("keeping a signed draft: %w", err)
	}
	return kept, nil
}

// RemoveDraft forgets a draft, as when its person thinks better of it.
func (s *Store) RemoveDraft(ctx context.Context, token, id string) error {
	err := s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM drafts WHERE id = $1 AND token = $2", id, digest(token))
		return err
	})
	if err != nil {
		return fmt.Errorf("removing a draft: %w", err)
	}
	return nil
}
