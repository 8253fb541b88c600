package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
)

// heed reads the log's level anew from the configuration's file, with each signal
// until ctx ends. The rest of the file counts from the next start, since what is
// checked at a start should stay true; a TLS certificate is read when it changes.
func (c *config) heed(ctx context.Context, signals <-chan os.Signal, level *slog.LevelVar, log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-signals:
		}
		if err := c.rereadLevel(level); err != nil {
			log.Error("the configuration is not read anew", "error", err)
			continue
		}
		log.Info("the log's level is read anew", "level", level.Level())
	}
}

func (c *config) rereadLevel(level *slog.LevelVar) error {
	if c.file.path == "" {
		return nil // there is no file to read
	}
	next := defaults()
	if err := next.read(c.file.path); err != nil {
		return err
	}
	if err := next.logLevel.UnmarshalText([]byte(next.Log.Level)); err != nil {
		return fmt.Errorf("reading the log's level %q: %w", next.Log.Level, err)
	}
	level.Set(next.logLevel)
	return nil
}
