package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// What one member of staff may take off a debt alone. Beyond it a second person agrees,
// whichever act it is: a payment that nobody made is a write-off by another name.

// aloneTime is how far back what one person alone took off a note counts together: a
// waiver that is cut into pieces is one waiver.
const aloneTime = 30 * 24 * time.Hour

// Acts that take something off a note, by what they are counted with.
var (
	waivers  = []ActName{ActName(ledger.OpRelief), NameOverride}
	bookings = []ActName{ActName(ledger.OpPay), ActName(ledger.OpSetoff)}
)

// always says that two people are needed whatever the act is.
func always(context.Context, *Desk, Request) (bool, error) { return true, nil }

// waivesMuch says that a relief, or an override that is one, is of more than one person
// may decide. Without an amount it is of everything, however much that is.
func waivesMuch(ctx context.Context, d *Desk, r Request) (bool, error) {
	if o, is := r.Act.(*Override); is && !o.takesOff() {
		kept, err := d.Book.Decision(ctx, o.Decision)
		if err != nil || kept == nil {
			return false, err // Check says that there is none
		}
		return correctsMuch(ctx, d, Request{Act: correctionOf(kept)})
	}
	off, free := takenOff(r.Act)
	if off == nil {
		return true, nil
	}
	later, known, err := d.lateUntil(ctx, r.Act.Subject(), free)
	if err != nil || !known {
		return true, err
	}
	return d.overLimit(ctx, r, off.Amount+later, waivers)
}

// lateUntil gives the late interest that would run from today to a day if nothing were
// paid and no relief stood against it. It is not known where a rate of that time is not.
func (d *Desk) lateUntil(ctx context.Context, note ledger.NoteID, day finance.Date) (late finance.Amount, known bool, err error) {
	today := finance.DateOf(d.Clock())
	if !day.After(today) {
		return 0, true, nil
	}
	n, err := d.Book.Note(ctx, note)
	if err != nil || n == nil {
		return 0, false, err
	}
	unrelieved := *n.State
	unrelieved.LateFree = nil
	now, err := ledger.Summarize(&unrelieved, n.Holder, today)
	if err != nil {
		return 0, false, fmt.Errorf("counting late interest: %w", err)
	}
	then, err := ledger.Summarize(&unrelieved, n.Holder, day.AddDays(1))
	if err != nil {
		return 0, false, fmt.Errorf("counting late interest to come: %w", err)
	}
	return then.Owed.LateInterest - now.Owed.LateInterest, len(then.Missing) == 0, nil
}

// booksMuch says that a payment is booked by hand for more than who books it may: who
// has the bank's files answers for what came in.
func booksMuch(ctx context.Context, d *Desk, r Request) (bool, error) {
	if r.Actor.Is(Finance) {
		return false, nil
	}
	return netsMuch(ctx, d, r)
}

// netsMuch says that what is set off is more than one person may decide.
func netsMuch(ctx context.Context, d *Desk, r Request) (bool, error) {
	off, _ := takenOff(r.Act)
	if off == nil {
		return true, nil
	}
	return d.overLimit(ctx, r, off.Amount, bookings)
}

// overLimit says whether an amount, with what single persons took off the same note of
// late, is over the limit.
func (d *Desk) overLimit(ctx context.Context, r Request, amount finance.Amount, with []ActName) (bool, error) {
	limit := max(0, d.Limits.Waiver)
	if amount > limit {
		return true, nil
	}
	since := d.Clock().Add(-aloneTime)
	for _, name := range with {
		all, more, err := d.Book.Acts(ctx, casebook.ActQuery{Note: r.Act.Subject(), Name: string(name), From: since, Limit: store.MaxPage})
		if err != nil || more { // so many are no everyday work
			return true, err
		}
		for i := range all {
			if all[i].ID == r.ID || all[i].Staff == "" || all[i].Approved != "" {
				continue
			}
			var act Act = new(OnLedger)
			if name == NameOverride {
				act = new(Override)
			}
			if err := json.Unmarshal(all[i].Body, act); err != nil {
				return true, fmt.Errorf("reading the act %s: %w", name, err)
			}
			if off, _ := takenOff(act); off != nil {
				amount += off.Amount
			}
		}
		if amount > limit {
			return true, nil
		}
	}
	return false, nil
}

// takenOff gives what an act takes off a note, nil where it does not say how much, and
// until when no late interest runs.
func takenOff(a Act) (off *finance.Money, free finance.Date) {
	if o, is := a.(*Override); is {
		return o.Amount, o.FreeUntil
	}
	on, is := a.(*OnLedger)
	if !is {
		return nil, free
	}
	var b struct {
		Amount        *finance.Money `json:"amount"`
		LateFreeUntil finance.Date   `json:"late_free_until"`
	}
	if json.Unmarshal(on.Body, &b) != nil {
		return nil, free
	}
	return b.Amount, b.LateFreeUntil
}

// sparesMuch says that an amendment spares the borrower more than one person may decide:
// it costs so much less than the same one at the rate that was signed.
func sparesMuch(ctx context.Context, d *Desk, r Request) (bool, error) {
	on, is := r.Act.(*OnLedger)
	var b struct {
		Amendment ledger.Amendment `json:"amendment"`
	}
	if !is || json.Unmarshal(on.Body, &b) != nil {
		return true, nil
	}
	m := b.Amendment
	if !m.Free && m.Rate == (finance.Rate{}) {
		return false, nil
	}
	n, err := d.Book.Note(ctx, on.Note)
	if err != nil || n == nil {
		return true, err
	}
	today := finance.DateOf(d.Clock())
	is, err = spares(n, m, today, max(0, d.Limits.Waiver))
	if _, refused := asRefusal(err); refused {
		return true, nil // Check says what of it cannot be
	}
	return is, err
}

func spares(n *store.Note, m ledger.Amendment, today finance.Date, limit finance.Amount) (bool, error) {
	with, err := ledger.Preview(n.State, n.Holder, m, today)
	if err != nil {
		return false, err
	}
	m.Free, m.Rate = false, n.State.Terms.Rate
	without, err := ledger.Preview(n.State, n.Holder, m, today)
	return without.Total-with.Total > limit, err
}

// turns lets acts that may need a second person take place one after the other on a
// note, and so the words of second persons on one act: of several at the same moment
// each counts those before. Its zero value is ready.
type turns struct {
	mu    sync.Mutex
	taken map[string]chan struct{} // closed when the turn is given back
}

// take waits for the turn. It is to be given back.
func (t *turns) take(ctx context.Context, of string) error {
	for {
		t.mu.Lock()
		before, taken := t.taken[of]
		if !taken {
			if t.taken == nil {
				t.taken = map[string]chan struct{}{}
			}
			t.taken[of] = make(chan struct{})
		}
		t.mu.Unlock()
		if !taken {
			return nil
		}
		select {
		case <-before:
		case <-ctx.Done():
			return fmt.Errorf("waiting for another act on %s: %w", of, ctx.Err())
		}
	}
}

func (t *turns) give(of string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.taken[of])
	delete(t.taken, of)
}
