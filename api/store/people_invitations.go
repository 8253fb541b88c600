package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/ledger"
)

// Purpose says what an invitation is for.
type Purpose string

// The purposes.
const (
	ForBorrower Purpose = "borrower" // a person that a company wants to offer a note to
	ForHelper   Purpose = "helper"   // a person to whom another gives a power of attorney
	ForDevice   Purpose = "device"   // one more passkey of a person that is signed in
	ForRecovery Purpose = "recovery" // a new passkey of a person who has lost the others
)

// Life says how long an invitation can be used. One that stands in a letter takes
// its time; one for a device is used where the person has both devices at hand.
func (p Purpose) Life() time.Duration {
	switch p {
	case ForDevice:
		return 15 * time.Minute
	case ForRecovery:
		return 7 * 24 * time.Hour
	}
	return 30 * 24 * time.Hour
}

// brings says that who uses the invitation is one who was no party before.
func (p Purpose) brings() bool { return p == ForBorrower || p == ForHelper }

// MaxOpenInvitations is how many invitations of one party can be waiting to be used.
const MaxOpenInvitations = 10_000

// InvitationState says what became of an invitation.
type InvitationState string

// The states of an invitation.
const (
	InvitationOpen    InvitationState = "open"
	InvitationUsed    InvitationState = "used"
	InvitationExpired InvitationState = "expired"
	InvitationRevoked InvitationState = "revoked"
)

// Invitation lets a person whom somebody knows make a passkey, once.
type Invitation struct {
	ID      string
	Place   int64          // continues a list after this one
	By      ledger.PartyID // a company; a person for its own device and its helper
	ByName  string         // as the person is told it
	Purpose Purpose
	For     ledger.PartyID // whose device, helper or lost key it is about; of no borrower

	Name, Phone, Email string // of whom it is for
	Language           ledger.Language
	Note               ledger.NoteID // which it is about, if any

	Party ledger.PartyID // who has used it
	Key   *ledger.Key    // of the passkey that was made with it; nil where none was

	Created, Expires, Used, Revoked time.Time
}

// State says what became of the invitation by now.
func (i *Invitation) State(now time.Time) InvitationState {
	switch {
	case !i.Used.IsZero():
		return InvitationUsed
	case !i.Revoked.IsZero():
		return InvitationRevoked
	case !now.Before(i.Expires):
		return InvitationExpired
	}
	return InvitationOpen
}

const selectInvitations = `SELECT id, place, by_party, by_name, purpose, for_party, name, phone, email, language, note,
	party, key, created, expires, used, revoked FROM invitations `

func scanInvitation(rows *sql.Rows) (i Invitation, err error) {
	var key string
	var created, expires, used, revoked int64
	err = rows.Scan(&i.ID, &i.Place, &i.By, &i.ByName, &i.Purpose, &i.For, &i.Name, &i.Phone, &i.Email, &i.Language, &i.Note,
		&i.Party, &key, &created, &expires, &used, &revoked)
	if err == nil && key != "" {
		err = json.Unmarshal([]byte(key), &i.Key)
	}
	i.Created, i.Expires, i.Used, i.Revoked = inTime(created), inTime(expires), inTime(used), inTime(revoked)
	return i, err
}

func invitations(ctx context.Context, q queryer, where string, args ...any) ([]Invitation, error) {
	rows, err := q.QueryContext(ctx, selectInvitations+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading invitations: %w", err)
	}
	return collect(rows, scanInvitation)
}

func oneInvitation(ctx context.Context, q queryer, where string, args ...any) (*Invitation, error) {
	all, err := invitations(ctx, q, where, args...)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// AddInvitation keeps an invitation under the code that was made for it, and says
// whether it is new: one of the same party and id is given as it stands. It gives nil
// where so many of the party's are open already that it may have no more.
func (s *Store) AddInvitation(ctx context.Context, i Invitation, c code.Code) (kept *Invitation, made bool, err error) {
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		made = false
		var err error
		if kept, err = oneInvitation(ctx, tx, "WHERE id = $1 AND by_party = $2", i.ID, string(i.By)); err != nil || kept != nil {
			return err
		}
		var open int
		err = tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM invitations WHERE by_party = $1 AND expires > $2 AND used = 0 AND revoked = 0",
			string(i.By), i.Created.Unix()).Scan(&open)
		if err != nil {
			return err
		}
		if open >= MaxOpenInvitations {
			return nil
		}
		if i.Place, err = nextPlace(ctx, tx, "invitations"); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO invitations (id, place, code, by_party, by_name, purpose, for_party, name, phone, email,
			language, note, party, key, created, expires, used, revoked)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', '', $13, $14, 0, 0)`,
			i.ID, i.Place, c.Hash(), string(i.By), i.ByName, string(i.Purpose), string(i.For), i.Name, i.Phone, i.Email,
			string(i.Language), string(i.Note), i.Created.Unix(), i.Expires.Unix())
		kept, made = &i, err == nil
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("keeping an invitation: %w", err)
	}
	return kept, made, nil
}

