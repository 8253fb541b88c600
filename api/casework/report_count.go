package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/casework/report"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

const (
	// reportPass is how often reports are counted anew where that is quick, and
	// reportRest how much longer than counting the rest after it is: of a large desk's
	// machine counting takes a hundredth.
	reportPass = time.Minute
	reportRest = 100
	// counted is how many months change after they are over: what was promised in the
	// last days of one is settled in the next.
	counted = 2
	// settling is how many days after its end a month's answers are counted, once: the
	// registrar has told of all of them by then.
	settling = 2
	// bookedBefore is how long before a month the bank can have booked what is written
	// on notes in it.
	bookedBefore = 90
)

// KeepReports counts what reports show, again and again until ctx ends.
func (d *Desk) KeepReports(ctx context.Context) {
	wait := time.NewTimer(0)
	defer wait.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wait.C:
		}
		began := time.Now()
		if err := d.CountReports(ctx); err != nil && ctx.Err() == nil {
			d.Log.Warn("the figures of reports could not be counted; the next turn tries again", "error", err)
		}
		wait.Reset(max(reportPass, reportRest*time.Since(began)))
	}
}

// CountReports counts this month and the one before, and those of the window that were
// never counted. Others stay as they were.
func (d *Desk) CountReports(ctx context.Context) error {
	now := d.Clock()
	today := finance.DateOf(now)
	this := report.MonthOf(today)
	had, err := d.Reports(ctx, this)
	if err != nil {
		return err
	}
	months := map[report.Month]*report.Figures{}
	for i, m := range report.Window(this) {
		if before := had[m]; before != nil && i < report.MaxMonths-counted {
			continue
		}
		if months[m], err = d.countMonth(ctx, m, had[m], now); err != nil {
			return err
		}
	}
	if err := d.countBookings(ctx, months); err != nil {
		return err
	}
	standing, err := d.countCases(ctx, today, months)
	if err != nil {
		return err
	}
	shares, err := d.Book.OverrideShares(ctx, now.AddDate(-1, 0, 0), now.Add(time.Second))
	if err != nil {
		return err
	}
	for _, s := range shares {
		standing.Rules = append(standing.Rules, report.Rule{Name: s.Rule, Acted: s.Acted, Overridden: s.Overridden})
	}
	months[this].Standing = &standing
	return d.saveReports(ctx, months, now)
}

func (d *Desk) saveReports(ctx context.Context, months map[report.Month]*report.Figures, now time.Time) error {
	var all []casebook.MonthReport
	for m, f := range months {
		body, err := json.Marshal(f)
		if err != nil {
			return fmt.Errorf("writing the figures of %s: %w", m, err)
		}
		all = append(all, casebook.MonthReport{Month: string(m), Day: f.Day.String(), Made: now, Body: body})
	}
	return d.Book.SaveReports(ctx, all)
}

// Reports gives what was counted of the months up to one; those that were never
// counted are left out.
func (d *Desk) Reports(ctx context.Context, last report.Month) (map[report.Month]*report.Figures, error) {
	rows, err := d.Book.Reports(ctx, string(last.Plus(1-report.MaxMonths)), string(last))
	if err != nil {
		return nil, err
	}
	all := map[report.Month]*report.Figures{}
	for _, r := range rows {
		f := new(report.Figures)
		if err := json.Unmarshal(r.Body, f); err != nil {
			return nil, fmt.Errorf("reading the figures of %s: %w", r.Month, err)
		}
		all[report.Month(r.Month)] = f
	}
	return all, nil
}

// countMonth counts the work of a month. What is counted once stays as it was before.
func (d *Desk) countMonth(ctx context.Context, m report.Month, had *report.Figures, now time.Time) (*report.Figures, error) {
	work, err := d.Book.CountWork(ctx, m.Begins(), m.Plus(1).Begins(), now)
	if err != nil {
		return nil, err
	}
	f := &report.Figures{
		Month: m, Day: finance.DateOf(now),
		Shares: map[report.Name][]report.TeamShare{
			report.Named: teamShares(work.Named), report.Calls: teamShares(work.Calls), report.Promises: teamShares(work.Promises),
			report.Disputes: teamShares(work.Disputes), report.Complaints: teamShares(work.Complaints),
		},
		Times:  map[report.Name]report.Spread{report.Signing: {}, report.Booking: {}},
		Counts: map[report.Name]int{report.Received: work.Received, report.Returned: 0},
	}
	if had != nil {
		f.Standing, f.Answers = had.Standing, had.Answers
	}
	if f.Answers == nil && !f.Day.Before(m.Plus(1).First().AddDays(settling)) {
		f.Answers, err = d.countAnswers(ctx, m)
	}
	return f, err
}

