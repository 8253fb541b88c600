package ledger

import (
	"encoding/json"
	"fmt"
	"time"
)

// Draft is what is needed to write a command for its signer to sign.
type Draft struct {
	Op       Op
	Network  string
	By       PartyID // for a registration it is derived and may be empty
	For      PartyID // the principal, where By signs as its representative
	Subject  string  // id of the party, note or book; empty where the operation creates it
	Seq      uint64  // the subject's next number; for a new subject it may be zero
	Command  CommandID
	IssuedAt time.Time
	Life     time.Duration // until the command expires
	Body     any           // the operation's body, or its JSON
}

// DefaultLife is how long a drafted command stays valid where nothing else is said.
const DefaultLife = 24 * time.Hour

// Build writes the command and checks its form. The same draft gives the same
// command, byte for byte.
func (d Draft) Build() (*Command, error) {
	op, known := operations[d.Op]
	if !known {
		return nil, Refuse(CodeOperationUnknown, "op", string(d.Op))
	}
	body, err := d.body(op)
	if err != nil {
		return nil, err
	}
	if d.Life == 0 {
		d.Life = DefaultLife
	}
	at := d.IssuedAt.UTC().Truncate(time.Second)
	c := &Command{V: CommandVersion, Op: d.Op, Network: d.Network, Seq: d.Seq, Command: d.Command, By: d.By, For: d.For,
		IssuedAt: at, ExpiresAt: at.Add(d.Life), Body: body}
	if d.Op == OpPartyRegister {
		c.By = DerivePartyID(d.Network, d.Command)
	}
	switch {
	case op.creates:
		c.Seq = 1
	case op.kind == KindNote:
		c.Note = NoteID(d.Subject)
	case op.kind == KindBook:
		c.Book = BookID(d.Subject)
	default:
		c.Party = PartyID(d.Subject)
	}
	payload, err := c.Canonical()
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", d.Op, err)
	}
	if _, err := decodeBody(c); err != nil {
		return nil, err
	}
	return DecodeCommand(payload)
}

// body gives the body in its one form, whatever form it was handed in.
func (d Draft) body(op *operation) (json.RawMessage, error) {
	raw, err := json.Marshal(d.Body)
	if err != nil {
		return nil, fmt.Errorf("writing the body of %s: %w", d.Op, err)
	}
	b := op.body()
	if err := decodeStrict(raw, b); err != nil {
		return nil, Refuse(CodeBodyMalformed, "op", string(d.Op), "detail", err.Error())
	}
	return Canonical(b)
}
