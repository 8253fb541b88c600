package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/control"
	"github.com/skuld-registry/skuld/network/process"
)

// Limits of waiting for the network. Building Fabric the first time takes
// about a minute of the first.
const (
	upLimit   = 5 * time.Minute
	downLimit = 30 * time.Second
	pause     = 50 * time.Millisecond
)

// rig is a network that was started for the benchmark alone and dies with it.
type rig struct {
	home    network.Home
	control *control.Client
	spawner *process.Spawner
	cmd     *exec.Cmd
	output  bytes.Buffer // read only after ended is closed
	ended   chan struct{}
}

// rigOptions say what network to start.
type rigOptions struct {
	Bin      string // folder of our programs
	Home     string // folder for its state
	Progress io.Writer
	Gateways bool
}

// startRig starts a network with the floor chaincode beside the registry's.
func startRig(ctx context.Context, o rigOptions) (*rig, error) {
	r := &rig{home: network.Home(o.Home), spawner: process.NewSpawner(), ended: make(chan struct{})}
	r.control = control.NewClient(r.home)
	args := []string{"up", "--foreground", "--floor", "--home", o.Home, "--bin", o.Bin}
	if !o.Gateways {
		args = append(args, "--no-gateways")
	}
	r.cmd = exec.Command(filepath.Join(o.Bin, "network"), args...)
	r.cmd.Stdout = io.MultiWriter(&r.output, o.Progress)
	r.cmd.Stderr = r.cmd.Stdout
	if err := r.spawner.Start(r.cmd); err != nil {
		return nil, fmt.Errorf("starting the network (make build makes its program): %w", err)
	}
	go func() {
		_ = r.cmd.Wait() // How it ended is seen in its output.
		close(r.ended)
	}()
	if err := r.awaitReady(ctx); err != nil {
		return nil, errors.Join(err, r.stop())
	}
	return r, nil
}

func (r *rig) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, upLimit)
	defer cancel()
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		if status, err := r.control.Status(ctx); err == nil && status.Phase == control.Ready {
			return nil
		}
		select {
		case <-r.ended:
			return errors.New("starting the network: it ended; what it said stands above")
		case <-ctx.Done():
			return fmt.Errorf("waiting for the network: %w", ctx.Err())
		case <-tick.C:
		}
	}
}

// stop ends the network, in good order if it lets itself be ended.
func (r *rig) stop() error {
	defer r.spawner.Close()
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("ending the network: %w", err)
	}
	select {
	case <-r.ended:
		return nil
	case <-time.After(downLimit):
		return errors.New("ending the network: it did not end in time and is killed")
	}
}
