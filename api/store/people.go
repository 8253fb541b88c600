package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// Person is what the registrar knows of a person beside the ledger, where a person
// is a pseudonymous id and keys. What is not known is empty.
type Person struct {
	Party    ledger.PartyID
	Name     string
	Phone    string
	Email    string
	Language ledger.Language
	Created  time.Time
}

// SavePerson keeps a person, in the place of what was known of it before; when it
// was first known stays.
func (s *Store) SavePerson(ctx context.Context, p Person) error {
	err := s.join(ctx, func(ctx context.Context, tx *sql.Tx) error { return savePerson(ctx, tx, p, true) })
	if err != nil {
		return fmt.Errorf("keeping a person: %w", err)
	}
	return nil
}

// savePerson writes a person; over one that is known only where replace says so.
func savePerson(ctx context.Context, tx *sql.Tx, p Person, replace bool) error {
	known := "NOTHING"
	if replace {
		known = "UPDATE SET name = excluded.name, phone = excluded.phone, email = excluded.email, language = excluded.language"
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO persons (party, name, phone, email, language, created)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (party) DO `+known,
		string(p.Party), p.Name, p.Phone, p.Email, string(p.Language), p.Created.Unix())
	return err
}

// PersonOf gives the person behind a party, or nil where none is known.
func (s *Store) PersonOf(ctx context.Context, party ledger.PartyID) (*Person, error) {
	p := Person{Party: party}
	var created int64
	err := s.reader.QueryRowContext(ctx, "SELECT name, phone, email, language, created FROM persons WHERE party = $1", string(party)).
		Scan(&p.Name, &p.Phone, &p.Email, &p.Language, &created)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading a person: %w", err)
	}
	p.Created = time.Unix(created, 0).UTC()
	return &p, nil
}

// aboutPerson are the statements that take away all that is known of a person. A
// condition that is true of every party names the index of those rows that have one.
var aboutPerson = []string{
	"DELETE FROM persons WHERE party = $1",
	"DELETE FROM credentials WHERE party = $1",
	"DELETE FROM sessions WHERE party = $1",
	"DELETE FROM drafts WHERE party = $1",
	"DELETE FROM callbacks WHERE party = $1 AND party <> ''",
	"DELETE FROM messages WHERE party = $1",
	"DELETE FROM complaints WHERE party = $1",
	"DELETE FROM follow_ups WHERE entry <> '' AND (by_party, entry) IN (SELECT by_party, id FROM journal WHERE party = $1 AND party <> '')",
	"DELETE FROM journal WHERE party = $1 AND party <> ''",
	"DELETE FROM invitations WHERE party = $1 AND party <> ''",
	"DELETE FROM invitations WHERE for_party = $1 AND for_party <> ''",
}

// ForgetPerson takes away all that is known of the person behind a party: whoever
// signs in with its passkeys is nobody afterwards.
func (s *Store) ForgetPerson(ctx context.Context, party ledger.PartyID) error {
	err := s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, statement := range aboutPerson {
			if _, err := tx.ExecContext(ctx, statement, string(party)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("forgetting a person: %w", err)
	}
	return nil
}

// ForgetNote takes away what persons left about a note, and what was written down for
// them: who asked to be called, who complained, which invitations were for it.
func (s *Store) ForgetNote(ctx context.Context, note ledger.NoteID) error {
	err := s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, statement := range aboutNote {
			if _, err := tx.ExecContext(ctx, statement, string(note)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("forgetting what was asked about a note: %w", err)
	}
	return nil
}

// aboutNote are the statements that take away what persons left about a note, and what
// companies wrote down for them. What was answered about a contact is nobody's.
var aboutNote = []string{
	"DELETE FROM callbacks WHERE note = $1",
	"UPDATE invitations SET note = '' WHERE note = $1",
	"DELETE FROM complaints WHERE note = $1",
	"DELETE FROM follow_ups WHERE entry <> '' AND (by_party, entry) IN (SELECT by_party, id FROM journal WHERE note = $1)",
	"DELETE FROM journal WHERE note = $1",
	"DELETE FROM outbox WHERE note = $1",
}

// digest gives what is kept of a secret that is as long as a key.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// inTime reads a time that may be none.
func inTime(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// nextPlace gives the number of the next row of a table that counts its rows. There
// is one writer, so that nobody else gets the same.
func nextPlace(ctx context.Context, tx *sql.Tx, table string) (place int64, err error) {
	err = tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(place), 0) + 1 FROM "+table).Scan(&place)
	return place, err
}
