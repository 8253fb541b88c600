package ledger_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// TestAProofRecognisesACommandAnywhereInItsChain makes a chain of payments and
// proves each of its commands to somebody who knows the head alone.
func TestAProofRecognisesACommandAnywhereInItsChain(t *testing.T) {
	s, id, entries := paidChain(t)
	n := s.note(id)
	for i, e := range entries {
		opened := open(t, e.Signed)
		result, ok := ledger.Repeated(opened, proofOf(t, entries, i), n.Head, n.Seq)
		if !ok {
			t.Fatalf("command %d is not recognised", i+1)
		}
		if *result != e.Change.Result {
			t.Errorf("command %d is answered with %+v, first with %+v", i+1, *result, e.Change.Result)
		}
	}
}

func TestAProofThatDoesNotHoldIsRefused(t *testing.T) {
	s, id, entries := paidChain(t)
	n := s.note(id)
	good := proofOf(t, entries, 2)
	opened := open(t, entries[2].Signed)
	var long ledger.Proof
	long.Seq, long.After = 1, make([]ledger.Digest, ledger.MaxProofLinks+1)
	table := map[string]struct {
		change func(p *ledger.Proof)
		opened ledger.Opened
		head   ledger.Digest
		seq    uint64
	}{
		"another seal":         {change: func(p *ledger.Proof) { p.Seal[0] ^= 1 }},
		"another time":         {change: func(p *ledger.Proof) { p.At = p.At.Add(time.Second) }},
		"another organisation": {change: func(p *ledger.Proof) { p.Org = buyerOrg }},
		"another head before":  {change: func(p *ledger.Proof) { p.Before[3] ^= 1 }},
		"a link left out":      {change: func(p *ledger.Proof) { p.After = p.After[1:] }},
		"a link twice":         {change: func(p *ledger.Proof) { p.After = append(p.After, p.After[0]) }},
		"links out of order":   {change: func(p *ledger.Proof) { slices.Reverse(p.After) }},
		"another place":        {change: func(p *ledger.Proof) { p.Seq++ }},
		"no place":             {change: func(p *ledger.Proof) { p.Seq = 0 }},
		"too many links":       {change: func(p *ledger.Proof) { *p = long }, seq: ledger.MaxProofLinks + 2},
		"another command":      {opened: open(t, entries[1].Signed)},
		"another chain's head": {head: ledger.Digest{1}},
		"a longer chain":       {seq: n.Seq + 1},
		"no command":           {opened: ledger.Opened{Payload: []byte("{}")}},
	}
	for name, c := range table {
		t.Run(name, func(t *testing.T) {
			p := good
			p.After = slices.Clone(good.After)
			if c.change != nil {
				c.change(&p)
			}
			o, head, seq := opened, n.Head, n.Seq
			if c.opened.Payload != nil {
				o = c.opened
			}
			if !c.head.IsZero() {
				head = c.head
			}
			if c.seq != 0 {
				seq = c.seq
			}
			if r, ok := ledger.Repeated(o, p, head, seq); ok || r != nil {
				t.Errorf("it holds: %+v", r)
			}
		})
	}
}

// paidChain gives a note with some payments, and what was applied to it.
func paidChain(t *testing.T) (*stage, ledger.NoteID, []applied) {
	t.Helper()
	s := newStage(t)
	id := s.active()
	for range 4 {
		s.after(1)
		s.pay(id, s.lender, 10_00)
	}
	var entries []applied
	for _, a := range s.m.Log() {
		if a.Change.Result.Subject == id.Subject() {
			entries = append(entries, applied{a.Signed, a.Frame, a.Change})
		}
	}
	return s, id, entries
}

type applied struct {
	Signed ledger.Signed
	Frame  ledger.Frame
	Change *ledger.Change
}

func proofOf(t *testing.T, entries []applied, i int) ledger.Proof {
	t.Helper()
	p := ledger.Proof{Seq: uint64(i + 1), Seal: open(t, entries[i].Signed).Seal, At: entries[i].Frame.At, Org: entries[i].Frame.Org}
	if i > 0 {
		p.Before = entries[i-1].Change.Result.Head
	}
	for _, e := range entries[i+1:] {
		p.After = append(p.After, e.Change.Link)
	}
	return p
}

