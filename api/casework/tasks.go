package casework

import (
	"context"
	"fmt"
	"slices"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// ownEnd are the kinds of task that end when what they wait for is done, and never by
// a tick: nobody is to be called, answered or decided about by mistake.
var ownEnd = []casebook.TaskKind{
	casebook.TaskCallback, casebook.TaskComplaint, casebook.TaskDispute, casebook.TaskClaim, casebook.TaskAmendment, casebook.TaskProposal,
	casebook.TaskPayment, casebook.TaskApproval,
}

// EndsItself says whether a task of a kind ends when what it waits for is done, and
// cannot be ticked off.
func EndsItself(k casebook.TaskKind) bool { return slices.Contains(ownEnd, k) }

// proposalDays is how many days there are to answer a borrower who proposes another
// plan.
const proposalDays = 7

// askedBy gives what a note as it stands asks of the company: answers to objections, to
// payments that a borrower says were made, and to what a borrower proposes.
func (d *Desk) askedBy(n *ledger.Note) []casebook.Task {
	var all []casebook.Task
	ask := func(t casebook.Task, seq uint64, by finance.Date) {
		t.About, t.Note, t.Due = fmt.Sprintf("%s/%d", n.ID, seq), n.ID, dueOn(by)
		all = append(all, t)
	}
	// The borrower reads by which day an objection and a payment are answered.
	for _, o := range n.Disputes {
		ask(casebook.Task{Kind: casebook.TaskDispute, Reason: "task-dispute", Promised: true}, o.Seq, o.AnswerBy())
	}
	for _, c := range n.Claims {
		ask(casebook.Task{Kind: casebook.TaskClaim, Reason: "task-claim", Promised: true}, c.Seq, c.AnswerBy)
	}
	if p := n.Proposal; p != nil && !slices.Contains(p.Agreed, d.Party) {
		ask(casebook.Task{Kind: casebook.TaskAmendment, Reason: "task-amendment"}, p.Seq, p.On.AddDays(proposalDays))
	}
	return all
}

// TakeTask makes who does it the owner of a task.
type TakeTask struct {
	Task string        `json:"task"`
	Note ledger.NoteID `json:"note,omitempty"`
}

// Name names the act.
func (*TakeTask) Name() ActName { return NameTakeTask }

// Subject is the note.
func (a *TakeTask) Subject() ledger.NoteID { return a.Note }

// Check says whether nobody has it.
func (a *TakeTask) Check(ctx context.Context, d *Desk) error {
	t, err := d.openTask(ctx, a.Task, a.Note)
	if err == nil && t.State != casebook.TaskOpen {
		err = ledger.Refuse(ledger.CodeTaskTaken)
	}
	return err
}

// Describe says whose it is from then on.
func (*TakeTask) Describe() []Saying { return one("act.task.take.says") }

// Do takes it.
func (a *TakeTask) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	taken, err := d.Book.TakeTask(ctx, a.Task, by.Actor.Staff, d.Clock())
	if err == nil && !taken {
		err = a.Check(ctx, d)
	}
	return Effect{Undo: &PassTask{Task: a.Task, Note: a.Note}}, err
}

// PassTask gives a task to somebody else, or back to everybody.
type PassTask struct {
	Task   string           `json:"task"`
	Note   ledger.NoteID    `json:"note,omitempty"`
	To     casebook.StaffID `json:"to,omitempty"`
	Team   string           `json:"team,omitempty"`
	Remark string           `json:"remark,omitempty"`
}

// Name names the act.
func (*PassTask) Name() ActName { return NamePassTask }

// Subject is the note.
func (a *PassTask) Subject() ledger.NoteID { return a.Note }

