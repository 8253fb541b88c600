package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
)

// tokenBytes is how long the token of a session is: nobody finds one by trying.
const tokenBytes = 32

// sessionCookie is the name of the cookie that holds the token. With the prefix, a
// browser takes it only from these pages themselves, over https (RFC 6265bis,
// par. 4.1.3.2); without https there is no such thing.
func (s *Server) sessionCookie() string {
	if s.secure {
		return "__Host-skuld"
	}
	return "skuld"
}

// recognize finds out who asks. A session counts as long as the key that began it
// is one of the party's on the ledger itself, so that a passkey that is taken away
// opens nothing from the same moment on.
func (s *Server) recognize(v *visit, now time.Time) error {
	c, err := v.r.Cookie(s.sessionCookie())
	if err != nil || base64.RawURLEncoding.DecodedLen(len(c.Value)) != tokenBytes {
		return nil
	}
	ctx := v.r.Context()
	session, err := s.Store.SessionOf(ctx, c.Value, now)
	if err != nil || session == nil {
		return err
	}
	party, err := s.partyOf(v, session.Party)
	if err != nil {
		return err
	}
	if party == nil || party.Standing != ledger.InForce {
		return nil
	}
	if _, ok := party.Key(session.KeyID); !ok {
		return nil
	}
	person, err := s.Store.PersonOf(ctx, party.ID)
	if err != nil {
		return err
	}
	asked, err := s.askedFor(v, party, now)
	if err != nil {
		return err
	}
	v.session, v.party, v.person, v.asked, v.token = session, party, person, asked, c.Value
	return nil
}

// partyOf reads a party from the ledger; nil where there is none.
func (s *Server) partyOf(v *visit, id ledger.PartyID) (*ledger.Party, error) {
	views, err := s.Service.Parties(v.r.Context(), id)
	if err != nil {
		return nil, ledgerError{err}
	}
	return views[0].Party, nil
}

// begin signs a person in: a new token, which no page or log has seen before.
func (s *Server) begin(v *visit, party ledger.PartyID, keyID string) error {
	b := make([]byte, tokenBytes)
	if _, err := io.ReadFull(s.Random, b); err != nil {
		return fmt.Errorf("drawing a session's token: %w", err)
	}
	token := base64.RawURLEncoding.EncodeToString(b)
	if v.token != "" { // whoever was signed in at this browser no longer is
		if err := s.Store.EndSession(v.r.Context(), v.token); err != nil {
			return err
		}
	}
	if _, err := s.Store.BeginSession(v.r.Context(), token, party, keyID, s.Clock()); err != nil {
		return err
	}
	s.setSession(v, token, 0)
	return nil
}

// setSession gives the browser the token, or takes it away where maxAge is negative.
// No other site's link, form or script makes the browser show it.
func (s *Server) setSession(v *visit, token string, maxAge int) {
	http.SetCookie(v.w, &http.Cookie{
		Name: s.sessionCookie(), Value: token, Path: "/", MaxAge: maxAge,
		Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
}

// formToken gives the token that the forms of a session carry. It follows from the
// session's own token, which no other page knows, and does not tell it.
func formToken(session string) string {
	mac := hmac.New(sha256.New, []byte(session))
	mac.Write([]byte("skuld/form/1"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// staleError says that a form did not come from a page of ours, or from one of
// another session.
type staleError struct{}

func (staleError) Error() string { return "the form is none of ours" }

func (staleError) page(s *Server) *page.Problem {
	return &page.Problem{
		Heading: page.Say("problem.stale"), Text: page.Say("problem.stale.what"), Status: http.StatusForbidden, Help: s.Help,
		Links: []page.Link{{Href: "/", Text: page.Say("frame.to-the-page")}},
	}
}

// checkForm refuses a form that another site made the browser send. The browser says
// itself where it comes from (Sec-Fetch-Site, else Origin); the cookie is not sent
// along from elsewhere (SameSite); and of who is signed in, the form has a token that
// only our own pages know.
func (s *Server) checkForm(v *visit) error {
	if v.r.Method == http.MethodGet || v.r.Method == http.MethodHead {
		return nil
	}
	if s.origins.Check(v.r) != nil {
		return staleError{}
	}
	if !v.route.signedIn || v.token == "" {
		return nil
	}
	if err := v.r.ParseForm(); err != nil {
		return formError(err)
	}
	if subtle.ConstantTimeCompare([]byte(v.r.PostForm.Get("token")), []byte(formToken(v.token))) != 1 {
		return staleError{}
	}
	return nil
}

// formError gives the refusal of a form that cannot be read.
func formError(err error) error {
	e, cause := refusalOf(err, "")
	if cause == nil {
		return e
	}
	return ledger.Refuse(ledger.CodeRequestMalformed, "detail", "the form cannot be read")
}

// askToSignIn sends who is not signed in to do so, and back to the page afterwards. A
// form cannot be sent again by itself.
func (s *Server) askToSignIn(v *visit) error {
	to := "/signin"
	if v.r.Method == get {
		to += "?next=" + url.QueryEscape(v.r.URL.Path)
	}
	return s.redirect(v, to)
}
