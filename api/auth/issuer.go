package auth

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/skuld-registry/skuld/ledger"
)

// Limits of another issuer.
const (
	// PartyClaim names the party in a token of another issuer, unless it is
	// configured otherwise.
	PartyClaim = "skuld_party"

	issuerTokenLife = time.Hour        // the longest that a token may live
	issuerKeysAge   = 15 * time.Minute // how long fetched keys are used
	issuerKeysStale = 24 * time.Hour   // the same where the issuer does not answer
	issuerRefetch   = time.Minute      // between two fetches
	issuerTime      = 5 * time.Second  // of one fetch
	maxIssuerKeys   = 32
	maxIssuerBytes  = 64 << 10 // of the keys' document
	maxAudiences    = 8
	minRSABits      = 2048
)

// Issuer is an organisation's own identity provider (OpenID Connect), whose access
// tokens open what a party's own would: only reads, since every change needs the
// party's signature.
type Issuer struct {
	URL      string // its name, exactly as iss has it
	Audience string // what it calls this gateway, as aud has it
	// JWKS is the address of its keys: https, or http on the loopback interface.
	// Where it is empty the issuer's own configuration says it (OpenID Connect
	// Discovery 1.0, par. 4).
	JWKS  string
	Claim string // the claim that names the party; PartyClaim where empty
	// Transport carries the requests; nil for the system's.
	Transport http.RoundTripper
}

// discoveryPath is where an issuer says where its keys are.
const discoveryPath = "/.well-known/openid-configuration"

// Check says what is wrong with an issuer's configuration.
func (i Issuer) Check() error {
	if i.URL == "" || i.Audience == "" {
		return errors.New("an issuer needs its url and its audience")
	}
	if i.JWKS == "" {
		return checkSource(i.URL)
	}
	return checkSource(i.JWKS)
}