// Check says whether it is still to be done, and who gets it works here.
func (a *PassTask) Check(ctx context.Context, d *Desk) error {
	if err := checkText("remark", a.Remark, MaxStep, false); err != nil {
		return err
	}
	if err := checkText("team", a.Team, maxTeamRunes, false); err != nil {
		return err
	}
	if err := d.checkStaff(ctx, "to", a.To); err != nil {
		return err
	}
	_, err := d.openTask(ctx, a.Task, a.Note)
	return err
}

// Describe says who gets it.
func (a *PassTask) Describe() []Saying {
	if a.To == "" {
		return one("act.task.pass.everybody")
	}
	return one("act.task.pass.says")
}

// Do passes it on.
func (a *PassTask) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	t, err := d.openTask(ctx, a.Task, a.Note)
	if err != nil {
		return Effect{}, err
	}
	passed, err := d.Book.PassTask(ctx, casebook.Passing{ID: a.Task, By: by.Actor.Staff, To: a.To, Team: a.Team, Remark: a.Remark, At: d.Clock()})
	return Effect{Undo: &PassTask{Task: a.Task, Note: a.Note, To: t.Owner, Team: t.Team}}, happened(passed, err)
}

// FinishTask says that a task is done.
type FinishTask struct {
	Task    string        `json:"task"`
	Note    ledger.NoteID `json:"note,omitempty"`
	Outcome string        `json:"outcome,omitempty"`
}

// Name names the act.
func (*FinishTask) Name() ActName { return NameFinishTask }

// Subject is the note.
func (a *FinishTask) Subject() ledger.NoteID { return a.Note }

// Check says whether it is still to be done, and can be ticked off.
func (a *FinishTask) Check(ctx context.Context, d *Desk) error {
	if err := checkText("outcome", a.Outcome, MaxStep, false); err != nil {
		return err
	}
	t, err := d.openTask(ctx, a.Task, a.Note)
	if err == nil && EndsItself(t.Kind) {
		err = ledger.Refuse(ledger.CodeTaskOwnEnd)
	}
	return err
}

// Describe says that it leaves the list.
func (*FinishTask) Describe() []Saying { return one("act.task.finish.says") }

// Do ends it.
func (a *FinishTask) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	_, err := d.Book.FinishTask(ctx, a.Task, by.Actor.Staff, a.Outcome, d.Clock())
	return Effect{Undo: &ReopenTask{Task: a.Task, Note: a.Note}}, err
}

// ReopenTask takes back that a task is done.
type ReopenTask struct {
	Task string        `json:"task"`
	Note ledger.NoteID `json:"note,omitempty"`
}

// Name names the act.
func (*ReopenTask) Name() ActName { return NameReopenTask }

// Subject is the note.
func (a *ReopenTask) Subject() ledger.NoteID { return a.Note }

// Check says whether it was done.
func (a *ReopenTask) Check(ctx context.Context, d *Desk) error {
	t, err := d.task(ctx, a.Task, a.Note)
	if err == nil && t.Ended.IsZero() {
		err = settled()
	}
	return err
}

// Describe says that it is on the list again.
func (*ReopenTask) Describe() []Saying { return one("act.task.reopen.says") }

// Do puts it back.
func (a *ReopenTask) Do(ctx context.Context, d *Desk, _ Doing) (Effect, error) {
	_, err := d.Book.ReopenTask(ctx, a.Task)
	return Effect{Undo: &FinishTask{Task: a.Task, Note: a.Note}}, err
}

func (d *Desk) task(ctx context.Context, id string, note ledger.NoteID) (*casebook.Task, error) {
	t, err := d.Book.Task(ctx, id)
	if err == nil && (t == nil || t.Note != note) {
		err = ledger.Refuse(ledger.CodeNotFound)
	}
	return t, err
}

// openTask gives a task that is still to be done.
func (d *Desk) openTask(ctx context.Context, id string, note ledger.NoteID) (*casebook.Task, error) {
	t, err := d.task(ctx, id, note)
	if err == nil && !t.Ended.IsZero() {
		err = settled()
	}
	return t, err
}
