package main

import (
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

func TestBodyOfTenMegabytesIsRefusedEverywhere(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	router, err := contract()
	if err != nil || router == nil {
		t.Fatal(err)
	}
	large := append([]byte(`{"jws":"`), bytes.Repeat([]byte("A"), 10<<20)...)
	note := "/v1/notes/n" + strings.Repeat("a", 32)
	for _, path := range []string{
		"/v1/parties", "/v1/books", "/v1/notes", note + "/payments", note + "/acceptance", note + "/transfers", "/v1/commands",
		"/v1/drafts", "/v1/imports",
	} {
		t.Run(path, func(t *testing.T) {
			r := w.ask(lender, "POST", path, append(large, `"}`...), nil)
			if r.status != http.StatusRequestEntityTooLarge || codeOf(r) != ledger.CodeRequestTooLarge {
				t.Errorf("got %d %.200s", r.status, r.body)
			}
		})
	}
	form := sent{method: "POST", path: "/v1/token", body: append([]byte("client_assertion="), large...),
		header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}
	if r := w.do("lender", form); r.status != http.StatusRequestEntityTooLarge {
		t.Errorf("the token endpoint answers %d %.200s", r.status, r.body)
	}
}

func TestTokenRequestsThatAreRefused(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	assertion := func() string { return lender.assertion(t, w.gateways["lender"].url, noon) }
	good := func() sent { return tokenRequest(assertion()) }
	form := func(change func(body string) string) sent {
		s := good()
		s.body = []byte(change(string(s.body)))
		return s
	}
	used := good()
	if r := w.do("lender", used); r.status != http.StatusOK {
		t.Fatalf("a good one gives %d %s", r.status, r.body)
	}
	for _, tc := range []struct {
		name    string
		request sent
		status  int
		code    ledger.Code
	}{
		{"the same once more", used, http.StatusUnauthorized, ledger.CodeAssertionInvalid},
		{"for another gateway", tokenRequest(lender.assertion(t, w.gateways["collector"].url, noon)), http.StatusUnauthorized, ledger.CodeAssertionInvalid},
		{"no assertion", form(func(b string) string { return regexp.MustCompile(`client_assertion=[^&]*&`).ReplaceAllString(b, "") }), http.StatusBadRequest, ledger.CodeRequestMalformed},
		{"two assertions", form(func(b string) string { return b + "&client_assertion=x" }), http.StatusBadRequest, ledger.CodeRequestMalformed},
		{"another grant", form(func(b string) string { return strings.Replace(b, "client_credentials", "password", 1) }), http.StatusBadRequest, ledger.CodeRequestMalformed},
		{"another kind of assertion", form(func(b string) string { return strings.Replace(b, "jwt-bearer", "saml2-bearer", 1) }), http.StatusBadRequest, ledger.CodeRequestMalformed},
		{"another client", form(func(b string) string { return b + "&client_id=somebody" }), http.StatusUnauthorized, ledger.CodeAssertionInvalid},
		{"as JSON", sent{method: "POST", path: "/v1/token", body: []byte(`{}`), header: http.Header{"Content-Type": {"application/json"}}}, http.StatusUnsupportedMediaType, ledger.CodeMediaType},
		{"not a form", form(func(string) string { return "%zz" }), http.StatusBadRequest, ledger.CodeRequestMalformed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if r := w.do("lender", tc.request); r.status != tc.status || codeOf(r) != tc.code {
				t.Errorf("got %d %s, want %d %s", r.status, r.body, tc.status, tc.code)
			}
		})
	}
	t.Run("at a gateway of another organisation", func(t *testing.T) {
		request := tokenRequest(lender.assertion(t, w.gateways["collector"].url, noon))
		if r := w.do("collector", request); r.status != http.StatusUnauthorized {
			t.Errorf("got %d %s", r.status, r.body)
		}
	})
}

func TestTokenEndsWithTheKeyItWasGotWith(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	w.tokenOf(lender)
	next := newActor("lender's next key", "lender")
	key := string(mustJSON(t, next.ledgerKey(t)))
	body := `{"add":[` + key + `],"remove":["` + lender.ledgerKey(t).ID + `"]}`
	resultOf(w, w.write(lender, "/v1/parties/"+string(lender.party)+"/rotation", body), http.StatusOK)
	if r := w.ask(lender, "GET", "/v1/books", nil, nil); r.status != http.StatusUnauthorized || codeOf(r) != ledger.CodeTokenInvalid {
		t.Errorf("the old token gets %d %s", r.status, r.body)
	}
	next.party = lender.party
	if r := w.ask(next, "GET", "/v1/books", nil, nil); r.status != http.StatusOK {
		t.Errorf("a token of the new key gets %d %s", r.status, r.body)
	}
}

func TestRegistrationClosedIsClosed(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	a := newActor("newcomer", "lender")
	body := `{"kind":"company","keys":[` + string(mustJSON(t, a.ledgerKey(t))) + `]}`
	signed := w.sealed(a, w.draft(a, "/v1/parties", body))
	old := w.gateways["lender"]
	old.end(t)
	w.closed = true
	w.start("lender", options{data: old.opts.data})
	for name, request := range map[string]sent{
		"a draft":     {method: "POST", path: "/v1/parties", body: []byte(`{"body":` + body + `}`)},
		"a signed":    {method: "POST", path: "/v1/parties", body: signed},
		"any command": {method: "POST", path: "/v1/commands", body: signed},
		"any draft":   {method: "POST", path: "/v1/drafts", body: []byte(`{"op":"party.register","body":` + body + `}`)},
	} {
		t.Run(name, func(t *testing.T) {
			request.header = http.Header{"Content-Type": {"application/json"}}
			if r := w.do("lender", request); r.status != http.StatusForbidden || codeOf(r) != ledger.CodeRegistrationShut {
				t.Errorf("got %d %s", r.status, r.body)
			}
		})
	}
}

// TestConnectionBeyondTheLimitWaits: or strangers who only connect would leave the
// gateway no file for its database and its peer.
func TestConnectionBeyondTheLimitWaits(t *testing.T) {
	c := defaults()
	c.Listen, c.Limits.Connections = "127.0.0.1:0", 1
	listener, err := c.listener(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	accepted := make(chan net.Conn)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				close(accepted)
				return
			}
			accepted <- conn
		}
	}()
	for range 2 {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	first := <-accepted
	select {
	case <-accepted:
		t.Fatal("a second one is taken beside the first")
	case <-time.After(50 * time.Millisecond): // in which it would have been
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := <-accepted
	if err := second.Close(); err != nil {
		t.Error(err)
	}
}
