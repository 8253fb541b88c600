package client_test

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
	"github.com/lestrrat-go/jwx/v2/jwt"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/api/client/dpop"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/sign"
)

var (
	party = ledger.PartyID("p" + strings.Repeat("a", 32))
	note  = ledger.NoteID("n" + strings.Repeat("b", 32))
	quick = client.Retry{Attempts: 4, First: time.Microsecond, Longest: time.Microsecond}
)

// gateway is a fake that answers as a test says and remembers what it was asked.
type gateway struct {
	*httptest.Server
	mu     sync.Mutex
	asked  []string // method, path and query
	bodies []string
	tokens int
	// answer answers all but the token and the network.
	answer func(w http.ResponseWriter, r *http.Request, n int)
}

func serve(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, n int)) *gateway {
	t.Helper()
	g := &gateway{answer: answer}
	g.Server = httptest.NewServer(g)
	t.Cleanup(g.Close)
	return g
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/v1/token":
		g.mu.Lock()
		g.tokens++
		n := g.tokens
		g.mu.Unlock()
		fmt.Fprintf(w, `{"access_token":"token-%d","token_type":"DPoP","expires_in":600}`, n)
		return
	case "/v1/network":
		fmt.Fprint(w, `{"network":"net","organisation":"lender"}`)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	g.mu.Lock()
	g.asked = append(g.asked, r.Method+" "+r.URL.String())
	g.bodies = append(g.bodies, string(body))
	n := len(g.asked)
	g.mu.Unlock()
	g.answer(w, r, n)
}

func (g *gateway) requests() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.asked)
}

func newKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := sign.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (g *gateway) client(t *testing.T) *client.Client {
	t.Helper()
	c, err := client.New(client.Options{Gateway: g.URL, Party: party, Key: newKey(t), Retry: quick, Language: ledger.Swedish})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// signed writes a command for a client to hand in.
func signed(t *testing.T, c *client.Client) ledger.Signed {
	t.Helper()
	_, s, err := c.Write(t.Context(), client.Draft{Op: ledger.OpPledgeRelease, Subject: string(note), Seq: 2, Body: ledger.EmptyBody{}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func problem(w http.ResponseWriter, status int, code ledger.Code, retryable bool) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"status":%d,"code":%q,"detail":"words","params":{"a":"b"},"retryable":%t}`, status, code, retryable)
}

const receipt = `{"outcome":"committed","result":{"command":"c","op":"pay","subject":{"kind":"note","id":"n"},"seq":2,"head":""},"transaction":"tx","block":7}`

func TestAddressThatIsNoGatewayIsRefused(t *testing.T) {
	for _, address := range []string{"", "127.0.0.1:8080", "ftp://here", "http://", "http:///path"} {
		if _, err := client.New(client.Options{Gateway: address}); err == nil {
			t.Errorf("%q was taken", address)
		}
	}
}

func TestAssertionProvesThePartyToThisGatewayOnly(t *testing.T) {
	key := newKey(t)
	public, err := sign.KeyOf(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Second)
	ids := map[string]bool{}
	var g *httptest.Server
	g = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/token" {
			http.NotFound(w, r)
			return
		}
		assertion := r.FormValue("client_assertion")
		message, err := jws.Parse([]byte(assertion))
		if err != nil {
			t.Errorf("parsing the assertion: %v", err)
			return
		}
		if got := message.Signatures()[0].ProtectedHeaders().KeyID(); got != public.ID {
			t.Errorf("kid is %q, want the key's thumbprint %q", got, public.ID)
		}
		token, err := jwt.Parse([]byte(assertion), jwt.WithKey(jwa.ES256, key.Public()), jwt.WithClock(jwt.ClockFunc(func() time.Time { return now })))
		if err != nil {
			t.Errorf("verifying the assertion: %v", err)
			return
		}
		type claims struct {
			issuer, subject, audience, grant string
			life                             time.Duration
		}
		got := claims{token.Issuer(), token.Subject(), strings.Join(token.Audience(), " "), r.FormValue("grant_type"), token.Expiration().Sub(now)}
		want := claims{string(party), string(party), g.URL, "client_credentials", 2 * time.Minute}
		if got != want {
			t.Errorf("the claims are %+v, want %+v", got, want)
		}
		if ids[token.JwtID()] || token.JwtID() == "" {
			t.Errorf("jti %q is not used once", token.JwtID())
		}
		ids[token.JwtID()] = true
		fmt.Fprint(w, `{"access_token":"t","expires_in":1}`) // so short that it is never used twice
	}))
	t.Cleanup(g.Close)
	c, err := client.New(client.Options{Gateway: g.URL, Party: party, Key: key, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := c.Book(t.Context(), "b"); err == nil {
			t.Error("a book was read from a gateway that has none")
		}
	}
	if len(ids) < 2 {
		t.Errorf("%d assertions were made, want a new one for each token", len(ids))
	}
}

func TestOneTokenServesManyRequests(t *testing.T) {
	g := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if got := r.Header.Get("Authorization"); got != "DPoP token-1" {
			t.Errorf("the token is %q", got)
		}
		fmt.Fprint(w, `{"book":{"id":"b"}}`)
	})
	c := g.client(t)
	var callers sync.WaitGroup
	for range 20 {
		callers.Go(func() {
			if _, err := c.Book(t.Context(), "b"); err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
	if g.tokens != 1 {
		t.Errorf("%d tokens were fetched, want 1", g.tokens)
	}
}

func TestTokenThatIsNoLongerGoodIsReplacedOnce(t *testing.T) {
	g := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.Header.Get("Authorization") != "DPoP token-2" {
			problem(w, http.StatusUnauthorized, ledger.CodeTokenInvalid, false)
			return
		}
		fmt.Fprint(w, `{"book":{"id":"b"}}`)
	})
	if _, err := g.client(t).Book(t.Context(), "b"); err != nil || g.tokens != 2 {
		t.Errorf("%v after %d tokens", err, g.tokens)
	}
	refusing := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		problem(w, http.StatusUnauthorized, ledger.CodeTokenInvalid, false)
	})
	_, err := refusing.client(t).Book(t.Context(), "b")
	if ledger.CodeOf(err) != ledger.CodeTokenInvalid || refusing.tokens != 2 {
		t.Errorf("%v after %d tokens, want token_invalid after 2", err, refusing.tokens)
	}
}

// TestEachRequestHasAProofOfItsOwnWithTheNonceThatWasSaidLast: the gateway changes
// its nonce with every answer.
func TestEachRequestHasAProofOfItsOwnWithTheNonceThatWasSaidLast(t *testing.T) {
	proofs, nonce := map[string]bool{}, ""
	refused := 0
	g := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		proof := r.Header.Get(dpop.Header)
		var claims struct {
			Method string `json:"htm"`
			URL    string `json:"htu"`
			Token  string `json:"ath"`
			Nonce  string `json:"nonce"`
		}
		parts := strings.Split(proof, ".")
		text, err := base64.RawURLEncoding.DecodeString(parts[len(parts)/2])
		if err != nil || json.Unmarshal(text, &claims) != nil {
			t.Fatalf("the proof is %q", proof)
		}
		if proofs[proof] || claims.Method != r.Method || claims.URL != "http://"+r.Host+r.URL.Path || claims.Token == "" {
			t.Errorf("the proof of %s %s says %+v", r.Method, r.URL, claims)
		}
		proofs[proof] = true
		old := nonce
		nonce = fmt.Sprintf("nonce-%d", n)
		w.Header().Set(dpop.NonceHeader, nonce)
		if claims.Nonce != old || old == "" {
			refused++
			problem(w, http.StatusUnauthorized, ledger.CodeProofNonce, true)
			return
		}
		fmt.Fprint(w, `{"book":{"id":"b"}}`)
	})
	c := g.client(t)
	for range 3 {
		if _, err := c.Book(t.Context(), "b"); err != nil {
			t.Fatal(err)
		}
	}
	if refused != 1 || len(proofs) != 4 || g.tokens != 1 {
		t.Errorf("%d of %d requests were refused with %d tokens, want the first of four with one", refused, len(proofs), g.tokens)
	}
}

func TestGatewayThatNeverTakesAProofIsAskedTwice(t *testing.T) {
	for _, code := range []ledger.Code{ledger.CodeProofNonce, ledger.CodeProofInvalid} {
		g := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { problem(w, http.StatusUnauthorized, code, false) })
		if _, err := g.client(t).Book(t.Context(), "b"); ledger.CodeOf(err) != code || len(g.requests()) != 2 {
			t.Errorf("%v after %d requests, want %s after 2", err, len(g.requests()), code)
		}
	}
}

func TestListIsReadPageByPage(t *testing.T) {
	g := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.URL.Query().Get("cursor") == "" {
			fmt.Fprint(w, `{"notes":[{"id":"1"},{"id":"2"}],"next":"x"}`)
			return
		}
		fmt.Fprint(w, `{"notes":[{"id":"3"}]}`)
	})
	for limit, want := range map[int]int{0: 3, 1: 1, 3: 3} {
		var ids []ledger.NoteID
		for n, err := range g.client(t).Notes(t.Context(), client.NoteQuery{Status: ledger.StatusActive, Limit: limit}) {
			if err != nil {
				t.Fatal(err)
			}
			if ids = append(ids, n.ID); limit > 0 && len(ids) == limit {
				break
			}
		}
		if len(ids) != want {
			t.Errorf("with the limit %d: %v, want %d notes", limit, ids, want)
		}
	}
	if got := g.requests()[0]; !strings.Contains(got, "status=active") {
		t.Errorf("the first request is %s", got)
	}
}

func TestAnswerAboutAnotherNoteIsRefused(t *testing.T) {
	g := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.Header.Get("Cache-Control") != "no-cache" {
			t.Error("the note is not asked for afresh")
		}
		fmt.Fprint(w, `{"id":"n2","note":{"id":"n2"}}`)
	})
	if n, err := g.client(t).Note(t.Context(), note, finance.Date{}); err == nil {
		t.Errorf("got %+v", n)
	}
}

func TestAnswersThatAreTooLongOrNoJSONAreErrors(t *testing.T) {
	for name, text := range map[string]string{"no json": "hello", "empty": "", "too long": strings.Repeat(" ", client.MaxAnswerBytes+1)} {
		g := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { fmt.Fprint(w, text) })
		if _, err := g.client(t).Book(t.Context(), "b"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestNothingIsSignedWithoutAKey(t *testing.T) {
	g := serve(t, nil)
	c, err := client.New(client.Options{Gateway: g.URL})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Write(t.Context(), client.Draft{Op: ledger.OpBookOpen, Body: ledger.EmptyBody{}}); !errors.Is(err, client.ErrNoKey) {
		t.Errorf("writing a command gives %v", err)
	}
	if _, err := c.Book(t.Context(), "b"); !errors.Is(err, client.ErrNoKey) {
		t.Errorf("reading gives %v", err)
	}
}
