package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/api/client/dpop"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

// refused is how a refusal of access looks over HTTP.
type refused struct {
	status int
	code   ledger.Code
	oauth  string // the name of the error in the body and in the challenge
}

// check holds an answer against what it must be, and against what every refusal
// of access has.
func (want refused) check(t *testing.T, r reply) {
	t.Helper()
	var p struct {
		Code  ledger.Code `json:"code"`
		Error string      `json:"error"`
	}
	if err := json.Unmarshal(r.body, &p); err != nil {
		t.Fatalf("got %d %s", r.status, r.body)
	}
	if got := (refused{r.status, p.Code, p.Error}); got != want {
		t.Errorf("got %+v, want %+v: %s", got, want, r.body)
	}
	challenge := r.header.Get("WWW-Authenticate")
	wanted := want.status == http.StatusUnauthorized || want.code == ledger.CodeScopeMissing
	if (challenge != "") != wanted || wanted && !strings.HasSuffix(challenge, `algs="ES256 EdDSA"`) ||
		wanted && want.oauth != "" && !strings.Contains(challenge, `error="`+want.oauth+`"`) {
		t.Errorf("the challenge is %q", challenge)
	}
	if r.header.Get(dpop.NonceHeader) == "" {
		t.Error("the answer says no nonce")
	}
}

// TestAccessRefusedOverHTTP changes one thing of a good request at a time. The
// names before the colon are those of the FAPI 2.0 conformance modules, without
// "fapi2-security-profile-final-".
func TestAccessRefusedOverHTTP(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender, other := w.party("lender", "lender", "company"), w.party("other", "lender", "company")
	stranger := w.party("stranger", "collector", "company")
	const path = "/v1/books"
	good := func() sent {
		s := w.dress(lender, "GET", path, nil, nil)
		s.prover = nil // as it is, and no more
		return s
	}
	with := func(name string, values ...string) sent {
		s := good()
		s.header[name] = values
		return s
	}
	proof := func(change func(*dpop.Request)) sent {
		r := dpop.Request{Method: "GET", URL: w.gateways["lender"].url + path, Token: lender.token, Nonce: w.nonceOf("lender"), At: w.clock.Now()}
		change(&r)
		p, err := lender.prover.Proof(r)
		if err != nil {
			t.Fatal(err)
		}
		return with(proofHeader, p)
	}
	if r := w.do("lender", good()); r.status != http.StatusOK {
		t.Fatalf("the cases below start from a good request: %d %s", r.status, r.body)
	}
	missing := refused{http.StatusUnauthorized, ledger.CodeTokenMissing, ""}
	token := refused{http.StatusUnauthorized, ledger.CodeTokenInvalid, "invalid_token"}
	invalid := refused{http.StatusUnauthorized, ledger.CodeProofInvalid, "invalid_dpop_proof"}
	nonce := refused{http.StatusUnauthorized, ledger.CodeProofNonce, "use_dpop_nonce"}

	for _, tc := range []struct {
		name    string
		request sent
		want    refused
	}{
		{"no access at all", sent{method: "GET", path: path, header: http.Header{}}, missing},
		{"the token in the query", sent{method: "GET", path: path + "?access_token=" + lender.token, header: http.Header{}}, missing},
		{"the token in the body", sent{method: "POST", path: path, body: []byte("access_token=" + lender.token),
			header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}, missing},
		{"the token in a cookie", sent{method: "GET", path: path, header: http.Header{"Cookie": {"access_token=" + lender.token}}}, missing},
		{"the token twice", with("Authorization", "DPoP "+lender.token, "DPoP "+lender.token), token},
		{"dpop-negative-tests: as a bearer token", with("Authorization", "Bearer "+lender.token), token},
		{"a token of another gateway", with("Authorization", "DPoP "+w.tokenOf(stranger)), token},
		{"ensure-holder-of-key-required: no proof", with(proofHeader), invalid},
		{"dpop-negative-tests: two proofs", with(proofHeader, good().header.Get(proofHeader), good().header.Get(proofHeader)), invalid},
		{"another party's token with its own proof's key", with("Authorization", "DPoP "+w.tokenOf(other)), invalid},
		{"dpop-negative-tests: of another method", proof(func(r *dpop.Request) { r.Method = "POST" }), invalid},
		{"dpop-negative-tests: of another address", proof(func(r *dpop.Request) { r.URL += "/x" }), invalid},
		{"of another gateway's address", proof(func(r *dpop.Request) { r.URL = w.gateways["collector"].url + path }), invalid},
		{"dpop-negative-tests: of another token", proof(func(r *dpop.Request) { r.Token = "x" }), invalid},
		{"dpop-negative-tests: an hour old", proof(func(r *dpop.Request) { r.At = noon.Add(-time.Hour) }), invalid},
		{"dpop-negative-tests: an hour ahead", proof(func(r *dpop.Request) { r.At = noon.Add(time.Hour) }), invalid},
		{"without a nonce", proof(func(r *dpop.Request) { r.Nonce = "" }), nonce},
		{"with another gateway's nonce", proof(func(r *dpop.Request) { r.Nonce = w.nonceOf("collector") }), nonce},
	} {
		t.Run(tc.name, func(t *testing.T) { tc.want.check(t, w.do("lender", tc.request)) })
	}
	t.Run("dpop-negative-tests: a proof a second time", func(t *testing.T) {
		s := good()
		if r := w.do("lender", s); r.status != http.StatusOK {
			t.Fatalf("the first time: %d %s", r.status, r.body)
		}
		invalid.check(t, w.do("lender", s))
	})
	t.Run("a proof after the gateway started anew", func(t *testing.T) {
		s := good()
		w.restart("lender")
		nonce.check(t, w.do("lender", s))
		s.prover = lender.prover
		if r := w.do("lender", s); r.status != http.StatusOK {
			t.Errorf("with a new proof: %d %s", r.status, r.body)
		}
	})
}

