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

// PersonOfCase is how staff reach a borrower of a case. It is erased with the note.
type PersonOfCase struct {
	Note     ledger.NoteID
	Party    ledger.PartyID
	Name     string
	Phones   []string // E.164
	Email    string
	Address  string // in lines
	Language ledger.Language
	// Edited is when staff wrote it; zero while it is what the note says.
	Edited time.Time
}

// maxPersons bounds the persons of one case: its borrowers.
const maxPersons = ledger.MaxBorrowers

const selectPersons = "SELECT note, party, name, phones, email, address, language, edited FROM persons_of_cases "

func scanPerson(rows *sql.Rows) (p PersonOfCase, err error) {
	var phones string
	var edited int64
	err = rows.Scan(&p.Note, &p.Party, &p.Name, &phones, &p.Email, &p.Address, &p.Language, &edited)
	if phones != "" {
		p.Phones = strings.Split(phones, ",")
	}
	p.Edited = store.InTime(edited)
	return p, err
}

// PersonsOf gives the persons of a case in the order of their ids.
func (b *Book) PersonsOf(ctx context.Context, note ledger.NoteID) ([]PersonOfCase, error) {
	return personsOf(ctx, b.Reader(), note)
}

func personsOf(ctx context.Context, q store.Queryer, note ledger.NoteID) ([]PersonOfCase, error) {
	rows, err := q.QueryContext(ctx, selectPersons+"WHERE note = $1 ORDER BY party LIMIT $2", string(note), maxPersons)
	if err != nil {
		return nil, fmt.Errorf("reading the persons of note %s: %w", note, err)
	}
	return store.Collect(rows, scanPerson)
}

// PutPerson writes how a person is reached as staff say it, and makes the case be
// found by it.
func (b *Book) PutPerson(ctx context.Context, p PersonOfCase) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := putPerson(ctx, tx, p); err != nil {
			return err
		}
		return indexCase(ctx, tx, p.Note)
	})
	if err != nil {
		return fmt.Errorf("writing how a person of note %s is reached: %w", p.Note, err)
	}
	return nil
}

func putPerson(ctx context.Context, tx *sql.Tx, p PersonOfCase) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO persons_of_cases (note, party, name, phones, email, address, language, edited)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (note, party) DO UPDATE SET name = excluded.name, phones = excluded.phones,
		email = excluded.email, address = excluded.address, language = excluded.language, edited = excluded.edited`,
		string(p.Note), string(p.Party), p.Name, strings.Join(p.Phones, ","), p.Email, p.Address, string(p.Language), store.InSeconds(p.Edited))
	return err
}

// namePersons writes the borrowers as their note names them, where staff have not
// written how they are reached.
func namePersons(ctx context.Context, tx *sql.Tx, n *ledger.Note) error {
	for _, borrower := range n.Borrowers {
		_, err := tx.ExecContext(ctx, `INSERT INTO persons_of_cases (note, party, name, phones, email, address, language, edited)
			VALUES ($1, $2, $3, '', '', '', '', 0) ON CONFLICT (note, party) DO NOTHING`,
			string(n.ID), string(borrower.Party), borrower.Name)
		if err != nil {
			return err
		}
	}
	return nil
}
