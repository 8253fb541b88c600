package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/skuld-registry/skuld/ledger"
)

// MaxBatch is the most commands of one request.
const MaxBatch = ledger.MaxBatch

// Item is the outcome of one command of a batch. Exactly one of Receipt.Result
// and Problem is set once the outcome is known.
type Item struct {
	Receipt
	Problem *Problem `json:"problem"`
}

// SubmitBatch hands in several signed commands at once and waits for the outcome
// of each, in the order of the commands. Those whose outcome is not known are
// sent again, and only those. Where some stay unknown it returns the items
// so far, with neither result nor problem for those, and an error.
func (c *Client) SubmitBatch(ctx context.Context, commands []ledger.Signed) ([]Item, error) {
	if len(commands) > MaxBatch {
		return nil, fmt.Errorf("handing in %d commands: the limit is %d", len(commands), MaxBatch)
	}
	items := make([]Item, len(commands))
	left := make([]int, len(commands)) // indices of commands without an outcome
	for i := range left {
		left[i] = i
	}
	err := c.retry(ctx, func() error {
		var err error
		left, err = c.sendBatch(ctx, commands, left, items)
		return err
	})
	return items, err
}

// sendBatch sends the commands that are left and gives those that still are.
func (c *Client) sendBatch(ctx context.Context, commands []ledger.Signed, left []int, items []Item) ([]int, error) {
	var body struct {
		Commands []ledger.Signed `json:"commands"`
	}
	for _, i := range left {
		body.Commands = append(body.Commands, commands[i])
	}
	var answer struct {
		Results []Item `json:"results"`
	}
	r := request{method: http.MethodPost, path: "/v1/commands", access: private, body: body}
	if _, err := c.exchange(ctx, r, &answer); err != nil {
		return left, err
	}
	if len(answer.Results) != len(left) {
		return left, errors.New("the gateway answered another number of commands than were sent")
	}
	var still []int
	for n, i := range left {
		item := answer.Results[n]
		unknown := item.Problem == nil && item.Result == nil || item.Problem != nil && open(item.Problem)
		if !unknown {
			items[i] = item
		}
		if unknown || item.Problem != nil && item.Problem.Retryable {
			still = append(still, i)
		}
	}
	if len(still) > 0 {
		return still, errPending
	}
	return nil, nil
}
