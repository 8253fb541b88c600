package casework

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

// approvalTime is within how long a second person is to answer.
const approvalTime = 4 * time.Hour

// Planned is an act that waits for the confirmation of who asks for it.
type Planned struct {
	ID       string
	Act      Act
	Reason   string
	Back     string
	Approval bool // a second person must agree, too
}

// Plan keeps an act until who asks for it has read what will happen, and gives its id.
// back is where the page leads afterwards. What could not be done anyhow is refused now.
func (d *Desk) Plan(ctx context.Context, r Request, back string) (string, error) {
	if _, err := d.allowed(ctx, r); err != nil {
		return "", err
	}
	body, err := json.Marshal(r.Act)
	if err != nil {
		return "", fmt.Errorf("writing down the act %s: %w", r.Act.Name(), err)
	}
	id, err := d.NewID()
	if err != nil {
		return "", err
	}
	return id, d.Book.AddActDraft(ctx, casebook.ActDraft{
		ID: id, Staff: r.Actor.Staff, Name: string(r.Act.Name()), Body: body, Reason: r.Reason, Undoes: r.Undoes, Back: back, Created: d.Clock(),
	})
}

// Planned gives an act that waits for the actor's confirmation; not_found where there
// is none, or its time is over.
func (d *Desk) Planned(ctx context.Context, by Actor, id string) (*Planned, error) {
	p, _, err := d.planned(ctx, by, id)
	return p, err
}

func (d *Desk) planned(ctx context.Context, by Actor, id string) (*Planned, *casebook.ActDraft, error) {
	kept, err := d.Book.ActDraft(ctx, by.Staff, id, d.Clock())
	if err != nil {
		return nil, nil, err
	}
	if kept == nil {
		return nil, nil, ledger.Refuse(ledger.CodeNotFound)
	}
	act, k, err := actOf(kept.Name, kept.Body)
	if err != nil {
		return nil, nil, err
	}
	second, err := k.asksSecond(ctx, d, Request{ID: id, Actor: by, Act: act})
	return &Planned{ID: id, Act: act, Reason: kept.Reason, Back: kept.Back, Approval: second}, kept, err
}

// Confirm does an act that waited for it. Where a second person must agree, waits is
// true and the act waits on for that. Its id stays the same.
func (d *Desk) Confirm(ctx context.Context, by Actor, id string) (p *Planned, waits bool, err error) {
	p, kept, err := d.planned(ctx, by, id)
	if err != nil {
		return nil, false, err
	}
	r := Request{ID: id, Actor: by, Act: p.Act, Reason: p.Reason, Undoes: kept.Undoes}
	switch _, err = d.Do(ctx, r); {
	case errors.Is(err, ErrNeedsApproval):
		if err := d.Ask(ctx, r); err != nil {
			return p, false, err
		}
		waits = true
	case err != nil:
		return p, false, err
	}
	return p, waits, d.Book.DropActDraft(ctx, id)
}

// Ask has an act wait for a second person.
func (d *Desk) Ask(ctx context.Context, r Request) error {
	body, err := json.Marshal(r.Act)
	if err != nil {
		return fmt.Errorf("writing down the act %s: %w", r.Act.Name(), err)
	}
	err = d.Book.AddApproval(ctx, casebook.Approval{
		ID: r.ID, Name: string(r.Act.Name()), Note: r.Act.Subject(), Body: body, Reason: r.Reason, Undoes: r.Undoes, Asked: r.Actor.Staff, Created: d.Clock(),
	})
	if err != nil {
		return err
	}
	_, err = d.Book.AddTask(ctx, casebook.Task{
		Kind: casebook.TaskApproval, About: r.ID, Note: r.Act.Subject(), Reason: "task.why.approval", With: map[string]string{"name": r.Actor.Name},
		Due: d.Clock().Add(approvalTime),
	}, d.Clock())
	return err
}

// Asked is an act that waits for a second person, or what that person said.
type Asked struct {
	casebook.Approval
	Act Act
}

