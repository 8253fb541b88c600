package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// How long things are kept after they have served their purpose.
const (
	// KeepSubmissions is how long after its expiry a command's outcome can still be
	// asked for by its id; the ledger itself keeps it for ever.
	KeepSubmissions = 24 * time.Hour
	// KeepAssertions is how long after its expiry a client assertion is remembered.
	// It is taken for as long after it as clocks may differ (auth.Skew), and could
	// be used a second time where it was forgotten sooner.
	KeepAssertions = time.Minute
	// KeepImports is how long after its end an import and its rows can be read.
	KeepImports = 90 * 24 * time.Hour
	// KeepInvitations is how long after its end an invitation can be read. It holds
	// the name of somebody who may never have come.
	KeepInvitations = 90 * 24 * time.Hour
	// KeepCallbacks is how long after it was made a call is remembered, and how long
	// one is waited for: a telephone number does not stay because nobody called it.
	KeepCallbacks = 365 * 24 * time.Hour
	// KeepComplaints is how long an answered complaint is remembered.
	KeepComplaints = 5 * 365 * 24 * time.Hour
	// KeepJournal is how long a person can read what a company did: as long as the
	// company keeps it itself (2023:714 ch. 3 par. 8).
	KeepJournal = 5 * 365 * 24 * time.Hour
	// KeepFollowUps is how long it is known that a follow-up was answered, or expired.
	KeepFollowUps = 30 * 24 * time.Hour
	// KeepAnswers is how long back trends of answers go.
	KeepAnswers = 3 * 365 * 24 * time.Hour
	// KeepOutbox is how long a company's gateway knows what became of what it handed in.
	KeepOutbox = 60 * 24 * time.Hour
	// KeepMessages is how long it is known what a person was told.
	KeepMessages = 10 * 365 * 24 * time.Hour
	// KeepDeliveries is how long the log of settled deliveries goes back.
	KeepDeliveries = 30 * 24 * time.Hour
	// KeepErasures is how long after a note was erased it is known who was told so.
	KeepErasures = 30 * 24 * time.Hour
)

// pruneBatch bounds the rows that one write takes away, so that others get in
// between.
const pruneBatch = 1000

// prunable says which rows of a table are to go. Its statement deletes at most
// $2 of those whose time is before $1.
type prunable struct {
	table     string
	keep      time.Duration
	time      func(time.Time) any // how the table writes times
	statement string
}

func inSeconds(t time.Time) any    { return t.Unix() }
func inMillis(t time.Time) any     { return t.UnixMilli() }
func inLedgerTime(t time.Time) any { return t.UTC().Format(time.RFC3339) }
func inDays(t time.Time) any       { return finance.DateOf(t).String() }

