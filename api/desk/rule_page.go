package desk

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// The fields of a rule's page. Its forms stand on one page, so that each names its own.
const (
	fieldVersion    = "version"
	fieldValue      = "value_" // and the figure's name
	fieldAssumption = "assumption"
	fieldChangeWhy  = "change_reason"
	fieldReview     = "review"
	fieldReviewWhy  = "review_reason"
	fieldUntil      = "until"
	fieldStopWhy    = "stop_reason"
	fieldResumeWhy  = "resume_reason_" // and the number of the stop
)

// getRule shows a rule.
func (s *Server) getRule(v *visit) error {
	sheet, err := s.ruleSheet(v)
	if err != nil {
		return err
	}
	return v.Show(http.StatusOK, sheet)
}

// ruleAsked gives the rule that the address names, as it stands.
func (s *Server) ruleAsked(v *visit) (*rule.Rule, error) {
	r, err := s.Desk.RuleAt(v.R.Context(), rule.Ref(chi.URLParam(v.R, "rule")))
	if err == nil && r == nil {
		err = ledger.Refuse(ledger.CodeNotFound)
	}
	return r, err
}

// ruleSheet is a rule's page with empty forms.
func (s *Server) ruleSheet(v *visit) (*view.Rule, error) {
	r, err := s.ruleAsked(v)
	if err != nil {
		return nil, err
	}
	ctx := v.R.Context()
	names, err := s.Desk.Book.StaffNames(ctx)
	if err != nil {
		return nil, err
	}
	stops, err := s.Desk.Book.StopsForAll(ctx, s.today())
	if err != nil {
		return nil, err
	}
	shares, err := s.shares(v)
	if err != nil {
		return nil, err
	}
	sheet := &view.Rule{
		Base: rulePath(r.ID), Name: v.saysRule(rule.Say("rule.kind." + string(r.Kind))), Does: v.saysRule(r.Does()),
		Status: standOf(r, stops, s.today()).status(r), Assumption: page.Verbatim(r.Assumption.In(v.Language)), Owner: r.Owner.Name,
		Review: r.Review, Sources: sourcesOf(r), Counted: counted(shares[string(r.ID)]), May: v.actor.Is(leads...), Change: ruleForm(v, r),
		Reviewing:  page.Field{Name: fieldReview, Label: page.Say("rule.reviewing.until"), Type: "date", Value: s.today().AddDays(rule.AtMostDays / 2).String()},
		StillRight: why(fieldReviewWhy, "rule.reviewing.why"), StopReason: why(fieldStopWhy, "reason.label"),
		StopUntil: page.Field{Name: fieldUntil, Label: page.Say("rule.stop.until"), Hint: page.Say("rule.stop.until.hint"), Type: "date", Optional: true},
	}
	for _, stop := range stops {
		if stop.Rule == string(r.ID) || stop.Rule == "" {
			sheet.Stops = append(sheet.Stops, view.RuleStop{
				ID: stop.ID, Until: stop.Until, By: nameOf(names, stop.Staff), Reason: stop.Reason,
				Why: why(fieldResumeWhy+strconv.FormatInt(stop.Place, 10), "reason.label"),
			})
		}
	}
	if err := s.addPast(ctx, v, r, sheet, names); err != nil {
		return nil, err
	}
	return sheet, nil
}

// addPast puts in what the rule was before, and what it has decided.
func (s *Server) addPast(ctx context.Context, v *visit, r *rule.Rule, sheet *view.Rule, names map[casebook.StaffID]string) error {
	var err error
	if sheet.Versions, err = s.ruleVersions(ctx, v, r.ID, names); err != nil {
		return err
	}
	decided, err := s.Desk.Book.DecisionsBy(ctx, string(r.ID), v.place("before"), perPage+1)
	if err != nil {
		return err
	}
	sheet.Decisions = view.List{
		Caption: page.Say("rule.decisions.list"), Empty: page.Empty{Text: page.Say("rule.decisions.empty")},
		Columns: []page.Text{page.Say("rules.what"), page.Say("act.at"), page.Say("decision.became")},
	}
	if len(decided) > perPage {
		decided = decided[:perPage]
		sheet.Decisions.Next = sheet.Base + "?before=" + strconv.FormatInt(decided[perPage-1].Place, 10)
	}
	if sheet.Decisions.Rows, err = s.decisionRows(v, decided, true); err != nil {
		return err
	}
	overridden, err := s.Desk.Book.Overrides(ctx, string(r.ID), 0, perPage)
	if err != nil {
		return err
	}
	sheet.Overrides = view.List{
		Caption: page.Say("rule.overrides.list"), Columns: []page.Text{page.Say("act.at"), page.Say("act.who"), page.Say("rule.overrides.why")},
	}
	for _, o := range overridden {
		sheet.Overrides.Rows = append(sheet.Overrides.Rows, view.Row{Href: decisionPath(o.ID), Cells: []view.Cell{
			{Text: page.Say("verbatim", "text", o.Settled)}, {Text: page.Verbatim(nameOf(names, o.Staff))}, {Text: page.Verbatim(o.Reason)},
		}})
	}
	return nil
}

