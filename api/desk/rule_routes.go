package desk

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger/finance"
)

const (
	rulesPath     = "/desk/rules"
	proposalsPath = "/desk/rules/proposals"
	decisionsPath = "/desk/decisions"
)

// ruleRoutes are the pages of this theme.
var ruleRoutes = []route{
	{method: get, pattern: rulesPath, roles: readers, handle: (*Server).getRules},
	{method: get, pattern: proposalsPath, roles: readers, handle: (*Server).getProposals},
	{method: get, pattern: "/desk/rules/{rule}", roles: readers, handle: (*Server).getRule},
	{method: post, pattern: "/desk/rules/{rule}/change", roles: leads, handle: (*Server).postRuleChange},
	{method: post, pattern: "/desk/rules/{rule}/review", roles: leads, handle: (*Server).postRuleReview},
	{method: post, pattern: "/desk/rules/{rule}/stop", roles: leads, handle: (*Server).postRuleStop},
	{method: post, pattern: "/desk/rules/{rule}/resume", roles: leads, handle: (*Server).postRuleResume},
	{method: get, pattern: "/desk/cases/of/{note}/rules", roles: readers, handle: (*Server).getNoteRules},
	{method: post, pattern: "/desk/cases/of/{note}/rules/pause", roles: deciders, handle: (*Server).postNotePause},
	{method: post, pattern: "/desk/cases/of/{note}/rules/resume", roles: deciders, handle: (*Server).postNoteResume},
	{method: get, pattern: "/desk/decisions/{decision}", roles: readers, handle: (*Server).getDecision},
	{method: post, pattern: "/desk/decisions/{decision}/answer", roles: deciders, handle: (*Server).postDecisionAnswer},
	{method: post, pattern: "/desk/decisions/{decision}/override", roles: deciders, handle: (*Server).postDecisionOverride},
	{method: post, pattern: "/desk/decisions/{decision}/pause", roles: deciders, handle: (*Server).postDecisionPause},
}

// deciders are those whose word stands above a rule's.
var deciders = []casework.Role{casework.Agent, casework.Lead}

// shareTime is the time over which decisions of a rule are counted on pages.
const shareTime = 90 * 24 * time.Hour

func rulePath(id rule.ID) string      { return rulesPath + "/" + url.PathEscape(string(id)) }
func decisionPath(id string) string   { return decisionsPath + "/" + id }
func (s *Server) today() finance.Date { return finance.DateOf(s.Clock()) }

// saysRule makes a text of the words of package rule, which are the borrower's, too.
func (v *visit) saysRule(s rule.Saying) page.Text { return page.Verbatim(s.In(v.Language)) }

func (v *visit) saysRules(all []rule.Saying) []page.Text {
	texts := make([]page.Text, len(all))
	for i, s := range all {
		texts[i] = v.saysRule(s)
	}
	return texts
}

// words is what staff wrote in a field; "" where it is no text or too long.
func (v *visit) words(name string) string {
	text := strings.TrimSpace(v.R.PostForm.Get(name))
	if utf8.RuneCountInString(text) > view.MaxReason || !site.IsText(text) {
		return ""
	}
	return text
}

// why is the field of a reason, of which a page can have several.
func why(name string, label page.Key) page.Field {
	f := view.Reason("", false)
	f.Name, f.Label = name, page.Say(label)
	return f
}

// filtersOf are the ways to see the rules.
func ruleFilters(current string) []view.Filter {
	all := []view.Filter{{Href: rulesPath, Text: page.Say("rules.all")}, {Href: proposalsPath, Text: page.Say("rules.proposals")}}
	for i := range all {
		all[i].Current = all[i].Href == current
	}
	return all
}

// roundOf is how far the rules have come.
func (s *Server) roundOf(v *visit) (*view.RoundProgress, error) {
	r, err := s.Desk.Book.Round(v.R.Context(), casework.RoundDaily)
	if err != nil || r.Begun.IsZero() {
		return nil, err
	}
	p := &view.RoundProgress{Notes: r.Notes, Acted: r.Acted, Proposed: r.Proposed, Failed: r.Failed, Ended: r.Ended}
	return p, p.Day.UnmarshalText([]byte(r.Day))
}

// shares counts what rules decided of late, by rule.
func (s *Server) shares(v *visit) (map[string]casebook.Share, error) {
	now := s.Clock()
	all, err := s.Desk.Book.OverrideShares(v.R.Context(), now.Add(-shareTime), now.Add(time.Second))
	if err != nil {
		return nil, err
	}
	by := map[string]casebook.Share{}
	for _, share := range all {
		by[share.Rule] = share
	}
	return by, nil
}

// getRules lists the rules.
func (s *Server) getRules(v *visit) error {
	ctx := v.R.Context()
	rules, err := s.Desk.Rules(ctx)
	if err != nil {
		return err
	}
	stops, err := s.Desk.Book.StopsForAll(ctx, s.today())
	if err != nil {
		return err
	}
	shares, err := s.shares(v)
	if err != nil {
		return err
	}
	sheet := &view.Rules{List: view.List{
		Caption: page.Say("rules.list"), Filters: ruleFilters(rulesPath), Empty: page.Empty{Text: page.Say("rules.empty")},
		Columns: []page.Text{page.Say("rules.name"), page.Say("rules.owner"), page.Say("rules.review"), page.Say("rules.acted")},
	}}
	for i := range rules {
		sheet.List.Rows = append(sheet.List.Rows, s.ruleRow(v, &rules[i], stops, shares[string(rules[i].ID)]))
	}
	if sheet.Round, err = s.roundOf(v); err != nil {
		return err
	}
	return v.Show(http.StatusOK, sheet)
}

