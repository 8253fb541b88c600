package web

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/picture"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	keysPath = "/me/keys"
	// forNewKey is the purpose of challenges for a passkey made by who is signed in.
	forNewKey = "new-key"
	maxLabel  = 40
	// letInTime is how long after another device made its passkey it can be let in:
	// whoever sees it then still knows whether it was theirs.
	letInTime = time.Hour
	// invitationsRead is how many of a person's latest invitations are looked through.
	invitationsRead = 50
)

func (s *Server) getKeys(v *visit) error {
	said := page.Text{}
	switch v.R.URL.Query().Get("done") {
	case "added":
		said = page.Say("keys.added")
	case "removed":
		said = page.Say("keys.removed")
	case "named":
		said = page.Say("keys.named")
	case "recovered":
		said = page.Say("keys.recovered")
	}
	view, err := s.keysView(v)
	if err != nil {
		return err
	}
	view.Said = said
	return v.Show(http.StatusOK, view)
}

func (s *Server) keysView(v *visit) (*page.Keys, error) {
	view := &page.Keys{Full: len(v.party.Keys) >= ledger.MaxKeys, Human: s.Help}
	kept, err := s.Store.Credentials(v.R.Context(), v.party.ID)
	if err != nil {
		return nil, err
	}
	for _, c := range kept {
		if _, ok := v.party.Key(c.KeyID); !ok || !c.Removed.IsZero() {
			continue
		}
		row := page.KeyRow{
			KeyID: c.KeyID, Number: len(view.Rows) + 1, Label: page.Verbatim(c.Label), Created: c.Created, Used: c.Used, BackedUp: c.BackedUp,
			This: c.KeyID == v.session.KeyID, Removable: len(v.party.Keys) > 1,
		}
		if c.Label == "" {
			row.Label = page.Say("keys.label", "number", row.Number)
		}
		view.Rows = append(view.Rows, row)
	}
	waiting, err := s.devices(v)
	if err != nil {
		return nil, err
	}
	for _, i := range waiting {
		view.Waiting = append(view.Waiting, page.DeviceRow{Invitation: i.ID, Made: i.Used})
	}
	return view, nil
}

// devices gives the invitations with which another device has just made a passkey
// that is not one of the person's yet.
func (s *Server) devices(v *visit) ([]store.Invitation, error) {
	all, _, err := s.Store.Invitations(v.R.Context(), v.party.ID, 0, invitationsRead)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(i store.Invitation) bool {
		if i.Purpose != store.ForDevice || i.Key == nil || s.Clock().After(i.Used.Add(letInTime)) {
			return true
		}
		_, known := v.party.Key(i.Key.ID)
		return known
	}), nil
}

// getNewKey asks the browser for one more passkey.
func (s *Server) getNewKey(v *visit) error { return s.showNewKey(v, http.StatusOK, page.Text{}) }

// visitor says for whom a passkey is made by who is signed in.
func (s *Server) visitor(v *visit) passkey.User {
	name := s.RelyingParty.Name
	if v.person != nil && v.person.Name != "" {
		name = v.person.Name
	}
	return passkey.User{Handle: handleOf(v.party.ID), Name: name}
}

func (s *Server) showNewKey(v *visit, status int, failed page.Text) error {
	have, err := s.passkeysOf(v, v.party)
	if err != nil {
		return err
	}
	challenge, err := v.Challenge(s.Store, forNewKey, string(v.party.ID))
	if err != nil {
		return err
	}
	options, err := s.RelyingParty.Creation(s.visitor(v), have, challenge)
	if err != nil {
		return fmt.Errorf("asking for a new passkey: %w", err)
	}
	view := &page.NewKey{Passkey: page.NewPasskey(page.Create, keysPath+"/new", options, page.Say("keys.create")), Failed: failed, Human: s.Help}
	view.Passkey.Hidden = []page.Hidden{{Name: "challenge", Value: base64.RawURLEncoding.EncodeToString(challenge)}}
	return v.Show(status, view)
}

