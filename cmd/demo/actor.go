package main

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// actor is a party with a key of its own and a client at its gateway.
type actor struct {
	*client.Client
	id   ledger.PartyID
	key  crypto.Signer
	book ledger.BookID
}

// role says what an actor is before it is registered.
type role struct {
	organisation string // whose gateway it uses
	kind         ledger.PartyKind
	name         string
	edwards      bool // signs with Ed25519
}

// enter makes a key and registers a party with it.
func (p *play) enter(ctx context.Context, r role) (*actor, error) {
	key, err := sign.NewKey()
	if r.edwards {
		_, key, err = newEd25519()
	}
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	return register(ctx, p.gateways[r.organisation], key, r)
}

func newEd25519() (crypto.PublicKey, crypto.Signer, error) { return ed25519.GenerateKey(rand.Reader) }

// register registers a new party with a key.
func register(ctx context.Context, gateway string, key crypto.Signer, r role) (*actor, error) {
	public, err := sign.KeyOf(key.Public())
	if err != nil {
		return nil, err
	}
	stranger, err := client.New(client.Options{Gateway: gateway, Key: key})
	if err != nil {
		return nil, err
	}
	command, signed, err := stranger.Write(ctx, client.Draft{Op: ledger.OpPartyRegister, Body: ledger.RegisterBody{
		Kind: r.kind, Name: r.name, Keys: []ledger.Key{public},
	}})
	if err != nil {
		return nil, err
	}
	if _, err := stranger.Register(ctx, signed); err != nil {
		return nil, err
	}
	return known(gateway, command.By, key)
}

// known gives an actor for a party that is registered already.
func known(gateway string, id ledger.PartyID, key crypto.Signer) (*actor, error) {
	c, err := client.New(client.Options{Gateway: gateway, Party: id, Key: key})
	if err != nil {
		return nil, err
	}
	return &actor{Client: c, id: id, key: key}, nil
}

// act is something that an actor does.
type act struct {
	op   ledger.Op
	note ledger.NoteID // the subject; none for an operation that creates its own
	body any
}

// do signs and hands in a command, on the state that the actor sees now.
func (a *actor) do(ctx context.Context, what act) (client.Receipt, ledger.Signed, error) {
	d := client.Draft{Op: what.op, Subject: string(what.note), Body: what.body}
	if what.note != "" {
		n, err := a.Note(ctx, what.note, finance.Date{})
		if err != nil {
			return client.Receipt{}, ledger.Signed{}, err
		}
		d.Seq = n.Seq + 1
	}
	_, signed, err := a.Write(ctx, d)
	if err != nil {
		return client.Receipt{}, signed, err
	}
	receipt, err := a.Submit(ctx, signed)
	return receipt, signed, err
}

// does is do for who needs to know only that it worked.
func (a *actor) does(ctx context.Context, what act) error {
	_, _, err := a.do(ctx, what)
	return err
}

// admit lets an authority of another organisation act.
func (a *actor) admit(ctx context.Context, id ledger.PartyID) error {
	party, err := a.Party(ctx, id)
	if err != nil {
		return err
	}
	if party.Record.Standing != ledger.Proposed {
		return nil
	}
	_, signed, err := a.Write(ctx, client.Draft{Op: ledger.OpPartyAdmit, Subject: string(id), Seq: party.Record.Seq + 1, Body: ledger.EmptyBody{}})
	if err != nil {
		return err
	}
	_, err = a.Submit(ctx, signed)
	return err
}

// openBook opens a book for the actor's notes.
func (a *actor) openBook(ctx context.Context) error {
	receipt, _, err := a.do(ctx, act{op: ledger.OpBookOpen, body: ledger.EmptyBody{}})
	if err != nil {
		return err
	}
	a.book = ledger.BookID(receipt.Result.Subject.ID)
	return nil
}

// accept signs a note that is offered to the actor: the very bytes that its
// lender signed.
func (a *actor) accept(ctx context.Context, id ledger.NoteID) (client.Receipt, ledger.Signed, error) {
	entries, _, err := a.History(ctx, id, 1, 1)
	if err != nil {
		return client.Receipt{}, ledger.Signed{}, err
	}
	if len(entries) != 1 {
		return client.Receipt{}, ledger.Signed{}, errors.New("the note has no offer")
	}
	opened, command, err := entries[0].Opened()
	if err != nil {
		return client.Receipt{}, ledger.Signed{}, err
	}
	if command.Subject() != id.Subject() {
		return client.Receipt{}, ledger.Signed{}, errors.New("the gateway shows the offer of another note")
	}
	return a.do(ctx, act{op: ledger.OpAccept, note: id, body: ledger.AcceptBody{Offer: ledger.PayloadDigest(opened.Payload)}})
}

// refused wants an act to be refused with a code.
func (a *actor) refused(ctx context.Context, want ledger.Code, what act) error {
	_, _, err := a.do(ctx, what)
	return wantCode(want, err)
}

func wantCode(want ledger.Code, err error) error {
	if got := ledger.CodeOf(err); got != want {
		return fmt.Errorf("want the refusal %s, got %w", want, orDone(err))
	}
	return nil
}

func orDone(err error) error {
	if err == nil {
		return errors.New("no refusal: it was done")
	}
	return err
}
