package casebook

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// TaskKind says what sort of thing a task asks for.
type TaskKind string

// The kinds of task. What a task's About names depends on its kind.
const (
	TaskNext      TaskKind = "next"      // the next step that was noted with a contact
	TaskCallback  TaskKind = "callback"  // somebody was promised a call
	TaskPromise   TaskKind = "promise"   // a promised payment did not come
	TaskComplaint TaskKind = "complaint" // a complaint waits for its answer
	TaskFlag      TaskKind = "flag"      // a flag ends, or names nobody
	TaskDispute   TaskKind = "dispute"   // a dispute waits for its answer
	TaskClaim     TaskKind = "claim"     // somebody says that they have paid
	TaskAmendment TaskKind = "amendment" // a borrower's proposal waits for its answer
	TaskPlan      TaskKind = "plan"      // a plan is not kept
	TaskProposal  TaskKind = "proposal"  // a rule asks a person
	TaskReview    TaskKind = "review"    // a rule is past its review date, or a person asks for a decision to be looked at
	TaskPayment   TaskKind = "payment"   // a payment matched nothing
	TaskAnswer    TaskKind = "answer"    // somebody was not content with a contact
	TaskApproval  TaskKind = "approval"  // an act waits for a second person
	TaskLetter    TaskKind = "letter"    // a letter is to be sent or corrected by hand
)

// TaskState is what has become of a task.
type TaskState string

// The states: each task is in one of them, and none is ever lost.
const (
	TaskOpen    TaskState = "open"    // nobody's
	TaskTaken   TaskState = "taken"   // its owner's
	TaskDone    TaskState = "done"    // somebody did it
	TaskDropped TaskState = "dropped" // it settled itself
)

// Priority is why a task stands before another one. Within a priority the earliest
// due time comes first, and then the oldest task. There is nothing else to it.
type Priority int

// The priorities, in their order.
const (
	PriorityLate  Priority = 1 // a person was promised a time, and it has passed
	PriorityDated Priority = 2 // there is a time by which it is to be done
	PriorityAge   Priority = 3 // there is none
)

// Task is a row of the worklist.
type Task struct {
	ID    string // follows from Kind and About; see TaskID
	Place int64
	Kind  TaskKind
	About string        // what it is about: the id of a call-back, a complaint, a decision
	Note  ledger.NoteID // empty where it is about none
	// Reason is a key of the desk's words that says why the task is here, and With has
	// what stands in its places.
	Reason string
	With   map[string]string
	// Due is the time by which it is to be done; never where it is zero. Promised
	// says that a person was told that time: once it has passed, the task comes
	// before all that nobody was promised.
	Due      time.Time
	Promised bool
	Priority Priority // of the two above; AddTask and EscalateTasks set it
	Team     string   // whose it is while it has no owner; everybody's where it is empty
	Owner    StaffID
	State    TaskState
	Added    time.Time
	Taken    time.Time // by the owner
	Passed   StaffID   // who passed it on to the owner, and what they said
	Remark   string
	Ended    time.Time
	EndedBy  StaffID // empty where it settled itself
	Outcome  string
}

// taskSpace makes ids of tasks from what they are about.
var taskSpace = uuid.MustParse("5e1b6f0e-9f0f-5d0c-8a35-0d1c7a6e2b11")

// TaskID gives the id of the task of a kind about something.
func TaskID(kind TaskKind, about string) string {
	return uuid.NewSHA1(taskSpace, []byte(string(kind)+"\x00"+about)).String()
}

// AddTask puts a task on the worklist: its own if it has an owner, else everybody's
// or its team's. Where there is one with the same Kind and About, only its due time
// moves; one that has ended stays as it is, so that whoever looks for work again and
// again adds it once. added says whether the task is new.
func (b *Book) AddTask(ctx context.Context, t Task, now time.Time) (added bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		added, err = addTask(ctx, tx, t, now)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("adding a task: %w", err)
	}
	return added, nil
}

