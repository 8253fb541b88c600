package desk

import (
	"slices"
	"strconv"

	"github.com/skuld-registry/skuld/api/casework/report"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/picture"
)

// behind says where the rows behind a measure are listed.
var behind = map[report.Name]struct{ path, query string }{
	report.Calls:      {callsPath, ""},
	report.Complaints: {complaintsPath, ""},
	report.Received:   {complaintsPath, ""},
	report.Disputes:   {casesPath, "?show=disputed"},
	report.Plans:      {casesPath, "?show=plan"},
	report.Old:        {casesPath, "?show=late"},
	report.Returned:   {casesPath, "?show=closed"},
	report.Booking:    {"/desk/payments", ""},
}

// reportsFor makes the report of the months until now.
func (s *Server) reportsFor(v *visit) (*view.Reports, error) {
	last := report.MonthOf(s.today())
	had, err := s.Desk.Reports(v.R.Context(), last)
	if err != nil {
		return nil, err
	}
	sheet := &view.Reports{}
	if sheet.Counted, err = s.Desk.Book.ReportsMade(v.R.Context()); err != nil || sheet.Counted.IsZero() {
		return sheet, err
	}
	var all []report.Figures
	var standing *report.Standing
	for _, m := range report.Window(last) {
		f := report.Figures{Month: m}
		if had[m] != nil {
			f = *had[m]
		}
		if f.Standing != nil {
			standing = f.Standing
		}
		all = append(all, f)
	}
	for _, m := range report.Measures() {
		sheet.Measures = append(sheet.Measures, s.measure(v, m, all))
	}
	if sheet.Tables, err = s.standingTables(v, standing, all); err != nil {
		return nil, err
	}
	sheet.Files = []page.Link{{Href: reportsPath + "/all.csv", Text: page.Say("reports.all.csv")}, {Href: reportsPath + "/all.pdf", Text: page.Say("reports.all.pdf")}}
	for _, path := range []string{auditPath + "/export", complaintsPath + "/export"} {
		if href := s.opens(v, path, ""); href != "" {
			sheet.Files = append(sheet.Files, page.Link{Href: href, Text: page.Say(map[string]page.Key{auditPath + "/export": "reports.audit", complaintsPath + "/export": "reports.complaints"}[path])})
		}
	}
	return sheet, nil
}

// measure makes a measure's chart and tables.
func (s *Server) measure(v *visit, m report.Measure, all []report.Figures) view.ReportMeasure {
	points := m.Series(all)
	sheet := view.ReportMeasure{Main: s.table(string(m.Name), page.Say(page.Key("reports.name."+m.Name)), page.Say("reports.month"), page.Say("reports.value"))}
	sheet.Main.Says = []page.Text{page.Say(page.Key("reports.what." + m.Name))}
	if at, is := behind[m.Name]; is {
		if href := s.opens(v, at.path, at.query); href != "" {
			sheet.Main.Open = &page.Link{Href: href, Text: page.Say("reports.open")}
		}
	}
	timed := m.Unit == report.Hours || m.Unit == report.Days
	if timed {
		sheet.Main.Columns = append(sheet.Main.Columns, page.Say("reports.slow"))
	}
	if m.Unit != report.Number {
		sheet.Main.Columns = append(sheet.Main.Columns, page.Say("reports.of"))
	}
	for _, p := range points {
		if !p.Has {
			continue
		}
		row := []view.Figure{{Month: p.Month.First()}, inUnit(m, p.Value)}
		if timed {
			row = append(row, inUnit(m, p.Slow))
		}
		if m.Unit != report.Number {
			row = append(row, number(p.Of))
		}
		sheet.Main.Rows = append(sheet.Main.Rows, row)
		sheet.Value = row[1].Text
		sheet.Of = page.Verbatim(string(p.Month))
		if m.Unit != report.Number {
			sheet.Of = page.Say("reports.latest", "month", string(p.Month), "n", p.Of)
		}
		s.judge(&sheet, m, p)
	}
	if change, known := m.Trend(points); known {
		sheet.Trend = trend(change)
	}
	sheet.Chart = chart(m, points)
	sheet.More = s.moreOf(m, all)
	return sheet
}

// judge says whether a value is as wanted.
func (s *Server) judge(sheet *view.ReportMeasure, m report.Measure, p report.Point) {
	if m.Target == 0 {
		return
	}
	sheet.Target = page.Say("reports.target.least", "value", inUnit(m, m.Target).Text)
	if m.Less {
		sheet.Target = page.Say("reports.target.most", "value", inUnit(m, m.Target).Text)
	}
	sheet.Tone, sheet.Met = page.ToneDone, page.Say("reports.met")
	if !m.Met(p.Value) {
		sheet.Tone, sheet.Met = page.ToneAttention, page.Say("reports.missed")
	}
}

func trend(change int) page.Text {
	switch {
	case change > 0:
		return page.Say("reports.better")
	case change < 0:
		return page.Say("reports.worse")
	}
	return page.Say("reports.same")
}

// inUnit writes a value in its unit.
func inUnit(m report.Measure, value int) view.Figure {
	f := number(value)
	switch m.Unit {
	case report.Percent:
		f.Text = page.Say("reports.percent", "n", value)
	case report.Hours:
		f.Text = page.Count("reports.hours", value)
	case report.Days:
		f.Text = page.Count("reports.days", value)
	}
	return f
}

