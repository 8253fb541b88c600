package casebook

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
)

// TeamCount is how many of some things of a team were as they should be.
type TeamCount struct {
	Team        string // whose member did it; "" where that is nobody's
	Part, Whole int
}

// answeredTasks counts the tasks of a kind whose time came between two moments, and
// those that had ended by their time, also where they settled themselves. What is not
// due yet at the third moment does not count.
const answeredTasks = `SELECT COALESCE(s.team, t.team) AS team, CASE WHEN t.ended > 0 AND t.ended <= t.due THEN 1 ELSE 0 END AS part
	FROM tasks t LEFT JOIN staff s ON s.id = t.ended_by
	WHERE t.kind IN (%s) AND t.due >= $1 AND t.due < $2 AND (t.ended > 0 OR t.due < $3)`

// shareQueries give a team and 1 or 0 for each of the things that are counted, from a
// moment until another one.
var shareQueries = struct{ named, calls, promises, disputes, complaints string }{
	named: `SELECT COALESCE(s.team, '') AS team, CASE WHEN c.outcome = 'reached' AND c.staff <> '' THEN 1 ELSE 0 END AS part
		FROM contacts c LEFT JOIN staff s ON s.id = c.staff
		WHERE c.direction = 'in' AND c.channel = 'phone' AND c.at >= $1 AND c.at < $2
		UNION ALL SELECT COALESCE(s.team, t.team), CASE WHEN p.ended > 0 THEN 1 ELSE 0 END
		FROM promised_calls p JOIN tasks t ON t.kind = 'callback' AND t.about = p.id LEFT JOIN staff s ON s.id = t.ended_by
		WHERE p.created >= $1 AND p.created < $2 AND p.outcome <> 'not_wanted' AND (p.ended > 0 OR p.promised < $3)`,
	calls: `SELECT COALESCE(s.team, t.team) AS team, CASE WHEN p.ended > 0 AND p.missed = 0 THEN 1 ELSE 0 END AS part
		FROM promised_calls p JOIN tasks t ON t.kind = 'callback' AND t.about = p.id LEFT JOIN staff s ON s.id = t.ended_by
		WHERE p.outcome <> 'not_wanted' AND (p.ended > 0 AND p.ended >= $1 AND p.ended < $2
		OR p.ended = 0 AND p.missed > 0 AND p.promised >= $1 AND p.promised < $2 AND p.promised < $3)`,
	promises: `SELECT COALESCE(s.team, '') AS team, CASE WHEN p.state = 'kept' THEN 1 ELSE 0 END AS part
		FROM promises p LEFT JOIN staff s ON s.id = p.staff
		WHERE p.state IN ('kept', 'broken') AND p.settled >= $1 AND p.settled < $2 AND p.settled < $3`,
	disputes:   fmt.Sprintf(answeredTasks, "'dispute', 'claim'"),
	complaints: fmt.Sprintf(answeredTasks, "'complaint'"),
}

// Counted is the work of some time, by team.
type Counted struct {
	Named      []TeamCount // calls from persons, and calls that they asked for: those that a named person took or made
	Calls      []TeamCount // promised calls: those that were made in time
	Promises   []TeamCount // promises to pay: those that were kept
	Disputes   []TeamCount // objections, and payments that somebody says they made: those that were answered in time
	Complaints []TeamCount // complaints: those that were answered in time
	Received   int         // complaints that came
}

// CountWork counts the work from a moment until another one, as it stands now.
func (b *Book) CountWork(ctx context.Context, from, until, now time.Time) (c Counted, err error) {
	for _, one := range []struct {
		to    *[]TeamCount
		query string
	}{
		{&c.Named, shareQueries.named},
		{&c.Calls, shareQueries.calls},
		{&c.Promises, shareQueries.promises},
		{&c.Disputes, shareQueries.disputes},
		{&c.Complaints, shareQueries.complaints},
	} {
		if *one.to, err = b.countTeams(ctx, one.query, from.Unix(), until.Unix(), now.Unix()); err != nil {
			return c, fmt.Errorf("counting the work of staff: %w", err)
		}
	}
	err = b.Reader().QueryRowContext(ctx, "SELECT COUNT(*) FROM complaint_register WHERE received >= $1 AND received < $2", from.Unix(), until.Unix()).Scan(&c.Received)
	if err != nil {
		return c, fmt.Errorf("counting complaints: %w", err)
	}
	return c, nil
}

func (b *Book) countTeams(ctx context.Context, query string, args ...any) ([]TeamCount, error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT team, SUM(part), COUNT(*) FROM ("+query+fmt.Sprintf(") counted GROUP BY team ORDER BY team LIMIT %d", store.MaxPage), args...)
	if err != nil {
		return nil, err
	}
	return store.Collect(rows, func(rows *sql.Rows) (c TeamCount, err error) { return c, rows.Scan(&c.Team, &c.Part, &c.Whole) })
}

// AnswerScore is how often a score was given to one of the three questions.
type AnswerScore struct {
	Question     int // 0 overall, 1 expected, 2 ideal
	Score, Times int
}

// AnswerScores counts the scores of a month.
func (b *Book) AnswerScores(ctx context.Context, month string) ([]AnswerScore, error) {
	rows, err := b.Reader().QueryContext(ctx, `SELECT 0, overall, COUNT(*) FROM heard_answers WHERE month = $1 GROUP BY overall
		UNION ALL SELECT 1, expected, COUNT(*) FROM heard_answers WHERE month = $1 GROUP BY expected
		UNION ALL SELECT 2, ideal, COUNT(*) FROM heard_answers WHERE month = $1 GROUP BY ideal ORDER BY 1, 2 LIMIT $2`, month, store.MaxPage)
	if err != nil {
		return nil, fmt.Errorf("counting scores: %w", err)
	}
	return store.Collect(rows, func(rows *sql.Rows) (s AnswerScore, err error) {
		return s, rows.Scan(&s.Question, &s.Score, &s.Times)
	})
}

// Bettered lists the latest low answers that somebody looked at, from a time on, with
// what came of it.
func (b *Book) Bettered(ctx context.Context, from time.Time, limit int) ([]Task, error) {
	return b.tasks(ctx, "WHERE kind = 'answer' AND ended > 0 AND ended >= $1 ORDER BY ended DESC, place DESC LIMIT $2", from.Unix(), store.PageLimit(limit))
}
