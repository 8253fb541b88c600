package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func TestLogLevelIsReadAnewAndAFaultLeavesItAsItWas(t *testing.T) {
	path := written(t, "log: {level: info}\n")
	c, err := parse([]string{"-config", path}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var level slog.LevelVar
	var log journal
	signals := make(chan os.Signal)
	ctx, cancel := context.WithCancel(t.Context())
	var heeding sync.WaitGroup
	heeding.Go(func() { c.heed(ctx, signals, &level, slog.New(slog.NewJSONHandler(&log, nil))) })
	for _, step := range []struct {
		text string
		want slog.Level
	}{
		{"log: {level: debug}\n", slog.LevelDebug},
		{"log: {level: loud}\n", slog.LevelDebug},
		{"lgo: {level: warn}\n", slog.LevelDebug},
		{"log: {level: warn}\n", slog.LevelWarn},
	} {
		// It is replaced as a whole: the signal before may still be heeded.
		if err := os.Rename(written(t, step.text), path); err != nil {
			t.Fatal(err)
		}
		signals <- syscall.SIGHUP
		signals <- syscall.SIGHUP // taken only when the first has been heeded
		if level.Level() != step.want {
			t.Errorf("with %q the level is %s, want %s", step.text, level.Level(), step.want)
		}
	}
	cancel()
	heeding.Wait()
	for _, want := range []string{"loud", "there is no key lgo"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, log.String())
		}
	}
}
