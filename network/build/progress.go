package build

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// How often progress is told: to a person on a terminal in place, to a log in
// new lines.
const (
	terminalTick = time.Second
	logTick      = 15 * time.Second
)

// tick tells how long something has been going on until the returned function
// is called.
func tick(w io.Writer, what string) (done func()) {
	start := time.Now()
	elapsed := func() time.Duration { return time.Since(start).Round(time.Second) }
	interval, line := logTick, "  %s: %s\n"
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		interval, line = terminalTick, "\r  %s: %s"
	}
	stop := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				fmt.Fprintf(w, line, what, elapsed())
			case <-stop:
				return
			}
		}
	})
	return func() {
		close(stop)
		wait.Wait()
		prefix := ""
		if interval == terminalTick {
			prefix = "\r"
		}
		fmt.Fprintf(w, "%s  %s: done in %s\n", prefix, what, elapsed())
	}
}
