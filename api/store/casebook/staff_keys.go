package casebook

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	// InvitationLife is how long a one-time link lets a member of staff make a passkey.
	InvitationLife = 48 * time.Hour
	// maxStaffKeys is how many passkeys a member of staff can have.
	maxStaffKeys = 10
)

// StaffCredential is a passkey of a member of staff. Unlike that of a borrower it signs
// nothing on the ledger: it only signs in.
type StaffCredential struct {
	ID        []byte
	Staff     StaffID
	Key       ledger.Key
	SignCount uint32 // as the authenticator last told it; always 0 of most passkeys
	Eligible  bool   // it may be on more devices than one, which never changes
	BackedUp  bool   // and it is
	Created   time.Time
	Used      time.Time // zero before the first sign-in
}

func credentialID(id []byte) string { return base64.RawURLEncoding.EncodeToString(id) }

func scanStaffCredential(rows *sql.Rows) (c StaffCredential, err error) {
	var id, key string
	var created, used int64
	var eligible, backedUp int
	if err = rows.Scan(&id, &c.Staff, &key, &c.SignCount, &eligible, &backedUp, &created, &used); err != nil {
		return c, err
	}
	c.Eligible, c.BackedUp, c.Created, c.Used = eligible != 0, backedUp != 0, store.InTime(created), store.InTime(used)
	if err := json.Unmarshal([]byte(key), &c.Key); err != nil {
		return c, err
	}
	c.ID, err = base64.RawURLEncoding.DecodeString(id)
	return c, err
}

func (b *Book) staffCredentials(ctx context.Context, where string, args ...any) ([]StaffCredential, error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT id, staff, key, sign_count, eligible, backed_up, created, used FROM staff_credentials "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading passkeys of staff: %w", err)
	}
	return store.Collect(rows, scanStaffCredential)
}

// StaffCredential gives the passkey of an id, or nil where no member of staff has it.
func (b *Book) StaffCredential(ctx context.Context, id []byte) (*StaffCredential, error) {
	return first(b.staffCredentials(ctx, "WHERE id = $1", credentialID(id)))
}

// StaffCredentials lists the passkeys of a member of staff, the oldest first.
func (b *Book) StaffCredentials(ctx context.Context, id StaffID) ([]StaffCredential, error) {
	return b.staffCredentials(ctx, "WHERE staff = $1 ORDER BY created, id LIMIT $2", string(id), maxStaffKeys)
}

// CountStaffCredentials counts the passkeys of the members of staff.
func (b *Book) CountStaffCredentials(ctx context.Context) (map[StaffID]int, error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT staff, COUNT(*) FROM staff_credentials GROUP BY staff LIMIT $1", maxNames)
	if err != nil {
		return nil, fmt.Errorf("counting passkeys of staff: %w", err)
	}
	counts := map[StaffID]int{}
	_, err = store.Collect(rows, func(rows *sql.Rows) (id StaffID, err error) {
		var n int
		err = rows.Scan(&id, &n)
		counts[id] = n
		return id, err
	})
	return counts, err
}

// StaffCredentialUsed notes that a passkey was used, and says whether it may be: it is
// there, and its count has grown, or it keeps none (WebAuthn Level 3, par. 7.2, step
// 22). A count that goes back is that of a copy.
func (b *Book) StaffCredentialUsed(ctx context.Context, id []byte, count uint32, backedUp bool, now time.Time) (good bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := store.Changed(tx.ExecContext(ctx, `UPDATE staff_credentials SET sign_count = $1, backed_up = $2, used = $3
			WHERE id = $4 AND (sign_count < $1 OR sign_count = 0 AND $1 = 0)`, int64(count), bit(backedUp), now.Unix(), credentialID(id)))
		good = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("noting the use of a passkey: %w", err)
	}
	return good, nil
}

// DropStaffCredentials takes the passkeys of a member of staff away, and signs them out.
func (b *Book) DropStaffCredentials(ctx context.Context, id StaffID) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM staff_credentials WHERE staff = $1", string(id)); err != nil {
			return err
		}
		return leave(ctx, tx, id)
	})
	if err != nil {
		return fmt.Errorf("taking passkeys away: %w", err)
	}
	return nil
}

// InviteStaff lets a member of staff make a passkey with a code, once. The codes that
// they had before count no more.
func (b *Book) InviteStaff(ctx context.Context, id StaffID, code string, now time.Time) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM staff_invitations WHERE staff = $1 OR expires <= $2", string(id), now.Unix()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO staff_invitations (code, staff, created, expires) VALUES ($1, $2, $3, $4)",
			store.Digest(code), string(id), now.Unix(), now.Add(InvitationLife).Unix())
		return err
	})
	if err != nil {
		return fmt.Errorf("inviting a member of staff: %w", err)
	}
	return nil
}

// InvitedStaff gives who may make a passkey with a code, or nil where it is none, was
// used, or its time is over.
func (b *Book) InvitedStaff(ctx context.Context, code string, now time.Time) (*Staff, error) {
	return first(b.staff(ctx, `WHERE disabled = 0 AND id IN (SELECT staff FROM staff_invitations WHERE code = $1 AND expires > $2)`,
		store.Digest(code), now.Unix()))
}

// UseStaffInvitation keeps the passkey that a member of staff made with a code, which
// counts no more; used is false where it did not count any longer.
func (b *Book) UseStaffInvitation(ctx context.Context, code string, c StaffCredential, now time.Time) (used bool, err error) {
	key, err := json.Marshal(c.Key)
	if err != nil {
		return false, fmt.Errorf("writing down a passkey: %w", err)
	}
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		used = false
		n, err := store.Changed(tx.ExecContext(ctx, "DELETE FROM staff_invitations WHERE code = $1 AND staff = $2 AND expires > $3",
			store.Digest(code), string(c.Staff), now.Unix()))
		if err != nil || n == 0 {
			return err
		}
		n, err = store.Changed(tx.ExecContext(ctx, `INSERT INTO staff_credentials (id, staff, key, sign_count, eligible, backed_up, created, used)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 0) ON CONFLICT (id) DO NOTHING`,
			credentialID(c.ID), string(c.Staff), string(key), int64(c.SignCount), bit(c.Eligible), bit(c.BackedUp), now.Unix()))
		if err == nil && n == 0 {
			err = errors.New("the passkey is somebody's already")
		}
		used = err == nil
		return err
	})
	if err != nil {
		return false, fmt.Errorf("using an invitation: %w", err)
	}
	return used, nil
}
