package casebook

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// DecisionState is what has become of a decision.
type DecisionState string

// The states.
const (
	DecisionWaiting    DecisionState = "waiting"    // it is about to be carried out
	DecisionDone       DecisionState = "done"       // it was
	DecisionProposed   DecisionState = "proposed"   // a person is asked
	DecisionAccepted   DecisionState = "accepted"   // a person said yes
	DecisionDeclined   DecisionState = "declined"   // a person said no
	DecisionOverridden DecisionState = "overridden" // it was carried out, and a person changed it
	DecisionLapsed     DecisionState = "lapsed"     // its reason has gone before it was carried out
)

// Decision is what a rule decided of a note.
type Decision struct {
	ID      string
	Place   int64 // continues a list before this one
	Rule    string
	Version int
	Kind    string
	Note    ledger.NoteID
	About   string // what the same thing is never done twice about
	Day     string
	Body    json.RawMessage // the decision, with the facts that it rests on
	State   DecisionState
	Act     string  // the id of what was done
	Staff   StaffID // whose word settled it; empty where no person's did
	Reason  string
	At      time.Time
	Settled time.Time
}

// AddDecision keeps a decision. added is false where there is one with the id: what
// was decided stays.
func (b *Book) AddDecision(ctx context.Context, d Decision) (added bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		place, err := store.NextPlace(ctx, tx, "decisions")
		if err != nil {
			return err
		}
		n, err := store.Changed(tx.ExecContext(ctx, `INSERT INTO decisions (id, place, rule, version, kind, note, about, day, body, state, act, staff, reason, at, settled)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', '', $11, 0) ON CONFLICT (id) DO NOTHING`,
			d.ID, place, d.Rule, d.Version, d.Kind, string(d.Note), d.About, d.Day, string(d.Body), string(d.State), d.At.Unix()))
		added = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("keeping a decision: %w", err)
	}
	return added, nil
}

// Settling is a decision going from one state to another.
type Settling struct {
	ID     string
	From   DecisionState
	To     DecisionState
	Act    string // stays as it was where it is empty
	Staff  StaffID
	Reason string
	At     time.Time
}

// SettleDecision changes what has become of a decision. settled is false where it is
// not in the state that it should go from.
func (b *Book) SettleDecision(ctx context.Context, s Settling) (settled bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := store.Changed(tx.ExecContext(ctx, `UPDATE decisions SET state = $1, act = CASE WHEN $2 = '' THEN act ELSE $2 END, staff = $3, reason = $4, settled = $5
			WHERE id = $6 AND state = $7`, string(s.To), s.Act, string(s.Staff), s.Reason, s.At.Unix(), s.ID, string(s.From)))
		settled = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("settling a decision: %w", err)
	}
	return settled, nil
}

const selectDecisions = "SELECT id, place, rule, version, kind, note, about, day, body, state, act, staff, reason, at, settled FROM decisions "

func scanDecision(rows *sql.Rows) (d Decision, err error) {
	var at, settled int64
	var body string
	err = rows.Scan(&d.ID, &d.Place, &d.Rule, &d.Version, &d.Kind, &d.Note, &d.About, &d.Day, &body, &d.State, &d.Act, &d.Staff, &d.Reason, &at, &settled)
	d.Body, d.At, d.Settled = json.RawMessage(body), store.InTime(at), store.InTime(settled)
	return d, err
}

// Decision gives a decision, or nil where there is none with the id.
func (b *Book) Decision(ctx context.Context, id string) (*Decision, error) {
	return first(b.decisions(ctx, "WHERE id = $1", id))
}

// DecisionsOf lists what rules decided of a note, the latest first, before a place; 0
// for the first page.
func (b *Book) DecisionsOf(ctx context.Context, note ledger.NoteID, before int64, limit int) ([]Decision, error) {
	return b.decisions(ctx, "WHERE note = $1 AND place < $2 ORDER BY place DESC LIMIT $3", string(note), orLast(before), store.PageLimit(limit))
}

// DecisionsBy lists what a rule decided, the latest first, before a place; 0 for the
// first page.
func (b *Book) DecisionsBy(ctx context.Context, rule string, before int64, limit int) ([]Decision, error) {
	return b.decisions(ctx, "WHERE rule = $1 AND place < $2 ORDER BY place DESC LIMIT $3", rule, orLast(before), store.PageLimit(limit))
}

// Overrides lists what persons changed of what a rule did, the latest first, before a
// place; 0 for the first page.
func (b *Book) Overrides(ctx context.Context, rule string, before int64, limit int) ([]Decision, error) {
	return b.decisions(ctx, "WHERE rule = $1 AND state = 'overridden' AND place < $2 ORDER BY place DESC LIMIT $3", rule, orLast(before), store.PageLimit(limit))
}

// DecisionsIn lists the decisions in a state, the earliest first, after a place; 0 for
// the first page.
func (b *Book) DecisionsIn(ctx context.Context, state DecisionState, after int64, limit int) ([]Decision, error) {
	return b.decisions(ctx, "WHERE state = $1 AND place > $2 ORDER BY place LIMIT $3", string(state), after, store.PageLimit(limit))
}

func (b *Book) decisions(ctx context.Context, where string, args ...any) ([]Decision, error) {
	rows, err := b.Reader().QueryContext(ctx, selectDecisions+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading decisions: %w", err)
	}
	return store.Collect(rows, scanDecision)
}

// Share is how often a rule acted or asked in some time, and how often a person saw
// it otherwise.
type Share struct {
	Rule       string
	Acted      int // carried out, and left so or overridden
	Overridden int // of Acted
	Asked      int // accepted, declined or not answered yet
	Accepted   int // of Asked
	Declined   int // of Asked
}

// OverrideShares counts the decisions of each rule from a time until another.
func (b *Book) OverrideShares(ctx context.Context, from, until time.Time) ([]Share, error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT rule, state, COUNT(*) FROM decisions WHERE at >= $1 AND at < $2 GROUP BY rule, state ORDER BY rule, state LIMIT $3",
		from.Unix(), until.Unix(), store.MaxPage)
	if err != nil {
		return nil, fmt.Errorf("counting what rules decided: %w", err)
	}
	var all []Share
	_, err = store.Collect(rows, func(rows *sql.Rows) (_ struct{}, err error) {
		var rule string
		var state DecisionState
		var n int
		if err = rows.Scan(&rule, &state, &n); err != nil {
			return struct{}{}, err
		}
		if len(all) == 0 || all[len(all)-1].Rule != rule {
			all = append(all, Share{Rule: rule})
		}
		all[len(all)-1].add(state, n)
		return struct{}{}, nil
	})
	return all, err
}

// add counts decisions in a state.
func (s *Share) add(state DecisionState, n int) {
	switch state {
	case DecisionDone:
		s.Acted += n
	case DecisionOverridden:
		s.Acted, s.Overridden = s.Acted+n, s.Overridden+n
	case DecisionProposed:
		s.Asked += n
	case DecisionAccepted:
		s.Asked, s.Accepted = s.Asked+n, s.Accepted+n
	case DecisionDeclined:
		s.Asked, s.Declined = s.Asked+n, s.Declined+n
	}
}
