package casebook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
)

// How long a member of staff stays signed in.
const (
	StaffIdle = 15 * time.Minute // after the last page
	StaffLife = 10 * time.Hour   // however many pages there were
	// staffSeen is how long a session goes without a note that it was seen, so that not
	// every page is a write. A session may end so much sooner.
	staffSeen = 30 * time.Second
	// maxStaffSessions is how many sessions a member of staff can have; a new one ends
	// the oldest.
	maxStaffSessions = 4
)

// StaffSession is a member of staff who is signed in.
type StaffSession struct {
	Staff   StaffID
	Created time.Time
	Seen    time.Time
	Expires time.Time // at the latest
}

// Ends says when the session is over if no other page is asked for.
func (s *StaffSession) Ends() time.Time {
	if idle := s.Seen.Add(StaffIdle); idle.Before(s.Expires) {
		return idle
	}
	return s.Expires
}

// BeginStaffSession signs a member of staff in. The token is what their browser shows,
// drawn at random; only its digest is kept.
func (b *Book) BeginStaffSession(ctx context.Context, token string, id StaffID, now time.Time) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM staff_sessions WHERE expires <= $1 OR token IN
			(SELECT token FROM staff_sessions WHERE staff = $2 ORDER BY seen DESC, token LIMIT $3 OFFSET $4)`,
			now.Unix(), string(id), maxStaffSessions, maxStaffSessions-1)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO staff_sessions (token, staff, created, seen, expires) VALUES ($1, $2, $3, $3, $4)",
			store.Digest(token), string(id), now.Unix(), now.Add(StaffLife).Unix())
		return err
	})
	if err != nil {
		return fmt.Errorf("beginning a session: %w", err)
	}
	return nil
}

// StaffSessionOf gives the session of a token and who it is of; nil where the token is
// none, its time is over or they are disabled. With seen it counts as another page.
func (b *Book) StaffSessionOf(ctx context.Context, token string, seen bool, now time.Time) (*StaffSession, *Staff, error) {
	var v StaffSession
	var created, last, expires int64
	err := b.Reader().QueryRowContext(ctx, "SELECT staff, created, seen, expires FROM staff_sessions WHERE token = $1", store.Digest(token)).
		Scan(&v.Staff, &created, &last, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading a session: %w", err)
	}
	v.Created, v.Seen, v.Expires = store.InTime(created), store.InTime(last), store.InTime(expires)
	if !now.Before(v.Ends()) {
		return nil, nil, nil
	}
	who, err := b.StaffOf(ctx, v.Staff)
	if err != nil || who == nil || !who.Disabled.IsZero() {
		return nil, nil, err
	}
	if !seen || now.Before(v.Seen.Add(staffSeen)) {
		return &v, who, nil
	}
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE staff_sessions SET seen = $1 WHERE token = $2 AND seen < $1", now.Unix(), store.Digest(token))
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("noting that a session was seen: %w", err)
	}
	v.Seen = store.InTime(now.Unix())
	return &v, who, nil
}

// EndStaffSession signs out whoever shows the token.
func (b *Book) EndStaffSession(ctx context.Context, token string) error {
	return b.end(ctx, "DELETE FROM staff_sessions WHERE token = $1", store.Digest(token))
}

// EndStaffSessions signs a member of staff out everywhere.
func (b *Book) EndStaffSessions(ctx context.Context, id StaffID) error {
	return b.end(ctx, "DELETE FROM staff_sessions WHERE staff = $1", string(id))
}

func (b *Book) end(ctx context.Context, statement, which string) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statement, which)
		return err
	})
	if err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}