func (s *Server) ruleRow(v *visit, r *rule.Rule, stops []casebook.Stop, share casebook.Share) view.Row {
	stand := standOf(r, stops, s.today())
	row := view.Row{Href: rulePath(r.ID), Cells: []view.Cell{
		{Text: v.saysRule(rule.Say("rule.kind." + string(r.Kind))), More: v.saysRule(r.Does())},
		{Text: page.Verbatim(r.Owner.Name)},
		{Text: page.Say("verbatim", "text", r.Review), More: stand.short(r)},
		{Text: counted(share)},
	}}
	if r.Owner.Name == "" {
		row.Cells[1].Text = page.Say("rule.nobody")
	}
	if stand != standActs && stand != standPerson {
		row.Tone = page.ToneAttention
	}
	return row
}

// stand is whether a rule acts, or why it asks a person.
type stand string

const (
	standActs    stand = "acts"
	standPerson  stand = "person"
	standReview  stand = "review"
	standOwner   stand = "owner"
	standStopped stand = "stopped"
	standEnded   stand = "ended"
)

func standOf(r *rule.Rule, stops []casebook.Stop, today finance.Date) stand {
	switch {
	case r.Ended:
		return standEnded
	case r.Kind.Proposes():
		return standPerson
	case r.Owner.Name == "":
		return standOwner
	case r.Review.Before(today):
		return standReview
	}
	for _, s := range stops {
		if s.Rule == string(r.ID) || s.Rule == "" {
			return standStopped
		}
	}
	return standActs
}

// short says it in the list.
func (s stand) short(r *rule.Rule) page.Text {
	switch s {
	case standEnded:
		return page.Say("rules.ended")
	case standPerson:
		return page.Say("rules.asks.always")
	case standOwner:
		return page.Say("rules.asks.owner")
	case standReview:
		return page.Say("rules.asks", "on", r.Review.AddDays(1))
	case standStopped:
		return page.Say("rules.asks.stopped")
	}
	return page.Say("rules.acts")
}

// status says it on the rule's page.
func (s stand) status(r *rule.Rule) page.Status {
	tone := page.ToneAttention
	switch s {
	case standActs, standPerson:
		tone = page.ToneCalm
	}
	return page.Status{Tone: tone, Text: page.Say("rule.status."+page.Key(s), "on", r.Review.AddDays(1))}
}

// counted says how often a rule acted or asked, and what persons made of it.
func counted(s casebook.Share) page.Text {
	switch {
	case s.Acted > 0:
		return page.Say("rule.counted", "acted", s.Acted, "overridden", s.Overridden, "share", s.Overridden*100/s.Acted)
	case s.Asked > 0:
		return page.Say("rule.counted.asked", "asked", s.Asked, "accepted", s.Accepted, "declined", s.Declined)
	}
	return page.Say("rule.counted.none")
}

// getProposals lists what the rules ask, the oldest first.
func (s *Server) getProposals(v *visit) error {
	all, err := s.Desk.Book.DecisionsIn(v.R.Context(), casebook.DecisionProposed, v.place("after"), perPage+1)
	if err != nil {
		return err
	}
	sheet := &view.Rules{List: view.List{
		Caption: page.Say("rules.proposals.list"), Filters: ruleFilters(proposalsPath), Empty: page.Empty{Text: page.Say("rules.proposals.empty")},
		Columns: []page.Text{page.Say("rules.what"), page.Say("rules.since")},
	}}
	if len(all) > perPage {
		all = all[:perPage]
		sheet.List.Next = proposalsPath + "?after=" + strconv.FormatInt(all[perPage-1].Place, 10)
	}
	if sheet.List.Rows, err = s.decisionRows(v, all, false); err != nil {
		return err
	}
	if sheet.Round, err = s.roundOf(v); err != nil {
		return err
	}
	return v.Show(http.StatusOK, sheet)
}

// decisionRows makes rows of decisions, with their states where they can differ.
func (s *Server) decisionRows(v *visit, all []casebook.Decision, states bool) ([]view.Row, error) {
	var rows []view.Row
	for i := range all {
		made, err := casework.ReadDecision(&all[i])
		if err != nil {
			return nil, err
		}
		row := view.Row{Href: decisionPath(all[i].ID), Cells: []view.Cell{
			{Text: v.saysRule(rule.Say("rule.kind." + all[i].Kind)), More: page.Verbatim(rule.Text(made.Decision.Why, v.Language))},
			{Text: page.Say("verbatim", "text", all[i].At)},
		}}
		if states {
			row.Cells = append(row.Cells, view.Cell{Text: page.Say("decision.state." + page.Key(all[i].State))})
		}
		rows = append(rows, row)
	}
	return rows, nil
}
