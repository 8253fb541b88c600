package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// Bounds of a walk. rapid plays a hundred parts unless -rapid.checks says
// otherwise, so that a whole walk is ten thousand requests.
const (
	partRequestsShort = 40
	wholeWalk         = 10_000 // requests from which on every operation must have been reached
	usualWay          = "1"    // seed of the walk that is gone where no other is named
	maxKept           = 32     // signed commands that are handed in later, or never
	maxNewcomers      = 16
	maxDrift          = 15*24*time.Hour + 6*time.Hour // of the clock; the reference rate is known as long

	companies = 3 // at the beginning of the cast
	borrowers = 2 // after them
	authority = companies + borrowers
	counter   = authority + 1 // a company of the registrar's, where persons show who they are
	regulars  = counter + 1   // without whom the walk cannot do; whoever registers comes after them
)

// TestContractWalk goes a random way through the API: ten thousand requests that
// the OpenAPI document makes, some as it says, some nearly and some not, by
// several parties, with drafts signed and handed in. No answer is a fault or
// undocumented, and afterwards the ledger is what its signed commands make it.
// The way is the same each time, so that a change is judged by what it changes;
// -rapid.seed names another one, and make fuzz goes one that nobody has gone.
func TestContractWalk(t *testing.T) {
	if f := flag.Lookup("rapid.seed"); f.Value.String() == "0" {
		if err := f.Value.Set(usualWay); err != nil {
			t.Fatal(err)
		}
	}
	// A part begins where the one before it ended: a file of one repeats nothing.
	if err := flag.Set("rapid.nofailfile", "true"); err != nil {
		t.Fatal(err)
	}
	w := newWalk(t)
	part := partRequests
	if testing.Short() {
		part = min(part, partRequestsShort)
	}
	rapid.Check(t, func(rt *rapid.T) {
		w.begin(rt)
		for end := w.sent + part; w.sent < end; {
			w.step()
		}
	})
	w.audit(t)
	w.account(t)
}

// walk is the way through the API.
type walk struct {
	*values
	world    *world
	contract *agreement
	cast     []*actor                    // companies, borrowers, an authority, a desk, and whoever registered on the way
	guests   []*actor                    // the companies, at the registrar's gateway
	heir     *actor                      // has the key that a borrower gets for the one that it says to have lost
	books    map[ledger.PartyID][]string // that the companies opened
	kept     []kept
	own      map[*actor]pools
	newcomer int // how many registered on the way

	sent     int
	statuses map[int]int
	codes    map[ledger.Code]int // of refusals
	reached  map[string]int      // operations that were carried out
	told     map[ledger.CommandID]ledger.Result
	erased   map[ledger.NoteID]bool // whose history is gone
}

// kept is a signed command that was not handed in, or not for the last time.
type kept struct {
	by   *actor
	path string
	body []byte
}

func newWalk(t *testing.T) *walk {
	t.Helper()
	contract, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	w := &walk{
		values: &values{seen: pools{}, mine: pools{}}, own: map[*actor]pools{}, world: newWorld(t, inproc.Options{}), contract: contract, books: map[ledger.PartyID][]string{},
		statuses: map[int]int{}, codes: map[ledger.Code]int{}, reached: map[string]int{}, told: map[ledger.CommandID]ledger.Result{}, erased: map[ledger.NoteID]bool{},
	}
	for _, name := range slices.Sorted(maps.Keys(contract.doc.Components.Schemas)) {
		s := contract.doc.Components.Schemas[name].Value
		if s.Pattern != "" && (strings.HasSuffix(name, "ID") || name == "Digest") {
			w.forms = append(w.forms, form{name: name, pattern: regexp.MustCompile(s.Pattern)})
		}
	}
	for _, c := range [][3]string{
		{"lender", "lender", "company"}, {"rival", "lender", "company"}, {"collector", "collector", "company"},
		{"borrower", "registrar", "person"}, {"other borrower", "registrar", "person"}, {"authority", "registrar", "authority"},
		{"desk", "registrar", "company"},
	} {
		w.cast = append(w.cast, w.world.party(c[0], c[1], c[2]))
	}
	for _, company := range w.cast[:companies] {
		w.books[company.party] = []string{w.world.book(company), w.world.book(company)}
		w.guests = append(w.guests, guest(company))
	}
	resultOf(w.world, w.world.write(w.cast[0], "/v1/parties/"+string(w.cast[authority].party)+"/admission", `{}`), http.StatusOK)
	return w
}

// begin takes the source of a part's randomness. rapid favours small numbers,
// which would make every fault a common one: it draws a seed, and what is as
// likely as it says is drawn from that.
func (w *walk) begin(t *rapid.T) {
	w.values.t = t
	w.rng = rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), uint64(w.sent)))
}

