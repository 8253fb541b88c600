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
		if g.follower.Complete() {
			g.forget(ctx, clock())
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// forget takes away what is known of persons who have nothing to do here any more.
func (g *gateway) forget(ctx context.Context, now time.Time) {
	forgotten, err := g.store.ForgetPersons(ctx, now)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		g.log.Warn("persons without notes are not forgotten", "error", err)
	case forgotten > 0:
		g.log.Info("persons without notes are forgotten", "persons", forgotten)
	}
}
