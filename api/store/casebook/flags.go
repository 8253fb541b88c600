package casebook

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// FlagKind says why somebody needs to be met with care.
type FlagKind string

// The kinds of flag.
const (
	FlagIllness     FlagKind = "illness"
	FlagBereavement FlagKind = "bereavement" // death in the family
	FlagLanguage    FlagKind = "language"    // we do not speak theirs
	FlagFraud       FlagKind = "fraud"       // somebody has used their name
	FlagOther       FlagKind = "other"
)

// FlagKinds lists all kinds of flag.
func FlagKinds() []FlagKind {
	return []FlagKind{FlagIllness, FlagBereavement, FlagLanguage, FlagFraud, FlagOther}
}

// FlagBasis is the lawful ground on which a flag is kept (Regulation (EU) 2016/679,
// art. 6 and, of what tells of somebody's health, art. 9).
type FlagBasis string

// The lawful grounds.
const (
	BasisConsent  FlagBasis = "consent"  // art. 6.1 a and 9.2 a: the person has said yes to just this
	BasisVital    FlagBasis = "vital"    // art. 6.1 d and 9.2 c: life is in danger, and the person cannot say yes
	BasisClaims   FlagBasis = "claims"   // art. 6.1 f and 9.2 f: it decides what may be claimed
	BasisInterest FlagBasis = "interest" // art. 6.1 f: good collection practice asks for it, and it tells nothing of health
)

// FlagBases lists all lawful grounds.
func FlagBases() []FlagBasis {
	return []FlagBasis{BasisConsent, BasisVital, BasisClaims, BasisInterest}
}

// Flag is a mark that a person of a case needs to be met with care. While it stands,
// nothing happens by itself.
type Flag struct {
	ID       string
	Place    int64
	Note     ledger.NoteID
	Party    ledger.PartyID // whom it concerns; every borrower where it is empty
	Kind     FlagKind
	Basis    FlagBasis
	Words    string  // how the person said yes, or what the ground rests on; nothing of an illness itself
	Keeper   StaffID // who has taken over
	Raised   time.Time
	RaisedBy StaffID
	Until    finance.Date // its last day
	Lifted   time.Time
	LiftedBy StaffID
}

// Stands says whether it is in force on a day.
func (f *Flag) Stands(on finance.Date) bool { return f.Lifted.IsZero() && !f.Until.Before(on) }

const flagColumns = "id, place, note, party, kind, basis, words, keeper, raised, raised_by, until, lifted, lifted_by"

func scanFlag(rows *sql.Rows) (f Flag, err error) {
	var raised, lifted int64
	var until string
	if err := rows.Scan(&f.ID, &f.Place, &f.Note, &f.Party, &f.Kind, &f.Basis, &f.Words, &f.Keeper, &raised, &f.RaisedBy, &until, &lifted, &f.LiftedBy); err != nil {
		return f, err
	}
	f.Raised, f.Lifted = store.InTime(raised), store.InTime(lifted)
	f.Until, err = finance.ParseDate(until)
	return f, err
}

// AddFlag keeps a flag, and puts its end on the worklist in the same breath. One that
// is there already stays as it is.
func (b *Book) AddFlag(ctx context.Context, f Flag, end Task) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		place, err := store.NextPlace(ctx, tx, "flags")
		if err != nil {
			return err
		}
		if _, err := addTask(ctx, tx, end, f.Raised); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO flags (id, place, note, party, kind, basis, words, keeper, raised, raised_by, until, lifted, lifted_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, '') ON CONFLICT (id) DO NOTHING`,
			f.ID, place, string(f.Note), string(f.Party), string(f.Kind), string(f.Basis), f.Words, string(f.Keeper), f.Raised.Unix(), string(f.RaisedBy), f.Until.String())
		return err
	})
	if err != nil {
		return fmt.Errorf("flagging note %s: %w", f.Note, err)
	}
	return nil
}

// LiftFlag ends a flag and its task. lifted is false where it was lifted before.
func (b *Book) LiftFlag(ctx context.Context, id string, by StaffID, now time.Time) (lifted bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := store.Changed(tx.ExecContext(ctx, "UPDATE flags SET lifted = $1, lifted_by = $2 WHERE id = $3 AND lifted = 0", now.Unix(), string(by), id))
		if lifted = n == 1; err != nil || !lifted {
			return err
		}
		_, err = tx.ExecContext(ctx, endTask, string(TaskDropped), now.Unix(), "", "", TaskID(TaskFlag, id))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("lifting a flag: %w", err)
	}
	return lifted, nil
}

// RestoreFlag takes back that a flag was lifted. restored is false where it was not.
func (b *Book) RestoreFlag(ctx context.Context, id string) (restored bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := store.Changed(tx.ExecContext(ctx, "UPDATE flags SET lifted = 0, lifted_by = '' WHERE id = $1 AND lifted > 0", id))
		if restored = n == 1; err != nil || !restored {
			return err
		}
		_, err = tx.ExecContext(ctx, reopenTask, string(TaskOpen), string(TaskTaken), TaskID(TaskFlag, id))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("restoring a flag: %w", err)
	}
	return restored, nil
}

// Flag gives a flag, or nil where there is none with the id.
func (b *Book) Flag(ctx context.Context, id string) (*Flag, error) {
	return first(b.flags(ctx, "WHERE id = $1", id))
}

// FlagsOf gives the latest flags of a note, those that have ended too, the latest
// first.
func (b *Book) FlagsOf(ctx context.Context, note ledger.NoteID) ([]Flag, error) {
	return b.flags(ctx, "WHERE note = $1 ORDER BY place DESC LIMIT $2", string(note), maxOfNote)
}

// Flags lists the flags that stand on a day, the one that ends first first. after is
// the last one of the page before, nil for the first page.
func (b *Book) Flags(ctx context.Context, on finance.Date, after *Flag, limit int) (page []Flag, more bool, err error) {
	until, place := on.String(), int64(0)
	if after != nil {
		until, place = after.Until.String(), after.Place
	}
	limit = store.PageLimit(limit)
	page, err = b.flags(ctx, "WHERE lifted = 0 AND (until, place) > ($1, $2) ORDER BY until, place LIMIT $3", until, place, limit+1)
	page, more = store.Cut(page, limit)
	return page, more, err
}

func (b *Book) flags(ctx context.Context, where string, args ...any) ([]Flag, error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT "+flagColumns+" FROM flags "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading flags: %w", err)
	}
	return store.Collect(rows, scanFlag)
}
