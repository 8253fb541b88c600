package desk

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/web/facts"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/part"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

const (
	// planAhead is how long before its first payment a plan is agreed at the latest, so
	// that the borrower has time to sign and to pay.
	planAhead = 14
	// maxPauseMonths is about ledger.MaxPauseDays.
	maxPauseMonths = 12
	// slowest and slides are the longest plan of the slider, in months, and its steps.
	slowest = 120
	slides  = 100
	// maxOther bounds the plan that the form carries along, as JSON.
	maxOther = 400
)

// planKinds are what can be agreed on, in their order.
var planKinds = []ledger.AmendmentKind{ledger.AmendPlan, ledger.AmendPause, ledger.AmendRate, ledger.AmendTerm}

// planning is a plan while it is put together.
type planning struct {
	*openCase
	in    url.Values
	now   ledger.Forecast
	sheet *view.Planner
}

// getPlanner shows the builder, with a plan to begin with.
func (s *Server) getPlanner(v *visit) error {
	p, err := s.planning(v, v.R.URL.Query())
	if err != nil {
		return err
	}
	return p.show(v, http.StatusOK)
}

// planning reads what is wanted and lays the builder out.
func (s *Server) planning(v *visit, in url.Values) (*planning, error) {
	o, err := s.caseOf(v)
	if err != nil {
		return nil, err
	}
	p := &planning{openCase: o, in: in}
	if p.now, err = ledger.Foresee(o.note, o.holder, o.today); err != nil {
		return nil, err
	}
	currency := o.note.Terms.Principal.Currency
	decimals, err := finance.MinorUnits(currency)
	if err != nil {
		return nil, err
	}
	unit := 1
	for range decimals {
		unit *= 10
	}
	total := int(p.now.Total) / unit
	p.sheet = &view.Planner{
		Head: o.head(), Action: o.path() + "/plan",
		Kind:    page.Choice{Name: "kind", Label: page.Say("planner.kind")},
		Monthly: page.Field{Name: "monthly", Label: page.Say("planner.monthly"), Value: in.Get("monthly"), Mode: "decimal", Max: site.MaxAmountTyped, Unit: string(currency), Optional: true},
		Months:  page.Field{Name: "months", Label: page.Say("planner.months"), Hint: page.Say("planner.months.hint"), Value: in.Get("months"), Mode: "numeric", Max: 3, Optional: true},
		Day:     page.Field{Name: "day", Label: page.Say("planner.day"), Hint: page.Say("planner.day.hint"), Value: orText(in.Get("day"), "28"), Mode: "numeric", Max: 2},
		Rate:    page.Field{Name: "rate", Label: page.Say("planner.rate"), Hint: page.Say("planner.rate.hint"), Value: in.Get("rate"), Mode: "decimal", Max: 8, Unit: "%", Optional: true},
		Free:    view.Checks{Name: "free", Label: page.Say("planner.free"), Options: []page.Option{{Value: "yes", Text: page.Say("planner.free.yes"), Chosen: in.Get("free") == "yes"}}},
		Words:   page.Field{Name: "words", Label: page.Say("planner.words"), Hint: page.Say("planner.words.hint"), Value: site.OwnWords(in.Get("words")), Rows: 3, Max: view.MaxReason, Optional: true},
		Least:   max(1, total/slowest), Most: max(1, total), Step: max(1, total/slowest/slides*10),
	}
	kind := p.kind()
	for _, k := range planKinds {
		p.sheet.Kind.Options = append(p.sheet.Kind.Options, page.Option{Value: string(k), Text: page.Say(page.Key("act.kind." + string(k))), Chosen: k == kind})
	}
	if p.sheet.Monthly.Value == "" && p.sheet.Months.Value == "" {
		p.sheet.Months.Value = map[ledger.AmendmentKind]string{ledger.AmendPlan: "12", ledger.AmendTerm: "12", ledger.AmendPause: "2"}[kind]
	}
	return p, nil
}

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func (p *planning) kind() ledger.AmendmentKind {
	for _, k := range planKinds {
		if string(k) == p.in.Get("kind") {
			return k
		}
	}
	return ledger.AmendPlan
}

// amendment gives what is wanted with what it comes to. Where a field says nothing
// that can be read, the field says so and ok is false.
func (p *planning) amendment() (m ledger.Amendment, f ledger.Forecast, ok bool, err error) {
	m = ledger.Amendment{Kind: p.kind()}
	if !p.readDay(&m) || !p.readRate(&m) {
		return m, f, false, nil
	}
	monthly, months := strings.TrimSpace(p.sheet.Monthly.Value), strings.TrimSpace(p.sheet.Months.Value)
	counts := m.Kind == ledger.AmendPlan || m.Kind == ledger.AmendTerm
	if counts && monthly != "" {
		amount, readable := site.ReadAmount(monthly, p.now.Currency)
		if !readable {
			p.sheet.Monthly.Error = page.Say("wants.amount")
			return m, f, false, nil
		}
		m, f, err = facts.FewestPayments(p.note, facts.Wanted{Monthly: amount.Amount, Amendment: m, Holder: p.holder, Today: p.today})
		if errors.Is(err, facts.ErrTooLittle) {
			p.sheet.Monthly.Error = page.Say("planner.small")
			return m, f, false, nil
		}
		return m, f, err == nil, err
	}
	if m.Kind != ledger.AmendRate {
		most := finance.MaxInstalments
		if m.Kind == ledger.AmendPause {
			most = maxPauseMonths
		}
		n, err := strconv.Atoi(months)
		if err != nil || n < 1 || n > most {
			p.sheet.Months.Error = page.Say("wants.months", "most", most)
			return m, f, false, nil
		}
		if counts {
			m.Instalments = n
		} else {
			m.FirstDue = p.today.AddMonths(n, m.DueDay)
		}
	}
	f, err = ledger.Preview(p.note, p.holder, m, p.today)
	return m, f, err == nil, err
}