// checkSource refuses an address from which keys must not be fetched.
func checkSource(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return fmt.Errorf("%q is not the address of an issuer's keys", address)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return fmt.Errorf("the keys of the issuer at %s must be fetched by https", address)
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// issuer verifies the tokens of an Issuer.
type issuer struct {
	Issuer
	http *http.Client
	log  *slog.Logger

	fetching sync.Mutex // held by who asks the issuer
	tried    time.Time  // when a fetch was last begun; guarded by fetching

	mu      sync.Mutex
	keys    jwk.Set   // nil before the first fetch
	fetched time.Time // when keys were
}

func newIssuer(i Issuer, log *slog.Logger) (*issuer, error) {
	if err := i.Check(); err != nil {
		return nil, err
	}
	if i.Claim == "" {
		i.Claim = PartyClaim
	}
	return &issuer{Issuer: i, log: log, http: &http.Client{
		Transport: i.Transport,
		// An address that is told is not the one that was configured.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// issuerAlgorithms are those that FAPI 2.0 allows (Security Profile, par. 5.4.1).
var issuerAlgorithms = []jwa.SignatureAlgorithm{jwa.ES256, jwa.EdDSA, jwa.PS256}

// issuerHeader has the parameters that matter. An identity provider adds others,
// which are passed over but for those that change what is signed.
type issuerHeader struct {
	Alg  string          `json:"alg"`
	Kid  string          `json:"kid"`
	Typ  string          `json:"typ"`
	Crit json.RawMessage `json:"crit"`
	B64  json.RawMessage `json:"b64"`
}

// issuerClaims are those of RFC 9068 par. 2.2 that matter here.
type issuerClaims struct {
	Issuer       string       `json:"iss"`
	Subject      string       `json:"sub"`
	Audience     audiences    `json:"aud"`
	Client       string       `json:"client_id"`
	ID           string       `json:"jti"`
	Scope        string       `json:"scope"`
	Confirmation confirmation `json:"cnf"`
	times
}

// audiences are one or several.
type audiences []string

// UnmarshalJSON reads a string or a list of strings (RFC 7519 par. 4.1.3).
func (a *audiences) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*a = audiences{one}
		return nil
	}
	var list []string
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	if len(list) > maxAudiences {
		return fmt.Errorf("more than %d audiences", maxAudiences)
	}
	*a = list
	return nil
}

// verify reads an access token of the issuer.
func (i *issuer) verify(ctx context.Context, parts compact, now time.Time) (*Access, error) {
	var h issuerHeader
	var c issuerClaims
	if err := parts.read(&h, nil, &c); err != nil {
		return nil, err
	}
	switch {
	case h.Typ != tokenType && h.Typ != "application/"+tokenType:
		return nil, errors.New("its typ is not " + tokenType)
	case h.Crit != nil || h.B64 != nil:
		return nil, errors.New("its header has crit or b64")
	case !slices.Contains(issuerAlgorithms, jwa.SignatureAlgorithm(h.Alg)):
		return nil, errors.New("its algorithm is not one of ES256, EdDSA and PS256")
	}
	party, err := i.checkClaims(c, parts.claims, now)
	if err != nil {
		return nil, err
	}
	key, err := i.key(ctx, h.Kid, now)
	if err != nil {
		return nil, err
	}
	if err := verifyOther(parts, jwa.SignatureAlgorithm(h.Alg), key); err != nil {
		return nil, err
	}
	scopes, _ := readScopes(c.Scope, AllScopes())
	return &Access{Party: party, Thumbprint: c.Confirmation.Thumbprint, Scopes: scopes, Expires: c.Expires.time().UTC()}, nil
}

func (i *issuer) checkClaims(c issuerClaims, all []byte, now time.Time) (ledger.PartyID, error) {
	switch {
	case c.Issuer != i.URL:
		return "", errors.New("iss is not the issuer")
	case !slices.Contains(c.Audience, i.Audience):
		return "", errors.New("aud is not this gateway")
	case c.Confirmation.Thumbprint == "":
		return "", errors.New("it is bound to no key")
	case c.Subject == "" || c.Client == "" || c.ID == "":
		return "", errors.New("it lacks sub, client_id or jti")
	case c.Issued == nil:
		return "", errors.New("iat is missing")
	}
	if err := c.check(now, Skew, issuerTokenLife); err != nil {
		return "", err
	}
	var claims map[string]json.RawMessage
	if err := json.Unmarshal(all, &claims); err != nil {
		return "", errNoObject
	}
	var party ledger.PartyID
	if json.Unmarshal(claims[i.Claim], &party) != nil || !party.Valid() {
		return "", fmt.Errorf("the claim %s names no party", i.Claim)
	}
	return party, nil
}

// verifyOther checks a signature with an issuer's key, whose kind must fit the
// algorithm, and which must not be for another (RFC 8725 par. 3.1).
func verifyOther(parts compact, alg jwa.SignatureAlgorithm, key jwk.Key) error {
	if said := key.Algorithm().String(); said != "" && said != alg.String() {
		return errors.New("its algorithm is not the key's")
	}
	if use := key.KeyUsage(); use != "" && use != "sig" {
		return errors.New("its key is not for signatures")
	}
	var public any
	if err := key.Raw(&public); err != nil {
		return errors.New("its key is unusable")
	}
	switch k := public.(type) {
	case *rsa.PublicKey:
		if k.N.BitLen() < minRSABits {
			return errors.New("its key is too short")
		}
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() {
			return errors.New("its key is on another curve than P-256")
		}
	case ed25519.PublicKey:
	default:
		return errors.New("its key is of a kind that is not taken")
	}
	verifier, err := jws.NewVerifier(alg)
	if err != nil {
		return fmt.Errorf("making a verifier for %s: %w", alg, err)
	}
	if err := verifier.Verify([]byte(parts.input), parts.signature, public); err != nil {
		return errors.New("its signature is wrong")
	}
	return nil
}

// key gives the issuer's key of an id. One that is not known is looked for at the
// issuer, but not more often than once in a while: a token with a made-up kid
// must not make the gateway ask. Nor may it make others wait: meanwhile the keys
// that are known are used.
func (i *issuer) key(ctx context.Context, kid string, now time.Time) (jwk.Key, error) {
	if kid == "" {
		return nil, errors.New("its header names no key")
	}
	key, age := i.known(kid, now)
	if key != nil && age < issuerKeysAge {
		return key, nil
	}
	if key == nil || age >= issuerKeysStale {
		i.fetching.Lock() // there is nothing to go on with
	} else if !i.fetching.TryLock() {
		return key, nil
	}
	defer i.fetching.Unlock()
	i.refresh(ctx, now)
	switch key, age = i.known(kid, now); {
	case age >= issuerKeysStale:
		return nil, ledger.Refuse(ledger.CodeUnavailable) // no fault of the token
	case key == nil:
		return nil, errors.New("it is not signed by a key of its issuer")
	}
	return key, nil
}

// known gives a key that was fetched, nil where none has the id, and how long ago
// the keys were.
func (i *issuer) known(kid string, now time.Time) (key jwk.Key, age time.Duration) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.keys == nil {
		return nil, issuerKeysStale
	}
	key, _ = i.keys.LookupKeyID(kid)
	return key, now.Sub(i.fetched)
}

// refresh fetches the keys, unless that was tried a moment ago. The lock of who
// fetches is held.
func (i *issuer) refresh(ctx context.Context, now time.Time) {
	if !i.tried.IsZero() && now.Before(i.tried.Add(issuerRefetch)) {
		return
	}
	i.tried = now
	keys, err := i.fetch(ctx)
	if err != nil {
		i.log.Warn("the keys of an issuer cannot be fetched", "issuer", i.URL, "error", err)
		return
	}
	i.mu.Lock()
	i.keys, i.fetched = keys, now
	i.mu.Unlock()
	logEvent(i.log, EventIssuerKeysRead, slog.String("issuer", i.URL), slog.Int("keys", keys.Len()))
}

// fetch reads the issuer's keys. The request is not the caller's alone, and does
// not end with it.
func (i *issuer) fetch(ctx context.Context) (jwk.Set, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), issuerTime)
	defer cancel()
	address := i.JWKS
	if address == "" {
		text, err := i.get(ctx, strings.TrimRight(i.URL, "/")+discoveryPath)
		if err != nil {
			return nil, err
		}
		var said struct {
			Issuer string `json:"issuer"`
			JWKS   string `json:"jwks_uri"`
		}
		if err := json.Unmarshal(text, &said); err != nil || said.Issuer != i.URL {
			return nil, errors.New("the issuer's configuration is not its own")
		}
		if err := checkSource(said.JWKS); err != nil {
			return nil, err
		}
		address = said.JWKS
	}
	text, err := i.get(ctx, address)
	if err != nil {
		return nil, err
	}
	keys, err := jwk.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("reading the keys: %w", err)
	}
	if keys.Len() > maxIssuerKeys {
		return nil, fmt.Errorf("there are %d keys; the limit is %d", keys.Len(), maxIssuerKeys)
	}
	return keys, nil
}

// get reads a document of the issuer.
func (i *issuer) get(ctx context.Context, address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("writing the request: %w", err)
	}
	req.Header.Set("Accept", "application/jwk-set+json, application/json")
	resp, err := i.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking the issuer: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("asking the issuer: the status is %d", resp.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxIssuerBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading the issuer's answer: %w", err)
	}
	if len(text) > maxIssuerBytes {
		return nil, fmt.Errorf("the issuer's answer is more than %d bytes", maxIssuerBytes)
	}
	return text, nil
}
