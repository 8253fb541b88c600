package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/control"
	"github.com/skuld-registry/skuld/network/material"
)

func newOrganisation(at homeFinder) *cobra.Command {
	c := &cobra.Command{
		Use:   "organisation",
		Short: "Bring further organisations into the channel",
		Args:  cobra.NoArgs,
	}
	c.AddCommand(newOrganisationAdd(at), newOrganisationRequest(at), newOrganisationAdmit(at), newOrganisationJoin(at))
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

func newOrganisationRequest(at homeFinder) *cobra.Command {
	var peers int
	var host string
	c := &cobra.Command{
		Use:   "request NAME FILE",
		Short: "On the machine of an organisation that wants to join: make its keys, and the file that asks the members",
		Long: "The keys stay in this home. The file holds what is public: the organisation's roots and where its peers are\n" +
			"reached. The members read it with `network organisation admit`. Asked again, it is the same.",
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			h, err := at()
			if err != nil {
				return err
			}
			if err := h.Claim(); err != nil {
				return err
			}
			c, err := material.NewCandidate(h, network.NewOrganisation(args[0], peers), host, time.Now())
			if err != nil {
				return err
			}
			return hand(args[1], c, &network.Candidate{})
		},
	}
	c.Flags().IntVar(&peers, "peers", 1, "number of its peers")
	c.Flags().StringVar(&host, "host", network.Host, "address or name at which the peers listen and are reached from other machines")
	return c
}

func newOrganisationAdmit(at homeFinder) *cobra.Command {
	return &cobra.Command{
		Use:   "admit REQUEST FILE",
		Short: "On the machine with the members' administrators: make who asks a member, and the file that tells it of the channel",
		Long: "A majority of the members' administrators and the orderers' must have their keys in this home. Compare the\n" +
			"fingerprint with the one that the organisation saw, by another way than the file came.",
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := at()
			if err != nil {
				return err
			}
			var candidate network.Candidate
			fingerprint, err := network.ReadFile(args[0], &candidate)
			if err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, "%s has the fingerprint %s.\n", args[0], fingerprint)
			welcome, err := control.NewClient(h).AdmitCandidate(c.Context(), candidate)
			if err != nil {
				return err
			}
			return hand(args[1], welcome, &network.Welcome{})
		},
	}
}

func newOrganisationJoin(at homeFinder) *cobra.Command {
	return &cobra.Command{
		Use:   "join FILE",
		Short: "On the machine of an organisation that was admitted: read what the members sent; `network up` does the rest",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			h, err := at()
			if err != nil {
				return err
			}
			var welcome network.Welcome
			fingerprint, err := network.ReadFile(args[0], &welcome)
			if err != nil {
				return err
			}
			if _, err := material.Enter(h, welcome); err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, "%s has the fingerprint %s. `network up` takes this machine's peers into the channel.\n", args[0], fingerprint)
			return nil
		},
	}
}

// hand writes a file for the other side, and reads it back for its fingerprint.
func hand(path string, v, again any) error {
	if err := network.WriteJSON(path, v); err != nil {
		return err
	}
	fingerprint, err := network.ReadFile(path, again)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%s is written; its fingerprint is %s.\n", path, fingerprint)
	return nil
}
