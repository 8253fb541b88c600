package api

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/api/client/dpop"
	"github.com/skuld-registry/skuld/api/intake"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/storetest"
	"github.com/skuld-registry/skuld/api/webhook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

var noon = time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC)

// fake is a ledger that knows one party and does as it is told. What it is not
// told of nobody here asks.
type fake struct {
	ledger.Service
	party *ledger.Party
	books func() ([]ledger.BookView, error)
	seq   uint64 // of every note
	down  bool   // whether parties cannot be asked for
}

func (f *fake) Network() string { return "net" }

func (f *fake) Submit(context.Context, ...ledger.Signed) ([]ledger.Outcome, error) {
	return nil, errors.New("the ledger is down")
}

func (f *fake) Notes(_ context.Context, ids ...ledger.NoteID) ([]ledger.NoteView, error) {
	views := make([]ledger.NoteView, len(ids))
	for i := range views {
		views[i].Record.Seq = f.seq
	}
	return views, nil
}

func (f *fake) Parties(_ context.Context, ids ...ledger.PartyID) ([]ledger.PartyView, error) {
	if f.down {
		return nil, errors.New("the ledger is down")
	}
	views := make([]ledger.PartyView, len(ids))
	for i, id := range ids {
		if id == f.party.ID {
			views[i] = ledger.PartyView{Party: f.party, Record: f.party.Record(ledger.Digest{1})}
		}
	}
	return views, nil
}

func (f *fake) Party(_ context.Context, id ledger.PartyID) (*ledger.Party, error) {
	if id != f.party.ID {
		return nil, nil
	}
	return f.party, nil
}

func (f *fake) Books(context.Context, ...ledger.BookID) ([]ledger.BookView, error) { return f.books() }

func (f *fake) History(context.Context, ledger.Subject, uint64, int) ([]ledger.Entry, error) {
	return nil, errors.New("no history")
}

func (f *fake) Blocks(context.Context, uint64) iter.Seq2[ledger.Block, error] {
	return func(func(ledger.Block, error) bool) {}
}

const benchURL = "http://gateway.test"

// bench is a server over a fake ledger, with a token of its party.
type bench struct {
	*Server
	t      testing.TB
	ledger *fake
	access http.Header // of a request, but for its proof
	prover *dpop.Prover
	log    *bytes.Buffer
}

func newBench(t testing.TB, complete bool) *bench {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := sign.KeyOf(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	party := &ledger.Party{ID: ledger.PartyID("p" + strings.Repeat("a", 32)), Seq: 1, Kind: ledger.Company, Org: "LenderMSP", Standing: ledger.InForce, Keys: []ledger.Key{jwk}}
	b := &bench{t: t, ledger: &fake{party: party}, log: &bytes.Buffer{}}
	s, err := store.Open(t.Context(), storetest.SQLite(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	clock := func() time.Time { return noon }
	keys, err := auth.OpenKeys(t.TempDir(), clock, nil)
	if err != nil {
		t.Fatal(err)
	}
	gate, err := auth.NewGate(auth.Options{
		URL: benchURL, Org: "LenderMSP", Keys: keys, Parties: b.ledger, Replays: s, Random: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	hooks := webhook.New(webhook.Options{Store: s, Issuer: "http://gateway.test", Clock: func() time.Time { return noon }})
	b.Server, err = New(Options{
		Webhooks: hooks, Imports: intake.New(intake.Options{Store: s, Service: b.ledger, Clock: func() time.Time { return noon }}),
		Service: b.ledger, Signatures: sign.Verifier{}, Store: s, Gate: gate,
		Organisation: "lender", Org: "LenderMSP", URL: "http://gateway.test",
		Complete: func() bool { return complete }, Missing: func(context.Context) []string { return nil },
		Clock: func() time.Time { return noon }, Random: rand.Reader, Log: slog.New(slog.NewJSONHandler(b.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	b.enter(t, key)
	return b
}

// enter gets a token for the party.
func (b *bench) enter(t testing.TB, key crypto.Signer) {
	t.Helper()
	var err error
	if b.prover, err = dpop.With(key); err != nil {
		t.Fatal(err)
	}
	headers := jws.NewHeaders()
	if err := headers.Set(jws.KeyIDKey, b.prover.Thumbprint()); err != nil {
		t.Fatal(err)
	}
	claims := fmt.Sprintf(`{"iss":%q,"sub":%q,"aud":%q,"jti":"1","exp":%d}`, b.ledger.party.ID, b.ledger.party.ID, benchURL, noon.Add(time.Minute).Unix())
	assertion, err := jws.Sign([]byte(claims), jws.WithKey(jwa.ES256, key, jws.WithProtectedHeaders(headers)))
	if err != nil {
		t.Fatal(err)
	}
	request := auth.TokenRequest{Assertion: string(assertion), Proofs: []string{b.proof(t, "POST", auth.TokenPath, "")}}
	token, err := b.Gate.Token(t.Context(), request, noon)
	if err != nil {
		t.Fatal(err)
	}
	b.access = http.Header{"Authorization": {"DPoP " + token.Text}}
}

func (b *bench) proof(t testing.TB, method, path, token string) string {
	t.Helper()
	nonce, err := b.Gate.Nonce(noon)
	if err != nil {
		t.Fatal(err)
	}
	proof, err := b.prover.Proof(dpop.Request{Method: method, URL: benchURL + path, Token: token, Nonce: nonce, At: noon})
	if err != nil {
		t.Fatal(err)
	}
	return proof
}

// dress adds the party's access to a request.
func (b *bench) dress(t testing.TB, r *http.Request) {
	r.Header.Set("Authorization", b.access.Get("Authorization"))
	token := strings.TrimPrefix(b.access.Get("Authorization"), "DPoP ")
	r.Header.Set(proofHeader, b.proof(t, r.Method, r.URL.Path, token))
}

func (b *bench) get(path string) (*httptest.ResponseRecorder, problem) {
	r := httptest.NewRequest("GET", path, nil)
	b.dress(b.t, r)
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	var p problem
	_ = json.Unmarshal(w.Body.Bytes(), &p) // an answer that is no problem leaves it empty
	return w, p
}
