package api

import (
	"net/http"
	"time"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/ledger"
)

// tokenPath is the address of the token endpoint; it is the audience of a
// client's assertion.
const tokenPath = "/v1/token"

// TokenURL gives the address of the token endpoint of a gateway.
func TokenURL(base string) string { return base + tokenPath }

type networkAnswer struct {
	Network       string    `json:"network"`      // digest that commands must name
	Organisation  string    `json:"organisation"` // who runs the gateway
	Org           string    `json:"org"`          // its membership id
	Registration  string    `json:"registration"` // open or closed
	TokenEndpoint string    `json:"token_endpoint"`
	Time          time.Time `json:"time"`
}

func (s *Server) getNetwork(w http.ResponseWriter, _ *http.Request) error {
	registration := "closed"
	if s.RegistrationOpen {
		registration = "open"
	}
	return answer(w, http.StatusOK, networkAnswer{
		Network: s.Service.Network(), Organisation: s.Organisation, Org: s.Org, Registration: registration,
		TokenEndpoint: TokenURL(s.URL), Time: s.Clock().UTC().Truncate(time.Second),
	})
}

type tokenAnswer struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"` // seconds
}

// The values of a token request (RFC 6749 par. 4.4.2, RFC 7523 par. 2.2).
const (
	formType      = "application/x-www-form-urlencoded"
	grantType     = "client_credentials"
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
)

// createToken gives an access token for an assertion that a party signed with
// its own ledger key.
func (s *Server) createToken(w http.ResponseWriter, r *http.Request) error {
	assertion, err := readTokenRequest(r)
	if err != nil {
		return err
	}
	caller, err := s.Assertions.Verify(r.Context(), assertion, s.Clock())
	if err != nil {
		return err
	}
	// RFC 7521 par. 4.2: a client_id is not needed, and must fit where it is there.
	if id := r.PostForm.Get("client_id"); id != "" && id != string(caller.Party) {
		return ledger.Refuse(ledger.CodeAssertionInvalid, "detail", "client_id is another party")
	}
	token, err := s.Tokens.Issue(caller, s.Clock())
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, tokenAnswer{AccessToken: token, TokenType: "Bearer", ExpiresIn: int(auth.TokenLife.Seconds())})
}

// errTokenRequest says that a request for a token is malformed. Other routes
// refuse with the same codes; only of this one does an OAuth client expect a
// name of RFC 6749 par. 5.2 as well.
type errTokenRequest struct {
	error
	name string
}

func (e errTokenRequest) Unwrap() error { return e.error }

// readTokenRequest gives the assertion of a request for a token.
func readTokenRequest(r *http.Request) (assertion string, err error) {
	invalid := func(err error) (string, error) { return "", errTokenRequest{err, "invalid_request"} }
	if err := requireType(r, formType); err != nil {
		return invalid(err)
	}
	if err := r.ParseForm(); err != nil {
		return invalid(notJSON(err))
	}
	for _, name := range []string{"grant_type", "client_assertion_type", "client_assertion"} {
		if len(r.PostForm[name]) != 1 {
			return invalid(malformed(name + " must be there once"))
		}
	}
	if r.PostForm.Get("client_assertion_type") != assertionType {
		return invalid(malformed("client_assertion_type must be " + assertionType))
	}
	if r.PostForm.Get("grant_type") != grantType {
		return "", errTokenRequest{malformed("grant_type must be " + grantType), "unsupported_grant_type"}
	}
	return r.PostForm.Get("client_assertion"), nil
}

func (s *Server) getHealth(w http.ResponseWriter, _ *http.Request) error {
	return answer(w, http.StatusOK, struct {
		Status string `json:"status"`
	}{"ok"})
}

type readiness struct {
	Ready   bool     `json:"ready"`
	Missing []string `json:"missing"` // what keeps the gateway from working
}

func (s *Server) getReadiness(w http.ResponseWriter, r *http.Request) error {
	missing := s.Missing(r.Context())
	if len(missing) > 0 {
		return answer(w, http.StatusServiceUnavailable, readiness{Missing: missing})
	}
	return answer(w, http.StatusOK, readiness{Ready: true, Missing: []string{}})
}
