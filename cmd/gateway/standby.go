package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/store"
)

const (
	// takeOverPause is how often a standby asks for the database.
	takeOverPause = time.Second
	// maxURLBytes bounds the file with a database's URL.
	maxURLBytes = 4 << 10
)

// databaseAddress gives what store.Open takes.
func (c *config) databaseAddress() (string, error) {
	if c.Database.URLFile == "" {
		return databaseFile(c.Data), nil
	}
	f, err := os.Open(c.Database.URLFile)
	if err != nil {
		return "", fmt.Errorf("reading the database's URL: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxURLBytes))
	if err != nil {
		return "", fmt.Errorf("reading the database's URL: %w", err)
	}
	// The text is a secret, and is not repeated.
	address := strings.TrimSpace(string(text))
	if !strings.HasPrefix(address, "postgres://") && !strings.HasPrefix(address, "postgresql://") {
		return "", fmt.Errorf("reading the database's URL: %s does not begin with postgres://", c.Database.URLFile)
	}
	return address, nil
}

// openDatabase opens the database. Where another gateway has a PostgreSQL
// database, this one stands by until it is free: the organisation has one gateway
// that works, and as many as it likes that wait for its end. A file is for one
// gateway on one machine; a second one there is a mistake.
func (c *config) openDatabase(ctx context.Context, log *slog.Logger) (*store.Store, error) {
	address, err := c.databaseAddress()
	if err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, address)
	if !errors.Is(err, store.ErrInUse) || c.Database.URLFile == "" {
		return s, err
	}
	log.Info("standing by: another gateway has the database")
	listener, err := c.listener(log)
	if err != nil {
		return nil, err
	}
	if err := notify(nowReady); err != nil {
		log.Warn("the service manager is not told", "error", err)
	}
	return standBy(ctx, listener, func() (*store.Store, error) { return store.Open(ctx, address) })
}

// standBy tells whoever asks that this gateway only waits, until the database is
// free or ctx ends.
func standBy(ctx context.Context, listener net.Listener, open func() (*store.Store, error)) (s *store.Store, err error) {
	server := &http.Server{
		Handler: http.HandlerFunc(answerStandingBy), ReadHeaderTimeout: headerTime, ReadTimeout: headerTime,
		WriteTimeout: headerTime, MaxHeaderBytes: maxHeaderBytes,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	defer func() { err = errors.Join(err, server.Close()) }()
	again := time.NewTicker(takeOverPause)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("standing by: %w", ctx.Err())
		case err := <-failed:
			return nil, fmt.Errorf("answering while standing by: %w", err)
		case <-again.C:
		}
		if s, err := open(); !errors.Is(err, store.ErrInUse) {
			return s, err
		}
	}
}

// answerStandingBy says that the process lives and is not ready (see /healthz and
// /readyz in the OpenAPI document); all else is for the gateway that works.
func answerStandingBy(w http.ResponseWriter, r *http.Request) {
	answer, status := any(map[string]any{
		"ready": false, "missing": []string{"another gateway has the database; this one stands by"},
	}), http.StatusServiceUnavailable
	if r.URL.Path == "/healthz" {
		answer, status = map[string]string{"status": "ok"}, http.StatusOK
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("Retry-After", "1")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // who has gone away misses nothing
}
