package protocol_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

func TestNoteIsReadWithItsRecordItsHolderAndItsSalt(t *testing.T) {
	f := start(t, lenderOrg)
	n := f.note(f.client, f.join(protocol.RegistrarMSP))
	views, err := f.client.Notes(t.Context(), n.id)
	if err != nil {
		t.Fatal(err)
	}
	v, r := views[0], f.ledger.rows[n.id.Subject()]
	if v.Err != nil || v.Record != r.noteRecord || v.Holder != n.lender.id || v.Salt != r.state.Salt || v.Note.Lender != n.lender.id {
		t.Errorf("view %+v", v)
	}
}

func TestStateWithCharactersThatHTMLEscapesKeepsItsCommitment(t *testing.T) {
	f := start(t, lenderOrg)
	s := f.party(f.client, ledger.Company)
	views, err := f.client.Parties(t.Context(), s.id)
	if err != nil {
		t.Fatal(err)
	}
	if got := views[0].Party.Name; got != "Holm & Co <ab>" {
		t.Errorf("name %q", got)
	}
	f.commit(f.client, f.rotate(s, 2)) // with the state in the batch
}

func TestWhatMayNotBeSeenAndWhatDoesNotExistHaveTheSameAnswer(t *testing.T) {
	f := start(t, lenderOrg)
	n := f.note(f.client, f.join(protocol.RegistrarMSP))
	f.ledger.hidden[n.id.Subject()] = true
	f.ledger.hidden[n.borrower.id.Subject()] = true
	notes, err := f.client.Notes(t.Context(), n.id, "n"+ledger.NoteID(strings.Repeat("a", 32)))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range notes {
		if v.Err == nil || v.Err.Code != ledger.CodeNotEntitled || v.Note != nil || v.Holder != "" {
			t.Errorf("view %+v", v)
		}
	}
	if notes[0].Record.Seq != 2 {
		t.Errorf("public record %+v", notes[0].Record)
	}
	parties, err := f.client.Parties(t.Context(), n.borrower.id)
	if err != nil {
		t.Fatal(err)
	}
	if v := parties[0]; v.Err == nil || v.Party != nil || v.Record.Org != protocol.RegistrarMSP {
		t.Errorf("view %+v", v)
	}
	books, err := f.client.Books(t.Context(), "b"+ledger.BookID(strings.Repeat("a", 32)))
	if err != nil {
		t.Fatal(err)
	}
	if v := books[0]; v.Book != nil || v.Err.Code != ledger.CodeNotFound || v.Err.Params["kind"] != "book" {
		t.Errorf("view %+v", v)
	}
}

func TestManySubjectsAreReadInPieces(t *testing.T) {
	f := start(t, lenderOrg)
	var ids []ledger.PartyID
	for _, list := range f.registrations(ledger.MaxRead + 1) {
		f.ledger.now = f.ledger.now.Add(1)
		o := f.commit(f.client, list...)[0]
		ids = append(ids, ledger.PartyID(o.Result.Subject.ID))
	}
	f.ledger.reads = 0
	views, err := f.client.Parties(t.Context(), ids...)
	if err != nil {
		t.Fatal(err)
	}
	if f.ledger.reads != 2 {
		t.Errorf("%d reads", f.ledger.reads)
	}
	for i, v := range views {
		if v.Party == nil || v.Party.ID != ids[i] {
			t.Fatalf("view %d is %+v", i, v)
		}
	}
}

