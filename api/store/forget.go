package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// KeepPersons is how long after its first invitation a person is known without
// having a note: an offer that was wrong is erased at once, and the right one, which
// may be weeks in coming, is to find who shall sign it with the passkeys at hand.
const KeepPersons = 90 * 24 * time.Hour

// ForgetPersons takes away all that is known of persons who have no note that is not
// erased and represent nobody. It gives how many there were. It must only be called
// while the read model is complete: in one that is being rebuilt nobody has a note.
func (s *Store) ForgetPersons(ctx context.Context, now time.Time) (forgotten int, err error) {
	var helpers map[ledger.PartyID]bool
	for last := ledger.PartyID(""); ; {
		idle, err := s.withoutNotes(ctx, last, now.Add(-KeepPersons))
		if err != nil {
			return forgotten, fmt.Errorf("looking for persons without notes: %w", err)
		}
		if len(idle) > 0 && helpers == nil {
			if helpers, err = s.representatives(ctx, finance.DateOf(now)); err != nil {
				return forgotten, fmt.Errorf("looking for who represents others: %w", err)
			}
		}
		for _, party := range idle {
			if last = party; helpers[party] {
				continue
			}
			if err := s.ForgetPerson(ctx, party); err != nil {
				return forgotten, err
			}
			forgotten++
		}
		if len(idle) < pruneBatch {
			return forgotten, nil
		}
	}
}

// withoutNotes gives the next persons, in the order of their ids, that have been
// known since before a time and are no note's borrower.
func (s *Store) withoutNotes(ctx context.Context, after ledger.PartyID, since time.Time) ([]ledger.PartyID, error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT party FROM persons WHERE party > $1 AND created < $2 AND NOT EXISTS
		(SELECT 1 FROM note_parties n WHERE n.party = persons.party`+hasRole("n", ledger.RoleBorrower)+`)
		ORDER BY party LIMIT $3`, string(after), since.Unix(), pruneBatch)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(rows *sql.Rows) (id ledger.PartyID, err error) {
		err = rows.Scan(&id)
		return id, err
	})
}

// representatives gives those who have a power of attorney on a day.
func (s *Store) representatives(ctx context.Context, today finance.Date) (map[ledger.PartyID]bool, error) {
	rows, err := s.reader.QueryContext(ctx, `SELECT state FROM parties WHERE state LIKE '%"attorneys":[%'`)
	if err != nil {
		return nil, err
	}
	granting, err := collect(rows, func(rows *sql.Rows) (p ledger.Party, err error) {
		var state string
		if err = rows.Scan(&state); err == nil {
			err = json.Unmarshal([]byte(state), &p)
		}
		return p, err
	})
	all := map[ledger.PartyID]bool{}
	for _, p := range granting {
		for _, power := range p.Attorneys {
			if !power.Until.Before(today) {
				all[power.Representative] = true
			}
		}
	}
	return all, err
}
