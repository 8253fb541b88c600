package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// Credential is a passkey as its authenticator names it. Its public key is on the
// ledger under KeyID, and only while it is there does the passkey sign for anybody.
type Credential struct {
	ID        []byte
	Party     ledger.PartyID
	KeyID     string
	Label     string // what its owner calls it
	SignCount uint32 // as the authenticator last told it; always 0 of most passkeys
	Eligible  bool   // it may be on more devices than one, which never changes
	BackedUp  bool   // and it is
	Created   time.Time
	Used      time.Time // zero before the first sign-in
	Removed   time.Time // zero while it signs in
}

func credentialID(id []byte) string { return base64.RawURLEncoding.EncodeToString(id) }

func scanCredential(rows *sql.Rows) (c Credential, err error) {
	var id string
	var eligible, backedUp, created, used, removed int64
	err = rows.Scan(&id, &c.Party, &c.KeyID, &c.Label, &c.SignCount, &eligible, &backedUp, &created, &used, &removed)
	if err == nil {
		c.ID, err = base64.RawURLEncoding.DecodeString(id)
	}
	c.Eligible, c.BackedUp, c.Created, c.Used, c.Removed = eligible != 0, backedUp != 0, inTime(created), inTime(used), inTime(removed)
	return c, err
}

func (s *Store) credentials(ctx context.Context, where string, args ...any) ([]Credential, error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT id, party, key_id, label, sign_count, eligible, backed_up, created, used, removed
		FROM credentials `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading credentials: %w", err)
	}
	return collect(rows, scanCredential)
}

// AddCredential keeps a passkey. One that is its party's already stays as it is.
func (s *Store) AddCredential(ctx context.Context, c Credential) error {
	err := s.join(ctx, func(ctx context.Context, tx *sql.Tx) error { return addCredential(ctx, tx, c) })
	if err != nil {
		return fmt.Errorf("keeping a credential: %w", err)
	}
	return nil
}

func addCredential(ctx context.Context, tx *sql.Tx, c Credential) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO credentials (id, party, key_id, label, sign_count, eligible, backed_up, created, used, removed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0) ON CONFLICT (id) DO NOTHING`,
		credentialID(c.ID), string(c.Party), c.KeyID, c.Label, int64(c.SignCount), flag(c.Eligible), flag(c.BackedUp), c.Created.Unix())
	if err != nil {
		return err
	}
	kept, err := exists(ctx, tx, "SELECT 1 FROM credentials WHERE id = $1 AND party = $2 AND key_id = $3", credentialID(c.ID), string(c.Party), c.KeyID)
	if err == nil && !kept {
		err = errForOther
	}
	return err
}

// Credential gives the passkey of an id, or nil where none has it. One that was
// removed says so.
func (s *Store) Credential(ctx context.Context, id []byte) (*Credential, error) {
	all, err := s.credentials(ctx, "WHERE id = $1", credentialID(id))
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// maxCredentials bounds the passkeys of one answer. A party has at most
// ledger.MaxKeys in force.
const maxCredentials = 100

// Credentials lists a party's passkeys that were not removed, the oldest first.
func (s *Store) Credentials(ctx context.Context, party ledger.PartyID) ([]Credential, error) {
	return s.credentials(ctx, "WHERE party = $1 AND removed = 0 ORDER BY created, id LIMIT $2", string(party), maxCredentials)
}

// CredentialUsed notes that a passkey was used, with the count and the backup state
// that its authenticator told, and says whether it may be: it was not removed, and
// its count has grown, or it keeps none (WebAuthn Level 3, par. 7.2, step 22). A
// count that goes back is that of a copy.
func (s *Store) CredentialUsed(ctx context.Context, id []byte, count uint32, backedUp bool, now time.Time) (good bool, err error) {
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := changed(tx.ExecContext(ctx, `UPDATE credentials SET sign_count = $1, backed_up = $2, used = $3
			WHERE id = $4 AND removed = 0 AND (sign_count < $1 OR sign_count = 0 AND $1 = 0)`,
			int64(count), flag(backedUp), now.Unix(), credentialID(id)))
		good = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("noting the use of a credential: %w", err)
	}
	return good, nil
}

// NameCredential sets what a party calls one of its passkeys, and says whether it
// has it.
func (s *Store) NameCredential(ctx context.Context, party ledger.PartyID, id []byte, label string) (named bool, err error) {
	return s.changeCredential(ctx, "UPDATE credentials SET label = $1 WHERE id = $2 AND party = $3 AND removed = 0", label, credentialID(id), string(party))
}

// RemoveCredential ends signing in with a party's passkey, and says whether it had
// it. Whoever is signed in with it stays so; see EndSessions.
func (s *Store) RemoveCredential(ctx context.Context, party ledger.PartyID, id []byte, now time.Time) (removed bool, err error) {
	return s.changeCredential(ctx, "UPDATE credentials SET removed = $1 WHERE id = $2 AND party = $3 AND removed = 0", now.Unix(), credentialID(id), string(party))
}

func (s *Store) changeCredential(ctx context.Context, statement string, args ...any) (done bool, err error) {
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := changed(tx.ExecContext(ctx, statement, args...))
		done = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("changing a credential: %w", err)
	}
	return done, nil
}
