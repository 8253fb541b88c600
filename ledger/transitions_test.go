package ledger_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestTransitionsAreThoseOfTheGoldenFile carries out every operation on a note
// in every situation by every kind of signer. A rule that changes is a visible
// difference in testdata/transitions.txt.
func TestTransitionsAreThoseOfTheGoldenFile(t *testing.T) {
	t.Parallel()
	got := transitions(t)
	path := filepath.Join("testdata", "transitions.txt")
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

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		var a, b string
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			return fmt.Sprintf("line %d\n got: %s\nwant: %s", i+1, a, b)
		}
	}
	return ""
}

const transitionsHeader = `What every operation does to a note in every situation, by what its signer is
to the note. A line says who, and then the status that the note has afterwards
with what changed in it, or the code of the refusal. Signers with the same
answer share a line. "authority" froze the note where it is frozen, a "disputing"
borrower raised the dispute, a "claiming" one claims a payment, and who "agreed"
has to the proposal.
`

func transitions(t *testing.T) string {
	var b strings.Builder
	b.WriteString(transitionsHeader)
	base := newStage(t)
	type prepared struct {
		name string
		s    *stage
		id   ledger.NoteID
	}
	var all []prepared
	for _, sit := range situations() {
		s := base.fork()
		s.n = 1_000
		all = append(all, prepared{sit.name, s, sit.prepare(s)})
	}
	// Each operation goes its own way from the situations, and so at the same time.
	operations := variants()
	rows := make([]strings.Builder, len(operations))
	t.Run("operations", func(t *testing.T) {
		for i, v := range operations {
			t.Run(v.name, func(t *testing.T) {
				t.Parallel()
				for _, p := range all {
					if v.op == ledger.OpOffer && p.name != "none" {
						continue // an offer makes a note of its own, whatever others there are
					}
					s := p.s.fork()
					s.t = t
					writeRows(&rows[i], s, p.id, p.name, v)
				}
			})
		}
	})
	for i, v := range operations {
		fmt.Fprintf(&b, "\n%s\n%s", v.name, rows[i].String())
	}
	writePartyRows(&b, base)
	return b.String()
}

// writeRows writes the answers to all signers in one situation.
func writeRows(b *strings.Builder, s *stage, id ledger.NoteID, name string, v variant) {
	answers := map[string][]string{} // signers by answer
	var order []string
	seen := map[string]bool{}
	for _, who := range s.cast() {
		label := s.label(id, who)
		if seen[label] {
			continue
		}
		seen[label] = true
		answer := s.answer(id, who, v)
		if answers[answer] == nil {
			order = append(order, answer)
		}
		answers[answer] = append(answers[answer], label)
	}
	slices.SortFunc(order, successFirst)
	for _, answer := range order {
		who := strings.Join(answers[answer], ", ")
		if len(order) == 1 {
			who = "anybody"
		}
		fmt.Fprintf(b, "  %-34s %-28s %s\n", name, answer, who)
		name = ""
	}
}

