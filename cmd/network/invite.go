package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/network/supervisor"
)

// newInvite lets somebody in at a desk of this machine. The gateway may be serving.
func newInvite(at homeFinder) *cobra.Command {
	var organisation, as string
	c := &cobra.Command{
		Use:   "invite NAME",
		Short: "Print a one-time link to the desk of an organisation of this machine",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := at()
			if err != nil {
				return err
			}
			self, err := os.Executable()
			if err != nil {
				return fmt.Errorf("finding this program: %w", err)
			}
			path, arguments, err := supervisor.GatewayErrand(h, filepath.Dir(self), organisation, "-invite-administrator", args[0], "-invite-as", as)
			if err != nil {
				return err
			}
			gateway := exec.CommandContext(c.Context(), path, arguments...)
			gateway.Stdout, gateway.Stderr = c.OutOrStdout(), c.ErrOrStderr()
			if err := gateway.Run(); err != nil {
				return fmt.Errorf("inviting %s: %w", args[0], err)
			}
			return nil
		},
	}
	c.Flags().StringVar(&organisation, "organisation", "collector", "whose desk it is")
	c.Flags().StringVar(&as, "as", "administrator", "roles, parted by commas: agent, lead, finance, auditor; or administrator alone")
	return c
}
