package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progressEvery is how often a line tells of the progress where no terminal
// can show a bar.
const progressEvery = 5 * time.Second

// progress tells a person how far a long work has come: as a bar on a terminal,
// else as a line every few seconds. It belongs to one goroutine.
type progress struct {
	bar         *progressbar.ProgressBar
	w           io.Writer
	now         func() time.Time
	began, last time.Time
	done, total int
}

func newProgress(a *app, total int) *progress {
	p := &progress{w: a.err, now: a.now, total: total}
	p.began = p.now()
	p.last = p.began
	if a.errTerminal {
		p.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(a.err), progressbar.OptionSetDescription("rows"),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("rows"),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	return p
}

func (p *progress) add(rows int) {
	p.done += rows
	if p.bar != nil {
		// A bar that cannot be drawn is no reason to stop the work.
		_ = p.bar.Add(rows)
		return
	}
	now := p.now()
	if now.Sub(p.last) < progressEvery {
		return
	}
	p.last = now
	spent := now.Sub(p.began)
	rate := int64(p.done) * int64(time.Second) / max(1, int64(spent))
	left := spent * time.Duration(p.total-p.done) / time.Duration(max(1, p.done))
	fmt.Fprintf(p.w, "%d of %d rows, %d rows/s, about %s left\n", p.done, p.total, rate, left.Round(time.Second))
}

// reach says how far the work has come in all; what is behind that already says
// nothing.
func (p *progress) reach(done int) {
	if done > p.done {
		p.add(done - p.done)
	}
}

// clear takes the bar off the line, so that something can be written there.
func (p *progress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}

// end takes the bar away.
func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
