package inproc_test

import (
	"testing"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// through signs a command and commits it through an organisation's service.
func (c company) through(t *testing.T, l *inproc.Ledger, org string, d ledger.Draft) (ledger.Signed, ledger.Result) {
	t.Helper()
	d.By = c.id
	signed := c.sign(t, l, d)
	outcomes, err := l.Service(org).Submit(within(t), signed)
	if err != nil {
		t.Fatalf("%s: %v", d.Op, err)
	}
	if outcomes[0].State != ledger.Committed {
		t.Fatalf("%s: the outcome is %+v: %v", d.Op, outcomes[0], outcomes[0].Err)
	}
	return signed, *outcomes[0].Result
}

// newParty registers a party of a kind through an organisation.
func newParty(t *testing.T, l *inproc.Ledger, org string, kind ledger.PartyKind) company {
	t.Helper()
	private, err := sign.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	c := company{key: private}
	_, result := c.through(t, l, org, ledger.Draft{Op: ledger.OpPartyRegister,
		Body: ledger.RegisterBody{Kind: kind, Keys: []ledger.Key{keyOf(t, private)}}})
	c.id = ledger.PartyID(result.Subject.ID)
	return c
}

func TestNoteLivesThroughTheServicesOfItsParties(t *testing.T) {
	l := newLedger(t, inproc.Options{})
	lender := newParty(t, l, inproc.Lender, ledger.Company)
	buyer := newParty(t, l, inproc.Collector, ledger.Company)
	borrower := newParty(t, l, inproc.Registrar, ledger.Person)
	book := func(c company, org string) ledger.BookID {
		_, r := c.through(t, l, org, ledger.Draft{Op: ledger.OpBookOpen, Body: ledger.EmptyBody{}})
		return ledger.BookID(r.Subject.ID)
	}
	lendersBook, buyersBook := book(lender, inproc.Lender), book(buyer, inproc.Collector)

	today := finance.DateOf(noon)
	owed := finance.Money{Amount: 100_000, Currency: "SEK"}
	offer, offered := lender.through(t, l, inproc.Lender, ledger.Draft{Op: ledger.OpOffer, Body: ledger.OfferBody{
		Book: lendersBook, Borrowers: []ledger.PartyID{borrower.id}, AnswerBy: noon.Add(24 * time.Hour),
		Terms: ledger.Terms{Kind: ledger.Negotiable, Consumer: true, Jurisdiction: finance.Sweden, AgreedOn: today, Principal: owed,
			DayCount: finance.Actual365, InterestFrom: today,
			Schedule: ledger.Schedule{Kind: finance.Bullet, Instalments: 1, FirstDue: today.AddMonths(1, 0)}},
	}})
	note := offered.Subject.ID
	opened, err := sign.Verifier{}.Open(offer)
	if err != nil {
		t.Fatal(err)
	}
	borrower.through(t, l, inproc.Registrar, ledger.Draft{Op: ledger.OpAccept, Subject: note, Seq: 2,
		Body: ledger.AcceptBody{Offer: ledger.PayloadDigest(opened.Payload)}})
	_, transfer := lender.through(t, l, inproc.Lender, ledger.Draft{Op: ledger.OpTransferOffer, Subject: note, Seq: 3,
		Body: ledger.TransferOfferBody{To: buyer.id, Kind: ledger.Sale, Form: ledger.InFull}})
	buyer.through(t, l, inproc.Collector, ledger.Draft{Op: ledger.OpTransferAccept, Subject: note, Seq: 4,
		Body: ledger.TransferAcceptBody{Transfer: transfer.Command, Book: buyersBook}})
	_, last := buyer.through(t, l, inproc.Collector, ledger.Draft{Op: ledger.OpPay, Subject: note, Seq: 5,
		Body: ledger.PayBody{Amount: owed, PaidOn: today}})

	for _, org := range []string{inproc.Lender, inproc.Collector, inproc.Registrar} {
		views, err := l.Service(org).Notes(within(t), ledger.NoteID(note))
		if err != nil {
			t.Fatal(err)
		}
		if v := views[0]; v.Err != nil || v.Note == nil || v.Note.Status != ledger.StatusDischarged || v.Record.Head != last.Head {
			t.Errorf("%s reads %+v", org, v)
		}
		history, err := l.Service(org).History(within(t), ledger.NoteID(note).Subject(), 1, ledger.MaxHistory)
		if err != nil || len(history) != 5 {
			t.Errorf("%s reads a history of %d entries (%v)", org, len(history), err)
		}
	}
}