// step is one thing that somebody does, of one request or several.
func (w *walk) step() {
	w.now = w.world.clock.Now()
	switch n := w.between(1, 100); {
	case n <= 40:
		w.play()
	case n <= 48:
		w.resubmit()
	case n <= 50:
		w.party()
	case n <= 57:
		w.feed()
	case n <= 64:
		w.people()
	case n <= 66 && w.now.Sub(noon) < maxDrift:
		w.world.clock.Advance(time.Duration(w.between(1, 100)) * time.Minute)
	default:
		w.anything()
	}
}

// anyone is a party of the cast, a guest, or nobody.
func (w *walk) anyone() *actor {
	switch {
	case w.chance(3):
		return newActor("nobody", pick(w.rng, []string{"collector", "lender", "registrar"}))
	case w.chance(10):
		return pick(w.rng, w.guests)
	}
	return pick(w.rng, w.cast)
}

// turn has an actor make things up from what it has seen itself.
func (w *walk) turn(a *actor) {
	if w.own[a] == nil {
		w.own[a] = pools{}
	}
	w.mine = w.own[a]
}

// play does something to a note that may be right just now, or offers one.
func (w *walk) play() {
	notes := w.seen["NoteID"]
	if len(notes) == 0 || w.chance(12) {
		lender := pick(w.rng, w.cast[:companies])
		w.write(lender, "/v1/notes", w.offer(lender))
		return
	}
	if recent := 4; len(notes) > recent && w.chance(80) {
		notes = notes[len(notes)-recent:]
	}
	id := ledger.NoteID(pick(w.rng, notes))
	views, err := w.world.ledger.Service(inproc.Registrar).Notes(w.world.t.Context(), id)
	if err != nil || views[0].Note == nil {
		return // a note that was made up
	}
	n, holder := views[0].Note, views[0].Holder
	possible := slices.DeleteFunc(slices.Clone(plays), func(p play) bool { return !p.when(n) || w.chance(p.rare) })
	if len(possible) == 0 {
		possible = plays
	}
	p := pick(w.rng, possible)
	by := w.anyone()
	entitled := func(a *actor) bool { return !slices.Contains(ledger.NoteRoles(n, holder, a.party), p.by) }
	if right := slices.DeleteFunc(slices.Clone(w.cast), entitled); len(right) > 0 && w.chance(90) {
		by = pick(w.rng, right)
	}
	if p.by == ledger.RoleAuthority && w.chance(90) {
		by = w.cast[authority]
	}
	body := map[string]any{}
	if p.body != nil && (n.Pending != nil || !strings.Contains(p.path, "PENDING")) {
		body = p.body(w, n, holder)
	}
	request := map[string]any{"body": body}
	if principal := w.cast[companies]; p.by == ledger.RoleBorrower && by == principal && w.chance(25) {
		by, request["for"] = w.cast[companies+1], principal.party
	}
	w.writeAs(by, by, "/v1/notes/"+string(id)+fill(p.path, n), request)
}

// fill puts what a note says in the place of words of a path.
func fill(path string, n *ledger.Note) string {
	transfer, seq := "00000000-0000-4000-8000-000000000000", "1"
	if n.Pending != nil {
		transfer = string(n.Pending.ID)
	}
	switch {
	case strings.Contains(path, "reversal") && len(n.Payments) > 0:
		seq = fmt.Sprint(n.Payments[len(n.Payments)-1].Seq)
	case strings.Contains(path, "resolution") && len(n.Disputes) > 0:
		seq = fmt.Sprint(n.Disputes[0].Seq)
	case strings.Contains(path, "claims") && len(n.Claims) > 0:
		seq = fmt.Sprint(n.Claims[0].Seq)
	case strings.Contains(path, "acceleration") && n.Acceleration != nil:
		seq = fmt.Sprint(n.Acceleration.Seq)
	case strings.Contains(path, "amendments") && n.Proposal != nil:
		seq = fmt.Sprint(n.Proposal.Seq)
	}
	return strings.NewReplacer("PENDING", transfer, "SEQ", seq).Replace(path)
}

func (w *walk) bookOf(party ledger.PartyID, except ledger.BookID) string {
	books := slices.DeleteFunc(slices.Clone(w.books[party]), func(b string) bool { return b == string(except) })
	if len(books) == 0 {
		books = w.seen["BookID"]
	}
	return pick(w.rng, books)
}

// write gets a draft, signs it, and hands it in: mostly as its signer does.
func (w *walk) write(a *actor, path string, body any) reply {
	return w.writeAs(a, a, path, map[string]any{"body": body})
}

