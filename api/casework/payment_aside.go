package casework

import (
	"context"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

// IgnoreEntry puts an entry aside that is nothing to any note.
type IgnoreEntry struct {
	Entry string `json:"entry"`
}

// Name names the act.
func (*IgnoreEntry) Name() ActName { return NameIgnoreEntry }

// Subject is no note.
func (*IgnoreEntry) Subject() ledger.NoteID { return "" }

// Check says whether nobody has decided about it.
func (a *IgnoreEntry) Check(ctx context.Context, d *Desk) error {
	return d.inState(ctx, a.Entry, casebook.EntryUnmatched)
}

// Describe says what happens.
func (*IgnoreEntry) Describe() []Saying { return one("act.payment.ignore.says") }

// Do puts it aside.
func (a *IgnoreEntry) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	changed, err := d.Book.SetBankEntry(ctx, a.Entry, casebook.EntryIgnored, by.Reason, d.Clock(), casebook.EntryUnmatched)
	if err == nil && !changed {
		err = ledger.Refuse(ledger.CodeConflict)
	}
	if err != nil {
		return Effect{}, err
	}
	return Effect{Undo: &RestoreEntry{Entry: a.Entry}}, d.endPaymentTask(ctx, a.Entry)
}

// RestoreEntry takes an entry up again that was put aside.
type RestoreEntry struct {
	Entry string `json:"entry"`
}

// Name names the act.
func (*RestoreEntry) Name() ActName { return NameRestoreEntry }

// Subject is no note.
func (*RestoreEntry) Subject() ledger.NoteID { return "" }

// Check says whether it was put aside.
func (a *RestoreEntry) Check(ctx context.Context, d *Desk) error {
	return d.inState(ctx, a.Entry, casebook.EntryIgnored)
}

// Describe says what happens.
func (*RestoreEntry) Describe() []Saying { return one("act.payment.restore.says") }

// Do takes it up again.
func (a *RestoreEntry) Do(ctx context.Context, d *Desk, _ Doing) (Effect, error) {
	e, err := d.entry(ctx, a.Entry)
	if err != nil {
		return Effect{}, err
	}
	changed, err := d.Book.SetBankEntry(ctx, a.Entry, casebook.EntryUnmatched, whyUnknown, d.Clock(), casebook.EntryIgnored)
	if err == nil && !changed {
		err = ledger.Refuse(ledger.CodeConflict)
	}
	if err != nil {
		return Effect{}, err
	}
	return Effect{Undo: &IgnoreEntry{Entry: a.Entry}}, d.addPaymentTask(ctx, e)
}

// inState refuses an entry that is in another state.
func (d *Desk) inState(ctx context.Context, id string, state casebook.BankEntryState) error {
	e, err := d.entry(ctx, id)
	if err == nil && e.State != state {
		err = ledger.Refuse(ledger.CodeConflict)
	}
	return err
}
