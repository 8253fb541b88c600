package client

import (
	"context"
	"fmt"
	"iter"

	"github.com/skuld-registry/skuld/api/client/rest"
)

// JournalEntry is what a company writes down for the person whom it concerns.
type JournalEntry = rest.JournalEntry

// JournalResult is what became of an entry that was handed in. Problem says why it was
// not taken; nil where it was.
type JournalResult = rest.JournalResult

// MaxJournalBatch is how many entries go to the gateway at once.
const MaxJournalBatch = 100

// WriteJournal hands in entries, at most MaxJournalBatch. One that the registrar has
// is not written a second time, so that what may have arrived is sent again.
func (c *Client) WriteJournal(ctx context.Context, entries []JournalEntry) ([]JournalResult, error) {
	var answer rest.JournalAnswer
	r := rest.WriteJournal(rest.WriteJournalParams{}, rest.JournalRequest{Entries: entries})
	if err := c.call(ctx, r, private, &answer); err != nil {
		return nil, fmt.Errorf("writing into the journal: %w", err)
	}
	if len(answer.Results) != len(entries) {
		return nil, fmt.Errorf("writing into the journal: %d entries have %d results", len(entries), len(answer.Results))
	}
	return answer.Results, nil
}

// Complaint is what a person complains about, or wants looked at again.
type Complaint = rest.Complaint

// Complaints lists complaints about notes that the party answers for, the latest
// first; only those that are still to be answered where open says so.
func (c *Client) Complaints(ctx context.Context, open bool, limit int) iter.Seq2[*Complaint, error] {
	return list(limit, func(cursor string, limit int) ([]*Complaint, string, error) {
		var p rest.ComplaintList
		err := c.call(ctx, rest.ListComplaints(rest.ListComplaintsParams{Open: open, Cursor: cursor, Limit: limit}), private, &p)
		return pointers(p.Complaints), p.Next, err
	})
}

// TakeComplaint says that the party looks at a complaint, and its person who does.
func (c *Client) TakeComplaint(ctx context.Context, id, name string) (*Complaint, error) {
	return c.complaint(ctx, "taking the complaint", rest.TakeComplaint(id, rest.TakeComplaintParams{}, rest.ComplaintTaking{Name: name}))
}

// AnswerComplaint answers a complaint.
func (c *Client) AnswerComplaint(ctx context.Context, id, name, text string) (*Complaint, error) {
	return c.complaint(ctx, "answering the complaint", rest.AnswerComplaint(id, rest.AnswerComplaintParams{}, rest.ComplaintReply{Name: name, Text: text}))
}

func (c *Client) complaint(ctx context.Context, what string, r rest.Request) (*Complaint, error) {
	answered := new(Complaint)
	if err := c.call(ctx, r, private, answered); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return answered, nil
}

// FollowUpAnswer is what somebody said of a contact.
type FollowUpAnswer = rest.FollowUpAnswer

// Answers gives what was said of the party's contacts, at most limit of them, after a
// place; "" for the first ones. next is the place after them.
func (c *Client) Answers(ctx context.Context, after string, limit int) (all []FollowUpAnswer, next string, err error) {
	var p rest.AnswerList
	if err := c.call(ctx, rest.ListAnswers(rest.ListAnswersParams{After: after, Limit: limit}), private, &p); err != nil {
		return nil, "", fmt.Errorf("reading what was said of contacts: %w", err)
	}
	return p.Answers, p.Next, nil
}
