package desk

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
)

// Addresses of the desk that others lead to.
const (
	homePath   = "/desk"
	signInPath = "/desk/signin"
	pausePath  = "/desk/pause"
	searchPath = "/desk/search"
)

// doorRoutes are the way in, and the first page.
var doorRoutes = []route{
	{method: get, pattern: "/", open: true, handle: (*Server).getRoot},
	{method: get, pattern: signInPath, open: true, handle: (*Server).getSignIn},
	{method: post, pattern: signInPath, open: true, limit: site.MaxCeremony, handle: (*Server).postSignIn},
	{method: get, pattern: "/desk/i/{code}", open: true, handle: (*Server).getInvited},
	{method: post, pattern: "/desk/i/{code}", open: true, limit: site.MaxCeremony, handle: (*Server).postInvited},
	{method: get, pattern: homePath, member: true, handle: (*Server).getHome},
	{method: get, pattern: "/desk/me", member: true, handle: (*Server).getMe},
	{method: get, pattern: "/desk/keys", member: true, handle: (*Server).getKeys},
	{method: get, pattern: pausePath, member: true, handle: (*Server).getPause},
	{method: post, pattern: pausePath, member: true, handle: (*Server).postPause},
	{method: post, pattern: "/desk/signout", member: true, handle: (*Server).postSignOut},
	{method: post, pattern: "/desk/signout/everywhere", member: true, handle: (*Server).postSignOutEverywhere},
}

// The purposes of challenges.
const (
	forSignIn   = "desk-signin"
	forCreation = "desk-creation"
)

func (s *Server) getRoot(v *visit) error { return v.Redirect(homePath) }

// getHome leads to the first part of the desk that the reader may use.
func (s *Server) getHome(v *visit) error {
	if links := v.rail(); len(links) > 0 {
		return v.Redirect(links[0].Href)
	}
	return v.Show(http.StatusOK, &view.Home{})
}

// getMe shows whoever is signed in what the desk knows of them.
func (s *Server) getMe(v *visit) error {
	return v.Show(http.StatusOK, &view.Me{
		Name: v.staff.Name, Phone: v.staff.Phone, Team: v.staff.Team, Roles: roleTexts(v.actor.Roles), Since: v.session.Created, Until: v.session.Expires,
	})
}

func (s *Server) getKeys(v *visit) error { return v.Show(http.StatusOK, &view.Keys{}) }

func (s *Server) getSignIn(v *visit) error {
	next := site.Local(v.R.URL.Query().Get("next"), homePath)
	if v.staff != nil {
		return v.Redirect(next)
	}
	return s.showSignIn(v, http.StatusOK, next, page.Text{})
}

// showSignIn asks for a passkey, with a challenge of its own each time.
func (s *Server) showSignIn(v *visit, status int, next string, failed page.Text) error {
	challenge, err := v.Challenge(s.Desk.Book.Store, forSignIn, next)
	if err != nil {
		return err
	}
	options, err := s.RelyingParty.SignIn(challenge)
	if err != nil {
		return fmt.Errorf("asking for a passkey: %w", err)
	}
	sheet := &view.SignIn{Passkey: page.NewPasskey(page.Get, signInPath, options, page.Say("desk.sign-in.button")), Failed: failed}
	sheet.Passkey.Hidden = []page.Hidden{{Name: "challenge", Value: base64.RawURLEncoding.EncodeToString(challenge)}}
	if s.SignIn != nil {
		sheet.Provider = providerPath
	}
	if v.R.URL.Query().Has("out") {
		sheet.Said = page.Say("desk.sign-in.out")
	}
	return v.Show(status, sheet)
}

// postSignIn checks what a passkey answered. Whichever passkey it is, and whatever is
// wrong with it, the reader is told no more than that it opens nothing here.
func (s *Server) postSignIn(v *visit) error {
	c, failed, err := v.ReadCeremony(s.Desk.Book.Store, forSignIn)
	if err != nil {
		return err
	}
	if !failed.IsZero() {
		return s.showSignIn(v, http.StatusUnprocessableEntity, homePath, failed)
	}
	next := site.Local(c.Data, homePath)
	staff, err := s.opened(v, c)
	if refused, cause := site.RefusalOf(err, v.ID); err != nil && cause == nil {
		v.Code = refused.Code
		return s.showSignIn(v, http.StatusForbidden, next, page.Say("desk.sign-in.unknown"))
	}
	if err != nil {
		return err
	}
	if err := s.begin(v, staff); err != nil {
		return err
	}
	return v.Redirect(next)
}

// opened gives the member of staff whose passkey has answered, or a refusal.
func (s *Server) opened(v *visit, c site.Ceremony) (*casebook.Staff, error) {
	unknown := ledger.Refuse(ledger.CodeKeyUnknown)
	id, err := passkey.CredentialID(c.Response)
	if err != nil {
		return nil, err
	}
	ctx, book := v.R.Context(), s.Desk.Book
	kept, err := book.StaffCredential(ctx, id)
	if err != nil {
		return nil, err
	}
	if kept == nil {
		return nil, unknown
	}
	staff, err := book.StaffOf(ctx, kept.Staff)
	if err != nil {
		return nil, err
	}
	if staff == nil || !staff.Disabled.IsZero() {
		return nil, unknown
	}
	now, err := s.RelyingParty.SignedIn(c.Challenge, credentialOf(*kept), c.Response)
	if err != nil {
		return nil, err
	}
	good, err := book.StaffCredentialUsed(ctx, id, now.SignCount, now.BackedUp, s.Clock())
	if err == nil && !good {
		err = unknown
	}
	return staff, err
}

