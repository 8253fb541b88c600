package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/network/control"
)

func newOrganisation(at homeFinder) *cobra.Command {
	c := &cobra.Command{
		Use:   "organisation",
		Short: "Bring further organisations into the channel",
		Args:  cobra.NoArgs,
	}
	c.AddCommand(newOrganisationAdd(at))
	return c
}

func newOrganisationAdd(at homeFinder) *cobra.Command {
	var peers int
	c := &cobra.Command{
		Use:   "add NAME",
		Short: "Make a lender or collector a member of the running network, with all that it runs, on this machine",
		Long: "The organisation gets its certificates, its peers, its servers of the chaincodes and its gateway, and the\n" +
			"members' administrators, whose keys are in this home, sign it into the channel. The others go on working.\n" +
			"If it is cut off, the same command, or the next `network up`, completes it.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := at()
			if err != nil {
				return err
			}
			start := time.Now()
			if err := control.NewClient(h).AddOrganisation(c.Context(), args[0], peers); err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, "%s is a member of the channel after %.2f s.\n", args[0], time.Since(start).Seconds())
			return nil
		},
	}
	c.Flags().IntVar(&peers, "peers", 1, "number of its peers")
	return c
}
