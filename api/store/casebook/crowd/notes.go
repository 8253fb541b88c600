package crowd

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

var (
	firstNames = []string{Given, "Lars", "Karin", "Åsa", "Mikael", "Eva", "Søren", "Björn", Given, "Maria", "Jean-Pierre", "Fatima", "Erik"}
	surnames   = []string{Common, "Ek", "Lindqvist", "Østergaard", Common, "Nyström", "Sjöberg", "von Essen", "Håkansson", Common, "Bäckström"}
)

// perTransaction is how many notes one transaction writes.
const perTransaction = 5000

// rows gathers what is written into a table.
type rows struct {
	table   string
	columns []string
	values  []any
}

func (r *rows) add(values ...any) { r.values = append(r.values, values...) }

// batch is the rows of some notes, in every table that has one for each.
type batch struct {
	notes, parts, parties, cases, persons, terms rows
}

func newBatch() *batch {
	return &batch{
		notes:   rows{table: "notes", columns: []string{"born", "id", "seq", "holder", "state"}},
		parts:   rows{table: "note_parties", columns: []string{"party", "born", "roles", "status", "book", "changed", "due", "until"}},
		parties: rows{table: "parties", columns: []string{"id", "seq", "state"}},
		cases:   rows{table: "cases", columns: []string{"number", "note", "opened", "owner", "team", "closed", "client", "due", "disputed", "plan"}},
		persons: rows{table: "persons_of_cases", columns: []string{"note", "party", "name", "phones", "email", "address", "language", "edited"}},
		terms:   rows{table: "search_terms", columns: []string{"term", "kind", "note"}},
	}
}

func (b *batch) write(ctx context.Context, tx *sql.Tx) error {
	for _, r := range []*rows{&b.notes, &b.parts, &b.parties, &b.cases, &b.persons, &b.terms} {
		if err := store.InsertNew(ctx, tx, r.table, r.columns, r.values); err != nil {
			return err
		}
	}
	return nil
}

