package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

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
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO idempotency (party, target, name, request, status, header, body, expires)
			VALUES ($1, $2, $3, $4, 0, '{}', '', $5)
			ON CONFLICT (party, target, name) DO UPDATE SET request = excluded.request, status = excluded.status,
				header = excluded.header, body = excluded.body, expires = excluded.expires WHERE idempotency.expires <= $6`,
			string(k.Party), k.Target, k.Name, request, expires.Unix(), now.Unix())
		if err != nil {
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
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE idempotency SET status = $1, header = $2, body = $3
			WHERE party = $4 AND target = $5 AND name = $6 AND request = $7`,
			answer.Status, string(header), answer.Body, string(k.Party), k.Target, k.Name, answer.Request)
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping the answer to a request: %w", err)
	}
	return nil
}
