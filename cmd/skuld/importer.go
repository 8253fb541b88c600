package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"sync"
	"time"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/cmd/skuld/tape"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	// maxShown is how many problems are shown to a person; programs get all.
	maxShown = 100
	// finishTime is how long requests that are under way may go on when a person
	// interrupts the import.
	finishTime = 10 * time.Second
)

// importer offers the rows of one tape. One goroutine reads rows, some check, sign
// and upload chunks of them, and run itself takes in what came of them, so that
// only it writes to the journal and to the screen. The gateway hands the offers
// in while more are uploaded, and run follows it to the end.
type importer struct {
	*app
	flags    tapeFlags
	source   *os.File
	digest   ledger.Digest
	rows     int
	head     journalHead
	journal  *journal // nil in a dry run, as are the next two
	session  *session
	importID string // "" where there is nothing to import

	counts tally
	lines  []int // where each row stands in the file, by its number
	shown  int
	bar    *progress
}

// tally is how far an import has come.
type tally struct {
	Rows     int `json:"rows"`
	Offered  int `json:"offered"`
	Rejected int `json:"rejected"`
}

// fault is what is reported of a row.
type fault struct {
	Warning bool        `json:"warning,omitempty"`
	Code    ledger.Code `json:"code"`
	tape.Problem
}

// chunk is some rows on their way. It belongs to one goroutine at a time.
type chunk struct {
	rows   []tape.Row
	faults []fault // of rows that cannot be sent, and warnings
	read   int     // rows that the chunk stands for

	offers []rowOffer
	now    *client.Import // as the gateway has it with the chunk; nil where nothing was sent
	err    error
}

// rowOffer is the offer of a row.
type rowOffer struct {
	row     int
	command *ledger.Command
}

// run offers the rows and reports.
func (i *importer) run(ctx context.Context) error {
	began := i.now()
	i.counts.Rows, i.lines = i.rows, make([]int, i.rows+1)
	i.bar = newProgress(i.app, i.rows)
	failed := i.upload(ctx)
	if failed == nil {
		failed = i.follow(ctx)
	}
	i.bar.end()
	if i.importID != "" {
		// Also where it was broken off, so that what is reported is true.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTime)
		defer cancel()
		failed = errors.Join(failed, i.tally(ctx, failed == nil))
	}
	return i.report(failed, i.now().Sub(began))
}

// upload checks and signs the rows and hands them over.
func (i *importer) upload(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	read := make(chan *chunk)
	done := make(chan *chunk)
	var failed error
	go func() {
		defer close(read)
		if err := i.read(ctx, read); err != nil {
			stop(err)
		}
	}()
	var senders sync.WaitGroup
	for range i.flags.inFlight {
		senders.Go(func() {
			for c := range read {
				if c.err = context.Cause(ctx); c.err == nil {
					i.check(c)
					c.err = i.send(ctx, c)
				}
				done <- c
			}
		})
	}
	go func() { senders.Wait(); close(done) }()
	for c := range done {
		if err := i.take(c); err != nil && failed == nil {
			failed = err
			stop(err) // nothing more is begun; what is under way is still taken in
		}
	}
	if failed == nil {
		failed = context.Cause(ctx)
	}
	return failed
}

