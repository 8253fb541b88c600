package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/api/client/rest"
	"github.com/skuld-registry/skuld/ledger"
)

// maxInvited bounds how many invitations of former seeds are looked through.
const maxInvited = 100

// seedContact says whom people call about a company's notes, unless it has said so
// itself.
func seedContact(ctx context.Context, a *actor, contact *ledger.Contact) error {
	p, err := a.Party(ctx, a.id)
	if err != nil {
		return err
	}
	if p.Party != nil && p.Party.Contact != nil {
		return nil
	}
	_, signed, err := a.Write(ctx, client.Draft{Op: ledger.OpPartyContact, Subject: string(a.id), Seq: p.Record.Seq + 1, Body: contact})
	if err != nil {
		return err
	}
	_, err = a.Submit(ctx, signed)
	return err
}

// welcome asks the registrar, as the lender's guest, for the page of a note and for
// an invitation that nobody has used yet.
func (s *seeded) welcome(ctx context.Context) error {
	lender := s.actors["lender"]
	guest, err := known(s.gateways["registrar"], lender.id, lender.key)
	if err != nil {
		return err
	}
	link, err := guest.Link(ctx, s.notes[seedActive])
	if err != nil {
		return fmt.Errorf("asking for a note's page: %w", err)
	}
	s.link = link.Link
	for n := range maxInvited {
		i, err := guest.Invite(ctx, fmt.Sprintf("demo-%d", n), rest.InvitationRequest{
			Name: "Du", Language: "sv", Purpose: "borrower",
		})
		if err != nil {
			return fmt.Errorf("inviting a borrower: %w", err)
		}
		if i.State == "open" {
			s.invited = i
			return nil
		}
	}
	return errors.New("inviting a borrower: every invitation is used")
}
