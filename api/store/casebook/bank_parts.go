package casebook

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// BankPartKind says what a part of an entry is.
type BankPartKind string

// The kinds of part.
const (
	PartPay    BankPartKind = "pay"    // a payment of a note
	PartReturn BankPartKind = "return" // it is to go back to the payer
)

// BankPartState is how far a part has come.
type BankPartState string

// The states of a part.
const (
	PartWaiting BankPartState = "waiting" // its payment is on its way to the ledger
	PartDone    BankPartState = "done"    // its payment stands on the ledger
	PartUndoing BankPartState = "undoing" // its payment is being taken back
	PartUndone  BankPartState = "undone"  // its payment was taken back
	PartDue     BankPartState = "due"     // it waits for somebody to pay it back
	PartPaid    BankPartState = "paid"    // it was paid back
	PartDropped BankPartState = "dropped" // it never was anything
)

// BankPart is a part of an entry.
type BankPart struct {
	ID       string // a UUID that follows from the act that divided the entry
	Place    int64
	Entry    string
	Act      string
	Kind     BankPartKind
	Note     ledger.NoteID // of what goes back: the note that did not take it, if any
	Amount   finance.Money
	BookedOn finance.Date // of the entry
	State    BankPartState
	Why      string    // the code of the refusal because of which it is what it is
	Tried    time.Time // when the ledger was last asked
	Command  ledger.CommandID
	Seq      uint64         // of the payment on the note
	Client   ledger.PartyID // whose money it became
	Undo     string         // the act that takes it back, and that act's reason
	Remark   string
	Account  string // to which it was paid back, masked
	// When the client was told of it, and of its being taken back.
	Accounted, AccountedBack time.Time
}

// PlanBankParts divides an entry that nobody has decided about, and sends its payments
// on their way. planned is false where somebody has, but for the same act.
func (b *Book) PlanBankParts(ctx context.Context, entry string, parts []BankPart, now time.Time) (planned bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		planned = false
		var same int
		if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM bank_parts WHERE entry = $1 AND act = $2", entry, parts[0].Act).Scan(&same); err != nil {
			return err
		}
		if same > 0 {
			planned = true
			return nil
		}
		n, err := store.Changed(tx.ExecContext(ctx, "UPDATE bank_entries SET state = 'matched', why = '', changed = $1 WHERE id = $2 AND state IN ('new', 'unmatched')", now.Unix(), entry))
		if err != nil || n == 0 {
			return err
		}
		planned = true
		for i := range parts {
			if err := insertBankPart(ctx, tx, &parts[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("dividing a bank entry: %w", err)
	}
	return planned, nil
}

func insertBankPart(ctx context.Context, tx *sql.Tx, p *BankPart) error {
	place, err := store.NextPlace(ctx, tx, "bank_parts")
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO bank_parts (id, place, entry, act, kind, note, amount, currency, booked_on, state, why, tried, command, seq,
			client, undo, remark, account, accounted, accounted_back)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', 0, $13, '', '', '', 0, 0) ON CONFLICT (id) DO NOTHING`,
		p.ID, place, p.Entry, p.Act, string(p.Kind), string(p.Note), int64(p.Amount.Amount), string(p.Amount.Currency), p.BookedOn.String(), string(p.State), p.Why,
		store.InSeconds(p.Tried), string(p.Client))
	return err
}

const selectBankParts = `SELECT id, place, entry, act, kind, note, amount, currency, booked_on, state, why, tried, command, seq, client, undo, remark,
	account, accounted, accounted_back FROM bank_parts `

func scanBankPart(rows *sql.Rows) (p BankPart, err error) {
	var tried, accounted, back int64
	var booked string
	err = rows.Scan(&p.ID, &p.Place, &p.Entry, &p.Act, &p.Kind, &p.Note, &p.Amount.Amount, &p.Amount.Currency, &booked, &p.State, &p.Why, &tried,
		&p.Command, &p.Seq, &p.Client, &p.Undo, &p.Remark, &p.Account, &accounted, &back)
	if err == nil && booked != "" {
		p.BookedOn, err = finance.ParseDate(booked)
	}
	p.Tried, p.Accounted, p.AccountedBack = store.InTime(tried), store.InTime(accounted), store.InTime(back)
	return p, err
}

