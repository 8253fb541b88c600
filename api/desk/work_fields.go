package desk

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// typedTime is how a browser sends a day and a time.
const typedTime = "2006-01-02T15:04"

// written is what somebody wrote into a field, without spaces around it; "" for what
// no person writes.
func (v *visit) written(name string) string {
	text := strings.ReplaceAll(strings.TrimSpace(v.R.PostForm.Get(name)), "\r\n", "\n")
	if !site.IsText(text) {
		return ""
	}
	return text
}

// writtenTime reads a day and a time of a form, as the people's clocks show them; the
// zero time where there is none.
func (v *visit) writtenTime(name string) time.Time {
	at, err := time.ParseInLocation(typedTime, v.R.PostForm.Get(name), page.Local())
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// writtenDay reads a day of a form; no day where there is none.
func (v *visit) writtenDay(name string) finance.Date {
	d, err := finance.ParseDate(v.R.PostForm.Get(name))
	if err != nil {
		return finance.Date{}
	}
	return d
}

// typed writes a time as a browser wants it in a field; "" for the zero time.
func typed(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(page.Local()).Format(typedTime)
}

func askText(name string, value string, most int) view.Ask {
	return view.Ask{Field: &page.Field{Name: name, Label: page.Say(page.Key("work." + name)), Value: value, Max: most, Optional: true}}
}

// askWords asks for a text of several lines.
func askWords(name, value string, most, rows int) view.Ask {
	a := askText(name, value, most)
	a.Field.Rows = rows
	return a
}

func askTime(name string, value time.Time) view.Ask {
	a := askText(name, typed(value), 0)
	a.Field.Type = "datetime-local"
	return a
}

func askDay(name string, value finance.Date) view.Ask {
	a := askText(name, value.String(), 0)
	a.Field.Type = "date"
	return a
}

func askPhone(name, value string) view.Ask {
	a := askText(name, value, maxNumberTyped)
	a.Field.Type, a.Field.Mode = "tel", "tel"
	return a
}

// maxNumberTyped bounds a telephone number with its spaces.
const maxNumberTyped = 30

// needed makes what is asked for one that must be there, with a hint.
func needed(a view.Ask) view.Ask {
	a.Field.Optional = false
	return a
}

// hinted says more about what is asked for.
func hinted(a view.Ask, hint page.Key) view.Ask {
	switch {
	case a.Field != nil:
		a.Field.Hint = page.Say(hint)
	case a.Pick != nil:
		a.Pick.Hint = page.Say(hint)
	}
	return a
}

// options are the values of a field, named by the words under a prefix.
func options[T ~string](all []T, prefix string, chosen T) []page.Option {
	o := make([]page.Option, len(all))
	for i, value := range all {
		o[i] = page.Option{Value: string(value), Text: page.Say(page.Key(prefix + string(value))), Chosen: value == chosen}
	}
	return o
}

func askPick[T ~string](name string, all []T, chosen T) view.Ask {
	return view.Ask{Pick: &view.Pick{Name: name, Label: page.Say(page.Key("work." + name)), Options: options(all, "work."+name+".", chosen)}}
}

func askChoice[T ~string](name string, all []T, chosen T) view.Ask {
	return view.Ask{Choice: &page.Choice{Name: name, Label: page.Say(page.Key("work." + name)), Options: options(all, "work."+name+".", chosen)}}
}

// askStaff asks for somebody who works cases here; nobody is the first of them where
// the words for that are given.
func (s *Server) askStaff(v *visit, name string, chosen casebook.StaffID, nobody page.Key) (view.Ask, error) {
	all, _, err := s.Desk.Book.AllStaff(v.R.Context(), 0, store.MaxPage)
	if err != nil {
		return view.Ask{}, err
	}
	p := &view.Pick{Name: name, Label: page.Say(page.Key("work." + name))}
	if nobody != "" {
		p.Options = append(p.Options, page.Option{Text: page.Say(nobody), Chosen: chosen == ""})
	}
	for i := range all {
		if all[i].Disabled.IsZero() && casework.ActorOf(&all[i]).Is(workers...) {
			p.Options = append(p.Options, page.Option{Value: string(all[i].ID), Text: page.Verbatim(all[i].Name), Chosen: all[i].ID == chosen})
		}
	}
	return view.Ask{Pick: p}, nil
}

// askPerson asks which person of the case it was; nobody knows is one of the answers.
func (o *openCase) askPerson(chosen ledger.PartyID) view.Ask {
	p := &view.Pick{Name: "party", Label: page.Say("work.party")}
	for i, person := range o.persons {
		first := chosen == "" && i == 0
		p.Options = append(p.Options, page.Option{Value: string(person.Party), Text: page.Verbatim(person.Name), Chosen: first || person.Party == chosen})
	}
	p.Options = append(p.Options, page.Option{Text: page.Say("work.party.other")})
	return view.Ask{Pick: p}
}

// tried does what a form asks for. What is wrong with a field is noted at the field,
// and done is nil then.
func (v *visit) tried(form *view.WorkForm, act casework.Act, reason string) (done *casework.Done, err error) {
	d, err := v.server.Desk.Do(v.R.Context(), casework.Request{Actor: v.actor, Act: act, Reason: reason})
	if err == nil {
		return &d, nil
	}
	refused, cause := site.RefusalOf(err, v.ID)
	if cause != nil || refused.Code != ledger.CodeBodyInvalid {
		return nil, err
	}
	name := refused.Params["field"]
	says := page.Key("work." + name + ".wrong")
	if !view.Known(says) || !form.Wrong(name, page.Say(says)) {
		return nil, err
	}
	v.Code = refused.Code
	return nil, nil
}

// workForm makes a form about a case with what was written into it, and the act that it
// asks for. Nothing is written where the request is no form.
type workForm func(s *Server, v *visit, o *openCase) (*view.WorkSheet, casework.Act, error)

// getWorkForm shows a form about a case.
func getWorkForm(make workForm) handler {
	return func(s *Server, v *visit) error {
		o, err := s.caseOf(v)
		if err != nil {
			return err
		}
		sheet, _, err := make(s, v, o)
		if err != nil {
			return err
		}
		return v.Show(http.StatusOK, o.sheet(sheet))
	}
}

// postWorkForm does what a form about a case asks for, and leads back to the case, or
// to where next says.
func postWorkForm(make workForm, next func(act casework.Act, id string) string) handler {
	return func(s *Server, v *visit) error {
		if err := v.ParseForm(); err != nil {
			return err
		}
		o, err := s.caseOf(v)
		if err != nil {
			return err
		}
		sheet, act, err := make(s, v, o)
		if err != nil {
			return err
		}
		done, err := v.tried(sheet.Forms[0], act, "")
		if err != nil {
			return err
		}
		if done == nil {
			return v.Show(http.StatusUnprocessableEntity, o.sheet(sheet))
		}
		to := o.path()
		if next != nil {
			to = cmp.Or(next(act, done.ID), to)
		}
		return v.Redirect(with(to, "done", done.ID))
	}
}

// sheet makes a page of a case out of a form.
func (o *openCase) sheet(s *view.WorkSheet) *view.WorkSheet {
	s.Case = page.Link{Href: o.path(), Text: page.Say("work.case", "name", o.name(), "number", int(o.Number))}
	return s
}
