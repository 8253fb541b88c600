package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/control"
	"github.com/skuld-registry/skuld/network/lifecycle"
	"github.com/skuld-registry/skuld/network/material"
)

func newOrganisation(at homeFinder) *cobra.Command {
	c := &cobra.Command{
		Use:   "organisation",
		Short: "Bring further organisations into the channel",
		Args:  cobra.NoArgs,
	}
	c.AddCommand(newOrganisationAdd(at), newOrganisationRequest(at), newOrganisationSign(at), newOrganisationAdmit(at), newOrganisationJoin(at))
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
			return hand(args[1], c)
		},
	}
	c.Flags().IntVar(&peers, "peers", 1, "number of its peers")
	c.Flags().StringVar(&host, "host", network.Host, "address or name at which the peers listen and are reached from other machines")
	return c
}

func newOrganisationSign(at homeFinder) *cobra.Command {
	return &cobra.Command{
		Use:   "sign REQUEST",
		Short: "On the machine of a member: add its administrator's signature to the file of who asks",
		Long: "It is needed where the machine that admits has not the keys of a majority. What is signed is worked out here\n" +
			"from the channel as it is; a change that somebody else put into the file is refused.",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := at()
			if err != nil {
				return err
			}
			state, err := network.LoadState(h)
			if err != nil {
				return err
			}
			candidate, err := readCandidate(args[0])
			if err != nil {
				return err
			}
			client, err := lifecycle.Open(h, state)
			if err != nil {
				return err
			}
			defer client.Close()
			if candidate, err = client.Sign(c.Context(), candidate); err != nil {
				return err
			}
			if err := network.WriteJSON(args[0], candidate); err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, "%s has %d signatures.\n", args[0], len(candidate.Signatures))
			return nil
		},
	}
}

func newOrganisationAdmit(at homeFinder) *cobra.Command {
	return &cobra.Command{
		Use:   "admit REQUEST FILE",
		Short: "On the machine of the orderers: make who asks a member, and the file that tells it of the channel",
		Long: "A majority of the members' administrators and the orderers' must have their keys in this home or have signed\n" +
			"the request. Compare its fingerprint with the organisation by another way than the file came.",
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := at()
			if err != nil {
				return err
			}
			candidate, err := readCandidate(args[0])
			if err != nil {
				return err
			}
			welcome, err := control.NewClient(h).AdmitCandidate(c.Context(), candidate)
			if err != nil {
				return err
			}
			return hand(args[1], welcome)
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
			if err := network.ReadFile(args[0], &welcome); err != nil {
				return err
			}
			if err := printFingerprint(args[0], welcome); err != nil {
				return err
			}
			if _, err := material.Enter(h, welcome); err != nil {
				return err
			}
			fmt.Fprintln(os.Stderr, "`network up` takes this machine's peers into the channel.")
			return nil
		},
	}
}

func readCandidate(path string) (network.Candidate, error) {
	var c network.Candidate
	if err := network.ReadFile(path, &c); err != nil {
		return c, err
	}
	return c, printFingerprint(path, c)
}

// handed is what the two sides hand over as a file.
type handed interface{ Fingerprint() (string, error) }

// hand writes a file for the other side.
func hand(path string, v handed) error {
	if err := network.WriteJSON(path, v); err != nil {
		return err
	}
	return printFingerprint(path, v)
}

func printFingerprint(path string, v handed) error {
	f, err := v.Fingerprint()
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%s has the fingerprint %s.\n", path, f)
	return nil
}
