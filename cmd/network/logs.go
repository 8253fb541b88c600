package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/network"
)

// followPause lies between two looks at a log that is followed.
const followPause = 200 * time.Millisecond

func newLogs(at homeFinder) *cobra.Command {
	var follow bool
	c := &cobra.Command{
		Use:   "logs [NAME]",
		Short: "Print the log of a process, or list the logs",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := at()
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return listLogs(h, c.OutOrStdout())
			}
			return printLog(c.Context(), h, args[0], logOptions{out: c.OutOrStdout(), follow: follow})
		},
	}
	c.Flags().BoolVarP(&follow, "follow", "f", false, "go on printing what is added")
	return c
}

func logNames(h network.Home) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(h.Logs(), "*.log"))
	if err != nil {
		return nil, fmt.Errorf("listing the logs: %w", err)
	}
	var names []string
	for _, p := range paths {
		names = append(names, strings.TrimSuffix(filepath.Base(p), ".log"))
	}
	return names, nil
}

func listLogs(h network.Home, out io.Writer) error {
	names, err := logNames(h)
	if err != nil {
		return err
	}
	for _, n := range names {
		fmt.Fprintln(out, n)
	}
	return nil
}

type logOptions struct {
	out    io.Writer
	follow bool
}

func printLog(ctx context.Context, h network.Home, name string, o logOptions) error {
	f, err := os.Open(h.Log(filepath.Base(name)))
	if errors.Is(err, fs.ErrNotExist) {
		names, _ := logNames(h) // Without them the error is still true.
		return fmt.Errorf("there is no log of %q; there are %s", name, strings.Join(names, ", "))
	}
	if err != nil {
		return fmt.Errorf("opening the log: %w", err)
	}
	defer f.Close() //nolint:errcheck // It is only read.
	for {
		if _, err := io.Copy(o.out, f); err != nil {
			return fmt.Errorf("printing the log: %w", err)
		}
		if !o.follow {
			return nil
		}
		timer := time.NewTimer(followPause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
	}
}
