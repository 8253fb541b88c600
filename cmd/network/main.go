// Command network runs a Hyperledger Fabric network of native processes on this
// machine: it builds Fabric, makes the certificates and the channel, deploys the
// chaincode, starts the gateways, and administers identities.
//
// It wires the packages below network together and holds no rules of its own.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/network"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := newRoot().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "network:", err)
		os.Exit(1)
	}
}

// newRoot returns the whole command.
func newRoot() *cobra.Command {
	var home string
	root := &cobra.Command{
		Use:           "network",
		Short:         "Run a Hyperledger Fabric network of native processes on this machine",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
	}
	root.PersistentFlags().StringVar(&home, "home", "", "folder that holds the network's state (default $"+network.HomeVariable+", else .skuld)")
	at := func() (network.Home, error) { return network.FindHome(home) }
	root.AddCommand(
		newUp(at), newSupervise(at), newDown(at), newStatus(at), newLogs(at), newReset(at),
		newUpgrade(at), newKill(at), newStart(at), newIdentity(at), newOrganisation(at), newRenew(at), newInvite(at),
	)
	return root
}

// homeFinder resolves the home from the flag and the environment.
type homeFinder func() (network.Home, error)
