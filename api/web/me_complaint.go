package web

import (
	"net/http"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

const (
	// complaintDays is how many days after it came a complaint is answered at the
	// latest. The law says as soon as possible (2023:714 ch. 4 par. 5).
	complaintDays = 14
	// doneComplaint says in an address that a complaint was just made.
	doneComplaint = "complaint"
)

// complaintDoor is the form with what was written: a complaint, or the wish that a
// person looks at one entry of the journal again, which the query or the form names.
func (s *Server) complaintDoor(v *visit, t *teller, words string) (*page.ComplaintDoor, *store.JournalEntry, error) {
	view := &page.ComplaintDoor{
		Head: t.head(), Action: pathOf(t.note.ID) + "/complaint", Days: complaintDays, Human: t.human(t.reading),
		Words: page.Field{
			Name: "words", Label: page.Say("complaint.words"), Hint: page.Say("complaint.hint"), Value: words, Rows: 6, Max: ledger.MaxTextRunes,
		},
	}
	company, id := v.R.FormValue("company"), v.R.FormValue("entry")
	if id == "" {
		return view, nil, t.err
	}
	e, err := s.Store.JournalEntry(v.R.Context(), ledger.PartyID(company), id)
	if err != nil {
		return nil, nil, err
	}
	if e == nil || e.Note != t.note.ID || e.Kind != store.JournalDecision || e.Party != "" && e.Party != t.principal {
		return nil, nil, ledger.Refuse(ledger.CodeNotFound)
	}
	row := s.journalRow(v, t.names, e)
	view.About, view.Words.Label = &row, page.Say("review.words")
	view.Hidden = []page.Hidden{{Name: "company", Value: company}, {Name: "entry", Value: id}}
	return view, e, t.err
}

func (s *Server) getComplaint(v *visit) error {
	t, err := s.door(v, ledger.ScopeTalk)
	if err != nil {
		return err
	}
	view, _, err := s.complaintDoor(v, t, "")
	if err != nil {
		return err
	}
	return v.Show(http.StatusOK, view)
}

// postComplaint registers a complaint with its number and the day of its answer.
func (s *Server) postComplaint(v *visit) error {
	t, err := s.door(v, ledger.ScopeTalk)
	if err != nil {
		return err
	}
	view, about, err := s.complaintDoor(v, t, site.OwnWords(v.R.PostForm.Get("words")))
	if err != nil {
		return err
	}
	if view.Words.Error = wants(view.Words.Value, 1, ledger.MaxTextRunes); !view.Words.Error.IsZero() {
		return v.Show(http.StatusUnprocessableEntity, view)
	}
	now := s.Clock()
	c := store.Complaint{
		Note: t.note.ID, Party: t.principal, Language: v.Language, Words: view.Words.Value, Created: now,
		AnswerBy: finance.DateOf(now).AddDays(complaintDays),
	}
	if about != nil {
		c.EntryBy, c.Entry = about.By, about.ID
	}
	if c.ID, err = s.newUUID(); err != nil {
		return err
	}
	if c.Number, err = code.NewContact(s.Random); err != nil {
		return err
	}
	added, err := s.Store.AddComplaint(v.R.Context(), c)
	if err != nil {
		return err
	}
	if !added {
		view.Words.Error = page.Say("complaint.full")
		return v.Show(http.StatusUnprocessableEntity, view)
	}
	return v.Redirect(pathOf(t.note.ID) + "?done=" + doneComplaint)
}

// addComplaints adds what the borrower complained about, and where that stands; and
// what happens now, where the page comes after a complaint.
func (s *Server) addComplaints(v *visit, t *teller, view *page.Note) error {
	all, err := s.Store.ComplaintsOf(v.R.Context(), t.note.ID, t.principal)
	if err != nil || len(all) == 0 {
		return err
	}
	if v.R.URL.Query().Get("done") == doneComplaint {
		view.Happened = t.complained(&all[0])
	}
	for i := range all {
		view.Complaints = append(view.Complaints, t.complaint(&all[i]))
	}
	return nil
}

// complaint is a row of a complaint.
func (t *teller) complaint(c *store.Complaint) page.ComplaintRow {
	key := page.Key("complaint.plain")
	if c.Review() {
		key = "complaint.review"
	}
	row := page.ComplaintRow{Text: page.Say(key, "number", c.Number.String(), "time", c.Created), Words: c.Words, Answer: c.Answer}
	name := c.TakenName
	if name == "" && c.TakenBy != "" {
		name = t.names.card(c.TakenBy).Who()
	}
	switch {
	case !c.Answered.IsZero():
		row.By = page.Say("complaint.answered", "name", name, "company", t.company(c.TakenBy), "time", c.Answered)
	case c.TakenBy != "":
		row.Then = page.Say("complaint.taken", "name", name, "company", t.company(c.TakenBy), "date", c.AnswerBy)
	default:
		row.Then = page.Say("complaint.open", "date", c.AnswerBy)
	}
	return row
}

// complained says what happens now after a complaint was made.
func (t *teller) complained(c *store.Complaint) *page.Happened {
	return &page.Happened{
		Text: page.Say("complaint.done", "number", c.Number.String()),
		Then: page.Say("complaint.done.then", "name", t.human(t.reading).Company, "date", c.AnswerBy),
	}
}
