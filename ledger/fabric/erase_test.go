package fabric_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/fabric"
	"github.com/skuld-registry/skuld/ledger/ledgertest/guess"
	"github.com/skuld-registry/skuld/ledger/protocol"
	"github.com/skuld-registry/skuld/ledger/sign"
	"github.com/skuld-registry/skuld/network/networktest"
)

// declined offers a note that its borrower declines, and gives the blocks of both.
func (l *life) declined(t *testing.T, n *networktest.Network) (blocks []uint64) {
	t.Helper()
	l.lenders, l.registrar = join(t, n, "lender"), join(t, n, "registrar")
	l.lender, l.borrower = l.lenders.newParty(ledger.Company), l.registrar.newParty(ledger.Person)
	book := l.lenders.commit(l.lenders.signed(l.lender, ledger.Draft{Op: ledger.OpBookOpen, Body: ledger.EmptyBody{}})).Result.Subject.ID
	l.last = l.lenders.commit(l.lenders.signed(l.lender, ledger.Draft{Op: ledger.OpOffer, Body: ledger.OfferBody{
		Book: ledger.BookID(book), Borrowers: []ledger.PartyID{l.borrower.id}, AnswerBy: time.Now().UTC().Add(time.Hour).Truncate(time.Second),
		Terms: privateTerms(t),
	}}))
	l.note, l.seq = l.last.Result.Subject.ID, 1
	blocks = append(blocks, l.last.Block)
	return append(blocks, l.do(l.registrar, l.borrower, ledger.OpDecline, ledger.ReasonBody{Reason: farewell}).Block)
}

// privateOf gives the private data of blocks as the registrar's peer keeps them.
func privateOf(t *testing.T, n *networktest.Network, blocks []uint64) []byte {
	t.Helper()
	p, err := fabric.ReadProfile(n.ConnectionFile("registrar"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var all []byte
	channel := gatewayOf(t, p).GetNetwork(p.Channel)
	for _, number := range blocks {
		events, err := channel.BlockAndPrivateDataEvents(ctx, client.WithStartBlock(number))
		if err != nil {
			t.Fatal(err)
		}
		b, ok := <-events
		if !ok || b.GetBlock().GetHeader().GetNumber() != number {
			t.Fatalf("block %d is not given", number)
		}
		for _, set := range b.GetPrivateDataMap() {
			for _, namespace := range set.GetNsPvtRwset() {
				for _, collection := range namespace.GetCollectionPvtRwset() {
					all = append(all, collection.GetRwset()...)
				}
			}
		}
	}
	return all
}

// TestErasedNoteIsGoneFromThePeersThatHadIt looks at what the registrar's peer keeps
// of the blocks that brought a note, before and after the note is erased, and then
// guesses at everything that a member has of the channel for ever.
func TestErasedNoteIsGoneFromThePeersThatHadIt(t *testing.T) {
	n := realNetwork(t)
	var l life
	blocks := l.declined(t, n)
	id := ledger.NoteID(l.note)
	entries, err := l.registrar.History(t.Context(), id.Subject(), 1, ledger.MaxHistory)
	if err != nil || len(entries) != 2 {
		t.Fatalf("%d entries: %v", len(entries), err)
	}
	kept := privateOf(t, n, blocks)
	for _, e := range entries {
		if !bytes.Contains(kept, []byte(e.Signed.JWS)) || !bytes.Contains(kept, []byte(e.Salt.String())) {
			t.Fatalf("entry %d is not in the private data of its block, so looking there proves nothing", e.Seq)
		}
	}
	erased := l.do(l.registrar, l.borrower, ledger.OpErase, ledger.EmptyBody{})
	kept = privateOf(t, n, append(blocks, erased.Block))
	for _, e := range entries {
		for what, secret := range map[string]string{"the command": e.Signed.JWS, "the salt": e.Salt.String(), "the state": string(e.State)} {
			if bytes.Contains(kept, []byte(secret)) {
				t.Errorf("the registrar's peer has %s of entry %d", what, e.Seq)
			}
		}
	}
	views, err := l.lenders.Notes(t.Context(), id)
	if err != nil || views[0].Record.Status != ledger.StatusErased || views[0].Record.Head != erased.Result.Head {
		t.Errorf("the record is %+v: %v", views[0].Record, err)
	}
	guessAt(t, id, entries, rawBlocks(t, n, "lender", erased.Transaction))
}

// guessAt looks in the blocks for hashes of what the entries of a note say.
func guessAt(t *testing.T, id ledger.NoteID, entries []ledger.Entry, public []byte) {
	t.Helper()
	d, keys := new(guess.Dictionary), new(guess.Dictionary)
	var before ledger.Digest
	for _, e := range entries {
		what := fmt.Sprintf("entry %d", e.Seq)
		opened, err := sign.Verifier{}.Open(e.Signed)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := protocol.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{d.Command("the command of "+what, opened.Payload, before, e), d.Know("the state of "+what, e.State), d.Know(what, raw)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		before = ledger.NextHead(before, ledger.Link(opened.Payload, opened.Seal, e.At, e.Org))
		keys.Digest("the key of "+what, sha256.Sum256([]byte(protocol.EntryKey(id.Subject(), e.Seq))))
		keys.Digest("the value of "+what, sha256.Sum256(raw))
	}
	if found := d.Find(public); len(found) > 0 {
		t.Errorf("of %d guesses it finds %q", d.Guesses(), found)
	}
	if found := keys.Find(public); len(found) != keys.Guesses() {
		t.Errorf("of %d hashes of keys and values it finds %q, so looking there proves nothing", keys.Guesses(), found)
	}
	t.Logf("%d guesses in %d bytes", d.Guesses(), len(public))
}
