package casework

import (
	"context"
	"iter"
	"time"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/api/client/rest"
	"github.com/skuld-registry/skuld/ledger"
)

// maxPolled bounds what is read of one of the registrar's lists at a time. What is
// older was read before.
const maxPolled = 1000

// AtRegistrar is the registrar's gateway, to which the company comes with its own key.
type AtRegistrar struct{ Client *client.Client }

// Write hands in entries, as many at a time as the registrar takes.
func (r AtRegistrar) Write(ctx context.Context, entries ...JournalEntry) ([]Written, error) {
	sent := make([]client.JournalEntry, len(entries))
	for i := range entries {
		sent[i] = restEntry(&entries[i])
	}
	results, err := r.Client.WriteJournal(ctx, sent)
	if err != nil {
		return nil, err
	}
	all := make([]Written, len(results))
	for i, result := range results {
		all[i] = Written{ID: entries[i].ID, FollowUp: result.FollowUp}
		if p := result.Problem; p != nil {
			all[i].Refused = &ledger.Error{Code: ledger.Code(p.Code), Params: p.Params}
		}
	}
	return all, nil
}

// restEntry gives an entry as the registrar takes it. A number that is written in
// another way than it takes is left out: the person then has the company's own.
func restEntry(e *JournalEntry) client.JournalEntry {
	number := func(text string) string {
		if phonePattern.MatchString(text) {
			return text
		}
		return ""
	}
	return client.JournalEntry{
		ID: e.ID, Note: e.Note, Party: e.Party, Kind: rest.JournalEntryKind(e.Kind), At: e.At, Staff: e.Staff, Phone: number(e.Phone), Hours: e.Hours,
		Channel: rest.JournalEntryChannel(e.Channel), Direction: rest.JournalEntryDirection(e.Direction), Number: number(e.Number), Code: e.Code,
		Topic: rest.Topic(e.Topic), Team: e.Team, FollowUp: e.FollowUp, Rule: e.Rule, Facts: e.Facts, Outcome: inWords(e.Outcome), Why: inWords(e.Why),
	}
}

func inWords(texts map[ledger.Language]string) rest.InWords {
	return rest.InWords{Sv: texts[ledger.Swedish], Da: texts[ledger.Danish], En: texts[ledger.English]}
}

// polled reads a list up to maxPolled, each as the casework sees it.
func polled[T, U any](all iter.Seq2[*T, error], as func(*T) U) (read []U, err error) {
	for one, err := range all {
		if err != nil {
			return nil, err
		}
		read = append(read, as(one))
	}
	return read, nil
}

// Callbacks gives the calls that are still to be made.
func (r AtRegistrar) Callbacks(ctx context.Context) ([]Callback, error) {
	return polled(r.Client.Callbacks(ctx, true, maxPolled), func(c *client.Callback) Callback {
		return Callback{
			ID: c.ID, Note: c.Note, Party: c.Party, Number: c.Number, When: c.When, Language: ledger.Language(c.Language), Words: c.Words,
			Created: c.Created, Promised: c.Promised, TakenBy: c.TakenBy, TakenName: c.TakenName,
		}
	})
}

// TakeCallback says who will call, and by when.
func (r AtRegistrar) TakeCallback(ctx context.Context, id, name string, by time.Time) error {
	_, err := r.Client.TakeCallback(ctx, id, name, by)
	return err
}

// CompleteCallback says what came of a call.
func (r AtRegistrar) CompleteCallback(ctx context.Context, id, outcome string) error {
	_, err := r.Client.CompleteCallback(ctx, id, outcome)
	return err
}

// Complaints gives what is still to be answered.
func (r AtRegistrar) Complaints(ctx context.Context) ([]Complaint, error) {
	return polled(r.Client.Complaints(ctx, true, maxPolled), func(c *client.Complaint) Complaint {
		return Complaint{
			ID: c.ID, Number: c.Number, Note: c.Note, Party: c.Party, Review: c.Entry != "", Entry: c.Entry, Language: ledger.Language(c.Language),
			Words: c.Words, Created: c.Created, AnswerBy: c.AnswerBy, TakenName: c.TakenName,
		}
	})
}

// TakeComplaint says who looks at a complaint.
func (r AtRegistrar) TakeComplaint(ctx context.Context, id, name string) error {
	_, err := r.Client.TakeComplaint(ctx, id, name)
	return err
}

// AnswerComplaint answers a complaint.
func (r AtRegistrar) AnswerComplaint(ctx context.Context, id, name, text string) error {
	_, err := r.Client.AnswerComplaint(ctx, id, name, text)
	return err
}

// answersAtOnce is how many answers are read at a time.
const answersAtOnce = 200

// Answers gives what was said of contacts after a place.
func (r AtRegistrar) Answers(ctx context.Context, after string) ([]Answer, string, error) {
	said, next, err := r.Client.Answers(ctx, after, answersAtOnce)
	if err != nil {
		return nil, "", err
	}
	all := make([]Answer, len(said))
	for i, a := range said {
		all[i] = Answer{
			ID: a.ID, Month: a.Month, Team: a.Team, Topic: Topic(a.Topic), Scores: [3]int{a.Overall, a.Expected, a.Ideal}, Words: a.Words,
		}
	}
	return all, next, nil
}

// Link gives the address of a note's page for everybody, which letters lead to.
func (r AtRegistrar) Link(ctx context.Context, note ledger.NoteID) (string, error) {
	l, err := r.Client.Link(ctx, note)
	if err != nil {
		return "", err
	}
	return l.Link, nil
}
