package web

import (
	"encoding/base64"
	"fmt"
	"net/http"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
)

// The purposes of challenges.
const (
	forSignIn   = "signin"
	forCreation = "creation"
	forRegister = "register"
)

// mine is where a person goes who has signed in and wanted nothing else.
const mine = "/me"

func (s *Server) getSignIn(v *visit) error {
	next := site.Local(v.R.URL.Query().Get("next"), mine)
	if v.party != nil {
		return v.Redirect(next)
	}
	return s.showSignIn(v, http.StatusOK, next, page.Text{})
}

// showSignIn asks for a passkey, with a challenge of its own each time.
func (s *Server) showSignIn(v *visit, status int, next string, failed page.Text) error {
	challenge, err := v.Challenge(s.Store, forSignIn, next)
	if err != nil {
		return err
	}
	options, err := s.RelyingParty.SignIn(challenge)
	if err != nil {
		return fmt.Errorf("asking for a passkey: %w", err)
	}
	form := page.NewPasskey(page.Get, "/signin", options, page.Say("signin.button"))
	form.Hidden = []page.Hidden{{Name: "challenge", Value: base64.RawURLEncoding.EncodeToString(challenge)}}
	return v.Show(status, &page.SignIn{Passkey: form, Failed: failed, Help: s.Help})
}

// postSignIn checks what a passkey answered. Whichever passkey it is, and whatever is
// wrong with it, the person is told no more than that it does not open anything here.
func (s *Server) postSignIn(v *visit) error {
	c, failed, err := v.ReadCeremony(s.Store, forSignIn)
	if err != nil {
		return err
	}
	if !failed.IsZero() {
		return s.showSignIn(v, http.StatusUnprocessableEntity, mine, failed)
	}
	next := site.Local(c.Data, mine)
	by, err := s.opened(v, c)
	if refused, cause := site.RefusalOf(err, v.ID); err != nil && cause == nil {
		v.Code = refused.Code
		return s.showSignIn(v, http.StatusForbidden, next, page.Say("signin.unknown"))
	}
	if err != nil {
		return err
	}
	if by.waits {
		return s.showReplacement(v, http.StatusOK, by.party, by.credential, page.Text{})
	}
	if err := s.begin(v, by.party.ID, by.credential.Key.ID); err != nil {
		return err
	}
	return v.Redirect(next)
}

// opener is a passkey that has answered.
type opener struct {
	party      *ledger.Party // whose it is, or is to be
	credential passkey.Credential
	// waits says that the key is none of the party's on the ledger: it is to take the
	// place of lost ones, and signs nobody in.
	waits bool
}

// opened gives what a passkey's answer opens, or a refusal. Whether the key is one of
// the party's the ledger says, whatever the store says of the passkey.
func (s *Server) opened(v *visit, c site.Ceremony) (opener, error) {
	unknown := ledger.Refuse(ledger.CodeKeyUnknown)
	id, err := passkey.CredentialID(c.Response)
	if err != nil {
		return opener{}, err
	}
	kept, err := s.Store.Credential(v.R.Context(), id)
	if err != nil {
		return opener{}, err
	}
	if kept == nil || !kept.Removed.IsZero() {
		return opener{}, unknown
	}
	party, err := s.partyOf(v, kept.Party)
	if err != nil {
		return opener{}, err
	}
	if party == nil || party.Standing != ledger.InForce {
		return opener{}, unknown
	}
	key, inForce := party.Key(kept.KeyID)
	if !inForce {
		var waits bool
		if key, waits, err = s.replacing(v, party, kept); err == nil && !waits {
			err = unknown
		}
		if err != nil {
			return opener{}, err
		}
	}
	now, err := s.RelyingParty.SignedIn(c.Challenge, credentialOf(*kept, key), c.Response)
	if err != nil {
		return opener{}, err
	}
	good, err := s.Store.CredentialUsed(v.R.Context(), id, now.SignCount, now.BackedUp, s.Clock())
	if err == nil && !good {
		err = unknown
	}
	return opener{party, now, !inForce}, err
}

// handleOf is the user's handle that a person's passkeys keep: the party's id, which
// says nothing about the person.
func handleOf(party ledger.PartyID) []byte { return []byte(party) }

// credentialOf puts together what the store and the ledger know of a passkey.
func credentialOf(c store.Credential, key ledger.Key) passkey.Credential {
	return passkey.Credential{
		ID: c.ID, Handle: handleOf(c.Party), Key: key, SignCount: c.SignCount, BackupEligible: c.Eligible, BackedUp: c.BackedUp,
	}
}

// passkeysOf gives the passkeys with which a party can sign: those that the store
// knows and whose keys are on the ledger.
func (s *Server) passkeysOf(v *visit, party *ledger.Party) ([]passkey.Credential, error) {
	kept, err := s.Store.Credentials(v.R.Context(), party.ID)
	if err != nil {
		return nil, err
	}
	var all []passkey.Credential
	for _, c := range kept {
		if key, ok := party.Key(c.KeyID); ok && key.Passkey != nil {
			all = append(all, credentialOf(c, key))
		}
	}
	return all, nil
}

// postSignOut ends the session, in the browser and in the store.
func (s *Server) postSignOut(v *visit) error {
	if err := s.Store.EndSession(v.R.Context(), v.Token); err != nil {
		return err
	}
	v.DropToken()
	return v.Redirect("/")
}
