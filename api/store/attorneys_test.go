package store_test

import (
	"slices"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
)

func TestRepresentativeFindsWhomItRepresents(t *testing.T) {
	const daughter, mother, aunt = ledger.PartyID("pdaughter"), ledger.PartyID("pmother"), ledger.PartyID("paunt")
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		w := newWorld()
		give := func(id ledger.PartyID, to ...ledger.PartyID) ledger.Result {
			before := w.people[id].Party
			r := w.putParty(id)
			p := *w.people[id].Party
			for _, representative := range to {
				p.Attorneys = append(p.Attorneys, ledger.Attorney{Representative: representative})
			}
			if before != nil {
				p.Seq = before.Seq + 1
			}
			w.people[id] = ledger.PartyView{Party: &p, Record: p.Record(ledger.Digest{1})}
			return r
		}
		principals := func() (ids []ledger.PartyID) {
			all, err := s.Principals(t.Context(), daughter)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range all {
				ids = append(ids, p.ID)
			}
			return ids
		}
		_, stop := follow(t, s, w)
		defer stop()
		w.cut(give(mother, daughter, daughter), give(aunt, mother, daughter), give(daughter, mother))
		await(t, s, w)
		if got := principals(); !slices.Equal(got, []ledger.PartyID{aunt, mother}) {
			t.Errorf("before one is revoked: %v", got)
		}
		w.cut(give(mother))
		await(t, s, w)
		if got := principals(); !slices.Equal(got, []ledger.PartyID{aunt}) {
			t.Errorf("after one is revoked: %v", got)
		}
	})
}
