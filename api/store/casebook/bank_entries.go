package casebook

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// BankEntryState is what has become of an entry.
type BankEntryState string

// The states of an entry. Its money is in one of them, whole, and in none twice.
const (
	EntryNew       BankEntryState = "new"       // nobody has looked at it
	EntryUnmatched BankEntryState = "unmatched" // a person is to say what it is
	EntryMatched   BankEntryState = "matched"   // it is on its way to the ledger, or back from it
	EntryApplied   BankEntryState = "applied"   // its parts say where it went
	EntryIgnored   BankEntryState = "ignored"   // it is nothing to any note
	EntryReversed  BankEntryState = "reversed"  // the bank took it back
	EntryReplaced  BankEntryState = "replaced"  // another file tells its transactions
)

// BankEntry is an entry of a bank file; see bankfile.Entry, of which it is kept. It is
// personal data of the payer.
type BankEntry struct {
	ID           string
	Place        int64
	File         string // the first that had it
	Line         int
	Format       string
	Booking      string
	Parts        int // of the booking
	Whole        finance.Amount
	Account      string
	Amount       finance.Money
	Credit       bool
	Reversal     bool
	BookedOn     finance.Date
	BankRef      string
	PartRef      string
	Back         string // the bank's code of why it came back
	Payer        string
	PayerAccount string
	PayerNumber  string
	Details      BankDetails
	State        BankEntryState
	Why          string // a key of words, or the code of a refusal
	Candidates   []BankCandidate
	Twin         string // a booking that may be the same
	After        BankEntryState
	Changed      time.Time
}

// BankDetails are what the payer wrote.
type BankDetails struct {
	References []string `json:"references,omitempty"`
	Text       []string `json:"text,omitempty"`
}

// BankCandidate is a note that an entry may be for.
type BankCandidate struct {
	Note    ledger.NoteID `json:"note"`
	Reasons []string      `json:"reasons"`
}

// open says whether nobody has decided what the entry is.
func (e *BankEntry) open() bool { return e.State == EntryNew || e.State == EntryUnmatched }

// tells says whether there is anything by which a payer could be known.
func (e *BankEntry) tells() bool {
	return e.Payer+e.PayerAccount+e.PayerNumber != "" || len(e.Details.References)+len(e.Details.Text) > 0
}

