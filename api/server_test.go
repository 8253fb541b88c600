package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

var bookPathOfTest = bookPath + "b" + strings.Repeat("a", 32)

func TestPanicIsAProblemThatIsLoggedOnceUnderItsID(t *testing.T) {
	b := newBench(t, true)
	b.ledger.books = func() ([]ledger.BookView, error) { panic("secret of the programmer") }
	w, p := b.get(bookPathOfTest)
	if w.Code != http.StatusInternalServerError || p.Code != ledger.CodeInternal || p.Params["id"] == "" {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	if strings.Contains(w.Body.String(), "secret") {
		t.Errorf("the caller is told of the fault: %s", w.Body)
	}
	if log := b.log.String(); strings.Count(log, "panic: secret of the programmer") != 1 || strings.Count(log, "\n") != 1 ||
		!strings.Contains(log, `"request":"`+p.Params["id"]+`"`) {
		t.Errorf("the log is\n%s", log)
	}
	b.ledger.books = func() ([]ledger.BookView, error) { return []ledger.BookView{{}}, nil }
	if w, _ := b.get(bookPathOfTest); w.Code != http.StatusNotFound {
		t.Errorf("after the panic the server answers %d", w.Code)
	}
}

func TestFaultOfTheLedgerIsUnavailableAndLogged(t *testing.T) {
	b := newBench(t, true)
	b.ledger.books = func() ([]ledger.BookView, error) { return nil, errors.New("no route to the peer") }
	w, p := b.get(bookPathOfTest)
	if w.Code != http.StatusServiceUnavailable || p.Code != ledger.CodeUnavailable || !p.Retryable {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if log := b.log.String(); strings.Count(log, "no route to the peer") != 1 || strings.Contains(w.Body.String(), "route") {
		t.Errorf("the log is\n%s", log)
	}
}

func TestListIsRefusedWhileItWouldLeaveNotesOut(t *testing.T) {
	b := newBench(t, false)
	for _, path := range []string{"/v1/notes", "/v1/books", "/v1/events"} { // events begin with what happens now
		if w, p := b.get(path); w.Code != http.StatusServiceUnavailable || p.Code != ledger.CodeUnavailable {
			t.Errorf("%s: got %d %s", path, w.Code, w.Body)
		}
	}
}

func TestExpiredCommandIsRejectedOnlyIfTheLedgerHasNothingInItsPlace(t *testing.T) {
	b := newBench(t, true)
	sent := store.Submission{
		Signer: b.ledger.party.ID, Command: "00000000-0000-4000-8000-000000000000", Op: ledger.OpPay,
		Subject: ledger.NoteID("n" + strings.Repeat("a", 32)).Subject(), Seq: 3, Expires: noon.Add(-time.Hour),
	}
	if err := b.Store.Remember(t.Context(), sent); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		seq  uint64 // of the note on the ledger, of which the read model knows nothing yet
		want int
	}{{2, http.StatusOK}, {3, http.StatusAccepted}, {4, http.StatusAccepted}} {
		b.ledger.seq = c.seq
		w, _ := b.get(transactionPath + string(sent.Command))
		if rejected := strings.Contains(w.Body.String(), string(ledger.CodeCommandExpired)); w.Code != c.want || rejected != (c.want == http.StatusOK) {
			t.Errorf("with the note at %d: got %d %s", c.seq, w.Code, w.Body)
		}
	}
}

func TestCommandThatCannotBeRememberedIsNotHandedIn(t *testing.T) {
	b := newBench(t, true)
	if err := b.Store.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := &ledger.Command{Op: ledger.OpPay, Note: ledger.NoteID("n" + strings.Repeat("a", 32)), By: b.ledger.party.ID}
	outcomes, err := b.submit(t.Context(), func(context.Context, ...ledger.Signed) ([]ledger.Outcome, error) {
		t.Error("the command was handed in")
		return nil, nil
	}, sending{cmd: cmd})
	if err == nil || outcomes != nil {
		t.Errorf("got %v, %v", outcomes, err)
	}
}

func TestHistoryGoesOnAfterAPageThatIsNotFull(t *testing.T) {
	two := []ledger.Entry{{Seq: 4}, {Seq: 5}}
	for _, c := range []struct {
		entries    []ledger.Entry
		last, want uint64
	}{{two, 9, 6}, {two, 5, 0}, {two, 4, 0}, {nil, 9, 0}} {
		if got := nextEntry(c.entries, c.last); got != c.want {
			t.Errorf("after %d entries of a note at %d it goes on with %d, want %d", len(c.entries), c.last, got, c.want)
		}
	}
}

func TestMoreRequestsThanTheLimitAreToldToComeAgain(t *testing.T) {
	b := newBench(t, true)
	inside, leave := make(chan struct{}), make(chan struct{})
	b.ledger.books = func() ([]ledger.BookView, error) {
		inside <- struct{}{}
		<-leave
		return []ledger.BookView{{}}, nil
	}
	var requests sync.WaitGroup
	for range DefaultRequests {
		requests.Go(func() { b.get(bookPathOfTest) })
	}
	for range DefaultRequests {
		<-inside
	}
	w, p := b.get(bookPathOfTest)
	if w.Code != http.StatusTooManyRequests || p.Code != ledger.CodeTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	for _, probe := range []string{"/healthz", "/readyz"} { // or whoever watches would restart it for being busy
		if w, _ := b.get(probe); w.Code != http.StatusOK {
			t.Errorf("%s meanwhile: got %d %s", probe, w.Code, w.Body)
		}
	}
	close(leave)
	requests.Wait()
}

func TestOnlyALargeBodyNeedsAPlaceForLargeBodies(t *testing.T) {
	b := newBench(t, true)
	batch, single := &route{access: signable, limit: maxBatchBody}, &route{access: tokened}
	for _, c := range []struct {
		route  *route
		length int64
		token  string
		want   chan struct{}
	}{
		{batch, 700, "DPoP x", b.underWay}, {batch, maxBody, "DPoP x", b.underWay}, {batch, maxBody + 1, "DPoP x", b.large}, {batch, -1, "DPoP x", b.large},
		{single, -1, "DPoP x", b.underWay}, {&route{access: tokened, stream: true}, 0, "DPoP x", b.streams}, {&route{probe: true}, 0, "", b.probes},
		{batch, maxBody + 1, "", b.strangers}, {single, 0, "", b.strangers}, {&route{access: tokened, stream: true}, 0, "", b.strangers},
		{&route{}, 700, "DPoP x", b.strangers},
	} {
		r := httptest.NewRequest("POST", "/", nil)
		r.ContentLength = c.length
		r.Header.Set("Authorization", c.token)
		if b.places(c.route, r) != c.want {
			t.Errorf("%+v with a body of %d bytes and the token %q needs another place", c.route, c.length, c.token)
		}
	}
}

// TestStrangersKeepNobodyOutWhoHasProvedWhoItIs fills every place of strangers with
// bodies that do not come to their end.
func TestStrangersKeepNobodyOutWhoHasProvedWhoItIs(t *testing.T) {
	b := newBench(t, true)
	b.ledger.books = func() ([]ledger.BookView, error) { return []ledger.BookView{{}}, nil }
	var waiting sync.WaitGroup
	ends := make([]*io.PipeWriter, cap(b.strangers))
	for i := range ends {
		body, end := io.Pipe()
		ends[i] = end
		r := httptest.NewRequest("POST", "/v1/commands", body)
		r.Header.Set("Content-Type", jsonType)
		waiting.Go(func() { b.ServeHTTP(httptest.NewRecorder(), r) })
		if _, err := end.Write([]byte("{")); err != nil { // it is being read
			t.Fatal(err)
		}
	}
	if got := b.from("192.0.2.1:5"); got != http.StatusTooManyRequests {
		t.Errorf("one more stranger gets %d", got)
	}
	if w, _ := b.get(bookPathOfTest); w.Code != http.StatusNotFound {
		t.Errorf("who has a token gets %d %s", w.Code, w.Body)
	}
	for _, end := range ends {
		end.Close()
	}
	waiting.Wait()
	if got := b.from("192.0.2.1:5"); got != http.StatusOK {
		t.Errorf("when they have gone, a stranger gets %d", got)
	}
}

func TestBodyOfAStrangerIsSmall(t *testing.T) {
	b := newBench(t, true)
	send := func(path string, token bool) ledger.Code {
		r := httptest.NewRequest("POST", path, strings.NewReader(`{"jws":"`+strings.Repeat("A", maxStrangerBody)+`"}`))
		r.Header.Set("Content-Type", jsonType)
		if token {
			b.dress(t, r)
		}
		w := httptest.NewRecorder()
		b.ServeHTTP(w, r)
		var p problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		return p.Code
	}
	for _, path := range []string{"/v1/commands", "/v1/parties", "/v1/drafts"} {
		if got := send(path, false); got != ledger.CodeRequestTooLarge {
			t.Errorf("%s: a stranger gets %s", path, got)
		}
	}
	if got := send("/v1/commands", true); got == ledger.CodeRequestTooLarge {
		t.Errorf("who has a token gets %s as well", got)
	}
}

// TestMalformedTokenRequestHasItsOAuthName: RFC 6749 par. 5.2.
func TestMalformedTokenRequestHasItsOAuthName(t *testing.T) {
	b := newBench(t, true)
	const good = "grant_type=client_credentials&client_assertion=x&client_assertion_type=" + assertionType
	for _, c := range []struct {
		name, media, body, want string
		status                  int
	}{
		{"as JSON", jsonType, "{}", "invalid_request", http.StatusUnsupportedMediaType},
		{"not a form", formType, "%zz", "invalid_request", http.StatusBadRequest},
		{"larger than a request may be", formType, good + strings.Repeat("x", maxBody), "invalid_request", http.StatusRequestEntityTooLarge},
		{"nothing", formType, "", "invalid_request", http.StatusBadRequest},
		{"two assertions", formType, good + "&client_assertion=y", "invalid_request", http.StatusBadRequest},
		{"two grants", formType, good + "&grant_type=client_credentials", "invalid_request", http.StatusBadRequest},
		{"another kind of assertion", formType, good + "2", "invalid_request", http.StatusBadRequest},
		{"another grant", formType, strings.Replace(good, "client_credentials", "password", 1), "unsupported_grant_type", http.StatusBadRequest},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("POST", auth.TokenPath, strings.NewReader(c.body))
			r.Header.Set("Content-Type", c.media)
			w := httptest.NewRecorder()
			b.ServeHTTP(w, r)
			var p problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != c.status || p.OAuth != c.want || p.Code == "" {
				t.Errorf("got %d %s, %v; want %d and %s", w.Code, w.Body, err, c.status, c.want)
			}
		})
	}
	if _, p := b.get("/nothing"); p.OAuth != "" {
		t.Errorf("another refusal has the OAuth name %s", p.OAuth)
	}
}

