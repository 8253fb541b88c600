// Command chaincode serves the contract to one peer, as chaincode that runs as
// a service of its own with mutual TLS.
//
// It must hold nothing but wiring: what the contract does is in package
// chaincode.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"

	"github.com/skuld-registry/skuld/chaincode"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stderr))
}

// run serves until ctx ends. There is nothing to wind up then: a call that is
// cut off fails at its peer, and the contract keeps nothing.
func run(ctx context.Context, args []string, stderr io.Writer) int {
	c, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return exitDone
	}
	if err != nil {
		fmt.Fprintf(stderr, "chaincode: %v\n", err)
		return exitUsage
	}
	log := slog.New(slog.NewTextHandler(stderr, nil)).With("package", c.id)
	server, err := c.server(log)
	if err != nil {
		fmt.Fprintf(stderr, "chaincode: %v\n", err)
		return exitUsage
	}
	log.Info("serving", "address", c.address, "network", c.network)
	failed := make(chan error, 1)
	go func() { failed <- server.Start() }()
	select {
	case err := <-failed:
		log.Error("serving ended", "error", err)
		return exitFailed
	case <-ctx.Done():
		log.Info("stopped")
		return exitDone
	}
}

// server puts the contract behind the shim's server.
func (c *config) server(log *slog.Logger) (*shim.ChaincodeServer, error) {
	tls, err := c.tls()
	if err != nil {
		return nil, err
	}
	contract, err := chaincode.New(chaincode.Options{
		Network: c.network, Signatures: sign.Verifier{}, Clock: time.Now, Log: log,
	})
	if err != nil {
		return nil, err
	}
	return &shim.ChaincodeServer{CCID: c.id, Address: c.address, CC: contract, TLSProps: tls}, nil
}
