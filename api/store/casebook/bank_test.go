package casebook_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// incoming makes an entry of a booking of its own.
func incoming(id string, amount finance.Amount, change func(*casebook.BankEntry)) casebook.BankEntry {
	e := casebook.BankEntry{
		ID: id, Booking: id, Line: 1, Format: "camt.054", Parts: 1, Whole: amount, Account: "SE1", Credit: true,
		Amount: finance.Money{Amount: amount, Currency: "SEK"}, BookedOn: finance.DateOf(noon), BankRef: "ref " + id,
	}
	if change != nil {
		change(&e)
	}
	return e
}

func putFile(t *testing.T, b *casebook.Book, name string, entries ...casebook.BankEntry) {
	t.Helper()
	if _, err := b.AddBankFile(t.Context(), casebook.BankFile{ID: name, Name: name, State: casebook.BankFileReading, Received: noon}); err != nil {
		t.Fatal(err)
	}
	if err := b.PutBankEntries(t.Context(), name, entries, noon); err != nil {
		t.Fatal(err)
	}
	if err := b.RunBankFile(t.Context(), name, noon); err != nil {
		t.Fatal(err)
	}
}

func states(t *testing.T, b *casebook.Book) map[casebook.BankEntryState]int {
	t.Helper()
	counts, err := b.CountBankEntries(t.Context(), casebook.EntryNew, casebook.EntryUnmatched, casebook.EntryMatched, casebook.EntryApplied,
		casebook.EntryIgnored, casebook.EntryReversed, casebook.EntryReplaced)
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

func TestAnEntryOfTwoFilesIsKeptOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		putFile(t, b, "one", incoming("a", 100, nil), incoming("b", 200, nil))
		putFile(t, b, "two", incoming("b", 200, nil), incoming("c", 300, nil))
		putFile(t, b, "two", incoming("b", 200, nil), incoming("c", 300, nil))
		if got := states(t, b); got[casebook.EntryNew] != 3 {
			t.Errorf("entries by state: %v", got)
		}
		totals, err := b.BankTotals(t.Context(), "two")
		want := []casebook.BankTotal{{Currency: "SEK", Credit: true, Fate: "new", Count: 2, Amount: 500, Known: 1}}
		if err != nil || !reflect.DeepEqual(totals, want) {
			t.Errorf("totals %+v, %v; want %+v", totals, err, want)
		}
	})
}

func TestAFileThatTellsMoreReplacesWhatNobodyHasDecidedAbout(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		whole := func(id string) casebook.BankEntry {
			return incoming(id, 300, func(e *casebook.BankEntry) { e.Format = "camt.053" })
		}
		parts := func(id string) []casebook.BankEntry {
			var all []casebook.BankEntry
			for i, amount := range []finance.Amount{100, 200} {
				all = append(all, incoming(fmt.Sprint(id, i), amount, func(e *casebook.BankEntry) {
					e.Booking, e.Parts, e.Whole, e.Payer = id, 2, 300, "Anna"
				}))
			}
			return all
		}
		putFile(t, b, "statement", whole("x"))
		putFile(t, b, "notification", parts("x")...)
		if got := states(t, b); got[casebook.EntryReplaced] != 1 || got[casebook.EntryNew] != 2 {
			t.Errorf("after the notification: %v", got)
		}
		putFile(t, b, "notification first", parts("y")...)
		putFile(t, b, "then the statement", whole("y"))
		if got := states(t, b); got[casebook.EntryReplaced] != 1 || got[casebook.EntryNew] != 4 {
			t.Errorf("after both in the other order: %v", got)
		}
		for _, file := range []string{"notification", "then the statement"} {
			totals, err := b.BankTotals(t.Context(), file)
			if err != nil || len(totals) != 1 || totals[0].Amount != 300 {
				t.Errorf("totals of %s: %+v, %v", file, totals, err)
			}
		}
	})
}

func TestASingleBookingTakesInWhatALaterFileTellsOfItsPayer(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		putFile(t, b, "statement", incoming("a", 100, nil))
		if err := b.AskAboutEntry(t.Context(), "a", "payment.why.unknown", nil, noon); err != nil {
			t.Fatal(err)
		}
		putFile(t, b, "notification", incoming("a", 100, func(e *casebook.BankEntry) { e.Payer = "Anna" }))
		e, err := b.BankEntry(t.Context(), "a")
		if err != nil || e.Payer != "Anna" || e.State != casebook.EntryNew {
			t.Errorf("the entry is %+v, %v", e, err)
		}
	})
}

