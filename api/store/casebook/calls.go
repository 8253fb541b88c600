package casebook

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// Call is a call that a person was promised.
type Call struct {
	ID       string // of a call-back that was asked for on the registrar's pages, the registrar's
	Place    int64
	Note     ledger.NoteID
	Party    ledger.PartyID // empty where it is not known who asks
	Number   string         // as it was written
	Language ledger.Language
	Words    string // what it is about
	Owner    StaffID
	Team     string
	// Remote says that it was asked for on the registrar's pages, which tell the person
	// who calls and when.
	Remote   bool
	Untold   int // changes that the registrar has not heard of
	Created  time.Time
	Promised time.Time // by when the person was told to be called
	Missed   int       // promised times that have passed without a call
	Ended    time.Time // when it was made
	Outcome  ContactOutcome
}

// InTime says that it was made by the first time that the person was told.
func (c *Call) InTime() bool { return !c.Ended.IsZero() && c.Missed == 0 }

// selectCalls reads calls with whose they are. Where the call was made, that is who
// made it.
const selectCalls = `SELECT c.id, c.place, c.note, c.party, c.number, c.language, c.words, c.remote, c.untold, c.created, c.promised, c.missed, c.ended, c.outcome,
	CASE WHEN t.ended = 0 THEN t.owner ELSE t.ended_by END, t.team
	FROM promised_calls c JOIN tasks t ON t.kind = 'callback' AND t.about = c.id `

func scanCall(rows *sql.Rows) (c Call, err error) {
	var created, promised, ended int64
	err = rows.Scan(&c.ID, &c.Place, &c.Note, &c.Party, &c.Number, &c.Language, &c.Words, &c.Remote, &c.Untold, &created, &promised, &c.Missed, &ended, &c.Outcome,
		&c.Owner, &c.Team)
	c.Created, c.Promised, c.Ended = store.InTime(created), store.InTime(promised), store.InTime(ended)
	return c, err
}

// AddCall keeps a promise to call, and puts it on the worklist in the same breath.
// One that is there already stays as it is.
func (b *Book) AddCall(ctx context.Context, c Call) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		place, err := store.NextPlace(ctx, tx, "promised_calls")
		if err != nil {
			return err
		}
		n, err := store.Changed(tx.ExecContext(ctx, `INSERT INTO promised_calls (id, place, note, party, number, language, words, remote, untold,
			created, promised, missed, counted, ended, outcome) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, 0, 0, 0, '')
			ON CONFLICT (id) DO NOTHING`, c.ID, place, string(c.Note), string(c.Party), c.Number, string(c.Language), c.Words,
			bit(c.Remote), c.Created.Unix(), c.Promised.Unix()))
		if err != nil || n == 0 {
			return err
		}
		_, err = addTask(ctx, tx, c.task(), c.Created)
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping a promise to call: %w", err)
	}
	return nil
}

// task is the call's row of the worklist.
func (c *Call) task() Task {
	return Task{Kind: TaskCallback, About: c.ID, Note: c.Note, Reason: "task-callback", Due: c.Promised, Promised: true, Owner: c.Owner, Team: c.Team}
}

// Call gives a promised call, or nil where there is none with the id.
func (b *Book) Call(ctx context.Context, id string) (*Call, error) {
	return first(b.calls(ctx, "WHERE c.id = $1", id))
}

// maxOfNote bounds what one page shows of what was agreed about a note.
const maxOfNote = 50

// CallsOf gives the latest promised calls about a note, the latest first.
func (b *Book) CallsOf(ctx context.Context, note ledger.NoteID) ([]Call, error) {
	return b.calls(ctx, "WHERE c.note = $1 ORDER BY c.place DESC LIMIT $2", string(note), maxOfNote)
}

// CallsByID gives promised calls by their ids, as for a page of their tasks.
func (b *Book) CallsByID(ctx context.Context, ids []string) (map[string]Call, error) {
	ids = ids[:min(len(ids), store.MaxPage)]
	if len(ids) == 0 {
		return nil, nil
	}
	places, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		places[i], args[i] = fmt.Sprintf("$%d", i+1), id
	}
	all, err := b.calls(ctx, "WHERE c.id IN ("+strings.Join(places, ", ")+")", args...)
	byID := make(map[string]Call, len(all))
	for _, c := range all {
		byID[c.ID] = c
	}
	return byID, err
}

