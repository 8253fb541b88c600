package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/api/client/profile"
	"github.com/skuld-registry/skuld/ledger"
)

func (a *app) partyCommand() *cobra.Command {
	return group("party", "Register a party and change its keys", a.partyRegister(), a.partyShow(), a.partyRotate(), a.partyAdmit(), a.partyRevoke())
}

func (a *app) partyRegister() *cobra.Command {
	var kind, name, key string
	c := &cobra.Command{
		Use:   "register",
		Short: "Register as a party, with a key of the profile",
		Long: `Register as a party, with a key of the profile, at the gateway of the
organisation that shall host it. The registry gives it an id that says nothing
of who it is; the profile remembers it.

A company's or an authority's name can be seen by every member; a person's stays
with its host and is not given here. An authority can be registered through the
registrar's gateway only.`,
		Example: `  skuld --profile lender party register --kind company --name "Nordlån AB" --gateway http://127.0.0.1:8080
  skuld --profile anna party register --kind person --as registrar`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if kind == "" {
				return usage(cmd, "--kind is required: person, company or authority")
			}
			p, err := a.openProfile()
			if err != nil {
				return err
			}
			if err := a.requireNetwork(cmd.Context(), p); err != nil {
				return err
			}
			if p.Party != "" {
				return usage(cmd, "the profile is the party %s already; choose another with --profile", p.Party)
			}
			assign(key != "", &p.Key, key)
			receipt, err := a.register(cmd, p, ledger.RegisterBody{Kind: ledger.PartyKind(kind), Name: name})
			if err != nil {
				return err
			}
			return a.done(receipt, "The party is registered.")
		},
	}
	c.Flags().StringVar(&kind, "kind", "", "person, company or authority (required)")
	c.Flags().StringVar(&name, "name", "", "the name of a company or an authority")
	c.Flags().StringVar(&key, "key", "", "the key that signs (default the profile's)")
	return c
}

// register registers the profile's key as a new party. The profile is saved
// with the party's id before anything is sent: were the answer lost, the id
// would be as well.
func (a *app) register(cmd *cobra.Command, p *profile.Profile, body ledger.RegisterBody) (client.Receipt, error) {
	ctx := cmd.Context()
	name := p.Key
	if name == "" {
		name = defaultKey
	}
	info, err := p.KeyInfo(name)
	if err != nil {
		return client.Receipt{}, err
	}
	s, err := a.connectAs(p, "", name)
	if err != nil {
		return client.Receipt{}, err
	}
	body.Keys = []ledger.Key{info.Public}
	command, signed, err := s.Write(ctx, client.Draft{Op: ledger.OpPartyRegister, Body: body})
	if err != nil {
		return client.Receipt{}, err
	}
	gateway, err := a.gatewayOf(p)
	if err != nil {
		return client.Receipt{}, err
	}
	before := p.Settings
	p.Network, p.Party, p.Key, p.Gateway = command.Network, command.By, name, gateway
	if err := p.Save(); err != nil {
		return client.Receipt{}, err
	}
	receipt, err := a.handIn(ctx, s, submission{command, signed, s.Register})
	if _, kept := errors.AsType[*keptError](err); err != nil && !kept {
		p.Settings = before
		if restored := p.Save(); restored != nil {
			return receipt, fmt.Errorf("%w; and the profile could not be put back: %w", err, restored)
		}
	}
	return receipt, err
}

func (a *app) partyShow() *cobra.Command {
	return &cobra.Command{
		Use: "show [PARTY]", Short: "Show a party: one's own, or another",
		Example: "  skuld party show\n  skuld party show p… --json",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(cmd, "takes one party's id at most")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			id := s.Self()
			if len(args) == 1 {
				if id, err = parsePartyID(args[0]); err != nil {
					return usage(cmd, "%v", err)
				}
			}
			p, err := s.Party(cmd.Context(), id)
			if err != nil {
				return err
			}
			return a.print(p, func(w io.Writer) { writeParty(w, id, p) })
		},
	}
}

func writeParty(w io.Writer, id ledger.PartyID, p *client.Party) {
	f := newFacts()
	f.add("Party", string(id))
	f.add("Organisation", p.Record.Org)
	f.add("Standing", string(p.Record.Standing))
	f.add("Commands", fmt.Sprint(p.Record.Seq))
	if p.Party != nil {
		f.add("Kind", string(p.Party.Kind))
		f.add("Name", p.Party.Name)
		for _, k := range p.Party.Keys {
			f.add("Key", k.ID+" ("+k.Crv+")")
		}
	}
	f.write(w)
}