func open(t *testing.T, s ledger.Signed) ledger.Opened {
	t.Helper()
	o, err := claimed{}.Open(s)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestLinksBindAllThatTheLedgerAdds keeps two different entries from having one link.
func TestLinksBindAllThatTheLedgerAdds(t *testing.T) {
	link := func(payload, seal, org string, when time.Time) ledger.Digest {
		return ledger.Link([]byte(payload), ledger.PayloadDigest([]byte(seal)), when, org)
	}
	base := link("a", "b", "c", day0)
	for name, other := range map[string]ledger.Digest{
		"payload":      link("x", "b", "c", day0),
		"seal":         link("a", "x", "c", day0),
		"organisation": link("a", "b", "x", day0),
		"time":         link("a", "b", "c", day0.Add(time.Second)),
	} {
		if other == base {
			t.Errorf("the %s is not bound", name)
		}
	}
	if link("a", "b", "c", day0.Add(time.Millisecond)) != base {
		t.Error("parts of a second are bound; endorsers may not agree on them")
	}
	if link("a", "b", "c", day0.In(time.FixedZone("", 3600))) != base {
		t.Error("the zone that the time is written in is bound")
	}
}

func TestACommitmentSaysNothingWithoutItsSalt(t *testing.T) {
	state := []byte(`{"principal":100}`)
	a, b := ledger.Commit(ledger.Salt{1}, state), ledger.Commit(ledger.Salt{2}, state)
	if a == b {
		t.Error("two salts give one commitment")
	}
	if a != ledger.Commit(ledger.Salt{1}, state) {
		t.Error("one salt gives two commitments")
	}
	if a == ledger.Commit(ledger.Salt{1}, []byte(`{"principal":101}`)) {
		t.Error("two states have one commitment")
	}
}

func TestADigestHasOneText(t *testing.T) {
	d := ledger.PayloadDigest([]byte("x"))
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var back ledger.Digest
	if err := json.Unmarshal(text, &back); err != nil || back != d {
		t.Fatalf("%s is read as %v: %v", text, back, err)
	}
	good := d.String()
	last := good[:42] + string(nextLetter(good[42])) // other unused bits, the same bytes
	for name, bad := range map[string]string{
		"short": good[:42], "long": good + "A", "padded": good + "=", "not base64url": "+" + good[1:],
		"unused bits set": last, "a line break": good[:10] + "\n" + good[10:],
	} {
		if err := back.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("a digest that is %s is read", name)
		}
	}
}

func nextLetter(b byte) byte {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	for i := range len(alphabet) {
		if alphabet[i] == b {
			return alphabet[i+1]
		}
	}
	return 'A'
}

// TestIDsDependOnTheirCommandAndNothingElse is what makes a second issue of the
// same note meet the first one.
func TestIDsDependOnTheirCommandAndNothingElse(t *testing.T) {
	const id = ledger.CommandID("00000000-0000-4000-8000-000000000001")
	note := ledger.DeriveNoteID(network, "pa", id)
	if !note.Valid() || note != ledger.DeriveNoteID(network, "pa", id) {
		t.Errorf("%q is not a note's id, or not always the same", note)
	}
	others := []string{
		string(ledger.DeriveNoteID("other", "pa", id)), string(ledger.DeriveNoteID(network, "pb", id)),
		string(ledger.DeriveNoteID(network, "pa", id[:35]+ledger.CommandID("2"))), "n" + string(ledger.DeriveBookID(network, "pa", id))[1:],
		"n" + string(ledger.DerivePartyID(network, id))[1:], string(ledger.DeriveNoteID(network+"pa", "", id)),
	}
	if slices.Contains(others, string(note)) {
		t.Error("two subjects share an id")
	}
	for _, bad := range []ledger.NoteID{"", "n", note + "a", "x" + note[1:], ledger.NoteID(fmt.Sprintf("n%032d", 0)), note[:5] + "\n" + note[6:], " " + note} {
		if bad.Valid() {
			t.Errorf("%q is taken for a note's id", bad)
		}
	}
}