func (b *Book) bankParts(ctx context.Context, where string, args ...any) ([]BankPart, error) {
	rows, err := b.Reader().QueryContext(ctx, selectBankParts+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading parts of bank entries: %w", err)
	}
	return store.Collect(rows, scanBankPart)
}

// BankPart gives a part, or nil.
func (b *Book) BankPart(ctx context.Context, id string) (*BankPart, error) {
	return first(b.bankParts(ctx, "WHERE id = $1", id))
}

// PartsOfEntry gives the parts that an entry was ever divided into, in their order.
func (b *Book) PartsOfEntry(ctx context.Context, entry string) ([]BankPart, error) {
	return b.bankParts(ctx, "WHERE entry = $1 ORDER BY place LIMIT $2", entry, store.MaxPage)
}

// PartsOfNote gives the payments of a note that came by the bank, the latest first.
func (b *Book) PartsOfNote(ctx context.Context, note ledger.NoteID, limit int) ([]BankPart, error) {
	return b.bankParts(ctx, "WHERE note = $1 AND note <> '' ORDER BY place DESC LIMIT $2", string(note), store.PageLimit(limit))
}

// OpenBankParts gives the parts of which something is on its way to the ledger, and
// that were tried last before a time.
func (b *Book) OpenBankParts(ctx context.Context, before time.Time, limit int) ([]BankPart, error) {
	return b.bankParts(ctx, "WHERE state IN ('waiting', 'undoing') AND tried < $1 ORDER BY tried, place LIMIT $2", before.Unix(), store.PageLimit(limit))
}

// BankReturns lists what waits to be paid back, the oldest first, after a place.
func (b *Book) BankReturns(ctx context.Context, after int64, limit int) ([]BankPart, error) {
	return b.bankParts(ctx, "WHERE kind = 'return' AND state = 'due' AND place > $1 ORDER BY place LIMIT $2", after, store.PageLimit(limit))
}

// MoveBankPart writes how far a part has come, if it is in a state, with what the ledger
// gave it. moved is false where it is in another one.
func (b *Book) MoveBankPart(ctx context.Context, p BankPart, from BankPartState) (moved bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		moved, err = moveBankPart(ctx, tx, &p, from)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("writing how far a part of a bank entry has come: %w", err)
	}
	return moved, nil
}

func moveBankPart(ctx context.Context, tx *sql.Tx, p *BankPart, from BankPartState) (moved bool, err error) {
	n, err := store.Changed(tx.ExecContext(ctx, `UPDATE bank_parts SET kind = $1, amount = $2, state = $3, why = $4, tried = $5, command = $6, seq = $7,
			client = $8, undo = $9, remark = $10, account = $11 WHERE id = $12 AND state = $13`,
		string(p.Kind), int64(p.Amount.Amount), string(p.State), p.Why, store.InSeconds(p.Tried), string(p.Command), int64(p.Seq), string(p.Client), p.Undo, p.Remark, p.Account,
		p.ID, string(from)))
	return n > 0, err
}

// ShrinkBankPart makes a payment smaller, since its note takes no more, and what is
// left over a part that goes back. Both or neither is written.
func (b *Book) ShrinkBankPart(ctx context.Context, p, rest BankPart) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		moved, err := moveBankPart(ctx, tx, &p, PartWaiting)
		if err != nil || !moved {
			return err
		}
		return insertBankPart(ctx, tx, &rest)
	})
	if err != nil {
		return fmt.Errorf("dividing a payment that is too large: %w", err)
	}
	return nil
}

// SettleBankEntry brings the state of an entry in line with its parts: it is applied
// when nothing of it is on its way any more and something stands; where nothing stands,
// it is what was wanted of it, or a person is asked, and why.
func (b *Book) SettleBankEntry(ctx context.Context, entry string, now time.Time) (settled BankEntryState, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		settled, err = settleBankEntry(ctx, tx, entry, now)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("settling a bank entry: %w", err)
	}
	return settled, nil
}

