package casebook

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
)

// CursorAnswers names how far the registrar's list of answers was read.
const CursorAnswers = "answers"

// Answer is what somebody said of a contact: nobody knows who. The scores are from 1
// to 10.
type Answer struct {
	ID       string
	Month    string // such as 2026-11
	Team     string
	Topic    string
	Overall  int
	Expected int
	Ideal    int
	Words    string
}

// LowScore is a score that asks for somebody to look at what happened, and those below.
const LowScore = 4

// Low says whether any of the scores is low.
func (a *Answer) Low() bool { return min(a.Overall, a.Expected, a.Ideal) <= LowScore }

// HearAnswers keeps answers as the registrar told them, with the place after them in
// its list, and puts a task for each on the worklist that lists wants one for; nil for
// none. Those that are there already stay as they are.
func (b *Book) HearAnswers(ctx context.Context, all []Answer, next string, task func(*Answer) *Task, now time.Time) error {
	err := b.UpdateAlone(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for i := range all {
			a := &all[i]
			n, err := store.Changed(tx.ExecContext(ctx, `INSERT INTO heard_answers (id, month, team, topic, overall, expected, ideal, words, heard)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING`,
				a.ID, a.Month, a.Team, a.Topic, a.Overall, a.Expected, a.Ideal, a.Words, now.Unix()))
			if err != nil {
				return err
			}
			if t := task(a); n > 0 && t != nil {
				if _, err := addTask(ctx, tx, *t, now); err != nil {
					return err
				}
			}
		}
		return setCursor(ctx, tx, CursorAnswers, next)
	})
	if err != nil {
		return fmt.Errorf("keeping what was said of contacts: %w", err)
	}
	return nil
}

// Answer gives what was said of a contact, or nil where there is none with the id.
func (b *Book) Answer(ctx context.Context, id string) (*Answer, error) {
	return first(b.answers(ctx, "WHERE id = $1", id))
}

// AnswersIn lists what was said in months from the first to the last, in no order
// within a month, after the last one of the page before; nil for the first page.
// Whoever shows them is not to show small groups: so few may be known by their words.
func (b *Book) AnswersIn(ctx context.Context, from, to string, after *Answer, limit int) (page []Answer, more bool, err error) {
	var month, id string
	if after != nil {
		month, id = after.Month, after.ID
	}
	limit = store.PageLimit(limit)
	page, err = b.answers(ctx, "WHERE month >= $1 AND month <= $2 AND (month, id) > ($3, $4) ORDER BY month, id LIMIT $5", from, to, month, id, limit+1)
	page, more = store.Cut(page, limit)
	return page, more, err
}

func (b *Book) answers(ctx context.Context, where string, args ...any) ([]Answer, error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT id, month, team, topic, overall, expected, ideal, words FROM heard_answers "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading what was said of contacts: %w", err)
	}
	return store.Collect(rows, func(rows *sql.Rows) (a Answer, err error) {
		return a, rows.Scan(&a.ID, &a.Month, &a.Team, &a.Topic, &a.Overall, &a.Expected, &a.Ideal, &a.Words)
	})
}

// AnswerSum is what was said in a month of a team's contacts about one topic: how many
// answers, and the sums of their scores.
type AnswerSum struct {
	Month, Team, Topic                string
	Answers, Overall, Expected, Ideal int
	Low                               int // answers with a low score
}

// maxAnswerSums bounds the sums of one report: ten years of fifty teams.
const maxAnswerSums = 36_000

// AnswerSums counts what was said in months from the first to the last.
func (b *Book) AnswerSums(ctx context.Context, from, to string) ([]AnswerSum, error) {
	rows, err := b.Reader().QueryContext(ctx, `SELECT month, team, topic, COUNT(*), SUM(overall), SUM(expected), SUM(ideal),
		COUNT(CASE WHEN overall <= $1 OR expected <= $1 OR ideal <= $1 THEN 1 END)
		FROM heard_answers WHERE month >= $2 AND month <= $3 GROUP BY month, team, topic ORDER BY month, team, topic LIMIT $4`,
		LowScore, from, to, maxAnswerSums)
	if err != nil {
		return nil, fmt.Errorf("counting what was said of contacts: %w", err)
	}
	return store.Collect(rows, func(rows *sql.Rows) (s AnswerSum, err error) {
		return s, rows.Scan(&s.Month, &s.Team, &s.Topic, &s.Answers, &s.Overall, &s.Expected, &s.Ideal, &s.Low)
	})
}
