package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/client/rest"
	"github.com/skuld-registry/skuld/ledger"
)

// street is a note that somebody has a letter about, and the addresses in it.
type street struct {
	*registry
	site, code string
	note       ledger.NoteID
}

// lends makes a note whose borrower has signed it with a key of her own program.
func (r *registry) lends() *street {
	r.Helper()
	borrower := r.registers("registrar", ledger.RegisterBody{Kind: ledger.Person})
	s := &street{registry: r, note: r.lender.offers(borrower.id, "Bo Berg")}
	n, err := borrower.own.Note(r.Context(), s.note, agreedOn)
	if err != nil {
		r.Fatal(err)
	}
	borrower.does(ledger.OpAccept, string(s.note), ledger.AcceptBody{Offer: n.Note.Offer})
	code, link := r.lender.address(s.note)
	u, err := url.Parse(link)
	if err != nil {
		r.Fatal(err)
	}
	s.code, s.site = code, u.Scheme+"://"+u.Host
	return s
}

// looks walks through all that is there for somebody with a letter in the hand.
func (s *street) looks(p *person) {
	p.Helper()
	p.opens("/")
	p.seesEverywhere("landing")
	p.writes("code", "0000-0000-0000-0000")
	p.isRefused("/", http.StatusNotFound)
	p.sees("landing-wrong-code")
	p.opens("/")
	p.writes("code", strings.ToLower(s.code)) // as one types
	p.sends("/")
	p.reads("Fjord Lån AB")
	if p.has(`main :is(a, form)[href*="/me/"]`) || strings.Contains(p.text(), "Bo Berg") || strings.Contains(p.text(), "120,000") {
		p.Errorf("the page for everybody says who owes what:\n%s", p.shown())
	}
	p.seesEverywhere("status")
	p.follows("/n/" + s.code + "/call")
	p.seesEverywhere("call")
	p.writes("number", "none")
	p.isRefused("/n/"+s.code+"/call", http.StatusUnprocessableEntity)
	p.sees("call-wrong")
	p.opens("/n/" + s.code + "/call")
	p.writes("number", "+46 70 123 45 67")
	p.sends("/n/" + s.code + "/call")
	p.reads("+46 70 123 45 67")
	p.sees("call-comes")
	for _, page := range []string{"help", "lost", "signin"} {
		p.opens("/" + page)
		p.seesEverywhere(page)
	}
}

// checks hands in proofs: one that is good, one that was changed, and none.
func (s *street) checks(p *person) {
	p.Helper()
	good, bad := s.proofs(p)
	p.opens("/verify")
	p.seesEverywhere("verify")
	p.brings("file", good)
	p.sends("/verify")
	p.sees("verified")
	p.opens("/verify")
	p.brings("file", bad)
	p.sends("/verify")
	p.sees("verified-not")
	p.opens("/verify")
	p.isRefused("/verify", http.StatusUnprocessableEntity)
	p.sees("verified-nothing")
}

// proofs writes a good proof of the note, and one in which an amount was changed.
func (s *street) proofs(p *person) (good, bad string) {
	p.Helper()
	var text json.RawMessage
	if err := s.lender.own.Do(s.Context(), rest.GetEvidence(string(s.note), rest.GetEvidenceParams{}), &text); err != nil {
		p.Fatal(err)
	}
	folder := p.TempDir()
	good, bad = filepath.Join(folder, "good.skuld.json"), filepath.Join(folder, "bad.skuld.json")
	if err := os.WriteFile(good, text, 0o600); err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(bad, bytes.Replace(text, []byte("eyJ"), []byte("eyK"), 1), 0o600); err != nil {
		p.Fatal(err)
	}
	return good, bad
}

// TestThePagesForEverybodyAreForEverybody looks at each state of the pages before
// sign-in.
func TestThePagesForEverybodyAreForEverybody(t *testing.T) {
	s := startRegistry(t).lends()
	p := openBrowser(t).person(t, s.site, newCamera(t))
	s.looks(p)
	s.checks(p)
}

// TestThePagesForEverybodyNeedNoScript walks the same way in a browser that runs
// none, as some do that read aloud, or on a locked computer of a library.
func TestThePagesForEverybodyNeedNoScript(t *testing.T) {
	s := startRegistry(t).lends()
	p := openBrowser(t).person(t, s.site, nil).withoutScript()
	s.looks(p)
	s.checks(p)
	p.opens("/signin")
	p.must("noscript p")
}

// TestEveryStoryIsAccessible looks at every component in every state that it has,
// also those that a journey comes to on a bad day only.
func TestEveryStoryIsAccessible(t *testing.T) {
	s := startRegistry(t).lends()
	p := openBrowser(t).person(t, s.site, newCamera(t))
	p.opens("/storybook")
	p.sees("storybook")
	var stories []string
	if err := json.Unmarshal([]byte(evaluate[string](p, `JSON.stringify([...document.querySelectorAll('main a[href^="/storybook/"]')].map(a => a.getAttribute("href")))`)), &stories); err != nil {
		t.Fatal(err)
	}
	if len(stories) < 10 {
		t.Fatalf("there are %d stories", len(stories))
	}
	for i, story := range stories {
		p.opens(story + "?lang=" + languages[i%len(languages)])
		name := strings.TrimPrefix(story, "/storybook/")
		if name == "components" { // it shows one several times, with one name each time
			p.sees(name, "landmark-unique")
		} else {
			p.sees(name)
		}
		p.at(narrow)
		p.fits(name, narrow)
	}
	t.Logf("%d stories", len(stories))
}