// prunables are all tables that rows are taken away from, in this order.
var prunables = []prunable{
	{"submissions", KeepSubmissions, inSeconds, `DELETE FROM submissions WHERE (signer, command) IN
		(SELECT signer, command FROM submissions WHERE expires < $1 LIMIT $2)`},
	{"assertions", KeepAssertions, inSeconds, `DELETE FROM assertions WHERE (party, jti) IN
		(SELECT party, jti FROM assertions WHERE expires < $1 LIMIT $2)`},
	{"idempotency", 0, inSeconds, `DELETE FROM idempotency WHERE (party, target, name) IN
		(SELECT party, target, name FROM idempotency WHERE expires < $1 LIMIT $2)`},
	{"idempotency_notes", 0, inSeconds, `DELETE FROM idempotency_notes WHERE (note, party, target, name) IN
		(SELECT note, party, target, name FROM idempotency_notes WHERE expires < $1 LIMIT $2)`},
	{"import_rows", KeepImports, inSeconds, `DELETE FROM import_rows WHERE (import, line) IN
		(SELECT import, line FROM import_rows WHERE import IN (SELECT id FROM imports WHERE ended > 0 AND ended < $1) LIMIT $2)`},
	{"imports", KeepImports, inSeconds, `DELETE FROM imports WHERE id IN
		(SELECT id FROM imports WHERE ended > 0 AND ended < $1 LIMIT $2)`},
	{"deliveries", KeepDeliveries, inMillis, `DELETE FROM deliveries WHERE (webhook, position) IN
		(SELECT webhook, position FROM deliveries WHERE state IN ('delivered', 'dead') AND tried < $1 LIMIT $2)`},
	{"invitations", KeepInvitations, inSeconds, `DELETE FROM invitations WHERE id IN
		(SELECT id FROM invitations WHERE expires < $1 LIMIT $2)`},
	{"sessions", 0, inSeconds, `DELETE FROM sessions WHERE token IN
		(SELECT token FROM sessions WHERE expires < $1 LIMIT $2)`},
	{"challenges", 0, inSeconds, `DELETE FROM challenges WHERE challenge IN
		(SELECT challenge FROM challenges WHERE expires < $1 LIMIT $2)`},
	{"drafts", 0, inSeconds, `DELETE FROM drafts WHERE id IN
		(SELECT id FROM drafts WHERE expires < $1 LIMIT $2)`},
	{"callbacks", KeepCallbacks, inSeconds, `DELETE FROM callbacks WHERE id IN
		(SELECT id FROM callbacks WHERE done > 0 AND done < $1 LIMIT $2)`},
	{"callbacks", KeepCallbacks, inSeconds, `DELETE FROM callbacks WHERE id IN
		(SELECT id FROM callbacks WHERE done = 0 AND created < $1 LIMIT $2)`},
	{"complaints", KeepComplaints, inSeconds, `DELETE FROM complaints WHERE id IN
		(SELECT id FROM complaints WHERE answered > 0 AND answered < $1 LIMIT $2)`},
	{"journal", KeepJournal, inSeconds, `DELETE FROM journal WHERE (by_party, id) IN
		(SELECT by_party, id FROM journal WHERE at < $1 LIMIT $2)`},
	{"follow_ups", KeepFollowUps, inSeconds, `DELETE FROM follow_ups WHERE code IN
		(SELECT code FROM follow_ups WHERE expires < $1 LIMIT $2)`},
	{"answers", KeepAnswers, inDays, `DELETE FROM answers WHERE id IN
		(SELECT id FROM answers WHERE day < $1 LIMIT $2)`},
	{"outbox", KeepOutbox, inSeconds, `DELETE FROM outbox WHERE id IN
		(SELECT id FROM outbox WHERE settled > 0 AND settled < $1 LIMIT $2)`},
	{"messages", KeepMessages, inSeconds, `DELETE FROM messages WHERE place IN
		(SELECT place FROM messages WHERE at < $1 LIMIT $2)`},
	{"entry_parties", KeepErasures, inLedgerTime, `DELETE FROM entry_parties WHERE (party, position) IN
		(SELECT p.party, p.position FROM entries e JOIN transactions t ON t.id = e.tx JOIN entry_parties p ON p.position = e.position
			WHERE e.op = 'erase' AND t.at < $1 LIMIT $2)`},
	// A former holder's last day is kept in the row: ledger.FormerHolderDays after
	// the notice of its successor.
	{"note_parties", 0, inDays, `DELETE FROM note_parties WHERE (party, born) IN
		(SELECT party, born FROM note_parties WHERE until <> '' AND until < $1 LIMIT $2)`},
}

// Prune takes away what has served its purpose by now, and gives how many rows of
// each table went. It is to be called now and then, as every hour.
func (s *Store) Prune(ctx context.Context, now time.Time) (gone map[string]int, err error) {
	gone = map[string]int{}
	for _, p := range prunables {
		n, failed := s.prune(ctx, p, now)
		if n > 0 {
			gone[p.table] += n
		}
		if failed != nil { // the other tables are none the worse
			err = errors.Join(err, fmt.Errorf("pruning %s: %w", p.table, failed))
		}
	}
	return gone, err
}

func (s *Store) prune(ctx context.Context, p prunable, now time.Time) (gone int, err error) {
	before := p.time(now.Add(-p.keep))
	for {
		var n int64
		err := s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
			result, err := tx.ExecContext(ctx, p.statement, before, pruneBatch)
			if err != nil {
				return err
			}
			n, err = result.RowsAffected()
			return err
		})
		if err != nil {
			return gone, err
		}
		gone += int(n)
		if n < pruneBatch {
			return gone, nil
		}
	}
}
