package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// erase erases a note of the world: nothing but its record is given after that.
func (w *world) erase(id ledger.NoteID) ledger.Result {
	w.mu.Lock()
	defer w.mu.Unlock()
	seq := uint64(len(w.notes[id]) + 1)
	record := ledger.NoteRecord{V: 1, Seq: seq, Status: ledger.StatusErased, Erasure: "erase"}
	w.erased[id] = ledger.NoteView{Record: record, Err: ledger.Refuse(ledger.CodeNoteErased)}
	return ledger.Result{Command: "erase", Op: ledger.OpErase, Subject: id.Subject(), Seq: seq}
}

// withdrawn is a world with two notes of which both were withdrawn.
func withdrawn() *world {
	w := newWorld()
	w.cut(w.putParty(lender), w.putParty(buyer))
	w.cut(w.putBook(bookID("a"), lender))
	for n := 1; n <= 2; n++ {
		w.cut(w.put(note(n, ledger.StatusOffered, bookID("a")), lender, ledger.OpOffer))
		w.cut(w.put(note(n, ledger.StatusVoid, bookID("a")), lender, ledger.OpWithdraw))
	}
	return w
}

// rememberedOf writes what a gateway remembers of a note besides the read model.
func rememberedOf(t *testing.T, s *store.Store, id ledger.NoteID) {
	t.Helper()
	k := store.Key{Party: lender, Target: "POST /v1/notes/" + string(id) + "/payments", Name: "in the address"}
	answered := store.Key{Party: lender, Target: "POST /v1/commands", Name: "in the answer to " + string(id)}
	for _, k := range []store.Key{k, answered} {
		if _, err := s.ClaimKey(t.Context(), k, "r", noon, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	answer := store.Kept{Request: "r", Status: 200, Body: `{"results":[{"subject":{"id":"` + string(id) + `"},"text":"12 000 kronor"}]}`}
	if err := s.KeepAnswer(t.Context(), answered, answer); err != nil {
		t.Fatal(err)
	}
	refused := store.Submission{
		Signer: lender, Command: ledger.CommandID("refused " + string(id)), Op: ledger.OpPay, Subject: id.Subject(), Seq: 2, Expires: noon,
		Refusal: ledger.Refuse(ledger.CodePaymentExceeds, "owed", "12 000.00 SEK"),
	}
	if err := s.Remember(t.Context(), refused); err != nil {
		t.Fatal(err)
	}
	if err := s.RememberRefusals(t.Context(), refused); err != nil {
		t.Fatal(err)
	}
}

func TestErasedNoteIsGoneFromEverythingButItsEntries(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		w := withdrawn()
		s, address := on.opened(t)
		follow(t, s, w)
		await(t, s, w)
		for n := 1; n <= 2; n++ {
			rememberedOf(t, s, noteID(n))
		}
		db := on.behind(t, address)
		for n := 1; n <= 2; n++ {
			for _, statement := range []string{
				"INSERT INTO deliveries (webhook, position, id, subject, state, attempts, due, tried, status, fault, took) SELECT 'w', position, 'd-' || id, 'note/' || id, 'dead', 1, 0, 0, 500, 'no route', 1 FROM entries WHERE id = '%s' AND seq = 1",
				"INSERT INTO imports (id, party, digest, name, total, created) VALUES ('import of %[1]s', 'p', '%[1]s', '', 1, 0)",
				"INSERT INTO import_rows (import, line, state, note, code, params, jws) VALUES ('import of %[1]s', 1, 'offered', '%[1]s', '', '{\"owed\":\"12 000\"}', 'ey')",
				"INSERT INTO bank_parts (id, place, entry, act, kind, note, amount, currency, booked_on, state, why, tried, command, seq, client, undo, remark, account, accounted, accounted_back) VALUES ('part of %[1]s', %[2]d, 'e', 'a', 'pay', '%[1]s', 1, 'SEK', '2026-01-01', 'done', '', 0, '', 0, '', '', '', '', 0, 0)",
				"INSERT INTO desk_commands (command, act, seq, signed, state, code, created) VALUES ('pays %[1]s', 'part of %[1]s', 1, 'ey', 'rejected', '', %[2]d)",
				"INSERT INTO desk_commands (command, act, seq, signed, state, code, created) SELECT command, 'of many', 1, 'ey', 'committed', '', %[2]d FROM entries WHERE id = '%[1]s' AND seq = 1",
				"INSERT INTO callbacks (id, place, note, party, number, wanted, language, words, created, taken_by, taken_name, taken, done, outcome) VALUES ('call of %[1]s', %[2]d, '%[1]s', '', '0701', 'today', 'sv', 'help', 0, '', '', 0, 0, '')",
			} {
				if strings.Count(statement, "%") == 1 {
					statement = fmt.Sprintf(statement, noteID(n))
				} else {
					statement = strings.ReplaceAll(strings.ReplaceAll(statement, "%[1]s", string(noteID(n))), "%[2]d", fmt.Sprint(n))
				}
				if _, err := db.ExecContext(t.Context(), statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
		}
		for n := 1; n <= 2; n++ {
			d := store.Draft{ID: fmt.Sprint(n), Party: borrower, Payload: []byte(`{"note":"` + string(noteID(n)) + `","body":{}}`), Created: noon}
			if err := s.AddDraft(t.Context(), "token", d); err != nil {
				t.Fatal(err)
			}
		}
		w.cut(w.erase(noteID(1)))
		await(t, s, w)

		for query, want := range map[string]int{
			"notes WHERE id = $1": 1, "note_parties WHERE born IN (SELECT position FROM entries WHERE id = $1 AND seq = 1)": 2,
			"entries WHERE id = $1": 2, "submissions WHERE id = $1": 1, "deliveries WHERE subject = 'note/' || $1": 1,
			"idempotency WHERE target LIKE '%' || $1 || '%' OR body LIKE '%' || $1 || '%'": 2, "idempotency_notes WHERE note = $1": 2,
			"desk_commands WHERE act = 'part of ' || $1 OR command IN (SELECT command FROM entries WHERE id = $1)": 2,
			"callbacks WHERE note = $1": 1, "drafts WHERE id = CASE $1 WHEN '" + string(noteID(1)) + "' THEN '1' ELSE '2' END": 1, "import_rows WHERE note = $1 AND jws <> ''": 1,
			"entry_parties p JOIN entries e ON e.position = p.position WHERE e.id = $1 AND e.op <> 'erase'": 4,
		} {
			for id, want := range map[ledger.NoteID]int{noteID(1): 0, noteID(2): want} {
				if id == noteID(1) && strings.HasPrefix(query, "entries") {
					want = 3 // which are public
				}
				var n int
				if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+query, string(id)).Scan(&n); err != nil || n != want {
					t.Errorf("%s has %d rows of %.12s, %v; want %d", query, n, id[20:], err, want)
				}
			}
		}
		if dump := on.dump(t, address); strings.Contains(dump, `"id":"`+string(noteID(1))) {
			t.Error("a state of the erased note is left")
		}
	})
}

func TestWhoHadAnErasedNoteIsToldOnceAndForgotten(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		w := withdrawn()
		s, _ := on.opened(t)
		follow(t, s, w)
		await(t, s, w)
		w.cut(w.erase(noteID(1)))
		await(t, s, w)
		told := func() (ops []ledger.Op) {
			t.Helper()
			entries, err := s.EntriesOf(t.Context(), borrower, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if e.Result.Subject.ID == string(noteID(1)) {
					ops = append(ops, e.Result.Op)
				}
			}
			return ops
		}
		if ops := told(); len(ops) != 1 || ops[0] != ledger.OpErase {
			t.Errorf("the borrower is told of %v", ops)
		}
		prunedTo(t, s, noon.Add(store.KeepErasures))
		if ops := told(); len(ops) != 1 {
			t.Errorf("until its time is over it is told of %v", ops)
		}
		prunedTo(t, s, noon.Add(store.KeepErasures+time.Second))
		if ops := told(); len(ops) != 0 {
			t.Errorf("when its time is over it is told of %v", ops)
		}
	})
}

