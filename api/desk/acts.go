package desk

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	actsPath      = "/desk/acts"
	approvalsPath = "/desk/approvals"
)

// actRoutes are the check of acts, their undoing, and those that wait for a second
// person. Whether somebody may do an act is for the table of acts to say.
var actRoutes = []route{
	{method: get, pattern: "/desk/check/{draft}", member: true, handle: (*Server).getCheck},
	{method: post, pattern: "/desk/check/{draft}", member: true, handle: (*Server).postCheck},
	{method: get, pattern: "/desk/acts/{act}", member: true, handle: (*Server).getAct},
	{method: post, pattern: "/desk/acts/{act}/undo", member: true, handle: (*Server).postUndo},
	{method: get, pattern: approvalsPath, roles: readers, handle: (*Server).getApprovals},
	{method: get, pattern: "/desk/approvals/{approval}", roles: readers, handle: (*Server).getApproval},
	{method: post, pattern: "/desk/approvals/{approval}", roles: workers, handle: (*Server).postApproval},
}

// do does a simple act at once and leads back to a page, which says that it was done
// and offers to undo it.
func (v *visit) do(act casework.Act, reason, back string) error {
	done, err := v.server.Desk.Do(v.R.Context(), casework.Request{Actor: v.actor, Act: act, Reason: reason})
	if err != nil {
		return err
	}
	return v.Redirect(with(back, "done", done.ID))
}

// check leads to the page that says what an act will do, before it is done.
func (v *visit) check(act casework.Act, reason, back string) error {
	return v.plan(casework.Request{Actor: v.actor, Act: act, Reason: reason}, back)
}

func (v *visit) plan(r casework.Request, back string) error {
	id, err := v.server.Desk.Plan(v.R.Context(), r, back)
	if err != nil {
		return err
	}
	return v.Redirect("/desk/check/" + id)
}

