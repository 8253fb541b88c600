package web

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	// latestEntries is how much of the journal stands on a note's page.
	latestEntries = 5
	// entriesOfPage is how much stands on a page of its own.
	entriesOfPage = 25
)

// getJournal shows what companies have done about a note.
func (s *Server) getJournal(v *visit) error {
	r, err := s.noteOf(v)
	if err != nil {
		return err
	}
	t, err := s.tell(v, r)
	if err != nil {
		return err
	}
	q := v.R.URL.Query()
	before, err := strconv.ParseInt(cmp.Or(q.Get("before"), "0"), 10, 64)
	if err != nil || before < 0 {
		return ledger.Refuse(ledger.CodeNotFound)
	}
	view, err := s.journal(v, t, store.JournalQuery{Kind: store.JournalKind(q.Get("kind")), Before: before, Limit: entriesOfPage})
	if err != nil {
		return err
	}
	view.Head, view.Human = t.head(), t.human(r)
	if t.err != nil {
		return t.err
	}
	return v.Show(http.StatusOK, view)
}

// journal puts a part of the journal together. A kind that there is none of is all.
func (s *Server) journal(v *visit, t *teller, q store.JournalQuery) (*page.Journal, error) {
	if !slices.Contains(store.JournalKinds(), q.Kind) {
		q.Kind = ""
	}
	q.Note, q.Reader = t.note.ID, t.principal
	entries, more, err := s.Store.Journal(v.R.Context(), q)
	if err != nil {
		return nil, err
	}
	path := pathOf(t.note.ID) + "/journal"
	j := &page.Journal{Empty: page.Empty{Text: page.Say("journal.none")}}
	for i := range entries {
		j.Rows = append(j.Rows, s.noteRow(v, t, &entries[i]))
	}
	j.Filters = []page.Filter{{Href: path, Text: page.Say("journal.all"), Chosen: q.Kind == ""}}
	for _, kind := range store.JournalKinds() {
		j.Filters = append(j.Filters, page.Filter{
			Href: path + "?kind=" + string(kind), Text: page.Say(page.Key("journal." + string(kind))), Chosen: kind == q.Kind,
		})
	}
	if more {
		j.More = page.Link{Href: path + "?kind=" + string(q.Kind) + "&before=" + strconv.FormatInt(entries[len(entries)-1].Place, 10), Text: page.Say("journal.older")}
	}
	return j, nil
}

// noteJournal is the latest of the journal, for the note's own page.
func (s *Server) noteJournal(v *visit, t *teller) (*page.Journal, error) {
	j, err := s.journal(v, t, store.JournalQuery{Limit: latestEntries})
	if err == nil && j.More.Href != "" {
		j.More = page.Link{Href: pathOf(t.note.ID) + "/journal", Text: page.Say("journal.more")}
	}
	return j, err
}

// noteRow is a row with the ways on that who speaks for the borrower has.
func (s *Server) noteRow(v *visit, t *teller, e *store.JournalEntry) page.JournalRow {
	row := s.journalRow(v, t.names, e)
	if e.Kind == store.JournalDecision && t.may(ledger.ScopeTalk) {
		row.Review = page.Link{
			Href: pathOf(e.Note) + "/complaint?company=" + string(e.By) + "&entry=" + e.ID, Text: page.Say("journal.review"),
		}
	}
	if e.FollowUp && !t.helps() && s.Clock().Before(e.At.Add(store.FollowUpLife)) {
		row.Ask = page.Link{Href: "/s/" + s.Codes.OfFollowUp(e.By, e.ID).String(), Text: page.Say("journal.ask")}
	}
	return row
}

// journalRow says what a company did, in the reader's language where it said so.
func (s *Server) journalRow(v *visit, names *names, e *store.JournalEntry) page.JournalRow {
	row := page.JournalRow{At: e.At, Rule: e.Rule, Outcome: inLanguage(e.Outcome, v.Language), Why: inLanguage(e.Why, v.Language)}
	company, staff := names.company(e.By), e.Staff
	if staff == "" {
		staff = names.card(e.By).Who()
	}
	switch e.Kind {
	case store.JournalContact:
		key := page.Key("journal.contact.out")
		if e.Direction == "in" {
			key = "journal.contact.in"
		}
		row.Text = page.Say(key, "staff", staff, "company", company, "channel", page.Say(page.Key("means."+e.Channel)), "topic", page.Say(page.Key("topic."+e.Topic)))
	case store.JournalLetter:
		row.Text = page.Say("journal.sent", "company", company, "channel", page.Say(page.Key("means."+e.Channel)), "topic", page.Say(page.Key("topic."+e.Topic)))
	case store.JournalDecision:
		row.Text = page.Say("journal.decided", "company", company)
	case store.JournalOverride:
		row.Text = page.Say("journal.overridden", "staff", staff, "company", company)
	default:
		row.Text = page.Say("journal.looked", "staff", staff, "company", company)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Facts)) {
		if value := e.Facts[name]; value != "" {
			row.Facts = append(row.Facts, page.Fact{Name: factName(name), Value: value})
		}
	}
	return row
}

// factName names a fact for a person: those that rules commonly see have their words,
// the others are called what the company calls them.
func factName(name string) page.Text {
	switch name {
	case "day", "due", "days_past_due", "overdue", "total":
		return page.Say(page.Key("fact." + name))
	}
	return page.Verbatim(name)
}

// inLanguage gives a text in a language, else in another one: a reason that is not
// translated is better than none.
func inLanguage(texts map[ledger.Language]string, language ledger.Language) string {
	for _, l := range append([]ledger.Language{language}, ledger.Languages()...) {
		if texts[l] != "" {
			return texts[l]
		}
	}
	return ""
}

// calls say who calls the reader about a note, and by when.
func (s *Server) calls(v *visit, t *teller) ([]page.Text, error) {
	wishes, err := s.Store.CallbacksOf(v.R.Context(), t.note.ID)
	if err != nil {
		return nil, err
	}
	var all []page.Text
	for i := range wishes {
		c := &wishes[i]
		switch {
		case c.Party != t.principal || !c.Done.IsZero() || c.Promised.IsZero():
		case c.Missed(s.Clock()):
			all = append(all, page.Say("calls.missed", "time", c.Promised))
		case c.TakenBy == "" || c.TakenName == "":
			all = append(all, page.Say("calls.open", "time", c.Promised))
		default:
			all = append(all, page.Say("calls.taken", "name", c.TakenName, "company", t.company(c.TakenBy), "time", c.Promised))
		}
	}
	return all, nil
}
