package web

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Limits of a wish to be called.
const (
	leastDigits  = 6
	mostDigits   = 15 // ITU-T E.164
	maxNumber    = 32 // characters, with spaces and dashes
	maxCallWords = 500
)

// callTimes are when somebody may want to be called, in the order in which they are
// shown. The company reads the value.
var callTimes = []struct {
	value string
	text  page.Key
}{{"soon", "call.soon"}, {"morning", "call.morning"}, {"afternoon", "call.afternoon"}, {"evening", "call.evening"}}

// callForm is the form with what was written, and with what is wrong in it.
func callForm(number, when, words string) *page.CallMe {
	f := &page.CallMe{
		Number: page.Field{
			Name: "number", Label: page.Say("call.number"), Hint: page.Say("call.number.hint"), Value: number, Type: "tel",
			Autocomplete: "tel", Mode: "tel", Max: maxNumber,
		},
		When: page.Choice{Name: "when", Label: page.Say("call.when")},
		Words: page.Field{
			Name: "words", Label: page.Say("call.words"), Hint: page.Say("call.words.hint"), Value: words, Rows: 4,
			Max: maxCallWords, Optional: true,
		},
	}
	for _, t := range callTimes {
		f.When.Options = append(f.When.Options, page.Option{Value: t.value, Text: page.Say(t.text), Chosen: t.value == when})
	}
	return f
}

// asking is a place from which somebody asks to be called: about which note, and who
// will call.
type asking struct {
	path  string // of the page that leads here
	note  ledger.NoteID
	human page.HumanCard
}

// askingOfNote is that of a note's page for everybody.
func (s *Server) askingOfNote(v *visit) (*asking, error) {
	c, n, err := s.noteOfCode(v)
	if err != nil {
		return nil, err
	}
	names := s.names(v.R.Context())
	a := &asking{path: "/n/" + c.String(), note: n.State.ID, human: names.human(&reading{note: n.State, holder: n.Holder})}
	return a, names.err
}

func (s *Server) getCall(v *visit) error {
	a, err := s.askingOfNote(v)
	if err != nil {
		return err
	}
	return s.showCall(v, a)
}

func (s *Server) postCall(v *visit) error {
	a, err := s.askingOfNote(v)
	if err != nil {
		return err
	}
	return s.takeCall(v, a)
}

func (s *Server) showCall(v *visit, a *asking) error {
	number := ""
	if v.person != nil {
		number = v.person.Phone
	}
	f := callForm(number, callTimes[0].value, "")
	f.Path, f.Human = a.path, a.human
	f.Human.Call = "" // it stands on the page that asks for the call
	return v.Show(http.StatusOK, f)
}

// takeCall keeps what was asked for in the form.
func (s *Server) takeCall(v *visit, a *asking) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	a.human.Call = ""
	number, words := strings.TrimSpace(v.R.PostForm.Get("number")), strings.TrimSpace(v.R.PostForm.Get("words"))
	f := callForm(clipRunes(number, maxNumber), v.R.PostForm.Get("when"), clipRunes(words, maxCallWords))
	f.Path, f.Human = a.path, a.human
	wanted := slices.IndexFunc(f.When.Options, func(o page.Option) bool { return o.Chosen })
	wanted = max(wanted, 0) // the form offers no other; whoever wrote one is called soon
	if !isNumber(number) {
		f.Number.Error = page.Say("call.number.wrong")
	}
	if utf8.RuneCountInString(words) > maxCallWords || !site.IsText(words) {
		f.Words.Error = page.Say("call.words.long", "most", maxCallWords)
	}
	if len(f.Summary().Faults) > 0 {
		return v.Show(http.StatusUnprocessableEntity, f)
	}
	wish := store.Callback{Note: a.note, Number: number, Wanted: callTimes[wanted].value, Words: words}
	added, err := s.askForCall(v, &wish)
	if err != nil {
		return err
	}
	// Shown at once and not redirected to: the number stands in no address.
	return v.Show(http.StatusOK, &page.CallComes{Path: a.path, Human: a.human, Number: number, By: wish.Promised, Waiting: !added})
}

// askForCall keeps a wish to be called with the time that is promised: added is false
// where too many wait.
func (s *Server) askForCall(v *visit, wish *store.Callback) (added bool, err error) {
	wish.Language, wish.Created = v.Language, s.Clock()
	wish.Promised = promised(wish.Wanted, wish.Created)
	if v.party != nil {
		wish.Party = v.party.ID
	}
	if wish.ID, err = s.newUUID(); err != nil {
		return false, err
	}
	return s.Store.AddCallback(v.R.Context(), *wish)
}

// The hours, where the readers are, by which a call is promised.
const (
	noon       = 12
	dayEnds    = 17
	eveEnds    = 20
	soonHours  = 4
	leastHours = 1 // before the end of the time that was chosen
)

// promised gives the time by which somebody is called who asks now. It is in hours in
// which people work: soon is within four of them.
func promised(wanted string, now time.Time) time.Time {
	by := map[string]int{"morning": noon, "afternoon": dayEnds, "evening": eveEnds}[wanted]
	day, hour := page.LocalDay(now)
	calendar, err := finance.CalendarFor(finance.Sweden)
	if err != nil { // its tables are part of the program
		return now.Add(oneDay)
	}
	open := calendar.IsBusinessDay(day)
	if by == 0 {
		if open && hour >= 8 && hour+soonHours < dayEnds {
			return page.LocalHour(day, hour+soonHours)
		}
		by, open = noon, open && hour < 8
	}
	if !open || hour+leastHours >= by {
		day = calendar.NextBusinessDay(day.AddDays(1))
	}
	return page.LocalHour(day, by)
}

// oneDay is a day on the clock.
const oneDay = 24 * time.Hour

// isNumber says whether a text may be a telephone number. Whether it answers is found
// out by calling it.
func isNumber(text string) bool {
	if len(text) > maxNumber {
		return false
	}
	digits := 0
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '+' && i == 0, r == ' ', r == '-', r == '(', r == ')':
		default:
			return false
		}
	}
	return digits >= leastDigits && digits <= mostDigits
}

func clipRunes(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most])
}
