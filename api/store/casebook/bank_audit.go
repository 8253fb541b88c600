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

// BankDifference is a payment that stands on one side only: in the books of the bank's
// entries, or on the ledger.
type BankDifference struct {
	Part    string // empty where the ledger has a payment without an entry
	Entry   string
	Note    ledger.NoteID
	Command ledger.CommandID
	Seq     uint64
}

// BankDifferences compares both ways: every payment that an entry was written as must
// stand on the ledger, and every payment that the desk wrote on the ledger must have an
// entry. It gives the first of each.
func (b *Book) BankDifferences(ctx context.Context, limit int) (missing, extra []BankDifference, err error) {
	missing, err = b.differences(ctx, `SELECT p.id, p.entry, p.note, p.command, p.seq FROM bank_parts p
		WHERE p.kind = 'pay' AND p.state IN ('done', 'undoing', 'undone') AND NOT EXISTS
		(SELECT 1 FROM entries e WHERE e.command = p.command AND e.kind = 'note' AND e.id = p.note) ORDER BY p.place LIMIT $1`, store.PageLimit(limit))
	if err != nil {
		return nil, nil, err
	}
	extra, err = b.differences(ctx, `SELECT '', '', e.id, e.command, e.seq FROM desk_commands c JOIN entries e ON e.command = c.command
		WHERE e.op = 'pay' AND NOT EXISTS (SELECT 1 FROM bank_parts p WHERE p.command = e.command AND p.command <> '') ORDER BY e.position LIMIT $1`, store.PageLimit(limit))
	return missing, extra, err
}

func (b *Book) differences(ctx context.Context, query string, limit int) ([]BankDifference, error) {
	rows, err := b.Reader().QueryContext(ctx, query, limit)
	if err != nil {
		return nil, fmt.Errorf("comparing payments with the ledger: %w", err)
	}
	return store.Collect(rows, func(rows *sql.Rows) (d BankDifference, err error) {
		return d, rows.Scan(&d.Part, &d.Entry, &d.Note, &d.Command, &d.Seq)
	})
}

// ClientMoney is what the company has received for a client on a day and has not
// accounted for. It may be negative: what the client was told of was taken back.
type ClientMoney struct {
	Client   ledger.PartyID
	Currency finance.Currency
	Day      finance.Date // on which the bank booked it
	Count    int
	Amount   finance.Amount
}

// unaccounted selects the payments of which a client is to be told.
const unaccounted = `kind = 'pay' AND (state = 'done' AND accounted = 0 OR state = 'undone' AND accounted > 0 AND accounted_back = 0)`

// DueToClients adds up, by client and day, what was received for others than the company
// itself and is not accounted for (1974:182 par. 9 and 10), the oldest first.
func (b *Book) DueToClients(ctx context.Context, self ledger.PartyID, limit int) ([]ClientMoney, error) {
	rows, err := b.Reader().QueryContext(ctx, `SELECT client, currency, booked_on, COUNT(*), SUM(CASE WHEN state = 'done' THEN amount ELSE -amount END)
		FROM bank_parts WHERE `+unaccounted+` AND client <> $1 GROUP BY client, currency, booked_on ORDER BY booked_on, client, currency LIMIT $2`, string(self), store.PageLimit(limit))
	if err != nil {
		return nil, fmt.Errorf("adding up what is due to clients: %w", err)
	}
	return store.Collect(rows, func(rows *sql.Rows) (m ClientMoney, err error) {
		var day string
		if err := rows.Scan(&m.Client, &m.Currency, &day, &m.Count, &m.Amount); err != nil {
			return m, err
		}
		m.Day, err = finance.ParseDate(day)
		return m, err
	})
}

// Accounting is that a client was told of what came in on a day.
type Accounting struct {
	Client ledger.PartyID
	Day    finance.Date
	Amount finance.Money // what it was told
	At     time.Time
}

// Account notes it. accounted is false, and nothing is noted, where there is nothing to
// account for, or another amount than the client was told.
func (b *Book) Account(ctx context.Context, a Accounting) (accounted bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		const of = unaccounted + " AND client = $1 AND currency = $2 AND booked_on = $3"
		var count int
		var amount finance.Amount
		accounted = false
		err := tx.QueryRowContext(ctx, "SELECT COUNT(*), COALESCE(SUM(CASE WHEN state = 'done' THEN amount ELSE -amount END), 0) FROM bank_parts WHERE "+of,
			string(a.Client), string(a.Amount.Currency), a.Day.String()).Scan(&count, &amount)
		if err != nil || count == 0 || amount != a.Amount.Amount {
			return err
		}
		accounted = true
		_, err = tx.ExecContext(ctx, `UPDATE bank_parts SET accounted_back = CASE WHEN state = 'undone' THEN $4 ELSE 0 END,
			accounted = CASE WHEN state = 'done' THEN $5 ELSE accounted END WHERE `+of,
			string(a.Client), string(a.Amount.Currency), a.Day.String(), a.At.Unix(), a.At.Unix())
		return err
	})
	if err != nil {
		return false, fmt.Errorf("accounting to a client: %w", err)
	}
	return accounted, nil
}

// NotesPaidFrom gives the notes that were paid from an account before, the latest first.
func (b *Book) NotesPaidFrom(ctx context.Context, account string, limit int) ([]ledger.NoteID, error) {
	rows, err := b.Reader().QueryContext(ctx, `SELECT p.note, MAX(p.place) AS latest FROM bank_entries e JOIN bank_parts p ON p.entry = e.id
		WHERE e.payer_account = $1 AND e.payer_account <> '' AND p.kind = 'pay' AND p.state = 'done' GROUP BY p.note ORDER BY latest DESC LIMIT $2`, account, store.PageLimit(limit))
	if err != nil {
		return nil, fmt.Errorf("reading what an account paid before: %w", err)
	}
	return store.Collect(rows, func(rows *sql.Rows) (id ledger.NoteID, err error) {
		var place int64
		return id, rows.Scan(&id, &place)
	})
}
