package protocol_test

import (
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// paidHourly gives a note that was issued at a time and on which a payment of
// ten kronor was written so many hours after it.
func paidHourly(f *fixture, hours ...int) (note, time.Time) {
	f.Helper()
	n := f.note(f.client, f.join(protocol.RegistrarMSP))
	issued := f.ledger.now
	for i, h := range hours {
		f.ledger.now = issued.Add(time.Duration(h) * time.Hour)
		f.commit(f.client, f.pay(n, uint64(3+i), 1000))
	}
	return n, issued
}

func TestNoteIsReadAsItStoodAtAnInstant(t *testing.T) {
	f := start(t, lenderOrg)
	n, issued := paidHourly(f, 1, 2, 2, 5)
	for _, c := range []struct {
		after time.Duration
		seq   uint64
		owed  finance.Amount
	}{
		{0, 2, 100_000},
		{time.Hour - time.Nanosecond, 2, 100_000},
		{time.Hour, 3, 99_000},
		{2*time.Hour - time.Second, 3, 99_000},
		{2 * time.Hour, 5, 97_000}, // both commands of that moment
		{4 * time.Hour, 5, 97_000},
		{5 * time.Hour, 6, 96_000},
		{1000 * time.Hour, 6, 96_000},
	} {
		v, err := f.client.NoteAt(t.Context(), n.id, issued.Add(c.after))
		if err != nil || v.Err != nil {
			t.Fatalf("after %s: %v, %v", c.after, err, v.Err)
		}
		if v.Record.Seq != c.seq || v.Note.Seq != c.seq || v.Note.Balance.Principal != c.owed || v.Holder != n.lender.id {
			t.Errorf("after %s: %d with %d owed to %s", c.after, v.Note.Seq, v.Note.Balance.Principal, v.Holder)
		}
	}
}

// TestCommandDatedBeforeTheOneBeforeItCountsFromTheLaterOfTheTwo: a ledger time
// is some client's clock, within five minutes of the endorsers'.
func TestCommandDatedBeforeTheOneBeforeItCountsFromTheLaterOfTheTwo(t *testing.T) {
	f := start(t, lenderOrg)
	n, issued := paidHourly(f, 3, 2, 4)
	for after, want := range map[time.Duration]uint64{2 * time.Hour: 2, 3 * time.Hour: 4, 4 * time.Hour: 5} {
		v, err := f.client.NoteAt(t.Context(), n.id, issued.Add(after))
		if err != nil || v.Err != nil || v.Record.Seq != want {
			t.Errorf("after %s: %d, want %d: %v, %v", after, v.Record.Seq, want, err, v.Err)
		}
	}
}

func TestPastIsReadInPages(t *testing.T) {
	f := start(t, lenderOrg)
	hours := make([]int, 48)
	for i := range hours {
		hours[i] = i + 1
	}
	n, issued := paidHourly(f, hours...)
	f.ledger.damageHistory = func(a *protocol.HistoryAnswer) { a.Entries = a.Entries[:min(7, len(a.Entries))] }
	for _, after := range []int{1, 20, 48} {
		v, err := f.client.NoteAt(t.Context(), n.id, issued.Add(time.Duration(after)*time.Hour))
		if err != nil || v.Err != nil || v.Record.Seq != uint64(2+after) {
			t.Errorf("after %d hours: %d: %v, %v", after, v.Record.Seq, err, v.Err)
		}
	}
}

func TestPastThatDoesNotLeadToTheRecordIsNotBelieved(t *testing.T) {
	for name, damage := range map[string]func(*protocol.HistoryAnswer){
		"another organisation": func(a *protocol.HistoryAnswer) { a.Entries[3].Org = collectorOrg },
		"another time":         func(a *protocol.HistoryAnswer) { a.Entries[1].At = a.Entries[1].At.Add(time.Hour) },
		"no end":               func(a *protocol.HistoryAnswer) { a.Entries = a.Entries[:0] },
		"another state":        func(a *protocol.HistoryAnswer) { a.Entries[1].State = a.Entries[0].State },
		"another salt":         func(a *protocol.HistoryAnswer) { a.Entries[3].Salt[0]++ },
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, lenderOrg)
			n, issued := paidHourly(f, 1, 2)
			f.ledger.damageHistory = damage
			if v, err := f.client.NoteAt(t.Context(), n.id, issued.Add(9*time.Hour)); err == nil {
				t.Errorf("%+v", v)
			}
		})
	}
}

func TestPastOfANoteThatMayNotBeSeenIsNotShown(t *testing.T) {
	f := start(t, lenderOrg)
	n, issued := paidHourly(f, 1)
	hide := func() { f.ledger.hidden[n.id.Subject()] = true }
	f.ledger.damage = func(*protocol.ReadAnswer) { hide() } // just after the note was read
	for range 2 {
		v, err := f.client.NoteAt(t.Context(), n.id, issued)
		if err != nil || v.Note != nil || v.Err == nil || v.Err.Code != ledger.CodeNotEntitled {
			t.Errorf("%+v (%v), error %v", v, v.Err, err)
		}
	}
}