// ruleVersions says of each version what it changed.
func (s *Server) ruleVersions(ctx context.Context, v *visit, id rule.ID, names map[casebook.StaffID]string) ([]view.RuleVersion, error) {
	all, err := s.Desk.Book.RuleVersions(ctx, string(id))
	if err != nil {
		return nil, err
	}
	versions := make([]view.RuleVersion, len(all))
	var later *rule.Rule
	for i := range all {
		this, err := casework.ReadRule(&all[i])
		if err != nil {
			return nil, err
		}
		versions[i] = view.RuleVersion{Number: all[i].Version, Since: all[i].Since, Reason: all[i].Reason}
		if all[i].Staff != "" {
			versions[i].By = nameOf(names, all[i].Staff)
		}
		if all[i].Approved != "" {
			versions[i].Second = nameOf(names, all[i].Approved)
		}
		if later != nil {
			versions[i-1].Changes = v.saysRules(rule.Differences(this, later))
		}
		later = this
	}
	return versions, nil
}

// nameOf gives a member of staff's name.
func nameOf(names map[casebook.StaffID]string, id casebook.StaffID) string {
	if name := names[id]; name != "" {
		return name
	}
	return string(id)
}

func sourcesOf(r *rule.Rule) []page.Source {
	var all []page.Source
	for _, s := range r.Sources {
		all = append(all, page.Source{Name: s.Text, Href: s.Link})
	}
	return all
}

// ruleForm is the form of a rule's figures as they are.
func ruleForm(v *visit, r *rule.Rule) *view.RuleForm {
	f := &view.RuleForm{
		Version: r.Version, Reason: why(fieldChangeWhy, "rule.change.why"),
		Assumption: page.Field{
			Name: fieldAssumption, Label: page.Say("rule.assumption"), Value: r.Assumption.In(v.Language), Rows: 3, Max: rule.MaxAssumption,
		},
	}
	for _, m := range r.Kind.Measures() {
		p := r.Params[m.Name]
		field := page.Field{
			Name: fieldValue + m.Name, Label: v.saysRule(rule.Say("rule.param." + m.Name)), Mode: "decimal", Value: figure(m, p.Value, r.Currency),
		}
		switch {
		case m.Unit == rule.Money:
			field.Unit = string(r.Currency)
			if p.AtMost > 0 {
				most := finance.Money{Amount: finance.Amount(p.AtMost), Currency: r.Currency}
				field.Hint = page.Say("rule.change.most", "most", most, "source", p.Source)
			}
		case p.AtMost > 0:
			field.Hint = page.Say("rule.change.days", "least", int(p.AtLeast), "most", int(p.AtMost))
		}
		f.Fields = append(f.Fields, field)
	}
	return f
}

// figure writes a figure as a person does.
func figure(m rule.Measure, value int64, currency finance.Currency) string {
	if m.Unit != rule.Money {
		return strconv.FormatInt(value, 10)
	}
	amount, _, _ := strings.Cut(finance.Money{Amount: finance.Amount(value), Currency: currency}.String(), " ")
	return amount
}

// readFigure reads what a person wrote for a figure.
func readFigure(m rule.Measure, text string, currency finance.Currency) (int64, bool) {
	text = strings.TrimSpace(text)
	if m.Unit != rule.Money {
		n, err := strconv.ParseInt(text, 10, 64)
		return n, err == nil
	}
	amount, err := finance.ParseMoney(strings.ReplaceAll(text, ",", "."), string(currency))
	return int64(amount.Amount), err == nil && amount.Amount >= 0
}

// postRuleChange leads to the check of another version.
func (s *Server) postRuleChange(v *visit) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	sheet, err := s.ruleSheet(v)
	if err != nil {
		return err
	}
	r, err := s.ruleAsked(v)
	if err != nil {
		return err
	}
	change := s.readChange(v, r, sheet.Change)
	if len(sheet.Change.Summary().Faults) > 0 {
		return v.Show(http.StatusUnprocessableEntity, sheet)
	}
	return s.changeRule(v, sheet, change, sheet.Change.Reason.Value)
}

