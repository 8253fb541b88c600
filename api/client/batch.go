package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/skuld-registry/skuld/api/client/rest"
	"github.com/skuld-registry/skuld/ledger"
)

// MaxBatch is the most commands of one request.
const MaxBatch = 1000

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
