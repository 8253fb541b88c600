package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// DeliveryState says how far a delivery has come.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryWaiting   DeliveryState = "waiting"
	DeliveryDelivered DeliveryState = "delivered"
	DeliveryDead      DeliveryState = "dead" // given up after the last attempt
)

// Delivery is an event on its way to a webhook.
type Delivery struct {
	Webhook  string
	ID       string
	Entry    Entry
	State    DeliveryState
	Attempts int
	Due      time.Time // when the next attempt is; of a delivery that waits
	Last     Attempt   // zero before the first
}

// Attempt is how one attempt at a delivery went.
type Attempt struct {
	At     time.Time
	Status int    // of the answer; 0 where there was none
	Fault  string // why it does not count as delivered; "" where it does
	Took   time.Duration
}

// selectDeliveries joins the entries: what the read model does not have, while
// it is being rebuilt, is not sent either.
const selectDeliveries = `SELECT d.webhook, d.id, d.state, d.attempts, d.due, d.tried, d.status, d.fault, d.took,
	e.position, e.command, e.op, e.kind, e.id, e.seq, e.head, e.tx, t.block, t.at
	FROM deliveries d JOIN entries e ON e.position = d.position JOIN transactions t ON t.id = e.tx `

func scanDelivery(rows *sql.Rows) (d Delivery, err error) {
	var head, at string
	var due, tried, took int64
	r := &d.Entry.Result
	err = rows.Scan(&d.Webhook, &d.ID, &d.State, &d.Attempts, &due, &tried, &d.Last.Status, &d.Last.Fault, &took,
		&d.Entry.Position, &r.Command, &r.Op, &r.Subject.Kind, &r.Subject.ID, &r.Seq, &head, &d.Entry.Transaction, &d.Entry.Block, &at)
	if err != nil {
		return d, err
	}
	d.Due, d.Last.Took = time.UnixMilli(due).UTC(), time.Duration(took)*time.Millisecond
	if tried > 0 {
		d.Last.At = time.UnixMilli(tried).UTC()
	}
	if err := r.Head.UnmarshalText([]byte(head)); err != nil {
		return d, err
	}
	d.Entry.At, err = time.Parse(time.RFC3339, at)
	return d, err
}

func (s *Store) deliveries(ctx context.Context, where string, args ...any) ([]Delivery, error) {
	rows, err := s.reader.QueryContext(ctx, selectDeliveries+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading deliveries: %w", err)
	}
	return collect(rows, scanDelivery)
}

// DueDeliveries gives what is to be sent to a webhook now: of each subject the
// first event that is not settled, so that its events arrive in their order.
func (s *Store) DueDeliveries(ctx context.Context, webhook string, now time.Time, limit int) ([]Delivery, error) {
	return s.deliveries(ctx, `WHERE d.webhook = $1 AND d.state = 'waiting' AND d.due <= $2 AND NOT EXISTS
		(SELECT 1 FROM deliveries f WHERE f.webhook = d.webhook AND f.subject = d.subject AND f.state = 'waiting' AND f.position < d.position)
		ORDER BY d.due, d.position LIMIT $3`, webhook, now.UnixMilli(), limit)
}

// NextDue gives when the next delivery after now is due, the zero time where
// none is.
func (s *Store) NextDue(ctx context.Context, now time.Time) (time.Time, error) {
	var due sql.NullInt64
	err := s.reader.QueryRowContext(ctx, `SELECT MIN(d.due) FROM deliveries d JOIN webhooks w ON w.id = d.webhook
		WHERE d.state = 'waiting' AND w.state = 'active' AND d.due > $1`, now.UnixMilli()).Scan(&due)
	if err != nil {
		return time.Time{}, fmt.Errorf("finding the next delivery: %w", err)
	}
	if !due.Valid {
		return time.Time{}, nil
	}
	return time.UnixMilli(due.Int64).UTC(), nil
}

// Settle records an attempt and what follows from it.
func (s *Store) Settle(ctx context.Context, d Delivery) error {
	err := s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE deliveries SET state = $1, attempts = $2, due = $3, tried = $4, status = $5, fault = $6, took = $7
			WHERE webhook = $8 AND id = $9 AND state = 'waiting'`,
			string(d.State), d.Attempts, d.Due.UnixMilli(), d.Last.At.UnixMilli(), d.Last.Status, d.Last.Fault, d.Last.Took.Milliseconds(), d.Webhook, d.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("recording a delivery: %w", err)
	}
	return nil
}

// Deliveries lists the deliveries of a webhook, the latest event first, before
// the event at a position (0 for the first page), at most limit and never more
// than MaxPage, and says whether there are more. An empty state lists all.
func (s *Store) Deliveries(ctx context.Context, webhook string, state DeliveryState, before int64, limit int) (page []Delivery, more bool, err error) {
	limit = pageLimit(limit)
	if before == 0 {
		before = 1<<63 - 1
	}
	page, err = s.deliveries(ctx, `WHERE d.webhook = $1 AND d.position < $2 AND ($3 = '' OR d.state = $3)
		ORDER BY d.position DESC LIMIT $4`, webhook, before, string(state), limit+1)
	page, more = cut(page, limit)
	return page, more, err
}

// Delivery gives a delivery of a webhook, or nil.
func (s *Store) Delivery(ctx context.Context, webhook, id string) (*Delivery, error) {
	all, err := s.deliveries(ctx, "WHERE d.webhook = $1 AND d.id = $2", webhook, id)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// Replay makes a settled delivery wait again, with all its attempts before it.
// The later events of its subject that are not settled wait for it.
func (s *Store) Replay(ctx context.Context, webhook, id string, now time.Time) error {
	_, err := s.replay(ctx, "id = $3 AND state <> 'waiting'", now, webhook, id)
	return err
}

// ReplayDead makes all deliveries that were given up wait again, and gives how
// many there were.
func (s *Store) ReplayDead(ctx context.Context, webhook string, now time.Time) (int, error) {
	return s.replay(ctx, "state = $3", now, webhook, string(DeliveryDead))
}

func (s *Store) replay(ctx context.Context, where string, now time.Time, webhook, value string) (n int, err error) {
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err = changed(tx.ExecContext(ctx, "UPDATE deliveries SET state = 'waiting', attempts = 0, due = $1 WHERE webhook = $2 AND "+where,
			now.UnixMilli(), webhook, value))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("replaying deliveries: %w", err)
	}
	return n, nil
}

// Backlog is what the webhooks of all parties wait for.
type Backlog struct {
	Waiting, Dead int
	Oldest        time.Time // event that waits, by its ledger time; zero where none does
}

// Backlog counts what the webhooks of all parties wait for.
func (s *Store) Backlog(ctx context.Context) (b Backlog, err error) {
	var oldest sql.NullString
	err = s.reader.QueryRowContext(ctx, `SELECT
		(SELECT COUNT(*) FROM deliveries WHERE state = 'waiting'), (SELECT COUNT(*) FROM deliveries WHERE state = 'dead'),
		(SELECT MIN(t.at) FROM deliveries d JOIN entries e ON e.position = d.position JOIN transactions t ON t.id = e.tx WHERE d.state = 'waiting')`).
		Scan(&b.Waiting, &b.Dead, &oldest)
	if err == nil && oldest.Valid {
		b.Oldest, err = time.Parse(time.RFC3339, oldest.String)
	}
	if err != nil {
		return Backlog{}, fmt.Errorf("counting what webhooks wait for: %w", err)
	}
	return b, nil
}
