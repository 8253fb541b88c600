package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"github.com/skuld-registry/skuld/api/metrics"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// watch shows what the gateway's parts know of themselves.
func (g *gateway) watch(m *metrics.Metrics) {
	truth := func(is func() bool) func() float64 {
		return func() float64 {
			if is() {
				return 1
			}
			return 0
		}
	}
	for kind := range g.server.UnderWay() {
		m.Gauge("skuld_http_under_way", "Requests under way, by the kind of their place.", map[string]string{"kind": kind},
			func() float64 { return float64(g.server.UnderWay()[kind]) })
	}
	m.Gauge("skuld_read_model_next_block", "The first block that is not in the read model.", nil, func() float64 {
		next, _ := g.store.Next()
		return float64(next)
	})
	m.Gauge("skuld_read_model_live", "Whether the read model follows the ledger, having all of it.", nil, truth(g.follower.Live))
	for i, outcome := range []string{"delivered", "failed", "dead"} {
		m.Counter("skuld_webhook_deliveries_total", "Attempts to deliver events, and events given up (dead), by their outcome.",
			map[string]string{"outcome": outcome}, func() float64 {
				delivered, failed, dead := g.webhooks.Counts()
				return float64([]int64{delivered, failed, dead}[i])
			})
	}
	for i, outcome := range []string{"offered", "rejected"} {
		m.Counter("skuld_import_rows_total", "Rows of imports that came to their end.", map[string]string{"outcome": outcome}, func() float64 {
			offered, rejected := g.imports.Counts()
			return float64([]int64{offered, rejected}[i])
		})
	}
	m.Gauge("skuld_shutting_down", "Whether the gateway has been told to end.", nil, truth(g.ending.Load))
}

// observer counts the attempts at transactions.
func observer(m *metrics.Metrics) func(protocol.Attempt) {
	if m == nil {
		return nil
	}
	return func(a protocol.Attempt) {
		m.Transaction(metrics.Transaction{Commands: a.Commands, Bytes: a.Bytes, Ending: string(a.Ending), Again: a.Number > 1, Took: a.Took})
	}
}

// watchLedger shows what waits for the ledger.
func watchLedger(m *metrics.Metrics, client *protocol.Client) {
	m.Gauge("skuld_ledger_waiting", "Commands that wait for a transaction.", nil, func() float64 { return float64(client.Load().Waiting) })
	m.Gauge("skuld_ledger_under_way", "Transactions under way.", nil, func() float64 { return float64(client.Load().Transactions) })
}

// serveMetrics answers Prometheus on an address of its own until ctx ends.
func serveMetrics(ctx context.Context, address string, m *metrics.Metrics, log *slog.Logger) (done func() error, err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listening for Prometheus: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.Handler())
	server := &http.Server{
		Handler: mux, ReadHeaderTimeout: headerTime, ReadTimeout: headerTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: maxHeaderBytes, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	log.Info("serving metrics", "address", listener.Addr().String())
	return func() error {
		err := server.Close()
		if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, fmt.Errorf("serving metrics: %w", served))
		}
		return err
	}, nil
}
