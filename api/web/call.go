package web

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
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

func (s *Server) getCall(v *visit) error {
	c, n, err := s.noteOfCode(v)
	if err != nil {
		return err
	}
	number := ""
	if v.person != nil {
		number = v.person.Phone
	}
	f := callForm(number, callTimes[0].value, "")
	f.Code = c.String()
	if f.Human, err = s.answerer(v, n); err != nil {
		return err
	}
	return v.Show(http.StatusOK, f)
}

// answerer gives the card of who calls about a note.
func (s *Server) answerer(v *visit, n *store.Note) (page.HumanCard, error) {
	names := s.names(v.R.Context())
	card := names.human(&reading{note: n.State, holder: n.Holder})
	card.Call = "" // it stands on the page that asks for the call
	return card, names.err
}

func (s *Server) postCall(v *visit) error {
	c, n, err := s.noteOfCode(v)
	if err != nil {
		return err
	}
	if err := v.ParseForm(); err != nil {
		return err
	}
	human, err := s.answerer(v, n)
	if err != nil {
		return err
	}
	number, words := strings.TrimSpace(v.R.PostForm.Get("number")), strings.TrimSpace(v.R.PostForm.Get("words"))
	f := callForm(clipRunes(number, maxNumber), v.R.PostForm.Get("when"), clipRunes(words, maxCallWords))
	f.Code, f.Human = c.String(), human
	wanted := -1
	for i, o := range f.When.Options {
		if o.Chosen {
			wanted = i
		}
	}
	if wanted < 0 { // the form offers no other; whoever wrote one is called soon
		wanted = 0
	}
	if !isNumber(number) {
		f.Number.Error = page.Say("call.number.wrong")
	}
	if utf8.RuneCountInString(words) > maxCallWords || !site.IsText(words) {
		f.Words.Error = page.Say("call.words.long", "most", maxCallWords)
	}
	if len(f.Summary().Faults) > 0 {
		return v.Show(http.StatusUnprocessableEntity, f)
	}
	wish := store.Callback{
		Note: n.State.ID, Number: number, Wanted: callTimes[wanted].value, Language: v.Language, Words: words, Created: s.Clock(),
	}
	if v.party != nil {
		wish.Party = v.party.ID
	}
	if wish.ID, err = s.newUUID(); err != nil {
		return err
	}
	added, err := s.Store.AddCallback(v.R.Context(), wish)
	if err != nil {
		return err
	}
	// Shown at once and not redirected to: the number stands in no address.
	return v.Show(http.StatusOK, &page.CallComes{
		Code: c.String(), Human: human, Number: number, When: page.Say(callTimes[wanted].text), Waiting: !added,
	})
}

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