// OpenInvitation gives the invitation of a code, or nil where there is none that can
// be used: whoever tries codes learns of none that it was one.
func (s *Store) OpenInvitation(ctx context.Context, c code.Code, now time.Time) (*Invitation, error) {
	i, err := oneInvitation(ctx, s.reader, "WHERE code = $1", c.Hash())
	if err != nil || i == nil || i.State(now) != InvitationOpen {
		return nil, err
	}
	return i, nil
}

// InvitationUse is how an invitation is used.
type InvitationUse struct {
	Code  code.Code
	Party ledger.PartyID // who uses it
	// Credential is the passkey that was made, and Key its public key. Both are nil
	// where a person uses it that is a party already.
	Credential *Credential
	Key        *ledger.Key
}

// errForOther says that a credential is another party's.
var errForOther = errors.New("the credential belongs to another party")

// UseInvitation uses an invitation: it cannot be used again, the passkey can sign
// in, and of a new person what the invitation said of it is known. It gives nil
// where the code opens nothing, or the invitation is for another party; to the party
// that has used it with the same key it gives the same answer again.
//
// Whether the key is one of the party's keys is the ledger's to say: until it is, a
// passkey that is kept here opens nothing.
func (s *Store) UseInvitation(ctx context.Context, u InvitationUse, now time.Time) (used *Invitation, err error) {
	key := ""
	if u.Key != nil {
		text, err := json.Marshal(u.Key)
		if err != nil {
			return nil, fmt.Errorf("using an invitation: %w", err)
		}
		key = string(text)
	}
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		used = nil // this may be the second time that it is run
		i, err := oneInvitation(ctx, tx, "WHERE code = $1", u.Code.Hash())
		switch {
		case err != nil || i == nil:
			return err
		case i.State(now) == InvitationUsed && i.Party == u.Party && sameKey(i.Key, u.Key):
			used = i
			return nil
		case i.State(now) != InvitationOpen || !i.Purpose.brings() && i.For != u.Party:
			return nil
		}
		_, err = tx.ExecContext(ctx, "UPDATE invitations SET used = $1, party = $2, key = $3 WHERE id = $4", now.Unix(), string(u.Party), key, i.ID)
		if err != nil {
			return err
		}
		i.Used, i.Party, i.Key = inTime(now.Unix()), u.Party, u.Key
		if i.Purpose.brings() {
			p := Person{Party: u.Party, Name: i.Name, Phone: i.Phone, Email: i.Email, Language: i.Language, Created: now}
			if err := savePerson(ctx, tx, p, false); err != nil {
				return err
			}
		}
		if u.Credential != nil {
			if err := addCredential(ctx, tx, *u.Credential); err != nil {
				return err
			}
		}
		used = i
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("using an invitation: %w", err)
	}
	return used, nil
}

func sameKey(a, b *ledger.Key) bool {
	return a == nil && b == nil || a != nil && b != nil && a.ID == b.ID
}

// Invitation gives an invitation of a party, or nil where it has none with the id.
func (s *Store) Invitation(ctx context.Context, by ledger.PartyID, id string) (*Invitation, error) {
	return oneInvitation(ctx, s.reader, "WHERE id = $1 AND by_party = $2", id, string(by))
}

// Invitations lists a party's invitations, the latest first, and says whether there
// are more. before is the place of the last one of the page before; 0 for the first
// page.
func (s *Store) Invitations(ctx context.Context, by ledger.PartyID, before int64, limit int) (page []Invitation, more bool, err error) {
	limit = pageLimit(limit)
	all, err := invitations(ctx, s.reader, "WHERE by_party = $1 AND place < $2 ORDER BY place DESC LIMIT $3", string(by), orLast(before), limit+1)
	page, more = cut(all, limit)
	return page, more, err
}

// maxRecoveries bounds the invitations that one recovery of a person may take.
const maxRecoveries = 20

// Recoveries lists the invitations to make a passkey in the place of a person's lost
// ones, the latest first and without those that were taken back.
func (s *Store) Recoveries(ctx context.Context, party ledger.PartyID) ([]Invitation, error) {
	return invitations(ctx, s.reader, "WHERE for_party = $1 AND for_party <> '' AND purpose = $2 AND revoked = 0 ORDER BY place DESC LIMIT $3",
		string(party), string(ForRecovery), maxRecoveries)
}

// orLast gives a place before which a list goes on, or one after all.
func orLast(before int64) int64 {
	if before == 0 {
		return 1<<63 - 1
	}
	return before
}

// RevokeInvitation takes back a party's invitation, and gives it as it stands then:
// one that was used or is over stays what it is. It gives nil where there is none.
func (s *Store) RevokeInvitation(ctx context.Context, by ledger.PartyID, id string, now time.Time) (revoked *Invitation, err error) {
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE invitations SET revoked = $1 WHERE id = $2 AND by_party = $3 AND used = 0 AND revoked = 0 AND expires > $1",
			now.Unix(), id, string(by))
		if err != nil {
			return err
		}
		revoked, err = oneInvitation(ctx, tx, "WHERE id = $1 AND by_party = $2", id, string(by))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("revoking an invitation: %w", err)
	}
	return revoked, nil
}
