package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"time"

	"github.com/gowebpki/jcs"
)

// Limits on commands. They bound the work that one command can cause.
const (
	// MaxCommandBytes is the greatest length of a command's canonical bytes.
	MaxCommandBytes = 16 << 10
	// MaxCommandLife is the longest time between a command's issue and its
	// expiry: a person may sleep on a signature for a month, and no signed
	// command lies about for longer.
	MaxCommandLife = 31 * 24 * time.Hour
	// ClockTolerance is how far a command's issue may lie ahead of the ledger's time.
	ClockTolerance = 5 * time.Minute
	// CommandVersion is the version of the command's form.
	CommandVersion = 1
)

// Command is an instruction that a party signs. Its canonical bytes (RFC 8785)
// are what the signature covers.
type Command struct {
	V         int             `json:"v"`
	Op        Op              `json:"op"`
	Network   string          `json:"network"`         // digest of the channel's first block: no replay elsewhere
	Note      NoteID          `json:"note,omitempty"`  // the subject of a note's operation
	Book      BookID          `json:"book,omitempty"`  // the subject of a book's operation
	Party     PartyID         `json:"party,omitempty"` // the subject of a party's operation
	Seq       uint64          `json:"seq"`             // the subject's next number: applies once, to one state, or never
	Command   CommandID       `json:"command"`
	By        PartyID         `json:"by"`            // who signs
	For       PartyID         `json:"for,omitempty"` // on whose behalf, where not the signer's own
	IssuedAt  time.Time       `json:"issued_at"`
	ExpiresAt time.Time       `json:"expires_at"` // no replay later
	Body      json.RawMessage `json:"body"`
}

// Subject gives what the command is about. An operation that creates its
// subject names none; its id is derived from the command.
func (c *Command) Subject() Subject {
	switch {
	case c.Op == OpOffer:
		return DeriveNoteID(c.Network, c.By, c.Command).Subject()
	case c.Op == OpBookOpen:
		return DeriveBookID(c.Network, c.By, c.Command).Subject()
	case c.Op == OpPartyRegister:
		return DerivePartyID(c.Network, c.Command).Subject()
	case c.Note != "":
		return c.Note.Subject()
	case c.Book != "":
		return c.Book.Subject()
	}
	return c.Party.Subject()
}

// Actor gives the party whose act the command is: the principal, where a
// representative signs.
func (c *Command) Actor() PartyID {
	if c.For != "" {
		return c.For
	}
	return c.By
}

// Canonical gives the bytes to sign: the command in the canonical form of RFC 8785.
func (c *Command) Canonical() ([]byte, error) { return Canonical(c) }

// Canonical writes a value as canonical JSON (RFC 8785).
func Canonical(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return jcs.Transform(b)
}

