package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// registrarsSite is where the registrar's pages would be.
var registrarsSite = pagesConfig{
	Origin: "http://localhost:8480", RPID: "localhost", Name: "Registret", Human: "Maja Lind", Phone: "+4681234567", Hours: "8–18",
}

// guest is a party of another organisation at the registrar's gateway, with the
// same key.
func guest(a *actor) *actor {
	g := newActor(a.name, "registrar")
	g.party = a.party
	return g
}

// TestGuestOpensNothingButWhatIsForPersons tries every operation of the document
// with the token of a company that another organisation hosts.
func TestGuestOpensNothingButWhatIsForPersons(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	home := w.party("lender", "lender", "company")
	lender := guest(home)
	a, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	open := 0
	for pattern, item := range a.doc.Paths.Map() {
		for method, o := range item.Operations() {
			if o.Security == nil || len(*o.Security) != 1 {
				continue // anybody's, or whose commands have each their own scope: below
			}
			scopes, tokened := (*o.Security)[0]["token"]
			if !tokened || len(scopes) == 0 {
				continue
			}
			path := strings.NewReplacer("{note}", "n"+strings.Repeat("a", 32), "{party}", string(home.party), "{book}", "b"+strings.Repeat("a", 32)).Replace(pattern)
			r := w.ask(lender, method, path, []byte(`{}`), nil)
			if scopes[0] == string(auth.People) {
				open++
				if r.status == http.StatusUnauthorized || r.status == http.StatusForbidden {
					t.Errorf("%s %s is shut to a guest: %d %s", method, path, r.status, r.body)
				}
				continue
			}
			refused{http.StatusForbidden, ledger.CodeScopeMissing, "insufficient_scope"}.check(t, r)
		}
	}
	if open == 0 {
		t.Error("there is nothing for persons")
	}
	for _, op := range ledger.Operations() {
		if op == ledger.OpPartyRegister || op == ledger.OpRecoveryComplete { // who signs them proves itself by that alone
			continue
		}
		subject := "x"
		if _, creates, _ := ledger.KindOf(op); creates {
			subject = ""
		}
		body := mustJSON(t, map[string]any{"op": op, "subject": subject, "body": map[string]any{}})
		if r := w.ask(lender, "POST", "/v1/drafts", body, nil); codeOf(r) != ledger.CodeScopeMissing {
			t.Errorf("a draft of %s gives %d %s", op, r.status, r.body)
		}
	}
	payload := w.draft(home, "/v1/books", `{}`)
	signed := mustJSON(t, home.sign(t, payload))
	if r := w.ask(lender, "POST", "/v1/commands", signed, nil); codeOf(r) != ledger.CodeScopeMissing {
		t.Errorf("a signed command gives %d %s", r.status, r.body)
	}
}

func TestNobodyButACompanyInForceComesAsAGuest(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	company, person := w.party("company", "collector", "company"), w.party("person", "collector", "person")
	ended := w.party("ended", "collector", "company")
	resultOf(w, w.write(ended, "/v1/parties/"+string(ended.party)+"/revocation", `{}`), http.StatusOK)
	stranger := newActor("stranger", "registrar")
	stranger.party = company.party // whose key it has not
	ask := func(gateway string, a *actor) reply {
		request := tokenRequest(a.assertion(t, w.gateways[gateway].url, w.clock.Now()))
		return w.do(gateway, request)
	}
	if r := ask("registrar", company); r.status != http.StatusOK {
		t.Fatalf("a company gets %d %s", r.status, r.body)
	}
	for what, a := range map[string]*actor{"a person": person, "a company that has ended": ended, "somebody else": stranger} {
		if r := ask("registrar", a); codeOf(r) != ledger.CodeAssertionInvalid {
			t.Errorf("%s gets %d %s", what, r.status, r.body)
		}
	}
	if r := ask("lender", company); codeOf(r) != ledger.CodeAssertionInvalid {
		t.Errorf("at a gateway without pages a company of another organisation gets %d %s", r.status, r.body)
	}
}

// TestGuestIsShutOutWithItsKey: a token that a guest has is of no use once its party
// has ended at home.
func TestGuestIsShutOutWithItsKey(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	home := w.party("lender", "lender", "company")
	lender := guest(home)
	if r := w.ask(lender, "GET", "/v1/invitations", nil, nil); r.status != http.StatusOK {
		t.Fatalf("before: %d %s", r.status, r.body)
	}
	resultOf(w, w.write(home, "/v1/parties/"+string(home.party)+"/revocation", `{}`), http.StatusOK)
	w.catchUp("registrar")
	if r := w.ask(lender, "GET", "/v1/invitations", nil, nil); codeOf(r) != ledger.CodeTokenInvalid {
		t.Errorf("afterwards: %d %s", r.status, r.body)
	}
}

