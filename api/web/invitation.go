package web

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
)

// invited is an invitation that somebody has opened with its code.
type invited struct {
	*store.Invitation
	code code.Code
}

func (i *invited) path() string { return "/i/" + i.code.String() }

// newPerson says that whoever uses the invitation becomes a party by it.
func (i *invited) newPerson() bool {
	return i.Purpose == store.ForBorrower || i.Purpose == store.ForHelper
}

// view is the invitation's page at a step.
func (i *invited) view(s *Server, step page.Step) *page.Invitation {
	return &page.Invitation{Step: step, By: i.ByName, Purpose: string(i.Purpose), Help: s.Help}
}

// invitation gives the invitation of the code in the address. One that cannot be used
// has the same answer whatever the reason, and counts as a wrong code.
func (s *Server) invitation(v *visit) (*invited, error) {
	now, address := s.Clock(), v.Address()
	if err := s.guesses.mayTry(address, now); err != nil {
		return nil, err
	}
	c, _ := code.Read(chi.URLParam(v.R, "code"))
	i, err := s.Store.OpenInvitation(v.R.Context(), c, now)
	if err != nil {
		return nil, err
	}
	if i == nil {
		s.guesses.wrong(address, now)
		return nil, gone()
	}
	return &invited{i, c}, nil
}

// gone says that an invitation cannot be used.
func gone() error {
	return &site.Problem{Says: "the invitation cannot be used", Page: &page.Problem{
		Heading: page.Say("invited.gone"), Text: page.Say("invited.gone.what"), Status: http.StatusNotFound,
		Links: []page.Link{{Href: "/signin", Text: page.Say("frame.sign-in")}, {Href: "/lost", Text: page.Say("landing.lost")}},
	}}
}

func (s *Server) getInvitation(v *visit) error {
	i, err := s.invitation(v)
	if err != nil {
		return err
	}
	if v.party == nil || !i.newPerson() || v.party.ID == i.By {
		return s.showCreation(v, http.StatusOK, i, page.Text{})
	}
	view := i.view(s, page.StepJoin)
	view.Action = i.path() + "/join"
	if v.person != nil {
		view.Name = v.person.Name
	}
	return v.Show(http.StatusOK, view)
}

// creation is what is remembered while a browser makes a passkey.
type creation struct {
	Invitation string           `json:"invitation"` // id
	Command    ledger.CommandID `json:"command"`    // of the registration; of a new person the party's id follows from it
}

// user says for whom a passkey is made: the party of the invitation, or the one that
// a registration with this command will make.
func (s *Server) user(i *invited, command ledger.CommandID) (ledger.PartyID, passkey.User) {
	party := i.For
	if i.newPerson() {
		party = ledger.DerivePartyID(s.Service.Network(), command)
	}
	name := i.Name
	if name == "" {
		name = s.RelyingParty.Name
	}
	return party, passkey.User{Handle: handleOf(party), Name: name}
}

// showCreation asks for a new passkey.
func (s *Server) showCreation(v *visit, status int, i *invited, failed page.Text) error {
	id, err := s.newUUID()
	if err != nil {
		return err
	}
	remembered := creation{Invitation: i.ID, Command: ledger.CommandID(id)}
	data, err := json.Marshal(remembered)
	if err != nil {
		return fmt.Errorf("remembering an invitation: %w", err)
	}
	challenge, err := v.Challenge(s.Store, forCreation, string(data))
	if err != nil {
		return err
	}
	partyID, user := s.user(i, remembered.Command)
	have, err := s.existing(v, i, partyID)
	if err != nil {
		return err
	}
	options, err := s.RelyingParty.Creation(user, have, challenge)
	if err != nil {
		return fmt.Errorf("asking for a new passkey: %w", err)
	}
	view := i.view(s, page.StepCreate)
	view.Failed = failed
	view.Passkey = page.NewPasskey(page.Create, i.path()+"/key", options, page.Say("invited.passkey.button"))
	view.Passkey.Hidden = []page.Hidden{{Name: "challenge", Value: base64.RawURLEncoding.EncodeToString(challenge)}}
	if i.newPerson() {
		view.Sign = page.Link{Href: "/signin?next=" + i.path(), Text: page.Say("invited.have.link")}
	}
	return v.Show(status, view)
}

// existing gives the passkeys that the person has already: a device that holds one of
// them makes no second one.
func (s *Server) existing(v *visit, i *invited, id ledger.PartyID) ([]passkey.Credential, error) {
	if i.newPerson() {
		return nil, nil
	}
	party, err := s.partyOf(v, id)
	if err != nil || party == nil {
		return nil, err
	}
	return s.passkeysOf(v, party)
}

// postKey takes a new passkey. Of a new person it goes on with the registration, which
// that passkey signs; otherwise the key waits for the person's other device, or for
// the recovery.
func (s *Server) postKey(v *visit) error {
	i, err := s.invitation(v)
	if err != nil {
		return err
	}
	c, failed, err := v.ReadCeremony(s.Store, forCreation)
	if err != nil {
		return err
	}
	var remembered creation
	if failed.IsZero() && (json.Unmarshal([]byte(c.Data), &remembered) != nil || remembered.Invitation != i.ID) {
		failed = page.Say("signin.late") // the challenge was another invitation's
	}
	if !failed.IsZero() {
		return s.showCreation(v, http.StatusUnprocessableEntity, i, failed)
	}
	party, user := s.user(i, remembered.Command)
	made, err := s.RelyingParty.Created(user, c.Challenge, c.Response)
	if refused, cause := site.RefusalOf(err, v.ID); err != nil && cause == nil {
		v.Code = refused.Code
		return s.showCreation(v, http.StatusUnprocessableEntity, i, page.Say("invited.failed"))
	}
	if err != nil {
		return err
	}
	if i.newPerson() {
		return s.showRegistration(v, i, registration{Invitation: i.ID, Credential: made}, remembered.Command)
	}
	used, err := s.Store.UseInvitation(v.R.Context(), useOf(i, party, made, s), s.Clock())
	if err != nil {
		return err
	}
	if used == nil {
		return gone()
	}
	view := i.view(s, page.StepDone)
	view.Mark = markOf(made.Key)
	return v.Show(http.StatusOK, view)
}

// useOf says how an invitation is used with a passkey that was made for it.
func useOf(i *invited, party ledger.PartyID, made passkey.Credential, s *Server) store.InvitationUse {
	return store.InvitationUse{
		Code: i.code, Party: party, Key: &made.Key,
		Credential: &store.Credential{
			ID: made.ID, Party: party, KeyID: made.Key.ID, SignCount: made.SignCount,
			Eligible: made.BackupEligible, BackedUp: made.BackedUp, Created: s.Clock(),
		},
	}
}

// postJoin ties an invitation to a person who is a party already.
func (s *Server) postJoin(v *visit) error {
	i, err := s.invitation(v)
	if err != nil {
		return err
	}
	if !i.newPerson() {
		return gone()
	}
	used, err := s.Store.UseInvitation(v.R.Context(), store.InvitationUse{Code: i.code, Party: v.party.ID}, s.Clock())
	if err != nil {
		return err
	}
	if used == nil {
		return gone()
	}
	return v.Redirect(afterInvitation(used))
}

// afterInvitation is where a person goes who has used an invitation.
func afterInvitation(i *store.Invitation) string {
	if i.Note != "" {
		return mine + "/notes/" + string(i.Note)
	}
	return mine
}
