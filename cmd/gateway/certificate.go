package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificateAge is how old what is known of the certificate's files may be.
const certificateAge = 10 * time.Second

// certificate is the gateway's TLS certificate, read again when its files change,
// so that a renewed one is served without a restart.
type certificate struct {
	files tlsFiles
	clock func() time.Time
	log   *slog.Logger

	mu      sync.Mutex
	pair    *tls.Certificate
	changed time.Time // when the files last did
	looked  time.Time // when that was last asked
}

func openCertificate(files tlsFiles, clock func() time.Time, log *slog.Logger) (*certificate, error) {
	c := &certificate{files: files, clock: clock, log: log}
	if err := c.read(); err != nil {
		return nil, err
	}
	return c, nil
}

// config accepts TLS 1.3 only: every client of an API like this speaks it.
func (c *certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS13, NextProtos: []string{"h2", "http/1.1"}, GetCertificate: c.current}
}

// current gives the certificate for a connection. Where a renewed one cannot be
// read, perhaps because half of it is written, the one before goes on serving.
func (c *certificate) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock()
	if now.Sub(c.looked) < certificateAge {
		return c.pair, nil
	}
	c.looked = now
	changed, err := c.lastChange()
	if err == nil && !changed.Equal(c.changed) {
		if err = c.read(); err == nil {
			c.log.Info("the TLS certificate is read anew", "expires", c.pair.Leaf.NotAfter)
		}
	}
	if err != nil {
		c.log.Error("the TLS certificate cannot be read anew", "error", err)
	}
	return c.pair, nil
}

func (c *certificate) read() error {
	changed, err := c.lastChange()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.files.Certificate, c.files.Key)
	if err != nil {
		return fmt.Errorf("reading the TLS certificate: %w", err)
	}
	c.pair, c.changed, c.looked = &pair, changed, c.clock()
	return nil
}

// lastChange gives the later of the times when the two files were written.
func (c *certificate) lastChange() (time.Time, error) {
	var last time.Time
	for _, file := range []string{c.files.Certificate, c.files.Key} {
		info, err := os.Stat(file)
		if err != nil {
			return last, fmt.Errorf("reading the TLS certificate: %w", err)
		}
		if info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last, nil
}
