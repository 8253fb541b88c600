package main

import (
	"context"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/cmd/skuld/tape"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	// followEvery is how often the gateway is asked how far an import has come.
	followEvery = 250 * time.Millisecond
	// journalBatch is how many rows are written to the journal at a time.
	journalBatch = 1000
)

// follow waits until the gateway has come to the end of the import.
func (i *importer) follow(ctx context.Context) error {
	if i.importID == "" {
		return nil
	}
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		now, err := i.session.Import(ctx, i.importID)
		if err != nil {
			return err
		}
		i.bar.reach(now.Offered + now.Rejected)
		switch now.State {
		case client.ImportFinished:
			return nil
		case client.ImportPaused, client.ImportCancelling, client.ImportCancelled:
			return fmt.Errorf("the import %s is %s at the gateway", now.ID, now.State)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// tally takes over the gateway's numbers, and at the end of an import what became
// of each row: into the journal, and what the gateway rejected onto the screen.
func (i *importer) tally(ctx context.Context, ended bool) error {
	now, err := i.session.Import(ctx, i.importID)
	if err != nil {
		return err
	}
	i.counts.Offered, i.counts.Rejected = now.Offered, now.Rejected
	if !ended {
		return nil
	}
	var offered []int
	for row, err := range i.session.ImportedRows(context.WithoutCancel(ctx), i.importID) {
		if err != nil {
			return err
		}
		switch {
		case row.Row >= len(i.lines):
			return fmt.Errorf("the gateway tells of row %d, and the tape has %d", row.Row, i.rows)
		case row.Note != "" && !i.journal.has(row.Row):
			offered = append(offered, row.Row)
		// What was wrong in the file itself has been shown already.
		case row.Problem != nil && row.Problem.Code != ledger.CodeRowInvalid:
			f := fault{Code: row.Problem.Code, Problem: tape.Problem{Row: row.Row, Line: i.lines[row.Row], Detail: row.Problem.Detail}}
			if err := i.show(f); err != nil {
				return err
			}
		}
		if len(offered) == journalBatch {
			if err := i.journal.add(offered); err != nil {
				return err
			}
			offered = nil
		}
	}
	return i.journal.add(offered)
}