// fillNotes writes the notes with their parties, cases and search terms.
func fillNotes(ctx context.Context, b *casebook.Book, w Wish) error {
	for from := 1; from <= w.Notes; from += perTransaction {
		err := b.UpdateAlone(ctx, func(ctx context.Context, tx *sql.Tx) error {
			rows := newBatch()
			if from == 1 {
				if err := rows.addCompanies(); err != nil {
					return err
				}
			}
			for number := from; number < min(from+perTransaction, w.Notes+1); number++ {
				if err := rows.addNote(w, number); err != nil {
					return err
				}
			}
			return rows.write(ctx, tx)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) addParty(p ledger.Party) error {
	p.Seq, p.Standing = 1, ledger.InForce
	state, err := json.Marshal(p)
	if err == nil {
		b.parties.add(string(p.ID), int64(p.Seq), string(state))
	}
	return err
}

func (b *batch) addCompanies() error {
	if err := b.addParty(ledger.Party{ID: Self, Kind: ledger.Company, Name: "Inkasso & Omsorg AB", Org: "CollectorMSP"}); err != nil {
		return err
	}
	for n := range Clients {
		if err := b.addParty(ledger.Party{ID: client(n), Kind: ledger.Company, Name: fmt.Sprintf("Kredit %d AB", n), Org: "LenderMSP"}); err != nil {
			return err
		}
	}
	return nil
}

// The roles that a note of the crowd has parties in, as the column roles has them.
const (
	isBorrower  = 1
	isHolder    = 2 | 4 | 8 // and lender and controller
	isServicer  = 32
	isRecipient = 64
)

// born is the position of a note's first entry: ten come between two notes.
func born(number int) int64 { return int64(number) * 10 }

// addNote adds a note with all that there is one of for each note.
func (b *batch) addNote(w Wish, number int) error {
	n := w.note(number)
	person := casebook.PersonOfCase{Note: n.ID, Party: n.Borrowers[0].Party, Name: n.Borrowers[0].Name, Phones: []string{Phone(number)}}
	state, err := json.Marshal(n)
	if err != nil {
		return err
	}
	due := ""
	if next, err := ledger.NextInstalment(n); err == nil && next != nil {
		due = next.Due.String()
	}
	at, ours := born(number), int64(isServicer)
	if n.Pending != nil {
		ours = isRecipient
	}
	b.notes.add(at, string(n.ID), int64(n.Seq), string(n.Lender), string(state))
	for party, roles := range map[ledger.PartyID]int64{n.Lender: isHolder, person.Party: isBorrower, Self: ours} {
		b.parts.add(string(party), at, roles, string(n.Status), string(n.Book), at+3, due, "")
	}
	if err := b.addParty(ledger.Party{ID: person.Party, Kind: ledger.Person, Org: "RegistrarMSP"}); err != nil || n.Pending != nil {
		return err
	}
	owner := ""
	if number%5 > 0 {
		owner = string(Member(1 + number%Members))
	}
	closed := int64(0)
	if number%20 == 19 {
		closed = w.Now.Unix()
	}
	b.cases.add(number, string(n.ID), w.Now.AddDate(0, -4, 0).Unix(), owner, "", closed, string(n.Lender), due, count(len(n.Disputes)), count(len(n.Amendments)))
	b.persons.add(string(n.ID), string(person.Party), person.Name, person.Phones[0], "", "Storgatan 1\n111 22 Stockholm", "sv", 0)
	for _, t := range casebook.Terms(n, []casebook.PersonOfCase{person}) {
		b.terms.add([]byte(t.Text), string(t.Kind), string(n.ID))
	}
	return nil
}

// count is 1 for any number of them.
func count(n int) int64 { return int64(min(n, 1)) }

// note makes up a note: a loan of two years, on which the company may collect.
func (w Wish) note(number int) *ledger.Note {
	agreed := w.today().AddMonths(-6-number%12, 0)
	name := firstNames[number%len(firstNames)] + " " + surnames[number/3%len(surnames)]
	if number == w.cases()/2 {
		name = Given + " " + Rare
	}
	principal := finance.Amount(5_000_00 + number*7919%9_000_000)
	lender := client(number)
	n := &ledger.Note{
		ID: NoteID(number), Seq: 5, Status: ledger.StatusActive, Book: ledger.BookID("b" + id("book", number%Clients)), Lender: lender,
		Borrowers: []ledger.Borrower{{Party: Borrower(number), Name: name, AcceptedAt: w.Now.AddDate(0, -6, 0)}},
		Terms: ledger.Terms{
			Kind: ledger.Negotiable, Consumer: true, Jurisdiction: finance.Sweden, AgreedOn: agreed, InterestFrom: agreed,
			Principal: finance.Money{Amount: principal, Currency: "SEK"}, Rate: finance.Percent(12), DayCount: finance.Thirty360,
			Schedule:  ledger.Schedule{Kind: finance.Annuity, Instalments: 24, FirstDue: agreed.AddMonths(1, 0)},
			Reference: fmt.Sprintf("LÅN-%06d", number),
		},
		Balance: ledger.Balance{Principal: principal, AccruedTo: agreed}, Notified: ledger.Notified{Holder: lender, On: agreed},
		Mandate: &ledger.Mandate{Servicer: Self, Since: agreed.AddMonths(4, 0)},
	}
	if number > w.cases() {
		n.Mandate, n.Pending = nil, &ledger.Transfer{ID: "00000000-0000-4000-8000-000000000001", Kind: ledger.CollectionMandate, From: lender, To: Self}
	}
	if number%50 == 7 {
		n.Disputes = []ledger.Dispute{{Seq: 5, By: n.Borrowers[0].Party, On: w.today().AddDays(-3), Text: "Det där är inte mitt lån."}}
	}
	if number == Longest {
		w.lengthen(n)
	}
	return n
}

// lengthen makes a note as long as notes become.
func (w Wish) lengthen(n *ledger.Note) {
	const lent, paid = 2_000_000_00, 100_00
	n.Seq = MostRows
	n.Terms.Principal.Amount, n.Balance.Principal = lent, lent
	n.Terms.Schedule.Instalments = finance.MaxInstalments
	n.Terms.AgreedOn = w.today().AddMonths(-70, 0)
	n.Terms.InterestFrom, n.Terms.Schedule.FirstDue = n.Terms.AgreedOn, n.Terms.AgreedOn.AddMonths(1, 0)
	n.Notified.On, n.Balance.AccruedTo = n.Terms.AgreedOn, w.today()
	for i := range ledger.ReversiblePayments {
		n.Payments = append(n.Payments, ledger.Payment{
			Seq: uint64(MostRows - i), By: Self, On: w.today().AddMonths(-i, 0), Amount: paid, Parts: finance.Parts{Principal: paid},
		})
		n.Balance.Principal -= paid
		n.Balance.PaidPrincipal += paid
	}
}
