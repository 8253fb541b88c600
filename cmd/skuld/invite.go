package main

import (
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/api/client/rest"
)

func (a *app) inviteCommand() *cobra.Command {
	var registrar string
	return group("invite", "Invite persons to the registrar's pages",
		atRegistrar(&registrar, a.inviteCreate(&registrar), a.inviteList(&registrar), a.inviteShow(&registrar), a.inviteRevoke(&registrar))...)
}

func (a *app) inviteCreate(registrar *string) *cobra.Command {
	var r rest.InvitationRequest
	var purpose, language string
	c := &cobra.Command{
		Use: "create --name NAME", Short: "Invite a person to make a passkey",
		Long: `Invite a person to make a passkey on the registrar's pages. The link opens once:
hand it to that person alone. Once it is used, skuld invite show says which party
the person is, and a note can be offered to that party.

The registrar's own desk invites a person who has lost its keys with --purpose
recovery and --party.`,
		Example: `  skuld --as lender invite create --name "Anna Berg" --phone +46701234567
  skuld --as registrar invite create --purpose recovery --party p… --name "Anna Berg"`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if r.Name == "" {
				return usage(cmd, "--name is required")
			}
			s, err := a.connectRegistrar(cmd.Context(), *registrar)
			if err != nil {
				return err
			}
			r.Purpose, r.Language = rest.InvitationRequestPurpose(purpose), rest.Language(language)
			key, err := uuid.NewRandomFromReader(a.random)
			if err != nil {
				return fmt.Errorf("drawing the key of a request: %w", err)
			}
			i, err := s.Invite(cmd.Context(), key.String(), r)
			if err != nil {
				return err
			}
			return a.print(i, func(w io.Writer) {
				writeInvitation(w, i)
				a.writeQR(w, i.Link)
			})
		},
	}
	f := c.Flags()
	f.StringVar(&r.Name, "name", "", "the person's name (required)")
	f.StringVar(&r.Phone, "phone", "", "telephone number, like +46701234567")
	f.StringVar(&r.Email, "email", "", "e-mail address")
	f.StringVar(&language, "language", "sv", "the person's language: sv, da or en")
	f.StringVar(&r.Note, "note", "", "the note that it is about")
	f.StringVar(&purpose, "purpose", "borrower", "borrower or recovery")
	f.StringVar(&r.Party, "party", "", "of a recovery: the party whose keys are lost")
	return c
}

func (a *app) inviteList(registrar *string) *cobra.Command {
	var limit int
	c := &cobra.Command{
		Use: "list", Short: "List one's own invitations", Args: exactly(), Example: "  skuld --as lender invite list",
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.connectRegistrar(cmd.Context(), *registrar)
			if err != nil {
				return err
			}
			var all []*client.Invitation
			for i, err := range s.Invitations(cmd.Context(), limit) {
				if err != nil {
					return err
				}
				all = append(all, i)
			}
			return a.print(map[string]any{"invitations": listed(all)}, func(w io.Writer) {
				t := newTable("INVITATION", "FOR", "STATE", "NAME", "PARTY", "EXPIRES")
				for _, i := range all {
					t.row(i.ID, string(i.Purpose), string(i.State), i.Name, string(i.Party), i.Expires.Format(time.DateOnly))
				}
				t.write(w, "no invitations; make one with skuld invite create")
			})
		},
	}
	c.Flags().IntVar(&limit, "limit", 50, "most invitations to list, 0 for all")
	return c
}

func (a *app) inviteShow(registrar *string) *cobra.Command {
	return &cobra.Command{
		Use: "show INVITATION", Short: "Show what became of an invitation", Args: exactly("INVITATION"),
		Example: "  skuld --as lender invite show 3f0c…",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.connectRegistrar(cmd.Context(), *registrar)
			if err != nil {
				return err
			}
			i, err := s.Invitation(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.print(i, func(w io.Writer) { writeInvitation(w, i) })
		},
	}
}

func (a *app) inviteRevoke(registrar *string) *cobra.Command {
	return &cobra.Command{
		Use: "revoke INVITATION", Short: "Take an invitation back", Args: exactly("INVITATION"),
		Example: "  skuld --as lender invite revoke 3f0c…",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.connectRegistrar(cmd.Context(), *registrar)
			if err != nil {
				return err
			}
			i, err := s.RevokeInvitation(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.print(i, func(w io.Writer) {
				fmt.Fprintln(w, "The invitation is taken back; its link opens nothing more.")
				writeInvitation(w, i)
			})
		},
	}
}

func writeInvitation(w io.Writer, i *client.Invitation) {
	f := newFacts()
	f.add("Invitation", i.ID)
	f.add("For", string(i.Purpose))
	f.add("State", string(i.State))
	f.add("Name", i.Name)
	f.add("Phone", string(i.Phone))
	f.add("E-mail", i.Email)
	f.add("Note", string(i.Note))
	f.add("Party", string(i.Party))
	f.add("New key", i.Key.ID)
	f.add("Expires", i.Expires.Format(time.RFC3339))
	f.add("Code", i.Code)
	f.add("Link", i.Link)
	f.write(w)
}
