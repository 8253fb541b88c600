package casework

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/skuld-registry/skuld/api/bankfile"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

// maxFileName bounds the name of a bank file.
const maxFileName = 200

// entriesAtOnce is how many entries are written in one transaction: others wait for it.
const entriesAtOnce = 500

// ImportBankFile takes in a bank file. Its entries are written and then matched by
// WorkPayments; a file that is no bank file is kept as refused, with what is wrong.
type ImportBankFile struct {
	File   string `json:"file"` // its name
	Digest string `json:"digest"`

	data []byte
}

// NewImport makes the act that takes a file in.
func NewImport(name string, data []byte) *ImportBankFile {
	sum := sha256.Sum256(data)
	runes := []rune(name)
	return &ImportBankFile{File: string(runes[:min(len(runes), maxFileName)]), Digest: hex.EncodeToString(sum[:]), data: data}
}

// Name names the act.
func (*ImportBankFile) Name() ActName { return NameImportBankFile }

// Subject is no note.
func (*ImportBankFile) Subject() ledger.NoteID { return "" }

// Check says whether there is anything in the file.
func (a *ImportBankFile) Check(context.Context, *Desk) error {
	if len(a.data) == 0 {
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", "file", "want", "a bank file")
	}
	return nil
}

// Describe says what the file leads to.
func (a *ImportBankFile) Describe() []Saying { return one("act.payment.import.says", "file", a.File) }

// Do reads the file and keeps its entries. A repeat goes on where the last one was cut
// short, and the same file under another name changes nothing.
func (a *ImportBankFile) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	f := casebook.BankFile{ID: a.Digest, Name: a.File, Received: d.Clock(), Staff: by.Actor.Staff, State: casebook.BankFileReading}
	read, err := bankfile.Read(a.data)
	switch wrong, is := errors.AsType[*bankfile.FormatError](err); {
	case is:
		f.State, f.Error = casebook.BankFileRefused, &casebook.BankFault{Code: string(wrong.Code), Path: wrong.Path, Line: wrong.Line, Want: wrong.Want}
	case err != nil:
		return Effect{}, fmt.Errorf("reading a bank file: %w", err)
	case read.Test:
		f.State, f.Error = casebook.BankFileRefused, &casebook.BankFault{Code: testFile}
	}
	if read != nil {
		f.Format, f.Version, f.Message, f.Written = string(read.Format), read.Version, read.ID, read.Created
		for _, x := range read.Faults {
			f.Faults = append(f.Faults, casebook.BankFault{Code: string(x.Code), Path: x.Report, Line: x.Line, Want: x.Want, Got: x.Got})
		}
	}
	added, err := d.Book.AddBankFile(ctx, f)
	if err != nil || f.State == casebook.BankFileRefused {
		return Effect{}, err
	}
	if !added {
		kept, err := d.Book.BankFile(ctx, f.ID)
		if err != nil || kept == nil || kept.State != casebook.BankFileReading {
			return Effect{}, err
		}
	}
	entries := kept(read)
	for len(entries) > 0 {
		n := wholeBookings(entries, entriesAtOnce)
		if err := d.Book.PutBankEntries(ctx, f.ID, entries[:n], d.Clock()); err != nil {
			return Effect{}, err
		}
		entries = entries[n:]
	}
	return Effect{}, d.Book.RunBankFile(ctx, f.ID, d.Clock())
}

// testFile is why a file that the bank marks as a test is refused.
const testFile = "test"

// kept gives the entries of a file that are kept: those that the bank has booked. What
// it only announces comes again when it is.
func kept(f *bankfile.File) []casebook.BankEntry {
	var all []casebook.BankEntry
	for _, e := range f.Entries() {
		if !e.Booked {
			continue
		}
		on := e.BookedOn
		if on.IsZero() {
			on = e.ValueOn
		}
		all = append(all, casebook.BankEntry{
			ID: e.ID, Line: e.Line, Format: string(f.Format), Booking: e.Booking, Parts: e.Of, Whole: e.Whole, Account: e.Account, Amount: e.Amount,
			Credit: e.Credit, Reversal: e.Reversal, BookedOn: on, BankRef: e.BankRef, PartRef: e.PartRef, Back: e.Return,
			Payer: e.Payer.Name, PayerAccount: e.Payer.Account, PayerNumber: e.Payer.Number,
			Details: casebook.BankDetails{References: e.References, Text: e.Text},
		})
	}
	return all
}

// wholeBookings gives how many entries to write at once, without parting a booking.
func wholeBookings(all []casebook.BankEntry, wanted int) int {
	n := min(wanted, len(all))
	for n < len(all) && all[n].Booking == all[n-1].Booking {
		n++
	}
	return n
}