// postNewKey takes the new passkey and writes the command that makes it the
// person's, which the one they have signs.
func (s *Server) postNewKey(v *visit) error {
	c, failed, err := v.ReadCeremony(s.Store, forNewKey)
	if err != nil {
		return err
	}
	if failed.IsZero() && c.Data != string(v.party.ID) {
		failed = page.Say("signin.late")
	}
	if !failed.IsZero() {
		return s.showNewKey(v, http.StatusUnprocessableEntity, failed)
	}
	made, err := s.RelyingParty.Created(s.visitor(v), c.Challenge, c.Response)
	if refused, cause := site.RefusalOf(err, v.ID); err != nil && cause == nil {
		v.Code = refused.Code
		return s.showNewKey(v, http.StatusUnprocessableEntity, page.Say("keys.failed"))
	}
	if err != nil {
		return err
	}
	return s.draft(v, drafting{
		op: ledger.OpPartyRotate, party: v.party.ID, body: ledger.RotateBody{Add: []ledger.Key{made.Key}}, next: keysPath + "?done=added", back: keysPath,
		keep: kept{Add: &keptKey{
			ID: made.ID, KeyID: made.Key.ID, Count: made.SignCount, Eligible: made.BackupEligible, BackedUp: made.BackedUp, Made: s.Clock(),
		}},
	})
}

// postRemoveKey writes the command that takes a passkey away.
func (s *Server) postRemoveKey(v *visit) error {
	keyID := v.R.PostForm.Get("key")
	if _, ok := v.party.Key(keyID); !ok {
		return ledger.Refuse(ledger.CodeKeyUnknown)
	}
	credentials, err := s.Store.Credentials(v.R.Context(), v.party.ID)
	if err != nil {
		return err
	}
	d := drafting{
		op: ledger.OpPartyRotate, party: v.party.ID, body: ledger.RotateBody{Remove: []string{keyID}}, next: keysPath + "?done=removed", back: keysPath,
	}
	for _, c := range credentials {
		if c.KeyID == keyID {
			d.keep.Remove = append(d.keep.Remove, c.ID)
		}
	}
	return s.draft(v, d)
}

func (s *Server) postNameKey(v *visit) error {
	label, keyID := clipRunes(site.OwnWords(v.R.PostForm.Get("label")), maxLabel), v.R.PostForm.Get("key")
	all, err := s.Store.Credentials(v.R.Context(), v.party.ID)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.KeyID == keyID && label != "" {
			if _, err := s.Store.NameCredential(v.R.Context(), v.party.ID, c.ID, label); err != nil {
				return err
			}
		}
	}
	return v.Redirect(keysPath + "?done=named")
}

// postInviteDevice makes a one-time code with which another device makes a passkey.
// The code is shown on this answer and never again.
func (s *Server) postInviteDevice(v *visit) error {
	name := ""
	if v.person != nil {
		name = v.person.Name
	}
	shown, err := s.invite(v, store.Invitation{Purpose: store.ForDevice, For: v.party.ID, ByName: name, Name: name})
	if err != nil {
		return err
	}
	view, err := s.keysView(v)
	if err != nil {
		return err
	}
	view.Code = shown
	return v.Show(http.StatusOK, view)
}

// invite keeps an invitation of the visitor's and gives its code to be shown once.
func (s *Server) invite(v *visit, i store.Invitation) (*page.CodeShown, error) {
	now := s.Clock()
	var err error
	if i.ID, err = s.newUUID(); err != nil {
		return nil, err
	}
	c := s.Codes.OfInvitation(i.ID)
	i.By, i.Language, i.Created, i.Expires = v.party.ID, v.Language, now, now.Add(i.Purpose.Life())
	kept, _, err := s.Store.AddInvitation(v.R.Context(), i, c)
	if err != nil {
		return nil, err
	}
	if kept == nil {
		return nil, ledger.Refuse(ledger.CodeLimit, "what", "open invitations", "limit", strconv.Itoa(store.MaxOpenInvitations))
	}
	link := s.RelyingParty.Origin + "/i/" + c.String()
	drawn, err := picture.QROf(link)
	if err != nil {
		return nil, err
	}
	return &page.CodeShown{Code: c.String(), Link: link, Expires: i.Expires, QR: page.QR(drawn)}, nil
}

// postLetIn writes the command that makes the passkey of another device the person's.
func (s *Server) postLetIn(v *visit) error {
	waiting, err := s.devices(v)
	if err != nil {
		return err
	}
	id := v.R.PostForm.Get("invitation")
	for _, i := range waiting {
		if i.ID == id {
			return s.draft(v, drafting{
				op: ledger.OpPartyRotate, party: v.party.ID, body: ledger.RotateBody{Add: []ledger.Key{*i.Key}},
				next: keysPath + "?done=added", back: keysPath,
			})
		}
	}
	return ledger.Refuse(ledger.CodeNotFound)
}
