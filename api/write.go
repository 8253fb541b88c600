package api

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// writeRequest asks for a change. With jws or webauthn it hands in the signed
// command; with body it asks for a draft, the command to sign.
type writeRequest struct {
	ledger.Signed
	draftRequest
}

// draftRequest says what a drafted command shall be.
type draftRequest struct {
	Body    json.RawMessage  `json:"body"`
	By      ledger.PartyID   `json:"by"`      // the caller, unless said
	For     ledger.PartyID   `json:"for"`     // whom the caller represents; nobody, unless said
	Command ledger.CommandID `json:"command"` // a new one, unless said
	Life    int              `json:"life"`    // seconds; ledger.DefaultLife unless said
}

// write is every change of one party, note or book: the route says which.
func (s *Server) write(w http.ResponseWriter, r *http.Request) error {
	var req writeRequest
	if err := readJSON(r, &req); err != nil {
		return err
	}
	switch {
	case (req.Signed == ledger.Signed{}) == (req.Body == nil):
		return malformed("give either jws or webauthn, to submit, or body, to get a draft")
	case req.Signed == ledger.Signed{}:
		return s.writeDraft(w, r, req.draftRequest)
	case req.By != "" || req.For != "" || req.Command != "" || req.Life != 0:
		return malformed("by, for, command and life stand in the signed command already")
	}
	cmd, err := s.open(req.Signed)
	if err != nil {
		return err
	}
	if err := fits(r, cmd); err != nil {
		return err
	}
	return s.submitOne(w, r, cmd, req.Signed)
}

// open reads a signed command without verifying it, which the ledger does.
func (s *Server) open(signed ledger.Signed) (*ledger.Command, error) {
	opened, err := s.Signatures.Open(signed)
	if err != nil {
		return nil, err
	}
	return ledger.DecodeCommand(opened.Payload)
}

// subjectOf gives the id of the subject in a route's address; "" where the
// operation creates it.
func subjectOf(r *http.Request) string {
	switch kind, creates, _ := ledger.KindOf(callOf(r.Context()).route.op); {
	case creates:
		return ""
	case kind == ledger.KindNote:
		return chi.URLParam(r, "note")
	case kind == ledger.KindBook:
		return chi.URLParam(r, "book")
	}
	return chi.URLParam(r, "party")
}

// fits says whether a signed command is the one that the address names. A
// caller that signs one thing and calls for another has made a mistake, and
// the signature would win.
func fits(r *http.Request, cmd *ledger.Command) error {
	rt := callOf(r.Context()).route
	if cmd.Op != rt.op {
		return malformed(fmt.Sprintf("the address takes the operation %s, and the command is %s", rt.op, cmd.Op))
	}
	if id := subjectOf(r); id != "" && id != cmd.Subject().ID {
		return malformed("the command is about another subject than the address")
	}
	body, err := readObject(cmd.Body)
	if err != nil {
		return err
	}
	for _, b := range rt.binds {
		if value, err := b.value(r); err != nil || !same(body[b.member], value) {
			return malformed(b.member + " in the command is another than in the address")
		}
	}
	return nil
}

// value gives the parameter of the address as JSON.
func (b bind) value(r *http.Request) (json.RawMessage, error) {
	text := chi.URLParam(r, b.param)
	if !b.number {
		return json.Marshal(text)
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return nil, absent()
	}
	return json.Marshal(n)
}

// draftAnswer is a command for its signer to sign.
type draftAnswer struct {
	Draft draft `json:"draft"`
	// Would is there with a dry run: what became of the draft if it were signed
	// and handed in now.
	Would  *item `json:"would,omitempty"`
	DryRun bool  `json:"dry_run,omitempty"`
}

type draft struct {
	Command *ledger.Command `json:"command"`
	Payload string          `json:"payload"` // base64url of the exact bytes to sign
	Signing signing         `json:"signing"`
	Text    string          `json:"text"` // what is signed, in words
}

// signing is the protected header of the JWS, or says that a passkey signs.
type signing struct {
	Alg string `json:"alg"`
	Kid string `json:"kid"`
	Typ string `json:"typ"`
}

// writeDraft drafts the command of a route.
func (s *Server) writeDraft(w http.ResponseWriter, r *http.Request, req draftRequest) error {
	rt := callOf(r.Context()).route
	body, err := readObject(req.Body)
	if err != nil {
		return err
	}
	for _, b := range rt.binds {
		value, err := b.value(r)
		if err != nil {
			return err
		}
		if had, ok := body[b.member]; ok && !same(had, value) {
			return malformed(b.member + " in the body is another than in the address")
		}
		body[b.member] = value
	}
	return s.draft(w, r, rt.op, subjectOf(r), body, req)
}