func teamShares(all []casebook.TeamCount) []report.TeamShare {
	shares := make([]report.TeamShare, len(all))
	for i, c := range all {
		shares[i] = report.TeamShare{Team: c.Team, Share: report.Share{Part: c.Part, Whole: c.Whole}}
	}
	return shares
}

// countAnswers gives what may be shown of a month's answers.
func (d *Desk) countAnswers(ctx context.Context, m report.Month) (*report.Answers, error) {
	sums, err := d.Book.AnswerSums(ctx, string(m), string(m))
	if err != nil {
		return nil, err
	}
	cells := make([]report.Cell, len(sums))
	for i, s := range sums {
		cells[i] = report.Cell{Team: s.Team, Topic: s.Topic, Answers: s.Answers, Overall: s.Overall, Expected: s.Expected, Ideal: s.Ideal}
	}
	given, err := d.Book.AnswerScores(ctx, string(m))
	if err != nil {
		return nil, err
	}
	scores := make([][]report.Scored, report.Questions)
	for _, s := range given {
		scores[s.Question] = append(scores[s.Question], report.Scored{Score: s.Score, Times: s.Times})
	}
	return report.Hide(cells, scores), nil
}

// countBookings counts how long it took until payments were written on their notes.
func (d *Desk) countBookings(ctx context.Context, months map[report.Month]*report.Figures) error {
	first := report.MonthOf(finance.DateOf(d.Clock()))
	for m := range months {
		first = min(first, m)
	}
	all, err := d.Book.BookedSince(ctx, first.First().AddDays(-bookedBefore))
	if err != nil {
		return err
	}
	for _, b := range all {
		if f := months[report.MonthOf(b.Written)]; f != nil {
			f.Times[report.Booking].Add(b.Bank.DaysTo(b.Written), b.Payments)
		}
	}
	return nil
}

// countCases walks through all cases.
func (d *Desk) countCases(ctx context.Context, today finance.Date, months map[report.Month]*report.Figures) (report.Standing, error) {
	tally := report.NewTally(d.Party, today, months)
	for after := int64(0); ; {
		cases, err := d.Book.CasesToCount(ctx, after, store.MaxPage)
		if err != nil {
			return report.Standing{}, err
		}
		for _, c := range cases {
			one := report.Case{Note: c.Note, Holder: c.Holder, Opened: finance.DateOf(c.Opened)}
			if !c.Closed.IsZero() {
				one.Closed = finance.DateOf(c.Closed)
			}
			if err := tally.Case(one); err != nil {
				return report.Standing{}, err
			}
			after = c.Number
		}
		if err := d.countSigned(ctx, cases, months); err != nil {
			return report.Standing{}, err
		}
		if len(cases) < store.MaxPage {
			return tally.Finish(), nil
		}
	}
}

// countSigned counts how long it took from the offers of notes to their last signature.
func (d *Desk) countSigned(ctx context.Context, cases []casebook.CountedCase, months map[report.Month]*report.Figures) error {
	signed := map[ledger.NoteID]time.Time{}
	var notes []ledger.NoteID
	for _, c := range cases {
		var last time.Time
		for _, b := range c.Note.Borrowers {
			if b.AcceptedAt.After(last) {
				last = b.AcceptedAt
			}
		}
		if !last.IsZero() && months[report.MonthOf(finance.DateOf(last))] != nil {
			signed[c.Note.ID] = last
			notes = append(notes, c.Note.ID)
		}
	}
	offered, err := d.Book.OfferedAt(ctx, notes)
	if err != nil {
		return err
	}
	for id, at := range offered {
		last := signed[id]
		months[report.MonthOf(finance.DateOf(last))].Times[report.Signing].Add(int(last.Sub(at)/time.Hour), 1)
	}
	return nil
}
