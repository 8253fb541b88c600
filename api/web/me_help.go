package web

import (
	"net/http"
	"strconv"

	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

const (
	// maxPause is how many months a pause proposed here can have. The first payment
	// after it must lie within ledger.MaxPauseDays.
	maxPause = 6
	// firstPause is what the page begins with.
	firstPause = 2
	// planDays is how far ahead the first payment of a plan lies: time to answer, and
	// a payday in between.
	planDays = 30
	// lighter is the part of today's payment, in hundredths, that the page begins with.
	lighter = 60
)

// The ways that can be proposed, as the form names them.
const (
	wayPlan  = "plan"
	wayPause = "pause"
)

// getWays compares two ways to pay what is left beside the one that is agreed. The
// address holds the amounts that are being tried, and nobody's words.
func (s *Server) getWays(v *visit) error {
	t, err := s.door(v, ledger.ScopeAgree)
	if err != nil {
		return err
	}
	if t.note.Status != ledger.StatusActive {
		return v.Redirect(pathOf(t.note.ID))
	}
	q := v.R.URL.Query()
	view, err := s.helpDoor(v, t, q.Get("monthly"), q.Get("months"))
	if err != nil {
		return err
	}
	status := http.StatusOK
	if len(view.Errors().Faults) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return v.Show(status, view)
}

func (s *Server) helpDoor(v *visit, t *teller, monthly, months string) (*page.HelpDoor, error) {
	now, err := ledger.Foresee(t.note, t.holder, t.today)
	if err != nil {
		return nil, err
	}
	w := ways{teller: t, now: now, language: v.Language}
	if monthly == "" {
		monthly = w.firstMonthly()
	}
	if months == "" {
		months = strconv.Itoa(firstPause)
	}
	view := &page.HelpDoor{
		Head: t.head(), Human: t.human(t.reading), Answers: t.company(t.facts.Agrees),
		Monthly: page.Field{
			Name: "monthly", Label: page.Say("aid.monthly"), Value: monthly, Mode: "decimal", Max: site.MaxAmountTyped, Autocomplete: "off",
			Unit: string(now.Currency),
		},
		Months: page.Field{
			Name: "months", Label: page.Say("aid.months"), Hint: page.Say("aid.monthshint", "most", maxPause), Value: months,
			Mode: "numeric", Max: 2, Autocomplete: "off",
		},
		Words: page.Field{Name: "words", Label: page.Say("aid.words"), Rows: 4, Max: ledger.MaxTextRunes, Optional: true},
	}
	if err := w.fill(view); err != nil {
		return nil, err
	}
	return view, t.err
}

// postWays writes the proposal that was chosen for the reader to sign. It proposes
// what the page showed, by the numbers that the form carries; the ledger checks them
// like any other.
func (s *Server) postWays(v *visit) error {
	t, err := s.door(v, ledger.ScopeAgree)
	if err != nil {
		return err
	}
	form := v.R.PostForm
	words, back := site.OwnWords(form.Get("words")), pathOf(t.note.ID)+"/help"
	amendment, ok := proposedBy(form.Get)
	if !ok || site.TooLong(words, ledger.MaxTextRunes) {
		view, err := s.helpDoor(v, t, "", "")
		if err != nil {
			return err
		}
		view.Words.Value, view.Words.Error = words, wants(words, 0, ledger.MaxTextRunes)
		if !ok {
			view.Words.Error = page.Say("wants.way")
		}
		return v.Show(http.StatusUnprocessableEntity, view)
	}
	return s.draft(v, drafting{
		op: ledger.OpAmendPropose, reading: t.reading, body: ledger.AmendProposeBody{Amendment: amendment, Text: words}, back: back,
	})
}

// proposedBy reads which way a form chose.
func proposedBy(field func(string) string) (a ledger.Amendment, ok bool) {
	way := field("way")
	switch way {
	case wayPlan:
		a.Kind = ledger.AmendPlan
	case wayPause:
		a.Kind = ledger.AmendPause
	default:
		return a, false
	}
	var err error
	if a.FirstDue, err = finance.ParseDate(field(way + "_due")); err != nil {
		return a, false
	}
	if a.DueDay, err = strconv.Atoi(field(way + "_day")); err != nil {
		return a, false
	}
	if a.Instalments, err = strconv.Atoi(field(way + "_number")); err != nil {
		return a, false
	}
	return a, true
}
