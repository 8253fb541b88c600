package casework_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/bankfile"
	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

type amounts = []finance.Amount

func TestAPaymentWithItsReferenceIsWrittenOnItsNoteOnce(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	c := w.debt()
	w.on("2026-02-20")
	data := file("f-1", "2026-02-19", paid{ref: "b-1", amount: 500_00, says: reference(c)})
	for range 2 { // the same file twice
		w.take(data)
	}
	// Another file with the same entry and one more.
	w.take(file("f-2", "2026-02-19", paid{ref: "b-1", amount: 500_00, says: reference(c)}, paid{ref: "b-2", amount: 200_00, says: reference(c)}))
	if got := w.standing(c.Note); !slices.Equal(got, amounts{500_00, 200_00}) {
		t.Errorf("the note has the payments %v", got)
	}
	if p := w.read(c.Note).Payments[0]; p.On.String() != "2026-02-19" {
		t.Errorf("it was paid on %s", p.On)
	}
	w.agree()
	e := w.the(casebook.EntryApplied)[0]
	act, err := w.desk.Book.ActsOf(t.Context(), c.Note, 0, 10)
	if err != nil || len(act) != 2 || act[0].Rule != casework.MatchRule || act[0].UndoName != string(casework.NameUnmatchPayment) {
		t.Errorf("what was done about the note: %+v, %v; entry %s", act, err, e.ID)
	}
}