func TestReadModelRebuiltAfterAnErasureIsTheOneThatSawIt(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		w := withdrawn()
		s, address := on.opened(t)
		_, stop := follow(t, s, w)
		await(t, s, w)
		w.cut(w.erase(noteID(1)))
		await(t, s, w)
		stop()
		prunedTo(t, s, noon.Add(store.KeepErasures+time.Second)) // and nobody is told any more
		saw := on.dump(t, address)
		if err := s.Reset(t.Context(), network); err != nil {
			t.Fatal(err)
		}
		follow(t, s, w)
		await(t, s, w)
		if rebuilt := on.dump(t, address); rebuilt != saw {
			t.Errorf("the read model that saw the erasure and the rebuilt one differ:\n%s\n%s", saw, rebuilt)
		}
	})
}

func TestPersonsWithoutNotesAreForgotten(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		w := newWorld()
		active, gone, helper, late := borrower, partyID("g"), partyID("h"), partyID("n")
		granted := w.putParty(active)
		w.people[active].Party.Attorneys = []ledger.Attorney{
			{Representative: helper, Until: finance.DateOf(noon.AddDate(1, 0, 0))}, {Representative: partyID("x"), Until: finance.DateOf(noon.AddDate(0, 0, -1))},
		}
		w.cut(granted)
		w.cut(w.putBook(bookID("a"), lender))
		w.cut(w.put(note(1, ledger.StatusActive, bookID("a")), lender, ledger.OpOffer))
		s, _ := on.opened(t)
		follow(t, s, w)
		await(t, s, w)
		long := noon.Add(-store.KeepPersons - time.Second)
		for id, created := range map[ledger.PartyID]time.Time{active: long, gone: long, helper: long, partyID("x"): long, late: noon.Add(-store.KeepPersons)} {
			if err := s.SavePerson(t.Context(), store.Person{Party: id, Name: "Anna", Language: ledger.Swedish, Created: created}); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := s.ForgetPersons(t.Context(), noon); err != nil || n != 2 {
			t.Errorf("it forgets %d, %v; want two", n, err)
		}
		for id, known := range map[ledger.PartyID]bool{active: true, helper: true, late: true, gone: false, partyID("x"): false} {
			if p, err := s.PersonOf(t.Context(), id); err != nil || (p != nil) != known {
				t.Errorf("%.2s is %+v, %v", id, p, err)
			}
		}
	})
}