func credentialOf(c casebook.StaffCredential) passkey.Credential {
	return passkey.Credential{
		ID: c.ID, Handle: handleOf(c.Staff), Key: c.Key, SignCount: c.SignCount, BackupEligible: c.Eligible, BackedUp: c.BackedUp,
	}
}

// handleOf is the user's handle that a passkey of staff keeps: the id, which says
// nothing about the person.
func handleOf(id casebook.StaffID) []byte { return []byte(id) }

// begin signs a member of staff in: a new token, which no page or log has seen before.
func (s *Server) begin(v *visit, staff *casebook.Staff) error {
	token, err := s.site.NewToken()
	if err != nil {
		return err
	}
	if v.Token != "" { // whoever was signed in at this browser no longer is
		if err := s.Desk.Book.EndStaffSession(v.R.Context(), v.Token); err != nil {
			return err
		}
	}
	if err := s.Desk.Book.BeginStaffSession(v.R.Context(), token, staff.ID, s.Clock()); err != nil {
		return err
	}
	v.Principal = string(staff.ID)
	v.SetToken(token)
	return nil
}

func (s *Server) postSignOut(v *visit) error {
	if err := s.Desk.Book.EndStaffSession(v.R.Context(), v.Token); err != nil {
		return err
	}
	return s.signedOut(v)
}

func (s *Server) postSignOutEverywhere(v *visit) error {
	if err := s.Desk.Book.EndStaffSessions(v.R.Context(), v.staff.ID); err != nil {
		return err
	}
	return s.signedOut(v)
}

func (s *Server) signedOut(v *visit) error {
	v.DropToken()
	return v.Redirect(signInPath + "?out")
}

// getPause warns that the session is about to end, for browsers without a script. It
// is no page that keeps the session open.
func (s *Server) getPause(v *visit) error {
	left := v.session.Ends().Sub(s.Clock())
	return v.Show(http.StatusOK, &view.Pause{
		Back: site.Local(v.R.URL.Query().Get("back"), homePath), Minutes: int((left + time.Minute - 1) / time.Minute),
	})
}

// postPause goes on: the request itself has kept the session open.
func (s *Server) postPause(v *visit) error {
	return v.Redirect(site.Local(v.R.PostForm.Get("back"), homePath))
}

// getInvited asks who has a one-time link for a new passkey.
func (s *Server) getInvited(v *visit) error { return s.showInvited(v, http.StatusOK, page.Text{}) }

// invited gives who may make a passkey with the code in the address.
func (s *Server) invited(v *visit) (*casebook.Staff, error) {
	staff, err := s.Desk.Book.InvitedStaff(v.R.Context(), chi.URLParam(v.R, "code"), s.Clock())
	if err == nil && staff == nil {
		err = &site.Problem{Says: "the link cannot be used", Page: &page.Problem{
			Heading: page.Say("desk.invited.gone"), Text: page.Say("desk.invited.gone.what"), Status: http.StatusNotFound,
			Links: []page.Link{{Href: signInPath, Text: page.Say("desk.sign-in.title")}},
		}}
	}
	return staff, err
}

func (s *Server) showInvited(v *visit, status int, failed page.Text) error {
	staff, err := s.invited(v)
	if err != nil {
		return err
	}
	challenge, err := v.Challenge(s.Desk.Book.Store, forCreation, string(staff.ID))
	if err != nil {
		return err
	}
	kept, err := s.Desk.Book.StaffCredentials(v.R.Context(), staff.ID)
	if err != nil {
		return err
	}
	var have []passkey.Credential
	for _, c := range kept {
		have = append(have, credentialOf(c))
	}
	options, err := s.RelyingParty.Creation(userOf(staff), have, challenge)
	if err != nil {
		return fmt.Errorf("asking for a new passkey: %w", err)
	}
	sheet := &view.Invited{Name: staff.Name, Failed: failed, Passkey: page.NewPasskey(page.Create, v.R.URL.Path, options, page.Say("desk.invited.button"))}
	sheet.Passkey.Hidden = []page.Hidden{{Name: "challenge", Value: base64.RawURLEncoding.EncodeToString(challenge)}}
	return v.Show(status, sheet)
}

func userOf(staff *casebook.Staff) passkey.User {
	return passkey.User{Handle: handleOf(staff.ID), Name: staff.Name}
}

// postInvited takes a new passkey, uses the link up and signs its owner in.
func (s *Server) postInvited(v *visit) error {
	staff, err := s.invited(v)
	if err != nil {
		return err
	}
	c, failed, err := v.ReadCeremony(s.Desk.Book.Store, forCreation)
	if err != nil {
		return err
	}
	if failed.IsZero() && c.Data != string(staff.ID) {
		failed = page.Say("signin.late") // the challenge was of another link
	}
	if !failed.IsZero() {
		return s.showInvited(v, http.StatusUnprocessableEntity, failed)
	}
	made, err := s.RelyingParty.Created(userOf(staff), c.Challenge, c.Response)
	if refused, cause := site.RefusalOf(err, v.ID); err != nil && cause == nil {
		v.Code = refused.Code
		return s.showInvited(v, http.StatusUnprocessableEntity, page.Say("desk.invited.failed"))
	}
	if err != nil {
		return err
	}
	used, err := s.Desk.Book.UseStaffInvitation(v.R.Context(), chi.URLParam(v.R, "code"), casebook.StaffCredential{
		ID: made.ID, Staff: staff.ID, Key: made.Key, SignCount: made.SignCount, Eligible: made.BackupEligible, BackedUp: made.BackedUp,
	}, s.Clock())
	if err != nil {
		return err
	}
	if !used {
		return s.showInvited(v, http.StatusUnprocessableEntity, page.Say("desk.invited.failed"))
	}
	if err := s.begin(v, staff); err != nil {
		return err
	}
	return v.Redirect(homePath)
}