// successFirst orders answers: what is done, then refusals.
func successFirst(a, b string) int {
	refused := func(s string) int {
		if strings.HasPrefix(s, "!") {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(refused(a), refused(b)), cmp.Compare(a, b))
}

// label says all that a party is to a note.
func (s *stage) label(id ledger.NoteID, who *actor) string {
	var roles []string
	if who == s.bailiff || who == s.court {
		roles = append(roles, string(ledger.RoleAuthority))
	}
	n, _ := s.m.Note(id)
	if n == nil {
		return strings.Join(append(roles, string(ledger.RoleStranger)), "+")
	}
	if who == s.court && n.Freeze != nil {
		roles = []string{"other authority"}
	}
	if slices.ContainsFunc(n.Disputes, func(d ledger.Dispute) bool { return d.By == who.id }) {
		roles = append(roles, "disputing")
	}
	if slices.ContainsFunc(n.Claims, func(c ledger.Claim) bool { return c.By == who.id }) {
		roles = append(roles, "claiming")
	}
	if p := n.Proposal; p != nil && slices.Contains(p.Agreed, who.id) {
		roles = append(roles, "agreed")
	}
	for _, r := range ledger.NoteRoles(n, s.m.Holder(n), who.id) {
		roles = append(roles, string(r))
	}
	if len(roles) == 0 {
		return string(ledger.RoleStranger)
	}
	return strings.Join(roles, "+")
}

func (s *stage) answer(id ledger.NoteID, who *actor, v variant) string {
	f := s.fork()
	subject := string(id)
	if v.op == ledger.OpOffer {
		subject = ""
	}
	before, _ := f.m.Note(id)
	c, err := f.try(who, v.op, subject, v.body(f, id, who))
	if err != nil {
		if ledger.CodeOf(err) == "" {
			f.t.Fatalf("%s: %v", v.name, err)
		}
		return "! " + string(ledger.CodeOf(err))
	}
	if before == nil {
		return string(c.Note.Status)
	}
	return string(c.Note.Status) + ": " + strings.Join(changes(before, c.Note, f.m.Holder(before), f.m.Holder(c.Note)), ", ")
}

// changes names what differs between two states of a note, besides its chain.
func changes(a, b *ledger.Note, holderBefore, holderAfter ledger.PartyID) []string {
	var names []string
	va, vb := reflect.ValueOf(*a), reflect.ValueOf(*b)
	for i := range va.NumField() {
		name := strings.ToLower(va.Type().Field(i).Name)
		if name == "seq" || name == "head" || name == "status" {
			continue
		}
		if !reflect.DeepEqual(va.Field(i).Interface(), vb.Field(i).Interface()) {
			names = append(names, name)
		}
	}
	if holderBefore != holderAfter {
		names = append(names, "holder")
	}
	if len(names) == 0 {
		return []string{"nothing but the status"}
	}
	return names
}

// writePartyRows writes the operations on parties and books.
func writePartyRows(b *strings.Builder, base *stage) {
	rotate := ledger.RotateBody{Add: []ledger.Key{testKey("new")}}
	rows := []struct {
		name string
		act  func(s *stage) (*ledger.Change, error)
	}{
		{"party.register, a company", registration(ledger.Company, lenderOrg)},
		{"party.register, an authority elsewhere", registration(ledger.Authority, lenderOrg)},
		{"party.register, an authority at the registrar", registration(ledger.Authority, ledger.RegistrarOrg)},
		{"party.admit by a company of another member", admission(ledger.Authority, func(s *stage) *actor { return s.lender })},
		{"party.admit by a person of another member", admission(ledger.Authority, func(s *stage) *actor { return s.register("person", ledger.Person, lenderOrg) })},
		{"party.admit by a company of the registrar", admission(ledger.Authority, func(s *stage) *actor { return s.register("company", ledger.Company, ledger.RegistrarOrg) })},
		{"party.admit by an authority", admission(ledger.Authority, func(s *stage) *actor { return s.court })},
		{"party.admit of a person", admission(ledger.Person, func(s *stage) *actor { return s.lender })},
		{"party.admit twice", func(s *stage) (*ledger.Change, error) {
			return s.try(s.lender, ledger.OpPartyAdmit, string(s.court.id), ledger.EmptyBody{})
		}},
		{"party.rotate by itself", func(s *stage) (*ledger.Change, error) {
			return s.try(s.lender, ledger.OpPartyRotate, string(s.lender.id), rotate)
		}},
		{"party.rotate by another", func(s *stage) (*ledger.Change, error) {
			return s.try(s.stranger, ledger.OpPartyRotate, string(s.lender.id), rotate)
		}},
		{"party.revoke by itself", func(s *stage) (*ledger.Change, error) {
			return s.try(s.lender, ledger.OpPartyRevoke, string(s.lender.id), ledger.ReasonBody{})
		}},
		{"party.revoke by an authority", func(s *stage) (*ledger.Change, error) {
			return s.try(s.court, ledger.OpPartyRevoke, string(s.lender.id), ledger.ReasonBody{})
		}},
		{"party.rotate once revoked", func(s *stage) (*ledger.Change, error) {
			s.do(s.lender, ledger.OpPartyRevoke, string(s.lender.id), ledger.ReasonBody{})
			return s.try(s.lender, ledger.OpPartyRotate, string(s.lender.id), rotate)
		}},
		{"book.open by anybody", func(s *stage) (*ledger.Change, error) {
			return s.try(s.stranger, ledger.OpBookOpen, "", ledger.EmptyBody{})
		}},
	}
	b.WriteString("\nparties and books\n")
	for _, r := range rows {
		answer := "done"
		if _, err := r.act(base.fork()); err != nil {
			answer = "! " + string(ledger.CodeOf(err))
		}
		fmt.Fprintf(b, "  %-46s %s\n", r.name, answer)
	}
}

func registration(kind ledger.PartyKind, org string) func(*stage) (*ledger.Change, error) {
	return func(s *stage) (*ledger.Change, error) {
		a := &actor{name: "newcomer", org: org, key: testKey("newcomer")}
		return s.try(a, ledger.OpPartyRegister, "", ledger.RegisterBody{Kind: kind, Keys: []ledger.Key{a.key}})
	}
}

// admission registers a newcomer at the registrar and has somebody admit it.
func admission(kind ledger.PartyKind, by func(*stage) *actor) func(*stage) (*ledger.Change, error) {
	return func(s *stage) (*ledger.Change, error) {
		a := &actor{name: "newcomer", org: ledger.RegistrarOrg, key: testKey("newcomer")}
		c := s.do(a, ledger.OpPartyRegister, "", ledger.RegisterBody{Kind: kind, Keys: []ledger.Key{a.key}})
		return s.try(by(s), ledger.OpPartyAdmit, string(c.Party.ID), ledger.EmptyBody{})
	}
}

// TestEveryOperationAndRoleIsInTheTransitions keeps the golden file exhaustive:
// an operation or a role that is added must be tried as well.
func TestEveryOperationAndRoleIsInTheTransitions(t *testing.T) {
	var tried []ledger.Op
	for _, v := range variants() {
		tried = append(tried, v.op)
	}
	for _, op := range ledger.Operations() {
		if kind, _, _ := ledger.KindOf(op); kind == ledger.KindNote && !slices.Contains(tried, op) {
			t.Errorf("no variant tries %s", op)
		}
	}
	var golden []byte
	for _, name := range []string{"transitions.txt", "persons.txt"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		golden = append(golden, text...)
	}
	for _, op := range ledger.Operations() {
		if !strings.Contains(string(golden), string(op)) {
			t.Errorf("the operation %s is not in the golden file", op)
		}
	}
	for _, r := range ledger.Roles() {
		if r != ledger.RoleSelf && !strings.Contains(string(golden), string(r)) {
			t.Errorf("no signer with the role %s is in the golden file", r)
		}
	}
	for _, status := range ledger.Statuses() {
		if !strings.Contains(string(golden), "  "+string(status)) {
			t.Errorf("no note with the status %s is in the golden file", status)
		}
	}
}