// read reads the rows in chunks.
func (i *importer) read(ctx context.Context, out chan<- *chunk) error {
	sum := sha256.New()
	r, err := tape.NewReader(io.TeeReader(i.source, sum), tape.Layout(i.flags.layout))
	if err != nil {
		return err
	}
	c := &chunk{}
	pass := func() error {
		select {
		case out <- c:
			c = &chunk{}
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if problem, ok := errors.AsType[*tape.Problem](err); ok {
			c.faults = append(c.faults, fault{Code: ledger.CodeRowInvalid, Problem: *problem})
		} else if err != nil {
			return err
		} else {
			c.rows = append(c.rows, row)
		}
		if c.read++; c.read >= i.flags.chunk {
			if err := pass(); err != nil {
				return err
			}
		}
	}
	if c.read > 0 {
		if err := pass(); err != nil {
			return err
		}
	}
	return i.unchanged(sum)
}

// unchanged refuses a file that was changed while it was being read: its rows
// are not those that the journal is of.
func (i *importer) unchanged(sum hash.Hash) error {
	if ledger.Digest(sum.Sum(nil)) != i.digest {
		return errors.New("the tape was changed while it was being imported")
	}
	return nil
}

// check writes the offers of a chunk's rows and applies the rules to them.
func (i *importer) check(c *chunk) {
	for _, f := range c.faults {
		i.lines[f.Row] = f.Line
	}
	for _, row := range c.rows {
		i.lines[row.Number] = row.Line
		for _, w := range row.Warnings {
			c.faults = append(c.faults, fault{Warning: !i.flags.strict, Code: ledger.CodeRowInvalid, Problem: w})
		}
		switch {
		case i.flags.strict && len(row.Warnings) > 0:
			continue
		case i.journal != nil && i.journal.has(row.Number):
			continue
		}
		command, err := i.offer(row)
		if err != nil {
			c.faults = append(c.faults, i.refused(row.Number, row.Line, err))
			continue
		}
		c.offers = append(c.offers, rowOffer{row.Number, command})
	}
	c.rows = nil
}

// offer writes the offer of a row: the same each time.
func (i *importer) offer(row tape.Row) (*ledger.Command, error) {
	borrower := row.Borrower
	if borrower == "" {
		borrower = i.head.Tape.Borrower
	}
	command, err := ledger.Draft{
		Op: ledger.OpOffer, Network: i.head.Tape.Network, By: i.head.Tape.Lender, Command: i.head.command(row.Number),
		IssuedAt: i.head.Begun, Life: offerLife,
		Body: ledger.OfferBody{
			Book: i.head.Tape.Book, Borrowers: []ledger.PartyID{borrower}, AnswerBy: i.head.AnswerBy, Terms: row.Terms,
		},
	}.Build()
	if err != nil {
		return nil, err
	}
	return command, tape.Check(command, i.head.Begun)
}

// refused puts a rule's refusal in the words of a row.
func (i *importer) refused(row, line int, err error) fault {
	f := fault{Code: ledger.CodeInternal, Problem: tape.Problem{Row: row, Line: line, Detail: err.Error()}}
	if refusal, ok := errors.AsType[*ledger.Error](err); ok {
		f.Code, f.Detail = refusal.Code, refusal.Text(i.language())
	}
	return f
}

// send signs a chunk's offers and hands them over. When a person interrupts the
// import, what is under way is given a while to come to its end.
func (i *importer) send(ctx context.Context, c *chunk) error {
	if i.journal == nil {
		return nil
	}
	ctx, cancel := outlive(ctx, finishTime)
	defer cancel()
	var rows []client.ImportRow
	for _, f := range c.faults {
		if !f.Warning {
			rows = append(rows, client.ImportRow{Row: f.Row, Error: &client.RowError{Column: f.Column, Detail: f.Detail}})
		}
	}
	for _, o := range c.offers {
		signed, err := i.session.Sign(o.command)
		if err != nil {
			return err
		}
		rows = append(rows, client.ImportRow{Row: o.row, JWS: signed.JWS})
	}
	if len(rows) == 0 {
		return nil
	}
	var err error
	c.now, err = i.session.UploadRows(ctx, i.importID, rows)
	return err
}

// outlive gives a context that ends a while after its parent.
func outlive(parent context.Context, after time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(parent))
	var timer *time.Timer
	var mu sync.Mutex
	stop := context.AfterFunc(parent, func() {
		mu.Lock()
		timer = time.AfterFunc(after, cancel)
		mu.Unlock()
	})
	return ctx, func() {
		stop()
		mu.Lock()
		if timer != nil {
			timer.Stop()
		}
		mu.Unlock()
		cancel()
	}
}

// take takes in what came of a chunk.
func (i *importer) take(c *chunk) error {
	for _, f := range c.faults {
		if !f.Warning {
			i.counts.Rejected++
		}
		if err := i.show(f); err != nil {
			return err
		}
	}
	switch {
	case i.journal == nil:
		i.bar.add(c.read)
	case c.now != nil:
		i.bar.reach(c.now.Offered + c.now.Rejected)
	}
	return c.err
}

// show reports a row: to a program as a line of JSON, to a person in a sentence.
func (i *importer) show(f fault) error {
	if i.app.flags.json {
		if err := json.NewEncoder(i.out).Encode(f); err != nil {
			return fmt.Errorf("writing a problem: %w", err)
		}
		return nil
	}
	if i.shown++; i.shown > maxShown {
		return nil
	}
	i.bar.clear()
	word := ""
	if f.Warning {
		word = "warning: "
	}
	fmt.Fprintf(i.out, "%s%s (%s)\n", word, safe(f.Error()), f.Code)
	return nil
}

// report says how it went, in the end or on the way.
func (i *importer) report(failed error, took time.Duration) error {
	if i.app.flags.json {
		if err := json.NewEncoder(i.out).Encode(i.counts); err != nil {
			return fmt.Errorf("writing the result: %w", err)
		}
	} else {
		i.reportToPerson(took)
	}
	switch {
	case failed != nil && i.journal != nil:
		if i.counts.Rows > i.counts.Offered+i.counts.Rejected {
			i.say("The import is not at its end. The gateway goes on with the rows that it has. Run the same command again and the rest follows; no row is offered twice.")
		}
		return failed
	case failed != nil:
		return failed
	case i.counts.Rejected > 0:
		return &errSilent{exitRefused}
	}
	return nil
}

func (i *importer) reportToPerson(took time.Duration) {
	if more := i.shown - maxShown; more > 0 {
		fmt.Fprintf(i.out, "… and %d more; --json gives all of them.\n", more)
	}
	if i.journal == nil {
		fmt.Fprintf(i.out, "%d rows checked: %d can be offered, %d are rejected. Nothing was sent.\n",
			i.counts.Rows, i.counts.Rows-i.counts.Rejected, i.counts.Rejected)
		return
	}
	fmt.Fprintf(i.out, "%d rows: %d offered, %d rejected, in %s.\n", i.counts.Rows, i.counts.Offered, i.counts.Rejected, took.Round(100*time.Millisecond))
}
