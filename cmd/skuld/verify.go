package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/ledger/evidence"
	"github.com/skuld-registry/skuld/ledger/evidence/files"
)

// evidenceMode is the mode of a file that says who owes whom.
const evidenceMode = 0o600

func (a *app) verifyCommand() *cobra.Command {
	var networks []string
	var trust string
	var quiet bool
	c := &cobra.Command{
		Use: "verify FILE|FOLDER|- ...", Short: "Check evidence and receipts, without a network",
		Long: `Check evidence files and receipts, or their pages, without a network: what each
proves, by whom and as of when, and what it does not.

The network to trust is the one that --network or --trust names by its digest,
or else the profile's. Without any, a file can be in order and yet be of a
network that somebody made up.

Exit codes: 0 every file is genuine, 1 a file is refused, 2 not decided: no
network is trusted, or a file could not be read.`,
		Example: "  skuld verify receipt.skuld.json\n  skuld verify --network 3f9c… archive/ --quiet\n  skuld --lang sv verify n….html",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(cmd, "needs a file")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			trusted, err := a.trusted(cmd, networks, trust)
			if err != nil {
				return err
			}
			o := files.Options{Paths: args, Anchors: trusted, Lang: a.language(), JSON: a.flags.json, Quiet: quiet, In: a.in, Out: a.out}
			if a.errTerminal {
				o.Progress = a.err
			}
			s, err := files.Check(cmd.Context(), o)
			if err != nil {
				return err
			}
			if code := s.Code(); code != files.AllGenuine {
				return &errSilent{exit: code}
			}
			return nil
		},
	}
	c.Flags().StringArrayVar(&networks, "network", nil, "digest of a network to trust; may be given several times")
	c.Flags().StringVar(&trust, "trust", "", "file with the digests of networks to trust, one a line")
	c.Flags().BoolVar(&quiet, "quiet", false, "do not tell of files that are genuine")
	return c
}

// trusted gives the networks that are named, and else the profile's, if there is
// a profile.
func (a *app) trusted(cmd *cobra.Command, networks []string, file string) (evidence.Anchors, error) {
	for _, n := range networks {
		if err := files.CheckDigest(n); err != nil {
			return evidence.Anchors{}, usage(cmd, "--network: %v", err)
		}
	}
	if file != "" {
		more, err := files.ReadTrust(file)
		if err != nil {
			return evidence.Anchors{}, usage(cmd, "--trust: %v", err)
		}
		networks = append(networks, more...)
	}
	if len(networks) > 0 {
		return evidence.Anchors{Networks: networks}, nil
	}
	p, err := a.openProfile()
	if err != nil && (a.flags.profile != "" || a.flags.as != "") {
		return evidence.Anchors{}, err
	}
	if err == nil && p.Network != "" {
		networks = []string{p.Network}
	}
	return evidence.Anchors{Networks: networks}, nil
}

func (a *app) noteEvidence() *cobra.Command {
	var payment, out string
	c := &cobra.Command{
		Use: "evidence NOTE", Short: "Get the file that proves a note, or a receipt", Args: exactly("a note's id"),
		Long: `Get the file that proves a note, or with --payment the receipt of one payment.
It is checked before it is written, and anybody can check it with "skuld verify".`,
		Example: "  skuld note evidence n…\n  skuld note evidence n… --payment 7 --out receipt.skuld.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := parseNoteID(args[0])
			if err != nil {
				return usage(cmd, "%v", err)
			}
			var seq uint64
			if payment != "" {
				if seq, err = strconv.ParseUint(payment, 10, 63); err != nil || seq == 0 {
					return usage(cmd, "--payment is the number of a payment on the note")
				}
			}
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			raw, report, err := s.Evidence(cmd.Context(), s.profile.Network, id, seq)
			if err != nil {
				return err
			}
			if out == "" {
				out = string(id) + ".skuld.json"
			}
			if err := os.WriteFile(out, raw, evidenceMode); err != nil {
				return fmt.Errorf("writing the evidence: %w", err)
			}
			a.say("%s: entry %d, %s, as of %s, attested by %d organisations.", out, report.Seq, report.Status, report.AsOf.Format("2006-01-02 15:04:05 MST"), len(report.Attested))
			return nil
		},
	}
	c.Flags().StringVar(&payment, "payment", "", "number of a payment, of which to get the receipt")
	c.Flags().StringVar(&out, "out", "", "file to write (default NOTE.skuld.json)")
	return c
}
