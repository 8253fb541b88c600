package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

// Topics lists what a contact can be about, the most frequent first.
func Topics() []Topic {
	return []Topic{TopicPayment, TopicPlan, TopicObjection, TopicCallback, TopicHolder, TopicInformation}
}

// LogContact writes down a conversation with a person of a case, or a try, and what
// is to be done next. The person reads on the registrar's pages that it was, and who
// it was, but not what staff wrote of it.
type LogContact struct {
	Note      ledger.NoteID           `json:"note"`
	Party     ledger.PartyID          `json:"party,omitempty"` // empty where it was somebody else
	Channel   casebook.Channel        `json:"channel"`
	Direction casebook.Direction      `json:"direction"`
	Outcome   casebook.ContactOutcome `json:"outcome"`
	Topic     Topic                   `json:"topic"`
	Words     string                  `json:"words,omitempty"`
	Number    string                  `json:"number,omitempty"` // ours
	Peer      string                  `json:"peer,omitempty"`   // theirs
	FollowUp  bool                    `json:"follow_up,omitempty"`
	Next      string                  `json:"next,omitempty"`
	NextOwner casebook.StaffID        `json:"next_owner,omitempty"`
	NextDue   time.Time               `json:"next_due,omitzero"`
}

// Name names the act.
func (*LogContact) Name() ActName { return NameLogContact }

// Subject is the note.
func (a *LogContact) Subject() ledger.NoteID { return a.Note }

// Check says whether the person is of the case and each field is well formed.
func (a *LogContact) Check(ctx context.Context, d *Desk) error {
	switch {
	case !slices.Contains(casebook.Channels(), a.Channel):
		return wrongField("channel", "a channel")
	case a.Direction != casebook.Incoming && a.Direction != casebook.Outgoing:
		return wrongField("direction", "in or out")
	case !slices.Contains(casebook.ContactOutcomes(), a.Outcome):
		return wrongField("outcome", "an outcome")
	case !slices.Contains(Topics(), a.Topic):
		return wrongField("topic", "a topic")
	case a.Number != "" && !phonePattern.MatchString(a.Number):
		return wrongField("number", "a telephone number such as +46812345678")
	case a.Peer != "" && !phonePattern.MatchString(a.Peer):
		return wrongField("peer", "a telephone number such as +46701234567")
	}
	if err := checkText("words", a.Words, MaxWords, false); err != nil {
		return err
	}
	if err := a.checkNext(ctx, d); err != nil {
		return err
	}
	return d.checkSubject(ctx, a.Note, a.Party)
}

// checkNext refuses a next step without a time, for it would never be late.
func (a *LogContact) checkNext(ctx context.Context, d *Desk) error {
	if a.Next == "" && a.NextOwner == "" && a.NextDue.IsZero() {
		return nil
	}
	if err := checkText("next", a.Next, MaxStep, true); err != nil {
		return err
	}
	if err := checkTime("next_due", a.NextDue, d.Clock()); err != nil {
		return err
	}
	return d.checkStaff(ctx, "next_owner", a.NextOwner)
}

// Describe says what is written down, and what the person sees of it.
func (a *LogContact) Describe() []Saying {
	all := one("act.contact.log.says")
	if a.Next != "" {
		all = append(all, Say("act.contact.log.next", "what", a.Next, "when", a.NextDue))
	}
	return all
}

// Do writes it down, and tells the person.
func (a *LogContact) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	c, err := d.Book.Contact(ctx, by.ID)
	if err != nil {
		return Effect{}, err
	}
	staff, err := d.Book.StaffOf(ctx, by.Actor.Staff)
	if err != nil {
		return Effect{}, err
	}
	if c == nil {
		if c, err = a.contact(d, by, staff); err != nil {
			return Effect{}, err
		}
		if err := d.Book.AddContact(ctx, *c, nextTask(c)); err != nil {
			return Effect{}, err
		}
	}
	return Effect{}, d.Tell(ctx, contactEntry(c, staff))
}

// contact is what is kept. The company draws a code for what it began itself, and the
// number that the display showed is the caller's own where no other one is said: the
// person may have missed it, and is to find out who it was.
func (a *LogContact) contact(d *Desk, by Doing, staff *casebook.Staff) (*casebook.Contact, error) {
	c := &casebook.Contact{
		ID: by.ID, Note: a.Note, Party: a.Party, Staff: by.Actor.Staff, At: d.Clock(), Channel: a.Channel, Direction: a.Direction, Outcome: a.Outcome,
		Topic: string(a.Topic), Words: a.Words, Number: a.Number, Peer: a.Peer, FollowUp: a.FollowUp, Next: a.Next, NextOwner: a.NextOwner, NextDue: a.NextDue,
	}
	if a.Direction == casebook.Incoming {
		return c, nil
	}
	if c.Number == "" && a.Channel == casebook.ByPhone && staff != nil && phonePattern.MatchString(staff.Phone) {
		c.Number = staff.Phone
	}
	var err error
	if c.Code, err = code.NewContact(d.Random); err != nil {
		return nil, fmt.Errorf("logging a contact: %w", err)
	}
	return c, nil
}

// nextTask is the row of the worklist for the next step of a contact; nil where there
// is none.
func nextTask(c *casebook.Contact) *casebook.Task {
	if c.Next == "" {
		return nil
	}
	return &casebook.Task{
		Kind: casebook.TaskNext, About: c.ID, Note: c.Note, Reason: "task-next", With: map[string]string{"what": c.Next}, Due: c.NextDue, Owner: c.NextOwner,
	}
}

// contactEntry is what the person reads of it on the registrar's pages. What staff
// wrote of it stays here.
func contactEntry(c *casebook.Contact, staff *casebook.Staff) JournalEntry {
	e := JournalEntry{
		ID: c.ID, Note: c.Note, Party: c.Party, Kind: JournalContact, At: c.At, Channel: string(c.Channel), Direction: string(c.Direction),
		Number: c.Number, Code: string(c.Code), Topic: Topic(c.Topic), FollowUp: c.FollowUp,
	}
	if staff != nil {
		e.Staff, e.Phone, e.Team = staff.Name, staff.Phone, staff.Team
	}
	return e
}