func TestStateThatDoesNotFitItsRecordIsAnError(t *testing.T) {
	edit := func(state json.RawMessage, from, to string) json.RawMessage {
		if !strings.Contains(string(state), from) {
			t.Fatalf("no %q in %s", from, state)
		}
		return json.RawMessage(strings.Replace(string(state), from, to, 1))
	}
	// recommit makes the commitment fit again, so that the check behind is met.
	recommit := func(a *protocol.ReadAnswer) {
		a.Notes[0].Record.Commitment = ledger.Commit(a.Notes[0].State.Salt, a.Notes[0].State.State)
	}
	damages := map[string]func(*protocol.ReadAnswer){
		"another amount": func(a *protocol.ReadAnswer) {
			a.Notes[0].State.State = edit(a.Notes[0].State.State, `"principal":100000`, `"principal":1`)
		},
		"another salt":    func(a *protocol.ReadAnswer) { a.Notes[0].State.Salt[0]++ },
		"another head":    func(a *protocol.ReadAnswer) { a.Notes[0].Record.Head[0]++ },
		"another number":  func(a *protocol.ReadAnswer) { a.Notes[0].Record.Seq++ },
		"another status":  func(a *protocol.ReadAnswer) { a.Notes[0].Record.Status = ledger.StatusFrozen },
		"another book":    func(a *protocol.ReadAnswer) { a.Notes[0].Record.Book = "" },
		"one answer less": func(a *protocol.ReadAnswer) { a.Notes = a.Notes[:0] },
		"one answer more": func(a *protocol.ReadAnswer) { a.Notes = append(a.Notes, a.Notes[0]) },
		"an unknown field": func(a *protocol.ReadAnswer) {
			a.Notes[0].State.State = edit(a.Notes[0].State.State, `{`, `{"x":1,`)
			recommit(a)
		},
		"another id": func(a *protocol.ReadAnswer) {
			a.Notes[0].State.State = edit(a.Notes[0].State.State, `,"id":"n`, `,"id":"m`)
			recommit(a)
		},
	}
	f := start(t, lenderOrg)
	n := f.note(f.client, f.join(protocol.RegistrarMSP))
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			f.ledger.damage = func(a *protocol.ReadAnswer) {
				record, state := *a.Notes[0].Record, *a.Notes[0].State
				a.Notes[0].Record, a.Notes[0].State = &record, &state
				damage(a)
			}
			if v, err := f.client.Notes(t.Context(), n.id); err == nil {
				t.Errorf("view %+v", v[0])
			}
		})
	}
}

func TestPartyOrBookThatIsNotTheOneAskedForIsAnError(t *testing.T) {
	f := start(t, lenderOrg)
	a, b := f.party(f.client, ledger.Company), f.party(f.client, ledger.Company)
	books := f.commit(f.client, f.openBook(a), f.openBook(b))
	f.ledger.damage = func(r *protocol.ReadAnswer) {
		slices.Reverse(r.Parties)
		slices.Reverse(r.Books)
	}
	if _, err := f.client.Parties(t.Context(), a.id, b.id); err == nil {
		t.Error("parties were taken for one another")
	}
	if _, err := f.client.Books(t.Context(), ledger.BookID(books[0].Result.Subject.ID), ledger.BookID(books[1].Result.Subject.ID)); err == nil {
		t.Error("books were taken for one another")
	}
}

func TestDamagedStateStopsItsOwnCommandOnly(t *testing.T) {
	f := start(t, lenderOrg)
	a := f.party(f.client, ledger.Company)
	command, _ := f.register(ledger.Company)
	fresh := f.join(lenderOrg)
	f.ledger.damage = func(r *protocol.ReadAnswer) {
		for i, p := range r.Parties {
			if p.State != nil {
				state := *p.State
				state.Salt[0]++
				r.Parties[i].State = &state
			}
		}
	}
	all, err := fresh.Submit(t.Context(), f.rotate(a, 2), command)
	if err != nil {
		t.Fatal(err)
	}
	if all[0].State != ledger.Unknown || all[0].Err.Code != ledger.CodeUnavailable || all[1].State != ledger.Committed {
		t.Errorf("outcomes %+v", all)
	}
}

func TestStateThatIsNotAtHandStopsItsOwnCommandOnlyAndIsNoRefusal(t *testing.T) {
	f := start(t, lenderOrg)
	a, b := f.party(f.client, ledger.Company), f.party(f.client, ledger.Company)
	gone := true
	f.ledger.damage = func(r *protocol.ReadAnswer) {
		for i := range r.Parties {
			if p := &r.Parties[i]; gone && p.State != nil && p.Record.Head == f.ledger.rows[a.id.Subject()].partyRecord.Head {
				p.State, p.Code = nil, ledger.CodeUnavailable
			}
		}
	}
	fresh := f.join(lenderOrg)
	views, err := fresh.Parties(t.Context(), a.id, b.id)
	if err != nil || views[0].Err == nil || views[0].Err.Code != ledger.CodeUnavailable || views[0].Record.Seq != 1 || views[1].Party == nil {
		t.Errorf("views %+v, error %v", views, err)
	}
	command := f.rotate(a, 2)
	all, err := fresh.Submit(t.Context(), command, f.rotate(b, 2))
	if err != nil || all[0].State != ledger.Unknown || all[0].Err.Code != ledger.CodeUnavailable || all[1].State != ledger.Committed {
		t.Errorf("outcomes %+v, error %v", all, err)
	}
	gone = false
	f.commit(fresh, command)
}

