package desk

import (
	"context"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/facts"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// openCase is a case that somebody has open, with what a page of it says.
type openCase struct {
	*casebook.Case
	ctx     context.Context
	server  *Server
	note    *ledger.Note
	holder  ledger.PartyID
	today   finance.Date
	facts   *facts.Note
	persons []casebook.PersonOfCase
	parties map[ledger.PartyID]*ledger.Party
	staff   map[casebook.StaffID]string
}

// caseOf opens the case that the address names. That somebody has looked at it is
// written down before anything of it is shown.
func (s *Server) caseOf(v *visit) (*openCase, error) {
	number, err := strconv.ParseInt(chi.URLParam(v.R, "number"), 10, 64)
	if err != nil {
		return nil, ledger.Refuse(ledger.CodeNotFound)
	}
	ctx := v.R.Context()
	c, err := s.Desk.Book.Case(ctx, number)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, ledger.Refuse(ledger.CodeNotFound)
	}
	n, err := s.Desk.Book.Note(ctx, c.Note)
	if err != nil {
		return nil, err
	}
	if n == nil || n.State.Status == ledger.StatusErased {
		return nil, ledger.Refuse(ledger.CodeNoteErased)
	}
	if err := v.Reads("case", c.Note); err != nil {
		return nil, err
	}
	o := &openCase{
		Case: c, ctx: ctx, server: s, note: n.State, holder: n.Holder, today: finance.DateOf(s.Clock()), parties: map[ledger.PartyID]*ledger.Party{},
	}
	if o.facts, err = facts.Of(o.note, facts.Reader{Holder: o.holder, Today: o.today}); err != nil {
		return nil, err
	}
	if o.persons, err = s.Desk.Book.PersonsOf(ctx, c.Note); err != nil {
		return nil, err
	}
	if o.staff, err = s.Desk.Book.StaffNames(ctx); err != nil {
		return nil, err
	}
	return o, nil
}

func casePath(number int64) string { return casesPath + "/" + strconv.FormatInt(number, 10) }

func (o *openCase) path() string { return casePath(o.Number) }

// name names the persons of the case.
func (o *openCase) name() string { return namesOf(o.persons) }

func namesOf(persons []casebook.PersonOfCase) string {
	names := make([]string, 0, len(persons))
	for _, p := range persons {
		if p.Name != "" {
			names = append(names, p.Name)
		}
	}
	if len(names) == 0 {
		return nameless
	}
	return strings.Join(names, " & ")
}

// nameless stands where a case has no names: an older note says none.
const nameless = "–"

// situationTones say how each situation is meant to staff.
var situationTones = map[facts.Situation]page.Tone{
	facts.Running: page.ToneDone, facts.Overdue: page.ToneAttention, facts.Accelerated: page.ToneAttention, facts.OnPlan: page.ToneDone, facts.Paused: page.ToneCalm,
	facts.Disputed: page.ToneStop, facts.Frozen: page.ToneStop, facts.Barred: page.ToneStop, facts.Unnotified: page.ToneStop,
	facts.Discharged: page.ToneDone, facts.Void: page.ToneCalm, facts.Erased: page.ToneCalm,
	facts.Waiting: page.ToneCalm, facts.Signed: page.ToneCalm, facts.Expired: page.ToneCalm,
}

// status says where the debt stands, for who works with it.
func (o *openCase) status() page.Status {
	f := o.facts
	st := page.Status{Tone: situationTones[f.Situation], Text: page.Say(page.Key("case.is." + f.Situation))}
	if f.Situation == facts.Overdue {
		st.More = page.Say("case.late", "amount", o.money(f.Late()), "date", f.Summary.Arrears.OldestPayBy)
	}
	return st
}

func (o *openCase) head() view.CaseHead {
	return view.CaseHead{Href: o.path(), Number: strconv.FormatInt(o.Number, 10), Name: o.name(), Status: o.status()}
}

func (o *openCase) money(a finance.Amount) finance.Money {
	return finance.Money{Amount: a, Currency: o.note.Terms.Principal.Currency}
}

// party gives a party that the read model knows, each once; nil where it knows none.
func (o *openCase) party(id ledger.PartyID) (*ledger.Party, error) {
	if p, known := o.parties[id]; known || id == "" {
		return p, nil
	}
	p, err := o.server.Desk.Book.Party(o.ctx, id)
	if err == nil {
		o.parties[id] = p
	}
	return p, err
}

// who names a party: a person of the case as the case has it, a company by its name.
func (o *openCase) who(id ledger.PartyID) (string, error) {
	for _, p := range o.persons {
		if p.Party == id && p.Name != "" {
			return p.Name, nil
		}
	}
	p, err := o.party(id)
	switch {
	case err != nil:
		return "", err
	case p != nil && p.Name != "":
		return p.Name, nil
	case id == o.note.Lender && o.note.Payee != "":
		return o.note.Payee, nil
	}
	return string(id), nil
}

// works says whether the reader may change cases.
func (v *visit) works() bool { return v.actor.Is(caseworkers...) }

// getCaseOf leads to the case of a note.
func (s *Server) getCaseOf(v *visit) error {
	c, err := s.Desk.Book.CaseOf(v.R.Context(), ledger.NoteID(chi.URLParam(v.R, "note")))
	if err != nil {
		return err
	}
	if c == nil {
		return ledger.Refuse(ledger.CodeNotFound)
	}
	to := casePath(c.Number)
	if v.R.URL.RawQuery != "" {
		to += "?" + v.R.URL.RawQuery // what was just done
	}
	return v.Redirect(to)
}

// postCaseOwner takes a case, or hands it over.
func (s *Server) postCaseOwner(v *visit) error {
	o, err := s.caseOf(v)
	if err != nil {
		return err
	}
	act := &casework.Assign{Note: o.Note, Owner: casebook.StaffID(v.R.PostForm.Get("owner")), Team: o.Team}
	if v.R.PostForm.Has("take") {
		act.Owner, act.Team = v.staff.ID, v.staff.Team
	}
	return v.do(act, "", o.path())
}
