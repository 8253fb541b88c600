package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/api/client/dpop"
)

// proofHeader is the name of the header as a request's header has it.
var proofHeader = http.CanonicalHeaderKey(dpop.Header)

// saidNonce is a nonce that a gateway said, and when.
type saidNonce struct {
	nonce string
	at    time.Time
}

// learn notes the nonce of an answer.
func (w *world) learn(gateway string, h http.Header) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if nonce := h.Get(dpop.NonceHeader); nonce != "" {
		w.nonces[gateway] = saidNonce{nonce, w.clock.Now()}
	}
}

// nonceOf gives the nonce that a gateway takes now, and asks for it where none was
// said lately: a script's clock leaps.
func (w *world) nonceOf(gateway string) string {
	w.t.Helper()
	w.mu.Lock()
	said, ok := w.nonces[gateway]
	w.mu.Unlock()
	if !ok || w.clock.Now().Sub(said.at) >= auth.NonceLife {
		said = saidNonce{nonceFrom(w.t, w.gateways[gateway].url), w.clock.Now()}
		w.mu.Lock()
		w.nonces[gateway] = said
		w.mu.Unlock()
	}
	return said.nonce
}

// nonceFrom asks a gateway for its nonce.
func nonceFrom(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url + "/v1/network")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.Header.Get(dpop.NonceHeader)
}

// prove adds the proof of a request that has a prover, in the place of the one that
// it was sent with before.
func (w *world) prove(gateway string, s *sent) {
	w.t.Helper()
	if s.prover == nil {
		return
	}
	proof, err := s.prover.Proof(dpop.Request{
		Method: s.method, URL: w.gateways[gateway].url + s.path, Nonce: w.nonceOf(gateway), At: w.clock.Now(),
		Token: strings.TrimPrefix(s.header.Get("Authorization"), dpop.Scheme+" "),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	s.header = s.header.Clone()
	s.header.Set(proofHeader, proof)
}

// access gets a token from a gateway that is not one of a world's, and gives the
// headers of one request.
func access(t *testing.T, gateway string, a *actor, method, path string) http.Header {
	t.Helper()
	nonce := nonceFrom(t, gateway)
	request := tokenRequest(a.assertion(t, gateway, noon))
	prove := func(r dpop.Request) string {
		r.At, r.Nonce = noon, nonce
		proof, err := request.prover.Proof(r)
		if err != nil {
			t.Fatal(err)
		}
		return proof
	}
	req, err := http.NewRequestWithContext(t.Context(), request.method, gateway+request.path, strings.NewReader(string(request.body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = request.header
	req.Header.Set(proofHeader, prove(dpop.Request{Method: request.method, URL: gateway + request.path}))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.AccessToken == "" {
		t.Fatalf("got %d, %v", resp.StatusCode, err)
	}
	return http.Header{
		"Authorization": {dpop.Scheme + " " + answer.AccessToken},
		proofHeader:     {prove(dpop.Request{Method: method, URL: gateway + path, Token: answer.AccessToken})},
	}
}

// newProver gives the key of an actor's proofs, which is not that of its signatures.
func newProver() *dpop.Prover {
	p, err := dpop.New()
	if err != nil {
		panic(err) // only where there is no randomness
	}
	return p
}
