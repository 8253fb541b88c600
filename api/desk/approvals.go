package desk

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
)

// getApprovals is the queue of acts that wait for a second person.
func (s *Server) getApprovals(v *visit) error {
	ctx := v.R.Context()
	all, more, err := s.Desk.Book.OpenApprovals(ctx, v.place("after"), perPage)
	if err != nil {
		return err
	}
	names, err := s.Desk.Book.StaffNames(ctx)
	if err != nil {
		return err
	}
	list := view.List{
		Caption: page.Say("approvals.list"), Empty: page.Empty{Text: page.Say("approvals.empty")},
		Columns: []page.Text{page.Say("approvals.what"), page.Say("approvals.asked"), page.Say("approvals.why")},
	}
	for _, a := range all {
		list.Rows = append(list.Rows, view.Row{Href: approvalsPath + "/" + a.ID, Cells: []view.Cell{
			{Text: actName(a.Name)},
			{Text: page.Verbatim(names[a.Asked]), More: page.Say("verbatim", "text", a.Created)},
			{Text: page.Verbatim(a.Reason)},
		}})
	}
	if more {
		list.Next = approvalsPath + "?after=" + strconv.FormatInt(all[len(all)-1].Place, 10)
	}
	return v.Show(http.StatusOK, &view.Approvals{List: list})
}

func (s *Server) getApproval(v *visit) error { return s.showApproval(v, http.StatusOK, page.Text{}) }

func (s *Server) showApproval(v *visit, status int, failed page.Text) error {
	ctx := v.R.Context()
	a, err := s.Desk.Asked(ctx, chi.URLParam(v.R, "approval"))
	if err != nil {
		return err
	}
	if a.Note != "" {
		if err := v.Reads("approval", a.Note); err != nil {
			return err
		}
	}
	names, err := s.Desk.Book.StaffNames(ctx)
	if err != nil {
		return err
	}
	will, err := s.will(v, a.Act)
	if err != nil {
		return err
	}
	sheet := &view.Approval{
		Action: approvalsPath + "/" + a.ID, Name: actName(a.Name), Will: will, Note: noteLink(a.Note),
		Asked: names[a.Approval.Asked], At: a.Created, Reason: a.Reason, Own: a.Approval.Asked == v.staff.ID, May: s.Desk.MayDecide(v.actor, a),
		Words: page.Field{Name: "words", Label: page.Say("approval.words"), Rows: 3, Max: view.MaxReason, Optional: true}, Failed: failed,
	}
	if !a.Decided.IsZero() {
		sheet.Verdict, sheet.Decider, sheet.Decided, sheet.Said = page.Say(page.Key("approval."+a.Verdict)), names[a.Decider], a.Decided, a.Words
	}
	return v.Show(status, sheet)
}

// postApproval takes what the second person says. Where they agree the act is done.
func (s *Server) postApproval(v *visit) error {
	id, verdict := chi.URLParam(v.R, "approval"), casebook.Verdict(v.R.PostForm.Get("verdict"))
	switch verdict {
	case casebook.Agreed, casebook.Refused, casebook.Withdrawn:
	default:
		return ledger.Refuse(ledger.CodeRequestMalformed, "detail", "the form cannot be read")
	}
	words := strings.TrimSpace(v.R.PostForm.Get("words"))
	err := s.Desk.Decide(v.R.Context(), v.actor, id, verdict, words)
	if refused, cause := site.RefusalOf(err, v.ID); err != nil && cause == nil {
		v.Code = refused.Code
		return s.showApproval(v, site.StatusOf(refused.Class()), page.Say("check.refused", "why", refused.Text(v.Language)))
	}
	if err != nil {
		return err
	}
	return v.Redirect(approvalsPath + "/" + id)
}