// readChange reads a change from the form, and puts what was written back into it
// with what is wrong.
func (s *Server) readChange(v *visit, r *rule.Rule, form *view.RuleForm) rule.Change {
	c := rule.Change{Values: map[string]int64{}}
	for i, m := range r.Kind.Measures() {
		field, p := &form.Fields[i], r.Params[m.Name]
		field.Value = v.R.PostForm.Get(field.Name)
		value, is := readFigure(m, field.Value, r.Currency)
		if !is || value < p.AtLeast || p.AtMost > 0 && value > p.AtMost {
			field.Error = page.Say("rule.change.wrong")
		}
		c.Values[m.Name] = value
	}
	if text := v.words(fieldAssumption); text != "" && text != r.Assumption.In(v.Language) {
		c.Assumption = rule.Texts{v.Language: text}
		form.Assumption.Value = text
	}
	if form.Reason.Value = v.words(fieldChangeWhy); form.Reason.Value == "" {
		form.Reason.Error = page.Say("decision.words.missing")
	}
	return c
}

// changeRule leads to the check of a change, or says on the rule's page why it cannot be.
func (s *Server) changeRule(v *visit, sheet *view.Rule, c rule.Change, reason string) error {
	ref := rule.Ref(chi.URLParam(v.R, "rule") + "@" + v.R.PostForm.Get(fieldVersion))
	act, err := s.Desk.ChangeRule(v.R.Context(), ref, c)
	if refused, cause := site.RefusalOf(err, v.ID); err != nil && cause == nil {
		sheet.Failed = page.Verbatim(refused.Text(v.Language))
		return v.Show(site.StatusOf(refused.Class()), sheet)
	}
	if err != nil {
		return err
	}
	return v.check(act, reason, sheet.Base)
}

// postRuleReview says that a rule is still right, until a day.
func (s *Server) postRuleReview(v *visit) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	sheet, err := s.ruleSheet(v)
	if err != nil {
		return err
	}
	sheet.Reviewing.Value, sheet.StillRight.Value = v.R.PostForm.Get(fieldReview), v.words(fieldReviewWhy)
	day, err := finance.ParseDate(sheet.Reviewing.Value)
	if err != nil || day.Before(s.today()) || day.After(s.today().AddDays(rule.AtMostDays)) {
		sheet.Reviewing.Error = page.Say("rule.change.day")
	}
	if sheet.StillRight.Value == "" {
		sheet.StillRight.Error = page.Say("decision.words.missing")
	}
	if len(page.Summary(sheet.Reviewing, sheet.StillRight).Faults) > 0 {
		return v.Show(http.StatusUnprocessableEntity, sheet)
	}
	// Who vouches for the rule answers for it.
	return s.changeRule(v, sheet, rule.Change{Review: day, Owner: rule.Owner{Role: string(casework.Lead), Name: v.staff.Name}}, sheet.StillRight.Value)
}

// postRuleStop leads to the check of a stop.
func (s *Server) postRuleStop(v *visit) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	sheet, err := s.ruleSheet(v)
	if err != nil {
		return err
	}
	until, fits := readUntil(v)
	if sheet.StopUntil.Value = v.R.PostForm.Get(fieldUntil); !fits {
		sheet.StopUntil.Error = page.Say("rule.change.day")
	}
	if sheet.StopReason.Value = v.words(fieldStopWhy); sheet.StopReason.Value == "" {
		sheet.StopReason.Error = page.Say("decision.words.missing")
	}
	if len(page.Summary(sheet.StopUntil, sheet.StopReason).Faults) > 0 {
		return v.Show(http.StatusUnprocessableEntity, sheet)
	}
	return v.check(&casework.RuleStop{Rule: rule.ID(chi.URLParam(v.R, "rule")), Until: until}, sheet.StopReason.Value, sheet.Base)
}

// readUntil reads the last day of a stop; none where nothing is written.
func readUntil(v *visit) (finance.Date, bool) {
	text := strings.TrimSpace(v.R.PostForm.Get(fieldUntil))
	if text == "" {
		return finance.Date{}, true
	}
	day, err := finance.ParseDate(text)
	today := v.server.today()
	return day, err == nil && !day.Before(today) && !day.After(today.AddDays(rule.AtMostDays))
}

// postRuleResume leads to the check of ending a stop.
func (s *Server) postRuleResume(v *visit) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	sheet, err := s.ruleSheet(v)
	if err != nil {
		return err
	}
	id := v.R.PostForm.Get("stop")
	for i := range sheet.Stops {
		stop := &sheet.Stops[i]
		if stop.ID != id {
			continue
		}
		if reason := v.words(stop.Why.Name); reason != "" {
			return v.check(&casework.RuleResume{Stop: id}, reason, sheet.Base)
		}
		stop.Why.Error = page.Say("decision.words.missing")
		return v.Show(http.StatusUnprocessableEntity, sheet)
	}
	return ledger.Refuse(ledger.CodeNotFound)
}
