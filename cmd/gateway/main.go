// Command gateway serves one organisation's REST interface to the ledger, over
// Fabric, with a read model of its own.
//
// It must hold nothing but wiring, and no party's key: what it answers is in
// package api.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/net/netutil"

	"github.com/skuld-registry/skuld/api/metrics"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger/fabric"
	"github.com/skuld-registry/skuld/ledger/protocol"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// memoryLimit is what the garbage collector keeps the heap under (unless
// GOMEMLIMIT says otherwise), so that the whole process stays below 150 MB.
const memoryLimit = 100 << 20

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run serves until ctx ends and then finishes what it has accepted.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	c, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return exitDone
	}
	if err != nil {
		fmt.Fprintf(stderr, "gateway: %v\n", err)
		return exitUsage
	}
	profile, err := c.check()
	if err != nil {
		fmt.Fprintf(stderr, "gateway: the configuration has faults:\n%v\n", err)
		return exitUsage
	}
	if done, err := c.errand(ctx, stdout); done || err != nil {
		if err != nil {
			fmt.Fprintf(stderr, "gateway: %v\n", err)
			return exitFailed
		}
		return exitDone
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	var level slog.LevelVar
	level.Set(c.logLevel)
	log := c.logger(stderr, &level).With("organisation", profile.Organisation)
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	go c.heed(ctx, hangups, &level, log)
	if err := serve(ctx, c, profile, log); err != nil {
		log.Error("the gateway ends", "error", err)
		return exitFailed
	}
	return exitDone
}

// errand does what the command line asks for instead of serving, if anything.
func (c *config) errand(ctx context.Context, out io.Writer) (done bool, err error) {
	switch {
	case c.checkOnly:
		_, err := fmt.Fprintln(out, "gateway: the configuration is good")
		return true, err
	case c.rotate:
		return true, c.rotateKey(time.Now, out)
	case c.invite != "":
		return true, c.inviteStaff(out)
	case c.backupTo != "" || c.restoreFrom != "":
		return true, c.keep(ctx, out)
	}
	return false, nil
}

// serve connects to the ledger and the database, and serves.
func serve(ctx context.Context, c config, profile fabric.Profile, log *slog.Logger) (err error) {
	traces, flush, err := openTraces(ctx, c.Tracing, profile.Organisation)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, flush()) }()
	var m *metrics.Metrics
	if c.Metrics.Listen != "" {
		m = metrics.New()
		done, err := serveMetrics(ctx, c.Metrics.Listen, m, log)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, done()) }()
	}
	channel, err := fabric.Connect(profile, fabric.Options{Tracer: traces})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, channel.Close()) }()
	client := protocol.NewClient(channel, sign.Verifier{}, protocol.ClientOptions{Tracer: traces, Observe: observer(m)})
	defer func() { err = errors.Join(err, closeService(client)) }()
	if m != nil {
		watchLedger(m, client)
	}
	s, err := c.openDatabase(ctx, log)
	if errors.Is(err, context.Canceled) {
		return nil // it was told to end while it stood by
	}
	if err != nil {
		return err
	}
	return c.serveOn(ctx, s, options{
		service: client, check: channel.Check, organisation: profile.Organisation, org: profile.MSPID,
		data: c.Data, registrationOpen: c.Registration == opened, issuers: c.authIssuers(), rebuild: c.rebuild,
		localWebhooks: c.Webhooks.AllowLocal, limits: c.apiLimits(), site: c.Pages, desk: c.Desk, drain: c.Drain, metrics: m, traces: traces, log: log,
	})
}

// serveOn serves from an open database, and closes it.
func (c *config) serveOn(ctx context.Context, s *store.Store, o options) error {
	listener, err := c.listener(o.log)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	o.store, o.url = s, c.baseURL(listener.Addr())
	g, err := open(ctx, o)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	o.log.Info("serving", "address", listener.Addr().String(), "network", o.service.Network(), "tls", c.TLS.Certificate != "")
	if err := notify(nowReady); err != nil {
		o.log.Warn("the service manager is not told", "error", err)
	}
	return errors.Join(g.serve(ctx, listener), g.close())
}

// listener opens the address that clients call.
func (c *config) listener(log *slog.Logger) (net.Listener, error) {
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return nil, fmt.Errorf("listening: %w", err)
	}
	listener = netutil.LimitListener(listener, c.Limits.Connections)
	if c.TLS.Certificate == "" {
		if tcp, ok := listener.Addr().(*net.TCPAddr); ok && !tcp.IP.IsLoopback() {
			log.Warn("others than this machine reach the gateway without TLS", "address", tcp.String())
		}
		return listener, nil
	}
	certificate, err := openCertificate(c.TLS, time.Now, log)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return tls.NewListener(listener, certificate.config()), nil
}

// closeService waits for the transactions under way.
func closeService(service *protocol.Client) error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	return service.Close(ctx)
}
