package casework_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/bankfile"
	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
)

// payments is a company whose bank reports payments of its notes.
type payments struct {
	*ruled
	faulty  *faulty
	finance casework.Actor
}

// faulty is a ledger whose answers can be lost on the way back.
type faulty struct {
	ledger.Service
	mu    sync.Mutex
	lose  int    // answers to lose from now on
	first func() // is called once, before the next command
	then  func() // is called when a command is on the ledger
}

func (f *faulty) Submit(ctx context.Context, all ...ledger.Signed) ([]ledger.Outcome, error) {
	f.mu.Lock()
	first := f.first
	f.first = nil
	f.mu.Unlock()
	if first != nil {
		first()
	}
	outcomes, err := f.Service.Submit(ctx, all...)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.then != nil {
		f.then()
	}
	if f.lose > 0 {
		f.lose--
		return nil, errors.New("the answer was lost")
	}
	return outcomes, err
}

func newPayments(t *testing.T) *payments {
	t.Helper()
	w := &payments{ruled: newRuled(t), finance: casework.Actor{Staff: "s-finn", Name: "Finn Dahl", Roles: []casework.Role{casework.Finance}}}
	w.faulty = &faulty{Service: w.ledger.Service(inproc.Lender)}
	pen, is := w.lender.Pen.(model.PrivateKey)
	if !is {
		t.Fatalf("a lender signs with %T", w.lender.Pen)
	}
	w.desk = &casework.Desk{
		Service: w.faulty, Book: casebook.Open(w.store), Party: w.lender.ID, Key: pen.Private, Clock: w.Now, Random: rand.Reader,
		Log: slog.New(slog.NewTextHandler(testWriter{t}, nil)),
	}
	return w
}

// debt issues a note and gives its case.
func (w *payments) debt() *casebook.Case {
	w.Helper()
	id := w.note()
	if err := w.desk.Book.KeepCase(w.Context(), id, casebook.CaseFacts{Client: w.lender.ID}, w.Now()); err != nil {
		w.Fatal(err)
	}
	c, err := w.desk.Book.CaseOf(w.Context(), id)
	if err != nil || c == nil {
		w.Fatalf("the case of note %s: %v, %v", id, c, err)
	}
	return c
}

// paid is an entry of a bank file of these tests.
type paid struct {
	ref    string // the bank's
	amount finance.Amount
	says   string // the reference that the payer gave
	from   string // the payer's account
	out    bool   // the money went out
	back   bool   // it takes an earlier one back
}

// file writes a notification (camt.054) of a day.
func file(id, day string, entries ...paid) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>%s</MsgId><CreDtTm>%sT12:00:00Z</CreDtTm></GrpHdr><Ntfctn><Id>%s</Id><Acct><Id><IBAN>SE4550000000058398257466</IBAN></Id><Ccy>SEK</Ccy></Acct>`, id, day, id)
	for _, e := range entries {
		direction, reversal := "CRDT", ""
		if e.out {
			direction = "DBIT"
		}
		if e.back {
			reversal = "<RvslInd>true</RvslInd>"
		}
		fmt.Fprintf(&b, `<Ntry><Amt Ccy="SEK">%d.%02d</Amt><CdtDbtInd>%s</CdtDbtInd>%s<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><AcctSvcrRef>%s</AcctSvcrRef><BkTxCd/>
<NtryDtls><TxDtls>`, e.amount/100, e.amount%100, direction, reversal, day, e.ref)
		if e.from != "" {
			fmt.Fprintf(&b, `<RltdPties><DbtrAcct><Id><Othr><Id>%s</Id></Othr></Id></DbtrAcct></RltdPties>`, e.from)
		}
		if e.says != "" {
			fmt.Fprintf(&b, `<RmtInf><Strd><CdtrRefInf><Ref>%s</Ref></CdtrRefInf></Strd></RmtInf>`, e.says)
		}
		b.WriteString("</TxDtls></NtryDtls></Ntry>\n")
	}
	b.WriteString("</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>")
	return []byte(b.String())
}

// take has finance drop a file, and the loop work until nothing is new.
func (w *payments) take(data []byte) string {
	w.Helper()
	a := casework.NewImport("bank.xml", data)
	w.must(w.finance, a, "")
	w.work()
	return a.Digest
}

// work has the loop go until nothing is left, with time passing for what rests.
func (w *payments) work() {
	w.Helper()
	for range 50 {
		more, err := w.desk.StepPayments(w.Context())
		if err != nil {
			w.Fatal(err)
		}
		if !more {
			return
		}
	}
	w.Fatal("the payments never end")
}

// must has somebody do something that is not refused.
func (w *payments) must(by casework.Actor, a casework.Act, reason string) {
	w.Helper()
	if err := w.try(by, a, reason); err != nil {
		w.Fatalf("%s: %v", a.Name(), err)
	}
}

func (w *payments) try(by casework.Actor, a casework.Act, reason string) error {
	_, err := w.desk.Do(w.Context(), casework.Request{Actor: by, Act: a, Reason: reason})
	return err
}

// the gives the entries in a state.
func (w *payments) the(state casebook.BankEntryState) []casebook.BankEntry {
	w.Helper()
	all, err := w.desk.Book.BankEntries(w.Context(), state, 0, store.MaxPage)
	if err != nil {
		w.Fatal(err)
	}
	return all
}

// only gives the one entry in a state.
func (w *payments) only(state casebook.BankEntryState) *casebook.BankEntry {
	w.Helper()
	all := w.the(state)
	if len(all) != 1 {
		w.Fatalf("%d entries are %s", len(all), state)
	}
	return &all[0]
}

// standing gives the payments of a note that are not taken back.
func (w *payments) standing(id ledger.NoteID) []finance.Amount {
	w.Helper()
	var all []finance.Amount
	for _, p := range w.read(id).Payments {
		if !p.Reversed {
			all = append(all, p.Amount)
		}
	}
	return all
}

// agree checks that the bank's entries and the ledger say the same.
func (w *payments) agree() {
	w.Helper()
	missing, extra, err := w.desk.Book.BankDifferences(w.Context(), store.MaxPage)
	if err != nil || len(missing)+len(extra) > 0 {
		w.Errorf("the ledger lacks %+v and has besides %+v; %v", missing, extra, err)
	}
}

// fates adds up what came in by a file, by what became of it.
func (w *payments) fates(file string) map[string]finance.Amount {
	w.Helper()
	totals, err := w.desk.Book.BankTotals(w.Context(), file)
	if err != nil {
		w.Fatal(err)
	}
	all := map[string]finance.Amount{}
	for _, t := range totals {
		if t.Credit {
			all[t.Fate] += t.Amount
		}
	}
	return all
}

func reference(c *casebook.Case) string { return bankfile.Reference(c.Number) }

// later lets time pass.
func (w *payments) later(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// crashing gives a context that ends when the ledger has answered the next command, as
// if the program had: what is written after that is not written.
func (w *payments) crashing() (context.Context, func()) {
	ctx, cancel := context.WithCancel(w.Context())
	w.faulty.mu.Lock()
	defer w.faulty.mu.Unlock()
	w.faulty.then = cancel
	return ctx, func() {
		cancel()
		w.faulty.mu.Lock()
		defer w.faulty.mu.Unlock()
		w.faulty.then = nil
	}
}

func sek(amount finance.Amount) finance.Money {
	return finance.Money{Amount: amount, Currency: "SEK"}
}
