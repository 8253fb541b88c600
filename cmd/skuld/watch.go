package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	// watchPause is the wait before a broken stream is opened again.
	watchPause = time.Second
	// watchAttempts bounds how often in a row a stream is opened in vain.
	watchAttempts = 60
)

// happened is the data of an event.
type happened struct {
	ledger.Result
	At          time.Time `json:"at"`
	Transaction string    `json:"transaction"`
	Block       uint64    `json:"block"`
}

func (a *app) watchCommand() *cobra.Command {
	var after string
	c := &cobra.Command{
		Use: "watch", Short: "Show what happens to one's notes, books and keys, as it happens",
		Long: `Show what happens to one's notes, books and keys, as it happens, until
interrupted. With --json each event is one line. A stream that breaks is taken
up again where it was.`,
		Example: "  skuld --as collector watch\n  skuld watch --after 120 --json",
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			a.say("Watching; stop with Ctrl-C.")
			err = a.watch(cmd.Context(), s, after)
			if cmd.Context().Err() != nil {
				return nil // stopped by the person who watched
			}
			return err
		},
	}
	c.Flags().StringVar(&after, "after", "", "begin after this event (default now)")
	return c
}

func (a *app) watch(ctx context.Context, s *session, after string) error {
	vain := 0
	for {
		var broken error
		for e, err := range s.Events(ctx, after) {
			if err != nil {
				broken = err
				break
			}
			after, vain = e.ID, 0
			if err := a.showEvent(e); err != nil {
				return err
			}
		}
		vain++
		if !comesBack(broken) || vain > watchAttempts {
			return broken
		}
		pause := time.NewTimer(watchPause)
		select {
		case <-ctx.Done():
			pause.Stop()
			return ctx.Err()
		case <-pause.C:
		}
	}
}

// comesBack says whether a stream that broke may be had again: the gateway is
// silent, or it has begun anew and is not ready yet.
func comesBack(broken error) bool {
	if p, ok := errors.AsType[*client.Problem](broken); ok {
		return p.Retryable
	}
	_, silent := errors.AsType[*client.Unreachable](broken)
	return silent
}

func (a *app) showEvent(e client.Event) error {
	if a.flags.json {
		if err := json.NewEncoder(a.out).Encode(e); err != nil {
			return fmt.Errorf("writing an event: %w", err)
		}
		return nil
	}
	var h happened
	if err := json.Unmarshal(e.Data, &h); err != nil {
		return fmt.Errorf("reading event %s: %w", e.ID, err)
	}
	fmt.Fprintf(a.out, "%s  %-18s %s  number %d  event %s\n", h.At.Format(time.RFC3339), h.Op, h.Subject.ID, h.Seq, safe(e.ID))
	return nil
}