func TestABookingThatMayBeAnotherFilesIsLeftToAPerson(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		deposit := func(name string, amount finance.Amount) []casebook.BankEntry {
			var all []casebook.BankEntry
			for i := range 2 {
				all = append(all, incoming(fmt.Sprint(name, i), amount/2, func(e *casebook.BankEntry) {
					e.Booking, e.Parts, e.Whole, e.Format, e.Payer = name, 2, amount, "bgmax", "Anna"
				}))
			}
			return all
		}
		sum := func(id string, amount finance.Amount) casebook.BankEntry {
			return incoming(id, amount, func(e *casebook.BankEntry) { e.Format = "camt.053" })
		}
		putFile(t, b, "bgmax", deposit("d", 400)...)
		putFile(t, b, "statement", sum("s", 400), sum("t", 600))
		if e, err := b.BankEntry(t.Context(), "s"); err != nil || e.Twin != "d" {
			t.Errorf("the sum on the statement is %+v, %v", e, err)
		}
		// The other way round it is still the sum that a person puts aside.
		putFile(t, b, "bgmax 2", deposit("u", 600)...)
		e, err := b.BankEntry(t.Context(), "t")
		part, err2 := b.BankEntry(t.Context(), "u0")
		if err != nil || err2 != nil || e.Twin != "u" || part.Twin != "" {
			t.Errorf("the sum is %+v, the payment %+v; %v, %v", e, part, err, err2)
		}
	})
}

func TestAnEntryIsDividedOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		putFile(t, b, "one", incoming("a", 100, nil))
		part := func(act string) []casebook.BankPart {
			return []casebook.BankPart{{
				ID: act, Entry: "a", Act: act, Kind: casebook.PartPay, Note: "n", State: casebook.PartWaiting,
				Amount: finance.Money{Amount: 100, Currency: "SEK"}, BookedOn: finance.DateOf(noon), Client: "client",
			}}
		}
		for range 2 { // the second time after a crash
			if got, err := b.PlanBankParts(t.Context(), "a", part("first"), noon); err != nil || !got {
				t.Errorf("divided: %v, %v", got, err)
			}
		}
		if got, err := b.PlanBankParts(t.Context(), "a", part("second"), noon); err != nil || got {
			t.Errorf("divided a second time: %v, %v", got, err)
		}
		p := part("first")[0]
		p.State, p.Command, p.Seq = casebook.PartDone, "c", 7
		if moved, err := b.MoveBankPart(t.Context(), p, casebook.PartWaiting); err != nil || !moved {
			t.Fatal(moved, err)
		}
		if state, err := b.SettleBankEntry(t.Context(), "a", noon); err != nil || state != casebook.EntryApplied {
			t.Errorf("settled as %s, %v", state, err)
		}
		missing, extra, err := b.BankDifferences(t.Context(), 10)
		if err != nil || len(missing) != 1 || missing[0].Part != "first" || len(extra) != 0 {
			t.Errorf("a payment that the ledger lacks: %+v, %+v, %v", missing, extra, err)
		}
	})
}

func TestAClientIsToldOfWhatCameInAndOfWhatWasTakenBack(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		putFile(t, b, "one", incoming("a", 100, nil))
		p := casebook.BankPart{
			ID: "p", Entry: "a", Act: "act", Kind: casebook.PartPay, Note: "n", State: casebook.PartDone,
			Amount: finance.Money{Amount: 100, Currency: "SEK"}, BookedOn: finance.DateOf(noon), Client: "client",
		}
		if _, err := b.PlanBankParts(t.Context(), "a", []casebook.BankPart{p}, noon); err != nil {
			t.Fatal(err)
		}
		if _, err := b.SettleBankEntry(t.Context(), "a", noon); err != nil {
			t.Fatal(err)
		}
		due := func() []casebook.ClientMoney {
			all, err := b.DueToClients(t.Context(), "client", 10)
			if err != nil || len(all) != 0 {
				t.Errorf("what the company holds itself is due to it: %v, %v", all, err)
			}
			all, err = b.DueToClients(t.Context(), "us", 10)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		m := casebook.ClientMoney{Client: "client", Currency: "SEK", Day: finance.DateOf(noon), Count: 1, Amount: 100}
		if got := due(); !reflect.DeepEqual(got, []casebook.ClientMoney{m}) {
			t.Errorf("due %+v, want %+v", got, m)
		}
		tell := func(amount finance.Amount) bool {
			told, err := b.Account(t.Context(), casebook.Accounting{Client: "client", Day: m.Day, Amount: finance.Money{Amount: amount, Currency: "SEK"}, At: noon})
			if err != nil {
				t.Fatal(err)
			}
			return told
		}
		if tell(99) || len(due()) != 1 {
			t.Error("a client that was told less is told of all")
		}
		if !tell(100) || len(due()) != 0 || tell(0) {
			t.Error("it is not accounted for once")
		}
		if taken, err := b.TakeBankParts(t.Context(), casebook.Taking{Entry: "a", Act: "undo", After: casebook.EntryUnmatched, At: noon}); err != nil || !taken {
			t.Fatal(taken, err)
		}
		p.State = casebook.PartUndone
		if moved, err := b.MoveBankPart(t.Context(), p, casebook.PartUndoing); err != nil || !moved {
			t.Fatal(moved, err)
		}
		m.Amount = -100
		if got := due(); !reflect.DeepEqual(got, []casebook.ClientMoney{m}) {
			t.Errorf("due after it was taken back %+v, want %+v", got, m)
		}
		if !tell(-100) || len(due()) != 0 {
			t.Error("it is still due")
		}
	})
}