func (a *app) partyRotate() *cobra.Command {
	var add, remove []string
	c := &cobra.Command{
		Use: "rotate", Short: "Add keys to the party and take keys away",
		Long: `Add keys of the profile to the party and take keys away, signed with the key in
use. A key that is taken away signs no more from then on.

If the key in use is taken away, the profile signs with the first key that was
added from then on.`,
		Example: `  skuld key new --name second
  skuld party rotate --add second --remove key`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			body, err := rotation(s.profile, add, remove)
			if err != nil {
				return usage(cmd, "%v", err)
			}
			party, err := s.Party(cmd.Context(), s.Self())
			if err != nil {
				return err
			}
			receipt, err := a.send(cmd.Context(), s, client.Draft{
				Op: ledger.OpPartyRotate, Subject: string(s.Self()), Seq: party.Record.Seq + 1, Body: body,
			})
			if err != nil {
				return err
			}
			inUse, err := s.profile.KeyInfo(cmp.Or(s.profile.Key, defaultKey))
			if err == nil && len(add) > 0 && slices.Contains(body.Remove, inUse.Public.ID) {
				s.profile.Key = add[0]
			}
			if err := s.profile.Save(); err != nil {
				return err
			}
			return a.done(receipt, "The keys are changed.")
		},
	}
	c.Flags().StringArrayVar(&add, "add", nil, "name of a key of the profile to add")
	c.Flags().StringArrayVar(&remove, "remove", nil, "name, or id, of a key to take away")
	return c
}

// rotation finds the keys by their names. A key that is to go may be lost, and
// is then named by its id.
func rotation(p *profile.Profile, add, remove []string) (ledger.RotateBody, error) {
	var body ledger.RotateBody
	for _, name := range add {
		info, err := p.KeyInfo(name)
		if err != nil {
			return body, err
		}
		body.Add = append(body.Add, info.Public)
	}
	for _, name := range remove {
		if info, err := p.KeyInfo(name); err == nil {
			name = info.Public.ID
		}
		body.Remove = append(body.Remove, name)
	}
	return body, nil
}

func (a *app) partyAdmit() *cobra.Command {
	return &cobra.Command{
		Use: "admit PARTY", Short: "As a company: let an authority of another organisation act",
		Long: `Let an authority act that another organisation hosts. Until a company of a
second organisation has done so, an authority can freeze nothing: nobody can make
one alone.`,
		Example: "  skuld party admit p…",
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
			party, err := s.Party(cmd.Context(), id)
			if err != nil {
				return err
			}
			receipt, err := a.send(cmd.Context(), s, client.Draft{
				Op: ledger.OpPartyAdmit, Subject: string(id), Seq: party.Record.Seq + 1, Body: ledger.EmptyBody{},
			})
			if err != nil {
				return err
			}
			return a.done(receipt, "The authority is admitted.")
		},
	}
}

func (a *app) partyRevoke() *cobra.Command {
	var reason string
	var yes bool
	c := &cobra.Command{
		Use: "revoke", Short: "End the party: its keys sign no more",
		Long: `End the party for good: its keys sign no more, and nothing can be offered or
transferred to it. Notes that it holds stay where they are and can then be moved
by nobody; transfer them first.`,
		Example: `  skuld party revoke --reason "Merged into another company" --yes`,
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			if err := a.confirm(cmd, yes, "This ends the party "+string(s.Self())+" for good."); err != nil {
				return err
			}
			party, err := s.Party(cmd.Context(), s.Self())
			if err != nil {
				return err
			}
			receipt, err := a.send(cmd.Context(), s, client.Draft{
				Op: ledger.OpPartyRevoke, Subject: string(s.Self()), Seq: party.Record.Seq + 1, Body: ledger.ReasonBody{Reason: reason},
			})
			if err != nil {
				return err
			}
			return a.done(receipt, "The party is ended.")
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

// confirm asks a person before something that cannot be undone. Where nobody
// can be asked, the command itself is the answer.
func (a *app) confirm(cmd *cobra.Command, yes bool, what string) error {
	if yes || !a.inTerminal || a.flags.json {
		return nil
	}
	fmt.Fprintf(a.err, "%s\nSign? Type yes: ", what)
	var answer string
	if _, err := fmt.Fscanln(a.in, &answer); err != nil || !strings.EqualFold(answer, "yes") {
		return usage(cmd, "not signed")
	}
	return nil
}
