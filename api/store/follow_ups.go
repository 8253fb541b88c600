package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// FollowUpLife is how long after a contact somebody can say how it was.
const FollowUpLife = 30 * 24 * time.Hour

// FollowUp is the chance to say how a contact was.
type FollowUp struct {
	By       ledger.PartyID
	Expires  time.Time
	Answered bool
	Contact  *JournalEntry // nil once it is answered
}

// FollowUpOf gives the follow-up of a code, or nil where there is none.
func (s *Store) FollowUpOf(ctx context.Context, c code.Code) (*FollowUp, error) {
	if c == "" {
		return nil, nil
	}
	rows, err := s.reader.QueryContext(ctx, "SELECT by_party, entry, expires, answered FROM follow_ups WHERE code = $1", c.Hash())
	if err != nil {
		return nil, fmt.Errorf("looking for a follow-up: %w", err)
	}
	entry := ""
	f, err := first(collect(rows, func(rows *sql.Rows) (f FollowUp, err error) {
		var expires, answered int64
		err = rows.Scan(&f.By, &entry, &expires, &answered)
		f.Expires, f.Answered = inTime(expires), answered != 0
		return f, err
	}))
	if err != nil || f == nil || entry == "" {
		return f, err
	}
	f.Contact, err = s.JournalEntry(ctx, f.By, entry)
	return f, err
}

// Scores are what somebody said of a contact, from 1 to 10 each: in all, measured by
// what was expected, and by the best that there could be. They are the three
// questions of the Swedish quality index (SKI).
type Scores struct{ Overall, Expected, Ideal int }

// Answer is what somebody said of a contact. It holds nothing of who did.
type Answer struct {
	ID    string // a UUID, drawn at random
	By    ledger.PartyID
	Day   finance.Date
	Team  string
	Topic string
	Scores
	Words string
}

// AnswerFollowUp keeps an answer in the place of the tie to its contact: taken is
// false where there was an answer before, or it is too late.
func (s *Store) AnswerFollowUp(ctx context.Context, c code.Code, a Answer, now time.Time) (taken bool, err error) {
	err = s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := changed(tx.ExecContext(ctx, "UPDATE follow_ups SET answered = 1, entry = '' WHERE code = $1 AND answered = 0 AND expires > $2",
			c.Hash(), now.Unix()))
		if taken = n == 1; err != nil || !taken {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO answers (id, by_party, day, team, topic, overall, expected, ideal, words)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			a.ID, string(a.By), finance.DateOf(now).String(), a.Team, a.Topic, a.Overall, a.Expected, a.Ideal, a.Words)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("keeping an answer: %w", err)
	}
	return taken, nil
}

// AnswersQuery selects answers about a company's contacts.
type AnswersQuery struct {
	By ledger.PartyID
	// Before is a day whose answers are not told yet, nor those after it. A company
	// that learns of an answer at once knows whom it has just talked to.
	Before finance.Date
	// AfterDay and AfterID are those of the last answer of the page before.
	AfterDay finance.Date
	AfterID  string
	Limit    int // at most MaxPage
}

// MinTeam is how many answers must have been given of a team before an answer says of
// which it is: a company that calls each contact a team would know whose answer it is.
const MinTeam = 5

// Answers lists what was said of a company's contacts, the oldest day first and in no
// order within it. An answer of a team with fewer than MinTeam of them names none.
func (s *Store) Answers(ctx context.Context, q AnswersQuery) (page []Answer, more bool, err error) {
	limit := pageLimit(q.Limit)
	rows, err := s.reader.QueryContext(ctx, `SELECT id, by_party, day, team, topic, overall, expected, ideal, words FROM answers
		WHERE by_party = $1 AND (day, id) > ($2, $3) AND day < $4 ORDER BY day, id LIMIT $5`,
		string(q.By), q.AfterDay.String(), q.AfterID, q.Before.String(), limit+1)
	if err != nil {
		return nil, false, fmt.Errorf("reading answers: %w", err)
	}
	page, err = collect(rows, func(rows *sql.Rows) (a Answer, err error) {
		var day string
		if err = rows.Scan(&a.ID, &a.By, &day, &a.Team, &a.Topic, &a.Overall, &a.Expected, &a.Ideal, &a.Words); err == nil {
			a.Day, err = finance.ParseDate(day)
		}
		return a, err
	})
	if err != nil || len(page) == 0 {
		return nil, false, err
	}
	known, err := s.knownTeams(ctx, q)
	if err != nil {
		return nil, false, err
	}
	for i := range page {
		if !known[page[i].Team] {
			page[i].Team = ""
		}
	}
	page, more = cut(page, limit)
	return page, more, nil
}

// knownTeams gives the teams of which enough answers were given.
func (s *Store) knownTeams(ctx context.Context, q AnswersQuery) (map[string]bool, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT team FROM answers WHERE by_party = $1 AND day < $2 GROUP BY team HAVING COUNT(*) >= $3",
		string(q.By), q.Before.String(), MinTeam)
	if err != nil {
		return nil, fmt.Errorf("counting answers: %w", err)
	}
	teams, err := collect(rows, func(rows *sql.Rows) (team string, err error) {
		err = rows.Scan(&team)
		return team, err
	})
	known := map[string]bool{}
	for _, team := range teams {
		known[team] = true
	}
	return known, err
}
