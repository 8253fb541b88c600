package casework

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
)

// The acts of looking into what is offered.
const (
	NameCheckOffers ActName = "offer.check"
	NameStopOffers  ActName = "offer.stop"
)

// CheckOffers has the evidence of offered notes verified, one after the other, while
// whoever asked does something else.
type CheckOffers struct {
	Notes []ledger.NoteID `json:"notes"`
}

// Name names the act.
func (*CheckOffers) Name() ActName { return NameCheckOffers }

// Subject is no note, since there are many.
func (*CheckOffers) Subject() ledger.NoteID { return "" }

// Check bounds the notes of one act.
func (a *CheckOffers) Check(context.Context, *Desk) error { return dealt(a.Notes) }

// Describe says how many notes there are.
func (a *CheckOffers) Describe() []Saying { return one("act.offer.check.says", "n", len(a.Notes)) }

// Do asks for it. A note that is not offered any more is left out.
func (a *CheckOffers) Do(ctx context.Context, d *Desk, _ Doing) (Effect, error) {
	var all []casebook.OfferCheck
	for _, id := range a.Notes {
		n, err := d.Book.Note(ctx, id)
		if err != nil {
			return Effect{}, err
		}
		if n != nil && n.State.Pending != nil && n.State.Pending.To == d.Party {
			all = append(all, casebook.OfferCheck{Note: id, Transfer: n.State.Pending.ID})
		}
	}
	return Effect{}, d.Book.AskOfferChecks(ctx, all, d.Clock())
}

// StopOffers ends the verifying of what was not looked at yet.
type StopOffers struct {
	Notes []ledger.NoteID `json:"notes"`
}

// Name names the act.
func (*StopOffers) Name() ActName { return NameStopOffers }

// Subject is no note, since there are many.
func (*StopOffers) Subject() ledger.NoteID { return "" }

// Check bounds the notes of one act.
func (a *StopOffers) Check(context.Context, *Desk) error { return dealt(a.Notes) }

// Describe says what stays.
func (*StopOffers) Describe() []Saying { return one("act.offer.stop.says") }

// Do stops it.
func (a *StopOffers) Do(ctx context.Context, d *Desk, _ Doing) (Effect, error) {
	return Effect{}, d.Book.StopOfferChecks(ctx, a.Notes)
}

// Limits of verifying what is offered.
const (
	offerPause = 2 * time.Second  // between two looks at what waits
	offerBatch = 50               // notes of a round
	offerTime  = 30 * time.Second // for one note
)

// VerifyOffers verifies the evidence of offered notes for which somebody has asked,
// until ctx ends. What was verified is kept, and what waits goes on after a crash.
func (d *Desk) VerifyOffers(ctx context.Context) {
	for tick := time.NewTicker(offerPause); ; {
		if err := d.VerifyOffersOnce(ctx); err != nil && ctx.Err() == nil {
			d.Log.Warn("the evidence of offered notes is not verified; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
	}
}

// VerifyOffersOnce is one round of VerifyOffers. It ends at the first note that cannot
// be asked about just now, which stays in its place.
func (d *Desk) VerifyOffersOnce(ctx context.Context) error {
	waiting, err := d.Book.WaitingOfferChecks(ctx, offerBatch)
	if err != nil {
		return err
	}
	for _, c := range waiting {
		if err := d.verifyOffer(ctx, &c); err != nil {
			return fmt.Errorf("verifying the evidence of note %s: %w", c.Note, err)
		}
		if err := d.Book.SettleOfferCheck(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// verifyOffer gathers the evidence of an offered note, which verifies all of it: each
// signature, each rule, and what peers of two organisations say of it just now.
func (d *Desk) verifyOffer(ctx context.Context, c *casebook.OfferCheck) error {
	ctx, cancel := context.WithTimeout(ctx, offerTime)
	defer cancel()
	_, err := evidence.Gather(ctx, d.Service, evidence.Request{Note: c.Note})
	c.State, c.Ended = casebook.OfferGenuine, d.Clock()
	if err == nil {
		return nil
	}
	var says func(ledger.Language) string
	if found, is := errors.AsType[*evidence.Finding](err); is {
		says = found.Text
	} else if refusal, is := errors.AsType[*ledger.Error](err); is && !refusal.Retryable() {
		says = refusal.Text
	} else {
		return err
	}
	d.Log.Warn("the evidence of an offered note does not hold", slog.String("note", string(c.Note)), slog.String("error", err.Error()))
	c.State, c.Words = casebook.OfferFault, map[ledger.Language]string{}
	for _, language := range []ledger.Language{ledger.Swedish, ledger.Danish, ledger.English} {
		c.Words[language] = says(language)
	}
	return nil
}

// dealt bounds the notes of one act.
func dealt(notes []ledger.NoteID) error {
	if len(notes) == 0 || len(notes) > MaxDeal {
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", "notes", "want", fmt.Sprintf("1 to %d notes", MaxDeal))
	}
	return nil
}
