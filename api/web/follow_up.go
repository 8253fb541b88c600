package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// maxFollowWords bounds what is said of a contact in own words.
const maxFollowWords = 1000

// The questions of the Swedish quality index (SKI), as the form names them.
const (
	askOverall  = "overall"
	askExpected = "expected"
	askIdeal    = "ideal"
)

// followUpForm is the form with what was answered.
func followUpForm(names *names, f *store.FollowUp, action string, answers func(string) string) *page.FollowUp {
	view := &page.FollowUp{
		Action: action,
		Text:   page.Say("follow.text", "company", names.company(f.By), "date", finance.DateOf(f.Contact.At)),
		Words: page.Field{
			Name: "words", Label: page.Say("follow.words"), Hint: page.Say("follow.words.hint"), Value: clipRunes(site.OwnWords(answers("words")), maxFollowWords),
			Rows: 4, Max: maxFollowWords, Optional: true,
		},
		Number: page.Field{
			Name: "number", Label: page.Say("follow.number"), Hint: page.Say("follow.number.hint"), Value: clipRunes(strings.TrimSpace(answers("number")), maxNumber),
			Type: "tel", Autocomplete: "tel", Mode: "tel", Max: maxNumber, Optional: true,
		},
		Human: names.caller(f.Contact),
	}
	for _, name := range []string{askOverall, askExpected, askIdeal} {
		key := page.Key("follow." + name)
		scale := page.Scale{Name: name, Label: page.Say(key), Least: page.Say(key + ".least"), Most: page.Say(key + ".most")}
		scale.Chosen, _ = strconv.Atoi(answers(name)) // what is no number is not chosen
		view.Scales = append(view.Scales, scale)
	}
	return view
}

// followUp gives the follow-up of the code in the address, nil where there is nothing
// to answer: it is used, too old, or was never there.
func (s *Server) followUp(v *visit) (code.Code, *store.FollowUp, error) {
	now, address := s.Clock(), v.Address()
	if err := s.guesses.mayTry(address, now); err != nil {
		return "", nil, err
	}
	c, _ := code.Read(chi.URLParam(v.R, "code"))
	f, err := s.Store.FollowUpOf(v.R.Context(), c)
	if err == nil && f == nil {
		s.guesses.wrong(address, now)
	}
	if err != nil || f == nil || f.Contact == nil || !now.Before(f.Expires) {
		return c, nil, err
	}
	return c, f, nil
}

func (s *Server) getFollowUp(v *visit) error {
	c, f, err := s.followUp(v)
	if err != nil {
		return err
	}
	if f == nil {
		return s.showOver(v)
	}
	names := s.names(v.R.Context())
	view := followUpForm(names, f, "/s/"+c.String(), func(string) string { return "" })
	if names.err != nil {
		return names.err
	}
	return v.Show(http.StatusOK, view)
}

func (s *Server) showOver(v *visit) error {
	return v.Show(http.StatusNotFound, &page.FollowedUp{Over: true, Human: s.Help})
}

// postFollowUp keeps an answer apart from who gave it. Who wants to be called says so
// on its own: the wish is about the note, and does not name the answer.
func (s *Server) postFollowUp(v *visit) error {
	c, f, err := s.followUp(v)
	if err != nil {
		return err
	}
	if err := v.ParseForm(); err != nil {
		return err
	}
	if f == nil {
		return s.showOver(v)
	}
	names := s.names(v.R.Context())
	view := followUpForm(names, f, "/s/"+c.String(), v.R.PostForm.Get)
	for i := range view.Scales {
		if chosen := view.Scales[i].Chosen; chosen < 1 || chosen > len(view.Scales[i].Steps()) {
			view.Scales[i].Error = page.Say("follow.missing")
		}
	}
	view.Words.Error = wants(site.OwnWords(v.R.PostForm.Get("words")), 0, maxFollowWords)
	if view.Number.Value != "" && !isNumber(view.Number.Value) {
		view.Number.Error = page.Say("call.number.wrong")
	}
	if names.err != nil {
		return names.err
	}
	if len(view.Summary().Faults) > 0 {
		return v.Show(http.StatusUnprocessableEntity, view)
	}
	answer := store.Answer{
		By: f.By, Team: f.Contact.Team, Topic: f.Contact.Topic, Words: view.Words.Value,
		Scores: store.Scores{Overall: view.Scales[0].Chosen, Expected: view.Scales[1].Chosen, Ideal: view.Scales[2].Chosen},
	}
	if answer.ID, err = s.newUUID(); err != nil {
		return err
	}
	taken, err := s.Store.AnswerFollowUp(v.R.Context(), c, answer, s.Clock())
	if err != nil {
		return err
	}
	if !taken {
		return s.showOver(v) // in another window, a moment ago
	}
	done := &page.FollowedUp{Human: view.Human}
	if view.Number.Value != "" {
		wish := store.Callback{Note: f.Contact.Note, Number: view.Number.Value, Wanted: callTimes[0].value}
		if done.Call, err = s.askForCall(v, &wish); err != nil {
			return err
		}
		done.By = wish.Promised
	}
	return v.Show(http.StatusOK, done)
}
