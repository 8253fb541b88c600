package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/control"
	"github.com/skuld-registry/skuld/network/process"
	"github.com/skuld-registry/skuld/network/supervisor"
)

// goneLimit is how long a killed supervisor may take to be gone.
const goneLimit = 5 * time.Second

// downPause lies between two looks at whether it has ended.
const downPause = 20 * time.Millisecond

func newDown(at homeFinder) *cobra.Command {
	return &cobra.Command{
		Use:   "down",
		Short: "End the network; its state stays",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			h, err := at()
			if err != nil {
				return err
			}
			return takeDown(h)
		},
	}
}

// takeDown asks the supervisor to end, and ends only what a supervisor of this
// home has started.
func takeDown(h network.Home) error {
	id, err := process.Holder(h.Lock())
	if errors.Is(err, process.ErrGone) {
		fmt.Fprintf(os.Stderr, "No network is running in %s.\n", h)
		return endLeftovers(h)
	}
	if err != nil {
		return err
	}
	start := time.Now()
	if err := id.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, process.ErrGone) {
		return err
	}
	if !awaitEnd(id, supervisor.StopLimit) {
		// Killing it kills every process of its network too.
		fmt.Fprintf(os.Stderr, "The supervisor did not end within %s and is killed.\n", supervisor.StopLimit)
		if err := id.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, process.ErrGone) {
			return err
		}
		if !awaitEnd(id, goneLimit) {
			return fmt.Errorf("ending the supervisor: process %d does not end", id.PID)
		}
	}
	if err := endLeftovers(h); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "The network is down after %.2f s.\n", time.Since(start).Seconds())
	return nil
}

func awaitEnd(id process.ID, limit time.Duration) bool {
	deadline := time.Now().Add(limit)
	for id.Alive() {
		if time.Now().After(deadline) {
			return false
		}
		time.Sleep(downPause)
	}
	return true
}

// endLeftovers borrows the lock meanwhile, so that no new supervisor's processes
// are taken for old ones, and another `down` does not take this one for one.
func endLeftovers(h network.Home) error {
	if !h.Claimed() {
		return nil
	}
	lock, err := process.Borrow(h.Lock())
	if err != nil {
		return fmt.Errorf("ending what an earlier network left: %w", err)
	}
	return errors.Join(supervisor.EndLeftovers(h), lock.Release())
}

func newReset(at homeFinder) *cobra.Command {
	return &cobra.Command{
		Use:   "reset",
		Short: "End the network and delete its state",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			h, err := at()
			if err != nil {
				return err
			}
			if _, err := os.Stat(string(h)); errors.Is(err, fs.ErrNotExist) {
				fmt.Fprintf(os.Stderr, "There is no %s.\n", h)
				return nil
			}
			if h.Claimed() {
				if err := takeDown(h); err != nil {
					return err
				}
			}
			if err := h.Reset(); err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, "The network in %s is deleted.\n", h)
			return nil
		},
	}
}

func newStatus(at homeFinder) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Show the network's processes",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := at()
			if err != nil {
				return err
			}
			status, err := control.NewClient(h).Status(c.Context())
			if err != nil {
				return err
			}
			if asJSON {
				out := json.NewEncoder(c.OutOrStdout())
				out.SetIndent("", "  ")
				return out.Encode(status)
			}
			return printStatus(c.OutOrStdout(), status)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func printStatus(w io.Writer, s control.Status) error {
	fmt.Fprintf(w, "The %s network in %s is %s. Its digest is %s.\n\n", s.Topology, s.Home, s.Phase, s.Digest)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "PROCESS\tSTATE\tADDRESS\tPID\tUP\tMEMORY\tRESTARTS\tLAST END")
	for _, p := range s.Processes {
		pid, up, memory := "-", "-", "-"
		if p.ID != nil {
			pid = fmt.Sprint(p.ID.PID)
			up = time.Since(p.Since).Round(time.Second).String()
			memory = humanize.IBytes(uint64(max(p.Memory, 0)))
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", p.Name, p.State, p.Address, pid, up, memory, p.Restarts, p.LastEnd)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return printEnding(w, s.Ending)
}

func newKill(at homeFinder) *cobra.Command {
	var hold bool
	c := &cobra.Command{
		Use:   "kill NAME",
		Short: "End one process at once, as kill -9 does, to rehearse a fault",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := at()
			if err != nil {
				return err
			}
			return control.NewClient(h).Kill(c.Context(), args[0], hold)
		},
	}
	c.Flags().BoolVar(&hold, "hold", false, "keep it down until `network start NAME`")
	return c
}

func newStart(at homeFinder) *cobra.Command {
	return &cobra.Command{
		Use:   "start NAME",
		Short: "Start one process that was killed with --hold, or that ended too often",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := at()
			if err != nil {
				return err
			}
			return control.NewClient(h).Start(c.Context(), args[0])
		},
	}
}

func newUpgrade(at homeFinder) *cobra.Command {
	var chaincode string
	c := &cobra.Command{
		Use:   "upgrade",
		Short: "Put the chaincode as it is built now on the channel, as its next version",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := at()
			if err != nil {
				return err
			}
			start := time.Now()
			if err := control.NewClient(h).Upgrade(c.Context(), chaincode); err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, "The channel has the new version of %s after %.2f s.\n", chaincode, time.Since(start).Seconds())
			return nil
		},
	}
	c.Flags().StringVar(&chaincode, "chaincode", network.RegistryChaincode, "name of the chaincode")
	return c
}
