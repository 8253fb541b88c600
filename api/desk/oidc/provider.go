package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/skuld-registry/skuld/api/casework"
)

// exchangeTime bounds each exchange with the provider.
const exchangeTime = 10 * time.Second

// ErrAway says that the provider does not answer.
var ErrAway = errors.New("the identity provider does not answer")

// Options say which provider it is and who asks.
type Options struct {
	Issuer       string
	ClientID     string
	ClientSecret string // empty for a public client, which PKCE protects
	Redirect     string // address to which the provider sends the browser back
	RolesClaim   string // a text or a list of texts
	Roles        map[string]casework.Role
	Clock        func() time.Time
	Transport    http.RoundTripper // http.DefaultTransport where nil
}

// Provider is the organisation's identity provider. It may be used by many callers at a
// time.
type Provider struct {
	options Options
	client  *http.Client

	mu    sync.Mutex
	found *oidc.Provider // nil until the provider has answered
}

// New makes a provider. It asks it nothing yet: one that is away keeps no desk from
// starting.
func New(o Options) (*Provider, error) {
	if o.Issuer == "" || o.ClientID == "" || o.Redirect == "" || o.RolesClaim == "" || len(o.Roles) == 0 || o.Clock == nil {
		return nil, errors.New("the identity provider needs an issuer, a client, an address to return to, the claim of the roles and what it says, and a clock")
	}
	for claimed, role := range o.Roles {
		if !slices.Contains(casework.Roles(), role) {
			return nil, fmt.Errorf("the identity provider's role %q is to be %q, which is none of the desk's", claimed, role)
		}
	}
	return &Provider{options: o, client: &http.Client{Transport: o.Transport, Timeout: exchangeTime}}, nil
}

// discover reads the provider's configuration, once it answers.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	// The provider keeps the context for its keys, which outlive this request.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.options.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	p.found = found
	return found, nil
}

func (p *Provider) config(found *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.options.ClientID, ClientSecret: p.options.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: p.options.Redirect,
		Scopes: []string{oidc.ScopeOpenID, "profile"},
	}
}

// remembered is what a sign-in needs when somebody is back.
type remembered struct {
	Verifier string `json:"verifier"` // of PKCE
	Nonce    string `json:"nonce"`
}

// Begin gives the address at which somebody signs in, and what must be remembered until
// they are back. The state must be random, and is to be answered once.
func (p *Provider) Begin(ctx context.Context, state string) (address, remember string, err error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", "", err
	}
	// Both are drawn by the library from the system's randomness, 256 bits each.
	kept := remembered{Verifier: oauth2.GenerateVerifier(), Nonce: oauth2.GenerateVerifier()}
	text, err := json.Marshal(kept)
	if err != nil {
		return "", "", fmt.Errorf("remembering a sign-in: %w", err)
	}
	return p.config(found).AuthCodeURL(state, oidc.Nonce(kept.Nonce), oauth2.S256ChallengeOption(kept.Verifier)), string(text), nil
}

// Identity is who somebody is at the provider.
type Identity struct {
	Subject string // the issuer and its name for them, parted by a space
	Name    string
	Roles   []casework.Role // in the desk's order; none where the claim gives none
}

// Complete finds out who has come back with a code. An error says that it is nobody, or
// that the provider does not answer (ErrAway).
func (p *Provider) Complete(ctx context.Context, code, remember string) (Identity, error) {
	var kept remembered
	if err := json.Unmarshal([]byte(remember), &kept); err != nil || kept.Verifier == "" || kept.Nonce == "" {
		return Identity{}, errors.New("signing in at the identity provider: nothing is remembered of it")
	}
	found, err := p.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := p.config(found).Exchange(ctx, code, oauth2.VerifierOption(kept.Verifier))
	if err != nil {
		return Identity{}, fmt.Errorf("exchanging the code: %w", err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := found.Verifier(&oidc.Config{ClientID: p.options.ClientID, Now: p.options.Clock}).Verify(ctx, raw)
	if err != nil {
		return Identity{}, fmt.Errorf("verifying the identity token: %w", err)
	}
	if id.Nonce != kept.Nonce {
		return Identity{}, errors.New("verifying the identity token: it answers another sign-in")
	}
	claims := map[string]json.RawMessage{}
	if err := id.Claims(&claims); err != nil {
		return Identity{}, fmt.Errorf("reading the identity token: %w", err)
	}
	if err := p.more(ctx, found, token, id.Subject, claims); err != nil {
		return Identity{}, err
	}
	return Identity{Subject: id.Issuer + " " + id.Subject, Name: text(claims, "name", "preferred_username"), Roles: p.roles(claims)}, nil
}

// more asks for the claims that a provider keeps out of its tokens, if they are needed.
func (p *Provider) more(ctx context.Context, found *oidc.Provider, token *oauth2.Token, subject string, claims map[string]json.RawMessage) error {
	_, roles := claims[p.options.RolesClaim]
	if roles && text(claims, "name", "preferred_username") != "" || found.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return fmt.Errorf("asking who somebody is: %w", err)
	}
	if info.Subject != subject { // OpenID Connect Core par. 5.3.2
		return errors.New("asking who somebody is: the answer is about another")
	}
	further := map[string]json.RawMessage{}
	if err := info.Claims(&further); err != nil {
		return fmt.Errorf("reading who somebody is: %w", err)
	}
	for _, name := range []string{p.options.RolesClaim, "name", "preferred_username"} {
		if value, there := further[name]; there && claims[name] == nil {
			claims[name] = value
		}
	}
	return nil
}

// roles gives the desk's roles that the claim gives.
func (p *Provider) roles(claims map[string]json.RawMessage) []casework.Role {
	var claimed []string
	if raw := claims[p.options.RolesClaim]; raw != nil {
		var one string
		if json.Unmarshal(raw, &one) == nil {
			claimed = []string{one}
		} else if json.Unmarshal(raw, &claimed) != nil {
			return nil
		}
	}
	var roles []casework.Role
	for _, role := range casework.Roles() {
		if slices.ContainsFunc(claimed, func(c string) bool { return p.options.Roles[c] == role }) {
			roles = append(roles, role)
		}
	}
	return roles
}

// text gives the first claim that is a text.
func text(claims map[string]json.RawMessage, names ...string) string {
	for _, name := range names {
		var value string
		if json.Unmarshal(claims[name], &value) == nil && value != "" {
			return value
		}
	}
	return ""
}
