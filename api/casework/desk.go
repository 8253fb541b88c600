package casework

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Desk is where acts are done. It may be used by many callers at a time.
type Desk struct {
	Service ledger.Service
	Book    *casebook.Book
	// Party is the company, and Key signs for it on the ledger.
	Party ledger.PartyID
	Key   crypto.Signer
	Clock func() time.Time
	// Random must be safe for concurrent use.
	Random io.Reader
	Log    *slog.Logger
	Limits Limits
	// Unlinked says that no registrar is configured, so that nothing is told to persons.
	Unlinked bool
	Letters  Letters

	turns turns
}

// Limits are the amounts above which a second person must agree, in minor units of
// the note's currency.
type Limits struct {
	// Waiver is of what single persons take off a note within a month: fees and interest
	// and, counted for themselves, payments booked by hand and set-offs; and of the
	// interest that one plan spares.
	Waiver finance.Amount
}

// Request is an act that somebody wants done.
type Request struct {
	ID       string // a UUID; a repeat with the same id has no second effect. Drawn where empty
	Actor    Actor
	Act      Act
	Reason   string
	Approved casebook.StaffID // who agreed, where a second person must
	Undoes   string           // the act that it takes back, if any
}

// Done is an act that was done.
type Done struct {
	ID     string
	Effect Effect
}

// ErrNeedsApproval says that a second person must agree before the act is done.
var ErrNeedsApproval = errors.New("a second person must agree")

// allowed gives the row of an act that the actor may do just now; a refusal
// (*ledger.Error) otherwise. What needs a second person may be among them.
func (d *Desk) allowed(ctx context.Context, r Request) (kind, error) {
	k, known := kinds[r.Act.Name()]
	switch {
	case !known || !k.permits(r.Actor) || k.keeps != nil && k.keeps(r.Actor, r.Act):
		return k, ledger.Refuse(ledger.CodeRoleForbidden, "op", string(r.Act.Name()))
	case k.reason && strings.TrimSpace(r.Reason) == "":
		return k, ledger.Refuse(ledger.CodeBodyInvalid, "field", "reason", "want", "why, in words")
	}
	return k, r.Act.Check(ctx, d)
}

// Do does an act, if the table of acts lets the actor: it may be refused
// (*ledger.Error), or wait for a second person (ErrNeedsApproval). An act whose id was
// done before is not done again.
func (d *Desk) Do(ctx context.Context, r Request) (Done, error) {
	if r.ID != "" {
		if before, err := d.Book.Act(ctx, r.ID); err != nil || before != nil && !before.UnderWay {
			return Done{ID: r.ID}, err
		}
	}
	k, err := d.allowed(ctx, r)
	if err != nil {
		return Done{}, err
	}
	if note := string(r.Act.Subject()); k.approval != nil && note != "" {
		if err := d.turns.take(ctx, note); err != nil {
			return Done{}, err
		}
		defer d.turns.give(note)
	}
	second, err := k.asksSecond(ctx, d, r)
	if err != nil {
		return Done{}, err
	}
	if second {
		switch r.Approved {
		case "":
			return Done{}, ErrNeedsApproval
		case r.Actor.Staff:
			return Done{}, ledger.Refuse(ledger.CodeRoleForbidden, "op", string(r.Act.Name()))
		}
	}
	if r.ID == "" {
		if r.ID, err = d.NewID(); err != nil {
			return Done{}, err
		}
	}
	by := Doing{ID: r.ID, Actor: r.Actor, Reason: r.Reason, Approved: r.Approved}
	if err := d.begin(ctx, r, by); err != nil {
		return Done{}, err
	}
	effect, err := r.Act.Do(ctx, d, by)
	if err != nil {
		return Done{}, errors.Join(err, d.Book.DropAct(context.WithoutCancel(ctx), r.ID))
	}
	return Done{ID: r.ID, Effect: effect}, d.record(ctx, r, effect, false)
}

// begin writes down an act on the ledger before its command goes there. Who did it and
// why is then known also where the program ends before it can say that it is done; only
// the way back is not.
func (d *Desk) begin(ctx context.Context, r Request, by Doing) error {
	on, is := r.Act.(*OnLedger)
	if !is {
		return nil
	}
	id, err := commandID(by, on.Op, on.Note)
	if err != nil {
		return err
	}
	return d.record(ctx, r, Effect{Command: id}, true)
}

// record writes down what was done, or is under way.
func (d *Desk) record(ctx context.Context, r Request, effect Effect, underWay bool) error {
	body, err := json.Marshal(r.Act)
	if err != nil {
		return fmt.Errorf("writing down the act %s: %w", r.Act.Name(), err)
	}
	done := casebook.Act{
		ID: r.ID, Name: string(r.Act.Name()), Note: r.Act.Subject(), Staff: r.Actor.Staff, Rule: r.Actor.Rule, Reason: r.Reason,
		Approved: r.Approved, Undoes: r.Undoes, Command: effect.Command, Unsettled: effect.Unsettled, UnderWay: underWay, Body: body, At: d.Clock(),
	}
	if effect.Undo != nil {
		done.UndoName = string(effect.Undo.Name())
		if done.UndoBody, err = json.Marshal(effect.Undo); err != nil {
			return fmt.Errorf("writing down what takes the act %s back: %w", r.Act.Name(), err)
		}
	}
	return d.Book.AddAct(ctx, done)
}
