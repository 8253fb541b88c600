package casebook

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// Staff is a member of staff. What they are trusted with, their roles, package
// casework knows.
type Staff struct {
	ID       StaffID
	Place    int64 // continues a list after this one
	Name     string
	Phone    string // direct number; empty for the company's own
	Team     string
	Language ledger.Language
	Roles    []string
	Subject  string // at the identity provider; empty for who signs in with a passkey
	Created  time.Time
	Disabled time.Time // zero while they may sign in
}

const selectStaff = "SELECT id, place, name, phone, team, language, roles, subject, created, disabled FROM staff "

func scanStaff(rows *sql.Rows) (s Staff, err error) {
	var roles string
	var created, disabled int64
	err = rows.Scan(&s.ID, &s.Place, &s.Name, &s.Phone, &s.Team, &s.Language, &roles, &s.Subject, &created, &disabled)
	s.Roles, s.Created, s.Disabled = strings.Fields(roles), store.InTime(created), store.InTime(disabled)
	return s, err
}

func (b *Book) staff(ctx context.Context, where string, args ...any) ([]Staff, error) {
	rows, err := b.Reader().QueryContext(ctx, selectStaff+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading staff: %w", err)
	}
	return store.Collect(rows, scanStaff)
}

// AddStaff adds a member of staff. One with the same id, or with the same subject,
// stays as it is: added is false.
func (b *Book) AddStaff(ctx context.Context, s Staff) (added bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		place, err := store.NextPlace(ctx, tx, "staff")
		if err != nil {
			return err
		}
		n, err := store.Changed(tx.ExecContext(ctx, `INSERT INTO staff (id, place, name, phone, team, language, roles, subject, created, disabled)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0) ON CONFLICT DO NOTHING`,
			string(s.ID), place, s.Name, s.Phone, s.Team, string(s.Language), strings.Join(s.Roles, " "), s.Subject, s.Created.Unix()))
		added = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("adding a member of staff: %w", err)
	}
	return added, nil
}

// StaffOf gives a member of staff, or nil where there is none with the id.
func (b *Book) StaffOf(ctx context.Context, id StaffID) (*Staff, error) {
	return first(b.staff(ctx, "WHERE id = $1", string(id)))
}

// StaffBySubject gives the member of staff whom an identity provider names so, or nil.
func (b *Book) StaffBySubject(ctx context.Context, subject string) (*Staff, error) {
	if subject == "" {
		return nil, nil
	}
	return first(b.staff(ctx, "WHERE subject = $1", subject))
}

// AllStaff lists the members of staff in the order in which they came, after a place; 0
// for the first page. Those who are disabled are among them.
func (b *Book) AllStaff(ctx context.Context, after int64, limit int) (page []Staff, more bool, err error) {
	limit = store.PageLimit(limit)
	all, err := b.staff(ctx, "WHERE place > $1 ORDER BY place LIMIT $2", after, limit+1)
	page, more = store.Cut(all, limit)
	return page, more, err
}

// maxNames bounds a company's members of staff whose names are read at once.
const maxNames = 2000

// StaffNames gives the names of all members of staff, up to a bound that no desk has.
func (b *Book) StaffNames(ctx context.Context) (map[StaffID]string, error) {
	all, err := b.staff(ctx, "ORDER BY place LIMIT $1", maxNames)
	names := make(map[StaffID]string, len(all))
	for _, s := range all {
		names[s.ID] = s.Name
	}
	return names, err
}

// ChangeStaff writes what can change of a member of staff: all but the id, the subject
// and when they came. Sessions of one who is disabled end with it.
func (b *Book) ChangeStaff(ctx context.Context, s Staff) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE staff SET name = $1, phone = $2, team = $3, language = $4, roles = $5, disabled = $6 WHERE id = $7`,
			s.Name, s.Phone, s.Team, string(s.Language), strings.Join(s.Roles, " "), store.InSeconds(s.Disabled), string(s.ID))
		if err != nil || s.Disabled.IsZero() {
			return err
		}
		return leave(ctx, tx, s.ID)
	})
	if err != nil {
		return fmt.Errorf("changing a member of staff: %w", err)
	}
	return nil
}

// HasOther says whether somebody else than a member of staff has a role and may sign in.
func (b *Book) HasOther(ctx context.Context, role string, than StaffID) (bool, error) {
	all, err := b.staff(ctx, "WHERE disabled = 0 AND id <> $1 AND ' ' || roles || ' ' LIKE '% ' || $2 || ' %' LIMIT 1", string(than), role)
	return len(all) > 0, err
}

// leave ends the sessions of a member of staff, and the ways in that wait.
func leave(ctx context.Context, tx *sql.Tx, id StaffID) error {
	for _, table := range []string{"staff_sessions", "staff_invitations", "act_drafts"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE staff = $1", string(id)); err != nil {
			return err
		}
	}
	return nil
}
