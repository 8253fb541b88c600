package casework

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"

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
	Key   ledger.Key
	Clock func() time.Time
	// Random must be safe for concurrent use.
	Random io.Reader
	Log    *slog.Logger
	Limits Limits
}

// Limits are the amounts above which a second person must agree, in minor units of
// the note's currency.
type Limits struct {
	Waiver finance.Amount // of fees and interest
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

// Do does an act, if the table of acts lets the actor: it may be refused
// (*ledger.Error), or wait for a second person (ErrNeedsApproval).
func (d *Desk) Do(ctx context.Context, r Request) (Done, error) {
	k, known := kinds[r.Act.Name()]
	switch {
	case !known || !k.permits(r.Actor):
		return Done{}, ledger.Refuse(ledger.CodeRoleForbidden, "op", string(r.Act.Name()))
	case k.reason && r.Reason == "":
		return Done{}, ledger.Refuse(ledger.CodeBodyInvalid, "field", "reason", "want", "why, in words")
	}
	if err := r.Act.Check(ctx, d); err != nil {
		return Done{}, err
	}
	if k.approval != nil && k.approval(d, r.Act) {
		switch r.Approved {
		case "":
			return Done{}, ErrNeedsApproval
		case r.Actor.Staff:
			return Done{}, ledger.Refuse(ledger.CodeRoleForbidden, "op", string(r.Act.Name()))
		}
	}
	if r.ID == "" {
		id, err := uuid.NewRandomFromReader(d.Random)
		if err != nil {
			return Done{}, fmt.Errorf("drawing an act's id: %w", err)
		}
		r.ID = id.String()
	}
	effect, err := r.Act.Do(ctx, d, Doing{ID: r.ID, Actor: r.Actor, Reason: r.Reason, Approved: r.Approved})
	if err != nil {
		return Done{}, err
	}
	body, err := json.Marshal(r.Act)
	if err != nil {
		return Done{}, fmt.Errorf("writing down the act %s: %w", r.Act.Name(), err)
	}
	err = d.Book.AddAct(ctx, casebook.Act{
		ID: r.ID, Name: string(r.Act.Name()), Note: r.Act.Subject(), Staff: r.Actor.Staff, Rule: r.Actor.Rule, Reason: r.Reason,
		Approved: r.Approved, Undoes: r.Undoes, Command: effect.Command, Body: body, At: d.Clock(),
	})
	return Done{ID: r.ID, Effect: effect}, err
}
