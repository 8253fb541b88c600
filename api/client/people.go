package client

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/skuld-registry/skuld/api/client/rest"
	"github.com/skuld-registry/skuld/ledger"
)

// What a company does about the persons whom the registrar serves. The gateway of
// these calls is the registrar's, whoever hosts the company.

// Invitation is an invitation as the registrar's gateway shows it. Code and Link are
// there in the answer to who made it alone.
type Invitation = rest.Invitation

// Message says that a person was told something, and how.
type Message = rest.Message

// Callback is somebody's wish to be called.
type Callback = rest.Callback

// Link is the address of a note's page for everybody.
type Link = rest.Link

// Invite makes an invitation. The key names it: who invites again with the same key
// within a day gets the same invitation with its code, as it stands then.
func (c *Client) Invite(ctx context.Context, key string, r rest.InvitationRequest) (*Invitation, error) {
	return c.invitation(ctx, "inviting", rest.CreateInvitation(rest.CreateInvitationParams{IdempotencyKey: key}, r))
}

// Invitation reads an invitation and what became of it.
func (c *Client) Invitation(ctx context.Context, id string) (*Invitation, error) {
	return c.invitation(ctx, "reading the invitation", rest.GetInvitation(id))
}

// RevokeInvitation takes an invitation back.
func (c *Client) RevokeInvitation(ctx context.Context, id string) (*Invitation, error) {
	return c.invitation(ctx, "taking the invitation back", rest.RevokeInvitation(id, rest.RevokeInvitationParams{}))
}

// Told notes that the person whose lost keys an invitation is for was told of it, by
// letter, phone, sms or email.
func (c *Client) Told(ctx context.Context, invitation, channel string) (*Message, error) {
	m := new(Message)
	r := rest.RecordMessage(invitation, rest.RecordMessageParams{}, rest.MessageRequest{Channel: rest.MessageRequestChannel(channel)})
	if err := c.call(ctx, r, private, m); err != nil {
		return nil, fmt.Errorf("noting what a person was told: %w", err)
	}
	return m, nil
}

func (c *Client) invitation(ctx context.Context, what string, r rest.Request) (*Invitation, error) {
	i := new(Invitation)
	if err := c.call(ctx, r, private, i); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return i, nil
}

// Invitations lists the party's invitations, the latest first, up to a limit unless
// it is 0.
func (c *Client) Invitations(ctx context.Context, limit int) iter.Seq2[*Invitation, error] {
	return list(limit, func(cursor string, limit int) ([]*Invitation, string, error) {
		var p rest.InvitationList
		err := c.call(ctx, rest.ListInvitations(rest.ListInvitationsParams{Cursor: cursor, Limit: limit}), private, &p)
		return pointers(p.Invitations), p.Next, err
	})
}

// Link gives the address of a note's page for everybody.
func (c *Client) Link(ctx context.Context, id ledger.NoteID) (*Link, error) {
	l := new(Link)
	if err := c.call(ctx, rest.GetLink(string(id)), private, l); err != nil {
		return nil, fmt.Errorf("asking for the note's address: %w", err)
	}
	return l, nil
}

// Callbacks lists who asked to be called about notes that the party answers for, the
// latest first; only those whose call is still to be made where open says so.
func (c *Client) Callbacks(ctx context.Context, open bool, limit int) iter.Seq2[*Callback, error] {
	return list(limit, func(cursor string, limit int) ([]*Callback, string, error) {
		var p rest.CallbackList
		err := c.call(ctx, rest.ListCallbacks(rest.ListCallbacksParams{Open: open, Cursor: cursor, Limit: limit}), private, &p)
		return pointers(p.Callbacks), p.Next, err
	})
}

// TakeCallback says that the party will call, its person who will, and by when; as it
// was promised before where that is zero.
func (c *Client) TakeCallback(ctx context.Context, id, name string, by time.Time) (*Callback, error) {
	return c.callback(ctx, "taking the call", rest.TakeCallback(id, rest.TakeCallbackParams{}, rest.TakingRequest{Name: name, At: by}))
}

// CompleteCallback says that the call was made, and what came of it.
func (c *Client) CompleteCallback(ctx context.Context, id, outcome string) (*Callback, error) {
	return c.callback(ctx, "ending the call", rest.CompleteCallback(id, rest.CompleteCallbackParams{}, rest.CompletionRequest{Outcome: outcome}))
}

func (c *Client) callback(ctx context.Context, what string, r rest.Request) (*Callback, error) {
	b := new(Callback)
	if err := c.call(ctx, r, private, b); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return b, nil
}
