package casework

import (
	"context"
	"slices"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// AnswerDays is how many days after it came a complaint is answered at the latest. The
// law says as soon as possible (2023:714 ch. 4 par. 5).
const AnswerDays = 14

// RegisterComplaint registers what somebody complains about by telephone, in a letter
// or on a visit. It costs the person nothing, and is answered.
type RegisterComplaint struct {
	Note     ledger.NoteID    `json:"note"`
	Party    ledger.PartyID   `json:"party,omitempty"`
	Channel  casebook.Channel `json:"channel"`
	Language ledger.Language  `json:"language,omitempty"`
	Words    string           `json:"words"` // as the person said them
}

// Name names the act.
func (*RegisterComplaint) Name() ActName { return NameRegisterComplaint }

// Subject is the note.
func (a *RegisterComplaint) Subject() ledger.NoteID { return a.Note }

// Check says whether each field is well formed.
func (a *RegisterComplaint) Check(ctx context.Context, d *Desk) error {
	switch {
	case !slices.Contains(casebook.Channels(), a.Channel):
		return wrongField("channel", "a channel")
	case a.Language != "" && !slices.Contains(ledger.Languages(), a.Language):
		return wrongField("language", "sv, da or en")
	}
	if err := checkText("words", a.Words, MaxWords, true); err != nil {
		return err
	}
	return d.checkSubject(ctx, a.Note, a.Party)
}

// Describe says that it is registered, and answered.
func (*RegisterComplaint) Describe() []Saying {
	return []Saying{Say("act.complaint.register.says", "days", AnswerDays)}
}

// Do registers it and puts its answer on the worklist. It cannot be undone: what
// somebody has complained about is answered.
func (a *RegisterComplaint) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	return Effect{}, d.addComplaint(ctx, casebook.Complaint{
		ID: by.ID, Note: a.Note, Party: a.Party, Channel: a.Channel, Language: a.Language, Words: a.Words, Received: d.Clock(),
		AnswerBy: finance.DateOf(d.Clock()).AddDays(AnswerDays), Registered: by.Actor.Staff,
	})
}

// addComplaint registers a complaint with its row of the worklist.
func (d *Desk) addComplaint(ctx context.Context, c casebook.Complaint) error {
	task := casebook.Task{Kind: casebook.TaskComplaint, About: c.ID, Note: c.Note, Reason: "task-complaint", Due: dueOn(c.AnswerBy), Promised: true}
	if c.Entry != "" {
		task.Reason = "task-review-asked"
	}
	return d.Book.AddComplaint(ctx, c, task)
}

// AnswerComplaint answers a complaint in words.
type AnswerComplaint struct {
	Complaint string        `json:"complaint"`
	Note      ledger.NoteID `json:"note"`
	Answer    string        `json:"answer"`
}

// Name names the act.
func (*AnswerComplaint) Name() ActName { return NameAnswerComplaint }

// Subject is the note.
func (a *AnswerComplaint) Subject() ledger.NoteID { return a.Note }

// Check says whether it waits for an answer.
func (a *AnswerComplaint) Check(ctx context.Context, d *Desk) error {
	if err := checkText("answer", a.Answer, MaxWords, true); err != nil {
		return err
	}
	c, err := d.Book.Complaint(ctx, a.Complaint)
	switch {
	case err != nil:
		return err
	case c == nil || c.Note != a.Note:
		return ledger.Refuse(ledger.CodeNotFound)
	case !c.Answered.IsZero():
		return settled()
	}
	return nil
}

// Describe says that the person reads the answer.
func (*AnswerComplaint) Describe() []Saying { return one("act.complaint.answer.says") }

// Do keeps the answer. It cannot be undone: the person may have read it.
func (a *AnswerComplaint) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	_, err := d.Book.AnswerComplaint(ctx, a.Complaint, by.Actor.Staff, a.Answer, d.Clock())
	return Effect{}, err
}
