package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

var update = flag.Bool("update", false, "write what the gateways answer into the scripts")

// TestScripts plays the scripts in testdata/scripts against three gateways on
// a ledger in memory. A script is read as text: each paragraph is a request and
// the answer to it.
//
//	# a remark
//	actor NAME at GATEWAY        a person or company with a key, not yet a party
//	actor NAME as OTHER at GATEWAY  the same party with the same key, elsewhere
//	clock +24h                   time passes
//	NAME METHOD PATH             a request, with headers and a JSON body below it
//	NAME signs                   signs the draft it got last and sends it
//	NAME signs with its passkey  the same by hand, on its phone
//	NAME does METHOD PATH        both: gets the draft, signs it and sends it
//	NAME seals WORD              signs the draft and keeps it as {WORD}
//	NAME seals WORD of OTHER     signs the draft that another got
//	NAME uses CODE               uses an invitation, as its page would
//	NAME asks about NOTE         asks to be called, as a note's page would
//	NAME again                   sends its last request once more
//	< STATUS                     the answer, with its headers and JSON below it
//	= NAME PATH                  remembers a member of the answer as {NAME}
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/scripts/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("finding scripts: %v, %d found", err, len(files))
	}
	played, used := 0, map[string]bool{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			played++
			maps.Copy(used, playFile(t, file, newWorld(t, inproc.Options{})))
		})
	}
	if played < len(files) {
		return // only some were asked for
	}
	for _, operation := range documented(t) {
		if !used[operation] && !slices.Contains(unscripted, operation) {
			t.Errorf("no script carries out %s", operation)
		}
	}
}

// unscripted are the operations that other tests carry out: a script cannot
// show a stream, evidence, nor the document itself.
var unscripted = []string{"followImport", "getEvidence", "getOpenAPI", "getOpenAPIYAML", "getDocumentation"}

// TestScriptPlaysTheSameOnPostgreSQL: what answers is not the database.
func TestScriptPlaysTheSameOnPostgreSQL(t *testing.T) {
	if *update {
		t.Skip("the scripts are written on SQLite")
	}
	for _, name := range []string{"life", "imports"} {
		t.Run(name, func(t *testing.T) {
			playFile(t, "testdata/scripts/"+name+".txt", newWorldOn(t, inproc.Options{}, onPostgres))
		})
	}
}

// playFile plays a script in a new world and gives the operations that it
// carried out.
func playFile(t *testing.T, file string, w *world) (used map[string]bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := &player{t: t, world: w, actors: map[string]*actor{}, known: map[string]string{}}
	p.actors["nobody"] = newActor("nobody", "lender")
	var played []string
	for paragraph := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		played = append(played, p.play(paragraph))
	}
	got := strings.Join(played, "\n\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return p.world.used
	}
	if got != string(text) {
		t.Errorf("%s differs; look, and run with -update where the new answers are right\n%s", file, difference(string(text), got))
	}
	return p.world.used
}

// player plays a script.
type player struct {
	t      *testing.T
	world  *world
	actors map[string]*actor
	known  map[string]string // placeholders and their values
}

