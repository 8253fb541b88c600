package bankfile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
)

// identify names every booking and each part of it, so that the same one has the same
// name in whatever file it stands: in a notification during the day and in the
// statement of the evening, in a file that is sent twice.
//
// A booking is its account, its day, its direction and amount, and the bank's
// reference. Where the bank gives none, what the payer wrote takes its place, which
// another format may tell otherwise: whoever keeps entries must then look for another
// with the same account, day and amount, and let a person decide. Bookings that are
// equal in all this are told apart by their number in the file: a payer may pay the
// same amount twice.
func (f *File) identify() {
	seen := map[string]int{}
	nth := func(parts ...any) string {
		sum := sha256.Sum256(fmt.Appendf(nil, "%q", parts))
		name := hex.EncodeToString(sum[:identityBytes])
		seen[name]++
		return name + "-" + strconv.Itoa(seen[name])
	}
	for r := range f.Reports {
		entries := f.Reports[r].Entries
		for at := 0; at < len(entries); {
			parts := entries[at : at+entries[at].Of]
			first := parts[0]
			var told any = first.BankRef
			if first.BankRef == "" {
				told = content(parts)
			}
			booking := nth("booking", first.Account, string(first.Amount.Currency), first.day(), int64(first.Whole), first.WholeCredit, first.Reversal, first.Booked, told)
			for i := range parts {
				e := &parts[i]
				e.Booking, e.ID = booking, booking
				if e.Of > 1 {
					e.ID = nth(booking, int64(e.Amount.Amount), e.Credit, content(parts[i:i+1]))
				}
			}
			at += len(parts)
		}
	}
}

// identityBytes make a name that no two bookings share by chance.
const identityBytes = 16

// day is the day of a booking: that of its value where the bank does not say when it
// was booked.
func (e *Entry) day() string {
	if e.BookedOn.IsZero() {
		return e.ValueOn.String()
	}
	return e.BookedOn.String()
}

// content is what tells parts apart that the bank has given no reference.
func content(parts []Entry) []string {
	var all []string
	for _, p := range parts {
		all = append(all, p.PartRef, p.Payer.Name, p.Payer.Account)
		all = append(all, p.References...)
		all = append(all, p.Text...)
	}
	return all
}
