package site

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
)

// tokenBytes is how long the token of a session is: nobody finds one by trying.
const tokenBytes = 32

// cookie is the name of the cookie that holds the token. With the prefix, a browser
// takes it only from these pages themselves, over https (RFC 6265bis, par. 4.1.3.2);
// without https there is no such thing.
func (s *Site) cookie() string {
	if s.secure {
		return "__Host-" + s.Cookie
	}
	return s.Cookie
}

// ShownToken gives the session's token that the browser shows, "" where it shows none
// that could be one.
func (v *Visit) ShownToken() string {
	c, err := v.R.Cookie(v.site.cookie())
	if err != nil || base64.RawURLEncoding.DecodedLen(len(c.Value)) != tokenBytes {
		return ""
	}
	return c.Value
}

// NewToken draws the token of a session, which no page or log has seen before.
func (s *Site) NewToken() (string, error) {
	b := make([]byte, tokenBytes)
	if _, err := io.ReadFull(s.Random, b); err != nil {
		return "", fmt.Errorf("drawing a session's token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// SetToken gives the browser the token of a session. No other site's link, form or
// script makes the browser show it.
func (v *Visit) SetToken(token string) { v.setCookie(token, 0) }

// DropToken takes the token away from the browser.
func (v *Visit) DropToken() { v.setCookie("", -1) }

func (v *Visit) setCookie(token string, maxAge int) {
	http.SetCookie(v.W, &http.Cookie{
		Name: v.site.cookie(), Value: token, Path: "/", MaxAge: maxAge,
		Secure: v.site.secure, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
}

// FormToken gives the token that the forms of a session carry. It follows from the
// session's own token, which no other page knows, and does not tell it.
func FormToken(session string) string {
	mac := hmac.New(sha256.New, []byte(session))
	mac.Write([]byte("skuld/form/1"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// stale says that a form did not come from a page of ours, or from one of another
// session.
func stale() error {
	return &Problem{Says: "the form is none of ours", Page: &page.Problem{
		Heading: page.Say("problem.stale"), Text: page.Say("problem.stale.what"), Status: http.StatusForbidden,
		Links: []page.Link{{Href: "/", Text: page.Say("frame.to-the-page")}},
	}}
}

// checkForm refuses a form that another site made the browser send. The browser says
// itself where it comes from (Sec-Fetch-Site, else Origin); the cookie is not sent
// along from elsewhere (SameSite); and of who is signed in, the form has a token that
// only our own pages know.
func (v *Visit) checkForm() error {
	if v.R.Method == http.MethodGet || v.R.Method == http.MethodHead {
		return nil
	}
	if v.site.origins.Check(v.R) != nil {
		return stale()
	}
	if !v.route.SignedIn || v.Token == "" {
		return nil
	}
	if err := v.ParseForm(); err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(v.R.PostForm.Get("token")), []byte(FormToken(v.Token))) != 1 {
		return stale()
	}
	return nil
}

// ParseForm reads the form of the request, or refuses it. Files in it stay in memory,
// which the route's limit of bytes bounds.
func (v *Visit) ParseForm() error {
	err := v.R.ParseForm()
	if kind, _, _ := mime.ParseMediaType(v.R.Header.Get("Content-Type")); err == nil && kind == "multipart/form-data" {
		err = v.R.ParseMultipartForm(max(v.route.Limit, MaxForm))
	}
	if err != nil {
		return FormError(err)
	}
	return nil
}

// FormError gives the refusal of a form that cannot be read.
func FormError(err error) error {
	e, cause := RefusalOf(err, "")
	if cause == nil {
		return e
	}
	return ledger.Refuse(ledger.CodeRequestMalformed, "detail", "the form cannot be read")
}