// play plays a paragraph and gives it as it came out.
func (p *player) play(paragraph string) string {
	var out, body []string
	var saves []string
	part := ""
	for _, line := range lines(paragraph) {
		switch {
		case strings.HasPrefix(line, "#"):
			out = append(out, line)
			continue
		case part == "":
			part = "request"
		case strings.HasPrefix(line, "<"):
			part = "answer"
		case strings.HasPrefix(line, "= "):
			saves = append(saves, line)
			continue
		}
		if part == "request" {
			body = append(body, line)
		}
	}
	if len(body) == 0 {
		return strings.Join(out, "\n")
	}
	out = append(out, body...)
	words := strings.Fields(body[0])
	switch {
	case words[0] == "actor" && words[2] == "as":
		guest := newActor(words[3], words[5]) // its key is that of the other
		guest.name, guest.party = words[1], p.actors[words[3]].party
		p.actors[guest.name] = guest
		return strings.Join(out, "\n")
	case words[0] == "actor":
		a := newActor(words[1], words[3])
		p.actors[a.name] = a
		key, err := json.Marshal(a.ledgerKey(p.t))
		if err != nil {
			p.t.Fatal(err)
		}
		p.known[a.name+".key"], p.known[a.name+".kid"] = string(key), a.ledgerKey(p.t).ID
		p.known[a.name+".passkey"] = a.passkey(p.t)
		return strings.Join(out, "\n")
	case words[0] == "clock":
		d, err := time.ParseDuration(strings.TrimPrefix(words[1], "+"))
		if err != nil {
			p.t.Fatal(err)
		}
		p.world.clock.Advance(d)
		return strings.Join(out, "\n")
	}
	a := p.actors[words[0]]
	if a == nil {
		p.t.Fatalf("%q: nobody is called %s", body[0], words[0])
	}
	if words[1] == "seals" {
		p.seal(a, words[2:])
		return strings.Join(out, "\n")
	}
	if words[1] == "uses" || words[1] == "asks" || words[1] == "complains" {
		p.page(a, words[1], p.fill(words[len(words)-1]))
		return strings.Join(out, "\n")
	}
	r := p.request(a, words[1:], body[1:])
	for _, save := range saves {
		p.save(save, r)
	}
	out = append(out, p.show(r)...)
	return strings.Join(append(out, saves...), "\n")
}

// page does what the registrar's pages do for a person.
func (p *player) page(a *actor, what, about string) {
	p.t.Helper()
	s, now := p.world.gateways["registrar"].store, p.world.clock.Now()
	switch what {
	case "uses":
		c, ok := code.Read(about)
		if !ok {
			p.t.Fatalf("%q is no code", about)
		}
		key := a.ledgerKey(p.t)
		used, err := s.UseInvitation(p.t.Context(), store.InvitationUse{Code: c, Party: a.party, Key: &key}, now)
		if err != nil || used == nil {
			p.t.Fatalf("%s uses an invitation: %v, %v", a.name, used, err)
		}
	case "asks":
		added, err := s.AddCallback(p.t.Context(), store.Callback{
			ID: uuid.NewString(), Note: ledger.NoteID(about), Party: a.party, Number: "070-123 45 67", Wanted: "efter fem",
			Language: ledger.Swedish, Words: "Jag förstår inte räntan.", Created: now,
		})
		if err != nil || !added {
			p.t.Fatalf("%s asks to be called: %t, %v", a.name, added, err)
		}
	case "complains":
		added, err := s.AddComplaint(p.t.Context(), store.Complaint{
			ID: uuid.NewString(), Number: "64S36D1N6R", Note: ledger.NoteID(about), Party: a.party, Language: ledger.Swedish,
			Words: "Ingen ringde.", Created: now, AnswerBy: finance.DateOf(now).AddDays(14),
		})
		if err != nil || !added {
			p.t.Fatalf("%s complains: %t, %v", a.name, added, err)
		}
	}
}

// seal signs an actor's own draft or another's, and keeps the signed command.
func (p *player) seal(a *actor, words []string) {
	whose := a
	if len(words) > 2 {
		whose = p.actors[words[2]]
	}
	p.known[words[0]] = a.sign(p.t, whose.draft.payload).JWS
}

// request sends a paragraph's request. What others wrote through their gateways
// may reach this one's read model a moment later; a script shows it after that.
func (p *player) request(a *actor, words, rest []string) reply {
	p.world.settle(a.gateway)
	switch words[0] {
	case "again":
		return p.world.do(a.gateway, *a.last)
	case "signs":
		if len(words) > 1 {
			return p.signDraft(a, a.byHand)
		}
		return p.signDraft(a, a.sign)
	case "does":
		if r := p.request(a, words[1:], rest); r.status != http.StatusOK {
			return r
		}
		return p.signDraft(a, a.sign)
	}
	header := http.Header{}
	for len(rest) > 0 && headerLine.MatchString(rest[0]) {
		name, value, _ := strings.Cut(rest[0], ": ")
		header.Set(name, p.fill(value))
		rest = rest[1:]
	}
	var body []byte
	if len(rest) > 0 {
		body = []byte(p.fill(strings.Join(rest, "\n")))
		if json.Valid(body) {
			body = compact(p.t, string(body))
		}
	}
	r := p.world.ask(a, words[0], p.fill(words[1]), body, header)
	p.keepDraft(a, p.fill(words[1]), r)
	return r
}