func TestChunkWithARowTwiceIsRefusedAsAWhole(t *testing.T) {
	b := newBench(t, true)
	party := b.ledger.party.ID
	if _, _, err := b.Store.OpenImport(t.Context(), store.Import{ID: "1", Party: party, Digest: "d", Rows: 3, Created: noon}); err != nil {
		t.Fatal(err)
	}
	for _, second := range []string{`"error":{"column":"rate","detail":"x"}`, `"jws":"x"`} {
		r := httptest.NewRequest("POST", "/v1/imports/1/rows", strings.NewReader(
			`{"rows":[{"row":2,"error":{"column":"rate","detail":"x"}},{"row":1,"error":{"column":"rate","detail":"x"}},{"row":2,`+second+`}]}`))
		b.dress(t, r)
		r.Header.Set("Content-Type", jsonType)
		w := httptest.NewRecorder()
		b.ServeHTTP(w, r)
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "row 2 is there twice") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	}
	if i, err := b.Store.Import(t.Context(), party, "1"); err != nil || i.Rejected != 0 {
		t.Errorf("got %+v, %v; want no row recorded", i, err)
	}
}

func TestAnswersAreKeptOutOfCaches(t *testing.T) {
	b := newBench(t, true)
	for _, path := range []string{"/v1/notes", "/v1/books/x", "/nothing"} {
		w, _ := b.get(path)
		if got := w.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control is %q", path, got)
		}
		if w.Header().Get("X-Request-Id") == "" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", path, w.Header())
		}
	}
}