// Asked gives what a second person was asked; not_found where nobody was.
func (d *Desk) Asked(ctx context.Context, id string) (*Asked, error) {
	kept, err := d.Book.Approval(ctx, id)
	if err != nil {
		return nil, err
	}
	if kept == nil {
		return nil, ledger.Refuse(ledger.CodeNotFound)
	}
	act, _, err := actOf(kept.Name, kept.Body)
	return &Asked{*kept, act}, err
}

// MayDecide says whether the actor may agree to an act: another person than who asked,
// trusted with the act itself, and with more than working cases.
func (d *Desk) MayDecide(by Actor, a *Asked) bool {
	k, known := kinds[a.Act.Name()]
	return known && by.Staff != "" && by.Staff != a.Approval.Asked && k.permits(by) && by.Is(Lead, Finance)
}

// Decide says what a second person says of an act, which is done at once where they
// agree. Who asked may withdraw it, and nothing else.
func (d *Desk) Decide(ctx context.Context, by Actor, id string, verdict casebook.Verdict, words string) error {
	// What one person refuses is not done at the same moment on the word of another.
	if err := d.turns.take(ctx, id); err != nil {
		return err
	}
	defer d.turns.give(id)
	a, err := d.Asked(ctx, id)
	if err != nil {
		return err
	}
	own := verdict == casebook.Withdrawn && by.Staff == a.Approval.Asked
	if !own && (verdict == casebook.Withdrawn || !d.MayDecide(by, a)) {
		return ledger.Refuse(ledger.CodeRoleForbidden, "op", a.Name)
	}
	if !a.Decided.IsZero() {
		return ledger.Refuse(ledger.CodeNotFound)
	}
	if verdict == casebook.Agreed {
		asked, err := d.Staff(ctx, a.Approval.Asked)
		if err != nil {
			return err
		}
		if !asked.Disabled.IsZero() {
			return ledger.Refuse(ledger.CodeRoleForbidden, "op", a.Name)
		}
		r := Request{ID: id, Actor: ActorOf(asked), Act: a.Act, Reason: a.Reason, Undoes: a.Undoes, Approved: by.Staff}
		if _, err := d.Do(ctx, r); err != nil {
			return err
		}
	}
	if _, err := d.Book.Decide(ctx, id, verdict, by.Staff, words, d.Clock()); err != nil {
		return err
	}
	_, err = d.Book.DropTask(ctx, casebook.TaskID(casebook.TaskApproval, id), string(verdict), d.Clock())
	return err
}

// UndoOf gives what takes an act back, to be done like any other act; not_found where
// nothing can, or somebody has.
func (d *Desk) UndoOf(ctx context.Context, id string) (Request, error) {
	kept, err := d.Book.Act(ctx, id)
	if err != nil {
		return Request{}, err
	}
	if kept == nil || kept.UndoName == "" {
		return Request{}, ledger.Refuse(ledger.CodeNotFound)
	}
	undone, err := d.Book.Undone(ctx, id)
	if err != nil {
		return Request{}, err
	}
	if undone {
		return Request{}, ledger.Refuse(ledger.CodeNotFound)
	}
	act, _, err := actOf(kept.UndoName, kept.UndoBody)
	return Request{Act: act, Undoes: id}, err
}

// actOf reads an act that was written down.
func actOf(name string, body json.RawMessage) (Act, kind, error) {
	k, known := kinds[ActName(name)]
	if !known {
		return nil, k, fmt.Errorf("reading an act: there is none called %s", name)
	}
	act := k.make()
	if err := json.Unmarshal(body, act); err != nil {
		return nil, k, fmt.Errorf("reading the act %s: %w", name, err)
	}
	return act, k, nil
}

// NewID draws an id.
func (d *Desk) NewID() (string, error) {
	id, err := uuid.NewRandomFromReader(d.Random)
	if err != nil {
		return "", fmt.Errorf("drawing an id: %w", err)
	}
	return id.String(), nil
}
