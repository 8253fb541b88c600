package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
)

// gatewayLoad is what a gateway's read model holds, and the memory it has.
type gatewayLoad struct {
	Notes  int64            `json:"notes"`
	Memory map[string]int64 `json:"memory_bytes"` // by gateway
}

// fillers is how many callers write the notes that a gateway is to hold.
const fillers = 100

// fill offers notes until the ledger has as many as wanted, with group commit.
func (s *stage) fill(ctx context.Context, wanted, callers int, progress io.Writer) error {
	fmt.Fprintf(progress, "Offering notes until there are %d.\n", wanted)
	faults := make([]error, callers)
	together(callers, func(i int) {
		for s.cast.offered.Load() < int64(wanted) && faults[i] == nil {
			_, _, faults[i] = s.cast.offer(ctx, s.groups)
		}
	})
	return errors.Join(faults...)
}

// gatewayMemory starts the network again with gateways, which are ready once
// their read models hold every block, and looks at the memory they have then.
func gatewayMemory(ctx context.Context, o rigOptions, notes *atomic.Int64) (load *gatewayLoad, err error) {
	o.Gateways = true
	fmt.Fprintln(o.Progress, "Starting the network again, with gateways that read every block.")
	r, err := startRig(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.stop()) }()
	all, err := usages(ctx, r.control)
	if err != nil {
		return nil, err
	}
	load = &gatewayLoad{Notes: notes.Load(), Memory: map[string]int64{}}
	for name, u := range all {
		if strings.HasPrefix(name, "gateway.") {
			load.Memory[name] = u.Memory
		}
	}
	return load, nil
}
