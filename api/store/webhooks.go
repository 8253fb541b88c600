package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// Limits of webhooks.
const (
	// MaxWebhooks is how many a party may have.
	MaxWebhooks = 10
	// MaxWaiting is about how many deliveries of a webhook wait at a time. The
	// events after them stay where they are, in the entries.
	MaxWaiting = 1000
	// maxRound bounds the webhooks that are looked at in one round.
	maxRound = 1000
)

// WebhookState says whether events are sent to a webhook.
type WebhookState string

// The states of a webhook.
const (
	WebhookActive   WebhookState = "active"
	WebhookPaused   WebhookState = "paused"   // by its party
	WebhookDisabled WebhookState = "disabled" // by the gateway; Reason says why
)

// Webhook is an address to which a party's events are sent.
type Webhook struct {
	ID          string
	Party       ledger.PartyID
	URL         string
	Description string
	Ops         []ledger.Op // none for all
	State       WebhookState
	Reason      string
	Position    int64 // up to which events have become deliveries
	Created     time.Time
	Waiting     int // deliveries that are not settled
	Dead        int // deliveries that were given up
}

const selectWebhooks = `SELECT w.id, w.party, w.url, w.description, w.ops, w.state, w.reason, w.position, w.created,
	(SELECT COUNT(*) FROM deliveries d WHERE d.state = 'waiting' AND d.webhook = w.id),
	(SELECT COUNT(*) FROM deliveries d WHERE d.state = 'dead' AND d.webhook = w.id)
	FROM webhooks w `

func scanWebhook(rows *sql.Rows) (w Webhook, err error) {
	var ops string
	var created int64
	err = rows.Scan(&w.ID, &w.Party, &w.URL, &w.Description, &ops, &w.State, &w.Reason, &w.Position, &created, &w.Waiting, &w.Dead)
	for op := range strings.SplitSeq(ops, ",") {
		if op != "" {
			w.Ops = append(w.Ops, ledger.Op(op))
		}
	}
	w.Created = time.Unix(created, 0).UTC()
	return w, err
}

func (s *Store) webhooks(ctx context.Context, where string, args ...any) ([]Webhook, error) {
	rows, err := s.reader.QueryContext(ctx, selectWebhooks+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading webhooks: %w", err)
	}
	return collect(rows, scanWebhook)
}

// AddWebhook keeps a webhook, unless its party has MaxWebhooks already.
func (s *Store) AddWebhook(ctx context.Context, w Webhook) (added bool, err error) {
	ops := make([]string, len(w.Ops))
	for i, op := range w.Ops {
		ops[i] = string(op)
	}
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var has int
		if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM webhooks WHERE party = $1", string(w.Party)).Scan(&has); err != nil {
			return err
		}
		if added = has < MaxWebhooks; !added {
			return nil
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO webhooks (id, party, url, description, ops, state, reason, position, created)
			VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8)`,
			w.ID, string(w.Party), w.URL, w.Description, strings.Join(ops, ","), string(WebhookActive), w.Position, w.Created.Unix())
		return err
	})
	if err != nil {
		return false, fmt.Errorf("adding a webhook: %w", err)
	}
	return added, nil
}

// Webhooks lists a party's webhooks, the oldest first.
func (s *Store) Webhooks(ctx context.Context, party ledger.PartyID) ([]Webhook, error) {
	return s.webhooks(ctx, "WHERE w.party = $1 ORDER BY w.created, w.id LIMIT $2", string(party), MaxWebhooks)
}

// Webhook gives a party's webhook, or nil where it has none with the id.
func (s *Store) Webhook(ctx context.Context, party ledger.PartyID, id string) (*Webhook, error) {
	all, err := s.webhooks(ctx, "WHERE w.party = $1 AND w.id = $2", string(party), id)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// RemoveWebhook forgets a webhook and its deliveries.
func (s *Store) RemoveWebhook(ctx context.Context, id string) error {
	err := s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, first := tx.ExecContext(ctx, "DELETE FROM deliveries WHERE webhook = $1", id)
		if first != nil {
			return first
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM webhooks WHERE id = $1", id)
		return err
	})
	if err != nil {
		return fmt.Errorf("removing a webhook: %w", err)
	}
	return nil
}

// SetWebhook changes the state of a webhook. What waits for one that is made
// active again is due at once: whoever does that says that it can be reached.
func (s *Store) SetWebhook(ctx context.Context, id string, state WebhookState, reason string, now time.Time) error {
	err := s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE webhooks SET state = $1, reason = $2 WHERE id = $3", string(state), reason, id); err != nil {
			return err
		}
		if state != WebhookActive {
			return nil
		}
		_, err := tx.ExecContext(ctx, "UPDATE deliveries SET due = $1 WHERE state = 'waiting' AND webhook = $2", now.UnixMilli(), id)
		return err
	})
	if err != nil {
		return fmt.Errorf("changing a webhook: %w", err)
	}
	return nil
}

// WebhooksWithNews gives the active webhooks whose parties were told of entries
// that have not become deliveries, and which have room for more.
func (s *Store) WebhooksWithNews(ctx context.Context) ([]Webhook, error) {
	all, err := s.webhooks(ctx, `WHERE w.state = 'active'
		AND EXISTS (SELECT 1 FROM entry_parties p WHERE p.party = w.party AND p.position > w.position) LIMIT $1`, maxRound)
	return slices.DeleteFunc(all, func(w Webhook) bool { return w.Waiting >= MaxWaiting }), err
}

// WebhooksDue gives the active webhooks to which something is to be sent now.
func (s *Store) WebhooksDue(ctx context.Context, now time.Time) ([]Webhook, error) {
	return s.webhooks(ctx, `WHERE w.state = 'active' AND EXISTS
		(SELECT 1 FROM deliveries d WHERE d.state = 'waiting' AND d.webhook = w.id AND d.due <= $1) LIMIT $2`, now.UnixMilli(), maxRound)
}

// Queue makes deliveries of the entries after a webhook's position, at most
// MaxEntries, and moves the position past them: both or nothing, so that a crash
// neither loses an event nor sends one that was settled. takes says which entries
// the webhook wants, and name gives a delivery's id. It gives how many entries
// the position moved past.
func (s *Store) Queue(ctx context.Context, w Webhook, now time.Time, takes func(Entry) bool, name func(Entry) string) (passed int, err error) {
	entries, err := s.EntriesOf(ctx, w.Party, w.Position)
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		moved, err := changed(tx.ExecContext(ctx, "UPDATE webhooks SET position = $1 WHERE id = $2 AND position = $3",
			entries[len(entries)-1].Position, w.ID, w.Position))
		if err != nil || moved == 0 {
			return err // it is gone, or another round was first
		}
		for _, e := range entries {
			if !takes(e) {
				continue
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO deliveries
				(webhook, position, id, subject, state, attempts, due, tried, status, fault, took)
				VALUES ($1, $2, $3, $4, 'waiting', 0, $5, 0, 0, '', 0) ON CONFLICT DO NOTHING`,
				w.ID, e.Position, name(e), string(e.Result.Subject.Kind)+"/"+e.Result.Subject.ID, now.UnixMilli())
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("queueing deliveries: %w", err)
	}
	return len(entries), nil
}

// changed gives the number of rows that a statement changed.
func changed(result sql.Result, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}
