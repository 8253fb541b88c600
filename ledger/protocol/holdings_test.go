package protocol

import (
	"fmt"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
)

func TestLeastRecentlyUsedStateIsGivenUpFirst(t *testing.T) {
	h := newHoldings(2)
	a, b, c := ledger.NoteID("a").Subject(), ledger.NoteID("b").Subject(), ledger.NoteID("c").Subject()
	h.put(a, &held{seq: 1})
	h.put(b, &held{seq: 1})
	h.get(a)
	h.put(c, &held{seq: 1})
	if h.get(a) == nil || h.get(b) != nil || h.get(c) == nil {
		t.Errorf("a %v, b %v, c %v", h.get(a), h.get(b), h.get(c))
	}
	if h.order.Len() != 2 || len(h.by) != 2 {
		t.Errorf("%d in order, %d by subject", h.order.Len(), len(h.by))
	}
}

func TestOlderStateDoesNotReplaceANewerOne(t *testing.T) {
	h := newHoldings(2)
	s := ledger.NoteID("a").Subject()
	h.put(s, &held{seq: 2})
	h.put(s, &held{seq: 1})
	if got := h.get(s).seq; got != 2 {
		t.Errorf("seq %d", got)
	}
	h.drop(s, s)
	if h.get(s) != nil {
		t.Error("it is held after it was given up")
	}
}

func TestEndorsersOfACommand(t *testing.T) {
	note := &held{orgs: []string{"A", "B", RegistrarMSP}}
	person, company := &held{}, &held{public: true}
	cases := []struct {
		own             string
		signer, subject *held
		want            string
	}{
		{"A", company, note, "[A B]"},
		{"A", person, note, "[A]"}, // B is not entitled to the person's keys
		{"C", company, note, "[C A B]"},
		{"A", nil, nil, "[A]"},
		{RegistrarMSP, person, note, "[A B]"},
		{RegistrarMSP, company, nil, "[]"},
	}
	if got := fmt.Sprint(endorsers("A", note, company, person)); got != "[A]" {
		t.Errorf("for a person who is represented: %s, want [A]", got)
	}
	for _, c := range cases {
		if got := fmt.Sprint(endorsers(c.own, c.subject, c.signer)); got != c.want {
			t.Errorf("%s: %s, want %s", c.own, got, c.want)
		}
	}
}

// FuzzDecode: whatever a peer answers is read or refused, and what is read can
// be written and read again.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"notes":[{"record":{"v":1,"seq":2},"state":{"salt":"","state":{}},"orgs":["A"]}],"books":[{"code":"x"}]}`))
	f.Add([]byte(`{"answers":[{"code":"x"},{"repeated":true}]}`))
	f.Add([]byte(`{"entries":[{"seq":1,"signed":{"jws":"a.b.c"}}]}{}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var read ReadAnswer
		if Decode(b, &read) == nil {
			for i, a := range read.Notes {
				holdNote(ledger.NoteID(fmt.Sprint(i)), a)
			}
			for i, a := range read.Parties {
				holdParty(ledger.PartyID(fmt.Sprint(i)), a)
			}
			for i, a := range read.Books {
				holdBook(ledger.BookID(fmt.Sprint(i)), a)
			}
		}
		var batch BatchAnswer
		if Decode(b, &batch) != nil {
			return
		}
		again, err := Marshal(batch)
		if err != nil {
			t.Fatal(err)
		}
		if err := Decode(again, new(BatchAnswer)); err != nil {
			t.Errorf("%s: %v", again, err)
		}
	})
}
