package desk

import (
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
)

// noteRulesPath is the page of what rules would do on a note.
func noteRulesPath(id ledger.NoteID) string { return noteLink(id).Href + "/rules" }

// getNoteRules says what happens by itself on a note, and what does not.
func (s *Server) getNoteRules(v *visit) error {
	id := ledger.NoteID(chi.URLParam(v.R, "note"))
	sheet, err := s.noteRules(v, id)
	if err != nil {
		return err
	}
	if err := v.Reads("rules", id); err != nil {
		return err
	}
	return v.Show(http.StatusOK, sheet)
}

// noteRules is the page with empty forms.
func (s *Server) noteRules(v *visit, id ledger.NoteID) (*view.NoteRules, error) {
	ctx := v.R.Context()
	made, err := s.Desk.Explain(ctx, id)
	if err != nil {
		return nil, err
	}
	sheet := &view.NoteRules{Base: noteRulesPath(id), Case: page.Link{Href: noteLink(id).Href, Text: page.Say("decision.case")}}
	tones := map[rule.Outcome]page.Tone{rule.Act: page.ToneDone, rule.Propose: page.ToneAttention, rule.Stopped: page.ToneStop, rule.Nothing: page.ToneCalm}
	for i := range made {
		d := &made[i].Decision
		ruleID, _ := d.Rule.Parts()
		sheet.Rules = append(sheet.Rules, view.RuleNow{
			Rule:    page.Link{Href: rulePath(ruleID), Text: v.saysRule(rule.Say("rule.kind." + string(d.Kind)))},
			Outcome: page.Say("note-rules." + page.Key(d.Outcome)), Tone: tones[d.Outcome], Why: v.saysRules(d.Why),
		})
	}
	if len(made) > 0 {
		for _, text := range v.saysRules(made[0].Facts.Against()) {
			sheet.Holds = append(sheet.Holds, view.RuleHold{Text: text})
		}
	}
	if err := s.addHolds(v, sheet, id); err != nil {
		return nil, err
	}
	if v.actor.Is(deciders...) {
		sheet.Pause = &view.PauseForm{
			Until:  page.Field{Name: fieldUntil, Label: page.Say("decision.pause.until"), Hint: page.Say("rule.stop.until.hint"), Type: "date", Optional: true},
			Reason: why(fieldPauseWhy, "reason.label"),
		}
	}
	return sheet, nil
}

// addHolds puts in what the desk knows that makes automatic acts pause. Stops are
// listed each on its own, since each can be ended.
func (s *Server) addHolds(v *visit, sheet *view.NoteRules, id ledger.NoteID) error {
	ctx := v.R.Context()
	names, err := s.Desk.Book.StaffNames(ctx)
	if err != nil {
		return err
	}
	holds, err := s.Desk.Holds(ctx, id, s.today())
	if err != nil {
		return err
	}
	stops, err := s.Desk.Book.StopsOf(ctx, id, s.today())
	if err != nil {
		return err
	}
	for _, h := range holds {
		if h.Kind != rule.HoldStop {
			sheet.Holds = append(sheet.Holds, view.RuleHold{Text: v.saysRule(rule.Say("rule.hold." + string(h.Kind))), Until: h.Until, By: nameOf(names, casebook.StaffID(h.By))})
		}
	}
	for _, stop := range stops {
		hold := view.RuleHold{Text: v.saysRule(rule.Say("rule.hold." + string(rule.HoldStop))), Until: stop.Until, By: nameOf(names, stop.Staff)}
		if v.actor.Is(deciders...) {
			hold.Stop = &view.RuleStop{ID: stop.ID, Reason: stop.Reason, Why: why(fieldResumeWhy+strconv.FormatInt(stop.Place, 10), "reason.label")}
		}
		sheet.Holds = append(sheet.Holds, hold)
	}
	return nil
}

// postNotePause leads to the check of a pause of everything automatic on a note.
func (s *Server) postNotePause(v *visit) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	id := ledger.NoteID(chi.URLParam(v.R, "note"))
	sheet, err := s.noteRules(v, id)
	if err != nil {
		return err
	}
	until, reason := readPause(v, sheet.Pause)
	if len(page.Summary(sheet.Pause.Until, sheet.Pause.Reason).Faults) > 0 {
		return v.Show(http.StatusUnprocessableEntity, sheet)
	}
	return v.check(&casework.RulePause{Note: id, Until: until}, reason, sheet.Base)
}

// postNoteResume leads to the check of ending a stop of the note.
func (s *Server) postNoteResume(v *visit) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	id := ledger.NoteID(chi.URLParam(v.R, "note"))
	sheet, err := s.noteRules(v, id)
	if err != nil {
		return err
	}
	asked := v.R.PostForm.Get("stop")
	for i := range sheet.Holds {
		stop := sheet.Holds[i].Stop
		if stop == nil || stop.ID != asked {
			continue
		}
		if reason := v.words(stop.Why.Name); reason != "" {
			return v.check(&casework.RuleResume{Stop: asked, Note: id}, reason, sheet.Base)
		}
		stop.Why.Error = page.Say("decision.words.missing")
		return v.Show(http.StatusUnprocessableEntity, sheet)
	}
	return ledger.Refuse(ledger.CodeNotFound)
}
