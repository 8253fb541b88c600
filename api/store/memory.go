package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// Submission is a command whose outcome was not known when its caller was
// answered.
type Submission struct {
	Signer  ledger.PartyID
	Command ledger.CommandID
	Op      ledger.Op
	Subject ledger.Subject
	Seq     uint64
	Expires time.Time
}

// Remember keeps a submission, so that its outcome can be told later, also
// after a restart.
func (s *Store) Remember(ctx context.Context, b Submission) error {
	_, err := s.writer.ExecContext(ctx, `INSERT INTO submissions (signer, command, kind, id, seq, op, expires)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		string(b.Signer), string(b.Command), string(b.Subject.Kind), b.Subject.ID, int64(b.Seq), string(b.Op), b.Expires.Unix())
	if err != nil {
		return fmt.Errorf("remembering a submission: %w", err)
	}
	return nil
}

// Submission gives what was remembered of a party's command, or nil.
func (s *Store) Submission(ctx context.Context, signer ledger.PartyID, command ledger.CommandID) (*Submission, error) {
	b := Submission{Signer: signer, Command: command}
	var expires int64
	err := s.reader.QueryRowContext(ctx, "SELECT kind, id, seq, op, expires FROM submissions WHERE signer = $1 AND command = $2",
		string(signer), string(command)).Scan(&b.Subject.Kind, &b.Subject.ID, &b.Seq, &b.Op, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading a submission: %w", err)
	}
	b.Expires = time.Unix(expires, 0).UTC()
	return &b, nil
}

// Once notes that a party used a client assertion, and says whether it is the
// first time. It forgets those that have expired.
func (s *Store) Once(ctx context.Context, party ledger.PartyID, jti string, now, expires time.Time) (first bool, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM assertions WHERE expires < $1", now.Unix()); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO assertions (party, jti, expires) VALUES ($1, $2, $3)
			ON CONFLICT DO NOTHING`, string(party), jti, expires.Unix())
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