// UntoldCalls gives the calls of which the registrar does not know who makes them, by
// when, or that they were made; the oldest first.
func (b *Book) UntoldCalls(ctx context.Context, limit int) ([]Call, error) {
	return b.calls(ctx, "WHERE c.untold > 0 ORDER BY c.place LIMIT $1", store.PageLimit(limit))
}

// CallTold notes that the registrar knows what there was to tell of a call when it was
// read; what has changed since then is told later.
func (b *Book) CallTold(ctx context.Context, c *Call) error {
	return b.told(ctx, "UPDATE promised_calls SET untold = untold - $1 WHERE id = $2 AND untold >= $1", c.Untold, c.ID)
}

func (b *Book) told(ctx context.Context, statement string, untold int, id string) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statement, untold, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("noting what the registrar was told: %w", err)
	}
	return nil
}

func (b *Book) calls(ctx context.Context, where string, args ...any) ([]Call, error) {
	rows, err := b.Reader().QueryContext(ctx, selectCalls+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading promised calls: %w", err)
	}
	return store.Collect(rows, scanCall)
}

// KeepCall notes that a promised call was made, ends its task, and says false where
// it was made before.
func (b *Book) KeepCall(ctx context.Context, id string, by StaffID, outcome ContactOutcome, now time.Time) (kept bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := store.Changed(tx.ExecContext(ctx, `UPDATE promised_calls SET ended = $1, outcome = $2, untold = untold + remote,
			missed = missed + CASE WHEN promised < $1 AND counted < promised THEN 1 ELSE 0 END WHERE id = $3 AND ended = 0`,
			now.Unix(), string(outcome), id))
		if kept = n == 1; err != nil || !kept {
			return err
		}
		_, err = tx.ExecContext(ctx, endTask, string(TaskDone), now.Unix(), string(by), string(outcome), TaskID(TaskCallback, id))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("noting that a promised call was made: %w", err)
	}
	return kept, nil
}

// MoveCall notes that the person was told another time; the one that has passed by
// then stays counted as missed. moved is false where the call was made.
func (b *Book) MoveCall(ctx context.Context, id string, to, now time.Time) (moved bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := store.Changed(tx.ExecContext(ctx, `UPDATE promised_calls SET promised = $1, untold = untold + remote,
			missed = missed + CASE WHEN promised < $2 AND counted < promised THEN 1 ELSE 0 END WHERE id = $3 AND ended = 0`,
			to.Unix(), now.Unix(), id))
		if moved = n == 1; err != nil || !moved {
			return err
		}
		_, err = moveTask(ctx, tx, Task{Kind: TaskCallback, About: id, Due: to, Promised: true}, now)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("moving a promised call: %w", err)
	}
	return moved, nil
}

// MissCalls counts the promised times that have passed without a call, each once, and
// says how many there were.
func (b *Book) MissCalls(ctx context.Context, now time.Time) (missed int, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		missed, err = store.Changed(tx.ExecContext(ctx, `UPDATE promised_calls SET missed = missed + 1, counted = promised
			WHERE ended = 0 AND promised < $1 AND counted < promised`, now.Unix()))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("counting missed calls: %w", err)
	}
	return missed, nil
}

// CallCounts says how many promised calls were kept.
type CallCounts struct {
	InTime int // made by the first time that the person was told
	Late   int // made, and a promised time had passed
	Missed int // not made, and the promised time has passed
}

// CountCalls counts the calls that were made from a time on and before another one,
// and those that are missed now.
func (b *Book) CountCalls(ctx context.Context, from, before time.Time) (c CallCounts, err error) {
	err = b.Reader().QueryRowContext(ctx, `SELECT COUNT(CASE WHEN missed = 0 THEN 1 END), COUNT(CASE WHEN missed > 0 THEN 1 END)
		FROM promised_calls WHERE ended >= $1 AND ended < $2 AND ended > 0 AND outcome <> 'not_wanted'`, from.Unix(), before.Unix()).Scan(&c.InTime, &c.Late)
	if err == nil {
		err = b.Reader().QueryRowContext(ctx, "SELECT COUNT(*) FROM promised_calls WHERE ended = 0 AND promised < $1 AND missed > 0", before.Unix()).Scan(&c.Missed)
	}
	if err != nil {
		return c, fmt.Errorf("counting promised calls: %w", err)
	}
	return c, nil
}
