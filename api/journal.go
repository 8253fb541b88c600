package api

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Limits of the journal.
const (
	maxJournalBatch = 100
	maxWhy          = 2000 // characters of a text
	maxRule         = 120
	maxTeam         = 60
	maxFacts        = 20
	maxFact         = 200
	maxAhead        = 5 * time.Minute // of the writer's clock before this one
	// journalAge is how late an entry may come in: a company's gateway may have been
	// cut off for long.
	journalAge = 365 * 24 * time.Hour
)

// What an entry may say of a contact.
var (
	contactChannels   = []string{"phone", "message", "email", "letter", "visit"}
	contactDirections = []string{"in", "out"}
	contactTopics     = []string{"payment", "plan", "objection", "callback", "holder", "information"}
)

type journalRequest struct {
	Entries []journalEntry `json:"entries"`
}

// journalEntry is what a company writes down for the person whom it concerns.
type journalEntry struct {
	ID     string            `json:"id"`
	Note   ledger.NoteID     `json:"note"`
	Party  ledger.PartyID    `json:"party"`
	Kind   store.JournalKind `json:"kind"`
	At     time.Time         `json:"at"`
	Number string            `json:"number"`
	Code   string            `json:"code"`
	store.JournalDetails
}

// check says what is wrong with an entry, as far as it alone shows it.
func (e *journalEntry) check(now time.Time) *ledger.Error {
	id, err := uuid.Parse(e.ID)
	switch {
	case err != nil || id.String() != e.ID:
		return malformed("id must be a UUID in small letters")
	case !slices.Contains(store.JournalKinds(), e.Kind):
		return malformed("kind must be contact, decision, override, letter or reading")
	case e.At.After(now.Add(maxAhead)) || e.At.Before(now.Add(-journalAge)) || finance.DateOf(e.At).IsZero():
		return malformed("at must be a time of the last year")
	case e.Number != "" && !phonePattern.MatchString(e.Number), e.Phone != "" && !phonePattern.MatchString(e.Phone):
		return malformed("number and phone must be as +46812345678 (E.164)")
	}
	if err := e.checkKind(); err != nil {
		return err
	}
	return e.checkTexts()
}

// needs says which members an entry of each kind has, and which it may have beside
// those that all may: who it was, why, and whom it concerns.
var journalMembers = map[store.JournalKind]struct{ must, may []string }{
	store.JournalContact:  {[]string{"staff", "channel", "direction", "topic"}, []string{"number", "code", "follow_up", "team", "outcome"}},
	store.JournalLetter:   {[]string{"channel", "topic", "why"}, []string{"code", "follow_up", "team"}},
	store.JournalDecision: {[]string{"rule", "why"}, []string{"facts", "outcome"}},
	store.JournalOverride: {[]string{"staff", "rule", "why"}, []string{"facts", "outcome"}},
	store.JournalReading:  {[]string{"staff"}, nil},
}

// checkKind looks for the members that an entry of its kind has, and no others.
func (e *journalEntry) checkKind() *ledger.Error {
	has := map[string]bool{
		"staff": e.Staff != "", "channel": e.Channel != "", "direction": e.Direction != "", "topic": e.Topic != "", "number": e.Number != "",
		"code": e.Code != "", "follow_up": e.FollowUp, "team": e.Team != "", "rule": e.Rule != "", "facts": len(e.Facts) > 0,
		"outcome": len(e.Outcome) > 0, "why": len(e.Why) > 0,
	}
	of := journalMembers[e.Kind]
	for _, name := range slices.Sorted(maps.Keys(has)) {
		must := slices.Contains(of.must, name)
		may := must || name == "staff" || name == "why" || slices.Contains(of.may, name)
		if must && !has[name] {
			return malformed(fmt.Sprintf("a %s must have %s", e.Kind, name))
		}
		if !may && has[name] {
			return malformed(fmt.Sprintf("a %s has no %s", e.Kind, name))
		}
	}
	for _, choice := range []struct {
		name, value string
		among       []string
	}{{"channel", e.Channel, contactChannels}, {"direction", e.Direction, contactDirections}, {"topic", e.Topic, contactTopics}} {
		if choice.value != "" && !slices.Contains(choice.among, choice.value) {
			return malformed(fmt.Sprintf("%s must be one of %v", choice.name, choice.among))
		}
	}
	if _, ok := code.ReadContact(e.Code); e.Code != "" && !ok {
		return malformed("code must be ten characters, as 64S36-D1N6R")
	}
	return nil
}