// with adds a parameter to an address of ours.
func with(address, name, value string) string {
	u, err := url.Parse(address)
	if err != nil {
		return homePath
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// happened says what the reader has just done, if that is why they are here. Only
// their own acts are told.
func (v *visit) happened() *view.Happened {
	q, ctx := v.R.URL.Query(), v.R.Context()
	if id := q.Get("done"); id != "" {
		act, err := v.server.Desk.Book.Act(ctx, id)
		if err != nil || act == nil || act.Staff != v.staff.ID {
			return nil
		}
		h := &view.Happened{Text: page.Say("act.done", "what", actName(act.Name))}
		if act.UndoName != "" {
			h.Undo = actsPath + "/" + act.ID
		}
		return h
	}
	if id := q.Get("waits"); id != "" {
		a, err := v.server.Desk.Book.Approval(ctx, id)
		if err != nil || a == nil || a.Asked != v.staff.ID {
			return nil
		}
		return &view.Happened{Text: page.Say("act.waits", "what", actName(a.Name)), Waits: true}
	}
	return nil
}

// actName is what an act is called.
func actName(name string) page.Text { return page.Say(page.Key("act.name." + name)) }

// textOf makes a text of the pages of what the casework says.
func textOf(s casework.Saying) page.Text {
	t := page.Text{Key: page.Key(s.Key), With: make([]any, 0, len(s.With))}
	for _, value := range s.With {
		if inner, ok := value.(casework.Saying); ok {
			value = textOf(inner)
		}
		t.With = append(t.With, value)
	}
	return t
}

func textsOf(all []casework.Saying) []page.Text {
	texts := make([]page.Text, len(all))
	for i, s := range all {
		texts[i] = textOf(s)
	}
	return texts
}

// noteLink is the way to a note's case; none where an act is about none.
func noteLink(id ledger.NoteID) page.Link {
	if id == "" {
		return page.Link{}
	}
	return page.Link{Href: "/desk/cases/of/" + string(id), Text: page.Say("act.case")}
}

// getCheck says what an act will do.
func (s *Server) getCheck(v *visit) error {
	p, err := s.Desk.Planned(v.R.Context(), v.actor, chi.URLParam(v.R, "draft"))
	if err != nil {
		return err
	}
	return s.showCheck(v, http.StatusOK, p, page.Text{})
}

// will says what an act will do: all of it, since who confirms or agrees reads no more.
func (s *Server) will(v *visit, act casework.Act) ([]page.Text, error) {
	texts := textsOf(act.Describe())
	if c, is := act.(*casework.RuleChange); is {
		changes, err := c.Changes(v.R.Context(), s.Desk)
		return append(texts, v.saysRules(changes)...), err
	}
	return texts, nil
}

func (s *Server) showCheck(v *visit, status int, p *casework.Planned, failed page.Text) error {
	will, err := s.will(v, p.Act)
	if err != nil {
		return err
	}
	return v.Show(status, &view.Check{
		Action: "/desk/check/" + p.ID, Cancel: p.Back, Name: actName(string(p.Act.Name())), Will: will,
		Note: noteLink(p.Act.Subject()), Reason: p.Reason, Approval: p.Approval, Failed: failed,
	})
}

// postCheck does an act whose check was read, or has it wait for a second person.
func (s *Server) postCheck(v *visit) error {
	id := chi.URLParam(v.R, "draft")
	p, waits, err := s.Desk.Confirm(v.R.Context(), v.actor, id)
	if refused, cause := site.RefusalOf(err, v.ID); err != nil && cause == nil && p != nil {
		v.Code = refused.Code
		return s.showCheck(v, site.StatusOf(refused.Class()), p, page.Say("check.refused", "why", refused.Text(v.Language)))
	}
	if err != nil {
		return err
	}
	if waits {
		return v.Redirect(with(p.Back, "waits", id))
	}
	return v.Redirect(with(p.Back, "done", id))
}

// mayRead says whether the reader may see an act: their own, or those of cases for who
// reads cases.
func (v *visit) mayRead(act *casebook.Act) bool {
	return act.Staff == v.staff.ID || act.Note != "" && v.actor.Is(readers...) || v.actor.Is(casework.Auditor)
}

// getAct shows an act that was done, with its way back.
func (s *Server) getAct(v *visit) error {
	ctx := v.R.Context()
	act, err := s.Desk.Book.Act(ctx, chi.URLParam(v.R, "act"))
	if err != nil {
		return err
	}
	if act == nil || !v.mayRead(act) {
		return ledger.Refuse(ledger.CodeNotFound)
	}
	if act.Note != "" {
		if err := v.Reads("act", act.Note); err != nil {
			return err
		}
	}
	names, err := s.Desk.Book.StaffNames(ctx)
	if err != nil {
		return err
	}
	sheet := &view.ActDone{Name: actName(act.Name), Note: noteLink(act.Note), Unknown: act.Unsettled, WhyUndo: view.Reason("", true)}
	pair := func(term page.Key, value page.Text) {
		sheet.Pairs = append(sheet.Pairs, page.Pair{Term: page.Say(term), Value: value})
	}
	if act.Rule != "" {
		pair("act.rule", page.Verbatim(act.Rule))
	} else {
		pair("act.who", page.Verbatim(names[act.Staff]))
	}
	pair("act.at", page.Say("verbatim", "text", act.At))
	if act.Reason != "" {
		pair("act.reason", page.Verbatim(act.Reason))
	}
	if act.Approved != "" {
		pair("act.approved", page.Verbatim(names[act.Approved]))
	}
	if err := s.offerUndo(v, act, sheet); err != nil {
		return err
	}
	return v.Show(http.StatusOK, sheet)
}

// offerUndo says how an act is taken back, or that it was.
func (s *Server) offerUndo(v *visit, act *casebook.Act, sheet *view.ActDone) error {
	undone, err := s.Desk.Book.Undone(v.R.Context(), act.ID)
	switch {
	case err != nil:
		return err
	case undone:
		sheet.Pairs = append(sheet.Pairs, page.Pair{Term: page.Say("act.undo"), Value: page.Say("act.undone")})
	case act.UndoName != "":
		sheet.Undo = actsPath + "/" + act.ID + "/undo"
	}
	return nil
}

// postUndo leads to the check of what takes an act back.
func (s *Server) postUndo(v *visit) error {
	r, err := s.Desk.UndoOf(v.R.Context(), chi.URLParam(v.R, "act"))
	if err != nil {
		return err
	}
	r.Actor, r.Reason = v.actor, v.reason()
	return v.plan(r, actsPath+"/"+r.Undoes)
}

// reason is what staff wrote in the field for why.
func (v *visit) reason() string {
	text := strings.TrimSpace(v.R.PostForm.Get("reason"))
	if utf8.RuneCountInString(text) > view.MaxReason || !site.IsText(text) {
		return ""
	}
	return text
}

// perPage is how many rows a page of a list has.
const perPage = 50

// place reads where a list goes on: a number in the address, 0 for its beginning.
func (v *visit) place(name string) int64 {
	n, err := strconv.ParseInt(v.R.URL.Query().Get(name), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
