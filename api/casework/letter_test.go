package casework_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/letter"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
)

func TestADemandGoesOutWithItsFeeAndIsKeptAsItWasSent(t *testing.T) {
	t.Parallel()
	w := newLettered(t)
	w.act(w.demand(), "")
	all := w.letters()
	if len(all) != 1 || all[0].State != casebook.LetterMade || all[0].Channel != casebook.DeliverLetter || all[0].Fee != 180_00 {
		t.Fatalf("the letters are %+v", all)
	}
	n := w.read(w.c.Note)
	if len(n.Charges) != 1 || n.Charges[0].About != all[0].Digest || n.Charges[0].Amount != 180_00 {
		t.Errorf("the fees are %+v", n.Charges)
	}
	if err := w.desk.PassLetters(t.Context()); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(w.desk.Letters.Folder, all[0].ID+".pdf"))
	if err != nil || sha256.Sum256(file) != all[0].Digest {
		t.Errorf("the file in the outbox is another one, %v", err)
	}
	again, err := casework.LetterFile(&w.letters()[0])
	if err != nil || !bytes.Equal(again, file) {
		t.Errorf("the letter is made again as another file, %v", err)
	}
	text, err := os.ReadFile(filepath.Join(w.desk.Letters.Folder, "2026-03-05.json"))
	if err != nil {
		t.Fatal(err)
	}
	var index []casework.Indexed
	if err := json.Unmarshal(text, &index); err != nil || len(index) != 1 || index[0].ID != all[0].ID || index[0].Name != "Anna Åström" || len(index[0].Address) != 2 {
		t.Errorf("the index is %s, %v", text, err)
	}
	said, err := casework.ReadLetter(&w.letters()[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{theLink, "Karin Berg", "+4684567890", "Finansinspektionen", "of which for this letter", "Bankgiro 123-4567"} {
		if !strings.Contains(said.Said(), want) {
			t.Errorf("the letter does not say %q:\n%s", want, said.Said())
		}
	}
}

// TestADemandThatLacksAnythingIsNotSentByAnybody: by a person nor by a rule.
func TestADemandThatLacksAnythingIsNotSentByAnybody(t *testing.T) {
	t.Parallel()
	w := newLettered(t)
	w.adopt("2026-06-30")
	person := casebook.PersonOfCase{Note: w.c.Note, Party: w.borrower.ID, Name: "Anna Åström", Address: "Storgatan 1"}
	lacks := func(element string, a *casework.LetterSend) {
		t.Helper()
		if refusal := w.refused(a, ledger.CodeLetter); !strings.Contains(refusal.Params["elements"], element) {
			t.Errorf("it lacks %q, want %s", refusal.Params["elements"], element)
		}
		w.nothing()
	}
	put := func(p casebook.PersonOfCase) {
		t.Helper()
		p.Edited = w.Now()
		if err := w.desk.Book.PutPerson(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	link := w.desk.Letters.Link
	w.desk.Letters.Link = nil
	lacks("link", w.demand())
	w.round()
	w.nothing()
	if got := w.decided(w.c.Note, rule.Reminder); got.State != casebook.DecisionProposed || got.Reason != string(ledger.CodeLetter) {
		t.Errorf("a rule that cannot send leaves %s because of %q", got.State, got.Reason)
	}
	w.desk.Letters.Link = link

	soon := w.demand()
	soon.PayBy = finance.DateOf(w.Now()).AddDays(letter.DemandDays - 1)
	lacks("time", soon)
	never := w.demand()
	never.PayBy = finance.Date{}
	lacks("pay_by", never)
	put(casebook.PersonOfCase{Note: w.c.Note, Party: w.borrower.ID, Name: "Anna Åström"})
	lacks("address", w.demand())
	put(person)
	email := w.demand()
	email.Channel = casebook.DeliverEmail
	lacks("address", email)

	c := w.contact()
	c.Account = ""
	w.do(w.lender, ledger.OpPartyContact, string(w.lender.ID), 3, c)
	lacks("payment", w.demand())
	w.do(w.lender, ledger.OpPartyContact, string(w.lender.ID), 4, w.contact())
	w.act(w.demand(), "")
}

func TestNothingIsDemandedWhileSomethingStandsAgainstIt(t *testing.T) {
	t.Parallel()
	for name, hinder := range map[string]struct {
		do   func(*lettered)
		want ledger.Code
	}{
		"an objection": {func(w *lettered) {
			w.do(w.borrower, ledger.OpDisputeRaise, string(w.c.Note), w.read(w.c.Note).Seq+1, ledger.DisputeRaiseBody{Text: "It is not mine."})
		}, ledger.CodeNoteDisputed},
		"a payment that was said to be made": {func(w *lettered) {
			w.do(w.borrower, ledger.OpPayClaim, string(w.c.Note), w.read(w.c.Note).Seq+1, ledger.PayClaimBody{
				Amount: finance.Money{Amount: 1_000_00, Currency: "SEK"}, PaidOn: finance.DateOf(w.Now()), Text: "I paid at the bank.",
			})
		}, ledger.CodeNoteDisputed},
		"nothing that is late": {func(w *lettered) { w.on("2026-02-20") }, ledger.CodeLetter},
		"a plan": {func(w *lettered) {
			m := ledger.Amendment{Kind: ledger.AmendPlan, Instalments: 12, FirstDue: finance.DateOf(w.Now()).AddDays(30)}
			seq := w.read(w.c.Note).Seq
			w.do(w.lender, ledger.OpAmendPropose, string(w.c.Note), seq+1, ledger.AmendProposeBody{Amendment: m})
			w.do(w.borrower, ledger.OpAmendAccept, string(w.c.Note), seq+2, ledger.AmendAcceptBody{Proposal: seq + 1, Amendment: m})
		}, ledger.CodePlanRunning},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newLettered(t)
			hinder.do(w)
			free := w.demand()
			free.Fee = 0
			w.refused(free, hinder.want)
			w.refused(&casework.LetterSend{Note: w.c.Note, Kind: letter.Reminder, PayBy: free.PayBy}, hinder.want)
			w.nothing()
		})
	}
}

func TestThereIsNoFeeWithoutItsLetterAndNoLetterWithAFeeThatIsRefused(t *testing.T) {
	t.Parallel()
	w := newLettered(t)
	dear := w.demand()
	dear.Fee = 500_00
	w.refused(dear, ledger.CodeChargeTooHigh)
	w.nothing()
	answer := &casework.LetterSend{Note: w.c.Note, Kind: letter.Answer, Words: "You are right.", Fee: 60_00}
	w.refused(answer, ledger.CodeBodyInvalid)
	w.nothing()
	w.act(w.demand(), "")
	w.refused(w.demand(), ledger.CodeChargeRepeated)
	if got := len(w.read(w.c.Note).Charges); got != 1 || len(w.letters()) != 1 {
		t.Errorf("there are %d fees and %d letters", got, len(w.letters()))
	}
}

// TestARepeatAfterACrashSendsOnce: the ledger has the fee, and its answer was lost.
func TestARepeatAfterACrashSendsOnce(t *testing.T) {
	t.Parallel()
	w := newLettered(t)
	id := "11111111-1111-4111-8111-111111111111"
	crashing, crash := context.WithCancel(t.Context())
	w.faulty.then = crash // when the fee is on the ledger, and before anything else
	_, err := w.desk.Do(crashing, casework.Request{ID: id, Actor: w.lead, Act: w.demand()})
	if err == nil {
		t.Fatal("it has not crashed")
	}
	w.faulty.then = nil
	if got := w.letters(); len(got) != 1 || got[0].State != casebook.LetterWritten {
		t.Fatalf("after the crash the letters are %+v", got)
	}
	for range 2 {
		if _, err := w.desk.Do(t.Context(), casework.Request{ID: id, Actor: w.lead, Act: w.demand()}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := w.desk.PassLetters(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(w.desk.Letters.Folder, "*.pdf"))
	if got := w.letters(); err != nil || len(got) != 1 || got[0].State != casebook.LetterSent || len(files) != 1 || len(w.read(w.c.Note).Charges) != 1 {
		t.Errorf("the letters are %+v, the files %v, the fees %+v", got, files, w.read(w.c.Note).Charges)
	}
}

func TestALetterWhoseFeeIsNotKnownYetWaits(t *testing.T) {
	t.Parallel()
	w := newLettered(t)
	w.faulty.lose = 1
	w.act(w.demand(), "")
	pass := func(after time.Duration) {
		t.Helper()
		w.mu.Lock()
		w.now = w.now.Add(after)
		w.mu.Unlock()
		if err := errors.Join(w.desk.ResolveOnce(t.Context()), w.desk.PassLetters(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.letters()[0].State; got != casebook.LetterWritten {
		t.Fatalf("the letter is %s", got)
	}
	pass(time.Minute)
	if got := w.letters()[0].State; got != casebook.LetterSent {
		t.Errorf("once the fee is known the letter is %s", got)
	}
}

// TestARuleSendsAReminderWithItsFee and a person takes both back.
func TestARuleSendsAReminderWithItsFeeAndAPersonTakesBothBack(t *testing.T) {
	t.Parallel()
	w := newLettered(t)
	w.adopt("2026-06-30")
	w.round()
	w.round()
	want := states{rule.LateInterest: casebook.DecisionDone, rule.Reminder: casebook.DecisionDone, rule.ReminderFee: casebook.DecisionDone}
	w.want(w.c.Note, "when it is late", want)
	all := w.letters()
	if len(all) != 1 || all[0].Kind != string(letter.Reminder) || all[0].Fee != 60_00 || all[0].Rule != "SE.reminder@2" {
		t.Fatalf("the letters are %+v", all)
	}
	if got := w.read(w.c.Note).Charges; len(got) != 1 || got[0].About != all[0].Digest {
		t.Errorf("the fees are %+v", got)
	}
	made, err := w.desk.DecisionOfLetter(t.Context(), &all[0])
	if err != nil || made == nil || made.ID != w.decided(w.c.Note, rule.Reminder).ID {
		t.Errorf("the letter's decision is %+v, %v", made, err)
	}
	if err := w.desk.PassLetters(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.act(casework.OverrideDecision(made), "You had paid in time. We are sorry.")
	all = w.letters()
	if len(all) != 2 || all[0].Kind != string(letter.Correction) || all[0].State != casebook.LetterMade || all[1].State != casebook.LetterWithdrawn {
		t.Errorf("the letters are %+v", all)
	}
	if got := w.read(w.c.Note).Charges[0]; got.Relieved != got.Amount {
		t.Errorf("the fee is %+v", got)
	}
}

func TestALetterThatNobodyHasIsWithdrawnWithoutAnotherOne(t *testing.T) {
	t.Parallel()
	w := newLettered(t)
	sent := w.act(w.demand(), "")
	w.act(&casework.LetterCorrect{Note: w.c.Note, Sent: sent}, "Wrong case.")
	if err := w.desk.PassLetters(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.letters(); len(got) != 1 || got[0].State != casebook.LetterWithdrawn {
		t.Errorf("the letters are %+v", got)
	}
	files, err := filepath.Glob(filepath.Join(w.desk.Letters.Folder, "*.pdf"))
	if err != nil || len(files) != 0 {
		t.Errorf("the outbox has %v, %v", files, err)
	}
	w.refused(&casework.LetterCorrect{Note: w.c.Note, Sent: sent}, ledger.CodeSettled)
}

func TestADemandThatArrivedInterruptsLimitationAndIsItsProof(t *testing.T) {
	t.Parallel()
	w := newLettered(t)
	w.act(w.demand(), "")
	l := w.letters()[0]
	early := &casework.LetterDelivered{Note: w.c.Note, Letter: l.ID, Kind: letter.Demand, On: w.day("2026-03-04")}
	w.refused(early, ledger.CodeBodyInvalid)
	w.on("2026-03-09")
	arrived := &casework.LetterDelivered{Note: w.c.Note, Letter: l.ID, Kind: letter.Demand, On: w.day("2026-03-07")}
	w.act(arrived, "")
	got := w.read(w.c.Note).Interruptions
	if len(got) != 1 || got[0].On != w.day("2026-03-07") || got[0].Content != l.Digest || got[0].Channel != "letter" {
		t.Errorf("the interruptions are %+v", got)
	}
	if l = w.letters()[0]; l.Delivered != w.day("2026-03-07") || l.State != casebook.LetterSent {
		t.Errorf("the letter is %+v", l)
	}
	w.refused(arrived, ledger.CodeSettled)
}

// sold has the lender sell the note to a company whose desk it is from then on.
func (w *lettered) sold() {
	w.Helper()
	buyer := w.register("Köparen AB", ledger.Company, inproc.Collector)
	book := ledger.BookID(w.do(buyer, ledger.OpBookOpen, "", 1, ledger.EmptyBody{}).Subject.ID)
	w.do(buyer, ledger.OpPartyContact, string(buyer.ID), 2, w.contact())
	seq := w.read(w.c.Note).Seq
	w.do(w.lender, ledger.OpTransferOffer, string(w.c.Note), seq+1, ledger.TransferOfferBody{To: buyer.ID, Kind: ledger.Sale, Form: ledger.InFull})
	w.do(buyer, ledger.OpTransferAccept, string(w.c.Note), seq+2, ledger.TransferAcceptBody{Transfer: w.read(w.c.Note).Pending.ID, Book: book})
	pen, is := buyer.Pen.(model.PrivateKey)
	if !is {
		w.Fatalf("a buyer signs with %T", buyer.Pen)
	}
	w.desk.Service, w.desk.Party, w.desk.Key = w.ledger.Service(inproc.Collector), buyer.ID, pen.Private
}

// TestANewHolderDemandsNothingBeforeItsNoticeHasArrived (1936:81 par. 31).
func TestANewHolderDemandsNothingBeforeItsNoticeHasArrived(t *testing.T) {
	t.Parallel()
	w := newLettered(t)
	w.sold()
	w.refused(w.demand(), ledger.CodeBorrowerNotTold)
	w.adopt("2026-06-30")
	w.round()
	w.nothing()
	w.act(&casework.LetterSend{Note: w.c.Note, Kind: letter.TransferNotice}, "")
	w.refused(w.demand(), ledger.CodeBorrowerNotTold) // sent is not arrived
	notice := w.letters()[0]
	said, err := casework.ReadLetter(&notice)
	if err != nil || !strings.Contains(said.Said(), "Kredit AB transferred the note to Köparen AB") {
		t.Errorf("the notice says %v, %v", said, err)
	}
	w.act(&casework.LetterDelivered{Note: w.c.Note, Letter: notice.ID, Kind: letter.TransferNotice, On: finance.DateOf(w.Now())}, "")
	n := w.read(w.c.Note)
	if n.Notified.Holder != w.desk.Party || n.Notified.On != finance.DateOf(w.Now()) {
		t.Errorf("the borrower is told of %+v", n.Notified)
	}
	w.on("2026-04-10")
	w.act(w.demand(), "")
}
