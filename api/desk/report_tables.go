package desk

import (
	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/casework/report"
	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// topics are what contacts are about, as the answers name it.
func topics() []string {
	all := casework.Topics()
	names := make([]string, len(all))
	for i, t := range all {
		names[i] = string(t)
	}
	return names
}

// table begins a table with its file.
func (s *Server) table(name string, heading page.Text, columns ...page.Text) view.ReportTable {
	return view.ReportTable{Name: name, Heading: heading, Columns: columns, File: reportsPath + "/tables/" + name}
}

// standingTables are how the debts stand, what was recovered, the rules, and what was
// sold.
func (s *Server) standingTables(v *visit, standing *report.Standing, all []report.Figures) ([]view.ReportTable, error) {
	if standing == nil {
		standing = &report.Standing{}
	}
	rules, err := s.ruleTable(v, standing.Rules)
	if err != nil {
		return nil, err
	}
	sold, err := s.soldTable(v, report.SoldInHalves(all))
	if err != nil {
		return nil, err
	}
	return []view.ReportTable{s.ageTable(v, standing.Ageing), s.recoveryTable(standing.Recovery), rules, sold}, nil
}

// bucketFilters are the lists of cases of each age.
var bucketFilters = map[ledger.Bucket]string{
	ledger.BucketCurrent: "all", ledger.Bucket30: "late30", ledger.Bucket60: "late60", ledger.Bucket90: "late90", ledger.BucketOld: "late",
}

func (s *Server) ageTable(v *visit, ages []report.Age) view.ReportTable {
	t := s.table("ageing", page.Say("reports.ageing"), page.Say("reports.bucket"), page.Say("reports.currency"), page.Say("reports.cases"), page.Say("reports.owed"))
	t.Says = []page.Text{page.Say("reports.ageing.what")}
	for _, a := range ages {
		name := view.Figure{Text: page.Say("reports.bucket.current"), Href: s.opens(v, casesPath, "?show="+bucketFilters[a.Bucket]), Plain: string(a.Bucket)}
		if a.Bucket != ledger.BucketCurrent {
			name.Text = page.Say("reports.bucket.days", "days", string(a.Bucket))
		}
		t.Rows = append(t.Rows, []view.Figure{name, currency(a.Currency), number(a.Cases), amounts(finance.Money{Amount: a.Owed, Currency: a.Currency})})
	}
	return t
}

func currency(c finance.Currency) view.Figure { return view.Figure{Text: page.Verbatim(string(c))} }

func (s *Server) recoveryTable(all []report.Recovered) view.ReportTable {
	t := s.table("recovery", page.Say("reports.recovery"), page.Say("reports.placed"), page.Say("reports.currency"), page.Say("reports.cases"), page.Say("reports.capital"), page.Say("reports.paid"), page.Say("reports.share"))
	t.Says = []page.Text{page.Say("reports.recovery.what")}
	for _, r := range all {
		money := func(a finance.Amount) view.Figure { return amounts(finance.Money{Amount: a, Currency: r.Currency}) }
		t.Rows = append(t.Rows, []view.Figure{
			{Month: r.Placed.First()}, currency(r.Currency), number(r.Cases), money(r.Capital), money(r.Paid), percent(r.Share()),
		})
	}
	return t
}

func percent(share report.Share) view.Figure {
	f := number(share.Percent())
	f.Text = page.Say("reports.percent", "n", share.Percent())
	return f
}

func (s *Server) ruleTable(v *visit, counted []report.Rule) (view.ReportTable, error) {
	t := s.table("overrides", page.Say("reports.overrides"), page.Say("reports.rule"), page.Say("reports.acted"), page.Say("reports.overridden"), page.Say("reports.share"), page.Say("reports.verdict"))
	t.Says = []page.Text{page.Say("reports.overrides.what")}
	rules, err := s.Desk.Rules(v.R.Context())
	if err != nil {
		return t, err
	}
	names := map[string]*rule.Rule{}
	for i := range rules {
		names[string(rules[i].ID)] = &rules[i]
	}
	for _, c := range counted {
		name := view.Figure{Text: page.Verbatim(c.Name)}
		if r := names[c.Name]; r != nil {
			name.Text = v.saysRule(rule.Say("rule.kind." + string(r.Kind)))
			if s.opens(v, rulesPath, "") != "" {
				name.Href = rulePath(r.ID)
			}
		}
		verdict := view.Figure{Text: page.Say("reports.verdict.fine")}
		if c.Wrong() {
			verdict.Text = page.Say("reports.verdict.wrong")
		}
		t.Rows = append(t.Rows, []view.Figure{name, number(c.Acted), number(c.Overridden), percent(c.Share()), verdict})
	}
	return t, nil
}

// soldTable is what the company transferred, as it is reported each half-year.
func (s *Server) soldTable(v *visit, all []report.Sold) (view.ReportTable, error) {
	t := s.table("transferred", page.Say("reports.sold"), page.Say("reports.half"), page.Say("reports.buyer"), page.Say("reports.borrowers"), page.Say("reports.credits"), page.Say("reports.currency"), page.Say("reports.outstanding"))
	t.Says = []page.Text{page.Say("reports.sold.what")}
	if href := s.opens(v, "/desk/books", ""); href != "" {
		t.Open = &page.Link{Href: href, Text: page.Say("reports.open")}
	}
	for _, sold := range all {
		buyer := string(sold.Buyer)
		p, err := s.Desk.Book.Party(v.R.Context(), sold.Buyer)
		if err != nil {
			return t, err
		}
		if p != nil && p.Name != "" {
			buyer = p.Name
		}
		who := view.Figure{Text: page.Say("reports.companies"), Plain: "companies"}
		if sold.Consumer {
			who = view.Figure{Text: page.Say("reports.consumers"), Plain: "consumers"}
		}
		t.Rows = append(t.Rows, []view.Figure{
			{Text: page.Verbatim(sold.Half)}, {Text: page.Verbatim(buyer)}, who, number(sold.Credits), currency(sold.Currency),
			amounts(finance.Money{Amount: sold.Capital, Currency: sold.Currency}),
		})
	}
	return t, nil
}
