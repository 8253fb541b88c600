package web

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
)

// commandLife is how long a signed command can be handed in: as long as its draft
// waits for the signature, and as long again to ask what became of it.
const commandLife = 2 * store.DraftLife

// drafting is a command that somebody wants to sign. It is about a note, with
// reading set, or else about a party.
type drafting struct {
	op      ledger.Op
	reading *reading
	party   ledger.PartyID // the subject, where there is no note
	body    any
	next    string // page that comes after it; the note's where empty
	back    string // page to go back to; the note's where empty
	keep    kept   // what the page needs once the command is applied
}

// kept is what a draft carries along for its own page: where to go back to, and
// what is to be done here once the command is applied on the ledger.
type kept struct {
	Back   string   `json:"back"`
	Add    *keptKey `json:"add,omitempty"`    // a passkey that becomes the person's
	Remove [][]byte `json:"remove,omitempty"` // credentials that sign in no more
}

// keptKey is a passkey that was made and whose key is not on the ledger yet.
type keptKey struct {
	ID       []byte    `json:"id"`
	KeyID    string    `json:"key_id"`
	Label    string    `json:"label"`
	Count    uint32    `json:"count"`
	Eligible bool      `json:"eligible"`
	BackedUp bool      `json:"backed_up"`
	Made     time.Time `json:"made"`
}

// draft writes a command, asks the ledger whether it would be applied, and leads to
// the page that shows what would be signed. A refusal comes before the signature.
func (s *Server) draft(v *visit, d drafting) error {
	c, err := s.command(v, d)
	if err != nil {
		return err
	}
	outcomes, err := s.Service.Rehearse(v.R.Context(), ledger.Rehearsal{Draft: c})
	if err != nil {
		return site.LedgerError{Err: err}
	}
	if o := outcomes[0]; o.State != ledger.Committed {
		return refused(o)
	}
	payload, err := c.Canonical()
	if err != nil {
		return fmt.Errorf("writing a command: %w", err)
	}
	if d.reading != nil {
		path := pathOf(d.reading.note.ID)
		if d.next == "" {
			d.next = path + "?done=" + string(d.op)
		}
		if d.back == "" {
			d.back = path
		}
	}
	d.keep.Back = d.back
	title, err := json.Marshal(d.keep)
	if err != nil {
		return fmt.Errorf("writing what a draft carries along: %w", err)
	}
	id, err := s.newUUID()
	if err != nil {
		return err
	}
	v.Command = c.Command
	err = s.Store.AddDraft(v.R.Context(), v.Token, store.Draft{
		ID: id, Party: v.party.ID, Payload: payload, Title: title, Next: d.next, Created: s.Clock(),
	})
	if err != nil {
		return err
	}
	return v.Redirect(signPath + id)
}

// command writes the command for the subject as it stands on the ledger now.
func (s *Server) command(v *visit, d drafting) (*ledger.Command, error) {
	id, err := s.newUUID()
	if err != nil {
		return nil, err
	}
	draft := ledger.Draft{
		Op: d.op, Network: s.Service.Network(), By: v.party.ID, Command: ledger.CommandID(id),
		IssuedAt: s.Clock(), Life: commandLife, Body: d.body,
	}
	if r := d.reading; r != nil {
		draft.Subject, draft.Seq = string(r.note.ID), r.note.Seq+1
		if r.helps() {
			draft.For = r.principal
		}
		return draft.Build()
	}
	subject, err := s.partyOf(v, d.party)
	if err != nil {
		return nil, err
	}
	if subject == nil {
		return nil, ledger.Refuse(ledger.CodeNotFound)
	}
	draft.Subject, draft.Seq = string(subject.ID), subject.Seq+1
	return draft.Build()
}

// newUUID draws the id of a command, and of its draft.
func (s *Server) newUUID() (string, error) {
	id, err := uuid.NewRandomFromReader(s.Random)
	if err != nil {
		return "", fmt.Errorf("drawing an id: %w", err)
	}
	return id.String(), nil
}

// refused gives why a command was not applied, or would not be.
func refused(o ledger.Outcome) error {
	if o.Err != nil {
		return o.Err
	}
	return ledger.Refuse(ledger.CodeConflict)
}
