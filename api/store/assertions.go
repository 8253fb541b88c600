package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// Once notes that a party used a client assertion, and says whether it is the
// first time. One that has expired counts as never used. What is kept of its id
// is a digest: of one length, and no text that a database might refuse.
func (s *Store) Once(ctx context.Context, party ledger.PartyID, jti string, now, expires time.Time) (first bool, err error) {
	digest := sha256.Sum256([]byte(jti))
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `INSERT INTO assertions (party, jti, expires) VALUES ($1, $2, $3)
			ON CONFLICT (party, jti) DO UPDATE SET expires = excluded.expires WHERE assertions.expires < $4`,
			string(party), hex.EncodeToString(digest[:]), expires.Unix(), now.Unix())
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		first = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("noting a client assertion: %w", err)
	}
	return first, nil
}
