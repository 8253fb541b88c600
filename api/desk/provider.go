package desk

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/oidc"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	providerPath = "/desk/provider"
	// ProviderReturn is where an identity provider sends the browser back to.
	ProviderReturn = providerPath + "/return"

	forProvider = "desk-provider"
	// stateCookie binds a sign-in at the provider to the browser that began it. It is
	// Lax, unlike the session's: the browser comes back from another site.
	stateCookie = "skuld-desk-state"
	stateLife   = 10 * time.Minute
)

// providerRoutes are the way in at the organisation's identity provider.
var providerRoutes = []route{
	{method: get, pattern: providerPath, open: true, handle: (*Server).getProvider},
	{method: get, pattern: ProviderReturn, open: true, handle: (*Server).getProviderReturn},
}

// getProvider sends the browser to the identity provider.
func (s *Server) getProvider(v *visit) error {
	if s.SignIn == nil {
		return ledger.Refuse(ledger.CodeNotFound)
	}
	state := make([]byte, passkey.ChallengeBytes)
	if _, err := io.ReadFull(s.Random, state); err != nil {
		return fmt.Errorf("drawing a state: %w", err)
	}
	text := base64.RawURLEncoding.EncodeToString(state)
	address, remember, err := s.SignIn.Begin(v.R.Context(), text)
	if err != nil {
		s.Log.Warn("the identity provider cannot be asked", "error", err)
		return s.showSignIn(v, http.StatusServiceUnavailable, homePath, page.Say("desk.sign-in.away"))
	}
	if err := s.Desk.Book.AddChallenge(v.R.Context(), state, forProvider, remember, s.Clock()); err != nil {
		return err
	}
	v.setState(text, stateLife)
	return v.Redirect(address)
}

func (v *visit) setState(state string, life time.Duration) {
	seconds := int(life / time.Second)
	if state == "" {
		seconds = -1
	}
	http.SetCookie(v.W, &http.Cookie{
		Name: stateCookie, Value: state, Path: providerPath, MaxAge: seconds,
		Secure: v.server.secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// getProviderReturn signs in who comes back from the identity provider, if they come
// back to the browser that went there, and once. Whatever is wrong with it, the reader
// is told that it did not go through.
func (s *Server) getProviderReturn(v *visit) error {
	if s.SignIn == nil {
		return ledger.Refuse(ledger.CodeNotFound)
	}
	v.setState("", 0)
	broken := func() error {
		return s.showSignIn(v, http.StatusForbidden, homePath, page.Say("desk.sign-in.broken"))
	}
	q := v.R.URL.Query()
	c, err := v.R.Cookie(stateCookie)
	if err != nil || c.Value == "" || c.Value != q.Get("state") {
		return broken()
	}
	state, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return broken()
	}
	remember, found, err := s.Desk.Book.TakeChallenge(v.R.Context(), state, forProvider, s.Clock())
	if err != nil {
		return err
	}
	if !found || q.Get("code") == "" {
		return broken()
	}
	who, err := s.SignIn.Complete(v.R.Context(), q.Get("code"), remember)
	if err != nil {
		s.Log.Warn("a sign-in at the identity provider did not go through", "error", err)
		if errors.Is(err, oidc.ErrAway) {
			return s.showSignIn(v, http.StatusServiceUnavailable, homePath, page.Say("desk.sign-in.away"))
		}
		return broken()
	}
	staff, err := s.member(v, who)
	if err != nil {
		return err
	}
	if staff == nil {
		return s.showSignIn(v, http.StatusForbidden, homePath, page.Say("desk.sign-in.nobody"))
	}
	if err := s.begin(v, staff); err != nil {
		return err
	}
	// The session's cookie is not shown on a way that another site began, redirects
	// included: this page of ours goes on by itself, or by its link.
	v.W.Header().Set("Refresh", "0; url="+homePath)
	return v.Show(http.StatusOK, &view.Home{Links: []view.RailLink{{Href: homePath, Text: page.Say("desk.home.title")}}})
}

// member gives the member of staff of an identity, with the roles that the provider
// gives them from now on; nil for who has none here.
func (s *Server) member(v *visit, who oidc.Identity) (*casebook.Staff, error) {
	ctx := v.R.Context()
	id, err := s.Desk.NewID()
	if err != nil {
		return nil, err
	}
	act := &casework.StaffProvided{Staff: casebook.StaffID(id), Account: who.Subject, Called: who.Name, Roles: who.Roles, Language: v.Language}
	_, err = s.Desk.Do(ctx, casework.Request{Actor: casework.Actor{Rule: casework.ProviderRule}, Act: act})
	if refused, cause := site.RefusalOf(err, v.ID); err != nil && cause == nil {
		v.Code = refused.Code
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	staff, err := s.Desk.Book.StaffBySubject(ctx, who.Subject)
	if err != nil || staff == nil || !staff.Disabled.IsZero() {
		return nil, err
	}
	return staff, nil
}
