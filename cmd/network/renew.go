package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/control"
)

func newRenew(at homeFinder) *cobra.Command {
	var within time.Duration
	c := &cobra.Command{
		Use:   "renew",
		Short: "Renew the certificates that end soon, and start one after the other what runs on older ones",
		Long: "Each certificate is issued again by its root in this home, for the same key: orderers know one another by\n" +
			"it, so the channel's configuration stays. Certificates that a Fabric CA issued are renewed there, with their\n" +
			"keys; put them in place and this command starts what needs them. Revoked ones and roots are left as they are.\n" +
			"What the network has once, as its only orderer, is missing for the second or two in which it starts.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := at()
			if err != nil {
				return err
			}
			start := time.Now()
			renewed, err := control.NewClient(h).Renew(c.Context(), within)
			if err != nil {
				return err
			}
			for _, title := range renewed {
				fmt.Fprintln(c.OutOrStdout(), title)
			}
			fmt.Fprintf(os.Stderr, "%d certificates are renewed and in use after %.2f s.\n", len(renewed), time.Since(start).Seconds())
			return nil
		},
	}
	c.Flags().DurationVar(&within, "within", network.EndingWithin, "renew what ends within this time")
	return c
}

// printEnding warns of the certificates that end soon.
func printEnding(w io.Writer, soon []control.Ending) error {
	if len(soon) == 0 {
		return nil
	}
	if _, err := fmt.Fprintf(w, "\n%d certificates end soon; `network renew` renews all but roots:\n", len(soon)); err != nil {
		return err
	}
	for _, e := range soon {
		if _, err := fmt.Fprintf(w, "  %s  %s\n", e.Ends.UTC().Format(time.RFC3339), e.Certificate); err != nil {
			return err
		}
	}
	return nil
}