func settleBankEntry(ctx context.Context, tx *sql.Tx, entry string, now time.Time) (BankEntryState, error) {
	var open, stands int
	var why string
	err := tx.QueryRowContext(ctx, `SELECT COALESCE(SUM(CASE WHEN state IN ('waiting', 'undoing') THEN 1 ELSE 0 END), 0),
		COALESCE(SUM(CASE WHEN state IN ('done', 'due', 'paid') THEN 1 ELSE 0 END), 0), COALESCE(MAX(CASE WHEN state = 'dropped' AND kind = 'pay' THEN why ELSE '' END), '')
		FROM bank_parts WHERE entry = $1`, entry).Scan(&open, &stands, &why)
	if err != nil || open > 0 {
		return EntryMatched, err
	}
	if stands > 0 {
		if err := returnTheRest(ctx, tx, entry); err != nil {
			return "", err
		}
		return EntryApplied, setBankEntry(ctx, tx, entry, EntryApplied, "", now)
	}
	var after BankEntryState
	if err := tx.QueryRowContext(ctx, "SELECT after FROM bank_entries WHERE id = $1", entry).Scan(&after); err != nil {
		return "", err
	}
	if after == "" {
		after = EntryUnmatched
	}
	return after, setBankEntry(ctx, tx, entry, after, why, now)
}

// returnTheRest has go back to the payer what of the last division of an applied entry
// stands nowhere: a payment that its note refused, one that was taken back while the
// ledger kept another, and what was to go back before. The money of an entry is never
// nowhere. What was taken back stays as it is, since its client may have to be told.
func returnTheRest(ctx context.Context, tx *sql.Tx, entry string) error {
	const last = "entry = $1 AND act = (SELECT act FROM bank_parts WHERE entry = $1 ORDER BY place DESC LIMIT 1)"
	if _, err := tx.ExecContext(ctx, "UPDATE bank_parts SET kind = 'return', state = 'due' WHERE state = 'dropped' AND "+last, entry); err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, selectBankParts+"WHERE state = 'undone' AND "+last+" ORDER BY place", entry)
	if err != nil {
		return err
	}
	undone, err := store.Collect(rows, scanBankPart)
	if err != nil {
		return err
	}
	for _, p := range undone {
		rest := BankPart{
			ID: uuid.NewSHA1(restSpace, []byte(p.ID)).String(), Entry: p.Entry, Act: p.Act, Kind: PartReturn, Note: p.Note, Amount: p.Amount,
			BookedOn: p.BookedOn, State: PartDue, Tried: p.Tried,
		}
		if err := insertBankPart(ctx, tx, &rest); err != nil {
			return err
		}
	}
	return nil
}

// restSpace makes ids of what goes back of payments that were taken back.
var restSpace = uuid.MustParse("6a1f5a0e-6f0d-5c58-8a0b-3f6f8e3c9d21")

// Taking is that the payments of an entry are taken back.
type Taking struct {
	Entry  string
	Act    string
	Reason string
	After  BankEntryState // of the entry, then
	At     time.Time
}

// TakeBankParts sends the payments of an applied entry on their way back, and drops what
// would have gone back to the payer. taken is false where the entry is not applied, or
// something of it was paid back already.
func (b *Book) TakeBankParts(ctx context.Context, t Taking) (taken bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		taken = false
		n, err := store.Changed(tx.ExecContext(ctx, `UPDATE bank_entries SET state = 'matched', after = $1, changed = $2 WHERE id = $3 AND state = 'applied'
			AND NOT EXISTS (SELECT 1 FROM bank_parts p WHERE p.entry = bank_entries.id AND p.state = 'paid')`, string(t.After), t.At.Unix(), t.Entry))
		if err != nil || n == 0 {
			return err
		}
		taken = true
		// Why a payment of an earlier division was refused is no reason of this one.
		if _, err := tx.ExecContext(ctx, "UPDATE bank_parts SET why = '' WHERE entry = $1 AND state = 'dropped'", t.Entry); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE bank_parts SET state = 'dropped' WHERE entry = $1 AND state = 'due'", t.Entry); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE bank_parts SET state = 'undoing', undo = $1, remark = $2, tried = 0 WHERE entry = $3 AND state = 'done'", t.Act, t.Reason, t.Entry)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("taking the payments of a bank entry back: %w", err)
	}
	return taken, nil
}
