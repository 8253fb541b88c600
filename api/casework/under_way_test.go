package casework_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/ledger"
)

// crashing is a ledger that takes a command, or not, and the program ends before it
// hears of it.
type crashing struct {
	ledger.Service
	reach bool
}

func (s *crashing) Submit(ctx context.Context, all ...ledger.Signed) ([]ledger.Outcome, error) {
	if s.reach {
		if _, err := s.Service.Submit(ctx, all...); err != nil {
			return nil, err
		}
	}
	panic(errLost)
}

// TestAnActIsKnownAlthoughTheProgramEndsBeforeItIsDone: who did it and why, once its
// command is found out.
func TestAnActIsKnownAlthoughTheProgramEndsBeforeItIsDone(t *testing.T) {
	for name, reach := range map[string]bool{"the command arrived": true, "it did not": false} {
		t.Run(name, func(t *testing.T) {
			w := newRuled(t)
			note := w.note()
			act, err := casework.On(note, ledger.OpPay, w.littlePaying())
			if err != nil {
				t.Fatal(err)
			}
			r := casework.Request{ID: uuid.NewString(), Actor: w.lead, Act: act, Reason: "at the till"}
			sound := w.desk.Service
			w.desk.Service = &crashing{sound, reach}
			func() {
				defer func() {
					if recover() != errLost {
						t.Error("it did not end there")
					}
				}()
				_, err := w.desk.Do(t.Context(), r)
				t.Errorf("it is done, %v", err)
			}()
			w.desk.Service = sound
			if a, err := w.desk.Book.Act(t.Context(), r.ID); err != nil || a == nil || !a.UnderWay {
				t.Fatalf("meanwhile it is %+v, %v", a, err)
			}
			w.later(2 * time.Minute)
			if err := w.desk.ResolveOnce(t.Context()); err != nil {
				t.Fatal(err)
			}
			a, err := w.desk.Book.Act(t.Context(), r.ID)
			if err != nil || a == nil || a.UnderWay || a.Unsettled || a.Staff != w.lead.Staff || a.Reason != "at the till" {
				t.Errorf("it is known as %+v, %v", a, err)
			}
			if n := w.read(note); len(n.Payments) != 1 {
				t.Errorf("the note has %d payments", len(n.Payments))
			}
		})
	}
}

// TestAnActThatCameToNothingIsNotKept, whether it was refused or the ledger could not be
// asked.
func TestAnActThatCameToNothingIsNotKept(t *testing.T) {
	w := newRuled(t)
	act, err := casework.On(w.note(), ledger.OpPay, w.littlePaying())
	if err != nil {
		t.Fatal(err)
	}
	r := casework.Request{ID: uuid.NewString(), Actor: w.lead, Act: act}
	sound := w.desk.Service
	w.desk.Service = unread{sound}
	if _, err := w.desk.Do(t.Context(), r); err == nil {
		t.Error("it is done without the ledger")
	}
	if a, err := w.desk.Book.Act(t.Context(), r.ID); err != nil || a != nil {
		t.Errorf("it is kept as %+v, %v", a, err)
	}
	w.desk.Service = sound
	if _, err := w.desk.Do(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	a, err := w.desk.Book.Act(t.Context(), r.ID)
	if err != nil || a == nil || a.UnderWay || a.UndoName == "" {
		t.Errorf("once it can be asked it is %+v, %v", a, err)
	}
}

// littlePaying is a payment that one person may write alone.
func (w *ruled) littlePaying() ledger.PayBody {
	b := w.paying()
	b.Amount.Amount = 100_00
	return b
}