// fullScale is the top of the charts of shares and of the index.
const fullScale = 100

// chart draws the months of a measure.
func chart(m report.Measure, points []report.Point) view.ReportChart {
	values := make([]picture.Value, len(points))
	drawn := make([]int, len(points))
	for i, p := range points {
		values[i], drawn[i] = picture.Value{Has: p.Has, N: p.Value}, p.Value
		if !p.Has {
			drawn[i] = -1
		}
	}
	top := 0
	if m.Unit == report.Percent || m.Unit == report.Index {
		top = fullScale
	}
	c := view.ReportChart{
		ID: "chart-" + string(m.Name), Columns: picture.ColumnsOf(values, top, m.Target), Width: picture.Width, Height: picture.Height,
		From: points[0].Month.First(), To: points[len(points)-1].Month.First(), Values: drawn,
	}
	c.Top = inUnit(m, c.Most).Text
	c.Wanted = page.Say("reports.wanted", "value", inUnit(m, m.Target).Text)
	c.Alt = page.Say("reports.alt", "name", page.Say(page.Key("reports.name."+m.Name)), "from", string(points[0].Month), "to", string(points[len(points)-1].Month))
	return c
}

// moreOf are the tables of a measure beside that of its months.
func (s *Server) moreOf(m report.Measure, all []report.Figures) []view.ReportTable {
	if m.Name == report.Content {
		return s.answerTables(all)
	}
	teams := m.Teams(all)
	if m.Unit != report.Percent || len(teams) == 0 {
		return nil
	}
	t := s.table(string(m.Name)+"-teams", page.Say("reports.teams", "name", page.Say(page.Key("reports.name."+m.Name))), page.Say("reports.team"), page.Say("reports.value"), page.Say("reports.of"))
	for _, one := range teams {
		t.Rows = append(t.Rows, []view.Figure{teamName(one.Team), inUnit(m, one.Percent()), number(one.Whole)})
	}
	return []view.ReportTable{t}
}

func teamName(team string) view.Figure {
	if team == "" {
		return view.Figure{Text: page.Say("reports.team.none")}
	}
	return view.Figure{Text: page.Verbatim(team)}
}

// answerTables are what was said in each month whose answers are enough, by question,
// team and topic.
func (s *Server) answerTables(all []report.Figures) []view.ReportTable {
	group := func(first page.Key) []page.Text {
		return []page.Text{page.Say("reports.month"), page.Say(first), page.Say("reports.index"), page.Say("reports.q0"), page.Say("reports.q1"), page.Say("reports.q2"), page.Say("reports.answers")}
	}
	teams := s.table("content-teams", page.Say("reports.content.teams"), group("reports.team")...)
	topics := s.table("content-topics", page.Say("reports.content.topics"), group("reports.topic")...)
	teams.Says = []page.Text{page.Say("reports.hidden", "n", report.MinGroup)}
	scores := s.table("content-scores", page.Say("reports.content.scores"), page.Say("reports.month"), page.Say("reports.question"))
	for score := report.MinScore; score <= report.MaxScore; score++ {
		scores.Columns = append(scores.Columns, page.Verbatim(strconv.Itoa(score)))
	}
	for i := range all {
		a, month := all[i].Answers, view.Figure{Month: all[i].Month.First()}
		if a == nil {
			continue
		}
		for _, g := range a.Teams {
			teams.Rows = append(teams.Rows, groupRow(month, g, teamName))
		}
		for _, g := range a.Topics {
			topics.Rows = append(topics.Rows, groupRow(month, g, topicName))
		}
		for q, given := range a.Scores {
			scores.Rows = append(scores.Rows, scoreRow(month, q, given))
		}
	}
	return []view.ReportTable{teams, topics, scores}
}

// scoreRow says how often each score was given to a question.
func scoreRow(month view.Figure, question int, given []report.Scored) []view.Figure {
	row := []view.Figure{month, {Text: page.Say(page.Key("reports.q" + strconv.Itoa(question)))}}
	for score := report.MinScore; score <= report.MaxScore; score++ {
		times := 0
		for _, one := range given {
			if one.Score == score {
				times = one.Times
			}
		}
		row = append(row, number(times))
	}
	return row
}

func groupRow(month view.Figure, g report.Group, name func(string) view.Figure) []view.Figure {
	first := name(g.Names[0])
	for _, more := range g.Names[1:] {
		first = view.Figure{Text: page.Say("reports.and", "first", first.Text, "more", name(more).Text)}
	}
	overall, expected, ideal := g.Tenths()
	return []view.Figure{month, first, number(g.Index()), tenths(overall), tenths(expected), tenths(ideal), number(g.Answers)}
}

// tenths writes a mean with one decimal, the same in all languages but for its sign.
func tenths(n int) view.Figure {
	whole, part := strconv.Itoa(n/10), strconv.Itoa(n%10)
	return view.Figure{Text: page.Say("reports.decimal", "whole", whole, "part", part), Plain: whole + "." + part}
}

// topicName names what a contact was about; a topic of a later version by itself.
func topicName(topic string) view.Figure {
	if !slices.Contains(topics(), topic) {
		return view.Figure{Text: page.Verbatim(topic)}
	}
	return view.Figure{Text: page.Say(page.Key("work.topic." + topic))}
}
