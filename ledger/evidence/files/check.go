package files

import (
	"context"
	"fmt"
	"io"
	"runtime"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
)

// Exit codes of a run. Programs may rely on them.
const (
	// AllGenuine: every file is genuine.
	AllGenuine = 0
	// SomeRefused: at least one file is not what it says.
	SomeRefused = 1
	// Undecided: nothing is wrong, but a file could not be read, or no network is
	// trusted against which a file could be genuine.
	Undecided = 2
)

// progressEvery is after how many files progress is told.
const progressEvery = 1000

// Options say what to check and how to tell it.
type Options struct {
	Paths   []string // files, folders, or Stdin
	Anchors evidence.Anchors
	Lang    ledger.Language
	JSON    bool // one report on each line
	Quiet   bool // nothing of a file that is genuine; of one alone only its verdict
	In      io.Reader
	Out     io.Writer
	// Progress is told how far a long run has come; nil to tell nobody.
	Progress io.Writer
}

// Summary counts what a run found.
type Summary struct {
	Files      int `json:"files"`
	Genuine    int `json:"genuine"`
	Consistent int `json:"consistent"`
	Refused    int `json:"refused"`
	Unreadable int `json:"unreadable"`
}

// Code gives the exit code of a run.
func (s Summary) Code() int {
	switch {
	case s.Refused > 0:
		return SomeRefused
	case s.Files == 0 || s.Genuine < s.Files:
		return Undecided
	}
	return AllGenuine
}

// checked is what became of one file.
type checked struct {
	path   string
	report *evidence.Report
	err    error // why it could not be read
}

// Check checks files, as many at a time as there are processors, and tells of each
// in the order in which they are found. An error means that the run itself could
// not go on.
func Check(ctx context.Context, o Options) (Summary, error) {
	var s Summary
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // so that nothing is left behind where the run ends early
	t := teller{Options: o}
	if len(o.Paths) == 1 {
		t.alone = isFile(o.Paths[0])
	}
	for c := range checkAll(ctx, o) {
		s.Files++
		switch {
		case c.err != nil:
			s.Unreadable++
		case c.report.Verdict == evidence.Genuine:
			s.Genuine++
		case c.report.Verdict == evidence.Consistent:
			s.Consistent++
		default:
			s.Refused++
		}
		if err := t.tell(c); err != nil {
			return s, fmt.Errorf("writing the report of %s: %w", c.path, err)
		}
		if o.Progress != nil && s.Files%progressEvery == 0 {
			fmt.Fprintf(o.Progress, "%d\n", s.Files) // what cannot be told is not told
		}
	}
	if err := ctx.Err(); err != nil {
		return s, fmt.Errorf("checking files: %w", err)
	}
	if err := t.sum(s); err != nil {
		return s, fmt.Errorf("writing the summary: %w", err)
	}
	return s, nil
}

// checkAll checks every file that is found. Files wait in the order in which they
// were found, so that no more are in memory than are being checked and told.
func checkAll(ctx context.Context, o Options) <-chan checked {
	workers := runtime.GOMAXPROCS(0)
	waiting := make(chan chan checked, workers) // in order, each with its own result
	places := make(chan struct{}, workers)      // one for each file being checked
	out := make(chan checked)
	go func() {
		defer close(waiting)
		for path, err := range found(o.Paths) {
			result := make(chan checked, 1)
			select {
			case places <- struct{}{}:
			case <-ctx.Done():
				return
			}
			go func() {
				result <- checkOne(path, err, o)
				<-places
			}()
			select {
			case waiting <- result:
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() {
		defer close(out)
		for result := range waiting {
			select {
			case out <- <-result:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func checkOne(path string, err error, o Options) checked {
	c := checked{path: path, err: err}
	var raw []byte
	if err == nil {
		raw, c.err = read(path, o.In)
	}
	if c.err != nil {
		return c
	}
	c.report = evidence.VerifyAny(raw, o.Anchors)
	// What a page would show is let go: of ten thousand only the findings are told.
	c.report.State, c.report.Steps, c.report.Parties = nil, nil, nil
	return c
}
