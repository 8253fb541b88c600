package ledger_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// TestPersonTransitionsAreThoseOfTheGoldenFile is what the test beside it is for
// notes: a rule on who acts for a person, and on its keys, that changes is a
// visible difference in testdata/persons.txt.
func TestPersonTransitionsAreThoseOfTheGoldenFile(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	writePersonRows(t, &b)
	writeRepresentedRows(t, &b)
	got, path := b.String(), filepath.Join("testdata", "persons.txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if line := firstDifference(got, string(want)); line != "" {
		t.Errorf("the rules answer differently from %s; go test ./ledger -run Transitions -update writes it anew\n%s", path, line)
	}
}

// personSituation is a state of a person's party that the rules may tell apart.
type personSituation struct {
	name    string
	prepare func(*people)
}

func personSituations() []personSituation {
	return []personSituation{
		{"plain", func(*people) {}},
		{"power of attorney", func(p *people) { p.grant(p.son, ledger.ScopeTalk) }},
		{"recovery open", (*people).open},
		{"recovery confirmed", func(p *people) { p.open(); p.confirm() }},
		{"recovery confirmed, waited", func(p *people) { p.open(); p.confirm(); p.pass(ledger.RecoveryWait) }},
		{"recovery out of time", func(p *people) { p.open(); p.confirm(); p.pass(ledger.RecoveryLife) }},
		{"revoked", func(p *people) { p.do(p.borrower, ledger.OpPartyRevoke, string(p.borrower.id), ledger.ReasonBody{}) }},
	}
}

// personVariant is an operation on a person's party with a body that is in order
// wherever one can be.
type personVariant struct {
	op   ledger.Op
	body func(*people) any
}

func personVariants() []personVariant {
	return []personVariant{
		{ledger.OpPartyRotate, func(*people) any { return ledger.RotateBody{Add: []ledger.Key{testKey("one more")}} }},
		{ledger.OpPartyContact, func(*people) any { return contact() }},
		{ledger.OpAttorneyGrant, func(p *people) any { return p.grantBody(p.son, ledger.ScopeSee) }},
		{ledger.OpAttorneyRevoke, func(p *people) any {
			if all := p.party(p.borrower).Attorneys; len(all) > 0 {
				return ledger.AttorneyRevokeBody{Grant: all[0].Seq}
			}
			return ledger.AttorneyRevokeBody{Grant: 1}
		}},
		{ledger.OpRecoveryOpen, func(p *people) any { return p.openBody() }},
		{ledger.OpRecoveryConfirm, func(p *people) any { return p.confirmBody() }},
		{ledger.OpRecoveryObject, func(p *people) any { return ledger.RecoveryObjectBody{Recovery: p.number()} }},
		{ledger.OpRecoveryComplete, func(p *people) any { return ledger.RecoveryCompleteBody{Recovery: p.number()} }},
	}
}

// writePersonRows writes what every operation does to a person's party, in every
// situation and by everybody who may be something to it.
func writePersonRows(t failer, b *strings.Builder) {
	base := newPeople(t)
	b.WriteString("What the operations do to a person's party, by what their signer is to it. The\n\"witness\" is the member that is to confirm a recovery.\n")
	signers := []struct {
		label string
		who   func(*people) *actor
	}{
		{"self", func(p *people) *actor { return p.borrower }},
		{"new key", func(p *people) *actor { return p.anew }},
		{"representative", func(p *people) *actor { return p.son }},
		{"host", func(p *people) *actor { return p.desk }},
		{"member, witness", func(p *people) *actor { return p.lender }},
		{"member", func(p *people) *actor { return p.buyer }},
		{"authority", func(p *people) *actor { return p.court }},
		{"stranger", func(p *people) *actor { return p.partner }},
	}
	for _, v := range personVariants() {
		fmt.Fprintf(b, "\n%s\n", v.op)
		for _, sit := range personSituations() {
			p := base.branch()
			sit.prepare(p)
			answers := map[string][]string{}
			for _, s := range signers {
				answer := p.answerOf(s.who(p), v)
				answers[answer] = append(answers[answer], s.label)
			}
			writeAnswers(b, sit.name, answers)
		}
	}
}

// answerOf tries an operation on the borrower's party and says what came of it.
func (p *people) answerOf(who *actor, v personVariant) string {
	f := p.branch()
	before := f.party(f.borrower)
	c, err := f.try(who, v.op, string(f.borrower.id), v.body(f))
	if err != nil {
		return "! " + string(ledger.CodeOf(err))
	}
	var names []string
	add := func(name string, changed bool) {
		if changed {
			names = append(names, name)
		}
	}
	add("keys", !slices.Equal(before.Keys, c.Party.Keys))
	add("contact", c.Party.Contact != before.Contact)
	add("attorneys", len(before.Attorneys) != len(c.Party.Attorneys))
	switch r := c.Party.Recovery; {
	case r == nil && before.Recovery != nil:
		names = append(names, "recovery ended")
	case r != nil && (before.Recovery == nil || before.Recovery.Seq != r.Seq):
		names = append(names, "recovery opened")
	case r != nil && r.ConfirmedAt != before.Recovery.ConfirmedAt:
		names = append(names, "recovery confirmed")
	}
	return strings.Join(names, ", ")
}

// writeAnswers writes the answers to all signers in one situation, done first.
func writeAnswers(b *strings.Builder, name string, answers map[string][]string) {
	var order []string
	for answer := range answers {
		order = append(order, answer)
	}
	slices.SortFunc(order, successFirst)
	for _, answer := range order {
		who := strings.Join(answers[answer], "; ")
		if len(order) == 1 {
			who = "anybody"
		}
		fmt.Fprintf(b, "  %-28s %-28s %s\n", name, answer, who)
		name = ""
	}
}

// writeRepresentedRows writes which power of attorney lets a representative do
// what. What no scope lets, nobody does for another.
func writeRepresentedRows(t failer, b *strings.Builder) {
	b.WriteString("\nWhich scopes of a power of attorney let a representative do what for its principal.\n\n")
	base := newPeople(t)
	id := base.active()
	for _, op := range ledger.Operations() {
		var scopes []string
		for _, scope := range ledger.AttorneyScopes() {
			p := base.branch()
			p.grant(p.son, scope)
			if p.mayRepresent(op, id) {
				scopes = append(scopes, string(scope))
			}
		}
		if scopes == nil {
			scopes = []string{"-"}
		}
		fmt.Fprintf(b, "  %-20s %s\n", op, strings.Join(scopes, ", "))
	}
}

// mayRepresent says whether the borrower's power of attorney lets its
// representative do something, whatever else stands against it.
func (p *people) mayRepresent(op ledger.Op, id ledger.NoteID) bool {
	var err error
	if i := slices.IndexFunc(variants(), func(v variant) bool { return v.op == op }); i >= 0 && op != ledger.OpOffer {
		_, err = p.act(p.son, op, string(id), variants()[i].body(p.stage, id, p.borrower))
	} else { // the form of the command says it already
		at := p.now.UTC().Truncate(time.Second)
		_, _, err = ledger.OpenDraft(&ledger.Command{
			V: ledger.CommandVersion, Op: op, Network: network, Seq: 1, Command: p.nextID(), By: p.son.id, For: p.borrower.id,
			IssuedAt: at, ExpiresAt: at.Add(ledger.DefaultLife), Body: []byte("{}"),
		})
	}
	return ledger.CodeOf(err) != ledger.CodeNoPowerOfAttorney
}
