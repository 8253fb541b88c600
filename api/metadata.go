package api

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/skuld-registry/skuld/api/auth"
)

// Addresses of what an OAuth client reads before it asks for a token.
const (
	serverMetadataPath   = "/.well-known/oauth-authorization-server"
	resourceMetadataPath = "/.well-known/oauth-protected-resource"
	keysPath             = "/.well-known/jwks.json"
)

// serverMetadata says how to get a token (RFC 8414 par. 2).
type serverMetadata struct {
	Issuer         string   `json:"issuer"`
	TokenEndpoint  string   `json:"token_endpoint"`
	JWKS           string   `json:"jwks_uri"`
	Scopes         []string `json:"scopes_supported"`
	ResponseTypes  []string `json:"response_types_supported"` // none: nobody is sent to a page
	GrantTypes     []string `json:"grant_types_supported"`
	Methods        []string `json:"token_endpoint_auth_methods_supported"`
	Algorithms     []string `json:"token_endpoint_auth_signing_alg_values_supported"`
	DPoPAlgorithms []string `json:"dpop_signing_alg_values_supported"` // RFC 9449 par. 5.1
	Documentation  string   `json:"service_documentation"`
}

func (s *Server) getServerMetadata(w http.ResponseWriter, _ *http.Request) error {
	return answerPublic(w, serverMetadata{
		Issuer: s.URL, TokenEndpoint: TokenURL(s.URL), JWKS: s.URL + keysPath, Scopes: strings.Fields(auth.AllScopes().String()),
		ResponseTypes: []string{}, GrantTypes: []string{grantType}, Methods: []string{"private_key_jwt"},
		Algorithms: strings.Fields(auth.Algorithms), DPoPAlgorithms: strings.Fields(auth.Algorithms),
		Documentation: s.URL + "/openapi.json",
	})
}

// resourceMetadata says what tokens are taken (RFC 9728 par. 2).
type resourceMetadata struct {
	Resource       string   `json:"resource"`
	Servers        []string `json:"authorization_servers"`
	Scopes         []string `json:"scopes_supported"`
	Methods        []string `json:"bearer_methods_supported"` // in the header only
	DPoPAlgorithms []string `json:"dpop_signing_alg_values_supported"`
	DPoPRequired   bool     `json:"dpop_bound_access_tokens_required"`
}

func (s *Server) getResourceMetadata(w http.ResponseWriter, _ *http.Request) error {
	return answerPublic(w, resourceMetadata{
		Resource: s.URL, Servers: append([]string{s.URL}, s.Gate.Issuers()...), Scopes: strings.Fields(auth.AllScopes().String()),
		Methods: []string{"header"}, DPoPAlgorithms: strings.Fields(auth.Algorithms), DPoPRequired: true,
	})
}

// getKeys publishes the gateway's own keys, with which tokens and webhooks are
// verified.
func (s *Server) getKeys(w http.ResponseWriter, _ *http.Request) error {
	return answerPublic(w, s.Gate.Keys().Public())
}

// answerPublic writes an answer that is the same for everybody, and may be kept
// for less long than a new key is published before it signs.
func answerPublic(w http.ResponseWriter, v any) error {
	w.Header().Set("Cache-Control", fmt.Sprintf("public, max-age=%d", int(auth.JWKSAge.Seconds())))
	return answer(w, http.StatusOK, v)
}
