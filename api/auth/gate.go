package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// TokenPath is the path of the token endpoint.
const TokenPath = "/v1/token"

// Algorithms are those that clients may sign with, as a challenge names them
// (RFC 9449 par. 7.1).
const Algorithms = "ES256 EdDSA"

// Options are what a gate works with. All but Issuers and Log must be given.
type Options struct {
	URL     string // the gateway's base address and its name as an issuer
	Org     string // the organisation (MSP id) whose parties may have tokens here
	Keys    *Keys
	Parties Parties
	Replays Replays
	Issuers []Issuer // others whose tokens are taken
	// Guests lets companies that other organisations host have tokens for the scope
	// People: they invite the persons whom this organisation serves, and call them.
	Guests bool
	Random io.Reader // must be safe for concurrent use
	Log    *slog.Logger
}

// Gate says who sends a request: it gives tokens for assertions and takes tokens
// with proofs. It may be used by many callers at a time.
type Gate struct {
	url        string
	org        string
	guests     bool
	keys       *Keys
	assertions assertions
	tokens     tokens
	remembered remembered // tokens of our own
	nonces     nonces
	issuers    map[string]*issuer
}

// NewGate makes a gate.
func NewGate(o Options) (*Gate, error) {
	if o.URL == "" || o.Org == "" || o.Keys == nil || o.Parties == nil || o.Replays == nil || o.Random == nil {
		return nil, errors.New("the gate needs its address, its organisation, keys, parties, a memory and randomness")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if _, err := normalURL(o.URL); err != nil {
		return nil, fmt.Errorf("the gate's address %q is not that of a web resource", o.URL)
	}
	g := &Gate{
		url: o.URL, org: o.Org, guests: o.Guests, keys: o.Keys,
		assertions: assertions{issuer: o.URL, parties: o.Parties, replays: o.Replays},
		tokens:     tokens{issuer: o.URL, keys: o.Keys, random: o.Random},
		nonces:     nonces{random: o.Random},
		issuers:    map[string]*issuer{},
	}
	g.assertions.may = g.ScopesOf
	for _, i := range o.Issuers {
		made, err := newIssuer(i, o.Log)
		if err != nil {
			return nil, err
		}
		if g.issuers[i.URL] != nil || i.URL == o.URL {
			return nil, fmt.Errorf("the issuer %s is there twice", i.URL)
		}
		g.issuers[i.URL] = made
	}
	return g, nil
}

// Keys gives the gateway's own keys.
func (g *Gate) Keys() *Keys { return g.keys }

// ScopesOf gives all scopes that a party may have here; none for one that may not
// come in at all.
func (g *Gate) ScopesOf(p *ledger.Party) Scopes {
	switch {
	case p == nil || p.Standing != ledger.InForce:
		return nil
	case p.Org == g.org:
		return ScopesOf(p.Kind)
	case g.guests && p.Kind == ledger.Company:
		return slices.Clone(guests)
	}
	return nil
}

// Nonce gives the nonce that proofs must name from now on.
func (g *Gate) Nonce(now time.Time) (string, error) { return g.nonces.next(now) }

// TokenRequest is a request for a token, as it came.
type TokenRequest struct {
	Assertion string
	Client    string   // client_id; not needed (RFC 7521 par. 4.2)
	Scope     string   // all that the party may have where it is empty
	Proofs    []string // the header DPoP
}

// Token is an access token with what it says.
type Token struct {
	Text string
	Access
}

// Token gives a token for an assertion and a proof. A refusal is a *ledger.Error.
func (g *Gate) Token(ctx context.Context, r TokenRequest, now time.Time) (*Token, error) {
	at, err := normalURL(g.url + TokenPath)
	if err != nil {
		return nil, err
	}
	// The proof is looked at first and noted last: a client that has to learn the
	// nonce has not used up its assertion, and who has no key notes nothing.
	p, err := g.nonces.readProof(r.Proofs, demand{method: http.MethodPost, url: at}, now)
	if err != nil {
		return nil, err
	}
	c, err := g.assertions.verify(ctx, r.Assertion, now)
	if err != nil {
		return nil, err
	}
	if r.Client != "" && r.Client != string(c.party.ID) {
		return nil, ledger.Refuse(ledger.CodeAssertionInvalid, "detail", "client_id is another party")
	}
	scopes, err := Narrow(r.Scope, g.ScopesOf(c.party))
	if err != nil {
		return nil, err
	}
	if err := g.once(p, now); err != nil {
		return nil, err
	}
	a := Access{
		Party: c.party.ID, KeyID: c.key.ID, Thumbprint: p.thumbprint, Scopes: scopes,
		Expires: now.Add(TokenLife).UTC().Truncate(time.Second),
	}
	text, err := g.tokens.issue(a, now)
	if err != nil {
		return nil, err
	}
	return &Token{Text: text, Access: a}, nil
}

// Request is what a request shows of who sends it.
type Request struct {
	Method        string
	Path          string   // as it came, escaped, without the query
	Authorization []string // the header
	Proofs        []string // the header DPoP
}

// Access says who sends a request. A refusal is a *ledger.Error. Whether the party
// and its key are still in force is for the caller to ask.
func (g *Gate) Access(ctx context.Context, r Request, now time.Time) (*Access, error) {
	refuse := func(detail string) (*Access, error) {
		return nil, ledger.Refuse(ledger.CodeTokenInvalid, "detail", detail)
	}
	if len(r.Authorization) != 1 {
		return refuse("the header Authorization must be there once")
	}
	scheme, token, _ := strings.Cut(r.Authorization[0], " ")
	if !strings.EqualFold(scheme, "DPoP") {
		return refuse("the scheme is not DPoP")
	}
	token = strings.Trim(token, " ")
	a, err := g.readToken(ctx, token, now)
	if err != nil {
		return nil, err
	}
	at, err := normalURL(g.url + r.Path)
	if err != nil {
		return refuse("the address of the request is none")
	}
	p, err := g.nonces.readProof(r.Proofs, demand{method: r.Method, url: at, token: token, thumbprint: a.Thumbprint}, now)
	if err != nil {
		return nil, err
	}
	return a, g.once(p, now)
}

// readToken verifies a token by its issuer.
func (g *Gate) readToken(ctx context.Context, token string, now time.Time) (*Access, error) {
	a, err := g.checkToken(ctx, token, now)
	if err == nil || ledger.CodeOf(err) != "" {
		return a, err
	}
	return nil, ledger.Refuse(ledger.CodeTokenInvalid, "detail", err.Error())
}

func (g *Gate) checkToken(ctx context.Context, token string, now time.Time) (*Access, error) {
	if a := g.remembered.of(token, now); a != nil {
		return a, nil
	}
	parts, err := takeApart(token)
	if err != nil {
		return nil, err
	}
	if len(g.issuers) > 0 {
		var h, c struct {
			Issuer string `json:"iss"`
		}
		if err := parts.read(&h, nil, &c); err != nil {
			return nil, err
		}
		if other := g.issuers[c.Issuer]; other != nil {
			return other.verify(ctx, parts, now) // its keys may end before the token
		}
	}
	a, err := g.tokens.verify(parts, now)
	if err == nil {
		g.remembered.put(token, a)
	}
	return a, err
}

// ErrReplayed is in the error of a proof that came a second time.
var ErrReplayed = errors.New("the proof was used before")

// replayed is a refusal that a log tells from others.
type replayed struct{ error }

func (r replayed) Unwrap() []error { return []error{r.error, ErrReplayed} }

// once notes a proof, and refuses it a second time.
func (g *Gate) once(p *proof, now time.Time) error {
	taken, first, err := g.nonces.use(p, now)
	switch {
	case err != nil:
		return err
	case !taken:
		return ledger.Refuse(ledger.CodeProofNonce)
	case !first:
		return replayed{ledger.Refuse(ledger.CodeProofInvalid, "detail", "it was used before")}
	}
	return nil
}

// Issuers gives the names of the other issuers whose tokens are taken, sorted.
func (g *Gate) Issuers() []string { return slices.Sorted(maps.Keys(g.issuers)) }
