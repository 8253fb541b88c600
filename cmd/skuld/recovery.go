package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/api/client/rest"
	"github.com/skuld-registry/skuld/ledger"
)

func (a *app) recoveryCommand() *cobra.Command {
	return group("recovery", "Let a person who has lost its keys have new ones",
		a.recoveryOpen(), a.recoveryTold(), a.recoveryShow(), a.recoveryConfirm(), a.recoveryObject())
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
			return a.done(receipt, "The recovery is open. Ask the witness to look at it and to confirm it: skuld recovery show "+string(i.Party))
		},
	}
	c.Flags().StringVar(&witness, "witness", "", "the company of another organisation that is to confirm it (required)")
	c.Flags().StringVar(&identified, "identified", "", "how the person was identified, naming nobody (required)")
	return atRegistrar(&registrar, c)[0]
}

// recoveryTold notes that a person was told of a recovery by a way that is not the
// pages: who has lost nothing must hear that somebody says so.
func (a *app) recoveryTold() *cobra.Command {
	var registrar, channel string
	c := &cobra.Command{
		Use: "told INVITATION --channel CHANNEL", Short: "As the registrar's desk: note that the person was told of the recovery",
		Long: `Note that the person whose keys are said to be lost was told so by another way than
its pages, which show when it was told and how. Use every way that the desk knows.`,
		Example: "  skuld --as registrar recovery told 3f0c… --channel letter", Args: exactly("INVITATION"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.connectRegistrar(cmd.Context(), registrar)
			if err != nil {
				return err
			}
			m, err := s.Told(cmd.Context(), args[0], channel)
			if err != nil {
				return err
			}
			return a.print(m, func(w io.Writer) {
				fmt.Fprintf(w, "It is noted that the person was told by %s at %s.\n", m.Channel, time.Time(m.At).Format(time.RFC3339))
			})
		},
	}
	c.Flags().StringVar(&channel, "channel", "", "letter, phone, sms or email (required)")
	return atRegistrar(&registrar, c)[0]
}

// underWay is a recovery that is under way for a person, with a session of a company
// that stands for it: only those are told of it.
type underWay struct {
	*session
	person   ledger.PartyID
	recovery *rest.Recovery
}

// recovery reads the recovery that is under way for a person.
func (a *app) recovery(cmd *cobra.Command, person string) (*underWay, error) {
	s, err := a.connect(cmd.Context())
	if err != nil {
		return nil, err
	}
	id, err := parsePartyID(person)
	if err != nil {
		return nil, usage(cmd, "%v", err)
	}
	p, err := s.Party(cmd.Context(), id)
	if err != nil {
		return nil, err
	}
	if p.Recovery.Seq == 0 {
		return nil, usage(cmd, "no recovery of the party's keys is under way that you have opened or are to confirm")
	}
	return &underWay{s, id, &p.Recovery}, nil
}

func writeRecovery(w io.Writer, r *rest.Recovery) {
	f := newFacts()
	f.add("Recovery", fmt.Sprint(r.Seq))
	f.add("Opened by", string(r.By))
	f.add("Opened", time.Time(r.At).Format(time.RFC3339))
	f.add("Identified", r.Identified)
	for _, k := range r.Keys {
		f.add("New key", k.ID)
	}
	f.add("Witness", string(r.Witness))
	f.add("Confirmed", r.Confirmed)
	if at := time.Time(r.ConfirmedAt); !at.IsZero() {
		f.add("Counts from", at.Add(ledger.RecoveryWait).Format(time.RFC3339))
	}
	f.write(w)
}

func (a *app) recoveryShow() *cobra.Command {
	return &cobra.Command{
		Use: "show PARTY", Short: "As the desk or the witness: show a person's recovery", Args: exactly("PARTY"),
		Example: "  skuld --as collector recovery show p…",
		RunE: func(cmd *cobra.Command, args []string) error {
			u, err := a.recovery(cmd, args[0])
			if err != nil {
				return err
			}
			return a.print(u.recovery, func(w io.Writer) { writeRecovery(w, u.recovery) })
		},
	}
}

func (a *app) recoveryConfirm() *cobra.Command {
	var identified string
	var keys []string
	c := &cobra.Command{
		Use: "confirm PARTY --key KEY --identified TEXT", Short: "As the witness: confirm a recovery",
		Long: `Confirm, as the company that it names as its witness, that the person who has made
the new key is who it says to be. Look for yourself: two organisations that both
look are what keeps one of them from taking a person's notes over.

Ask the person for the mark of the new passkey, which its page shows: twelve
characters, with which the key's id begins. It is for you to name, so that you
confirm the key that the person has and no other.`,
		Example: `  skuld --as collector recovery show p…
  skuld --as collector recovery confirm p… --key "Zy3a Qm1x R7_c" --identified "Video call"`,
		Args: exactly("PARTY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			u, err := a.recovery(cmd, args[0])
			if err != nil {
				return err
			}
			body := ledger.RecoveryConfirmBody{Recovery: u.recovery.Seq, Identified: identified}
			if body.Keys, err = marked(u.recovery.Keys, keys); err != nil {
				return usage(cmd, "%v", err)
			}
			receipt, err := a.onParty(cmd, u.session, u.person, client.Draft{Op: ledger.OpRecoveryConfirm, Body: body})
			if err != nil {
				return err
			}
			return a.done(receipt, "The recovery is confirmed.")
		},
	}
	c.Flags().StringArrayVar(&keys, "key", nil, "the mark of each new key, as the person reads it out, or its whole id (required)")
	c.Flags().StringVar(&identified, "identified", "", "how the person was identified, naming nobody (required)")
	return c
}

func (a *app) recoveryObject() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: "object PARTY", Short: "As the desk or the witness: end a recovery that one was deceived about",
		Example: `  skuld --as collector recovery object p… --reason "The person called: it was not them"`, Args: exactly("PARTY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			u, err := a.recovery(cmd, args[0])
			if err != nil {
				return err
			}
			receipt, err := a.onParty(cmd, u.session, u.person, client.Draft{
				Op: ledger.OpRecoveryObject, Body: ledger.RecoveryObjectBody{Recovery: u.recovery.Seq, Reason: reason},
			})
			if err != nil {
				return err
			}
			return a.done(receipt, "The recovery has ended. The person's keys stay as they are.")
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, naming nobody")
	return c
}

// minMark is how many characters of a key's id name it. Nobody makes another key that
// begins with as many.
const minMark = 12

// marked gives the ids of a recovery's keys, once each was named by its mark, in their
// order.
func marked(keys []ledger.Key, marks []string) ([]string, error) {
	if len(marks) != len(keys) {
		return nil, fmt.Errorf("the recovery names %d keys; give --key for each of them", len(keys))
	}
	var ids []string
	for i, k := range keys {
		mark := strings.ReplaceAll(marks[i], " ", "")
		if len(mark) < minMark || !strings.HasPrefix(k.ID, mark) {
			return nil, fmt.Errorf("--key %q is not the mark of the new key; if the person reads it out so, do not confirm: skuld recovery show", marks[i])
		}
		ids = append(ids, k.ID)
	}
	return ids, nil
}
