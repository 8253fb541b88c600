package store

import (
	"context"
	"fmt"
	"strconv"
	"sync"
)

// height is how far the read model has come, for those who wait for it.
type height struct {
	mu      sync.Mutex
	next    uint64        // the first block that is not in the read model
	changed chan struct{} // closed, and made anew, when next grows
}

func (h *height) init() { h.changed = make(chan struct{}) }

func (h *height) set(next uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.next = next
	close(h.changed)
	h.changed = make(chan struct{})
}

func (h *height) get() (next uint64, changed <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.next, h.changed
}

// Next gives the number of the first block that is not in the read model, and
// a channel that is closed when there are more.
func (s *Store) Next() (uint64, <-chan struct{}) { return s.height.get() }

// Wait waits until the read model holds a block, or until ctx ends. It is how
// a caller sees what it has just written.
func (s *Store) Wait(ctx context.Context, block uint64) error {
	for {
		next, changed := s.height.get()
		if block < next {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting for block %d in the read model: %w", block, ctx.Err())
		}
	}
}

// recall reads the checkpoint.
func (s *Store) recall(ctx context.Context) error {
	text, err := meta(ctx, s.writer, metaNext)
	if err != nil {
		return err
	}
	var next uint64
	if text != "" {
		if next, err = strconv.ParseUint(text, 10, 64); err != nil {
			return fmt.Errorf("reading the checkpoint: %w", err)
		}
	}
	s.height.set(next)
	return nil
}
