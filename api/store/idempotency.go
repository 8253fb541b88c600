package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

const (
	// MaxKept is how many bytes of keys and answers of one party are kept. Beyond
	// it the oldest go, and their keys are free again: a request that comes again
	// with one is worked through again, and signed commands are applied once.
	MaxKept = 64 << 20
	// keptUnseen is how many bytes may come between two looks at what is kept. A
	// restart forgets what came since the last one.
	keptUnseen = MaxKept / 8
	// keyBytes is what a key without an answer counts for.
	keyBytes = 1 << 10
)

// keptBytes counts what was kept for each party since somebody looked. There are
// no more of them than parties of the organisation.
type keptBytes struct {
	mu    sync.Mutex
	since map[ledger.PartyID]int
}

// add counts bytes, and says whether it is time to look.
func (k *keptBytes) add(party ledger.PartyID, bytes int) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.since == nil {
		k.since = map[ledger.PartyID]int{}
	}
	k.since[party] += bytes
	if k.since[party] < keptUnseen {
		return false
	}
	delete(k.since, party)
	return true
}

// Key is an Idempotency-Key within its scope: the same text is another key for
// another party and at another address.
type Key struct {
	Party  ledger.PartyID
	Target string // method and path
	Name   string // what the caller chose
}

// Kept is a request that was made with a key, and its answer once that is final.
type Kept struct {
	Request string            // digest of the request
	Status  int               // of the final answer; 0 while there is none
	Header  map[string]string // of the answer
	Body    string            // of the answer
	Expires time.Time         // when the key is free again
}

// ClaimKey notes that a request is made with a key, and gives what the key stands
// for: that same request, or the one that came with it before and has not expired.
func (s *Store) ClaimKey(ctx context.Context, k Key, request string, now, expires time.Time) (kept Kept, err error) {
	if s.kept.add(k.Party, keyBytes) {
		if err := s.dropOldest(ctx, k.Party, MaxKept); err != nil {
			return Kept{}, err
		}
	}
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO idempotency (party, target, name, request, status, header, body, expires)
			VALUES ($1, $2, $3, $4, 0, '{}', '', $5)
			ON CONFLICT (party, target, name) DO UPDATE SET request = excluded.request, status = excluded.status,
				header = excluded.header, body = excluded.body, expires = excluded.expires WHERE idempotency.expires <= $6`,
			string(k.Party), k.Target, k.Name, request, expires.Unix(), now.Unix())
		if err != nil {
			return err
		}
		if err := nameNotes(ctx, tx, k, notesIn(k.Target), expires.Unix()); err != nil {
			return err
		}
		var header string
		var until int64
		err = tx.QueryRowContext(ctx, `SELECT request, status, header, body, expires FROM idempotency
			WHERE party = $1 AND target = $2 AND name = $3`, string(k.Party), k.Target, k.Name).
			Scan(&kept.Request, &kept.Status, &header, &kept.Body, &until)
		if err != nil {
			return err
		}
		kept.Expires = time.Unix(until, 0).UTC()
		return json.Unmarshal([]byte(header), &kept.Header)
	})
	if err != nil {
		return Kept{}, fmt.Errorf("claiming an idempotency key: %w", err)
	}
	return kept, nil
}

// KeepAnswer keeps the final answer to a request that was made with a key.
func (s *Store) KeepAnswer(ctx context.Context, k Key, answer Kept) error {
	header, err := json.Marshal(answer.Header)
	if err != nil {
		return fmt.Errorf("keeping the answer to a request: %w", err)
	}
	named := notesIn(answer.Body) // not while others wait to write
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var expires int64
		err := tx.QueryRowContext(ctx, `UPDATE idempotency SET status = $1, header = $2, body = $3
			WHERE party = $4 AND target = $5 AND name = $6 AND request = $7 RETURNING expires`,
			answer.Status, string(header), answer.Body, string(k.Party), k.Target, k.Name, answer.Request).Scan(&expires)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // it was dropped meanwhile
		}
		if err != nil {
			return err
		}
		return nameNotes(ctx, tx, k, named, expires)
	})
	if err != nil {
		return fmt.Errorf("keeping the answer to a request: %w", err)
	}
	if s.kept.add(k.Party, len(header)+len(answer.Body)) {
		return s.dropOldest(ctx, k.Party, MaxKept)
	}
	return nil
}

// dropOldest forgets the oldest keys of a party until no more bytes than most are kept.
func (s *Store) dropOldest(ctx context.Context, party ledger.PartyID, most int) error {
	err := s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM idempotency WHERE (party, target, name) IN
			(SELECT party, target, name FROM
				(SELECT party, target, name,
					SUM($1 + OCTET_LENGTH(header) + OCTET_LENGTH(body)) OVER (ORDER BY expires DESC, target, name) AS kept
				FROM idempotency WHERE party = $2) AS of_party
			WHERE kept > $3)`, keyBytes, string(party), most)
		return err
	})
	if err != nil {
		return fmt.Errorf("dropping the oldest idempotency keys: %w", err)
	}
	return nil
}