// draft writes the command that would do what is asked just now. Nothing is
// kept of it: it becomes something only by its signer's signature.
func (s *Server) draft(w http.ResponseWriter, r *http.Request, op ledger.Op, subject string, body object, req draftRequest) error {
	c := callOf(r.Context())
	if op == ledger.OpPartyRegister {
		if err := s.requireRegistration(); err != nil {
			return err
		}
	} else if err := actsAs(c, op, req.By); err != nil {
		return err
	}
	d := ledger.Draft{
		Op: op, Network: s.Service.Network(), For: req.For, Subject: subject, Command: req.Command, IssuedAt: s.Clock(),
		Life: time.Duration(req.Life) * time.Second, Body: body,
	}
	if c.party != nil {
		d.By = c.party.ID
	}
	if req.Life < 0 || d.Life > ledger.MaxCommandLife {
		return ledger.Refuse(ledger.CodeCommandLife, "limit", ledger.MaxCommandLife.String())
	}
	if d.Command == "" {
		id, err := uuid.NewRandomFromReader(s.Random)
		if err != nil {
			return fmt.Errorf("drawing a command's id: %w", err)
		}
		d.Command = ledger.CommandID(id.String())
	}
	if err := s.complete(r, &d, body); err != nil {
		return err
	}
	cmd, err := d.Build()
	if err != nil {
		return err
	}
	c.command = cmd.Command
	a, err := s.draftAnswer(c, cmd)
	if err != nil {
		return err
	}
	if c.dryRun {
		a.DryRun = true
		if a.Would, err = s.would(r.Context(), cmd); err != nil {
			return err
		}
	}
	return answer(w, http.StatusOK, a)
}

// complete adds what the gateway knows better than the caller: the subject's
// next number, read from the ledger itself, and the offer that is accepted.
func (s *Server) complete(r *http.Request, d *ledger.Draft, body object) error {
	want, err := readCondition(r)
	if err != nil {
		return err
	}
	seq, note, err := s.stands(r.Context(), d.Op, d.Subject)
	if err != nil {
		return err
	}
	if !want.holds(seq) {
		return preconditionFailed(seq)
	}
	d.Seq = seq + 1
	if _, said := body["offer"]; d.Op == ledger.OpAccept && !said && note != nil {
		offer, err := json.Marshal(note.Offer)
		if err != nil {
			return fmt.Errorf("writing the offer's digest: %w", err)
		}
		body["offer"] = offer
	}
	return nil
}

func (s *Server) draftAnswer(c *call, cmd *ledger.Command) (draftAnswer, error) {
	payload, err := cmd.Canonical()
	if err != nil {
		return draftAnswer{}, fmt.Errorf("writing a draft: %w", err)
	}
	text, err := ledger.Describe(cmd, c.lang)
	if err != nil {
		return draftAnswer{}, err
	}
	key, err := signingKey(c, cmd)
	if err != nil {
		return draftAnswer{}, err
	}
	typ := sign.Type
	if key.Passkey != nil {
		typ = sign.AssertionType
	}
	return draftAnswer{Draft: draft{
		Command: cmd, Payload: base64.RawURLEncoding.EncodeToString(payload), Text: text,
		Signing: signing{Alg: auth.Algorithm(key), Kid: key.ID, Typ: typ},
	}}, nil
}

// signingKey names the key to sign with: the one that the caller got its token
// with, or for a registration the first that it brings.
func signingKey(c *call, cmd *ledger.Command) (ledger.Key, error) {
	if cmd.Op != ledger.OpPartyRegister {
		key, _ := c.party.Key(c.keyID)
		return key, nil
	}
	var b ledger.RegisterBody
	if err := json.Unmarshal(cmd.Body, &b); err != nil || len(b.Keys) == 0 {
		return ledger.Key{}, malformed("the registration brings no key")
	}
	return b.Keys[0], nil
}

// actsAs refuses a caller that is not the party which signs. The ledger would
// refuse the command as well; this bounds what strangers can make it look at.
func actsAs(c *call, op ledger.Op, by ledger.PartyID) error {
	if c.party == nil {
		return ledger.Refuse(ledger.CodeTokenMissing)
	}
	if by != "" && by != c.party.ID {
		return ledger.Refuse(ledger.CodeSignerOther)
	}
	return covers(c, auth.ScopeOf(op))
}

func (s *Server) requireRegistration() error {
	if s.RegistrationOpen {
		return nil
	}
	return ledger.Refuse(ledger.CodeRegistrationShut)
}
