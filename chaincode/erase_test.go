package chaincode_test

import (
	"bytes"
	"crypto/sha256"
	"strconv"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/ledgertest/guess"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// lived gives a note with a whole life behind it, ten years after its end.
func (r *registry) lived() ledger.NoteID {
	r.t.Helper()
	id := r.issue(r.borrower, r.other)
	r.apply(registrarOrg, r.next(r.borrower, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "Jag fick aldrig varan"}))
	r.apply(lenderOrg, r.pay(r.lender, id, 1_234_567))
	r.sell(id)
	r.notify(id)
	r.payOff(r.collector, id)
	r.now = r.now.AddDate(10, 0, 1)
	return id
}

// kept lists the private keys that the registrar's peer has of a note.
func (r *registry) kept(id ledger.NoteID) (keys []string) {
	for key := range r.net.Private(registrarOrg, protocol.Collection) {
		if strings.HasPrefix(key, "note/"+string(id)+"/") {
			keys = append(keys, key)
		}
	}
	return keys
}

func TestAnErasedNoteIsPurgedAndItsRecordStays(t *testing.T) {
	r := newRegistry(t)
	id, other := r.lived(), r.issue(r.borrower)
	secrets, last := r.secrets(id), r.seq(string(id))
	if n := len(r.kept(id)); uint64(n) != last {
		t.Fatalf("%d entries of %d commands", n, last)
	}
	result := r.apply(collectorOrg, r.next(r.collector, ledger.OpErase, string(id), ledger.EmptyBody{}))[0]
	if keys := r.kept(id); len(keys) != 0 {
		t.Errorf("the registrar keeps %q", keys)
	}
	if n := len(r.kept(other)); n != 2 {
		t.Errorf("of another note it keeps %d entries", n)
	}
	want := ledger.NoteRecord{V: 1, Seq: last + 1, Status: ledger.StatusErased, Head: result.Head, Erasure: result.Command}
	for _, org := range []string{lenderOrg, collectorOrg, registrarOrg} {
		a := r.readNote(org, id)
		if a.Record == nil || *a.Record != want || a.Code != ledger.CodeNoteErased || a.State != nil || a.Orgs != nil || a.Holder != "" {
			t.Errorf("%s is given %+v", org, a)
		}
		h := ask[protocol.HistoryAnswer](r, registrarOrg, org, protocol.FnHistory, protocol.HistoryQuery{Subject: id.Subject(), Limit: 100})
		if h.Code != ledger.CodeNoteErased || len(h.Entries)+len(h.Links) != 0 {
			t.Errorf("%s is given the history %+v", org, h)
		}
	}
	everything := append(r.public(), r.private()...)
	for what, secret := range secrets {
		if strings.HasPrefix(what, "a salt") && bytes.Contains(everything, []byte(secret)) {
			t.Errorf("%s of the erased note is kept", what)
		}
	}
	if bytes.Contains(everything, []byte("aldrig varan")) {
		t.Error("the words of a dispute are kept")
	}
}

// private joins every private byte that the registrar's peer has.
func (r *registry) private() []byte {
	var all bytes.Buffer
	for _, raw := range r.net.Private(registrarOrg, protocol.Collection) {
		all.Write(raw)
	}
	return all.Bytes()
}

func TestANoteThatIsErasedIsNotOfferedAgain(t *testing.T) {
	r := newRegistry(t)
	offer := r.offer(r.borrower)
	id := string(r.apply(lenderOrg, offer)[0].Subject.ID)
	r.apply(lenderOrg, r.next(r.lender, ledger.OpWithdraw, id, ledger.ReasonBody{}))
	r.apply(lenderOrg, r.next(r.lender, ledger.OpErase, id, ledger.EmptyBody{}))
	if a := r.refused(r.propose(lenderOrg, r.batch(offer))); a.Answers[0].Code != ledger.CodeExists {
		t.Errorf("offered again: %+v", a)
	}
	// Without a state, which it has none of.
	again := r.batch(r.next(r.lender, ledger.OpErase, id, ledger.EmptyBody{}))
	if a := r.refused(r.propose(lenderOrg, again)); a.Answers[0].Code != ledger.CodeNoteErased {
		t.Errorf("erased again: %+v", a)
	}
}

func TestABatchKeepsNothingOfANoteThatItErases(t *testing.T) {
	r := newRegistry(t)
	id := string(r.apply(lenderOrg, r.offer(r.borrower))[0].Subject.ID)
	withdraw := r.command(r.lender, ledger.OpWithdraw, id, 2, ledger.ReasonBody{Reason: "Fel person"})
	erase := r.command(r.lender, ledger.OpErase, id, 3, ledger.EmptyBody{})
	late := r.command(r.borrower, ledger.OpDecline, id, 4, ledger.ReasonBody{})
	answers := r.submit(lenderOrg, r.batch(withdraw, erase, late))
	if answers[0].Result == nil || answers[1].Result == nil || answers[2].Code != ledger.CodeNoteErased {
		t.Errorf("answers %+v", answers)
	}
	if keys := r.kept(ledger.NoteID(id)); len(keys) != 0 {
		t.Errorf("the registrar keeps %q", keys)
	}
}

