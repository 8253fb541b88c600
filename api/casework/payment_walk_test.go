package casework_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// TestNoMoneyIsLostWhateverHappensToIt walks at random through files that overlap and
// come twice, answers that are lost, and people who decide and change their minds. After
// each step, what came in by each file is somewhere, to the öre, and the ledger says the
// same as the bank.
func TestNoMoneyIsLostWhateverHappensToIt(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("walk ", seed), func(t *testing.T) {
			t.Parallel()
			w := &walk{payments: newPayments(t), rng: rand.New(rand.NewPCG(seed, 1)), in: map[string]finance.Amount{}}
			for range 2 {
				w.cases = append(w.cases, w.debt())
			}
			w.on("2026-02-25")
			w.writeFiles()
			for step := range 30 {
				what := w.step()
				w.settled()
				w.balanced(fmt.Sprintf("step %d, %s", step, what))
			}
			w.agree()
		})
	}
}

type walk struct {
	*payments
	rng   *rand.Rand
	cases []*casebook.Case
	files [][]byte
	in    map[string]finance.Amount // by file: what came in
}

// writeFiles writes files that share entries.
func (w *walk) writeFiles() {
	var pool []paid
	for i := range 12 {
		e := paid{ref: fmt.Sprint("b-", i), amount: finance.Amount(1 + w.rng.IntN(2_500_00))}
		switch w.rng.IntN(4) {
		case 0: // it says nothing
		case 1:
			e.says = "123"
		default:
			e.says = reference(w.cases[w.rng.IntN(len(w.cases))])
		}
		e.out = w.rng.IntN(8) == 0
		pool = append(pool, e)
	}
	for i := range 5 {
		var some []paid
		var in finance.Amount
		for _, j := range w.rng.Perm(len(pool))[:4] {
			if some = append(some, pool[j]); !pool[j].out {
				in += pool[j].amount
			}
		}
		data := file(fmt.Sprint("f-", i), "2026-02-20", some...)
		w.files = append(w.files, data)
		w.in[casework.NewImport("", data).Digest] = in
	}
}

// step does one thing that may be refused.
func (w *walk) step() string {
	w.Helper()
	if w.rng.IntN(4) == 0 {
		w.faulty.mu.Lock()
		w.faulty.lose = 1
		w.faulty.mu.Unlock()
	}
	pick := func(state casebook.BankEntryState) string {
		if all := w.the(state); len(all) > 0 {
			return all[w.rng.IntN(len(all))].ID
		}
		return "none"
	}
	switch w.rng.IntN(6) {
	case 0, 1:
		w.take(w.files[w.rng.IntN(len(w.files))])
		return "a file came"
	case 2:
		_ = w.try(w.finance, &casework.UnmatchPayment{Entry: pick(casebook.EntryApplied)}, "wrong") // a refusal changes nothing, which is what is checked
		return "a match was taken back"
	case 3:
		_ = w.try(w.finance, &casework.IgnoreEntry{Entry: pick(casebook.EntryUnmatched)}, "no payment") // a refusal changes nothing, which is what is checked
		return "an entry was put aside"
	case 4:
		_ = w.try(w.finance, &casework.RestoreEntry{Entry: pick(casebook.EntryIgnored)}, "") // a refusal changes nothing, which is what is checked
		return "an entry was taken up"
	}
	e, err := w.desk.Book.BankEntry(w.Context(), pick(casebook.EntryUnmatched))
	if err != nil {
		w.Fatal(err)
	}
	if e == nil {
		return "nothing"
	}
	parts := []casework.PaymentPart{{Note: w.cases[0].Note, Amount: e.Amount}}
	if half := e.Amount.Amount / 2; half > 0 && w.rng.IntN(2) == 0 {
		parts = []casework.PaymentPart{{Note: w.cases[0].Note, Amount: sek(half)}, {Note: w.cases[1].Note, Amount: sek(e.Amount.Amount - half)}}
	}
	_ = w.try(w.finance, &casework.ApplyPayment{Entry: e.ID, Parts: parts, Said: "by telephone"}, "")
	return "an entry was divided"
}

// settled lets what rests go on.
func (w *walk) settled() {
	w.later(time.Minute)
	w.work()
}

// balanced checks each file, and that the notes have what the parts say.
func (w *walk) balanced(when string) {
	w.Helper()
	for id, in := range w.in {
		var sum finance.Amount
		fates := w.fates(id)
		for fate, amount := range fates {
			if fate != string(casebook.EntryReplaced) {
				sum += amount
			}
		}
		if len(fates) > 0 && sum != in {
			w.Fatalf("%s: of %d that came in, %d is somewhere: %v", when, in, sum, fates)
		}
	}
	var onNotes, onParts finance.Amount
	seen := map[ledger.NoteID]bool{}
	for _, c := range w.cases {
		if seen[c.Note] {
			continue
		}
		seen[c.Note] = true
		for _, a := range w.standing(c.Note) {
			onNotes += a
		}
		parts, err := w.desk.Book.PartsOfNote(w.Context(), c.Note, 200)
		if err != nil {
			w.Fatal(err)
		}
		for _, p := range parts {
			if p.State == casebook.PartDone {
				onParts += p.Amount.Amount
			}
		}
	}
	if onNotes != onParts {
		w.Fatalf("%s: the notes have %d and the bank's entries %d", when, onNotes, onParts)
	}
}

func TestAFileThatCannotBeReadHoldsNoOtherOneUp(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	w.on("2026-02-20")
	dir := t.TempDir()
	// What stands in the way of its place among those that were taken in is no folder.
	for name, data := range map[string][]byte{"a.xml": nil, "b.xml": file("f-1", "2026-02-19", paid{ref: "b-1", amount: 500_00}), "refused": []byte("x")} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	folder := &casework.Folder{Path: dir}
	if err := w.desk.LookInFolder(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	if err := w.desk.LookInFolder(t.Context(), folder); err == nil {
		t.Error("nobody is told of a file that cannot be moved")
	}
	if all, err := filepath.Glob(filepath.Join(dir, "done", "*-b.xml")); err != nil || len(all) != 1 {
		t.Errorf("the file after it: %v, %v", all, err)
	}
}

func TestAFolderIsTakenInOnceItsFilesRest(t *testing.T) {
	t.Parallel()
	w := newPayments(t)
	c := w.debt()
	w.on("2026-02-20")
	dir := t.TempDir()
	write := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	folder := &casework.Folder{Path: dir}
	look := func(done, refused, left int) {
		t.Helper()
		if err := w.desk.LookInFolder(t.Context(), folder); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]int{"done/*": done, "refused/*": refused, "[a-z]*.xml": left} {
			if all, err := filepath.Glob(filepath.Join(dir, name)); err != nil || len(all) != want {
				t.Errorf("%s has %v, %v; want %d", name, all, err, want)
			}
		}
	}
	whole := file("f-1", "2026-02-19", paid{ref: "b-1", amount: 500_00, says: reference(c)})
	write("a.xml", whole[:100])
	look(0, 0, 1)
	write("a.xml", whole) // the bank goes on writing
	look(0, 0, 1)
	look(1, 0, 0)
	write("b.xml", []byte("<nothing/>"))
	write(".c.xml", []byte("hidden"))
	write("empty.xml", nil)
	look(1, 0, 2)
	look(1, 2, 0)
	w.work()
	if got := w.standing(c.Note); len(got) != 1 {
		t.Errorf("the note has the payments %v", got)
	}
}