// readDay reads the day of the month, and gives the first one that leaves time.
func (p *planning) readDay(m *ledger.Amendment) bool {
	if m.Kind == ledger.AmendRate {
		return true
	}
	day, err := strconv.Atoi(strings.TrimSpace(p.sheet.Day.Value))
	if err != nil || day < 1 || day > 31 {
		p.sheet.Day.Error = page.Say("planner.day.wrong")
		return false
	}
	from := p.today.AddDays(planAhead)
	m.DueDay, m.FirstDue = day, from.AddMonths(0, day)
	if m.FirstDue.Before(from) {
		m.FirstDue = from.AddMonths(1, day)
	}
	return true
}

// readRate reads another rate, or that what is left costs nothing.
func (p *planning) readRate(m *ledger.Amendment) bool {
	if m.Kind == ledger.AmendPause {
		return true
	}
	m.Free = p.in.Get("free") == "yes"
	typed := strings.Replace(strings.TrimSpace(p.sheet.Rate.Value), ",", ".", 1)
	if typed == "" || m.Free {
		if m.Kind == ledger.AmendRate && !m.Free {
			p.sheet.Rate.Error = page.Say("planner.rate.wrong")
			return false
		}
		return true
	}
	rate, err := finance.ParseRate(typed)
	if err != nil {
		p.sheet.Rate.Error = page.Say("planner.rate.wrong")
		return false
	}
	m.Rate = rate
	return true
}

// show counts the plan and shows it beside the way of today and the plan that it is
// compared with.
func (p *planning) show(v *visit, status int) error {
	m, f, ok, err := p.amendment()
	refusal, refused := errors.AsType[*ledger.Error](err)
	if err != nil && !refused {
		return err
	}
	sheet := &p.sheet.Sheet
	if refused {
		sheet.Failed = page.Verbatim(refusal.Text(v.Language))
	}
	ways := []part.Way{{Name: page.Say("planner.now"), Forecast: p.now}}
	if ok {
		ways = append(ways, part.Way{Value: "new", Name: planName(m), Amendment: m, Forecast: f})
		if m.Kind == ledger.AmendPlan {
			sheet.Fee = page.Say("planner.fee")
		}
	}
	if other, has := p.other(); has {
		if of, err := ledger.Preview(p.note, p.holder, other, p.today); err == nil {
			ways = append(ways, part.Way{Value: "other", Name: planName(other), Amendment: other, Forecast: of})
			p.sheet.Other = p.in.Get("other")
		}
	}
	if p.in.Get("do") == "compare" && ok {
		raw, err := json.Marshal(m)
		if err != nil {
			return err
		}
		p.sheet.Other = string(raw)
	}
	all := make([][]finance.Instalment, len(ways))
	for i, w := range ways {
		all[i] = w.Forecast.Instalments
	}
	frame := part.FrameOf(all...)
	for _, w := range ways {
		shown := w.Show(frame)
		shown.Plan.Rows = shown.Plan.Rows[:min(len(shown.Plan.Rows), rowsAhead)]
		switch w.Value {
		case "":
			sheet.Now = shown
		case "new":
			sheet.Way = &shown
		default:
			sheet.Other = &shown
		}
	}
	if status == http.StatusOK && (refused || len(p.sheet.Errors().Faults) > 0) && v.R.Method == post {
		status = http.StatusUnprocessableEntity
	}
	return v.Show(status, p.sheet)
}

// planName is what a plan is called beside others.
func planName(m ledger.Amendment) page.Text {
	if m.Instalments > 0 {
		return page.Count("planner.way."+page.Key(m.Kind), m.Instalments)
	}
	return page.Say(page.Key("act.kind." + string(m.Kind)))
}

// other reads the plan that is compared with. It is shown and nothing else, so that
// whatever somebody writes into the form is refused or shown as what it comes to.
func (p *planning) other() (m ledger.Amendment, has bool) {
	raw := p.in.Get("other")
	if raw == "" || len(raw) > maxOther || json.Unmarshal([]byte(raw), &m) != nil {
		return m, false
	}
	return m, true
}

// postPlanner counts the plan, keeps it to compare with, or leads on to proposing it.
func (s *Server) postPlanner(v *visit) error {
	p, err := s.planning(v, v.R.PostForm)
	if err != nil {
		return err
	}
	if p.in.Get("do") != "propose" {
		return p.show(v, http.StatusOK)
	}
	words := p.sheet.Words.Value
	if site.TooLong(words, view.MaxReason) {
		p.sheet.Words.Error = page.Say("wants.long", "most", view.MaxReason)
		return p.show(v, http.StatusUnprocessableEntity)
	}
	m, _, ok, err := p.amendment()
	if _, refused := errors.AsType[*ledger.Error](err); err != nil && !refused {
		return err
	}
	if !ok {
		return p.show(v, http.StatusUnprocessableEntity)
	}
	act, err := casework.On(p.Note, ledger.OpAmendPropose, ledger.AmendProposeBody{Amendment: m, Text: words})
	if err != nil {
		return err
	}
	return s.checked(v, v.check(act, "", p.path()), func(status int, failed page.Text) error {
		p.sheet.Sheet.Failed = failed
		return p.show(v, status)
	})
}
