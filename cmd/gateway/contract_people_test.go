package main

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// recoveryStart is how late a recovery may begin to wait: it must be over before
// the clock has drifted as far as it may.
const recoveryStart = maxDrift - ledger.RecoveryWait - 2*time.Hour

// latestCalls is how many wishes to be called a company looks at, at a time.
const latestCalls = 3

// people does something about the persons whom the registrar serves, and about how
// parties are reached and who acts for them.
func (w *walk) people() {
	switch w.between(1, 14) {
	case 1, 2:
		w.invite()
	case 3, 4:
		w.callBack()
	case 5, 6:
		w.look()
	case 7:
		a := pick(w.rng, w.cast[:companies])
		w.write(a, "/v1/parties/"+string(a.party)+"/contact", map[string]any{"human": "Lena Ek", "phone": "+46812345678", "hours": "8-17"})
	case 8, 9, 10:
		w.represent()
	default:
		w.recover()
	}
}

// invite goes on with the invitations of a company, which comes to the registrar's
// gateway as a guest.
func (w *walk) invite() {
	a := pick(w.rng, w.guests)
	w.turn(a)
	const path = "/v1/invitations"
	mine := w.mine["invitation"]
	if len(mine) == 0 || w.chance(30) {
		w.call(a, http.MethodPost, path, map[string]any{"name": "Anna Berg", "phone": "+46701234567", "language": pick(w.rng, ledger.Languages())})
		return
	}
	if w.chance(60) {
		w.call(a, http.MethodGet, path+pick(w.rng, []string{"", "/" + pick(w.rng, mine)}), nil)
		return
	}
	w.call(a, http.MethodPost, path+"/"+pick(w.rng, mine)+"/revocation", nil)
}

// look has a note's borrower read it.
func (w *walk) look() {
	a := pick(w.rng, w.cast[companies:companies+borrowers])
	w.turn(a)
	if notes := w.mine["NoteID"]; len(notes) > 0 {
		w.call(a, http.MethodGet, "/v1/notes/"+pick(w.rng, notes)+pick(w.rng, []string{"", "/history", "/evidence", "/explanation", "/forecast", "/statement"}), nil)
		return
	}
	w.call(a, http.MethodGet, "/v1/notes", nil)
}

// callBack goes on with the calls about a note: its page's visitor asks to be
// called, and who answers for it sees that, takes it and makes it.
func (w *walk) callBack() {
	notes := w.seen["NoteID"]
	if len(notes) == 0 {
		return
	}
	id := ledger.NoteID(pick(w.rng, notes))
	views, err := w.world.ledger.Service(inproc.Registrar).Notes(w.world.t.Context(), id)
	if err != nil || views[0].Note == nil {
		return // a note that was made up
	}
	answering := store.Answerers(views[0].Note, views[0].Holder)
	i := slices.IndexFunc(w.guests, func(a *actor) bool { return slices.Contains(answering, a.party) })
	if i < 0 {
		return
	}
	a := w.guests[i]
	w.world.catchUp(a.gateway)
	asked := store.Callback{ID: uuid.NewString(), Note: id, Number: "070-123 45 67", Language: ledger.Swedish, Created: w.now}
	if _, err := w.world.gateways[a.gateway].store.AddCallback(w.world.t.Context(), asked); err != nil {
		w.t.Fatalf("asking to be called about %s: %v", id, err)
	}
	w.call(a, http.MethodGet, "/v1/notes/"+string(id)+"/link", nil)
	w.call(a, http.MethodGet, "/v1/callbacks?open=true", nil)
	for _, call := range w.mine["callback"][max(0, len(w.mine["callback"])-latestCalls):] {
		path := "/v1/callbacks/" + call
		switch w.between(1, 4) {
		case 1:
			w.call(a, http.MethodGet, path, nil)
		case 2:
			w.call(a, http.MethodPost, path+"/taking", map[string]any{"name": "Karin Holm"})
		case 3:
			w.call(a, http.MethodPost, path+"/completion", map[string]any{"outcome": "Will pay on the 25th."})
		}
	}
	w.answerFor(a, views[0].Note)
}