// restart ends a gateway and starts it again at the same address.
func (w *world) restart(name string) {
	w.t.Helper()
	old := w.gateways[name]
	if err := old.close(); err != nil {
		w.t.Fatal(err)
	}
	g, err := open(w.t.Context(), options{
		service: old.opts.service, check: old.opts.check, organisation: old.opts.organisation, org: old.opts.org, data: old.opts.data,
		url: old.url, registrationOpen: old.opts.registrationOpen, clock: old.opts.clock, log: old.opts.log,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	old.gateway = g
	old.http.Config.Handler = g.server
	old.awaitComplete(w.t)
	w.mu.Lock()
	delete(w.nonces, name)
	w.mu.Unlock()
}

func TestTokenRequestRefusedOverHTTP(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	request := func(change func(url.Values)) sent {
		s := tokenRequest(lender.assertion(t, w.gateways["lender"].url, noon))
		form, err := url.ParseQuery(string(s.body))
		if err != nil {
			t.Fatal(err)
		}
		change(form)
		s.body = []byte(form.Encode())
		return s
	}
	same := func(url.Values) {}
	unproved := func(proof string) sent {
		s := request(same)
		s.prover = nil
		if proof != "" {
			s.header[proofHeader] = []string{proof}
		}
		return s
	}
	withoutNonce, err := lender.prover.Proof(dpop.Request{Method: "POST", URL: w.gateways["lender"].url + auth.TokenPath, At: noon})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name    string
		request sent
		want    refused
	}{
		{"ensure-holder-of-key-required: no proof", unproved(""), refused{http.StatusBadRequest, ledger.CodeProofInvalid, "invalid_dpop_proof"}},
		{"a proof without a nonce", unproved(withoutNonce), refused{http.StatusBadRequest, ledger.CodeProofNonce, "use_dpop_nonce"}},
		{"ensure-invalid-client-assertions-fail: nonsense", request(func(f url.Values) { f.Set("client_assertion", "x") }), refused{http.StatusUnauthorized, ledger.CodeAssertionInvalid, "invalid_client"}},
		{"par-test-par-endpoint-url-as-audience-fails: the token endpoint as audience", request(func(f url.Values) {
			f.Set("client_assertion", lender.assertion(t, w.gateways["lender"].url+auth.TokenPath, noon))
		}), refused{http.StatusUnauthorized, ledger.CodeAssertionInvalid, "invalid_client"}},
		{"a scope that there is not", request(func(f url.Values) { f.Set("scope", "everything") }), refused{http.StatusBadRequest, ledger.CodeScopeUnknown, "invalid_scope"}},
		{"a scope twice", request(func(f url.Values) { f["scope"] = []string{"notes:read", "notes:read"} }), refused{http.StatusBadRequest, ledger.CodeRequestMalformed, "invalid_request"}},
		{"no grant", request(func(f url.Values) { f.Del("grant_type") }), refused{http.StatusBadRequest, ledger.CodeRequestMalformed, "invalid_request"}},
		{"another grant", request(func(f url.Values) { f.Set("grant_type", "password") }), refused{http.StatusBadRequest, ledger.CodeRequestMalformed, "unsupported_grant_type"}},
		{"a client's secret", request(func(f url.Values) { f.Del("client_assertion"); f.Set("client_secret", "x") }), refused{http.StatusBadRequest, ledger.CodeRequestMalformed, "invalid_request"}},
	} {
		t.Run(tc.name, func(t *testing.T) { tc.want.check(t, w.do("lender", tc.request)) })
	}
}

// TestDowngradedTokenOpensOnlyWhatItCovers tries every route that needs a token
// with one for a single scope.
func TestDowngradedTokenOpensOnlyWhatItCovers(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	book := w.book(lender)
	w.narrow(lender, auth.BooksRead)
	if r := w.ask(lender, "GET", "/v1/books/"+string(book), nil, nil); r.status != http.StatusOK {
		t.Fatalf("what the token covers gives %d %s", r.status, r.body)
	}
	note := "/v1/notes/n" + strings.Repeat("a", 32)
	for path, scope := range map[string]auth.Scope{
		"GET /v1/notes": auth.NotesRead, "GET /v1/events": auth.EventsRead, "GET /v1/parties/" + string(lender.party): auth.PartiesRead,
		"POST /v1/books": auth.BooksWrite, "POST /v1/imports": auth.Imports, "POST /v1/notes": auth.NotesOffer,
		"POST " + note + "/payments": auth.NotesPayment, "POST " + note + "/acceptance": auth.NotesAccept,
		"POST " + note + "/transfers": auth.NotesTransfer, "POST " + note + "/disputes": auth.NotesDispute, "POST " + note + "/freeze": auth.NotesAuthority,
		"POST /v1/parties/" + string(lender.party) + "/rotation": auth.PartiesWrite, "GET /v1/webhooks": auth.Webhooks,
	} {
		method, address, _ := strings.Cut(path, " ")
		r := w.ask(lender, method, address, []byte(`{"body":{}}`), nil)
		refused{http.StatusForbidden, ledger.CodeScopeMissing, "insufficient_scope"}.check(t, r)
		if challenge := r.header.Get("WWW-Authenticate"); !strings.Contains(challenge, `scope="`+string(scope)+`"`) {
			t.Errorf("%s: the challenge is %s, want the scope %s", path, challenge, scope)
		}
	}
	for _, op := range ledger.Operations() {
		_, creates, _ := ledger.KindOf(op)
		if op == ledger.OpPartyRegister || auth.ScopeOf(op) == auth.BooksRead {
			continue
		}
		subject := ""
		if !creates {
			subject = "x"
		}
		body := mustJSON(t, map[string]any{"op": op, "subject": subject, "body": map[string]any{}})
		if r := w.ask(lender, "POST", "/v1/drafts", body, nil); codeOf(r) != ledger.CodeScopeMissing {
			t.Errorf("a draft of %s gives %d %s", op, r.status, r.body)
		}
	}
}

// narrow gets an actor a token for some scopes only.
func (w *world) narrow(a *actor, scopes ...auth.Scope) {
	w.t.Helper()
	s := tokenRequest(a.assertion(w.t, w.gateways[a.gateway].url, w.clock.Now()))
	s.prover = a.prover
	s.body = append(s.body, "&scope="+url.QueryEscape(auth.Scopes(scopes).String())...)
	r := w.do(a.gateway, s)
	var answer struct {
		AccessToken string `json:"access_token"`
		Scope       string `json:"scope"`
	}
	if err := json.Unmarshal(r.body, &answer); err != nil || answer.Scope != auth.Scopes(scopes).String() {
		w.t.Fatalf("getting a token for %v: %d %s", scopes, r.status, r.body)
	}
	a.token, a.expires = answer.AccessToken, w.clock.Now().Add(9*time.Minute)
}

// TestSecurityEventsAreLogged reads the log of a session in which everything
// happens that ASVS 5.0 par. 16.3 asks to be logged.
func TestSecurityEventsAreLogged(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	next := newActor("lender's next key", "lender")
	w.write(lender, "/v1/parties/"+string(lender.party)+"/rotation", `{"add":[`+string(mustJSON(t, next.ledgerKey(t)))+`],"remove":[]}`)
	court := w.party("court", "registrar", "authority")
	w.write(lender, "/v1/parties/"+string(court.party)+"/admission", `{}`)
	once := w.dress(lender, "GET", "/v1/books", nil, nil)
	once.prover = nil
	w.do("lender", once)
	w.do("lender", once)
	w.ask(lender, "GET", "/v1/books", nil, http.Header{"Authorization": {"Bearer x"}})
	bad := tokenRequest("x")
	w.do("lender", bad)
	w.narrow(lender, auth.NotesRead)
	w.ask(lender, "POST", "/v1/books", []byte(`{"body":{}}`), nil)
	lender.token = ""
	w.write(lender, "/v1/parties/"+string(lender.party)+"/revocation", `{}`)

	var events []string
	for _, line := range lines(w.journal.String()) {
		var entry struct {
			Message string `json:"msg"`
			Event   string `json:"event"`
			Request string `json:"request"`
			KeyID   string `json:"kid"`
		}
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		if entry.Message != "security" {
			continue
		}
		if entry.Request == "" && entry.KeyID == "" {
			t.Errorf("an event of no request and no key: %s", line)
		}
		events = append(events, entry.Event)
	}
	for _, want := range []auth.Event{
		auth.EventTokenIssued, auth.EventTokenRefused, auth.EventAccessRefused, auth.EventProofReplayed, auth.EventScopeRefused,
		auth.EventRegistration, auth.EventAdmission, auth.EventKeysChanged, auth.EventPartyRevoked, auth.EventKeyMade,
	} {
		if !slices.Contains(events, string(want)) {
			t.Errorf("the log has no %s: %v", want, events)
		}
	}
}

// TestLogHoldsNoTokenNoNameNoTerm: nor a proof, a nonce or a key.
func TestLogHoldsNoTokenNoNameNoTerm(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
	note := w.note(lender, borrower, w.book(lender))
	w.ask(lender, "GET", note, nil, nil)
	assertion := lender.assertion(t, w.gateways["lender"].url, noon)
	used := tokenRequest(assertion)
	w.do("lender", used)
	w.do("lender", used)
	w.ask(lender, "GET", note, nil, http.Header{"Authorization": {"Bearer " + lender.token}})
	log := w.journal.String()
	for name, secret := range map[string]string{
		"a token": lender.token, "an assertion": assertion, "a proof": lender.last.header.Get(proofHeader), "a JWT": "eyJ",
		"a nonce": w.nonceOf("lender"), "a name": "Name of", "a term": "100000", "a currency": "SEK", "a note": strings.TrimPrefix(note, "/v1/notes/"),
		"a public key": lender.ledgerKey(t).X, "an address": "127.0.0.1",
	} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %s: %s", name, secret)
		}
	}
}