// checkTexts bounds every text: they come onto pages.
func (e *journalEntry) checkTexts() *ledger.Error {
	lines := []struct {
		name, value string
		most        int
	}{
		{"staff", e.Staff, maxName}, {"hours", e.Hours, ledger.MaxContactRunes}, {"team", e.Team, maxTeam}, {"rule", e.Rule, maxRule},
	}
	if len(e.Facts) > maxFacts {
		return malformed(fmt.Sprintf("facts must be at most %d", maxFacts))
	}
	for name, value := range e.Facts {
		lines = append(lines, struct {
			name, value string
			most        int
		}{"a name of facts", name, maxTeam}, struct {
			name, value string
			most        int
		}{"a value of facts", value, maxFact})
	}
	for _, l := range lines {
		if !oneLine(l.value) || utf8.RuneCountInString(l.value) > l.most {
			return malformed(fmt.Sprintf("%s must be one line of at most %d characters", l.name, l.most))
		}
	}
	for name, texts := range map[string]map[ledger.Language]string{"why": e.Why, "outcome": e.Outcome} {
		for language, text := range texts {
			if !slices.Contains(spoken, language) || !isText(text, maxWhy) {
				return malformed(fmt.Sprintf("%s must have texts of 1 to %d characters, by sv, da or en", name, maxWhy))
			}
		}
	}
	return nil
}

// journalAnswer says what became of each entry, in their order.
type journalAnswer struct {
	Results []journalResult `json:"results"`
	DryRun  bool            `json:"dry_run,omitempty"`
}

type journalResult struct {
	ID       string   `json:"id"`
	FollowUp string   `json:"follow_up,omitempty"` // address of the questions, where they were asked for
	Problem  *problem `json:"problem,omitempty"`   // why it was not taken
}

// writeJournal takes what a company writes down for persons. An entry that is none
// refuses the request; one that is, and cannot be taken, does not keep the others out.
func (s *Server) writeJournal(w http.ResponseWriter, r *http.Request) error {
	var req journalRequest
	if err := readJSON(r, &req); err != nil {
		return err
	}
	if len(req.Entries) == 0 || len(req.Entries) > maxJournalBatch {
		return malformed(fmt.Sprintf("entries must be 1 to %d", maxJournalBatch))
	}
	for i := range req.Entries {
		if err := req.Entries[i].check(s.Clock()); err != nil {
			return malformed(fmt.Sprintf("entry %d: %s", i+1, err.Params["detail"]))
		}
	}
	c := callOf(r.Context())
	a := journalAnswer{Results: make([]journalResult, len(req.Entries)), DryRun: c.dryRun}
	refuse := func(i int, e *ledger.Error) {
		p := describe(e, c.lang)
		a.Results[i].Problem = &p
	}
	var taken []store.Writing
	var places []int
	for i := range req.Entries {
		a.Results[i].ID = req.Entries[i].ID
		writing, err := s.writing(r, &req.Entries[i])
		if err != nil {
			e, cause := refusal(err, c.id)
			if cause != nil {
				return err // none of them can be judged just now
			}
			refuse(i, e)
			continue
		}
		taken, places = append(taken, writing), append(places, i)
	}
	kept, err := s.Store.AddJournal(r.Context(), taken)
	if err != nil {
		return err
	}
	for n, i := range places {
		switch {
		case !kept[n]:
			refuse(i, ledger.Refuse(ledger.CodeJournalFull, "limit", strconv.Itoa(store.MaxJournalDay)))
			c.passing = true
		case taken[n].FollowUp != "" && !c.dryRun:
			c.secret = true // it follows from the entry, and is not kept
			a.Results[i].FollowUp = s.Pages.Origin + "/s/" + taken[n].FollowUp.String()
		}
	}
	return answer(w, http.StatusOK, a)
}

// writing makes what is kept of an entry, if the caller may write about its note.
func (s *Server) writing(r *http.Request, e *journalEntry) (store.Writing, error) {
	now, by := s.Clock(), callOf(r.Context()).party.ID
	v, err := s.fromLedger(r.Context(), e.Note)
	if err != nil {
		return store.Writing{}, err
	}
	if err := s.mayWrite(r, v, now); err != nil {
		return store.Writing{}, err
	}
	if e.Party != "" && !slices.Contains(v.Note.BorrowerIDs(), e.Party) {
		return store.Writing{}, ledger.Refuse(ledger.CodeBodyInvalid, "field", "party", "want", "a borrower of the note")
	}
	w := store.Writing{JournalEntry: store.JournalEntry{
		By: by, ID: e.ID, Note: e.Note, Party: e.Party, Kind: e.Kind, At: e.At, Number: e.Number, Received: now, JournalDetails: e.JournalDetails,
	}}
	w.Code, _ = code.ReadContact(e.Code)
	if e.FollowUp {
		w.FollowUp = s.Pages.Codes.OfFollowUp(by, e.ID)
	}
	return w, nil
}

// formerWriter is how long after a note was taken from it a company can write down
// what it did before.
const formerWriter = ledger.FormerHolderDays * 24 * time.Hour

// mayWrite refuses a company to which the note is no business, and was not of late.
// The note does not say who collected it before; the journal does.
func (s *Server) mayWrite(r *http.Request, v *ledger.NoteView, now time.Time) error {
	by := callOf(r.Context()).party.ID
	if slices.Contains(store.Answerers(v.Note, v.Holder), by) || slices.Contains(ledger.FormerHolders(v.Note, finance.DateOf(now)), by) {
		return nil
	}
	wrote, err := s.Store.WroteOf(r.Context(), v.Note.ID, by, now.Add(-formerWriter))
	if err == nil && !wrote {
		err = absent()
	}
	return err
}
