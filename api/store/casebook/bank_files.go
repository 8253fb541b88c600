package casebook

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// BankFileState says how far a bank file has come.
type BankFileState string

// The states of a bank file.
const (
	BankFileReading  BankFileState = "reading"  // its entries are being written; read it again after a crash
	BankFileRunning  BankFileState = "running"  // its entries are matched and written on the ledger
	BankFileFinished BankFileState = "finished" // every entry has been looked at
	BankFileRefused  BankFileState = "refused"  // it is not of its format
)

// BankFile is a file that a bank made.
type BankFile struct {
	ID       string // the digest of its bytes
	Place    int64
	Name     string
	Format   string
	Version  string
	Message  string // the bank's name of it
	Written  time.Time
	Received time.Time
	Staff    StaffID // empty where it came by the folder
	State    BankFileState
	Waiting  int // entries that nobody has looked at
	Finished time.Time
	Faults   []BankFault
	Error    *BankFault // why it was refused
}

// BankFault is what is wrong with a file: a code, a place in it, and what would be
// right.
type BankFault struct {
	Code string `json:"code"`
	Path string `json:"path,omitempty"`
	Line int    `json:"line,omitempty"`
	Want string `json:"want,omitempty"`
	Got  string `json:"got,omitempty"`
}

// AddBankFile keeps a file before its entries. added is false where it is known; it is
// then as it was, unless its reading was cut short.
func (b *Book) AddBankFile(ctx context.Context, f BankFile) (added bool, err error) {
	faults, err := json.Marshal(f.Faults)
	if err != nil {
		return false, fmt.Errorf("writing down what is wrong with a bank file: %w", err)
	}
	refused, err := json.Marshal(f.Error)
	if err != nil {
		return false, fmt.Errorf("writing down why a bank file is refused: %w", err)
	}
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		place, err := store.NextPlace(ctx, tx, "bank_files")
		if err != nil {
			return err
		}
		n, err := store.Changed(tx.ExecContext(ctx, `INSERT INTO bank_files (id, place, name, format, version, message, written, received, staff, state, waiting, finished, faults, error)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, $11, $12) ON CONFLICT (id) DO NOTHING`,
			f.ID, place, f.Name, f.Format, f.Version, f.Message, store.InSeconds(f.Written), f.Received.Unix(), string(f.Staff), string(f.State), string(faults), string(refused)))
		added = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("keeping a bank file: %w", err)
	}
	return added, nil
}

// RunBankFile says that all entries of a file are written.
func (b *Book) RunBankFile(ctx context.Context, id string, now time.Time) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE bank_files SET state = $1, waiting = 1 WHERE id = $2 AND state = $3",
			string(BankFileRunning), id, string(BankFileReading))
		return err
	})
	if err != nil {
		return fmt.Errorf("starting a bank file: %w", err)
	}
	return b.SettleBankFiles(ctx, now)
}

// SettleBankFiles counts what waits of each file that runs, and ends those of which
// nothing does.
func (b *Book) SettleBankFiles(ctx context.Context, now time.Time) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, statement := range []string{
			`UPDATE bank_files SET waiting = (SELECT COUNT(*) FROM bank_file_entries f JOIN bank_entries e ON e.id = f.entry
				WHERE f.file = bank_files.id AND e.state IN ('new', 'matched')) WHERE state = 'running'`,
			fmt.Sprintf("UPDATE bank_files SET state = 'finished', finished = %d WHERE state = 'running' AND waiting = 0", now.Unix()),
		} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("settling bank files: %w", err)
	}
	return nil
}

const selectBankFiles = "SELECT id, place, name, format, version, message, written, received, staff, state, waiting, finished, faults, error FROM bank_files "

func scanBankFile(rows *sql.Rows) (f BankFile, err error) {
	var written, received, finished int64
	var faults, refused string
	if err := rows.Scan(&f.ID, &f.Place, &f.Name, &f.Format, &f.Version, &f.Message, &written, &received, &f.Staff, &f.State, &f.Waiting, &finished, &faults, &refused); err != nil {
		return f, err
	}
	f.Written, f.Received, f.Finished = store.InTime(written), store.InTime(received), store.InTime(finished)
	if err := json.Unmarshal([]byte(faults), &f.Faults); err != nil {
		return f, err
	}
	return f, json.Unmarshal([]byte(refused), &f.Error)
}

func (b *Book) bankFiles(ctx context.Context, where string, args ...any) ([]BankFile, error) {
	rows, err := b.Reader().QueryContext(ctx, selectBankFiles+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading bank files: %w", err)
	}
	return store.Collect(rows, scanBankFile)
}

// BankFile gives a file, or nil.
func (b *Book) BankFile(ctx context.Context, id string) (*BankFile, error) {
	return first(b.bankFiles(ctx, "WHERE id = $1", id))
}

// BankFiles lists files, the latest first, before a place; 0 for the first page.
func (b *Book) BankFiles(ctx context.Context, before int64, limit int) ([]BankFile, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return b.bankFiles(ctx, "WHERE place < $1 ORDER BY place DESC LIMIT $2", before, store.PageLimit(limit))
}

// BankTotal is what entries of a file come to that have the same fate.
type BankTotal struct {
	Currency finance.Currency
	Credit   bool
	Fate     string // the state of the entry or, of a divided one, the kind of the part
	Count    int
	Amount   finance.Amount
	Known    int // of Count, those that an earlier file had
}

// The fates beside the states of entries: what an applied entry was divided into.
const (
	FatePaid     = "pay"    // written on notes
	FateReturned = "return" // to the payer, or on its way
)

// BankTotals adds up the entries of a file: what came in is what was paid on notes,
// what goes back, what nobody knows and what is put aside.
func (b *Book) BankTotals(ctx context.Context, file string) ([]BankTotal, error) {
	rows, err := b.Reader().QueryContext(ctx, `SELECT e.currency, e.credit, COALESCE(p.kind, e.state) AS fate, COUNT(*), SUM(COALESCE(p.amount, e.amount)),
			SUM(CASE WHEN e.file <> $1 THEN 1 ELSE 0 END)
		FROM bank_file_entries f JOIN bank_entries e ON e.id = f.entry
		LEFT JOIN bank_parts p ON p.entry = e.id AND e.state = 'applied' AND p.state IN ('done', 'due', 'paid')
		WHERE f.file = $2 GROUP BY e.currency, e.credit, COALESCE(p.kind, e.state) ORDER BY 1, 2 DESC, 3`, file, file)
	if err != nil {
		return nil, fmt.Errorf("adding up a bank file: %w", err)
	}
	return store.Collect(rows, func(rows *sql.Rows) (t BankTotal, err error) {
		return t, rows.Scan(&t.Currency, &t.Credit, &t.Fate, &t.Count, &t.Amount, &t.Known)
	})
}
