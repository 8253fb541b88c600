package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/ledger"
)

// MaxJournalDay is how much a company can write about one note in a day: more is no
// work of people, and would bury what the person ought to see.
const MaxJournalDay = 100

// JournalKind says what an entry of the journal tells.
type JournalKind string

// The kinds of entry.
const (
	JournalContact  JournalKind = "contact"  // somebody reached the person, or tried to
	JournalDecision JournalKind = "decision" // a rule did something by itself
	JournalOverride JournalKind = "override" // a person changed what a rule had done
	JournalLetter   JournalKind = "letter"   // something was sent
	JournalReading  JournalKind = "reading"  // somebody looked at the person's data
)

// JournalKinds lists all kinds.
func JournalKinds() []JournalKind {
	return []JournalKind{JournalContact, JournalDecision, JournalOverride, JournalLetter, JournalReading}
}

// JournalEntry is what a company wrote down for the person whom it concerns.
type JournalEntry struct {
	By       ledger.PartyID
	ID       string // the company's own; a UUID
	Place    int64  // continues a list after this one
	Note     ledger.NoteID
	Party    ledger.PartyID // the one borrower whom it concerns; all where empty
	Kind     JournalKind
	At       time.Time
	Number   string // that the telephone showed (E.164), if any
	Received time.Time
	JournalDetails
}

// JournalDetails is what is shown of an entry and never looked for.
type JournalDetails struct {
	Staff     string                     `json:"staff,omitempty"` // who it was
	Phone     string                     `json:"phone,omitempty"` // where that same person is reached
	Hours     string                     `json:"hours,omitempty"`
	Channel   string                     `json:"channel,omitempty"`
	Direction string                     `json:"direction,omitempty"`
	Topic     string                     `json:"topic,omitempty"` // in general words
	Team      string                     `json:"team,omitempty"`
	FollowUp  bool                       `json:"follow_up,omitempty"`
	Rule      string                     `json:"rule,omitempty"`
	Facts     map[string]string          `json:"facts,omitempty"`
	Outcome   map[ledger.Language]string `json:"outcome,omitempty"`
	Why       map[ledger.Language]string `json:"why,omitempty"`
}

// Writing is an entry that is handed in, with the codes that it comes with.
type Writing struct {
	JournalEntry
	Code     code.Contact // by which the person finds out who it was, if any
	FollowUp code.Code    // under which the person says how it was, if any
}

