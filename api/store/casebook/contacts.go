package casebook

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// Channel is how somebody is reached.
type Channel string

// The channels.
const (
	ByPhone   Channel = "phone"
	ByMessage Channel = "message"
	ByEmail   Channel = "email"
	ByLetter  Channel = "letter"
	ByVisit   Channel = "visit"
)

// Channels lists all channels, the most used first.
func Channels() []Channel { return []Channel{ByPhone, ByMessage, ByEmail, ByLetter, ByVisit} }

// Direction says who began.
type Direction string

// The directions.
const (
	Incoming Direction = "in"
	Outgoing Direction = "out"
)

// ContactOutcome is what came of a contact.
type ContactOutcome string

// The outcomes.
const (
	Reached     ContactOutcome = "reached"
	NoAnswer    ContactOutcome = "no_answer"
	MessageLeft ContactOutcome = "message_left"
	WrongPerson ContactOutcome = "wrong_person" // the number or address is somebody else's
	Sent        ContactOutcome = "sent"
	Returned    ContactOutcome = "returned" // it did not arrive
	// NotWanted is the outcome of a promised call that the person wants no longer; it is
	// none of a contact.
	NotWanted ContactOutcome = "not_wanted"
)

// ContactOutcomes lists all outcomes of contacts, the most frequent first.
func ContactOutcomes() []ContactOutcome {
	return []ContactOutcome{Reached, NoAnswer, MessageLeft, WrongPerson, Sent, Returned}
}

// Contact is one conversation with a person of a case, or one try.
type Contact struct {
	ID        string
	Place     int64 // continues a list after this one
	Note      ledger.NoteID
	Party     ledger.PartyID // with whom; empty where it was somebody else
	Staff     StaffID
	At        time.Time
	Channel   Channel
	Direction Direction
	Outcome   ContactOutcome
	Topic     string // in general words; see casework.Topic
	Words     string // of staff, for staff
	// Number is ours, that the person's display showed or that the person called, and
	// Peer is the person's (both E.164).
	Number string
	Peer   string
	// Code is by what the person finds out who it was; empty where the person began.
	Code     code.Contact
	FollowUp bool // the person is asked how it was
	// Next is what is to be done next, if anything, by whom and by when.
	Next      string
	NextOwner StaffID
	NextDue   time.Time
}

const contactColumns = `id, place, note, party, staff, at, channel, direction, outcome, topic, words, number, peer, code,
	follow_up, next, next_owner, next_due`

func scanContact(rows *sql.Rows) (c Contact, err error) {
	var at, due int64
	err = rows.Scan(&c.ID, &c.Place, &c.Note, &c.Party, &c.Staff, &at, &c.Channel, &c.Direction, &c.Outcome, &c.Topic, &c.Words, &c.Number, &c.Peer, &c.Code,
		&c.FollowUp, &c.Next, &c.NextOwner, &due)
	c.At, c.NextDue = store.InTime(at), store.InTime(due)
	return c, err
}

// AddContact keeps a contact, and puts its next step on the worklist in the same
// breath. One that is there already stays as it is.
func (b *Book) AddContact(ctx context.Context, c Contact, next *Task) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if next != nil {
			if _, err := addTask(ctx, tx, *next, c.At); err != nil {
				return err
			}
		}
		place, err := store.NextPlace(ctx, tx, "contacts")
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO contacts (id, place, note, party, staff, at, channel, direction, outcome, topic, words, number, peer, code,
			follow_up, next, next_owner, next_due) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
			ON CONFLICT (id) DO NOTHING`,
			c.ID, place, string(c.Note), string(c.Party), string(c.Staff), c.At.Unix(), string(c.Channel), string(c.Direction), string(c.Outcome), c.Topic, c.Words,
			c.Number, c.Peer, string(c.Code), bit(c.FollowUp), c.Next, string(c.NextOwner), store.InSeconds(c.NextDue))
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping a contact about note %s: %w", c.Note, err)
	}
	return nil
}

// Contact gives a contact, or nil where there is none with the id.
func (b *Book) Contact(ctx context.Context, id string) (*Contact, error) {
	return first(b.contacts(ctx, "WHERE id = $1", id))
}

// ContactByCode gives the contact that has a code, or nil.
func (b *Book) ContactByCode(ctx context.Context, c code.Contact) (*Contact, error) {
	return first(b.contacts(ctx, "WHERE code = $1 AND code <> ''", string(c)))
}

// maxContactsOfNumber bounds what one look at a telephone number gives.
const maxContactsOfNumber = 50

// ContactsByNumber gives the latest contacts with a telephone number (E.164), the
// latest first: whether it is the person's or the one that the person's display
// showed.
func (b *Book) ContactsByNumber(ctx context.Context, number string) ([]Contact, error) {
	theirs, err := b.contacts(ctx, "WHERE peer = $1 AND peer <> '' ORDER BY place DESC LIMIT $2", number, maxContactsOfNumber)
	if err != nil {
		return nil, err
	}
	ours, err := b.contacts(ctx, "WHERE number = $1 AND number <> '' ORDER BY place DESC LIMIT $2", number, maxContactsOfNumber)
	if err != nil {
		return nil, err
	}
	all := append(theirs, ours...)
	slices.SortFunc(all, func(a, b Contact) int { return int(b.Place - a.Place) })
	all = slices.CompactFunc(all, func(a, b Contact) bool { return a.Place == b.Place })
	return all[:min(len(all), maxContactsOfNumber)], nil
}

// ContactsOf lists the contacts about a note, the latest first, before a place; 0 for
// the first page.
func (b *Book) ContactsOf(ctx context.Context, note ledger.NoteID, before int64, limit int) ([]Contact, error) {
	return b.contacts(ctx, "WHERE note = $1 AND place < $2 ORDER BY place DESC LIMIT $3", string(note), orLast(before), store.PageLimit(limit))
}

func (b *Book) contacts(ctx context.Context, where string, args ...any) ([]Contact, error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT "+contactColumns+" FROM contacts "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading contacts: %w", err)
	}
	return store.Collect(rows, scanContact)
}

// orLast gives the place before which a list of the latest begins; 0 is its start.
func orLast(before int64) int64 {
	if before == 0 {
		return 1<<63 - 1
	}
	return before
}
