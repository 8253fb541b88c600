package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// MessageRecovery tells a person that somebody says to have lost its keys.
const MessageRecovery = "recovery"

// Message says that a person was told something, and how. What was said stands in no
// row: it follows from the kind.
type Message struct {
	Party   ledger.PartyID
	Kind    string         // what, as MessageRecovery
	Channel string         // how: page, letter, phone, sms or email
	About   string         // id of what it is about
	By      ledger.PartyID // who told it; empty for the registrar's own pages
	At      time.Time
}

// maxMessages bounds the messages of one answer.
const maxMessages = 100

// AddMessage notes that a person was told something.
func (s *Store) AddMessage(ctx context.Context, m Message) error {
	err := s.join(ctx, func(ctx context.Context, tx *sql.Tx) error { return addMessage(ctx, tx, m) })
	if err != nil {
		return fmt.Errorf("noting a message: %w", err)
	}
	return nil
}

func addMessage(ctx context.Context, tx *sql.Tx, m Message) error {
	place, err := nextPlace(ctx, tx, "messages")
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO messages (place, party, kind, channel, about, by_party, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		place, string(m.Party), m.Kind, m.Channel, m.About, string(m.By), m.At.Unix())
	return err
}

// Messages gives the latest messages to a person, the latest first.
func (s *Store) Messages(ctx context.Context, party ledger.PartyID) ([]Message, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT kind, channel, about, by_party, at FROM messages WHERE party = $1 ORDER BY place DESC LIMIT $2",
		string(party), maxMessages)
	if err != nil {
		return nil, fmt.Errorf("reading messages: %w", err)
	}
	return collect(rows, func(rows *sql.Rows) (m Message, err error) {
		var at int64
		err = rows.Scan(&m.Kind, &m.Channel, &m.About, &m.By, &at)
		m.Party, m.At = party, inTime(at)
		return m, err
	})
}
