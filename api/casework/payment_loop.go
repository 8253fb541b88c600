package casework

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	// paymentsAtOnce is how many entries are matched before their payments are sent,
	// and paymentWorkers how many notes are written on at the same time: the ledger
	// takes the commands that wait together in one transaction.
	paymentsAtOnce = 128
	paymentWorkers = 16
	// paymentPause is how often the loop looks for entries, and retryPause how long a
	// payment rests that the ledger has not answered.
	paymentPause = time.Second
	retryPause   = 10 * time.Second
)

// WorkPayments matches the entries of bank files and writes payments on the ledger,
// until ctx ends. What it does is on the disk step by step, so that it may be stopped
// at any time and goes on where it was.
func (d *Desk) WorkPayments(ctx context.Context) {
	tick := time.NewTicker(paymentPause)
	defer tick.Stop()
	for {
		more, err := d.StepPayments(ctx)
		if err != nil && ctx.Err() == nil {
			d.Log.Warn("payments could not be worked off; they are tried again", "error", err)
		}
		if more && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// StepPayments goes one step: it matches the next entries, sends their payments, and
// goes on with those that the ledger has not answered. more says that entries are left.
func (d *Desk) StepPayments(ctx context.Context) (more bool, err error) {
	entries, err := d.Book.BankEntries(ctx, casebook.EntryNew, 0, paymentsAtOnce)
	if err != nil {
		return false, err
	}
	matched := map[ledger.NoteID][]match{}
	for i := range entries {
		a, err := d.matchEntry(ctx, &entries[i])
		if err != nil {
			return false, err
		}
		if a != nil {
			matched[a.Subject()] = append(matched[a.Subject()], match{&entries[i], a})
		}
	}
	if err := d.applyMatches(ctx, slices.Collect(maps.Values(matched))); err != nil {
		return false, err
	}
	if err := d.resume(ctx); err != nil {
		return false, err
	}
	if len(entries) == 0 {
		return false, nil
	}
	return len(entries) == paymentsAtOnce, d.Book.SettleBankFiles(ctx, d.Clock())
}

// match is an entry and what it was found to be.
type match struct {
	entry *casebook.BankEntry
	act   *ApplyPayment
}

// applyMatches writes the payments of several notes at a time, and those of one note one
// after the other: each needs the number after the last.
func (d *Desk) applyMatches(ctx context.Context, notes [][]match) error {
	var all sync.WaitGroup
	var once sync.Mutex
	var first error
	free := make(chan struct{}, paymentWorkers)
	for _, of := range notes {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			for _, m := range of {
				if err := d.applyMatch(ctx, m.entry, m.act); err != nil {
					once.Lock()
					first = err
					once.Unlock()
					return
				}
			}
		})
	}
	all.Wait()
	return first
}

// resume goes on with what was cut short: payments that the ledger has not answered,
// and entries that a crash left between two steps.
func (d *Desk) resume(ctx context.Context) error {
	before := d.Clock().Add(-retryPause)
	parts, err := d.Book.OpenBankParts(ctx, before, paymentsAtOnce)
	if err != nil {
		return err
	}
	for i := range parts {
		p := &parts[i]
		if err := d.resumePart(ctx, p); err != nil {
			return fmt.Errorf("writing part %s of a payment: %w", p.ID, err)
		}
	}
	entries, err := d.Book.BankEntries(ctx, casebook.EntryMatched, 0, paymentsAtOnce)
	if err != nil || len(entries) == 0 {
		return err
	}
	for i := range entries {
		if e := &entries[i]; e.Changed.Before(before) {
			if err := d.resumeEntry(ctx, e); err != nil {
				return err
			}
		}
	}
	return d.Book.SettleBankFiles(ctx, d.Clock())
}

// resumePart goes on with one part. Who asked for its payment to be taken back was told
// that it is under way: a person looks at what the ledger keeps after all.
func (d *Desk) resumePart(ctx context.Context, p *casebook.BankPart) error {
	if p.State != casebook.PartUndoing {
		return d.pay(ctx, p)
	}
	if err := d.payBack(ctx, p); err != nil || p.State != casebook.PartDone {
		return err
	}
	return d.keptByLedger(ctx, p)
}

// resumeEntry settles an entry whose parts have come to an end, and writes down the
// rule's act where a crash came before that.
func (d *Desk) resumeEntry(ctx context.Context, e *casebook.BankEntry) error {
	parts, err := d.Book.PartsOfEntry(ctx, e.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(parts, func(p casebook.BankPart) bool { return p.Act == matchedBy(e.ID) && p.Undo == "" })
	if i >= 0 {
		done, err := d.Book.Act(ctx, parts[i].Act)
		if err != nil {
			return err
		}
		if done == nil {
			return d.applyMatch(ctx, e, &ApplyPayment{Entry: e.ID, Parts: []PaymentPart{{Note: parts[i].Note, Amount: e.Amount}}})
		}
	}
	return d.settle(ctx, e)
}
