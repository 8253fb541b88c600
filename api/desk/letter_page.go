package desk

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/letter"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// letterTones say how each state is meant.
var letterTones = map[casebook.LetterState]page.Tone{
	casebook.LetterWritten: page.ToneCalm, casebook.LetterMade: page.ToneAttention, casebook.LetterSent: page.ToneDone, casebook.LetterWithdrawn: page.ToneStop,
}

// letterAsked gives the letter that the address names. That somebody has looked at it is
// written down before anything of it is shown.
func (s *Server) letterAsked(v *visit) (*casebook.Letter, error) {
	l, err := s.Desk.Book.Letter(v.R.Context(), chi.URLParam(v.R, "letter"))
	if err != nil {
		return nil, err
	}
	if l == nil {
		return nil, ledger.Refuse(ledger.CodeNotFound)
	}
	return l, v.Reads("letter", l.Note)
}

// getLetter shows a letter.
func (s *Server) getLetter(v *visit) error {
	l, err := s.letterAsked(v)
	if err != nil {
		return err
	}
	sheet, err := s.letterSheet(v, l)
	if err != nil {
		return err
	}
	return v.Show(http.StatusOK, sheet)
}

func (s *Server) letterSheet(v *visit, kept *casebook.Letter) (*view.Letter, error) {
	ctx := v.R.Context()
	l, err := casework.ReadLetter(kept)
	if err != nil {
		return nil, err
	}
	sheet := &view.Letter{
		Base: letterPath(kept.ID), Heading: page.Say("letter.heading", "kind", letterKind(kept.Kind), "name", kept.Name), File: letterPath(kept.ID) + "/file",
		Status: page.Status{Tone: letterTones[kept.State], Text: letterState(kept.State)}, Case: noteLink(kept.Note), Paper: paperOf(l),
	}
	for _, e := range letter.Elements(l.Kind) {
		sheet.Checked = append(sheet.Checked, view.LetterElement{Text: page.Say(page.Key("letter.has." + e.ID)), Source: e.Source})
	}
	names, err := s.Desk.Book.StaffNames(ctx)
	if err != nil {
		return nil, err
	}
	sheet.Pairs = letterPairs(kept, names)
	made, err := s.Desk.DecisionOfLetter(ctx, kept)
	if err != nil {
		return nil, err
	}
	if made != nil {
		sheet.Decision = page.Link{Href: decisionPath(made.ID), Text: page.Say("letter.decision")}
	}
	stands := kept.State == casebook.LetterMade || kept.State == casebook.LetterSent
	if v.works() && stands {
		if kept.Delivered.IsZero() {
			sheet.Delivered = &page.Field{Name: "delivered", Label: page.Say("case.field.delivered"), Type: "date", Value: finance.DateOf(s.Clock()).String()}
		}
		if l.Kind != letter.Correction {
			why := view.Reason("", false)
			sheet.Why = &why
		}
	}
	return sheet, nil
}

// letterPairs are the facts about a letter.
func letterPairs(l *casebook.Letter, names map[casebook.StaffID]string) []page.Pair {
	var pairs []page.Pair
	add := func(term page.Key, value page.Text) {
		pairs = append(pairs, page.Pair{Term: page.Say(term), Value: value})
	}
	add("letter.to", page.Verbatim(l.Name))
	add("letter.way", page.Say(page.Key("case.channel."+l.Channel)))
	if l.Reach != "" {
		add("letter.reach", page.Verbatim(l.Reach))
	}
	add("letter.at", page.Say("verbatim", "text", l.At))
	if l.Rule != "" {
		add("act.rule", page.Verbatim(l.Rule))
	} else {
		add("act.who", page.Verbatim(names[l.Staff]))
	}
	if !l.Sent.IsZero() {
		add("letter.sent", page.Say("verbatim", "text", l.Sent))
	}
	if !l.Delivered.IsZero() {
		add("letter.arrived", page.Say("case.day", "date", l.Delivered))
	}
	if !l.Withdrawn.IsZero() {
		add("letter.withdrawn", page.Say("verbatim", "text", l.Withdrawn))
	}
	add("letter.digest", page.Verbatim(l.Digest.String()))
	return pairs
}

// paperOf is what a letter says.
func paperOf(l *letter.Letter) view.LetterPaper {
	p := view.LetterPaper{Language: l.Language, To: append([]string{l.To.Name}, l.To.Lines...), Title: l.Title}
	for _, b := range l.Blocks {
		block := view.LetterBlock{Text: b.Text}
		for _, r := range b.Rows {
			block.Rows = append(block.Rows, view.LetterRow{Label: r.Label, Value: r.Value})
		}
		p.Blocks = append(p.Blocks, block)
	}
	return p
}

// getLetterFile gives the PDF, which is the very file that was sent.
func (s *Server) getLetterFile(v *visit) error {
	l, err := s.letterAsked(v)
	if err != nil {
		return err
	}
	file, err := casework.LetterFile(l)
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `inline; filename="`+l.ID+`.pdf"`)
	_, err = v.W.Write(file)
	return err
}

// postLetterDelivered leads to the check of a delivery.
func (s *Server) postLetterDelivered(v *visit) error {
	return s.postOfLetter(v, func(l *casebook.Letter, sheet *view.Letter) (act casework.Act, wrong bool) {
		field := sheet.Delivered
		if field == nil {
			return nil, false
		}
		field.Value = v.R.PostForm.Get(field.Name)
		on, err := finance.ParseDate(field.Value)
		if err != nil || on.Before(finance.DateOf(l.At)) || on.After(finance.DateOf(s.Clock())) {
			field.Error = page.Say("letter.delivered.wrong")
			return nil, true
		}
		return &casework.LetterDelivered{Note: l.Note, Letter: l.ID, Kind: letter.Kind(l.Kind), On: on}, false
	})
}

// postLetterCorrect leads to the check of a correction.
func (s *Server) postLetterCorrect(v *visit) error {
	return s.postOfLetter(v, func(l *casebook.Letter, sheet *view.Letter) (act casework.Act, wrong bool) {
		if sheet.Why == nil {
			return nil, false
		}
		if v.reason() == "" {
			sheet.Why.Value, sheet.Why.Error = strings.TrimSpace(v.R.PostForm.Get("reason")), page.Say("decision.words.missing")
			return nil, true
		}
		return &casework.LetterCorrect{Note: l.Note, Sent: l.Act}, false
	})
}

// postOfLetter leads to the check of an act on a letter, or says in the page what of its
// form is wrong.
func (s *Server) postOfLetter(v *visit, read func(*casebook.Letter, *view.Letter) (act casework.Act, wrong bool)) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	l, err := s.letterAsked(v)
	if err != nil {
		return err
	}
	sheet, err := s.letterSheet(v, l)
	if err != nil {
		return err
	}
	act, wrong := read(l, sheet)
	switch {
	case wrong:
		return v.Show(http.StatusUnprocessableEntity, sheet)
	case act == nil:
		return ledger.Refuse(ledger.CodeSettled)
	}
	return v.check(act, v.reason(), letterPath(l.ID))
}