func (p *player) signDraft(a *actor, sign func(*testing.T, []byte) ledger.Signed) reply {
	if a.draft == nil {
		p.t.Fatalf("%s has no draft to sign", a.name)
	}
	d := a.draft
	a.draft = nil
	signed, err := json.Marshal(sign(p.t, d.payload))
	if err != nil {
		p.t.Fatal(err)
	}
	r := p.world.ask(a, "POST", d.path, signed, nil)
	p.remember(a, r)
	return r
}

var headerLine = regexp.MustCompile(`^[A-Z][A-Za-z-]+: `)

// keepDraft remembers a draft that came, for its actor to sign. It goes to the
// address that it came from, or to /v1/commands.
func (p *player) keepDraft(a *actor, path string, r reply) {
	var answer struct {
		Draft struct {
			Payload string `json:"payload"`
		} `json:"draft"`
	}
	if json.Unmarshal(r.body, &answer) != nil || answer.Draft.Payload == "" {
		return
	}
	payload, err := base64.RawURLEncoding.DecodeString(answer.Draft.Payload)
	if err != nil {
		p.t.Fatal(err)
	}
	if path == "/v1/drafts" {
		path = "/v1/commands"
	}
	a.draft = &sentDraft{path: path, payload: payload}
}

// remember gives a registered actor its party.
func (p *player) remember(a *actor, r reply) {
	var answer struct {
		Result *ledger.Result `json:"result"`
	}
	if json.Unmarshal(r.body, &answer) == nil && answer.Result != nil && answer.Result.Op == ledger.OpPartyRegister {
		a.party = ledger.PartyID(answer.Result.Subject.ID)
		p.known[a.name] = string(a.party)
	}
}

// save remembers a member of an answer.
func (p *player) save(line string, r reply) {
	words := strings.Fields(line)
	var v any
	if err := json.Unmarshal(r.body, &v); err != nil {
		p.t.Fatalf("%s: the answer %d is not JSON: %s", line, r.status, r.body)
	}
	for name := range strings.SplitSeq(words[2], ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[name]
		case []any:
			var i int
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(at) {
				p.t.Fatalf("%s: no element %s", line, name)
			}
			v = at[i]
		}
	}
	if v == nil {
		p.t.Fatalf("%s: the answer %d has no such member: %s", line, r.status, r.body)
	}
	p.known[words[1]] = fmt.Sprint(v)
}

var placeholder = regexp.MustCompile(`\{([a-z][a-z0-9_.]*)\}`)

// fill puts values in the place of placeholders.
func (p *player) fill(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(s string) string {
		if v, ok := p.known[strings.Trim(s, "{}")]; ok {
			return v
		}
		return s
	})
}

// shownHeaders are those that a script shows.
var shownHeaders = []string{"Allow", "Content-Language", "ETag", "Idempotency-Replayed", "Location", "Retry-After", "WWW-Authenticate"}

// show writes an answer: what differs from run to run has a name in its place.
func (p *player) show(r reply) []string {
	out := []string{fmt.Sprintf("< %d", r.status)}
	for _, name := range shownHeaders {
		if v := r.header.Get(name); v != "" {
			out = append(out, name+": "+p.mask(v))
		}
	}
	text := string(r.body)
	var b bytes.Buffer
	if json.Indent(&b, r.body, "", "  ") == nil {
		text = b.String()
	}
	if text = strings.TrimSpace(p.mask(text)); text == "" {
		return out
	}
	return append(out, lines(text)...)
}