// DecodeCommand reads a command from the bytes that were signed. It takes
// canonical bytes only: two texts for one command would give one instruction
// two digests. Unknown fields are refused, since the signer may have meant
// something by them.
func DecodeCommand(payload []byte) (*Command, error) {
	if len(payload) > MaxCommandBytes {
		return nil, Refuse(CodeCommandTooLarge, "limit", itoa(MaxCommandBytes))
	}
	var c Command
	if err := decodeStrict(payload, &c); err != nil {
		return nil, Refuse(CodeCommandMalformed, "detail", err.Error())
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	// Written back it must be the same bytes. That is stricter than RFC 8785:
	// it also refuses another case in a name, which Go's decoder would take, a
	// default that is spelled out, and another spelling of a time.
	canonical, err := c.Canonical()
	if err != nil || !bytes.Equal(canonical, payload) {
		return nil, Refuse(CodeCommandNotCanonical)
	}
	return &c, nil
}

// check says whether the envelope is well formed, whatever the body.
func (c *Command) check() error {
	op, known := operations[c.Op]
	switch {
	case c.V != CommandVersion:
		return Refuse(CodeCommandMalformed, "detail", "v must be 1")
	case !known:
		return Refuse(CodeOperationUnknown, "op", string(c.Op))
	case c.Network == "":
		return Refuse(CodeCommandMalformed, "detail", "network is missing")
	case !c.Command.Valid():
		return Refuse(CodeCommandMalformed, "detail", "command must be a UUID in lower case")
	case !c.By.Valid():
		return Refuse(CodeCommandMalformed, "detail", "by must be a party's id")
	case c.For != "" && !c.For.Valid():
		return Refuse(CodeCommandMalformed, "detail", "for must be a party's id")
	case c.IssuedAt.IsZero() || c.ExpiresAt.IsZero() || !c.ExpiresAt.After(c.IssuedAt):
		return Refuse(CodeCommandMalformed, "detail", "expires_at must be after issued_at")
	case c.ExpiresAt.Sub(c.IssuedAt) > MaxCommandLife:
		return Refuse(CodeCommandLife, "limit", MaxCommandLife.String())
	case c.IssuedAt.Location() != time.UTC || c.ExpiresAt.Location() != time.UTC:
		return Refuse(CodeCommandMalformed, "detail", "times must be in UTC and end in Z")
	case c.Seq == 0:
		return Refuse(CodeCommandMalformed, "detail", "seq starts at 1")
	case op.creates && c.Seq != 1:
		return Refuse(CodeCommandMalformed, "detail", "seq of a new subject is 1")
	case c.For == c.By:
		return Refuse(CodeCommandMalformed, "detail", "for names somebody else than by; leave it out where you act for yourself")
	case c.For != "" && op.scope == "":
		return Refuse(CodeNoPowerOfAttorney)
	}
	return c.checkSubject(op)
}

func (c *Command) checkSubject(op *operation) error {
	want := map[Kind]bool{}
	if !op.creates {
		want[op.kind] = true
	}
	switch {
	case want[KindNote] != (c.Note != ""), want[KindBook] != (c.Book != ""), want[KindParty] != (c.Party != ""):
		return Refuse(CodeCommandMalformed, "detail", "the operation "+string(c.Op)+" names its subject in exactly one of note, book and party, and none where it creates it")
	case c.Note != "" && !c.Note.Valid(), c.Book != "" && !c.Book.Valid(), c.Party != "" && !c.Party.Valid():
		return Refuse(CodeCommandMalformed, "detail", "the subject's id is malformed")
	}
	return nil
}

// decodeBody reads the body of an operation strictly and checks its form.
func decodeBody(c *Command) (body, error) {
	b := operations[c.Op].body()
	if err := decodeStrict(c.Body, b); err != nil {
		return nil, Refuse(CodeBodyMalformed, "op", string(c.Op), "detail", err.Error())
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	canonical, err := Canonical(b)
	if err != nil || !bytes.Equal(canonical, c.Body) {
		return nil, Refuse(CodeCommandNotCanonical)
	}
	return b, nil
}

// decodeStrict reads exactly one JSON value without unknown fields. Its error is
// for who wrote the JSON.
func decodeStrict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return misread(b, reflect.TypeOf(v).Elem())
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("data after the end of the value")
	}
	return nil
}

// Signed is a command with its signature, as it travels and is kept. Exactly one
// of its forms is set.
type Signed struct {
	// JWS is a compact JSON Web Signature (RFC 7515) with the command's
	// canonical bytes as its payload.
	JWS string `json:"jws,omitempty"`
	// WebAuthn is an assertion of a passkey (W3C Web Authentication, Level 3)
	// whose challenge is the SHA-256 of the command's canonical bytes. It is five
	// parts joined by dots: the id of the key, and in base64url the canonical
	// bytes, the authenticator data, the client data and the signature.
	WebAuthn string `json:"webauthn,omitempty"`
}

// Size gives the length in bytes of the signed command.
func (s Signed) Size() int { return len(s.JWS) + len(s.WebAuthn) }

// Opened is a signed command taken apart and not yet verified.
type Opened struct {
	Payload []byte // the exact bytes that were signed
	KeyID   string // which of the signer's keys is claimed
	Seal    Digest // of everything in the signed command that is not payload
	Signed  Signed
}

// Signatures verifies signed commands; package sign implements it.
type Signatures interface {
	// Open takes a signed command apart. It verifies nothing.
	Open(Signed) (Opened, error)
	// Verify checks the signature with the key.
	Verify(Opened, Key) error
}
