package desk

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/letter"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
)

// payDays is how long a letter gives where nobody says otherwise.
const payDays = 14

// letterAct puts the form of a letter together, and reads the act from it.
func (s *Server) letterAct(v *visit, in url.Values, sent bool) (*form, *casework.LetterSend, error) {
	o, err := s.caseOf(v)
	if err != nil {
		return nil, nil, err
	}
	f := &form{openCase: o, in: in, sent: sent}
	kinds := make([]page.Option, 0, len(letter.Kinds()))
	for _, k := range letter.Kinds() {
		kinds = append(kinds, page.Option{Value: string(k), Text: letterKind(string(k))})
	}
	a := &casework.LetterSend{Note: o.Note, Kind: letter.Kind(f.choose("letter", kinds))}
	if len(o.persons) > 1 {
		whom := []page.Option{{Value: everybody, Text: page.Say("letter.everybody")}}
		for _, p := range o.persons {
			whom = append(whom, page.Option{Value: string(p.Party), Text: page.Verbatim(p.Name)})
		}
		if to := f.choose("to", whom); to != everybody {
			a.To = ledger.PartyID(to)
		}
	}
	ways := []page.Option{{Value: surest, Text: page.Say("letter.surest")}}
	for _, w := range casebook.Deliveries() {
		ways = append(ways, page.Option{Value: string(w), Text: page.Say(page.Key("case.channel." + w))})
	}
	if way := f.choose("channel", ways); way != surest {
		a.Channel = casebook.Delivery(way)
	}
	a.PayBy = f.day("pay_by", o.today.AddDays(payDays), true)
	a.Fee = f.amount("fee", true).Amount
	a.Words = f.words()
	return f, a, nil
}

// What a letter's form has beside persons and ways.
const (
	everybody = "all"
	surest    = "surest"
)

// words asks for what is said in own words, of a correction and of an answer.
func (f *form) words() string {
	typed := site.OwnWords(f.in.Get("words"))
	var fault page.Text
	if site.TooLong(typed, casework.MaxWords) {
		fault = page.Say("wants.long", "most", casework.MaxWords)
	}
	f.field(page.Field{Name: "words", Label: f.label("words"), Hint: page.Say("letter.words.hint"), Value: typed, Rows: 6, Max: casework.MaxWords, Optional: true}, fault)
	return typed
}

func (s *Server) showLetterForm(v *visit, status int, f *form, drafts []casework.LetterDraft, failed page.Text) error {
	sheet := &view.LetterForm{
		CaseForm: view.CaseForm{
			Head: f.head(), Action: f.path() + "/letter", Name: actName(string(casework.NameLetterSend)), Lead: page.Say("letter.lead"),
			Parts: f.parts, Failed: failed, Button: page.Say("case.check"),
		},
		Outbox: s.outbox(),
	}
	for i := range drafts {
		sheet.Drafts = append(sheet.Drafts, draftOf(&drafts[i]))
	}
	return v.Show(status, sheet)
}

// draftOf shows a letter before it is sent, or what it lacks.
func draftOf(d *casework.LetterDraft) view.LetterDraft {
	shown := view.LetterDraft{Name: d.Person.Name, Way: page.Say("letter.no-way")}
	if d.Channel != "" {
		shown.Way = page.Say("letter.goes", "way", page.Say(page.Key("case.channel."+d.Channel)))
	}
	for _, e := range d.Missing {
		shown.Missing = append(shown.Missing, view.LetterElement{Text: page.Say(page.Key("letter.lacks." + e.ID)), Source: e.Source})
	}
	if d.Letter != nil {
		paper := paperOf(d.Letter)
		shown.Paper = &paper
	}
	return shown
}

func (s *Server) getLetterForm(v *visit) error {
	f, _, err := s.letterAct(v, v.R.URL.Query(), false)
	if err != nil {
		return err
	}
	return s.showLetterForm(v, http.StatusOK, f, nil, page.Text{})
}

// postLetterForm shows what would be sent, or leads on to the check of it.
func (s *Server) postLetterForm(v *visit) error {
	f, a, err := s.letterAct(v, v.R.PostForm, true)
	if err != nil {
		return err
	}
	if f.wrong {
		return s.showLetterForm(v, http.StatusUnprocessableEntity, f, nil, page.Text{})
	}
	again := func(status int, failed page.Text) error {
		drafts, err := s.Desk.Drafts(v.R.Context(), a)
		if err != nil {
			return err
		}
		return s.showLetterForm(v, status, f, drafts, failed)
	}
	if v.R.PostForm.Get("do") == "send" {
		return s.checked(v, v.check(a, "", f.path()), again)
	}
	err = a.Check(v.R.Context(), s.Desk)
	refusal, refused := errors.AsType[*ledger.Error](err)
	switch {
	case err == nil:
		return again(http.StatusOK, page.Text{})
	case !refused || refusal.Class() == ledger.ClassUnavailable:
		return err
	}
	return again(http.StatusOK, page.Say("check.refused", "why", refusal.Text(v.Language)))
}
