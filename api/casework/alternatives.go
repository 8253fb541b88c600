package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/skuld-registry/skuld/ledger"
)

// NameAlternatives names the act that writes down which milder ways were considered.
const NameAlternatives ActName = "alternatives.consider"

// Alternative is a milder way than demanding all of a debt (2010:1846 par. 20 d).
type Alternative string

// The alternatives, in the order in which they are asked for.
const (
	AlternativePlan      Alternative = "plan"
	AlternativePause     Alternative = "pause"
	AlternativeRate      Alternative = "rate"
	AlternativeForgive   Alternative = "forgive"
	AlternativeCounselor Alternative = "counselor" // the municipality's budget and debt adviser
)

// AllAlternatives lists them.
func AllAlternatives() []Alternative {
	return []Alternative{AlternativePlan, AlternativePause, AlternativeRate, AlternativeForgive, AlternativeCounselor}
}

// Considered is what was thought of an alternative.
type Considered struct {
	Offered bool   `json:"offered"`
	Why     string `json:"why"` // or why not
}

// Alternatives writes down which milder ways were considered, and why each was
// offered or not.
type Alternatives struct {
	Note       ledger.NoteID              `json:"note"`
	Considered map[Alternative]Considered `json:"considered"`
}

// maxWhyRunes bounds a reason of one alternative.
const maxWhyRunes = 500

// Name names the act.
func (*Alternatives) Name() ActName { return NameAlternatives }

// Subject is the note.
func (a *Alternatives) Subject() ledger.NoteID { return a.Note }

// Check says whether each alternative has its reason.
func (a *Alternatives) Check(ctx context.Context, d *Desk) error {
	for _, way := range AllAlternatives() {
		if n := utf8.RuneCountInString(a.Considered[way].Why); n == 0 || n > maxWhyRunes {
			return ledger.Refuse(ledger.CodeBodyInvalid, "field", string(way), "want", fmt.Sprintf("why, in at most %d characters", maxWhyRunes))
		}
	}
	if len(a.Considered) != len(AllAlternatives()) {
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", "considered", "want", "each alternative once")
	}
	_, err := d.caseOf(ctx, a.Note)
	return err
}

// Describe says what it is written down for.
func (*Alternatives) Describe() []Saying { return one("act.alternatives.says") }

// Do has no effect but that it is kept who considered what.
func (*Alternatives) Do(context.Context, *Desk, Doing) (Effect, error) { return Effect{}, nil }

const (
	// consideredLife is how long milder ways count as considered: things change.
	consideredLife = 60 * 24 * time.Hour
	// maxLookedBack is how many of the latest acts on a note are looked through.
	maxLookedBack = 100
)

// LastAlternatives gives the latest alternatives that were considered for a note and
// still count; nil where there are none.
func (d *Desk) LastAlternatives(ctx context.Context, note ledger.NoteID) (*Alternatives, error) {
	acts, err := d.Book.ActsOf(ctx, note, 0, maxLookedBack)
	if err != nil {
		return nil, err
	}
	for _, act := range acts {
		if act.Name != string(NameAlternatives) || act.At.Before(d.Clock().Add(-consideredLife)) {
			continue
		}
		a := new(Alternatives)
		if err := json.Unmarshal(act.Body, a); err != nil {
			return nil, fmt.Errorf("reading the alternatives that were considered: %w", err)
		}
		return a, nil
	}
	return nil, nil
}

// alternativesFirst refuses to demand all of a consumer's debt before milder ways
// were considered.
func alternativesFirst(ctx context.Context, d *Desk, a *OnLedger) error {
	n, err := d.Book.Note(ctx, a.Note)
	if err != nil || n == nil || !n.State.Terms.Consumer {
		return err
	}
	if slices.Contains(n.State.BorrowerIDs(), d.Party) {
		return nil // its own debt; the rules of the ledger refuse it
	}
	last, err := d.LastAlternatives(ctx, a.Note)
	if err == nil && last == nil {
		err = ledger.Refuse(ledger.CodeAlternatives)
	}
	return err
}
