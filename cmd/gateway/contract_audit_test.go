package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// exchange sends a request, judges the answer by the document, and remembers
// what it says.
func (w *walk) exchange(gateway string, s sent) reply {
	w.world.catchUp(gateway)
	req, r := w.world.transmit(gateway, s)
	w.sent++
	w.statuses[r.status]++
	what := fmt.Sprintf("%s %.200s\n%.1000s\nis answered with %d\n%.2000s", s.method, s.path, s.body, r.status, r.body)
	if r.status >= http.StatusInternalServerError {
		w.t.Fatalf("a fault: %s", what)
	}
	operation, err := w.contract.judge(w.world.t.Context(), req, s, r)
	if err != nil && s.method != http.MethodHead {
		w.t.Fatalf("%v\n%s", err, what)
	}
	if operation != "" {
		w.reached[operation]++
	}
	if location := r.header.Get("Location"); location != "" {
		w.harvestText(w.contract.doc, location)
	}
	if code := codeOf(r); code != "" && r.status >= http.StatusBadRequest { // an invitation has one too
		w.codes[code]++
	}
	var answer any
	if json.Unmarshal(r.body, &answer) == nil {
		w.harvest(w.contract.doc, answer)
		w.hear(r.body)
	}
	return r
}

// hear remembers the commands that an answer says are committed.
func (w *walk) hear(body []byte) {
	type receipt struct {
		Outcome ledger.OutcomeState `json:"outcome"`
		Result  *ledger.Result      `json:"result"`
	}
	var answer struct {
		receipt
		Results []receipt `json:"results"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return
	}
	for _, one := range append(answer.Results, answer.receipt) {
		if one.Outcome == ledger.Committed && one.Result != nil && !one.Result.Head.IsZero() {
			w.told[one.Result.Command] = *one.Result
			if one.Result.Op == ledger.OpPartyRevoke || one.Result.Op == ledger.OpPartyRotate {
				w.leave(ledger.PartyID(one.Result.Subject.ID))
			}
			if lost := w.cast[companies+1]; w.heir != nil && one.Result.Op == ledger.OpRecoveryComplete && one.Result.Subject.ID == string(lost.party) {
				lost.key, lost.token, w.heir = w.heir.key, "", nil
			}
		}
	}
}

// audit replays every command that the ledger tells of through the rules. Each
// was signed by who the rules ask for, no note came twice or moved without its
// holder, sums add up, and callers were told what is in the ledger and nothing
// else.
func (w *walk) audit(t *testing.T) {
	t.Helper()
	service := w.world.ledger.Service(inproc.Registrar)
	m := model.New(service.Network(), sign.Verifier{})
	applied := map[ledger.CommandID]bool{}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	last := w.world.ledger.Stub().Height(inproc.Registrar) - 1
	for block, err := range service.Blocks(ctx, 1) {
		if err != nil {
			t.Fatal(err)
		}
		for _, tx := range block.Transactions {
			for _, result := range tx.Results {
				if err := w.replay(ctx, m, tx, result); err != nil {
					t.Fatalf("block %d: %s on %s %s: %v", block.Number, result.Op, result.Subject.Kind, result.Subject.ID, err)
				}
				applied[result.Command] = true
				if told, known := w.told[result.Command]; known && told != result {
					t.Errorf("the caller was told %+v, the ledger has %+v", told, result)
				}
			}
		}
		if block.Number >= last {
			break
		}
	}
	for command := range w.told {
		if !applied[command] {
			t.Errorf("a caller was told that %s is committed, and it is not", command)
		}
	}
	w.auditStates(t, service, m)
}

// replay applies what a block tells to the model, and checks every promise.
func (w *walk) replay(ctx context.Context, m *model.Ledger, tx ledger.Transaction, result ledger.Result) error {
	entries, err := w.world.ledger.Service(inproc.Registrar).History(ctx, result.Subject, result.Seq, 1)
	if ledger.CodeOf(err) == ledger.CodeNoteErased {
		w.erased[ledger.NoteID(result.Subject.ID)] = true
		return nil // Its commands are gone, and that it was there is all that is left to see.
	}
	if err != nil {
		return err
	}
	if len(entries) != 1 {
		return errors.New("the history lacks it")
	}
	before, err := m.Note(ledger.NoteID(result.Subject.ID))
	if err != nil {
		return err
	}
	var holder ledger.PartyID
	if before != nil {
		holder = m.Holder(before)
	}
	change, err := m.Apply(ledger.Frame{At: tx.At, Org: entries[0].Org}, entries[0].Signed)
	if err != nil {
		return fmt.Errorf("against the rules: %w", err)
	}
	if change.Result != result {
		return fmt.Errorf("the rules give %+v, the ledger has %+v", change.Result, result)
	}
	if change.Note == nil {
		return nil
	}
	now := m.Holder(change.Note)
	if err := model.CheckNote(change.Note, now); err != nil || before == nil {
		return err
	}
	opened, err := sign.Verifier{}.Open(entries[0].Signed)
	if err != nil {
		return err
	}
	cmd, err := ledger.DecodeCommand(opened.Payload)
	if err != nil {
		return err
	}
	return model.CheckStep(model.Step{Before: before, After: change.Note, Holder: holder, NewHolder: now, By: cmd.Actor(), Op: cmd.Op})
}

// auditStates compares the notes that the ledger keeps with those of the model.
func (w *walk) auditStates(t *testing.T, service ledger.Service, m *model.Ledger) {
	t.Helper()
	statuses := map[ledger.Status]int{}
	for id, want := range m.Notes() {
		views, err := service.Notes(t.Context(), id)
		if err != nil || views[0].Note == nil {
			t.Fatalf("reading note %s: %v", id, err)
		}
		a, errA := ledger.Canonical(want)
		b, errB := ledger.Canonical(views[0].Note)
		if errA != nil || errB != nil || string(a) != string(b) || views[0].Holder != m.Holder(want) {
			t.Errorf("note %s is\n%s, the rules give\n%s", id, b, a)
		}
		statuses[want.Status]++
	}
	for id := range w.erased {
		views, err := service.Notes(t.Context(), id)
		if err != nil || views[0].Record.Status != ledger.StatusErased {
			t.Errorf("note %s has no history and is not erased: %+v, %v", id, views[0].Record, err)
		}
		statuses[ledger.StatusErased]++
	}
	t.Logf("%d notes: %v", len(m.Notes())+len(w.erased), statuses)
	if w.sent < wholeWalk {
		return
	}
	for _, s := range ledger.Statuses()[1:] {
		if statuses[s] == 0 {
			t.Errorf("no note is %s at the end; the walk does not get there", s)
		}
	}
}

// account says where the walk has been, and what it did not reach.
func (w *walk) account(t *testing.T) {
	t.Helper()
	for operation := range w.world.used {
		if operation != "" {
			w.reached[operation]++ // before the walk began, and for its tokens
		}
	}
	var counts []string
	for _, status := range slices.Sorted(maps.Keys(w.statuses)) {
		counts = append(counts, fmt.Sprintf("%d: %d", status, w.statuses[status]))
	}
	t.Logf("%d requests, by status: %s", w.sent, strings.Join(counts, ", "))
	t.Logf("refused with: %v", w.codes)
	var missed []string
	for _, operation := range documented(t) {
		t.Logf("%-20s %d carried out", operation, w.reached[operation])
		if w.reached[operation] == 0 {
			missed = append(missed, operation)
		}
	}
	if w.sent >= wholeWalk && len(missed) > 0 {
		t.Errorf("never carried out: %v", missed)
	}
}
