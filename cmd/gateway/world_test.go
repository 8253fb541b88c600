package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/skuld-registry/skuld/api/client/dpop"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/storetest"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// noon is when every test begins. The reference rate of that half-year is known.
var noon = time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC)

// clock is the time of a whole world.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// journal gathers what the gateways log.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// world is a ledger in memory with a gateway for each organisation.
type world struct {
	t        *testing.T
	clock    *clock
	ledger   *inproc.Ledger
	gateways map[string]*served
	journal  *journal
	mu       sync.Mutex           // guards used and nonces
	nonces   map[string]saidNonce // by gateway
	used     map[string]bool      // operations that were carried out

	closed     bool  // whether gateways that start now refuse registrations
	checkError error // what gateways that start now hear of the ledger
}

// served is a gateway that answers HTTP requests.
type served struct {
	*gateway
	name string
	url  string
	http *httptest.Server
	opts options
}

var organisations = map[string]string{
	"lender": inproc.Lender, "collector": inproc.Collector, "registrar": inproc.Registrar,
}

// newWorld makes a world whose gateways keep their things in SQLite files.
func newWorld(t *testing.T, o inproc.Options) *world {
	t.Helper()
	return newWorldOn(t, o, func(*testing.T) *store.Store { return nil })
}

// newWorldOn makes a world with a database for each gateway; nil makes a file.
func newWorldOn(t *testing.T, o inproc.Options, database func(*testing.T) *store.Store) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{now: noon}, gateways: map[string]*served{}, journal: &journal{}, used: map[string]bool{}, nonces: map[string]saidNonce{}}
	o.Clock = w.clock.Now
	if o.Client.Wait == nil {
		o.Client.Wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	}
	var err error
	if w.ledger, err = inproc.New(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := w.ledger.Close(ctx); err != nil {
			t.Errorf("closing the ledger: %v", err)
		}
	})
	for name := range organisations {
		w.start(name, options{data: filepath.Dir(storetest.SQLite(t)), store: database(t)})
	}
	return w
}

// start serves an organisation's gateway; data says where it keeps its things.
func (w *world) start(name string, o options) *served {
	w.t.Helper()
	org := organisations[name]
	if o.service == nil {
		o.service = w.ledger.Service(org)
	}
	o.check = func(context.Context) error { return w.checkError }
	o.organisation, o.org, o.registrationOpen = name, org, !w.closed
	if o.hooks == nil {
		o.hooks = receivers{}
	}
	if name == "registrar" && !o.site.on() {
		o.site = registrarsSite
	}
	o.clock, o.log = w.clock.Now, slog.New(slog.NewJSONHandler(w.journal, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { handler.ServeHTTP(rw, r) }))
	o.url = server.URL
	g, err := open(w.t.Context(), o)
	if err != nil {
		server.Close()
		w.t.Fatal(err)
	}
	handler = g.handler()
	s := &served{gateway: g, name: name, url: server.URL, http: server, opts: o}
	w.gateways[name] = s
	w.mu.Lock()
	delete(w.nonces, name) // a gateway that starts takes none of the one before
	w.mu.Unlock()
	w.t.Cleanup(func() { s.end(w.t) })
	s.awaitComplete(w.t)
	return s
}

// end stops a gateway; a second time does nothing.
func (s *served) end(t *testing.T) {
	if s.http == nil {
		return
	}
	s.server.Stop()
	s.http.CloseClientConnections()
	s.http.Close()
	s.http = nil
	if err := s.close(); err != nil {
		t.Errorf("closing the gateway of %s: %v", s.name, err)
	}
}

// awaitComplete waits until the read model has caught up once.
func (s *served) awaitComplete(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for !s.follower.Complete() {
		_, changed := s.store.Next()
		if s.follower.Complete() {
			return
		}
		select {
		case <-changed:
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			t.Fatal("the read model does not catch up")
		}
	}
}

// actor is a party with its key, and the gateway that serves it.
type actor struct {
	name    string
	gateway string
	key     crypto.Signer
	party   ledger.PartyID
	prover  *dpop.Prover
	token   string // bound to the prover's key
	expires time.Time
	draft   *sentDraft
	last    *sent
}

// sentDraft is a draft that waits for its signature.
type sentDraft struct {
	path    string
	payload []byte
}

// sent is a request as it went out.
type sent struct {
	method, path string
	header       http.Header
	body         []byte
	prover       *dpop.Prover // makes its proof anew whenever it is sent; nil where it has none
}

