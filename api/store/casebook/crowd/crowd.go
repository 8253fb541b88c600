// Package crowd fills a database with the work of a large company, made up, so that
// what its pages take can be measured: notes, their cases and all that stands about
// them. The same wish always gives the same rows.
//
// It must not be used by a gateway: it writes straight into the tables, where the
// rules of the ledger and of the desk have had no say.
package crowd

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Wish says what the database is to hold.
type Wish struct {
	Notes    int
	Now      time.Time       // the last day of the work
	Decision json.RawMessage // what every decision of a rule holds
}

// The numbers beside the notes.
const (
	Members   = 40   // of staff
	Clients   = 20   // for whom the company collects
	MostRows  = 2000 // entries on the ledger of the longest case
	leastWish = 200  // notes, below which no list has a second page
	// A hundredth of the notes are offered to the company and no cases yet.
	offeredPart = 100
	// A two-hundredth of everything is about the longest case.
	longestPart = 200
)

// Longest is the number of the case with the most of everything.
const Longest = 1

// Self is the company.
var Self = ledger.PartyID("p" + id("company", 0))

// Common and Rare are the surnames that many and one of the persons have, and Given
// the most common first name.
const (
	Common = "Andersson"
	Rare   = "Ödesvinge"
	Given  = "Anna"
)

// Member names a member of staff, of those numbered from 1.
func Member(n int) casebook.StaffID { return casebook.StaffID(fmt.Sprintf("staff-%d", n)) }

// Phone is how the person of a case is reached.
func Phone(number int) string { return fmt.Sprintf("+4670%07d", number*7919%10_000_000) }

// id gives the part of an id after the letter of its kind.
func id(kind string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", kind, n))
	return base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding).EncodeToString(sum[:20])
}

// NoteID gives the id of the note with a number.
func NoteID(number int) ledger.NoteID { return ledger.NoteID("n" + id("note", number)) }

// Borrower gives the borrower of a note: every third has another note, too.
func Borrower(number int) ledger.PartyID {
	if number%3 == 0 {
		number--
	}
	return ledger.PartyID("p" + id("borrower", number))
}

func client(number int) ledger.PartyID { return ledger.PartyID("p" + id("client", number%Clients)) }

// Fill writes it all into a database whose tables are empty.
func Fill(ctx context.Context, b *casebook.Book, w Wish) error {
	if w.Notes < leastWish {
		return fmt.Errorf("making up %d notes: want %d or more", w.Notes, leastWish)
	}
	for n := 1; n <= Members; n++ {
		s := casebook.Staff{ID: Member(n), Name: fmt.Sprintf("%s Ek %d", firstNames[n%len(firstNames)], n), Language: ledger.Swedish, Roles: []string{"agent"}, Created: w.Now}
		if n == 1 {
			s.Roles = []string{"agent", "lead", "finance", "auditor", "administrator"}
		}
		if _, err := b.AddStaff(ctx, s); err != nil {
			return err
		}
	}
	if err := fillNotes(ctx, b, w); err != nil {
		return fmt.Errorf("making up notes: %w", err)
	}
	for _, s := range statements(w) {
		err := b.UpdateAlone(ctx, func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, s.text)
			return err
		})
		if err != nil {
			return fmt.Errorf("making up %s: %w", s.of, err)
		}
	}
	// PostgreSQL counts its rows by and by; nothing ever tells SQLite how many there are.
	var version string
	if b.Reader().QueryRowContext(ctx, "SELECT version()").Scan(&version) != nil {
		return ctx.Err()
	}
	return b.UpdateAlone(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "ANALYZE")
		return err
	})
}

// today is the day of the work.
func (w Wish) today() finance.Date { return finance.DateOf(w.Now) }

// cases is how many of the notes are cases.
func (w Wish) cases() int { return w.Notes - w.Notes/offeredPart }
