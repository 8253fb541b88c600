package casebook_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func version(id string, n int) casebook.RuleVersion {
	return casebook.RuleVersion{ID: id, Version: n, Kind: "reminder", Body: []byte(`{"version":1}`), Staff: "s1", Reason: "tried", Since: noon}
}

func TestEveryVersionOfARuleStays(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		for _, v := range []casebook.RuleVersion{version("SE.a", 1), version("SE.b", 1), version("SE.a", 2)} {
			if added, err := b.AddRule(t.Context(), v); err != nil || !added {
				t.Fatalf("added %t, %v", added, err)
			}
		}
		other := version("SE.a", 2)
		other.Reason = "another"
		if added, err := b.AddRule(t.Context(), other); err != nil || added {
			t.Errorf("a version that is there was added: %t, %v", added, err)
		}
		latest, err := b.Rules(t.Context())
		if want := []casebook.RuleVersion{version("SE.a", 2), version("SE.b", 1)}; err != nil || !reflect.DeepEqual(latest, want) {
			t.Errorf("the latest are %+v, %v", latest, err)
		}
		all, err := b.RuleVersions(t.Context(), "SE.a")
		if want := []casebook.RuleVersion{version("SE.a", 2), version("SE.a", 1)}; err != nil || !reflect.DeepEqual(all, want) {
			t.Errorf("all are %+v, %v", all, err)
		}
		if v, err := b.RuleVersion(t.Context(), "SE.a", 3); err != nil || v != nil {
			t.Errorf("version 3 is %+v, %v", v, err)
		}
	})
}

func decision(id, rule string, note ledger.NoteID) casebook.Decision {
	return casebook.Decision{ID: id, Rule: rule, Version: 1, Kind: "reminder", Note: note, About: "2026-05-31", Day: "2026-06-15",
		Body: []byte(`{}`), State: casebook.DecisionProposed, At: noon}
}

func TestADecisionIsKeptOnceAndSettledFromTheStateItIsIn(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		for want := range 2 {
			if added, err := b.AddDecision(t.Context(), decision("d1", "SE.a", "n1")); err != nil || added != (want == 0) {
				t.Fatalf("try %d added %t, %v", want, added, err)
			}
		}
		settle := casebook.Settling{ID: "d1", From: casebook.DecisionDone, To: casebook.DecisionOverridden, Staff: "s1", Reason: "ill", At: noon}
		if settled, err := b.SettleDecision(t.Context(), settle); err != nil || settled {
			t.Errorf("what was not done was overridden: %t, %v", settled, err)
		}
		settle.From, settle.To, settle.Act = casebook.DecisionProposed, casebook.DecisionAccepted, "a1"
		if settled, err := b.SettleDecision(t.Context(), settle); err != nil || !settled {
			t.Errorf("it was not accepted: %t, %v", settled, err)
		}
		got, err := b.Decision(t.Context(), "d1")
		want := decision("d1", "SE.a", "n1")
		want.Place, want.State, want.Act, want.Staff, want.Reason, want.Settled = 1, casebook.DecisionAccepted, "a1", "s1", "ill", noon
		if err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("it is %+v, %v", got, err)
		}
	})
}

func TestListsOfDecisionsGoOnWhereTheyEnded(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		for _, d := range []casebook.Decision{decision("d1", "SE.a", "n1"), decision("d2", "SE.b", "n1"), decision("d3", "SE.a", "n2")} {
			if _, err := b.AddDecision(t.Context(), d); err != nil {
				t.Fatal(err)
			}
		}
		ids := func(all []casebook.Decision, err error) (ids []string) {
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range all {
				ids = append(ids, d.ID)
			}
			return ids
		}
		for name, c := range map[string]struct{ got, want []string }{
			"of a note":       {ids(b.DecisionsOf(t.Context(), "n1", 0, 9)), []string{"d2", "d1"}},
			"of it, page two": {ids(b.DecisionsOf(t.Context(), "n1", 2, 9)), []string{"d1"}},
			"by a rule":       {ids(b.DecisionsBy(t.Context(), "SE.a", 0, 1)), []string{"d3"}},
			"proposed":        {ids(b.DecisionsIn(t.Context(), casebook.DecisionProposed, 0, 9)), []string{"d1", "d2", "d3"}},
			"proposed later":  {ids(b.DecisionsIn(t.Context(), casebook.DecisionProposed, 1, 9)), []string{"d2", "d3"}},
			"overridden":      {ids(b.Overrides(t.Context(), "SE.a", 0, 9)), nil},
		} {
			if !slices.Equal(c.got, c.want) {
				t.Errorf("%s there are %v", name, c.got)
			}
		}
	})
}

