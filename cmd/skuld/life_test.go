package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
)

func TestWholeLifeOfANoteFromTheCommandLine(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	collector := w.register("collector", "collector", "company", true)
	borrower := w.register("anna", "registrar", "person", false)

	note := w.offer("lender", borrower)
	w.refused("note_offered", "lender", "transfer", "offer", note, "--to", collector)
	w.must("anna", "note", "accept", "--yes", note)
	w.refused("note_active", "anna", "note", "accept", "--yes", note)

	w.must("lender", "transfer", "offer", note, "--to", collector)
	w.refused("transfer_pending", "lender", "transfer", "offer", note, "--to", collector)
	w.must("collector", "transfer", "accept", note)
	w.refused("role_forbidden", "lender", "forgive", note, "--amount", "1 SEK")
	w.must("lender", "pay", note, "--amount", "1000 SEK") // in good faith: the borrower is not told yet
	w.must("collector", "notice", note, "--channel", "letter")
	paid := w.must("collector", "pay", note, "--amount", "2000.00 SEK", "--reference", "OCR 1")
	seq := paid["result"].(map[string]any)["seq"]
	w.must("collector", "pay", "reverse", note, "--payment", jsonNumber(seq), "--reason", "Another customer's")
	w.must("anna", "dispute", "raise", note, "--text", "I paid in March.")
	w.must("collector", "dispute", "resolve", note, "--outcome", "dismissed", "--text", "That was the payment of 1,000.")

	n := w.note("collector", note)
	if got := n.Note.Settlements; len(got) != 1 || got[0].Amount != 100_000 {
		t.Errorf("the settlements are %+v, want one of 1000.00", got)
	}
	total := n.Summary.Total.String()
	w.refused("payment_exceeds", "collector", "pay", note, "--amount", "99999 SEK")
	w.must("collector", "pay", note, "--amount", total)

	n = w.note("anna", note)
	if n.Note.Status != ledger.StatusDischarged || n.Note.Book != "" {
		t.Errorf("the note is %s in the book %q, want discharged and in none", n.Note.Status, n.Note.Book)
	}
	w.refused("note_discharged", "collector", "pay", note, "--amount", "1 SEK") // it holds nothing any more
	if r := w.run("collector", "notice", note); r.code == exitOK || !strings.Contains(r.err, "handed back") {
		t.Errorf("a notice about a note that is handed back: exit code %d, %s", r.code, r.err)
	}

	history := w.run("anna", "note", "history", note)
	for _, op := range []string{"offer", "accept", "transfer.offer", "transfer.accept", "notice", "pay", "pay.reverse", "dispute.raise", "dispute.resolve"} {
		if !strings.Contains(history.out, op) {
			t.Errorf("the history lacks %s:\n%s", op, history.out)
		}
	}
}

func TestPledgeMandateAndFreeze(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	bank := w.register("bank", "lender", "company", false)
	agent := w.register("agent", "collector", "company", false)
	borrower := w.register("anna", "registrar", "person", false)
	court := w.register("court", "registrar", "authority", false)
	w.refused("role_forbidden", "anna", "party", "admit", court)
	w.must("bank", "party", "admit", court)
	note := w.offer("lender", borrower)
	w.must("anna", "note", "accept", "--yes", note)

	w.must("lender", "transfer", "offer", note, "--to", bank, "--kind", "pledge")
	w.must("bank", "transfer", "accept", note)
	w.refused("note_pledged", "lender", "transfer", "offer", note, "--to", agent)
	w.must("bank", "pledge", "release", note)

	w.must("lender", "transfer", "offer", note, "--to", agent, "--kind", "collection_mandate")
	w.must("agent", "transfer", "reject", note, "--reason", "We have no time.")
	w.must("lender", "transfer", "offer", note, "--to", agent, "--kind", "collection_mandate")
	w.must("lender", "transfer", "withdraw", note)
	w.must("lender", "transfer", "offer", note, "--to", agent, "--kind", "collection_mandate")
	w.must("agent", "transfer", "accept", note)
	w.must("agent", "mandate", "end", note)

	w.must("court", "freeze", note, "--ground", "Case 1")
	w.refused("note_frozen", "lender", "forgive", note, "--amount", "1 SEK")
	w.must("court", "release", note)

	w.must("lender", "book", "open")
	books := w.must("lender", "book", "list")["books"].([]any)
	if len(books) != 2 {
		t.Fatalf("the lender has %d books, want 2", len(books))
	}
	w.must("lender", "book", "move", note, "--to", books[0].(map[string]any)["id"].(string))
	w.must("lender", "forgive", note, "--amount", "10 SEK")
}

func TestOffersThatComeToNothing(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	borrower := w.register("anna", "registrar", "person", false)
	w.must("anna", "note", "decline", w.offer("lender", borrower), "--reason", "Too dear")
	withdrawn := w.offer("lender", borrower)
	w.must("lender", "note", "withdraw", withdrawn)
	w.refused("note_void", "anna", "note", "accept", "--yes", withdrawn)
	w.refused("offer_open", "anna", "note", "expire", w.offer("lender", borrower))
	list := w.run("lender", "note", "list", "--status", "void")
	if got := strings.Count(list.out, "\n"); got != 3 {
		t.Errorf("the list has %d lines, want a heading and two notes:\n%s", got, list.out)
	}
	if strings.Contains(list.err, "more") {
		t.Errorf("a whole list says %q", list.err)
	}
	if list = w.run("lender", "note", "list", "--status", "void", "--limit", "1"); strings.Count(list.out, "\n") != 2 || !strings.Contains(list.err, "There are more") {
		t.Errorf("a part of the list says %q:\n%s", list.err, list.out)
	}
}

func TestKeysAreRotatedAndThePartyEnded(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", false)
	w.must("lender", "key", "new", "--name", "second", "--ed25519")
	w.must("lender", "party", "rotate", "--add", "second", "--remove", "key")
	w.must("lender", "book", "open") // signed with the second key
	shown := w.run("lender", "party", "show")
	if strings.Count(shown.out, "Ed25519") != 1 || strings.Contains(shown.out, "P-256") {
		t.Errorf("the party's keys are not the second alone:\n%s", shown.out)
	}
	var inUse struct {
		Public ledger.Key `json:"public"`
	}
	if err := json.Unmarshal([]byte(w.run("lender", "key", "show", "second", "--json").out), &inUse); err != nil {
		t.Fatal(err)
	}
	w.must("lender", "party", "rotate", "--add", "key", "--remove", inUse.Public.ID)
	w.must("lender", "book", "open") // signed with the first key again: the one that went was named by its id
	w.must("lender", "party", "revoke", "--reason", "Closed")
	w.refused("assertion_invalid", "lender", "book", "open")
}

func jsonNumber(v any) string { return fmt.Sprint(v) }