func TestHistoryIsGivenInOrderFromANumberOn(t *testing.T) {
	f := start(t, lenderOrg)
	n := f.note(f.client, f.join(protocol.RegistrarMSP))
	f.commit(f.client, f.pay(n, 3, 1000), f.pay(n, 4, 1000))
	for _, c := range []struct {
		from  uint64
		limit int
		want  []uint64
	}{{0, 10, []uint64{1, 2, 3, 4}}, {2, 2, []uint64{2, 3}}, {4, 1000, []uint64{4}}, {5, 10, nil}, {1, 0, nil}} {
		entries, err := f.client.History(t.Context(), n.id.Subject(), c.from, c.limit)
		if err != nil {
			t.Fatalf("from %d: %v", c.from, err)
		}
		var got []uint64
		for _, e := range entries {
			got = append(got, e.Seq)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("from %d at most %d: %v, want %v", c.from, c.limit, got, c.want)
		}
	}
}

func TestHistoryThatDoesNotChainIsAnError(t *testing.T) {
	damages := map[string]func(*protocol.HistoryAnswer){
		"an entry left out":    func(a *protocol.HistoryAnswer) { a.Entries = slices.Delete(a.Entries, 1, 2) },
		"two entries swapped":  func(a *protocol.HistoryAnswer) { a.Entries[1], a.Entries[2] = a.Entries[2], a.Entries[1] },
		"another time":         func(a *protocol.HistoryAnswer) { a.Entries[1].At = a.Entries[1].At.AddDate(0, 0, 1) },
		"another organisation": func(a *protocol.HistoryAnswer) { a.Entries[2].Org = "MalloryMSP" },
		"another signature":    func(a *protocol.HistoryAnswer) { a.Entries[1].Signed = a.Entries[2].Signed },
		"no command":           func(a *protocol.HistoryAnswer) { a.Entries[1].Signed.JWS = "" },
		"no state":             func(a *protocol.HistoryAnswer) { a.Entries[1].State = json.RawMessage(`{"x":1}`) },
		"more than asked for":  func(a *protocol.HistoryAnswer) { a.Entries = append(a.Entries, a.Entries...) },
	}
	f := start(t, lenderOrg)
	n := f.note(f.client, f.join(protocol.RegistrarMSP))
	f.commit(f.client, f.pay(n, 3, 1000))
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			f.ledger.damageHistory = damage
			if e, err := f.client.History(t.Context(), n.id.Subject(), 1, 4); err == nil {
				t.Errorf("%d entries", len(e))
			}
		})
	}
}

func TestHistoryThatMayNotBeSeenIsARefusal(t *testing.T) {
	f := start(t, lenderOrg)
	s := f.party(f.client, ledger.Person)
	f.ledger.hidden[s.id.Subject()] = true
	if _, err := f.client.History(t.Context(), s.id.Subject(), 1, 1); ledger.CodeOf(err) != ledger.CodeNotEntitled {
		t.Errorf("error %v", err)
	}
}

func TestRepeatIsNotBelievedOfAHistoryThatDoesNotLeadToTheRecord(t *testing.T) {
	f := start(t, lenderOrg)
	command, _ := f.register(ledger.Company)
	f.commit(f.client, command)
	f.ledger.damageHistory = func(a *protocol.HistoryAnswer) {
		for i := range a.Entries {
			a.Entries[i].Org, a.Entries[i].State = "MalloryMSP", nil
		}
	}
	if all, err := f.join(lenderOrg).Submit(t.Context(), command); err == nil {
		t.Errorf("outcome %+v", all[0])
	}
}

func TestBlockThatIsLeftOutEndsTheStream(t *testing.T) {
	f := start(t, lenderOrg)
	var got []uint64
	var last error
	for b, err := range f.client.Blocks(t.Context(), 5) {
		if last = err; err == nil {
			got = append(got, b.Number)
		}
	}
	if !slices.Equal(got, []uint64{5, 6}) || last == nil {
		t.Errorf("blocks %v, error %v", got, last)
	}
}
