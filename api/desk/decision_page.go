package desk

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// The fields of a decision's page.
const (
	fieldAnswer      = "answer"
	fieldAmount      = "amount"
	fieldGround      = "ground"
	fieldFree        = "free_until"
	fieldOverrideWhy = "override_reason"
	fieldPauseWhy    = "pause_reason"
	fieldPauseAll    = "all"
)

// decisionAsked gives the decision that the address names.
func (s *Server) decisionAsked(v *visit) (*casebook.Decision, *casework.Made, error) {
	kept, err := s.Desk.Book.Decision(v.R.Context(), chi.URLParam(v.R, "decision"))
	if err != nil {
		return nil, nil, err
	}
	if kept == nil {
		return nil, nil, ledger.Refuse(ledger.CodeNotFound)
	}
	made, err := casework.ReadDecision(kept)
	return kept, made, err
}

// getDecision says why a rule decided as it did.
func (s *Server) getDecision(v *visit) error {
	kept, made, err := s.decisionAsked(v)
	if err != nil {
		return err
	}
	if err := v.Reads("decision", kept.Note); err != nil {
		return err
	}
	sheet, err := s.decisionSheet(v, kept, made)
	if err != nil {
		return err
	}
	return v.Show(http.StatusOK, sheet)
}

// decisionSheet is a decision's page with empty forms.
func (s *Server) decisionSheet(v *visit, kept *casebook.Decision, made *casework.Made) (*view.Decision, error) {
	ctx := v.R.Context()
	r, err := s.Desk.RuleAt(ctx, made.Decision.Rule)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, ledger.Refuse(ledger.CodeNotFound)
	}
	name := v.saysRule(rule.Say("rule.kind." + kept.Kind))
	sheet := &view.Decision{
		Base: decisionPath(kept.ID), Heading: name, Status: decisionStatus(kept.State), Effect: v.saysRule(made.Decision.Effect(made.Facts.Currency)),
		Why: v.saysRules(append(made.Decision.Why, made.Because...)), Facts: factsOf(&made.Facts), Version: r.Version,
		Rule: page.Link{Href: rulePath(r.ID), Text: name}, Assumption: page.Verbatim(r.Assumption.In(v.Language)), Sources: sourcesOf(r),
		Case: page.Link{Href: noteLink(kept.Note).Href, Text: page.Say("decision.case")}, At: kept.At,
	}
	if kept.State == casebook.DecisionProposed && kept.Reason != "" {
		refused := ledger.Refuse(ledger.Code(kept.Reason))
		sheet.Why = append(sheet.Why, v.saysRule(rule.Say("rule.doubt.refused")), page.Verbatim(refused.Text(v.Language)))
	}
	if kept.Staff != "" {
		names, err := s.Desk.Book.StaffNames(ctx)
		if err != nil {
			return nil, err
		}
		sheet.By, sheet.Reason, sheet.Settled = nameOf(names, kept.Staff), kept.Reason, kept.Settled
	}
	if kept.Act != "" {
		sheet.Act = page.Link{Href: actsPath + "/" + kept.Act, Text: page.Say("decision.act")}
	}
	s.addForms(v, sheet, kept, made)
	return sheet, nil
}

// addForms puts in the forms by which the reader may see it otherwise.
func (s *Server) addForms(v *visit, sheet *view.Decision, kept *casebook.Decision, made *casework.Made) {
	if !v.actor.Is(deciders...) {
		return
	}
	switch kept.State {
	case casebook.DecisionProposed:
		sheet.Answer = true
		sheet.Words = why("reason", "decision.words")
		sheet.Words.Hint, sheet.Words.Optional = page.Say("decision.words.hint"), true
	case casebook.DecisionDone, casebook.DecisionAccepted:
		sheet.Override = overrideForm(kept, made)
	}
	sheet.Pause = &view.PauseForm{
		Until:  page.Field{Name: fieldUntil, Label: page.Say("decision.pause.until"), Hint: page.Say("rule.stop.until.hint"), Type: "date", Optional: true},
		Reason: why(fieldPauseWhy, "reason.label"),
		All: page.Choice{Name: fieldPauseAll, Label: page.Say("decision.pause.what"), Options: []page.Option{
			{Value: "one", Text: page.Say("decision.pause.rule"), Chosen: true}, {Value: "all", Text: page.Say("decision.pause.all")},
		}},
	}
}

// overrideForm asks for what a decision of the kind can be changed to.
func overrideForm(kept *casebook.Decision, made *casework.Made) *view.OverrideForm {
	f := &view.OverrideForm{What: page.Say("act.decision.override." + page.Key(kept.Kind)), Reason: why(fieldOverrideWhy, "reason.label")}
	amount := made.Decision.Fee
	switch rule.Kind(kept.Kind) {
	case rule.LateInterest:
		amount = made.Facts.LateInterest
		f.Until = &page.Field{Name: fieldFree, Label: page.Say("decision.override.free"), Hint: page.Say("decision.override.law"), Type: "date", Optional: true}
	case rule.ReminderFee, rule.DemandFee:
	default:
		return f
	}
	f.Amount = &page.Field{
		Name: fieldAmount, Label: page.Say("decision.override.amount"), Mode: "decimal", Unit: string(made.Facts.Currency),
		Value: figure(rule.Measure{Unit: rule.Money}, int64(amount), made.Facts.Currency),
	}
	f.Ground = page.Choice{Name: fieldGround, Label: page.Say("decision.override.ground")}
	for i, g := range []ledger.ReliefGround{ledger.GroundHardship, ledger.GroundError, ledger.GroundComplaint, ledger.GroundGoodwill} {
		f.Ground.Options = append(f.Ground.Options, page.Option{Value: string(g), Text: page.Say("ground." + page.Key(g)), Chosen: i == 0})
	}
	return f
}

