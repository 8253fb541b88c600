package casework

import (
	"context"
	"strconv"
	"time"

	"github.com/skuld-registry/skuld/api/store/casebook"
)

// How long there is for what persons were given no time for.
const (
	unpromised = 24 * time.Hour     // a call
	lowTime    = 7 * 24 * time.Hour // to look at what somebody was not content with
	// maxAnswerPages bounds the pages of answers of one round.
	maxAnswerPages = 50
)

// listen brings onto the worklist what persons asked for on the registrar's pages:
// calls, complaints, and what they were not content with. What is there already stays
// as it is.
func (l *Link) listen(ctx context.Context) error {
	callbacks, err := l.Registrar.Callbacks(ctx)
	if err != nil {
		return err
	}
	for _, c := range callbacks {
		if c.TakenBy != "" && c.TakenBy != l.Desk.Party {
			continue // another company calls
		}
		promised := c.Promised
		if promised.IsZero() {
			promised = c.Created.Add(unpromised)
		}
		err := l.Desk.Book.AddCall(ctx, casebook.Call{
			ID: c.ID, Note: c.Note, Party: c.Party, Number: c.Number, Language: c.Language, Words: c.Words, Remote: true,
			Created: c.Created, Promised: promised,
		})
		if err != nil {
			return err
		}
	}
	complaints, err := l.Registrar.Complaints(ctx)
	if err != nil {
		return err
	}
	for i := range complaints {
		if err := l.register(ctx, &complaints[i]); err != nil {
			return err
		}
	}
	return l.hear(ctx)
}

// register puts a complaint into the company's own register (2023:714 ch. 4 par. 5).
func (l *Link) register(ctx context.Context, c *Complaint) error {
	return l.Desk.addComplaint(ctx, casebook.Complaint{
		ID: c.ID, Number: c.Number, Note: c.Note, Party: c.Party, Language: c.Language, Words: c.Words, Entry: c.Entry, Remote: true,
		Received: c.Created, AnswerBy: c.AnswerBy,
	})
}

// hear reads what was said of contacts since it was read last. What somebody was not
// content with is to be looked at, though nobody knows who it was.
func (l *Link) hear(ctx context.Context) error {
	place, err := l.Desk.Book.Cursor(ctx, casebook.CursorAnswers)
	if err != nil {
		return err
	}
	for range maxAnswerPages {
		said, next, err := l.Registrar.Answers(ctx, place)
		if err != nil || len(said) == 0 {
			return err
		}
		all := make([]casebook.Answer, len(said))
		for i, a := range said {
			all[i] = casebook.Answer{
				ID: a.ID, Month: a.Month, Team: a.Team, Topic: string(a.Topic),
				Overall: a.Scores[0], Expected: a.Scores[1], Ideal: a.Scores[2], Words: a.Words,
			}
		}
		now := l.Desk.Clock()
		if err := l.Desk.Book.HearAnswers(ctx, all, next, func(a *casebook.Answer) *casebook.Task { return lowTask(a, now) }, now); err != nil {
			return err
		}
		place = next
	}
	return nil
}

// lowTask is the task of looking at a low answer; nil for the others.
func lowTask(a *casebook.Answer, now time.Time) *casebook.Task {
	if !a.Low() {
		return nil
	}
	return &casebook.Task{
		Kind: casebook.TaskAnswer, About: a.ID, Team: a.Team, Reason: "task-answer",
		With: map[string]string{"month": a.Month, "score": strconv.Itoa(min(a.Overall, a.Expected, a.Ideal))}, Due: now.Add(lowTime),
	}
}
