package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
)

// getLetters lists the letters of the company, or of one case.
func (s *Server) getLetters(v *visit) error {
	asked := v.R.URL.Query()
	q := casebook.LetterQuery{Note: ledger.NoteID(asked.Get("note")), Before: v.place("before"), Limit: perPage}
	if state := casebook.LetterState(asked.Get("state")); slices.Contains(casebook.LetterStates(), state) {
		q.State = state
	}
	all, more, err := s.Desk.Book.Letters(v.R.Context(), q)
	if err != nil {
		return err
	}
	var notes []ledger.NoteID
	for _, l := range all {
		notes = append(notes, l.Note)
	}
	slices.Sort(notes)
	if err := v.Reads("letters", slices.Compact(notes)...); err != nil {
		return err
	}
	sheet := &view.Letters{Outbox: s.outbox(), List: letterList(all)}
	if q.Note != "" {
		sheet.Note = noteLink(q.Note)
	}
	address := func(state casebook.LetterState, before int64) string {
		values := url.Values{}
		for name, value := range map[string]string{"state": string(state), "note": string(q.Note)} {
			if value != "" {
				values.Set(name, value)
			}
		}
		if before > 0 {
			values.Set("before", strconv.FormatInt(before, 10))
		}
		return lettersPath + "?" + values.Encode()
	}
	for _, state := range append([]casebook.LetterState{""}, casebook.LetterStates()...) {
		text := page.Say("line.all")
		if state != "" {
			text = letterState(state)
		}
		sheet.List.Filters = append(sheet.List.Filters, view.Filter{Href: address(state, 0), Text: text, Current: state == q.State})
	}
	if more {
		sheet.List.Next = address(q.State, all[len(all)-1].Place)
	}
	return v.Show(http.StatusOK, sheet)
}

// outbox says how letters leave the house.
func (s *Server) outbox() page.Text {
	if s.Desk.Letters.Folder == "" {
		return page.Say("letters.by-hand")
	}
	return page.Say("letters.outbox")
}

// letterList shows letters: what, to whom, how, when, and what has become of them.
func letterList(all []casebook.Letter) view.List {
	list := view.List{
		Caption: page.Say("letters.title"), Empty: page.Empty{Text: page.Say("letters.none")},
		Columns: []page.Text{page.Say("letter.kind"), page.Say("letter.to"), page.Say("letter.way"), page.Say("letter.at"), page.Say("payments.state")},
	}
	for i := range all {
		l := &all[i]
		row := view.Row{Href: letterPath(l.ID), Cells: []view.Cell{
			{Text: letterKind(l.Kind)}, {Text: page.Verbatim(l.Name)}, {Text: page.Say(page.Key("case.channel." + l.Channel))},
			{Text: page.Say("verbatim", "text", l.At)}, {Text: letterState(l.State)},
		}}
		if !l.Delivered.IsZero() {
			row.Cells[4].More = page.Say("letter.reached", "day", l.Delivered)
		}
		if l.State == casebook.LetterMade {
			row.Tone = page.ToneAttention
		}
		list.Rows = append(list.Rows, row)
	}
	return list
}

func letterPath(id string) string { return lettersPath + "/" + id }

func letterKind(kind string) page.Text { return page.Say(page.Key("letter.kind." + kind)) }

func letterState(state casebook.LetterState) page.Text {
	return page.Say(page.Key("letter.state." + state))
}