func TestSharesCountWhatPersonsSawOtherwise(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		states := []casebook.DecisionState{casebook.DecisionDone, casebook.DecisionOverridden, casebook.DecisionDeclined, casebook.DecisionAccepted,
			casebook.DecisionProposed, casebook.DecisionLapsed, casebook.DecisionWaiting}
		for i, state := range states {
			d := decision(string(rune('a'+i)), "SE.a", "n1")
			d.State = state
			if _, err := b.AddDecision(t.Context(), d); err != nil {
				t.Fatal(err)
			}
		}
		late := decision("late", "SE.a", "n1")
		late.At = noon.Add(time.Hour)
		if _, err := b.AddDecision(t.Context(), late); err != nil {
			t.Fatal(err)
		}
		got, err := b.OverrideShares(t.Context(), noon, noon.Add(time.Hour))
		want := []casebook.Share{{Rule: "SE.a", Acted: 2, Overridden: 1, Asked: 3, Accepted: 1, Declined: 1}}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("counted %+v, %v", got, err)
		}
	})
}

func TestAStopHoldsUntilItsDayOrUntilItIsLifted(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		today := finance.DateOf(noon)
		stops := []casebook.Stop{
			{ID: "endless", Place: 1, Note: "n1", Staff: "s1", Reason: "moved", At: noon},
			{ID: "today", Place: 2, Note: "n1", Rule: "SE.a", Until: today, Staff: "s1", Reason: "pays", At: noon},
			{ID: "all", Place: 3, Rule: "SE.a", Until: today.AddDays(9), Staff: "s1", Reason: "wrong", At: noon},
		}
		for _, s := range stops {
			if added, err := b.AddStop(t.Context(), s); err != nil || !added {
				t.Fatalf("added %t, %v", added, err)
			}
		}
		check := func(on finance.Date, want ...casebook.Stop) {
			t.Helper()
			got, err := b.StopsOf(t.Context(), "n1", on)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("on %s there are %+v, %v", on, got, err)
			}
		}
		check(today, stops[0], stops[1])
		check(today.AddDays(1), stops[0])
		if lifted, err := b.LiftStop(t.Context(), "endless", "s2", noon); err != nil || !lifted {
			t.Errorf("lifted %t, %v", lifted, err)
		}
		if lifted, err := b.LiftStop(t.Context(), "endless", "s2", noon); err != nil || lifted {
			t.Errorf("it was lifted twice: %t, %v", lifted, err)
		}
		check(today.AddDays(1))
		if got, err := b.StopsForAll(t.Context(), today); err != nil || !slices.Equal(got, stops[2:]) {
			t.Errorf("for all there are %+v, %v", got, err)
		}
	})
}

func TestARoundGoesOnWhereItWas(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		if r, err := b.Round(t.Context(), "daily"); err != nil || r != (casebook.Round{Name: "daily"}) {
			t.Errorf("it begins at %+v, %v", r, err)
		}
		want := casebook.Round{Name: "daily", Day: "2026-06-15", Place: 7, Notes: 3, Acted: 2, Proposed: 1, Failed: 1, Begun: noon}
		for _, place := range []int64{5, 7} {
			want.Place = place
			if err := b.SaveRound(t.Context(), want); err != nil {
				t.Fatal(err)
			}
		}
		if r, err := b.Round(t.Context(), "daily"); err != nil || r != want {
			t.Errorf("it is at %+v, %v", r, err)
		}
	})
}
