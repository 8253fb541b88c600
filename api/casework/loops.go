package casework

import (
	"context"
	"time"
)

// Loop is something that the desk does by itself until its context ends. It may be
// stopped at any time, and goes on where it was.
type Loop func(context.Context)

// Surroundings are what loops work with beside the desk.
type Surroundings struct {
	Registrar Registrar   // nil where the company writes for nobody
	Folder    *Folder     // of bank files; nil where none is watched
	Ready     func() bool // whether the read model shows the ledger as it stands
}

// Loops are all that the desk does by itself.
func (d *Desk) Loops(o Surroundings) []Loop {
	rules := &RuleKeeper{Desk: d, Ready: o.Ready}
	all := []Loop{d.Resolve, d.KeepCases, func(ctx context.Context) { d.KeepWork(ctx, o.Ready) }, whenReady(o.Ready, d.WorkPayments), d.SendLetters, d.KeepReports, d.VerifyOffers, rules.Run}
	if o.Registrar != nil {
		link := &Link{Desk: d, Registrar: o.Registrar}
		all = append(all, link.Run)
	}
	if o.Folder != nil {
		all = append(all, func(ctx context.Context) { d.WatchFolder(ctx, o.Folder) })
	}
	return all
}

// readyPause is how often it is asked whether the read model is ready.
const readyPause = time.Second

// whenReady is a loop that begins once the read model shows the ledger as it stands: one
// that is being rebuilt knows neither the notes nor what was paid on them.
func whenReady(ready func() bool, do Loop) Loop {
	return func(ctx context.Context) {
		tick := time.NewTicker(readyPause)
		defer tick.Stop()
		for !ready() {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
		do(ctx)
	}
}
