package desk

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
)

// reachOf puts the form together that says how a person of a case is reached.
func (s *Server) reachOf(v *visit) (*openCase, *casework.Reach, error) {
	o, err := s.caseOf(v)
	if err != nil {
		return nil, nil, err
	}
	party := ledger.PartyID(chi.URLParam(v.R, "party"))
	for _, p := range o.persons {
		if p.Party == party {
			return o, &casework.Reach{
				Note: o.Note, Party: party, Person: p.Name, Phones: p.Phones, Email: p.Email, Address: p.Address, Language: p.Language,
			}, nil
		}
	}
	return nil, nil, ledger.Refuse(ledger.CodeNotFound)
}

func (s *Server) showReach(v *visit, status int, o *openCase, a *casework.Reach, failed page.Text) error {
	languages := page.Choice{Name: "language", Label: page.Say("case.field.language")}
	for _, l := range ledger.Languages() {
		languages.Options = append(languages.Options, page.Option{Value: string(l), Text: page.Say(page.Key("case.speaks." + string(l))), Chosen: a.Language == l})
	}
	field := func(f page.Field) view.FormPart {
		f.Label = page.Say(page.Key("case.field." + f.Name))
		return view.FormPart{Field: &f}
	}
	return v.Show(status, &view.CaseForm{
		Head: o.head(), Action: o.path() + "/persons/" + string(a.Party), Name: actName(string(casework.NameReach)), Failed: failed, Button: page.Say("case.save"),
		Parts: []view.FormPart{
			field(page.Field{Name: "name", Value: a.Person, Max: ledger.MaxNameRunes}),
			field(page.Field{Name: "phones", Value: strings.Join(a.Phones, "\n"), Rows: 2, Hint: page.Say("case.phones.hint"), Max: view.MaxReason, Optional: true}),
			field(page.Field{Name: "email", Value: a.Email, Type: "email", Max: ledger.MaxContactRunes, Optional: true}),
			field(page.Field{Name: "address", Value: a.Address, Rows: 3, Max: ledger.MaxAddressRunes, Optional: true}),
			{Choice: &languages},
		},
	})
}

func (s *Server) getCasePerson(v *visit) error {
	o, a, err := s.reachOf(v)
	if err != nil {
		return err
	}
	return s.showReach(v, http.StatusOK, o, a, page.Text{})
}

// postCasePerson writes how a person is reached, at once.
func (s *Server) postCasePerson(v *visit) error {
	o, a, err := s.reachOf(v)
	if err != nil {
		return err
	}
	form := v.R.PostForm
	a.Person, a.Email, a.Address = site.OwnWords(form.Get("name")), strings.TrimSpace(form.Get("email")), site.OwnWords(form.Get("address"))
	a.Language, a.Phones = ledger.Language(form.Get("language")), nil
	for line := range strings.Lines(site.OwnWords(form.Get("phones"))) {
		if line = strings.TrimSpace(line); line != "" {
			a.Phones = append(a.Phones, casework.Phone(line, o.note.Terms.Jurisdiction))
		}
	}
	return s.checked(v, v.do(a, "", o.path()), func(status int, failed page.Text) error { return s.showReach(v, status, o, a, failed) })
}

// reachFile asks for the rows of contact details.
func reachFile(rows string) *view.ReachFile {
	return &view.ReachFile{
		File:    page.Field{Name: "rows", Label: page.Say("reach.rows"), Hint: page.Say("reach.rows.hint"), Rows: 14, Value: rows},
		Columns: "case,name,phone,email,address,language",
	}
}

func (s *Server) getReachFile(v *visit) error { return v.Show(http.StatusOK, reachFile("")) }

// postReachFile writes contact details of many cases. Rows that are wrong are named,
// and hold the others up for nothing.
func (s *Server) postReachFile(v *visit) error {
	rows := v.R.PostForm.Get("rows")
	sheet := reachFile(rows)
	done, err := s.Desk.ReachFile(v.R.Context(), v.actor, strings.NewReader(rows))
	if refused, cause := site.RefusalOf(err, v.ID); err != nil && cause == nil {
		v.Code = refused.Code
		sheet.File.Error = page.Verbatim(refused.Text(v.Language))
		return v.Show(http.StatusUnprocessableEntity, sheet)
	}
	if err != nil {
		return err
	}
	sheet.File.Value, sheet.Done = "", page.Say("reach.done", "written", done.Written, "rows", done.Rows)
	for _, f := range done.Faults {
		sheet.Faults = append(sheet.Faults, view.RowFault{Line: f.Line, Column: f.Column, Text: f.Err.Text(v.Language)})
	}
	return v.Show(http.StatusOK, sheet)
}

// getAlternatives asks which milder ways were considered, before all of a debt is
// demanded.
func (s *Server) getAlternatives(v *visit) error {
	o, err := s.caseOf(v)
	if err != nil {
		return err
	}
	return s.showAlternatives(v, http.StatusOK, o, &casework.Alternatives{}, page.Text{})
}

func (s *Server) showAlternatives(v *visit, status int, o *openCase, a *casework.Alternatives, failed page.Text) error {
	sheet := &view.CaseForm{
		Head: o.head(), Action: o.path() + "/alternatives", Name: actName(string(casework.NameAlternatives)), Lead: page.Say("alternatives.lead"),
		Failed: failed, Button: page.Say("case.save"),
	}
	for _, way := range casework.AllAlternatives() {
		was := a.Considered[way]
		name := string(way)
		sheet.Parts = append(sheet.Parts,
			view.FormPart{Choice: &page.Choice{Name: name, Label: page.Say(page.Key("alternatives." + name)), Options: []page.Option{
				{Value: "yes", Text: page.Say("alternatives.yes"), Chosen: was.Offered}, {Value: "no", Text: page.Say("alternatives.no"), Chosen: !was.Offered},
			}}},
			view.FormPart{Field: &page.Field{Name: name + "-why", Label: page.Say("alternatives.why"), Value: was.Why, Max: view.MaxReason}})
	}
	return v.Show(status, sheet)
}

// postAlternatives writes down what was considered, and leads on to the demand.
func (s *Server) postAlternatives(v *visit) error {
	o, err := s.caseOf(v)
	if err != nil {
		return err
	}
	a := &casework.Alternatives{Note: o.Note, Considered: map[casework.Alternative]casework.Considered{}}
	for _, way := range casework.AllAlternatives() {
		a.Considered[way] = casework.Considered{
			Offered: v.R.PostForm.Get(string(way)) == "yes", Why: site.OwnWords(v.R.PostForm.Get(string(way) + "-why")),
		}
	}
	return s.checked(v, v.do(a, "", o.path()), func(status int, failed page.Text) error { return s.showAlternatives(v, status, o, a, failed) })
}
