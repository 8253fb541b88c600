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

// Submission is a command that was handed in, or was about to be.
type Submission struct {
	Signer  ledger.PartyID
	Command ledger.CommandID
	Op      ledger.Op
	Subject ledger.Subject
	Seq     uint64
	Expires time.Time
	Refusal *ledger.Error // of the last attempt; nil where none is known
}

// Remember notes commands that are about to be handed in, so that their outcome
// can be told later, also by a gateway that stops before it knows it. It is on
// the disk when Remember returns. A refusal of an earlier attempt is forgotten.
func (s *Store) Remember(ctx context.Context, all ...Submission) error {
	err := s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, b := range all {
			_, err := tx.ExecContext(ctx, `INSERT INTO submissions (signer, command, kind, id, seq, op, expires)
				VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (signer, command) DO UPDATE SET code = '', params = ''`,
				string(b.Signer), string(b.Command), string(b.Subject.Kind), b.Subject.ID, int64(b.Seq), string(b.Op), b.Expires.Unix())
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("remembering submissions: %w", err)
	}
	return nil
}

// RememberRefusals notes why remembered commands were refused.
func (s *Store) RememberRefusals(ctx context.Context, all ...Submission) error {
	err := s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, b := range all {
			params, err := json.Marshal(b.Refusal.Params)
			if err != nil {
				return err
			}
			// Only of the same command: a party may have given two the same id.
			_, err = tx.ExecContext(ctx, `UPDATE submissions SET code = $1, params = $2
				WHERE signer = $3 AND command = $4 AND id = $5 AND seq = $6`,
				string(b.Refusal.Code), string(params), string(b.Signer), string(b.Command), b.Subject.ID, int64(b.Seq))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("remembering refusals: %w", err)
	}
	return nil
}

// Submission gives what was remembered of a party's command, or nil.
func (s *Store) Submission(ctx context.Context, signer ledger.PartyID, command ledger.CommandID) (*Submission, error) {
	b := Submission{Signer: signer, Command: command}
	var expires int64
	var code ledger.Code
	var params string
	err := s.reader.QueryRowContext(ctx, "SELECT kind, id, seq, op, expires, code, params FROM submissions WHERE signer = $1 AND command = $2",
		string(signer), string(command)).Scan(&b.Subject.Kind, &b.Subject.ID, &b.Seq, &b.Op, &expires, &code, &params)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err == nil && code != "" {
		b.Refusal = &ledger.Error{Code: code}
		err = json.Unmarshal([]byte(params), &b.Refusal.Params)
	}
	if err != nil {
		return nil, fmt.Errorf("reading a submission: %w", err)
	}
	b.Expires = time.Unix(expires, 0).UTC()
	return &b, nil
}
