package casework

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// readingSpace makes ids of the journal's entries about readings.
var readingSpace = uuid.MustParse("0c2e7a52-7f2b-5d3e-9a44-6b1f0de1a7c3")

// Read notes that a member of staff looks at the personal data of notes; why is a word
// that names the page. Each person may read who looked, on which day: the first look of
// a day goes to the journal. What cannot be noted is not to be shown.
func (d *Desk) Read(ctx context.Context, by *casebook.Staff, why string, notes ...ledger.NoteID) error {
	now := d.Clock()
	day := finance.DateOf(now)
	first, err := d.Book.AddReadings(ctx, casebook.Reading{Staff: by.ID, Day: day, Why: why, Last: now}, notes...)
	for _, note := range first {
		id := uuid.NewSHA1(readingSpace, []byte(string(by.ID)+"\x00"+string(note)+"\x00"+day.String()))
		err = errors.Join(err, d.Tell(ctx, JournalEntry{ID: id.String(), Note: note, Kind: JournalReading, At: now, Staff: by.Name, Phone: by.Phone}))
	}
	return err
}

// ReadAgain is Read for a page that brings newer rows in by itself: what was looked at
// that day already is not counted once more.
func (d *Desk) ReadAgain(ctx context.Context, by *casebook.Staff, why string, notes ...ledger.NoteID) error {
	unread, err := d.Book.Unread(ctx, by.ID, finance.DateOf(d.Clock()), notes...)
	if err != nil || len(unread) == 0 {
		return err
	}
	return d.Read(ctx, by, why, unread...)
}
