package casework_test

import (
	"context"
	"errors"
	"testing"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/letter"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// lettered is a company that can be reached, and a case with a borrower who can.
type lettered struct {
	*payments
	c *casebook.Case
}

// theLink is where the QR code of every letter in these tests leads.
const theLink = "https://registry.example/n/7K4M-2Q9X"

func newLettered(t *testing.T) *lettered {
	t.Helper()
	w := &lettered{payments: newPayments(t)}
	w.desk.Letters = casework.Letters{
		Link: func(context.Context, ledger.NoteID) (string, error) { return theLink, nil }, Folder: t.TempDir(),
	}
	w.desk.Limits = casework.Limits{Waiver: 500_00}
	w.keeper.Desk = w.desk
	w.do(w.lender, ledger.OpPartyContact, string(w.lender.ID), 2, w.contact())
	w.c = w.debt()
	if err := w.desk.Book.PutPerson(t.Context(), casebook.PersonOfCase{
		Note: w.c.Note, Party: w.borrower.ID, Name: "Anna Åström", Address: "Storgatan 1\n111 11 Stockholm", Language: ledger.English, Edited: w.Now(),
	}); err != nil {
		t.Fatal(err)
	}
	w.on("2026-03-05")
	return w
}

func (w *lettered) contact() ledger.Contact {
	return ledger.Contact{
		Human: "Karin Berg", Phone: "+4684567890", Hours: "Monday to Friday, 8 to 18", Address: "Box 2\n111 12 Stockholm",
		Licence: "Finansinspektionen 2026-17", Account: "Bankgiro 123-4567",
	}
}

func (w *lettered) day(text string) finance.Date {
	w.Helper()
	d, err := finance.ParseDate(text)
	if err != nil {
		w.Fatal(err)
	}
	return d
}

// demand is a demand with its fee as staff would send it.
func (w *lettered) demand() *casework.LetterSend {
	return &casework.LetterSend{Note: w.c.Note, Kind: letter.Demand, PayBy: finance.DateOf(w.Now()).AddDays(14), Fee: 180_00}
}

// letters gives what was written about the case, the latest first.
func (w *lettered) letters() []casebook.Letter {
	w.Helper()
	all, _, err := w.desk.Book.Letters(w.Context(), casebook.LetterQuery{Note: w.c.Note, Limit: store.MaxPage})
	if err != nil {
		w.Fatal(err)
	}
	return all
}

// refused has the lead do something that is refused with a code.
func (w *lettered) refused(a casework.Act, want ledger.Code) *ledger.Error {
	w.Helper()
	_, err := w.desk.Do(w.Context(), casework.Request{Actor: w.lead, Act: a, Reason: "why"})
	refusal, is := errors.AsType[*ledger.Error](err)
	if !is || refusal.Code != want {
		w.Fatalf("%s: %v, want %s", a.Name(), err, want)
	}
	return refusal
}

// nothing checks that no letter was sent and no fee charged.
func (w *lettered) nothing() {
	w.Helper()
	for _, l := range w.letters() {
		if l.State != casebook.LetterWithdrawn {
			w.Errorf("a letter is %s", l.State)
		}
	}
	if n := w.read(w.c.Note); len(n.Charges) != 0 {
		w.Errorf("the fees are %+v", n.Charges)
	}
}
