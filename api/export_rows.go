package api

import (
	"strconv"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// noteColumns are those of a table of notes. Amounts are minor units of the
// currency, as everywhere in the interface.
var noteColumns = []string{
	"id", "seq", "status", "book", "holder", "lender", "borrowers", "reference", "kind", "consumer", "jurisdiction", "agreed_on",
	"currency", "principal_issued", "rate", "schedule", "next_due", "as_of",
	"owed_costs", "owed_late_interest", "owed_interest", "owed_principal", "total",
	"overdue_principal", "overdue_interest", "days_past_due", "notice_given", "collectable", "servicer", "pledgee", "barred_after",
}

func noteCells(n store.Note, s *ledger.Summary) []string {
	note, terms := n.State, &n.State.Terms
	borrowers := make([]string, 0, len(note.Borrowers))
	for _, id := range note.BorrowerIDs() {
		borrowers = append(borrowers, string(id))
	}
	pledgee := ledger.PartyID("")
	if note.Pledge != nil {
		pledgee = note.Pledge.Pledgee
	}
	cells := []string{
		string(note.ID), strconv.FormatUint(note.Seq, 10), string(note.Status), string(note.Book), string(n.Holder), string(note.Lender),
		strings.Join(borrowers, " "), plain(terms.Reference), string(terms.Kind), strconv.FormatBool(terms.Consumer), string(terms.Jurisdiction),
		dateCell(terms.AgreedOn), string(terms.Principal.Currency), minorUnits(terms.Principal.Amount), terms.Rate.String(),
		string(terms.Schedule.Kind), dateCell(n.Due), dateCell(s.AsOf),
	}
	cells = append(cells, amountCells(finance.Parts(s.Owed))...)
	return append(cells, minorUnits(s.Total.Amount),
		minorUnits(s.Arrears.Principal), minorUnits(s.Arrears.Interest), strconv.Itoa(s.Arrears.DaysPastDue),
		strconv.FormatBool(s.GateOpen), strconv.FormatBool(s.Collectable), string(s.Servicer), string(pledgee), dateCell(s.BarredAfter))
}

// dateCell writes a date, and nothing where there is none.
func dateCell(d finance.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// exportedPayment is a payment with what says whose and when it is.
type exportedPayment struct {
	Note     ledger.NoteID    `json:"note"`
	Currency finance.Currency `json:"currency"`
	ledger.Payment
	BookedAt    time.Time `json:"booked_at,omitzero"` // ledger time
	Transaction string    `json:"transaction,omitempty"`
	Reference   string    `json:"reference,omitempty"` // of the bank's entry
}

var paymentColumns = []string{
	"note", "seq", "booked_at", "paid_on", "by", "currency", "amount", "costs", "late_interest", "interest", "principal",
	"reversed", "owed_to", "transaction", "reference",
}

func (p *exportedPayment) cells() []string {
	booked := ""
	if !p.BookedAt.IsZero() {
		booked = p.BookedAt.UTC().Format(time.RFC3339)
	}
	cells := []string{
		string(p.Note), strconv.FormatUint(p.Seq, 10), booked, dateCell(p.On), string(p.By), string(p.Currency), minorUnits(p.Amount),
	}
	cells = append(cells, amountCells(p.Parts)...)
	return append(cells, strconv.FormatBool(p.Reversed), string(p.OwedTo), p.Transaction, plain(p.Reference))
}
