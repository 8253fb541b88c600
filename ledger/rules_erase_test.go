package ledger_test

import (
	"reflect"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// erase gives the refusal of an erasure, nil where the note is erased.
func (s *stage) erase(id ledger.NoteID, who *actor) error {
	_, err := s.try(who, ledger.OpErase, string(id), ledger.EmptyBody{})
	return err
}

func TestAnErasedNoteSaysNothingButThatItWasThere(t *testing.T) {
	s := newStage(t)
	id := s.offer(terms(), s.borrower)
	s.do(s.borrower, ledger.OpDecline, string(id), ledger.ReasonBody{Reason: "too dear"})
	before := s.note(id)
	c := s.do(s.lender, ledger.OpErase, string(id), ledger.EmptyBody{})
	want := &ledger.Note{
		ID: id, Seq: before.Seq + 1, Head: ledger.NextHead(before.Head, c.Link), Status: ledger.StatusErased, Erasure: c.Command.Command,
	}
	if got := s.note(id); !reflect.DeepEqual(got, want) {
		t.Errorf("erased it is\n%+v, want\n%+v", got, want)
	}
	record := want.Record(ledger.Digest{})
	if got := record.Bare(id); !reflect.DeepEqual(got, want) {
		t.Errorf("by its record it is %+v", got)
	}
	active := ledger.NoteRecord{Seq: 3, Status: ledger.StatusActive}
	if got := active.Bare(id); got != nil {
		t.Errorf("a note that is not erased is %+v by its record", got)
	}
}

func TestADischargedNoteIsKeptForTenYearsFromItsLastEntry(t *testing.T) {
	s := newStage(t)
	id := s.paidOff(s.active())
	if got := s.note(id).Ended; got != s.today() {
		t.Fatalf("it ended on %s, want %s", got, s.today())
	}
	until := s.today().AddMonths(120, 0)
	kept := ledger.Refuse(ledger.CodeRetention, "until", until.String())
	last := s.fork()
	last.now = s.now.AddDate(10, 0, 0)
	for name, f := range map[string]*stage{"at once": s.fork(), "on the last day": last} {
		if err := f.erase(id, f.borrower); !reflect.DeepEqual(err, kept) {
			t.Errorf("%s: %v, want %v", name, err, kept)
		}
	}
	s.after(10*365 + 3 + 1) // with the leap days of ten years
	if err := s.erase(id, s.borrower); err != nil {
		t.Errorf("the day after: %v", err)
	}
}

func TestWhoHasPaidANoteOffMayEraseItAndAStrangerMayNot(t *testing.T) {
	s := newStage(t)
	id := s.sold()
	s.pay(id, s.buyer, s.owed(id))
	s.now = s.now.AddDate(11, 0, 0)
	for who, may := range map[*actor]bool{
		s.borrower: true, s.lender: true, s.buyer: true, s.stranger: false, s.bank: false, s.bailiff: false, s.partner: false,
	} {
		err := s.fork().erase(id, who)
		if may && err != nil || !may && ledger.CodeOf(err) != ledger.CodeRoleForbidden {
			t.Errorf("%s: %v", who.name, err)
		}
	}
}

func TestNothingCanBeDoneToAnErasedNote(t *testing.T) {
	s := newStage(t)
	d := s.draft(s.lender, ledger.OpOffer, "", s.offerBody(terms(), s.borrower))
	c, err := s.send(s.lender, d)
	if err != nil {
		t.Fatal(err)
	}
	id := c.Note.ID
	s.do(s.lender, ledger.OpWithdraw, string(id), ledger.ReasonBody{})
	s.do(s.lender, ledger.OpErase, string(id), ledger.EmptyBody{})
	if _, err := s.send(s.lender, d); ledger.CodeOf(err) != ledger.CodeExists {
		t.Errorf("offered a second time: %v", err)
	}
	for _, who := range s.cast() {
		if err := s.erase(id, who); ledger.CodeOf(err) != ledger.CodeNoteErased {
			t.Errorf("erased by %s a second time: %v", who.name, err)
		}
	}
}

func TestANoteOfTooManyCommandsIsNotErased(t *testing.T) {
	s := newStage(t)
	id := s.offer(terms(), s.borrower)
	s.do(s.lender, ledger.OpWithdraw, string(id), ledger.ReasonBody{})
	s.m.Notes()[id].Seq = ledger.MaxProofLinks + 1
	if err := s.erase(id, s.lender); ledger.CodeOf(err) != ledger.CodeLimit {
		t.Errorf("erased: %v", err)
	}
}

func TestEveryJurisdictionSaysHowLongADebtIsKept(t *testing.T) {
	ended := finance.DateOf(day0)
	for _, j := range []finance.Jurisdiction{finance.Sweden, finance.Generic} {
		n := &ledger.Note{Status: ledger.StatusDischarged, Ended: ended, Terms: ledger.Terms{Jurisdiction: j}}
		if until, err := ledger.RetainedUntil(n); err != nil || until != ended.AddMonths(120, 0) {
			t.Errorf("%s: until %s: %v", j, until, err)
		}
	}
	if _, err := ledger.RetainedUntil(&ledger.Note{Status: ledger.StatusActive}); ledger.CodeOf(err) != ledger.CodeNoteActive {
		t.Errorf("an active note: %v", err)
	}
}