func TestWhatTheNoteDoesNotTakeGoesBack(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	c := w.debt()
	w.on("2026-01-11")
	id := w.take(file("f-1", "2026-01-10", paid{ref: "b-1", amount: 13_000_00, says: reference(c), from: "5491"}))
	if n := w.read(c.Note); n.Status != ledger.StatusDischarged {
		t.Errorf("the note is %s", n.Status)
	}
	fates := w.fates(id)
	if fates[casebook.FatePaid]+fates[casebook.FateReturned] != 13_000_00 || fates[casebook.FateReturned] < 900_00 {
		t.Errorf("it became %v", fates)
	}
	// All of what comes later goes back.
	later := w.take(file("f-2", "2026-01-11", paid{ref: "b-2", amount: 100_00, says: reference(c)}))
	if got := w.fates(later); !maps.Equal(got, map[string]finance.Amount{casebook.FateReturned: 100_00}) {
		t.Errorf("a payment of a note that is handed back became %v", got)
	}
	due, err := w.desk.Book.BankReturns(t.Context(), 0, 10)
	if err != nil || len(due) != 2 {
		t.Fatalf("to be paid back: %+v, %v", due, err)
	}
	refund := &casework.RefundPayment{Part: due[0].ID, Account: casework.Masked("54911"), Amount: due[0].Amount}
	other := *refund
	other.Amount.Amount--
	if err := w.try(w.finance, &other, "paid twice"); ledger.CodeOf(err) != ledger.CodeBodyInvalid {
		t.Errorf("another amount than the part's: %v", err)
	}
	if err := w.try(w.finance, refund, "paid twice"); err != casework.ErrNeedsApproval {
		t.Errorf("one person pays money back: %v", err)
	}
	r := casework.Request{Actor: w.finance, Act: refund, Reason: "paid twice", Approved: "s-maria"}
	if _, err := w.desk.Do(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	p, err := w.desk.Book.BankPart(t.Context(), due[0].ID)
	if err != nil || p.State != casebook.PartPaid || p.Account != "…4911" {
		t.Errorf("what was paid back is %+v, %v", p, err)
	}
	w.agree()
}

func TestAWrongMatchIsTakenBackAndTheEntryWaitsForAPerson(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	wrong, right := w.debt(), w.debt()
	w.on("2026-02-20")
	w.take(file("f-1", "2026-02-19", paid{ref: "b-1", amount: 500_00, says: reference(wrong)}))
	e := w.only(casebook.EntryApplied)
	if err := w.try(w.finance, &casework.UnmatchPayment{Entry: e.ID}, ""); err == nil {
		t.Error("a payment is taken back without a reason")
	}
	w.must(w.finance, &casework.UnmatchPayment{Entry: e.ID}, "the payer meant the other loan")
	if got := w.tasks()[casebook.TaskPayment]; got != 1 || w.only(casebook.EntryUnmatched).ID != e.ID {
		t.Errorf("%d tasks of a payment", got)
	}
	w.must(w.finance, &casework.ApplyPayment{Entry: e.ID, Parts: []casework.PaymentPart{{Note: right.Note, Amount: sek(500_00)}}}, "")
	if a, b := w.standing(wrong.Note), w.standing(right.Note); len(a) != 0 || !slices.Equal(b, amounts{500_00}) {
		t.Errorf("the wrong note has %v, the right one %v", a, b)
	}
	if got := w.tasks()[casebook.TaskPayment]; got != 0 {
		t.Errorf("%d tasks are left", got)
	}
	w.agree()
}

func TestAPaymentIsDividedAsThePayerSaid(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	one, two := w.debt(), w.debt()
	w.on("2026-02-20")
	id := w.take(file("f-1", "2026-02-19", paid{ref: "b-1", amount: 700_00}))
	e := w.only(casebook.EntryUnmatched)
	split := func(a, b, back finance.Amount, said string) error {
		parts := []casework.PaymentPart{{Note: one.Note, Amount: sek(a)}, {Note: two.Note, Amount: sek(b)}}
		if back > 0 {
			parts = append(parts, casework.PaymentPart{Amount: sek(back)})
		}
		return w.try(w.finance, &casework.ApplyPayment{Entry: e.ID, Parts: parts, Said: said}, "")
	}
	for name, err := range map[string]error{
		"of less than the entry":        split(300_00, 300_00, 0, "by telephone"),
		"of more than the entry":        split(300_00, 500_00, 0, "by telephone"),
		"of nothing":                    split(700_00, 0, 0, "by telephone"),
		"that the payer has not said":   split(300_00, 400_00, 0, ""),
		"of a note that is no case":     w.try(w.finance, &casework.ApplyPayment{Entry: e.ID, Parts: []casework.PaymentPart{{Note: "n0", Amount: sek(700_00)}}}, ""),
		"by somebody who may not":       w.try(casework.Actor{Staff: "s", Roles: []casework.Role{casework.Agent}}, &casework.ApplyPayment{Entry: e.ID}, ""),
		"of an entry that is not there": w.try(w.finance, &casework.ApplyPayment{Entry: "x", Parts: []casework.PaymentPart{{Note: one.Note, Amount: sek(1)}}}, ""),
	} {
		if err == nil {
			t.Errorf("a division %s is made", name)
		}
	}
	if err := split(300_00, 350_00, 50_00, "by telephone today"); err != nil {
		t.Fatal(err)
	}
	want := map[string]finance.Amount{casebook.FatePaid: 650_00, casebook.FateReturned: 50_00}
	if got := w.fates(id); !maps.Equal(got, want) {
		t.Errorf("it became %v, want %v", got, want)
	}
	if a, b := w.standing(one.Note), w.standing(two.Note); !slices.Equal(a, amounts{300_00}) || !slices.Equal(b, amounts{350_00}) {
		t.Errorf("the notes have %v and %v", a, b)
	}
	w.agree()
}

func TestALostAnswerOfTheLedgerPaysNothingTwice(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	c := w.debt()
	w.on("2026-02-20")
	w.faulty.lose = 1
	id := w.take(file("f-1", "2026-02-19", paid{ref: "b-1", amount: 500_00, says: reference(c)}))
	if e := w.only(casebook.EntryMatched); e.Amount.Amount != 500_00 {
		t.Errorf("the entry is %+v", e)
	}
	w.later(time.Minute)
	w.work()
	if got := w.standing(c.Note); !slices.Equal(got, amounts{500_00}) {
		t.Errorf("the note has the payments %v", got)
	}
	if got := w.fates(id); got[casebook.FatePaid] != 500_00 {
		t.Errorf("it became %v", got)
	}
	// The same when it is taken back.
	w.faulty.lose = 1
	w.must(w.finance, &casework.UnmatchPayment{Entry: w.only(casebook.EntryApplied).ID}, "wrong")
	w.later(time.Minute)
	w.work()
	if got := w.standing(c.Note); len(got) != 0 || len(w.the(casebook.EntryUnmatched)) != 1 {
		t.Errorf("the note has the payments %v", got)
	}
	w.agree()
}

// TestACrashBetweenTheLedgerAndTheBookPaysNothingTwice has the same act done again, as
// after a crash that came when the ledger had the payment and the book did not.
func TestACrashBetweenTheLedgerAndTheBookPaysNothingTwice(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	c := w.debt()
	w.on("2026-02-20")
	w.take(file("f-1", "2026-02-19", paid{ref: "b-1", amount: 500_00}))
	e := w.only(casebook.EntryUnmatched)
	act := &casework.ApplyPayment{Entry: e.ID, Parts: []casework.PaymentPart{{Note: c.Note, Amount: sek(500_00)}}}
	by := casework.Doing{ID: "5f0c41e4-6b3e-4a86-9d0c-0d1d5b1f1a11", Actor: w.finance}
	ctx, crash := w.crashing()
	_, err := act.Do(ctx, w.desk, by)
	crash()
	if err == nil {
		t.Fatal("nothing was cut short")
	}
	for range 2 {
		if _, err := act.Do(t.Context(), w.desk, by); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.standing(c.Note); !slices.Equal(got, amounts{500_00}) || len(w.the(casebook.EntryApplied)) != 1 {
		t.Errorf("the note has the payments %v", got)
	}
	w.agree()
}

func TestWhatTheBankTakesBackIsTakenBackOnTheNote(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	c := w.debt()
	w.on("2026-02-25")
	id := w.take(file("f-1", "2026-02-19", paid{ref: "b-1", amount: 500_00, says: reference(c)}))
	w.take(file("f-2", "2026-02-24", paid{ref: "b-9", amount: 500_00, out: true, back: true}))
	back, of := w.only(casebook.EntryUnmatched), w.only(casebook.EntryApplied)
	may, err := w.desk.Book.EntriesTakenBack(t.Context(), back, 10)
	if err != nil || len(may) != 1 || may[0].ID != of.ID {
		t.Fatalf("it may take back %+v, %v", may, err)
	}
	w.must(w.finance, &casework.ReturnedPayment{Entry: back.ID, Of: of.ID}, "the bank's mistake")
	if got := w.standing(c.Note); len(got) != 0 || len(w.the(casebook.EntryReversed)) != 2 {
		t.Errorf("the note has the payments %v", got)
	}
	if got := w.fates(id); !maps.Equal(got, map[string]finance.Amount{"reversed": 500_00}) {
		t.Errorf("it became %v", got)
	}
	w.agree()
}

func TestMoneyThatIsNoPaymentIsPutAsideAndTakenUpAgain(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	w.on("2026-02-25")
	w.take(file("f-1", "2026-02-19", paid{ref: "b-1", amount: 500_00, out: true}, paid{ref: "b-2", amount: 10_00}))
	if e := w.only(casebook.EntryIgnored); e.Credit || e.Why != "payment.why.out" {
		t.Errorf("put aside by itself: %+v", e)
	}
	e := w.only(casebook.EntryUnmatched)
	w.must(w.finance, &casework.IgnoreEntry{Entry: e.ID}, "interest of the bank")
	if len(w.the(casebook.EntryIgnored)) != 2 || w.tasks()[casebook.TaskPayment] != 0 {
		t.Error("it was not put aside")
	}
	w.must(w.finance, &casework.RestoreEntry{Entry: e.ID}, "")
	if w.only(casebook.EntryUnmatched).ID != e.ID || w.tasks()[casebook.TaskPayment] != 1 {
		t.Error("it was not taken up again")
	}
}

func TestAPayerIsKnownByTheAccountOfAnEarlierPayment(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	c := w.debt()
	w.on("2026-02-20")
	w.take(file("f-1", "2026-02-19", paid{ref: "b-1", amount: 500_00, says: reference(c), from: "5491"}))
	next, err := ledger.Summarize(w.read(c.Note), w.lender.ID, finance.DateOf(w.Now()))
	if err != nil {
		t.Fatal(err)
	}
	w.take(file("f-2", "2026-02-20", paid{ref: "b-2", amount: next.NextLeft, from: "5491"}, paid{ref: "b-3", amount: 1_00, from: "5491"}))
	if got := w.standing(c.Note); !slices.Equal(got, amounts{500_00, next.NextLeft}) {
		t.Errorf("the note has the payments %v", got)
	}
	e := w.only(casebook.EntryUnmatched)
	want := []casebook.BankCandidate{{Note: c.Note, Reasons: []string{string(bankfile.ByAccount)}}}
	if e.Amount.Amount != 1_00 || len(e.Candidates) != 1 || e.Candidates[0].Note != want[0].Note || !slices.Equal(e.Candidates[0].Reasons, want[0].Reasons) {
		t.Errorf("an unusual amount is %+v", e)
	}
}

func TestAFileThatIsNoBankFileIsKeptAsRefused(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	id := w.take([]byte("<html>"))
	f, err := w.desk.Book.BankFile(t.Context(), id)
	if err != nil || f.State != casebook.BankFileRefused || f.Error == nil || f.Error.Code != string(bankfile.UnknownFormat) {
		t.Errorf("the file is %+v, %v", f, err)
	}
}

func TestAPaymentToAFormerHolderCountsAndIsOwedToTheNewOne(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	c := w.debt()
	buyer := w.register("Köp AB", ledger.Company, inproc.Collector)
	book := ledger.BookID(w.do(buyer, ledger.OpBookOpen, "", 1, ledger.EmptyBody{}).Subject.ID)
	w.do(w.lender, ledger.OpTransferOffer, string(c.Note), 3, ledger.TransferOfferBody{To: buyer.ID, Kind: ledger.Sale, Form: ledger.InFull})
	w.do(buyer, ledger.OpTransferAccept, string(c.Note), 4, ledger.TransferAcceptBody{Transfer: w.read(c.Note).Pending.ID, Book: book})
	// The borrower has not been told, and pays whom it knows (1936:81 par. 29).
	w.on("2026-02-20")
	w.take(file("f-1", "2026-02-19", paid{ref: "b-1", amount: 500_00, says: reference(c)}))
	if got := w.standing(c.Note); !slices.Equal(got, amounts{500_00}) {
		t.Fatalf("the note has the payments %v", got)
	}
	due, err := w.desk.Book.DueToClients(t.Context(), w.lender.ID, 10)
	if err != nil || len(due) != 1 || due[0].Client != buyer.ID || due[0].Amount != 500_00 {
		t.Errorf("due to the new holder: %+v, %v", due, err)
	}
	owed, err := w.desk.OwedBetweenHolders(t.Context(), c.Note)
	if err != nil || len(owed) != 1 || owed[0].To != buyer.ID || owed[0].Amount != 500_00 {
		t.Errorf("owed between the holders: %+v, %v", owed, err)
	}
	// Once the borrower has been told and has paid later, the payment is none of ours.
	n := w.read(c.Note)
	w.do(buyer, ledger.OpNotice, string(c.Note), n.Seq+1, ledger.NoticeBody{Holder: buyer.ID, DeliveredOn: finance.DateOf(w.Now()), Channel: "letter"})
	w.on("2026-02-25")
	w.take(file("f-2", "2026-02-24", paid{ref: "b-2", amount: 100_00, says: reference(c)}))
	if e := w.only(casebook.EntryUnmatched); e.Why != string(ledger.CodeNotGoodFaith) {
		t.Errorf("a payment after the notice is %+v", e)
	}
	w.agree()
}