func addTask(ctx context.Context, tx *sql.Tx, t Task, now time.Time) (added bool, err error) {
	if there, err := moveTask(ctx, tx, t, now); err != nil || there {
		return false, err
	}
	place, err := store.NextPlace(ctx, tx, "tasks")
	if err != nil {
		return false, err
	}
	details, err := json.Marshal(t.With)
	if err != nil {
		return false, err
	}
	state, taken := TaskOpen, int64(0)
	if t.Owner != "" {
		state, taken = TaskTaken, now.Unix()
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO tasks (id, place, kind, about, note, reason, details, due, promised, priority, team, owner, state,
		added, taken, passed, remark, ended, ended_by, outcome) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, '', '', 0, '', '')`,
		TaskID(t.Kind, t.About), place, string(t.Kind), t.About, string(t.Note), t.Reason, string(details), store.InSeconds(t.Due), bit(t.Promised), int(t.rank(now)),
		t.Team, string(t.Owner), string(state), now.Unix(), taken)
	return err == nil, err
}

// moveTask moves the due time of the task of a kind about something, and says whether
// there is one.
func moveTask(ctx context.Context, tx *sql.Tx, t Task, now time.Time) (there bool, err error) {
	n, err := store.Changed(tx.ExecContext(ctx, "UPDATE tasks SET due = $1, promised = $2, priority = $3 WHERE id = $4",
		store.InSeconds(t.Due), bit(t.Promised), int(t.rank(now)), TaskID(t.Kind, t.About)))
	return n > 0, err
}

// noteKinds are the kinds of task that follow from a note as it stands.
const noteKinds = "'dispute', 'claim', 'amendment'"

// settleNoteTasks puts on the worklist what a note asks for, and takes off what it asks
// for no longer: somebody has answered.
func settleNoteTasks(ctx context.Context, tx *sql.Tx, note ledger.NoteID, asked []Task, now time.Time) error {
	places, args := []string{"''"}, []any{string(TaskDropped), now.Unix(), string(note)}
	for _, t := range asked {
		if _, err := addTask(ctx, tx, t, now); err != nil {
			return err
		}
		id := TaskID(t.Kind, t.About)
		// The note may have been another's for a while, with its objection.
		if _, err := tx.ExecContext(ctx, reopenTask+" AND state = 'dropped'", string(TaskOpen), string(TaskTaken), id); err != nil {
			return err
		}
		args = append(args, id)
		places = append(places, fmt.Sprintf("$%d", len(args)))
	}
	_, err := tx.ExecContext(ctx, "UPDATE tasks SET state = $1, ended = $2 WHERE note = $3 AND ended = 0 AND kind IN ("+noteKinds+
		") AND id NOT IN ("+strings.Join(places, ", ")+")", args...)
	return err
}

// rank gives the priority of a task at a moment.
func (t *Task) rank(now time.Time) Priority {
	switch {
	case t.Due.IsZero():
		return PriorityAge
	case t.Promised && t.Due.Before(now):
		return PriorityLate
	}
	return PriorityDated
}

// TakeTask makes somebody the owner of a task that nobody has: of many who try, one
// does it. taken is false where somebody has it, or it has ended.
func (b *Book) TakeTask(ctx context.Context, id string, by StaffID, now time.Time) (taken bool, err error) {
	return b.changeOwner(ctx, id, "UPDATE tasks SET state = $1, owner = $2, taken = $3 WHERE id = $4 AND state = $5",
		string(TaskTaken), string(by), now.Unix(), id, string(TaskOpen))
}

// Passing is a task going from one member of staff to another.
type Passing struct {
	ID     string
	By     StaffID
	To     StaffID // everybody in Team where it is empty
	Team   string  // stays as it was where it is empty
	Remark string
	At     time.Time
}

// PassTask gives a task to somebody else. passed is false where it has ended.
func (b *Book) PassTask(ctx context.Context, p Passing) (passed bool, err error) {
	state, taken := TaskOpen, int64(0)
	if p.To != "" {
		state, taken = TaskTaken, p.At.Unix()
	}
	return b.changeOwner(ctx, p.ID, `UPDATE tasks SET state = $1, owner = $2, taken = $3, passed = $4, remark = $5, team = CASE WHEN $6 = '' THEN team ELSE $6 END
		WHERE id = $7 AND ended = 0`, string(state), string(p.To), taken, string(p.By), p.Remark, p.Team, p.ID)
}

// ownedElsewhere are the statements that let the registrar hear whose a task is.
var ownedElsewhere = []string{
	"UPDATE promised_calls SET untold = untold + remote WHERE id = (SELECT about FROM tasks WHERE id = $1 AND kind = 'callback')",
	"UPDATE complaint_register SET untold = untold + remote WHERE id = (SELECT about FROM tasks WHERE id = $1 AND kind = 'complaint')",
}

func (b *Book) changeOwner(ctx context.Context, id, statement string, args ...any) (changed bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := store.Changed(tx.ExecContext(ctx, statement, args...))
		if changed = n == 1; err != nil || !changed {
			return err
		}
		for _, statement := range ownedElsewhere {
			if _, err := tx.ExecContext(ctx, statement, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("giving a task to somebody: %w", err)
	}
	return changed, nil
}

// FinishTask ends a task that somebody did. done is false where it has ended before.
func (b *Book) FinishTask(ctx context.Context, id string, by StaffID, outcome string, now time.Time) (done bool, err error) {
	return b.changeTask(ctx, endTask, string(TaskDone), now.Unix(), string(by), outcome, id)
}

// DropTask ends a task that has settled itself, as when the payment came. dropped is
// false where it has ended before.
func (b *Book) DropTask(ctx context.Context, id, outcome string, now time.Time) (dropped bool, err error) {
	return b.changeTask(ctx, endTask, string(TaskDropped), now.Unix(), "", outcome, id)
}

const endTask = "UPDATE tasks SET state = $1, ended = $2, ended_by = $3, outcome = $4 WHERE id = $5 AND ended = 0"

// ReopenTask takes back that a task has ended: it is its owner's again, or
// everybody's. reopened is false where it has not ended.
func (b *Book) ReopenTask(ctx context.Context, id string) (reopened bool, err error) {
	return b.changeTask(ctx, reopenTask, string(TaskOpen), string(TaskTaken), id)
}

const reopenTask = `UPDATE tasks SET state = CASE WHEN owner = '' THEN $1 ELSE $2 END, ended = 0, ended_by = '', outcome = ''
	WHERE id = $3 AND ended > 0`

func (b *Book) changeTask(ctx context.Context, statement string, args ...any) (done bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := store.Changed(tx.ExecContext(ctx, statement, args...))
		done = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("changing a task: %w", err)
	}
	return done, nil
}

// ReleaseTasks gives back the tasks of somebody who no longer works here, and says
// how many there were.
func (b *Book) ReleaseTasks(ctx context.Context, owner StaffID) (released int, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		released, err = store.Changed(tx.ExecContext(ctx, "UPDATE tasks SET state = $1, owner = '', taken = 0 WHERE owner = $2 AND ended = 0",
			string(TaskOpen), string(owner)))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("giving back the tasks of %s: %w", owner, err)
	}
	return released, nil
}

// ReleaseLate gives back to everybody the tasks of a kind whose promised time passed
// before a moment, and says how many there were.
func (b *Book) ReleaseLate(ctx context.Context, kind TaskKind, before time.Time) (released int, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		released, err = store.Changed(tx.ExecContext(ctx, `UPDATE tasks SET state = $1, owner = '', taken = 0
			WHERE kind = $2 AND ended = 0 AND priority = 1 AND due < $3 AND owner <> '' AND taken < $3`, string(TaskOpen), string(kind), before.Unix()))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("giving back late tasks: %w", err)
	}
	return released, nil
}

// EscalateTasks puts before all others what a person was promised by now and is not
// done, and says how many tasks that are new there.
func (b *Book) EscalateTasks(ctx context.Context, now time.Time) (late int, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		late, err = store.Changed(tx.ExecContext(ctx, "UPDATE tasks SET priority = 1 WHERE ended = 0 AND promised = 1 AND priority > 1 AND due < $1", now.Unix()))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("putting late tasks first: %w", err)
	}
	return late, nil
}