// decisionStatus says what has become of a decision.
func decisionStatus(state casebook.DecisionState) page.Status {
	tone := page.ToneCalm
	switch state {
	case casebook.DecisionProposed:
		tone = page.ToneAttention
	case casebook.DecisionDone, casebook.DecisionAccepted:
		tone = page.ToneDone
	}
	return page.Status{Tone: tone, Text: page.Say("decision.state." + page.Key(state))}
}

// factsOf are the facts that a rule saw, in words.
func factsOf(f *rule.Facts) []page.Pair {
	money := func(a finance.Amount) page.Text {
		return page.Say("verbatim", "text", finance.Money{Amount: a, Currency: f.Currency})
	}
	pairs := []page.Pair{
		{Term: page.Say("fact.day"), Value: page.Say("verbatim", "text", f.On)},
		{Term: page.Say("fact.total"), Value: money(f.Total)},
	}
	if !f.OldestDue.IsZero() {
		pairs = append(pairs,
			page.Pair{Term: page.Say("fact.overdue"), Value: money(f.Overdue)},
			page.Pair{Term: page.Say("fact.due"), Value: page.Say("verbatim", "text", f.OldestDue)},
			page.Pair{Term: page.Say("fact.days_past_due"), Value: page.Say("verbatim", "text", f.DaysPastDue)},
		)
	}
	return pairs
}

// postDecisionAnswer leads to the check of yes, or of no.
func (s *Server) postDecisionAnswer(v *visit) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	kept, made, err := s.decisionAsked(v)
	if err != nil {
		return err
	}
	reason := v.reason()
	switch answer := v.R.PostForm.Get(fieldAnswer); {
	case answer == "accept":
		return v.check(casework.AcceptDecision(kept), reason, decisionPath(kept.ID))
	case answer == "decline" && reason != "":
		return v.check(casework.DeclineDecision(kept), reason, decisionPath(kept.ID))
	}
	sheet, err := s.decisionSheet(v, kept, made)
	if err != nil {
		return err
	}
	sheet.Words.Error = page.Say("decision.words.missing")
	return v.Show(http.StatusUnprocessableEntity, sheet)
}

// postDecisionOverride leads to the check of what a person makes of it.
func (s *Server) postDecisionOverride(v *visit) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	kept, made, err := s.decisionAsked(v)
	if err != nil {
		return err
	}
	sheet, err := s.decisionSheet(v, kept, made)
	if err != nil {
		return err
	}
	form := sheet.Override
	if form == nil {
		return ledger.Refuse(ledger.CodeDecisionState, "state", string(kept.State), "want", string(casebook.DecisionDone))
	}
	act := casework.OverrideDecision(kept)
	if form.Amount != nil {
		form.Amount.Value = v.R.PostForm.Get(fieldAmount)
		amount, err := finance.ParseMoney(strings.ReplaceAll(strings.TrimSpace(form.Amount.Value), ",", "."), string(made.Facts.Currency))
		if err != nil || amount.Amount < 0 {
			form.Amount.Error = page.Say("decision.override.wrong")
		}
		act.Amount, act.Ground = &amount, ledger.ReliefGround(v.R.PostForm.Get(fieldGround))
	}
	if form.Until != nil {
		form.Until.Value = v.R.PostForm.Get(fieldFree)
		if act.FreeUntil, err = finance.ParseDate(form.Until.Value); err != nil && form.Until.Value != "" {
			form.Until.Error = page.Say("rule.change.day")
		}
	}
	if form.Reason.Value = v.words(fieldOverrideWhy); form.Reason.Value == "" {
		form.Reason.Error = page.Say("decision.words.missing")
	}
	if len(form.Summary().Faults) > 0 {
		return v.Show(http.StatusUnprocessableEntity, sheet)
	}
	return v.check(act, form.Reason.Value, sheet.Base)
}

// postDecisionPause leads to the check of a pause.
func (s *Server) postDecisionPause(v *visit) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	kept, made, err := s.decisionAsked(v)
	if err != nil {
		return err
	}
	sheet, err := s.decisionSheet(v, kept, made)
	if err != nil {
		return err
	}
	until, reason := readPause(v, sheet.Pause)
	if len(page.Summary(sheet.Pause.Until, sheet.Pause.Reason).Faults) > 0 {
		return v.Show(http.StatusUnprocessableEntity, sheet)
	}
	act := &casework.RulePause{Note: kept.Note, Until: until}
	if v.R.PostForm.Get(fieldPauseAll) != "all" {
		act.Rule = rule.ID(kept.Rule)
	}
	return v.check(act, reason, sheet.Base)
}

// readPause reads until when and why something pauses, and puts what was written back
// into the form with what is wrong.
func readPause(v *visit, form *view.PauseForm) (until finance.Date, reason string) {
	until, fits := readUntil(v)
	if form.Until.Value = v.R.PostForm.Get(fieldUntil); !fits {
		form.Until.Error = page.Say("rule.change.day")
	}
	if form.Reason.Value = v.words(fieldPauseWhy); form.Reason.Value == "" {
		form.Reason.Error = page.Say("decision.words.missing")
	}
	return until, form.Reason.Value
}
