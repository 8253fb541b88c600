package main

import (
	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
)

func (a *app) recoveryCommand() *cobra.Command {
	return group("recovery", "Let a person who has lost its keys have new ones", a.recoveryOpen(), a.recoveryConfirm())
}

func (a *app) recoveryOpen() *cobra.Command {
	var registrar, witness, identified string
	c := &cobra.Command{
		Use: "open INVITATION --witness PARTY --identified TEXT", Short: "As the registrar's desk: open a recovery for who has used an invitation",
		Long: `Open a recovery of lost keys, for the person who has made a new passkey with an
invitation of purpose recovery. The witness, a company that another organisation
hosts, confirms it after having looked at who the person is for itself. The new
key counts two weeks after that at the earliest, unless somebody objects.`,
		Example: `  skuld --as registrar recovery open 3f0c… --witness p… --identified "Passport, at the desk"`,
		Args:    exactly("INVITATION"),
		RunE: func(cmd *cobra.Command, args []string) error {
			to, err := parsePartyID(witness)
			if err != nil {
				return usage(cmd, "--witness: %v", err)
			}
			desk, err := a.connectRegistrar(cmd.Context(), registrar)
			if err != nil {
				return err
			}
			i, err := desk.Invitation(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if i.Key.ID == "" || i.Party == "" {
				return usage(cmd, "nobody has made a passkey with the invitation yet")
			}
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			receipt, err := a.onParty(cmd, s, i.Party, client.Draft{
				Op: ledger.OpRecoveryOpen, Body: ledger.RecoveryOpenBody{Keys: []ledger.Key{i.Key}, Identified: identified, Witness: to},
			})
			if err != nil {
				return err
			}
			return a.done(receipt, "The recovery is open. Tell the witness its number and the key: "+i.Key.ID)
		},
	}
	c.Flags().StringVar(&witness, "witness", "", "the company of another organisation that is to confirm it (required)")
	c.Flags().StringVar(&identified, "identified", "", "how the person was identified, naming nobody (required)")
	return atRegistrar(&registrar, c)[0]
}

func (a *app) recoveryConfirm() *cobra.Command {
	var body ledger.RecoveryConfirmBody
	c := &cobra.Command{
		Use: "confirm PARTY --recovery NUMBER --key KEY --identified TEXT", Short: "As the witness: confirm a recovery",
		Long: `Confirm, as the company that it names as its witness, that the person who has made
the new key is who it says to be. Look for yourself: two organisations that both
look are what keeps one of them from taking a person's notes over.`,
		Example: `  skuld --as collector recovery confirm p… --recovery 2 --key Zy3… --identified "Video call"`,
		Args:    exactly("PARTY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := parsePartyID(args[0])
			if err != nil {
				return usage(cmd, "%v", err)
			}
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			receipt, err := a.onParty(cmd, s, id, client.Draft{Op: ledger.OpRecoveryConfirm, Body: body})
			if err != nil {
				return err
			}
			return a.done(receipt, "The recovery is confirmed.")
		},
	}
	c.Flags().Uint64Var(&body.Recovery, "recovery", 0, "number of the recovery's command (required)")
	c.Flags().StringArrayVar(&body.Keys, "key", nil, "id of each new key, in their order (required)")
	c.Flags().StringVar(&body.Identified, "identified", "", "how the person was identified, naming nobody (required)")
	return c
}