// TestADictionaryFindsNothingInWhatEverybodyKeeps attacks what every member has
// for ever of notes whose every word is known: nothing of it is the hash of
// anything that can be written down without a salt or a signature.
func TestADictionaryFindsNothingInWhatEverybodyKeeps(t *testing.T) {
	r := newRegistry(t)
	ids := []ledger.NoteID{r.lived()}
	void := ledger.NoteID(r.apply(lenderOrg, r.offer(r.borrower))[0].Subject.ID)
	r.apply(registrarOrg, r.next(r.borrower, ledger.OpDecline, string(void), ledger.ReasonBody{Reason: "För dyrt"}))
	ids = append(ids, void)
	d := r.dictionary(ids...)
	values := r.valueHashes()
	for _, id := range ids {
		r.apply(registrarOrg, r.next(r.borrower, ledger.OpErase, string(id), ledger.EmptyBody{}))
	}
	public := r.public()
	if found := d.Find(public); len(found) > 0 {
		t.Errorf("of %d guesses it finds %d: %q", d.Guesses(), len(found), found[:min(len(found), 20)])
	}
	t.Logf("%d guesses in %d bytes", d.Guesses(), len(public))
	// The hashes of keys can be guessed and those of whole values are there, so
	// looking there proves something.
	keys := new(guess.Dictionary)
	for _, id := range ids {
		for seq := uint64(1); seq < r.seq(string(id)); seq++ {
			key := protocol.EntryKey(id.Subject(), seq)
			keys.Digest(key, sha256.Sum256([]byte(key)))
			keys.Digest("the value of "+key, values[key])
		}
	}
	if found := keys.Find(public); len(found) != keys.Guesses() {
		t.Errorf("of %d hashes of keys and values it finds %q", keys.Guesses(), found)
	}
}

// dictionary writes down all that the registrar keeps of notes and of their
// parties, without salts and signatures.
func (r *registry) dictionary(notes ...ledger.NoteID) *guess.Dictionary {
	r.t.Helper()
	d := new(guess.Dictionary)
	var subjects []ledger.Subject
	for _, id := range notes {
		subjects = append(subjects, id.Subject())
	}
	for _, p := range []*party{r.lender, r.collector, r.borrower, r.other, r.authority} {
		subjects = append(subjects, p.id.Subject())
		d.Text("the name "+p.name, []byte(p.name))
	}
	for _, s := range subjects {
		var before ledger.Digest
		for seq := uint64(1); seq <= r.seq(s.ID); seq++ {
			e, ok := r.entry(s, seq)
			if !ok {
				r.t.Fatalf("entry %d of %s is not kept", seq, s.ID)
			}
			what := s.ID[:4] + " " + strconv.FormatUint(seq, 10)
			opened := r.open(e.Signed)
			raw, err := protocol.Marshal(e)
			if err != nil {
				r.t.Fatal(err)
			}
			for _, err := range []error{
				d.Command("the command "+what, opened.Payload, before, e), d.Know("the state "+what, e.State), d.Know("the entry "+what, raw),
			} {
				if err != nil {
					r.t.Fatal(err)
				}
			}
			before = ledger.NextHead(before, ledger.Link(opened.Payload, opened.Seal, e.At, e.Org))
		}
	}
	return d
}

// valueHashes gives the hash of every private value, by its key.
func (r *registry) valueHashes() map[string]ledger.Digest {
	hashes := map[string]ledger.Digest{}
	for key, raw := range r.net.Private(registrarOrg, protocol.Collection) {
		hashes[key] = sha256.Sum256(raw)
	}
	return hashes
}

// TestEveryPrivateValueHoldsWhatNobodyCanGuess: its hash stands in a block for ever.
func TestEveryPrivateValueHoldsWhatNobodyCanGuess(t *testing.T) {
	r := newRegistry(t)
	r.lived()
	for key := range r.net.Private(registrarOrg, protocol.Collection) {
		kind, rest, _ := strings.Cut(key, "/")
		id, number, _ := strings.Cut(rest, "/")
		seq, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		e, _ := r.entry(ledger.Subject{Kind: ledger.Kind(kind), ID: id}, seq)
		signature := e.Signed.JWS[strings.LastIndex(e.Signed.JWS, ".")+1:]
		// A book has no state, and so no salt: its signature alone must do.
		if len(signature) < 64 || e.Salt.IsZero() && ledger.Kind(kind) != ledger.KindBook {
			t.Errorf("%s holds a salt of %v and a signature of %d characters", key, e.Salt, len(signature))
		}
	}
}