// TestWhatGuestsAskOfOthersIsAnsweredAsWhatIsNotThere: no guest finds out which
// notes, invitations and calls there are.
func TestWhatGuestsAskOfOthersIsAnsweredAsWhatIsNotThere(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	home, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
	stranger := guest(w.party("stranger", "collector", "company"))
	note := strings.TrimPrefix(w.note(home, borrower, w.book(home)), "/v1/notes/")
	w.catchUp("registrar")
	lender := guest(home)
	made := w.ask(lender, "POST", "/v1/invitations", []byte(`{"name":"Anna Berg","language":"sv","note":"`+note+`"}`), nil)
	id, _, _ := strings.Cut(strings.TrimPrefix(string(made.body), `{"id":"`), `"`)
	const call, nothing = "11111111-1111-4111-8111-111111111111", "00000000-0000-4000-8000-000000000000"
	asked := store.Callback{ID: call, Note: ledger.NoteID(note), Number: "070", Language: ledger.Swedish, Created: noon}
	if added, err := w.gateways["registrar"].store.AddCallback(t.Context(), asked); err != nil || !added {
		t.Fatal(added, err)
	}
	complaint := store.Complaint{ID: call, Number: "64S36D1N6R", Note: ledger.NoteID(note), Party: borrower.party, Language: ledger.Swedish, Created: noon, AnswerBy: finance.DateOf(noon)}
	if added, err := w.gateways["registrar"].store.AddComplaint(t.Context(), complaint); err != nil || !added {
		t.Fatal(added, err)
	}
	absent := "n" + strings.Repeat("a", 32)
	for what, tc := range map[string]struct{ method, there, absent, body string }{
		"an invitation":       {"GET", "/v1/invitations/" + id, "/v1/invitations/" + nothing, ""},
		"its end":             {"POST", "/v1/invitations/" + id + "/revocation", "/v1/invitations/" + nothing + "/revocation", ""},
		"word of it":          {"POST", "/v1/invitations/" + id + "/messages", "/v1/invitations/" + nothing + "/messages", `{"channel":"letter"}`},
		"a note's link":       {"GET", "/v1/notes/" + note + "/link", "/v1/notes/" + absent + "/link", ""},
		"who asks for a call": {"GET", "/v1/callbacks/" + call, "/v1/callbacks/" + nothing, ""},
		"taking the call":     {"POST", "/v1/callbacks/" + call + "/taking", "/v1/callbacks/" + nothing + "/taking", `{}`},
		"making it":           {"POST", "/v1/callbacks/" + call + "/completion", "/v1/callbacks/" + nothing + "/completion", `{"outcome":"x"}`},
		"who complains":       {"GET", "/v1/complaints/" + call, "/v1/complaints/" + nothing, ""},
		"looking at that":     {"POST", "/v1/complaints/" + call + "/taking", "/v1/complaints/" + nothing + "/taking", `{}`},
		"answering it":        {"POST", "/v1/complaints/" + call + "/answer", "/v1/complaints/" + nothing + "/answer", `{"text":"x"}`},
	} {
		if r := w.ask(lender, tc.method, tc.there, []byte(tc.body), http.Header{"Accept": {"application/json"}}); r.status == http.StatusUnauthorized || r.status == http.StatusForbidden {
			t.Errorf("%s: whose it is gets %d %s", what, r.status, r.body)
		}
		there, absent := w.ask(stranger, tc.method, tc.there, []byte(tc.body), nil), w.ask(stranger, tc.method, tc.absent, []byte(tc.body), nil)
		if a, b := told(there), told(absent); there.status != http.StatusNotFound || absent.status != http.StatusNotFound || a != b {
			t.Errorf("%s\nwhat is there: %d %s\nwhat is not:  %d %s", what, there.status, a, absent.status, b)
		}
	}
	note = `,"note":"` + note + `"}`
	there := w.ask(stranger, "POST", "/v1/invitations", []byte(`{"name":"A","language":"sv"`+note), nil)
	if r := w.ask(stranger, "POST", "/v1/invitations", []byte(`{"name":"A","language":"sv","note":"`+absent+`"}`), nil); there.status != http.StatusNotFound || told(r) != told(there) {
		t.Errorf("inviting about another's note: %d %s; about none: %d %s", there.status, there.body, r.status, r.body)
	}
}

// TestCodeStandsNowhere but in the answer to who made the invitation: not in the
// database, not in what is kept for an idempotency key, not in the log.
func TestCodeStandsNowhere(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := guest(w.party("lender", "lender", "company"))
	invite := func() string {
		t.Helper()
		r := w.ask(lender, "POST", "/v1/invitations", []byte(`{"name":"Anna Berg","phone":"+46701234567","language":"sv"}`), withKey("k"))
		_, rest, found := strings.Cut(string(r.body), `"code":"`)
		text, _, _ := strings.Cut(rest, `"`)
		if r.status != http.StatusCreated || !found {
			t.Fatalf("inviting: %d %s", r.status, r.body)
		}
		return text
	}
	text := invite()
	if again := invite(); again != text {
		t.Errorf("the same request is answered with another code")
	}
	w.gateways["registrar"].end(t)
	data := w.gateways["registrar"].opts.data
	for _, form := range []string{text, strings.ReplaceAll(text, "-", "")} {
		if strings.Contains(w.journal.String(), form) {
			t.Errorf("the log has the code")
		}
		if files := filesWith(t, data, form); len(files) > 0 {
			t.Errorf("the code stands in %v", files)
		}
	}
	for _, personal := range []string{"Anna Berg", "46701234567"} {
		if strings.Contains(w.journal.String(), personal) {
			t.Errorf("the log has %q", personal)
		}
	}
	if files := filesWith(t, data, "Anna Berg"); len(files) == 0 {
		t.Error("the files are not those of the database")
	}
}

// filesWith gives the files below a folder that hold a text.
func filesWith(t *testing.T, folder, text string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(text)) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
