package desk

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// getFlags lists who is to be met with care, and by whom.
func (s *Server) getFlags(v *visit) error {
	ctx := v.R.Context()
	var after *casebook.Flag
	if id := v.R.URL.Query().Get("after"); id != "" {
		var err error
		if after, err = s.Desk.Book.Flag(ctx, id); err != nil {
			return err
		}
	}
	flags, more, err := s.Desk.Book.Flags(ctx, finance.DateOf(s.Clock()), after, perPage)
	if err != nil {
		return err
	}
	notes := make([]ledger.NoteID, len(flags))
	for i := range flags {
		notes[i] = flags[i].Note
	}
	cases, err := s.casesOf(v, "care", notes)
	if err != nil {
		return err
	}
	staff, err := s.Desk.Book.StaffNames(ctx)
	if err != nil {
		return err
	}
	sheet := &view.WorkList{Heading: page.Say("flags.title"), Lead: page.Say("flags.lead"), List: view.List{
		Caption: page.Say("flags.caption"), Empty: page.Empty{Text: page.Say("flags.empty")},
		Columns: []page.Text{page.Say("today.case"), page.Say("flags.why"), page.Say("flags.keeper"), page.Say("flags.until")},
	}}
	for i := range flags {
		f := &flags[i]
		sheet.List.Rows = append(sheet.List.Rows, view.Row{Href: flagsPath + "/" + f.ID, Cells: []view.Cell{
			{Text: caseText(cases, f.Note)}, {Text: page.Say(page.Key("work.kind." + string(f.Kind)))}, {Text: page.Verbatim(staff[f.Keeper])},
			{Text: page.Say("verbatim", "text", f.Until)},
		}})
	}
	if more {
		sheet.List.Next = with(flagsPath, "after", flags[len(flags)-1].ID)
	}
	return v.Show(http.StatusOK, sheet)
}

// flagOf gives the flag that the address names.
func (s *Server) flagOf(v *visit) (*casebook.Flag, error) {
	f, err := s.Desk.Book.Flag(v.R.Context(), chi.URLParam(v.R, "flag"))
	if err == nil && f == nil {
		err = ledger.Refuse(ledger.CodeNotFound)
	}
	return f, err
}

// getFlag shows on what ground a flag stands, and lets it be lifted.
func (s *Server) getFlag(v *visit) error {
	f, err := s.flagOf(v)
	if err != nil {
		return err
	}
	if err := v.Reads("care", f.Note); err != nil {
		return err
	}
	staff, err := s.Desk.Book.StaffNames(v.R.Context())
	if err != nil {
		return err
	}
	sheet := &view.WorkSheet{WorkTitle: view.WorkTitle{
		Up: page.Link{Href: flagsPath, Text: page.Say("flags.title")}, Heading: page.Say(page.Key("work.kind." + string(f.Kind))), Case: noteLink(f.Note), Words: f.Words,
		Lead: page.Say("flags.what"),
		Pairs: []page.Pair{
			{Term: page.Say("flags.keeper"), Value: page.Verbatim(staff[f.Keeper])},
			{Term: page.Say("flags.until"), Value: page.Say("verbatim", "text", f.Until)},
			{Term: page.Say("work.basis"), Value: page.Say(page.Key("work.basis." + string(f.Basis)))},
			{Term: page.Say("flags.raised"), Value: page.Say("flags.raised-by", "name", staff[f.RaisedBy], "at", f.Raised)},
		},
	}}
	switch {
	case !f.Lifted.IsZero():
		sheet.Status = page.Status{Tone: page.ToneDone, Text: page.Say("flags.lifted", "name", staff[f.LiftedBy], "at", f.Lifted)}
	case !f.Stands(finance.DateOf(s.Clock())):
		sheet.Status = page.Status{Tone: page.ToneCalm, Text: page.Say("flags.ended")}
	case v.works():
		reason := view.Reason("", false)
		sheet.Forms = []*view.WorkForm{{Action: flagsPath + "/" + f.ID + "/lifted", Button: page.Say("flags.lift"), Quiet: true, Asks: []view.Ask{{Field: &reason}}}}
	}
	return v.Show(http.StatusOK, sheet)
}

// postFlagLifted leads to the check of lifting a flag: what happens by itself goes on
// then.
func (s *Server) postFlagLifted(v *visit) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	f, err := s.flagOf(v)
	if err != nil {
		return err
	}
	return v.check(&casework.LiftFlag{Flag: f.ID, Note: f.Note}, v.reason(), flagsPath+"/"+f.ID)
}
