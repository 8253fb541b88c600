package api

import (
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// monthLength is how much of a date names its month: 2026-11.
const monthLength = len("2026-11")

// followUpAnswer is what somebody said of a contact. It tells nothing of who did, and
// no day.
type followUpAnswer struct {
	ID       string `json:"id"`
	Month    string `json:"month"`
	Team     string `json:"team,omitempty"`
	Topic    string `json:"topic,omitempty"`
	Overall  int    `json:"overall"`
	Expected int    `json:"expected"`
	Ideal    int    `json:"ideal"`
	Words    string `json:"words,omitempty"`
}

type answersAnswer struct {
	Answers []followUpAnswer `json:"answers"`
	Next    string           `json:"next"` // place after which the list goes on, now or another day
}

// listAnswers lists what was said of the caller's contacts until yesterday, after a
// place, the oldest first.
func (s *Server) listAnswers(w http.ResponseWriter, r *http.Request) error {
	q := readQuery(r, "after", "limit")
	want := store.AnswersQuery{
		By: callOf(r.Context()).party.ID, Before: finance.DateOf(s.Clock()), Limit: q.number("limit", defaultPage, 1, maxPage),
	}
	a := answersAnswer{Answers: []followUpAnswer{}}
	a.Next = q.text("after", "the next of the page before", func(v string) bool {
		var err error
		day, id, _ := strings.Cut(v, ".")
		want.AfterID = id
		want.AfterDay, err = finance.ParseDate(day)
		return err == nil && uuid.Validate(id) == nil
	})
	if q.err != nil {
		return q.err
	}
	page, _, err := s.Store.Answers(r.Context(), want)
	if err != nil {
		return err
	}
	for _, one := range page {
		day := one.Day.String()
		a.Answers = append(a.Answers, followUpAnswer{
			ID: one.ID, Month: day[:monthLength], Team: one.Team, Topic: one.Topic,
			Overall: one.Overall, Expected: one.Expected, Ideal: one.Ideal, Words: one.Words,
		})
		a.Next = day + "." + one.ID
	}
	return answer(w, http.StatusOK, a)
}