// writeAs writes what another's key is to sign.
func (w *walk) writeAs(a, signer *actor, path string, request map[string]any) reply {
	if w.stays(a, path) {
		return reply{}
	}
	var draft any = request
	if w.chance(15) {
		draft = w.spoil(request)
	}
	r := w.exchange(a.gateway, w.dress(a, http.MethodPost, path, draft, nil))
	payload := payloadOf(r)
	if payload == nil {
		return r
	}
	if w.chance(3) {
		signer = pick(w.rng, w.cast)
	}
	k := kept{by: a, path: path, body: w.world.sealed(signer, payload)}
	if w.chance(8) {
		w.kept = append(w.kept, k)
		w.kept = w.kept[max(0, len(w.kept)-maxKept):]
		return r
	}
	return w.handIn(k)
}

func payloadOf(r reply) []byte {
	var answer struct {
		Draft struct {
			Payload []byte `json:"-"`
			Text    string `json:"payload"`
		} `json:"draft"`
	}
	if json.Unmarshal(r.body, &answer) != nil || answer.Draft.Text == "" {
		return nil
	}
	payload, err := base64url(answer.Draft.Text)
	if err != nil {
		return nil
	}
	return payload
}

// handIn hands a signed command in, at its own address or at that of all.
func (w *walk) handIn(k kept) reply {
	path := k.path
	if w.chance(10) {
		path = "/v1/commands"
	}
	return w.exchange(k.by.gateway, w.dress(k.by, http.MethodPost, path, json.RawMessage(k.body), nil))
}

// resubmit sends what was sent or kept before: again, late, by another, or with
// others at once.
func (w *walk) resubmit() {
	if last := pick(w.rng, w.cast); last.last != nil && w.chance(30) {
		w.exchange(last.gateway, *last.last)
		return
	}
	if len(w.kept) == 0 {
		return
	}
	k := pick(w.rng, w.kept)
	if w.chance(20) {
		k.by = w.anyone()
	}
	if !w.chance(30) {
		w.handIn(k)
		return
	}
	var several []json.RawMessage
	for range w.between(1, 4) {
		several = append(several, pick(w.rng, w.kept).body)
	}
	w.exchange(k.by.gateway, w.dress(k.by, http.MethodPost, "/v1/commands", map[string]any{"commands": several}, nil))
}

// party makes a party register, or one that did change its keys or end.
func (w *walk) party() {
	if extra := w.cast[regulars:]; len(extra) > 0 && w.chance(60) {
		a := pick(w.rng, extra)
		path := "/v1/parties/" + string(a.party)
		switch {
		case w.chance(50):
			w.write(a, path+"/rotation", map[string]any{"add": []any{newActor(fmt.Sprint("spare key ", w.sent), a.gateway).ledgerKey(w.world.t)}})
		case w.chance(50):
			w.write(w.cast[0], path+"/admission", map[string]any{})
		default:
			w.write(a, path+"/revocation", map[string]any{"reason": "gone"})
		}
		return
	}
	if w.newcomer >= maxNewcomers {
		return
	}
	w.newcomer++
	a := newActor(fmt.Sprint("newcomer ", w.newcomer), pick(w.rng, []string{"collector", "lender", "registrar"}))
	body := map[string]any{"kind": "company", "name": "Newcomer AB", "keys": []any{a.ledgerKey(w.world.t)}}
	r := w.write(a, "/v1/parties", body)
	var answer struct {
		Result *ledger.Result `json:"result"`
	}
	if json.Unmarshal(r.body, &answer) == nil && answer.Result != nil && answer.Result.Op == ledger.OpPartyRegister {
		a.party = ledger.PartyID(answer.Result.Subject.ID)
		w.cast = append(w.cast, a)
	}
}

// leave takes a party off the stage that has no key any more: it gets no token.
func (w *walk) leave(id ledger.PartyID) {
	views, err := w.world.ledger.Service(inproc.Registrar).Parties(w.world.t.Context(), id)
	gone := func(a *actor) bool {
		if err != nil || a.party != id || views[0].Party == nil {
			return false
		}
		_, has := views[0].Party.Key(a.ledgerKey(w.world.t).ID)
		return !has || views[0].Party.Standing == ledger.Revoked
	}
	w.cast = slices.DeleteFunc(w.cast, gone)
	w.kept = slices.DeleteFunc(w.kept, func(k kept) bool { return gone(k.by) })
}

// stays says whether a write would take a party off the stage that the walk
// cannot do without.
func (w *walk) stays(a *actor, path string) bool {
	path, _, _ = strings.Cut(path, "?")
	ends := strings.HasSuffix(path, "/rotation") || strings.HasSuffix(path, "/revocation") && !strings.Contains(path, "/attorneys/")
	return ends && (slices.Contains(w.cast[:regulars], a) || slices.Contains(w.guests, a))
}
