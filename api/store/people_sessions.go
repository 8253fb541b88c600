package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// How long somebody stays signed in.
const (
	SessionIdle = 15 * time.Minute // after the last page
	SessionLife = 8 * time.Hour    // however many pages there were
	// sessionSeen is how long a session goes without a note that it was seen, so
	// that not every page is a write. A session may end so much sooner.
	sessionSeen = time.Minute
	// MaxSessions is how many sessions a party can have; a new one ends the oldest.
	MaxSessions = 16
)

// Session is somebody who is signed in.
type Session struct {
	Party   ledger.PartyID
	KeyID   string // of the passkey with which it did
	Created time.Time
	Seen    time.Time
	Expires time.Time // at the latest
}

// BeginSession signs a party in. The token is what its browser shows, drawn at
// random; only its digest is kept.
func (s *Store) BeginSession(ctx context.Context, token string, party ledger.PartyID, keyID string, now time.Time) (*Session, error) {
	session := Session{Party: party, KeyID: keyID, Created: inTime(now.Unix()), Seen: inTime(now.Unix()), Expires: inTime(now.Add(SessionLife).Unix())}
	err := s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE token IN
			(SELECT token FROM sessions WHERE party = $1 ORDER BY seen DESC, token LIMIT $2 OFFSET $3)`,
			string(party), MaxSessions, MaxSessions-1)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO sessions (token, party, key_id, created, seen, expires) VALUES ($1, $2, $3, $4, $4, $5)",
			digest(token), string(party), keyID, now.Unix(), session.Expires.Unix())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("beginning a session: %w", err)
	}
	return &session, nil
}

// SessionOf gives the session of a token and notes that it was seen; nil where the
// token is none or its time is over. Whether the key is still one of the party's is
// the ledger's to say.
func (s *Store) SessionOf(ctx context.Context, token string, now time.Time) (*Session, error) {
	var v Session
	var created, seen, expires int64
	err := s.reader.QueryRowContext(ctx, "SELECT party, key_id, created, seen, expires FROM sessions WHERE token = $1", digest(token)).
		Scan(&v.Party, &v.KeyID, &created, &seen, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading a session: %w", err)
	}
	v.Created, v.Seen, v.Expires = inTime(created), inTime(seen), inTime(expires)
	if !now.Before(v.Expires) || !now.Before(v.Seen.Add(SessionIdle)) {
		return nil, nil
	}
	if now.Before(v.Seen.Add(sessionSeen)) {
		return &v, nil
	}
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE sessions SET seen = $1 WHERE token = $2 AND seen < $1", now.Unix(), digest(token))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("noting that a session was seen: %w", err)
	}
	v.Seen = inTime(now.Unix())
	return &v, nil
}

// EndSession signs out whoever shows the token, and forgets its drafts but for
// those that are signed: the ledger may have them already.
func (s *Store) EndSession(ctx context.Context, token string) error {
	return s.endSessions(ctx, "token", digest(token))
}

// EndSessions signs a party out everywhere, as when a passkey was lost.
func (s *Store) EndSessions(ctx context.Context, party ledger.PartyID) error {
	return s.endSessions(ctx, "party", string(party))
}

func (s *Store) endSessions(ctx context.Context, column, value string) error {
	err := s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE "+column+" = $1", value); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM drafts WHERE signed = '' AND "+column+" = $1", value)
		return err
	})
	if err != nil {
		return fmt.Errorf("ending sessions: %w", err)
	}
	return nil
}

const (
	// ChallengeLife is how long somebody has to answer a challenge.
	ChallengeLife = 5 * time.Minute
	// staleChallenges is how many challenges that are over each new one takes away.
	// Strangers make them, and must not fill the database.
	staleChallenges = 4
)

// AddChallenge keeps a challenge that was sent to a browser, with what is to be
// remembered until it is answered. Only its digest is kept.
func (s *Store) AddChallenge(ctx context.Context, challenge []byte, purpose, data string, now time.Time) error {
	err := s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM challenges WHERE challenge IN (SELECT challenge FROM challenges WHERE expires < $1 LIMIT $2)`,
			now.Unix(), staleChallenges)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO challenges (challenge, purpose, data, expires) VALUES ($1, $2, $3, $4)",
			digest(hex.EncodeToString(challenge)), purpose, data, now.Add(ChallengeLife).Unix())
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping a challenge: %w", err)
	}
	return nil
}

// TakeChallenge gives what was to be remembered with a challenge, once: found is
// false where there is none for the purpose, it was taken before or is over.
func (s *Store) TakeChallenge(ctx context.Context, challenge []byte, purpose string, now time.Time) (data string, found bool, err error) {
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		data, found = "", false
		err := tx.QueryRowContext(ctx, "DELETE FROM challenges WHERE challenge = $1 AND purpose = $2 AND expires > $3 RETURNING data",
			digest(hex.EncodeToString(challenge)), purpose, now.Unix()).Scan(&data)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		found = err == nil
		return err
	})
	if err != nil {
		return "", false, fmt.Errorf("taking a challenge: %w", err)
	}
	return data, found, nil
}
