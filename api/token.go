package api

import (
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/ledger"
)

// TokenURL gives the address of the token endpoint of a gateway.
func TokenURL(base string) string { return base + auth.TokenPath }

type tokenAnswer struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"` // seconds
	Scope       string `json:"scope"`
}

// The values of a token request (RFC 6749 par. 4.4.2, RFC 7523 par. 2.2).
const (
	formType      = "application/x-www-form-urlencoded"
	grantType     = "client_credentials"
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
)

// createToken gives an access token for an assertion that a party signed with
// its own ledger key, bound to the key of the proof that comes with it.
func (s *Server) createToken(w http.ResponseWriter, r *http.Request) error {
	token, err := s.giveToken(r)
	if err != nil {
		s.logEvent(r.Context(), eventOf(err, auth.EventTokenRefused), slog.String("code", string(ledger.CodeOf(err))))
		return err
	}
	s.logEvent(r.Context(), auth.EventTokenIssued, slog.String("principal", string(token.Party)),
		slog.String("kid", token.KeyID), slog.String("jkt", token.Thumbprint), slog.String("scope", token.Scopes.String()))
	return answer(w, http.StatusOK, tokenAnswer{
		AccessToken: token.Text, TokenType: "DPoP", ExpiresIn: int(auth.TokenLife.Seconds()), Scope: token.Scopes.String(),
	})
}

func (s *Server) giveToken(r *http.Request) (*auth.Token, error) {
	request, err := readTokenRequest(r)
	if err != nil {
		return nil, err
	}
	token, err := s.Gate.Token(r.Context(), request, s.Clock())
	if err != nil {
		return nil, errTokenRequest{err, oauthErrors[ledger.CodeOf(err)]}
	}
	return token, nil
}

// oauthErrors are what OAuth calls a refusal (RFC 6749 par. 5.2, RFC 6750 par.
// 3.1, RFC 9449 par. 5 and 8).
var oauthErrors = map[ledger.Code]string{
	ledger.CodeAssertionInvalid: "invalid_client",
	ledger.CodeScopeUnknown:     "invalid_scope",
	ledger.CodeScopeMissing:     "insufficient_scope",
	ledger.CodeTokenInvalid:     "invalid_token",
	ledger.CodeProofInvalid:     "invalid_dpop_proof",
	ledger.CodeProofNonce:       "use_dpop_nonce",
}

// challenge says how to get in (RFC 9110 par. 11.6.1, RFC 9449 par. 7.1). A caller
// who has proved who it is and only lacks a scope is told which.
func challenge(e *ledger.Error) string {
	text := `DPoP realm="skuld"`
	if name := oauthErrors[e.Code]; name != "" {
		text += `, error=` + strconv.Quote(name)
	}
	if e.Code == ledger.CodeScopeMissing {
		text += `, scope=` + strconv.Quote(e.Params["scope"])
	}
	return text + `, algs="` + auth.Algorithms + `"`
}

// errTokenRequest is a refusal of a request for a token. Other routes refuse with
// the same codes; only of this one does an OAuth client expect a name of RFC 6749
// par. 5.2 as well, and the status 400 for all but a client that is not known.
type errTokenRequest struct {
	error
	name string
}

func (e errTokenRequest) Unwrap() error { return e.error }

// answerAs makes the refusal what an OAuth client expects.
func (e errTokenRequest) answerAs(p *problem) {
	p.OAuth = e.name
	if p.Status == http.StatusUnauthorized && e.name != oauthErrors[ledger.CodeAssertionInvalid] {
		p.Status = http.StatusBadRequest
	}
}

// readTokenRequest reads a request for a token. What is there twice is refused
// (RFC 6749 par. 3.2).
func readTokenRequest(r *http.Request) (auth.TokenRequest, error) {
	invalid := func(err error) (auth.TokenRequest, error) {
		return auth.TokenRequest{}, errTokenRequest{err, "invalid_request"}
	}
	if err := requireType(r, formType); err != nil {
		return invalid(err)
	}
	if err := r.ParseForm(); err != nil {
		return invalid(notJSON(err))
	}
	form := r.PostForm
	for _, name := range []string{"grant_type", "client_assertion_type", "client_assertion"} {
		if len(form[name]) != 1 {
			return invalid(malformed(name + " must be there once"))
		}
	}
	for _, name := range []string{"client_id", "scope"} {
		if len(form[name]) > 1 {
			return invalid(malformed(name + " must be there at most once"))
		}
	}
	if form.Get("client_assertion_type") != assertionType {
		return invalid(malformed("client_assertion_type must be " + assertionType))
	}
	if form.Get("grant_type") != grantType {
		return auth.TokenRequest{}, errTokenRequest{malformed("grant_type must be " + grantType), "unsupported_grant_type"}
	}
	return auth.TokenRequest{
		Assertion: form.Get("client_assertion"), Client: form.Get("client_id"), Scope: form.Get("scope"),
		Proofs: r.Header.Values(proofHeader),
	}, nil
}

// eventOf gives the event of a refusal: a proof that comes again is a sign that
// somebody else has it.
func eventOf(err error, other auth.Event) auth.Event {
	switch {
	case errors.Is(err, auth.ErrReplayed):
		return auth.EventProofReplayed
	case ledger.CodeOf(err) == ledger.CodeScopeMissing:
		return auth.EventScopeRefused
	}
	return other
}