// reply is an answer as it came.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func newActor(name, gateway string) *actor {
	// The key is the name's, so that a failing script fails the same way again.
	seed := sha256.Sum256([]byte("skuld test key of " + name))
	return &actor{name: name, gateway: gateway, key: ed25519.NewKeyFromSeed(seed[:]), prover: newProver()}
}

func (a *actor) ledgerKey(t *testing.T) ledger.Key {
	t.Helper()
	k, err := sign.KeyOf(a.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// do sends a request to a gateway and checks the exchange.
func (w *world) do(gateway string, s sent) reply {
	w.t.Helper()
	w.prove(gateway, &s)
	req, r := w.transmit(gateway, s)
	operation := checkExchange(w.t, req, s, r)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.used[operation] = true
	return r
}

// transmit sends a request to a gateway. A stream has no end to wait for; of it
// comes the head alone.
func (w *world) transmit(gateway string, s sent) (*http.Request, reply) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), s.method, w.gateways[gateway].url+s.path, bytes.NewReader(s.body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header = s.header.Clone()
	resp, err := w.gateways[gateway].http.Client().Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	w.learn(gateway, resp.Header)
	r := reply{status: resp.StatusCode, header: resp.Header}
	if resp.Header.Get("Content-Type") == "text/event-stream" {
		return req, r
	}
	if r.body, err = io.ReadAll(resp.Body); err != nil {
		w.t.Fatal(err)
	}
	return req, r
}

// ask sends a request of an actor, with its token where it is a party.
func (w *world) ask(a *actor, method, path string, body []byte, header http.Header) reply {
	w.t.Helper()
	return w.do(a.gateway, w.dress(a, method, path, body, header))
}

// dress writes a request of an actor, which remembers it as its last.
func (w *world) dress(a *actor, method, path string, body []byte, header http.Header) sent {
	w.t.Helper()
	s := sent{method: method, path: path, header: http.Header{}, body: body}
	if len(body) > 0 {
		s.header.Set("Content-Type", "application/json")
	}
	if a.party != "" {
		s.header.Set("Authorization", dpop.Scheme+" "+w.tokenOf(a))
		s.prover = a.prover
		w.prove(a.gateway, &s)
	}
	for name, values := range header {
		s.header[name] = values
	}
	a.last = &s
	return s
}

// tokenOf gives an actor's access token, getting one where it has none.
func (w *world) tokenOf(a *actor) string {
	w.t.Helper()
	if a.token != "" && w.clock.Now().Before(a.expires) {
		return a.token
	}
	request := tokenRequest(a.assertion(w.t, w.gateways[a.gateway].url, w.clock.Now()))
	request.prover = a.prover
	r := w.do(a.gateway, request)
	if r.status != http.StatusOK {
		w.t.Fatalf("getting a token for %s: %d %s", a.name, r.status, r.body)
	}
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(r.body, &answer); err != nil {
		w.t.Fatal(err)
	}
	a.token, a.expires = answer.AccessToken, w.clock.Now().Add(9*time.Minute)
	return a.token
}

func tokenRequest(assertion string) sent {
	form := url.Values{
		"grant_type":            {"client_credentials"},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {assertion},
	}
	return sent{method: "POST", path: "/v1/token", body: []byte(form.Encode()), prover: newProver(),
		header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}
}

// assertion proves an actor to a gateway.
func (a *actor) assertion(t *testing.T, gateway string, now time.Time) string {
	t.Helper()
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		t.Fatal(err)
	}
	claims, err := json.Marshal(map[string]any{
		"iss": a.party, "sub": a.party, "aud": gateway, "jti": hex.EncodeToString(id),
		"iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
	})
	if err != nil {
		t.Fatal(err)
	}
	headers := jws.NewHeaders()
	if err := headers.Set(jws.KeyIDKey, a.ledgerKey(t).ID); err != nil {
		t.Fatal(err)
	}
	signed, err := jws.Sign(claims, jws.WithKey(jwa.EdDSA, a.key, jws.WithProtectedHeaders(headers)))
	if err != nil {
		t.Fatal(err)
	}
	return string(signed)
}

// sign signs a command with the actor's key.
func (a *actor) sign(t *testing.T, payload []byte) ledger.Signed {
	t.Helper()
	signed, err := sign.Payload(payload, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// atOnce makes a ledger's clients try again without a pause, and not for long.
func atOnce() protocol.ClientOptions {
	return protocol.ClientOptions{
		Attempts: 3, Lookups: 1, Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

// compact writes JSON on one line.
func compact(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(text)); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return b.Bytes()
}

func lines(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }
