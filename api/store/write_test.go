package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store/postgrestest"
)

// addresses give a new, empty database of each kind.
var addresses = []struct {
	kind string
	make func(testing.TB) string
}{
	{"sqlite", func(t testing.TB) string { return filepath.Join(t.TempDir(), "gateway.db") }},
	{"postgres", postgrestest.URL},
}

// inside runs a test on a store in each database.
func inside(t *testing.T, test func(t *testing.T, s *Store)) {
	t.Helper()
	for _, a := range addresses {
		t.Run(a.kind, func(t *testing.T) {
			s, err := Open(t.Context(), a.make(t))
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}()
			test(t, s)
		})
	}
}

// note writes a row of meta.
func note(name string) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error { return setMeta(ctx, tx, name, "yes") }
}

// noted says whether a row of meta is there.
func noted(t *testing.T, s *Store, name string) bool {
	t.Helper()
	value, err := meta(t.Context(), s.reader, name)
	if err != nil {
		t.Fatal(err)
	}
	return value != ""
}

// held makes the group wait within a write until let go.
func held(t *testing.T, s *Store) (letGo func()) {
	t.Helper()
	inside, gate, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- s.join(t.Context(), func(context.Context, *sql.Tx) error {
			close(inside)
			<-gate
			return nil
		})
	}()
	<-inside
	return func() {
		close(gate)
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// awaitQueue waits until so many writes wait.
func awaitQueue(t *testing.T, s *Store, waiting int) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for len(s.group.queue) < waiting {
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatal("the writes do not come to wait")
		}
	}
}

func TestWriteThatFailsTakesNoOtherWithIt(t *testing.T) {
	inside(t, func(t *testing.T, s *Store) {
		refusal := errors.New("no")
		fails := map[string]func(context.Context, *sql.Tx) error{
			"good":    note("good"),
			"refused": func(ctx context.Context, tx *sql.Tx) error { return errors.Join(note("refused")(ctx, tx), refusal) },
			"broken": func(ctx context.Context, tx *sql.Tx) error {
				if err := note("broken")(ctx, tx); err != nil {
					return err
				}
				_, err := tx.ExecContext(ctx, "INSERT INTO no_such_table VALUES (1)")
				return err
			},
			"fine": note("fine"),
		}
		letGo := held(t, s)
		var mu sync.Mutex
		var running sync.WaitGroup
		got := map[string]error{}
		for name, do := range fails {
			running.Go(func() {
				err := s.join(t.Context(), do)
				mu.Lock()
				got[name] = err
				mu.Unlock()
			})
		}
		awaitQueue(t, s, len(fails))
		letGo()
		running.Wait()
		if got["good"] != nil || got["fine"] != nil || !errors.Is(got["refused"], refusal) || got["broken"] == nil {
			t.Errorf("they are answered %v", got)
		}
		for name, want := range map[string]bool{"good": true, "fine": true, "refused": false, "broken": false} {
			if is := noted(t, s, name); is != want {
				t.Errorf("%s is written: %t, want %t", name, is, want)
			}
		}
	})
}

func TestWriteWhoseCallerLeftIsNotMade(t *testing.T) {
	inside(t, func(t *testing.T, s *Store) {
		letGo := held(t, s)
		ctx, leave := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.join(ctx, note("left")) }()
		awaitQueue(t, s, 1)
		leave()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("it is answered %v", err)
		}
		letGo()
		if err := s.join(t.Context(), note("after")); err != nil {
			t.Fatal(err)
		}
		if noted(t, s, "left") {
			t.Error("it is written all the same")
		}
	})
}

func TestWriteUnderWayIsAnsweredThoughItsCallerWouldLeave(t *testing.T) {
	inside(t, func(t *testing.T, s *Store) {
		ctx, leave := context.WithCancel(t.Context())
		err := s.join(ctx, func(ctx context.Context, tx *sql.Tx) error {
			leave()
			return note("kept")(ctx, tx)
		})
		if err != nil || !noted(t, s, "kept") {
			t.Errorf("it is answered %v, and written: %t", err, noted(t, s, "kept"))
		}
	})
}

func TestWritesThatWaitAreMadeBeforeTheStoreCloses(t *testing.T) {
	inside(t, func(t *testing.T, s *Store) {
		letGo := held(t, s)
		done := make(chan error, 1)
		go func() { done <- s.join(t.Context(), note("last")) }()
		awaitQueue(t, s, 1)
		closed := make(chan struct{})
		go func() { defer close(closed); s.group.close() }()
		letGo()
		<-closed
		if err := <-done; err != nil || !noted(t, s, "last") {
			t.Errorf("it is answered %v, and written: %t", err, noted(t, s, "last"))
		}
		if err := s.join(t.Context(), note("late")); !errors.Is(err, errClosed) {
			t.Errorf("a later one is answered %v", err)
		}
	})
}

// BenchmarkOnce has 64 callers note assertions, in groups and each in a database
// transaction of its own.
func BenchmarkOnce(b *testing.B) {
	const callers = 64
	for _, a := range addresses {
		for _, way := range []string{"together", "alone"} {
			b.Run(a.kind+"/"+way, func(b *testing.B) {
				s, err := Open(b.Context(), a.make(b))
				if err != nil {
					b.Fatal(err)
				}
				defer s.Close()
				now := time.Now()
				var n atomic.Int64
				once := func(i int64) error {
					_, err := s.Once(b.Context(), "party", fmt.Sprint(i), now, now.Add(time.Minute))
					return err
				}
				if way == "alone" {
					once = func(i int64) error {
						return s.write(b.Context(), func(ctx context.Context, tx *sql.Tx) error {
							_, err := tx.ExecContext(ctx, "INSERT INTO assertions (party, jti, expires) VALUES ($1, $2, $3)", "party", fmt.Sprint(i), now.Unix())
							return err
						})
					}
				}
				b.ResetTimer()
				var running sync.WaitGroup
				for range callers {
					running.Go(func() {
						for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
							if err := once(i); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				running.Wait()
			})
		}
	}
}