func TestDocumentIsServedInBothForms(t *testing.T) {
	b := newBench(t, true)
	for path, want := range map[string][]byte{"/openapi.json": openAPIJSON, "/openapi.yaml": openAPI} {
		if w, _ := b.get(path); w.Code != http.StatusOK || !bytes.Equal(w.Body.Bytes(), want) {
			t.Errorf("%s: got %d with %d bytes", path, w.Code, w.Body.Len())
		}
	}
}

// FuzzBodies hands every write arbitrary bytes: none may be a fault of ours.
func FuzzBodies(f *testing.F) {
	for _, seed := range []string{
		"", "{}", "[]", "null", `"x"`, "{", `{"jws":"x"}`, `{"body":{}}`, `{"body":null}`, `{"body":[]}`, `{"jws":"..","body":{}}`,
		`{"commands":[{"jws":"."}]}`, `{"commands":null}`, `{"op":"pay","subject":"n","body":{"amount":{"amount":1,"currency":"SEK"}}}`,
		`{"op":"party.register","body":{"keys":[]}}`, `{"body":{"transfer":1},"life":-1}`, `{"rows":[{"row":1}]}`, `{"rows":1,"digest":""}`,
	} {
		f.Add([]byte(seed))
	}
	b := newBench(f, true)
	b.RegistrationOpen = true
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, r := range routes() {
			if r.method != post {
				continue
			}
			path := strings.NewReplacer("{note}", "n"+strings.Repeat("a", 32), "{party}", string(b.ledger.party.ID), "{seq}", "1",
				"{transfer}", "00000000-0000-4000-8000-000000000000", "{import}", "1").Replace(r.pattern)
			request := httptest.NewRequest("POST", path, bytes.NewReader(body))
			b.dress(t, request)
			request.Header.Set("Content-Type", jsonType)
			w := httptest.NewRecorder()
			b.ServeHTTP(w, request)
			if w.Code == http.StatusInternalServerError {
				log, _ := io.ReadAll(b.log)
				t.Errorf("%s: %d %s\n%s", path, w.Code, w.Body, log)
			}
		}
	})
}