// AddJournal keeps entries of a company, in their order. Of those that it had before
// nothing changes. It tells of each whether it is kept: one is not where the company
// has written MaxJournalDay about the note on the day on which it came.
func (s *Store) AddJournal(ctx context.Context, all []Writing) (kept []bool, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		kept = make([]bool, len(all))
		for i := range all {
			var err error
			if kept[i], err = addJournal(ctx, tx, &all[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("writing into the journal: %w", err)
	}
	return kept, nil
}

func addJournal(ctx context.Context, tx *sql.Tx, w *Writing) (kept bool, err error) {
	e := &w.JournalEntry
	known, err := exists(ctx, tx, "SELECT 1 FROM journal WHERE by_party = $1 AND id = $2", string(e.By), e.ID)
	if err != nil || known {
		return known, err
	}
	var today int
	if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM journal WHERE note = $1 AND by_party = $2 AND received >= $3",
		string(e.Note), string(e.By), e.Received.UTC().Truncate(24*time.Hour).Unix()).Scan(&today); err != nil || today >= MaxJournalDay {
		return false, err
	}
	place, err := nextPlace(ctx, tx, "journal")
	if err != nil {
		return false, err
	}
	details, err := json.Marshal(e.JournalDetails)
	if err != nil {
		return false, err
	}
	digest := ""
	if w.Code != "" {
		digest = w.Code.Hash()
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO journal (by_party, id, place, note, party, kind, at, code, number, details, received)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		string(e.By), e.ID, place, string(e.Note), string(e.Party), string(e.Kind), e.At.Unix(), digest, e.Number, string(details), e.Received.Unix())
	if err != nil || w.FollowUp == "" {
		return err == nil, err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO follow_ups (code, by_party, entry, expires, answered) VALUES ($1, $2, $3, $4, 0)",
		w.FollowUp.Hash(), string(e.By), e.ID, e.At.Add(FollowUpLife).Unix())
	return err == nil, err
}

// WroteOf says whether a company has written about a note since a time: it may then
// write down what it did before the note was taken from it.
func (s *Store) WroteOf(ctx context.Context, note ledger.NoteID, by ledger.PartyID, since time.Time) (bool, error) {
	wrote, err := exists(ctx, s.reader, "SELECT 1 FROM journal WHERE note = $1 AND by_party = $2 AND received >= $3 LIMIT 1",
		string(note), string(by), since.Unix())
	if err != nil {
		return false, fmt.Errorf("reading the journal: %w", err)
	}
	return wrote, nil
}

const selectJournal = "SELECT j.by_party, j.id, j.place, j.note, j.party, j.kind, j.at, j.number, j.details, j.received FROM journal j "

func (s *Store) journal(ctx context.Context, where string, args ...any) ([]JournalEntry, error) {
	rows, err := s.reader.QueryContext(ctx, selectJournal+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the journal: %w", err)
	}
	return collect(rows, func(rows *sql.Rows) (e JournalEntry, err error) {
		var at, received int64
		var details string
		err = rows.Scan(&e.By, &e.ID, &e.Place, &e.Note, &e.Party, &e.Kind, &at, &e.Number, &details, &received)
		if err == nil {
			err = json.Unmarshal([]byte(details), &e.JournalDetails)
		}
		e.At, e.Received = inTime(at), inTime(received)
		return e, err
	})
}

// first gives the first row, or nil where there is none.
func first[T any](all []T, err error) (*T, error) {
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// JournalQuery selects entries about a note.
type JournalQuery struct {
	Note   ledger.NoteID
	Reader ledger.PartyID // the borrower who reads, or who is helped to
	Kind   JournalKind    // all where empty
	Before int64          // place of the last one of the page before; 0 for the first page
	Limit  int            // at most MaxPage
}

// Journal lists what companies wrote about a note, the latest first, without what
// concerns another borrower alone.
func (s *Store) Journal(ctx context.Context, q JournalQuery) (page []JournalEntry, more bool, err error) {
	limit, kind, args := pageLimit(q.Limit), "", []any{string(q.Note), orLast(q.Before), string(q.Reader), pageLimit(q.Limit) + 1}
	if q.Kind != "" {
		kind, args = "j.kind = $5 AND ", append(args, string(q.Kind))
	}
	page, err = s.journal(ctx, "WHERE j.note = $1 AND "+kind+"j.place < $2 AND (j.party = '' OR j.party = $3) ORDER BY j.place DESC LIMIT $4", args...)
	page, more = cut(page, limit)
	return page, more, err
}

// JournalEntry gives an entry, or nil where there is none.
func (s *Store) JournalEntry(ctx context.Context, by ledger.PartyID, id string) (*JournalEntry, error) {
	return first(s.journal(ctx, "WHERE j.by_party = $1 AND j.id = $2", string(by), id))
}

// ContactOf gives the contact of a code, or nil where there is none. The first one to
// use a code has it: no other company can say that a call was its own.
func (s *Store) ContactOf(ctx context.Context, c code.Contact) (*JournalEntry, error) {
	if c == "" {
		return nil, nil
	}
	return first(s.journal(ctx, "WHERE j.code = $1 AND j.code <> '' ORDER BY j.place LIMIT 1", c.Hash()))
}

const (
	// KnownNumber is how long a company is found by a number that it called from.
	KnownNumber = 90 * 24 * time.Hour
	// maxFromNumber bounds the contacts and the companies from a number that are
	// looked at.
	maxFromNumber = 50
)

// CompaniesFrom gives the companies that wrote down contacts from a number since a time,
// whoever did so last first; each once, so that none hides the others behind its own.
func (s *Store) CompaniesFrom(ctx context.Context, number string, since time.Time) ([]ledger.PartyID, error) {
	if number == "" {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, `SELECT by_party FROM journal WHERE number = $1 AND number <> '' AND at >= $2
		GROUP BY by_party ORDER BY MAX(place) DESC LIMIT $3`, number, since.Unix(), maxFromNumber)
	if err != nil {
		return nil, fmt.Errorf("looking for who called from a number: %w", err)
	}
	return collect(rows, func(rows *sql.Rows) (id ledger.PartyID, err error) {
		err = rows.Scan(&id)
		return id, err
	})
}

// ContactsWith gives the latest contacts from a number that were with one borrower, or
// about its notes with no borrower named.
func (s *Store) ContactsWith(ctx context.Context, number string, borrower ledger.PartyID, since time.Time) ([]JournalEntry, error) {
	if number == "" {
		return nil, nil
	}
	return s.journal(ctx, `JOIN notes n ON n.id = j.note JOIN note_parties p ON p.born = n.born AND p.party = $1`+hasRole("p", ledger.RoleBorrower)+`
		WHERE j.number = $2 AND j.number <> '' AND j.at >= $3 AND (j.party = '' OR j.party = $1) ORDER BY j.place DESC LIMIT $4`,
		string(borrower), number, since.Unix(), maxFromNumber)
}

// maxOfPhone bounds the companies that are shown to have one number.
const maxOfPhone = 5

// CompaniesOfPhone gives those companies and authorities that say to be reached at a
// number, in the order of their ids.
func (s *Store) CompaniesOfPhone(ctx context.Context, phone string) ([]ledger.PartyID, error) {
	if phone == "" {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, "SELECT id FROM parties WHERE phone = $1 AND phone <> '' ORDER BY id LIMIT $2", phone, maxOfPhone)
	if err != nil {
		return nil, fmt.Errorf("looking for who has a number: %w", err)
	}
	return collect(rows, func(rows *sql.Rows) (id ledger.PartyID, err error) {
		err = rows.Scan(&id)
		return id, err
	})
}
