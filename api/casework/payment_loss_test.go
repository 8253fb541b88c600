package casework_test

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// owes gives all that is owed on a note today.
func (w *payments) owes(id ledger.NoteID) finance.Amount {
	w.Helper()
	s, err := ledger.Summarize(w.read(id), w.lender.ID, finance.DateOf(w.Now()))
	if err != nil {
		w.Fatal(err)
	}
	return s.Total.Amount
}

// sell has the company sell a note, and the borrower told of it: a payment is no longer
// the company's, and none that it wrote can be taken back.
func (w *payments) sell(id ledger.NoteID) {
	w.Helper()
	buyer := w.register("Köp AB", ledger.Company, inproc.Collector)
	book := ledger.BookID(w.do(buyer, ledger.OpBookOpen, "", 1, ledger.EmptyBody{}).Subject.ID)
	seq := w.read(id).Seq
	w.do(w.lender, ledger.OpTransferOffer, string(id), seq+1, ledger.TransferOfferBody{To: buyer.ID, Kind: ledger.Sale, Form: ledger.InFull})
	w.do(buyer, ledger.OpTransferAccept, string(id), seq+2, ledger.TransferAcceptBody{Transfer: w.read(id).Pending.ID, Book: book})
	w.do(buyer, ledger.OpNotice, string(id), seq+3, ledger.NoticeBody{Holder: buyer.ID, DeliveredOn: finance.DateOf(w.Now()), Channel: "letter"})
}

// meanwhile does something just before the next command reaches the ledger.
func (w *payments) meanwhile(do func()) {
	w.faulty.mu.Lock()
	defer w.faulty.mu.Unlock()
	w.faulty.first = do
}

func TestALostAnswerToTheLastPaymentDoesNotSendItBack(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	c := w.debt()
	w.on("2026-02-20")
	all := w.owes(c.Note)
	w.faulty.lose = 1
	id := w.take(file("f-1", "2026-02-20", paid{ref: "b-1", amount: all, says: reference(c)}))
	w.debt() // what is written later is read: the desk sees that the note is handed back
	w.later(time.Minute)
	w.work()
	if n := w.read(c.Note); n.Status != ledger.StatusDischarged {
		t.Fatalf("the note is %s", n.Status)
	}
	if got := w.fates(id); !maps.Equal(got, map[string]finance.Amount{casebook.FatePaid: all}) {
		t.Errorf("the payment that paid the note became %v", got)
	}
	w.agree()
}

func TestAPaymentOfTheDayThatHasBegunInSwedenIsWritten(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	c := w.debt()
	w.on("2026-02-20")
	w.later(14*time.Hour + 30*time.Minute) // 23.30 in UTC
	w.take(file("f-1", "2026-02-21", paid{ref: "b-1", amount: 500_00, says: reference(c)}))
	if p := w.read(c.Note).Payments; len(p) != 1 || p[0].On.String() != "2026-02-20" {
		t.Errorf("the note has the payments %+v", p)
	}
	w.take(file("f-2", "2026-02-22", paid{ref: "b-2", amount: 500_00, says: reference(c)}))
	if e := w.only(casebook.EntryUnmatched); e.Why != string(ledger.CodeDateFuture) {
		t.Errorf("a payment of the day after that is %+v", e)
	}
}

func TestWhatOneNoteRefusesOfADividedPaymentGoesBack(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	one, two := w.debt(), w.debt()
	w.on("2026-02-20")
	w.sell(two.Note)
	w.on("2026-02-25")
	id := w.take(file("f-1", "2026-02-24", paid{ref: "b-1", amount: 700_00}))
	w.must(w.finance, &casework.ApplyPayment{Entry: w.only(casebook.EntryUnmatched).ID, Said: "by telephone", Parts: []casework.PaymentPart{
		{Note: one.Note, Amount: sek(300_00)}, {Note: two.Note, Amount: sek(400_00)},
	}}, "")
	if got := w.fates(id); !maps.Equal(got, map[string]finance.Amount{casebook.FatePaid: 300_00, casebook.FateReturned: 400_00}) {
		t.Errorf("it became %v", got)
	}
	due, err := w.desk.Book.BankReturns(t.Context(), 0, 10)
	if err != nil || len(due) != 1 || due[0].Why != string(ledger.CodeNotGoodFaith) {
		t.Errorf("to be paid back: %+v, %v", due, err)
	}
	w.agree()
}

// TestWhatTheLedgerDoesNotTakeBackStaysWhereItWas has the ledger refuse after it was
// asked whether it would: meanwhile the notes were sold.
func TestWhatTheLedgerDoesNotTakeBackStaysWhereItWas(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	c, other := w.debt(), w.debt()
	w.on("2026-02-20")
	id := w.take(file("f-1", "2026-02-19", paid{ref: "b-1", amount: 900_00}))
	w.must(w.finance, &casework.ApplyPayment{Entry: w.only(casebook.EntryUnmatched).ID, Said: "by telephone", Parts: []casework.PaymentPart{
		{Note: c.Note, Amount: sek(500_00)}, {Note: other.Note, Amount: sek(300_00)}, {Amount: sek(100_00)},
	}}, "")
	of := w.only(casebook.EntryApplied)
	w.take(file("f-2", "2026-02-20", paid{ref: "b-9", amount: 900_00, out: true, back: true}))
	back := w.only(casebook.EntryUnmatched)

	// Nothing is taken back: it is refused, and the bank's entry waits for a person.
	w.meanwhile(func() { w.sell(c.Note); w.sell(other.Note) })
	err := w.try(w.finance, &casework.ReturnedPayment{Entry: back.ID, Of: of.ID}, "the bank's mistake")
	if refusal := new(ledger.Error); !errors.As(err, &refusal) || refusal.Code != ledger.CodePaymentFinal {
		t.Errorf("it is answered with %v", err)
	}
	if got := w.only(casebook.EntryUnmatched).ID; got != back.ID || w.tasks()[casebook.TaskPayment] != 1 {
		t.Errorf("%s waits for a person", got)
	}
	want := map[string]finance.Amount{casebook.FatePaid: 800_00, casebook.FateReturned: 100_00}
	if got := w.fates(id); !maps.Equal(got, want) {
		t.Errorf("it became %v, want %v", got, want)
	}
	if got := w.standing(c.Note); !slices.Equal(got, amounts{500_00}) {
		t.Errorf("the note has the payments %v", got)
	}
	w.agree()
}