// PutBankEntries writes entries of a file, which are whole bookings: all that are not
// known. Of a booking that is known, the file is noted as having it, too; where the
// known one told nothing of its payers and nobody has decided about it, what the new
// file tells takes its place.
func (b *Book) PutBankEntries(ctx context.Context, file string, entries []BankEntry, now time.Time) error {
	err := b.UpdateAlone(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for at := 0; at < len(entries); {
			end := at + 1
			for end < len(entries) && entries[end].Booking == entries[at].Booking {
				end++
			}
			if err := putBooking(ctx, tx, file, entries[at:end], now); err != nil {
				return fmt.Errorf("line %d: %w", entries[at].Line, err)
			}
			at = end
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keeping the entries of a bank file: %w", err)
	}
	return nil
}

func putBooking(ctx context.Context, tx *sql.Tx, file string, parts []BankEntry, now time.Time) error {
	rows, err := tx.QueryContext(ctx, selectBankEntries+"WHERE booking = $1 AND state <> 'replaced' ORDER BY place", parts[0].Booking)
	if err != nil {
		return err
	}
	known, err := store.Collect(rows, scanBankEntry)
	if err != nil {
		return err
	}
	if len(known) == 1 && known[0].open() && known[0].Parts == 1 {
		switch {
		case len(parts) > 1:
			if err := setBankEntry(ctx, tx, known[0].ID, EntryReplaced, "payment.why.parts", now); err != nil {
				return err
			}
			known = nil
		case !known[0].tells() && parts[0].tells():
			if _, err := tx.ExecContext(ctx, "DELETE FROM bank_entries WHERE id = $1", known[0].ID); err != nil {
				return err
			}
			known = nil
		}
	}
	if len(known) == 0 {
		if parts, err = findTwin(ctx, tx, parts, now); err != nil {
			return err
		}
		for i := range parts {
			if err := insertBankEntry(ctx, tx, file, &parts[i], now); err != nil {
				return err
			}
		}
		known = parts
	}
	for _, e := range known {
		if _, err := tx.ExecContext(ctx, "INSERT INTO bank_file_entries (file, line, entry) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", file, parts[0].Line, e.ID); err != nil {
			return err
		}
	}
	return nil
}

// findTwin looks for a booking of the same day, direction and amount that a file of
// another format has, and that the bank's reference cannot tell apart: the deposit of a
// BgMax file is one sum on the statement. Neither is taken for the other. Where one
// gathers what the other tells, it is for a person to put aside; else the one that
// comes later is.
func findTwin(ctx context.Context, tx *sql.Tx, parts []BankEntry, now time.Time) ([]BankEntry, error) {
	p := parts[0]
	rows, err := tx.QueryContext(ctx, selectBankEntries+`WHERE booked_on = $1 AND whole = $2 AND currency = $3 AND credit = $4 AND format <> $5
		AND booking <> $6 AND state <> 'replaced' AND (bank_ref = '' OR $7 = '' OR format = 'bgmax' OR $8 = 'bgmax') ORDER BY place LIMIT 1`,
		p.BookedOn.String(), int64(p.Whole), string(p.Amount.Currency), bit(p.Credit), p.Format, p.Booking, p.BankRef, p.Format)
	if err != nil {
		return nil, err
	}
	twins, err := store.Collect(rows, scanBankEntry)
	if err != nil || len(twins) == 0 {
		return parts, err
	}
	if twin := twins[0]; twin.open() && twin.Parts == 1 && !twin.tells() {
		_, err := tx.ExecContext(ctx, "UPDATE bank_entries SET twin = $1, why = 'payment.why.twice', changed = $2 WHERE id = $3", p.Booking, now.Unix(), twin.ID)
		return parts, err
	}
	for i := range parts {
		parts[i].Twin = twins[0].Booking
	}
	return parts, nil
}

func insertBankEntry(ctx context.Context, tx *sql.Tx, file string, e *BankEntry, now time.Time) error {
	place, err := store.NextPlace(ctx, tx, "bank_entries")
	if err != nil {
		return err
	}
	details, err := json.Marshal(e.Details)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO bank_entries (id, place, file, line, format, booking, parts, whole, account, amount, currency, credit, reversal,
			booked_on, bank_ref, part_ref, back, payer, payer_account, payer_number, details, state, why, candidates, twin, after, changed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 'new', '', '[]', $22, '', $23) ON CONFLICT (id) DO NOTHING`,
		e.ID, place, file, e.Line, e.Format, e.Booking, e.Parts, int64(e.Whole), e.Account, int64(e.Amount.Amount), string(e.Amount.Currency), bit(e.Credit), bit(e.Reversal),
		e.BookedOn.String(), e.BankRef, e.PartRef, e.Back, e.Payer, e.PayerAccount, e.PayerNumber, string(details), e.Twin, now.Unix())
	return err
}

const selectBankEntries = `SELECT id, place, file, line, format, booking, parts, whole, account, amount, currency, credit, reversal, booked_on, bank_ref, part_ref,
	back, payer, payer_account, payer_number, details, state, why, candidates, twin, after, changed FROM bank_entries `

func scanBankEntry(rows *sql.Rows) (e BankEntry, err error) {
	var changed int64
	var booked, details, candidates string
	err = rows.Scan(&e.ID, &e.Place, &e.File, &e.Line, &e.Format, &e.Booking, &e.Parts, &e.Whole, &e.Account, &e.Amount.Amount, &e.Amount.Currency, &e.Credit, &e.Reversal,
		&booked, &e.BankRef, &e.PartRef, &e.Back, &e.Payer, &e.PayerAccount, &e.PayerNumber, &details, &e.State, &e.Why, &candidates, &e.Twin, &e.After, &changed)
	if err != nil {
		return e, err
	}
	e.Changed = store.InTime(changed)
	if booked != "" {
		if e.BookedOn, err = finance.ParseDate(booked); err != nil {
			return e, err
		}
	}
	if err := json.Unmarshal([]byte(details), &e.Details); err != nil {
		return e, err
	}
	return e, json.Unmarshal([]byte(candidates), &e.Candidates)
}

func (b *Book) bankEntries(ctx context.Context, where string, args ...any) ([]BankEntry, error) {
	rows, err := b.Reader().QueryContext(ctx, selectBankEntries+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading bank entries: %w", err)
	}
	return store.Collect(rows, scanBankEntry)
}

// BankEntry gives an entry, or nil.
func (b *Book) BankEntry(ctx context.Context, id string) (*BankEntry, error) {
	return first(b.bankEntries(ctx, "WHERE id = $1", id))
}

// BankEntries lists entries in a state, the oldest first, after a place.
func (b *Book) BankEntries(ctx context.Context, state BankEntryState, after int64, limit int) ([]BankEntry, error) {
	return b.bankEntries(ctx, "WHERE state = $1 AND place > $2 ORDER BY place LIMIT $3", string(state), after, store.PageLimit(limit))
}

// BankEntriesOf lists the entries of a file after a place, in one state or in all.
func (b *Book) BankEntriesOf(ctx context.Context, file string, state BankEntryState, after int64, limit int) ([]BankEntry, error) {
	return b.bankEntries(ctx, `WHERE id IN (SELECT entry FROM bank_file_entries WHERE file = $1) AND ($2 = '' OR state = $3) AND place > $4 ORDER BY place LIMIT $5`,
		file, string(state), string(state), after, store.PageLimit(limit))
}

// BankFilesWith gives the files that have an entry, the first first.
func (b *Book) BankFilesWith(ctx context.Context, entry string) ([]BankFile, error) {
	return b.bankFiles(ctx, "WHERE id IN (SELECT file FROM bank_file_entries WHERE entry = $1) ORDER BY place LIMIT $2", entry, store.MaxPage)
}

// EntriesTakenBack gives the applied entries that a reversal may be of: of its account
// and amount in the other direction, the latest first.
func (b *Book) EntriesTakenBack(ctx context.Context, e *BankEntry, limit int) ([]BankEntry, error) {
	return b.bankEntries(ctx, `WHERE whole >= $1 AND amount = $2 AND currency = $3 AND account = $4 AND credit = $5 AND state = 'applied' AND booked_on <= $6
		ORDER BY booked_on DESC, place DESC LIMIT $7`, int64(e.Amount.Amount), int64(e.Amount.Amount), string(e.Amount.Currency), e.Account, bit(!e.Credit), e.BookedOn.String(), store.PageLimit(limit))
}

// SetBankEntry changes the state of an entry that is in one of some states, and says
// why. changed is false where it is in none of them.
func (b *Book) SetBankEntry(ctx context.Context, id string, to BankEntryState, why string, now time.Time, from ...BankEntryState) (changed bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		changed = false
		for _, state := range from {
			n, err := store.Changed(tx.ExecContext(ctx, "UPDATE bank_entries SET state = $1, why = $2, changed = $3 WHERE id = $4 AND state = $5",
				string(to), why, now.Unix(), id, string(state)))
			if err != nil {
				return err
			}
			if n > 0 {
				changed = true
				return nil
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("changing a bank entry: %w", err)
	}
	return changed, nil
}

func setBankEntry(ctx context.Context, tx *sql.Tx, id string, to BankEntryState, why string, now time.Time) error {
	_, err := tx.ExecContext(ctx, "UPDATE bank_entries SET state = $1, why = $2, changed = $3 WHERE id = $4", string(to), why, now.Unix(), id)
	return err
}

// AskAboutEntry leaves an entry to a person, with what it may be for.
func (b *Book) AskAboutEntry(ctx context.Context, id, why string, candidates []BankCandidate, now time.Time) error {
	if candidates == nil {
		candidates = []BankCandidate{}
	}
	text, err := json.Marshal(candidates)
	if err != nil {
		return fmt.Errorf("writing down what an entry may be: %w", err)
	}
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE bank_entries SET state = 'unmatched', why = $1, candidates = $2, changed = $3 WHERE id = $4 AND state IN ('new', 'matched')",
			why, string(text), now.Unix(), id)
		return err
	})
	if err != nil {
		return fmt.Errorf("leaving a bank entry to a person: %w", err)
	}
	return nil
}

// CountBankEntries counts the entries in some states, at least one, for the tabs of a
// page. Of those that are done there are as many as there were payments: whoever asks
// for them waits.
func (b *Book) CountBankEntries(ctx context.Context, states ...BankEntryState) (map[BankEntryState]int, error) {
	in, args := among(states)
	rows, err := b.Reader().QueryContext(ctx, "SELECT state, COUNT(*) FROM bank_entries WHERE state"+in+" GROUP BY state", args...)
	if err != nil {
		return nil, fmt.Errorf("counting bank entries: %w", err)
	}
	type count struct {
		state BankEntryState
		n     int
	}
	all, err := store.Collect(rows, func(rows *sql.Rows) (c count, err error) { return c, rows.Scan(&c.state, &c.n) })
	counts := map[BankEntryState]int{}
	for _, c := range all {
		counts[c.state] = c.n
	}
	return counts, err
}
