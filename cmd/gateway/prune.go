package main

import (
	"context"
	"time"
)

// pruneEvery is how often what has served its purpose is taken from the database.
const pruneEvery = time.Hour

// prune takes it away now and every hour until ctx ends.
func (g *gateway) prune(ctx context.Context, clock func() time.Time) {
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		gone, err := g.store.Prune(ctx, clock())
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			g.log.Warn("the database keeps more than it must", "error", err)
		case len(gone) > 0:
			g.log.Info("taken from the database", "rows", gone)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
