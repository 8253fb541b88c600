package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/skuld-registry/skuld/api/client/rest"
	"github.com/skuld-registry/skuld/ledger"
)

// MaxBatch is the most commands, or rows of an import, of one request.
const MaxBatch = ledger.MaxBatch

// Item is the outcome of one command of several. Exactly one of Receipt.Result
// and Problem is set once the outcome is known.
type Item struct {
	Receipt
	Problem *Problem `json:"problem"`
}

// Known says whether the outcome of the command is known.
func (i *Item) Known() bool {
	return i.Result != nil || i.Problem != nil && !open(i.Problem)
}

// SubmitBatch hands in several signed commands at once and waits for the outcome
// of each, in the order of the commands. Those whose outcome is not known are
// sent again, and only those. Where some stay unknown it gives the items
// so far and an error.
func (c *Client) SubmitBatch(ctx context.Context, commands []ledger.Signed) ([]Item, error) {
	return c.submitItems(ctx, len(commands), func(left []int) rest.Request {
		var body rest.Commands
		for _, i := range left {
			body.Commands = append(body.Commands, commands[i])
		}
		return rest.SubmitCommands(rest.SubmitCommandsParams{}, body)
	})
}

// submitItems sends n commands, and those whose outcome is not known again.
// write writes the request for the commands that are left.
func (c *Client) submitItems(ctx context.Context, n int, write func(left []int) rest.Request) ([]Item, error) {
	if n > MaxBatch {
		return nil, fmt.Errorf("handing in %d commands: the limit is %d", n, MaxBatch)
	}
	items := make([]Item, n)
	left := make([]int, n) // indices of commands to send
	for i := range left {
		left[i] = i
	}
	err := c.retry(ctx, func() error {
		var answer struct {
			Results []Item `json:"results"`
		}
		if err := c.call(ctx, write(left), private, &answer); err != nil {
			return err
		}
		if len(answer.Results) != len(left) {
			return errors.New("the gateway answered another number of commands than were sent")
		}
		var still []int
		for n, i := range left {
			items[i] = answer.Results[n]
			if p := items[i].Problem; !items[i].Known() || p != nil && p.Retryable {
				still = append(still, i)
			}
		}
		if left = still; len(left) > 0 {
			return errPending
		}
		return nil
	})
	if err == nil || errors.Is(err, errPending) && known(items) {
		return items, nil
	}
	return items, err
}

// known says whether every outcome is known, be it a refusal that might not be
// one later.
func known(items []Item) bool {
	for i := range items {
		if !items[i].Known() {
			return false
		}
	}
	return true
}

// Import is a file whose rows become notes, as the gateway knows it.
type Import = rest.Import

// OpenImport tells the gateway of a file whose rows will be offered, so that
// its progress can be watched there. The same file again is the same import.
func (c *Client) OpenImport(ctx context.Context, name string, digest ledger.Digest, rows int) (*Import, error) {
	i := new(Import)
	r := rest.CreateImport(rest.ImportRequest{Name: name, Digest: digest, Rows: rows})
	if err := c.retry(ctx, func() error { return c.call(ctx, r, private, i) }); err != nil {
		return nil, fmt.Errorf("opening the import: %w", err)
	}
	return i, nil
}

// ImportRow is a row of an import: its signed offer, or what is wrong with it.
type ImportRow = rest.ImportChunk_Rows

// RowError says what is wrong with a row.
type RowError = rest.ImportChunk_Rows_Error

// SubmitRows hands in rows of an import, as SubmitBatch does commands. It gives
// an item for each row that has an offer, in their order.
func (c *Client) SubmitRows(ctx context.Context, id string, rows []ImportRow) ([]Item, error) {
	var offers, faults []ImportRow
	for _, r := range rows {
		if r.Error != nil {
			faults = append(faults, r)
		} else {
			offers = append(offers, r)
		}
	}
	if len(rows) > MaxBatch {
		return nil, fmt.Errorf("handing in %d rows: the limit is %d", len(rows), MaxBatch)
	}
	return c.submitItems(ctx, len(offers), func(left []int) rest.Request {
		var body rest.ImportChunk
		// A fault that is told twice is told once: the gateway keeps it by its row.
		body.Rows = append(body.Rows, faults...)
		for _, i := range left {
			body.Rows = append(body.Rows, offers[i])
		}
		return rest.SubmitImportRows(id, body)
	})
}
