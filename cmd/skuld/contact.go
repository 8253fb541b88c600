package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
)

func (a *app) contactCommand() *cobra.Command {
	return group("contact", "Say how people reach one's company", a.contactSet(), a.contactShow())
}

func (a *app) contactSet() *cobra.Command {
	var body ledger.Contact
	c := &cobra.Command{
		Use: "set", Short: "Set whom people call, and when",
		Long: `Set whom people call about the company's notes. Every page about one of them
ends in this person or team, with its direct number and its hours. The account is
where payments go, and their pages say so to whoever has a note to pay. All of it
replaces what was set before.`,
		Example: `  skuld --as lender contact set --human "Eva Lund" --phone +46812345678 --hours "Mon-Fri 8-18" --licence "Finansinspektionen 2024-123" --account "Bankgiro 123-4567"`,
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			receipt, err := a.onParty(cmd, s, s.Self(), client.Draft{Op: ledger.OpPartyContact, Body: body})
			if err != nil {
				return err
			}
			return a.done(receipt, "People find you there from now on.")
		},
	}
	f := c.Flags()
	f.StringVar(&body.Human, "human", "", "a person or a team, as it answers the telephone (required)")
	f.StringVar(&body.Phone, "phone", "", "direct number, like +46812345678 (required)")
	f.StringVar(&body.Hours, "hours", "", "when somebody answers, in words (required)")
	f.StringVar(&body.Email, "email", "", "e-mail address")
	f.StringVar(&body.Address, "address", "", "address for letters")
	f.StringVar(&body.Licence, "licence", "", "who permits the business, and under which number")
	f.StringVar(&body.Web, "web", "", "an https address")
	f.StringVar(&body.Account, "account", "", "where payments go, like \"Bankgiro 123-4567\" or an IBAN")
	return c
}

// onParty writes the next command about a party and hands it in.
func (a *app) onParty(cmd *cobra.Command, s *session, id ledger.PartyID, d client.Draft) (client.Receipt, error) {
	p, err := s.Party(cmd.Context(), id)
	if err != nil {
		return client.Receipt{}, err
	}
	d.Subject, d.Seq = string(id), p.Record.Seq+1
	return a.send(cmd.Context(), s, d)
}

func (a *app) contactShow() *cobra.Command {
	return &cobra.Command{
		Use: "show PARTY", Short: "Show how to reach a company", Args: exactly("PARTY"), Example: "  skuld contact show p…",
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := parsePartyID(args[0])
			if err != nil {
				return usage(cmd, "%v", err)
			}
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			p, err := s.Party(cmd.Context(), id)
			if err != nil {
				return err
			}
			var contact ledger.Contact
			f := newFacts()
			if p.Party != nil && p.Party.Contact != nil {
				contact = *p.Party.Contact
				f.add("Company", p.Party.Name)
			}
			return a.print(contact, func(w io.Writer) {
				f.add("Ask for", contact.Human)
				f.add("Phone", contact.Phone)
				f.add("Hours", contact.Hours)
				f.add("E-mail", contact.Email)
				f.add("Address", contact.Address)
				f.add("Licence", contact.Licence)
				f.add("Web", contact.Web)
				f.add("Account", contact.Account)
				f.write(w)
			})
		},
	}
}
