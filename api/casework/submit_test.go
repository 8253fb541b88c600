package casework_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// shaky is a ledger whose answers get lost: a command may have been applied all the same.
type shaky struct {
	ledger.Service
	lose   int  // how many answers from now on
	reach  bool // whether a command whose answer is lost arrives
	handed []ledger.Signed
}

var errLost = errors.New("the connection is gone")

func (s *shaky) Submit(ctx context.Context, all ...ledger.Signed) ([]ledger.Outcome, error) {
	s.handed = append(s.handed, all...)
	if s.lose > 0 {
		s.lose--
		if s.reach {
			if _, err := s.Service.Submit(ctx, all...); err != nil {
				return nil, err
			}
		}
		return nil, errLost
	}
	return s.Service.Submit(ctx, all...)
}

// later lets time pass.
func (w *ruled) later(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// paying is the body of a payment of a thousand kronor.
func (w *ruled) paying() ledger.PayBody {
	return ledger.PayBody{Amount: finance.Money{Amount: 1000_00, Currency: "SEK"}, PaidOn: finance.DateOf(w.Now())}
}

// TestLostAnswerIsFoundOutWithTheSameBytes, whether or not the command had arrived, and
// what it does is done once.
func TestLostAnswerIsFoundOutWithTheSameBytes(t *testing.T) {
	for name, reach := range map[string]bool{"arrived": true, "did not arrive": false} {
		t.Run(name, func(t *testing.T) {
			w := newRuled(t)
			note := w.note()
			s := &shaky{Service: w.desk.Service, lose: 1, reach: reach}
			w.desk.Service = s
			before := w.read(note).Seq
			by := casework.Doing{ID: uuid.NewString(), Actor: w.lead}
			done, err := w.desk.Submit(t.Context(), by, note, ledger.OpPay, w.paying())
			if err != nil || !done.Unsettled {
				t.Fatalf("with its answer lost: %+v, %v", done, err)
			}
			if err := w.desk.ResolveOnce(t.Context()); err != nil || len(s.handed) != 1 {
				t.Fatalf("too soon it was handed in %d times, %v", len(s.handed), err)
			}
			w.later(2 * time.Minute)
			for range 2 {
				if err := w.desk.ResolveOnce(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if len(s.handed) != 2 || s.handed[0] != s.handed[1] {
				t.Errorf("it was handed in as %v", s.handed)
			}
			kept, err := w.desk.Book.Command(t.Context(), done.Command)
			if err != nil || kept.State != ledger.Committed {
				t.Errorf("it is kept as %+v, %v", kept, err)
			}
			again, err := w.desk.Submit(t.Context(), by, note, ledger.OpPay, w.paying())
			if err != nil || again.Unsettled || again.Seq != before+1 || len(s.handed) != 2 {
				t.Errorf("the same act again: %+v, %v", again, err)
			}
			if after := w.read(note).Seq; after != before+1 {
				t.Errorf("%d commands were applied", after-before)
			}
		})
	}
}

// TestCommandThatABackupHasLostIsNotWrittenTwice although its bytes are gone.
func TestCommandThatABackupHasLostIsNotWrittenTwice(t *testing.T) {
	w := newRuled(t)
	note := w.note()
	by := casework.Doing{ID: uuid.NewString(), Actor: w.lead}
	first, err := w.desk.Submit(t.Context(), by, note, ledger.OpPay, w.paying())
	if err != nil || first.Unsettled {
		t.Fatalf("it is handed in: %+v, %v", first, err)
	}
	w.note() // the read model has what came before
	err = w.desk.Book.Update(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM desk_commands")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.desk.Submit(t.Context(), by, note, ledger.OpPay, w.paying())
	if err != nil || again != first {
		t.Errorf("it is handed in again: %+v, %v; want %+v", again, err, first)
	}
	if got := len(w.read(note).Payments); got != 1 {
		t.Errorf("the note has %d payments", got)
	}
}

// TestRefusedCommandIsWrittenAnew when its act is tried again.
func TestRefusedCommandIsWrittenAnew(t *testing.T) {
	w := newRuled(t)
	note := w.note()
	by := casework.Doing{ID: uuid.NewString(), Actor: w.lead}
	wrong := w.paying()
	wrong.Amount.Currency = "DKK"
	if done, err := w.desk.Submit(t.Context(), by, note, ledger.OpPay, wrong); err == nil || done.Unsettled {
		t.Fatalf("a payment in another currency: %+v, %v", done, err)
	}
	if _, err := w.desk.Submit(t.Context(), by, note, ledger.OpPay, w.paying()); err != nil {
		t.Errorf("put right: %v", err)
	}
}

// TestCommandThatIsRefusedLateBecomesATask: its act was told as under way.
func TestCommandThatIsRefusedLateBecomesATask(t *testing.T) {
	w := newRuled(t)
	note := w.note()
	s := &shaky{Service: w.desk.Service, lose: 1}
	w.desk.Service = s
	act, err := casework.On(note, ledger.OpPay, w.paying())
	if err != nil {
		t.Fatal(err)
	}
	done, err := w.desk.Do(t.Context(), casework.Request{Actor: w.lead, Act: act, Reason: "why", Approved: "s-second"})
	if err != nil || !done.Effect.Unsettled {
		t.Fatalf("with its answer lost: %+v, %v", done, err)
	}
	if kept, err := w.desk.Book.Act(t.Context(), done.ID); err != nil || !kept.Unsettled {
		t.Fatalf("it is written down as %+v, %v", kept, err)
	}
	w.later(2 * time.Minute)
	w.do(w.lender, ledger.OpPay, string(note), w.read(note).Seq+1, w.paying()) // another one comes first
	if err := w.desk.ResolveOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	if kept, err := w.desk.Book.Act(t.Context(), done.ID); err != nil || kept.Unsettled {
		t.Errorf("it is still written down as %+v, %v", kept, err)
	}
	tasks, err := w.desk.Book.TasksOf(t.Context(), note)
	if err != nil || len(tasks) != 1 || tasks[0].Reason != "task.why.refused" || tasks[0].Owner != w.lead.Staff {
		t.Errorf("the worklist has %+v, %v", tasks, err)
	}
}