// answerFor has a company write down what it did about a note that it answers for, and
// answer who complains about that.
func (w *walk) answerFor(a *actor, n *ledger.Note) {
	w.call(a, http.MethodPost, "/v1/journal", map[string]any{"entries": []any{
		map[string]any{
			"id": uuid.NewString(), "note": n.ID, "kind": "contact", "at": w.now.Format(time.RFC3339), "staff": "Karin Holm", "channel": "phone",
			"direction": "out", "topic": "payment", "code": "64S36-D1N6R", "number": "+46850000000", "follow_up": w.chance(50),
		},
		map[string]any{"id": uuid.NewString(), "note": n.ID, "kind": "reading", "at": w.now.Format(time.RFC3339), "staff": pick(w.rng, []string{"Karin Holm", ""})},
	}})
	complaint := store.Complaint{
		ID: uuid.NewString(), Note: n.ID, Party: n.Borrowers[0].Party, Language: ledger.Swedish, Words: "Nobody called.", Created: w.now,
		AnswerBy: finance.DateOf(w.now).AddDays(14),
	}
	complaint.Number = code.Contact(complaint.ID) // nobody types it here
	if _, err := w.world.gateways[a.gateway].store.AddComplaint(w.world.t.Context(), complaint); err != nil {
		w.t.Fatalf("complaining about %s: %v", n.ID, err)
	}
	w.call(a, http.MethodGet, "/v1/complaints?open=true", nil)
	w.call(a, http.MethodGet, "/v1/answers", nil)
	for _, one := range w.mine["complaint"][max(0, len(w.mine["complaint"])-latestCalls):] {
		path := "/v1/complaints/" + one
		switch w.between(1, 4) {
		case 1:
			w.call(a, http.MethodGet, path, nil)
		case 2:
			w.call(a, http.MethodPost, path+"/taking", map[string]any{"name": "Karin Holm"})
		case 3:
			w.call(a, http.MethodPost, path+"/answer", map[string]any{"name": "Karin Holm", "text": "You are right."})
		}
	}
}

// state gives a party as it is.
func (w *walk) state(a *actor) *ledger.Party {
	views, err := w.world.ledger.Service(inproc.Registrar).Parties(w.world.t.Context(), a.party)
	if err != nil || views[0].Party == nil {
		w.t.Fatalf("reading %s: %+v, %v", a.name, views, err)
	}
	return views[0].Party
}

// represent gives a borrower's power to another, or ends it.
func (w *walk) represent() {
	principal, other := w.cast[companies], w.cast[companies+1]
	path := "/v1/parties/" + string(principal.party) + "/attorneys"
	powers := w.state(principal).Attorneys
	if len(powers) == 0 || w.chance(30) {
		w.write(principal, path, map[string]any{
			"representative": other.party, "scopes": []any{"see", "talk", "agree", "sign"}, "ground": "power_of_attorney",
			"until": w.now.AddDate(1, 0, 0).Format(time.DateOnly),
		})
		return
	}
	w.write(pick(w.rng, []*actor{principal, other}), path+fmt.Sprintf("/%d/revocation", pick(w.rng, powers).Seq), map[string]any{})
}

// recover goes on with a borrower's way to a new key for the one that it says to
// have lost. The last step takes the clock to the end of the wait.
func (w *walk) recover() {
	lost, witness := w.cast[companies+1], w.cast[0]
	path := "/v1/parties/" + string(lost.party) + "/recovery"
	r := w.state(lost).RecoveryAt(w.now)
	if r == nil {
		w.loseKey(path)
		return
	}
	drift := w.now.Sub(noon)
	objection := map[string]any{"recovery": r.Seq, "reason": "it was in my other coat"}
	switch ours := w.heir != nil && r.Keys[0].ID == w.heir.ledgerKey(w.world.t).ID; {
	case !ours, r.ConfirmedAt.IsZero() && (drift > recoveryStart || w.chance(20)):
		w.write(pick(w.rng, []*actor{lost, w.cast[counter]}), path+"/objection", objection)
	case r.ConfirmedAt.IsZero():
		keys := []any{r.Keys[0].ID}
		w.write(witness, path+"/confirmation", map[string]any{"recovery": r.Seq, "keys": keys, "identified": "called back"})
	case drift < recoveryStart:
		// Meanwhile the borrower goes on with the key that it has after all.
	default:
		if wait := r.CompleteFrom().Sub(w.now); wait > 0 {
			w.world.clock.Advance(wait)
		}
		w.writeAs(lost, w.heir, path+"/completion", map[string]any{"body": map[string]any{"recovery": r.Seq}})
	}
}

// loseKey has a borrower come to the desk, where it is invited to make a new key,
// told so by another way, and given the key once the witness agrees.
func (w *walk) loseKey(path string) {
	at, lost := w.cast[counter], w.cast[companies+1]
	w.turn(at)
	mine := w.mine["invitation"]
	switch {
	case len(mine) == 0 || w.chance(20):
		w.call(at, http.MethodPost, "/v1/invitations", map[string]any{"purpose": "recovery", "name": "Anna Berg", "language": "sv", "party": lost.party})
	case w.chance(30):
		w.call(at, http.MethodPost, "/v1/invitations/"+pick(w.rng, mine)+"/messages", map[string]any{"channel": "letter"})
	default:
		w.heir = newActor(fmt.Sprint("new key ", w.sent), lost.gateway)
		keys := []any{w.heir.ledgerKey(w.world.t)}
		w.write(at, path, map[string]any{"keys": keys, "identified": "passport at the desk", "witness": w.cast[0].party})
	}
}
