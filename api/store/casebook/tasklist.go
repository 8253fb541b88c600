package casebook

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// taskColumns are the columns of a task, as scan reads them.
const taskColumns = `id, place, kind, about, note, reason, details, due, promised, priority, team, owner, state,
	added, taken, passed, remark, ended, ended_by, outcome`

func scanTask(rows *sql.Rows) (t Task, err error) {
	var details string
	var due, added, taken, ended int64
	if err := rows.Scan(&t.ID, &t.Place, &t.Kind, &t.About, &t.Note, &t.Reason, &details, &due, &t.Promised, &t.Priority, &t.Team, &t.Owner, &t.State,
		&added, &taken, &t.Passed, &t.Remark, &ended, &t.EndedBy, &t.Outcome); err != nil {
		return t, err
	}
	t.Due, t.Added, t.Taken, t.Ended = store.InTime(due), store.InTime(added), store.InTime(taken), store.InTime(ended)
	return t, json.Unmarshal([]byte(details), &t.With)
}

// TaskPlace is where a page of the worklist ends, and the next one begins after it.
// The zero TaskPlace is before the first page.
type TaskPlace struct {
	Priority Priority
	Due      int64 // seconds
	Place    int64
}

// TaskQuery selects tasks that have not ended. Empty fields select nothing away.
type TaskQuery struct {
	// Owner selects who has a task, and Free those that nobody has; both together select
	// either.
	Owner StaffID
	Free  bool
	Team  string // of the free ones, those of a team and everybody's
	Kind  TaskKind
	// Without selects away what is for others to do.
	Without []TaskKind
	Late    bool      // only what a person was promised, and is late
	Until   time.Time // only what is due by then, or has no time
	After   TaskPlace
	Limit   int // at most store.MaxPage
}

// Tasks lists tasks in the order in which they are to be done, and says where the
// list goes on; nil where it ends. A task that moves while the list is read may come
// twice.
func (b *Book) Tasks(ctx context.Context, q TaskQuery) (page []Task, next *TaskPlace, err error) {
	limit, last := store.PageLimit(q.Limit), PriorityAge
	if q.Late {
		last = PriorityLate
	}
	for p := max(q.After.Priority, PriorityLate); p <= last && len(page) <= limit; p++ {
		var some []Task
		for _, owner := range q.owners() {
			query, args := q.sql(p, owner, limit+1-len(page))
			more, err := b.tasks(ctx, query, args...)
			if err != nil {
				return nil, nil, err
			}
			some = append(some, more...)
		}
		slices.SortFunc(some, func(a, b Task) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Place, b.Place)) })
		page = append(page, some[:min(len(some), limit+1-len(page))]...)
	}
	page, more := store.Cut(page, limit)
	if more {
		last := page[len(page)-1]
		next = &TaskPlace{last.Priority, store.InSeconds(last.Due), last.Place}
	}
	return page, next, nil
}

// owners gives whose tasks are selected, each in a query of its own, since an index has
// the tasks of one in their order: nil is everybody's.
func (q *TaskQuery) owners() []*StaffID {
	var owners []*StaffID
	if q.Owner != "" {
		owners = append(owners, &q.Owner)
	}
	if q.Free {
		owners = append(owners, new(StaffID))
	}
	if owners == nil {
		owners = append(owners, nil)
	}
	return owners
}

// sql writes the query for the tasks of one priority and one owner, which an index
// gives in their order from where the page begins.
func (q *TaskQuery) sql(p Priority, owner *StaffID, limit int) (query string, args []any) {
	where := []string{"ended = 0", fmt.Sprintf("priority = %d", p)}
	and := func(condition string, values ...any) {
		places := make([]any, len(values))
		for i, v := range values {
			args = append(args, v)
			places[i] = len(args)
		}
		where = append(where, fmt.Sprintf(condition, places...))
	}
	if owner != nil {
		and("owner = $%d", string(*owner))
		if *owner == "" && q.Team != "" {
			and("(team = '' OR team = $%d)", q.Team)
		}
	}
	if q.Kind != "" {
		and("kind = $%d", string(q.Kind))
	}
	for _, kind := range q.Without {
		and("kind <> $%d", string(kind))
	}
	if p == q.After.Priority {
		and("(due, place) > ($%d, $%d)", q.After.Due, q.After.Place)
	}
	if !q.Until.IsZero() {
		and("due <= $%d", q.Until.Unix())
	}
	args = append(args, limit)
	return fmt.Sprintf("WHERE %s ORDER BY due, place LIMIT $%d", strings.Join(where, " AND "), len(args)), args
}

// Task gives a task, or nil where there is none with the id.
func (b *Book) Task(ctx context.Context, id string) (*Task, error) {
	all, err := b.tasks(ctx, "WHERE id = $1", id)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// maxTasksOfNote bounds the tasks of one answer about a note.
const maxTasksOfNote = 50

// TasksOf gives the tasks about a note that have not ended, the oldest first.
func (b *Book) TasksOf(ctx context.Context, note ledger.NoteID) ([]Task, error) {
	return b.tasks(ctx, "WHERE note = $1 AND ended = 0 ORDER BY place LIMIT $2", string(note), maxTasksOfNote)
}

func (b *Book) tasks(ctx context.Context, where string, args ...any) ([]Task, error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT "+taskColumns+" FROM tasks "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading tasks: %w", err)
	}
	return store.Collect(rows, scanTask)
}

// CountLate says how many tasks are late of those that a person was promised.
func (b *Book) CountLate(ctx context.Context) (late int, err error) {
	if err := b.Reader().QueryRowContext(ctx, "SELECT COUNT(*) FROM tasks WHERE ended = 0 AND priority = 1").Scan(&late); err != nil {
		return 0, fmt.Errorf("counting late tasks: %w", err)
	}
	return late, nil
}

// CountTasks says how many tasks wait for each member of staff, and for anybody under
// the empty id.
func (b *Book) CountTasks(ctx context.Context) (map[StaffID]int, error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT owner, COUNT(*) FROM tasks WHERE ended = 0 GROUP BY owner")
	if err != nil {
		return nil, fmt.Errorf("counting tasks: %w", err)
	}
	type counted struct {
		owner StaffID
		n     int
	}
	all, err := store.Collect(rows, func(rows *sql.Rows) (c counted, err error) { return c, rows.Scan(&c.owner, &c.n) })
	counts := make(map[StaffID]int, len(all))
	for _, c := range all {
		counts[c.owner] = c.n
	}
	return counts, err
}
