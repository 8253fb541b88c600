package desk_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ledongthuc/pdf"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/casework/report"
	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page/pagetest"
	"github.com/skuld-registry/skuld/ledger"
)

// measured is a desk with a lead, where two of three promised calls were made in time
// and six answers were heard of the month before, of which one was low.
func measured(t *testing.T, w *world) *member {
	t.Helper()
	lead := w.staff("Lena Lund", casework.Lead)
	ctx := t.Context()
	for i, at := range []time.Duration{time.Hour, time.Hour, 48 * time.Hour} {
		id := fmt.Sprint("call", i)
		if err := w.desk.Book.AddCall(ctx, casebook.Call{ID: id, Note: "n1", Team: "=HYPERLINK(1)", Created: noon, Promised: noon.Add(2 * time.Hour)}); err != nil {
			t.Fatal(err)
		}
		if i == 2 {
			if _, err := w.desk.Book.MissCalls(ctx, noon.Add(24*time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		if kept, err := w.desk.Book.KeepCall(ctx, id, lead.id, casebook.Reached, noon.Add(at)); err != nil || !kept {
			t.Fatalf("keeping a call: %v, %v", kept, err)
		}
	}
	var answers []casebook.Answer
	for i := range 6 {
		a := casebook.Answer{ID: fmt.Sprint("a", i), Month: "2026-05", Team: "north", Topic: "plan", Overall: 8, Expected: 8, Ideal: 8}
		if i > 3 {
			a.Team, a.Overall = "south", 2
		}
		answers = append(answers, a)
	}
	low := func(a *casebook.Answer) *casebook.Task {
		if a.ID != "a5" {
			return nil
		}
		return &casebook.Task{Kind: casebook.TaskAnswer, About: a.ID, Reason: "task-answer", With: map[string]string{"month": a.Month, "score": "2"}}
	}
	if err := w.desk.Book.HearAnswers(ctx, answers, "", low, noon); err != nil {
		t.Fatal(err)
	}
	if done, err := w.desk.Book.FinishTask(ctx, casebook.TaskID(casebook.TaskAnswer, "a5"), lead.id, "We call back on the same day now.", noon); err != nil || !done {
		t.Fatalf("finishing: %v, %v", done, err)
	}
	w.pass(3 * 24 * time.Hour)
	return w.again(lead, "Lena, some days later")
}

func (w *world) counted() {
	w.Helper()
	if err := w.desk.CountReports(w.Context()); err != nil {
		w.Fatal(err)
	}
}

func TestReportsShowWhatWasCountedAndWhatCameOfIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lead := measured(t, w)
	lead.Get("/desk/reports").Is(http.StatusOK).Says("The figures are being counted")
	w.counted()
	a := lead.Get("/desk/reports").Is(http.StatusOK)
	a.Says("Promised calls in time", "67%", "Not met.", "at least 95%", "We call back on the same day now.", "Lena Lund", "north + south", "Fewer than 5 answers are never shown alone")
	if faults := pagetest.Faults(a.Body); len(faults) > 0 {
		t.Errorf("the page has faults: %v", faults)
	}
	if len(a.Body) > 100_000 {
		t.Errorf("the page has %d bytes", len(a.Body))
	}
	for _, language := range []string{"sv", "da"} {
		if faults := pagetest.Faults(lead.Get("/desk/reports?lang=" + language).Is(http.StatusOK).Body); len(faults) > 0 {
			t.Errorf("in %s the page has faults: %v", language, faults)
		}
	}
}

// columns finds each chart's columns, and the rows of the table that goes with it.
var (
	section = regexp.MustCompile(`(?s)<section class="measure" id="([a-z]+)">(.*?)</section>`)
	column  = regexp.MustCompile(`<rect class="plan-paid"`)
	tables  = regexp.MustCompile(`(?s)<tbody>(.*?)</tbody>`)
)

func TestEachChartHasATableWithTheSameNumbers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lead := measured(t, w)
	w.counted()
	a := lead.Get("/desk/reports").Is(http.StatusOK)
	sections, charts := section.FindAllStringSubmatch(a.Body, -1), 0
	for _, s := range sections {
		columns, body := len(column.FindAllString(s[2], -1)), tables.FindStringSubmatch(s[2])
		if columns == 0 {
			continue
		}
		charts++
		if body == nil || strings.Count(body[1], "<tr>") != columns {
			t.Errorf("the chart of %s has %d columns, and its table %v", s[1], columns, body)
		}
		rows := table(t, lead, "/desk/reports/tables/"+s[1])
		if len(rows)-1 != columns {
			t.Errorf("the file of %s has %d rows beside %d columns", s[1], len(rows)-1, columns)
		}
	}
	if len(sections) != len(report.Measures()) || charts < 3 {
		t.Errorf("of %d measures there are %d sections and %d charts", len(report.Measures()), len(sections), charts)
	}
}

// table reads a file of commas.
func table(t *testing.T, m *member, path string) [][]string {
	t.Helper()
	a := m.Get(path).Is(http.StatusOK)
	rows, err := csv.NewReader(strings.NewReader(a.Body)).ReadAll()
	if err != nil {
		t.Fatalf("reading %s: %v", path, err)
	}
	return rows
}

func TestFilesOfReportsAreForProgramsAndHoldNoFormula(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lead := measured(t, w)
	if _, err := w.desk.Book.AddStaff(t.Context(), casebook.Staff{ID: "s2", Name: "X", Team: "=HYPERLINK(1)", Language: ledger.English, Created: noon}); err != nil {
		t.Fatal(err)
	}
	if err := w.desk.Book.AddContact(t.Context(), casebook.Contact{ID: "c", Note: "n1", Staff: "s2", At: noon, Channel: casebook.ByPhone, Direction: casebook.Incoming, Outcome: casebook.Reached}, nil); err != nil {
		t.Fatal(err)
	}
	w.counted()
	if rows := table(t, lead, "/desk/reports/tables/calls"); len(rows) != 2 || strings.Join(rows[1], " ") != "2026-06 67 3" {
		t.Errorf("the calls are %q", rows)
	}
	if rows := table(t, lead, "/desk/reports/tables/named-teams"); len(rows) != 3 || rows[2][0] != "'=HYPERLINK(1)" {
		t.Errorf("the teams are %q", rows)
	}
	if a := lead.Get("/desk/reports/all.csv").Is(http.StatusOK); strings.Contains(a.Body, ",=") || strings.Count(a.Body, "\ncalls,") < 1 {
		t.Errorf("all tables are\n%s", a.Body)
	}
	lead.Get("/desk/reports/tables/nothing").Is(http.StatusNotFound)
}

// TestAnswersOfAMonthAreCountedOnce: one more answer changes nothing that is shown.
func TestAnswersOfAMonthAreCountedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lead := measured(t, w)
	w.counted()
	before := lead.Get("/desk/reports/tables/content-teams").Body
	late := []casebook.Answer{{ID: "late", Month: "2026-05", Team: "south", Topic: "plan", Overall: 1, Expected: 1, Ideal: 1}}
	if err := w.desk.Book.HearAnswers(t.Context(), late, "", func(*casebook.Answer) *casebook.Task { return nil }, noon); err != nil {
		t.Fatal(err)
	}
	w.counted()
	if after := lead.Get("/desk/reports/tables/content-teams").Body; after != before || !strings.Contains(before, ",6\n") {
		t.Errorf("an answer that came late made\n%s\nof\n%s", after, before)
	}
	if got := table(t, lead, "/desk/reports/tables/content"); len(got) != 2 || got[1][0] != "2026-05" {
		t.Errorf("the months that are shown are %q, want the one that is over", got)
	}
}

func TestWholeReportIsPrinted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lead := measured(t, w)
	w.counted()
	a := lead.Get("/desk/reports/all.pdf").Is(http.StatusOK)
	if again := lead.Get("/desk/reports/all.pdf"); again.Body != a.Body {
		t.Error("the same report is printed in other bytes")
	}
	r, err := pdf.NewReader(bytes.NewReader([]byte(a.Body)), int64(len(a.Body)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := r.GetPlainText()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Reports", "Promised calls in time", "67%", "north + south"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the PDF does not say %q:\n%s", want, b.String())
		}
	}
}

// TestDebtsStandInTheReport as the ledger has them: one case whose oldest instalment
// was due four months before noon.
func TestDebtsStandInTheReport(t *testing.T) {
	t.Parallel()
	w := newCollecting(t)
	w.given("Anna Ek", "A-1")
	w.counted()
	lead := w.staff("Lena Lund", casework.Lead)
	rows := table(t, lead, "/desk/reports/tables/ageing")
	if len(rows) != 2 || strings.Join(rows[1][:3], " ") != "90+ SEK 1" {
		t.Fatalf("the debts are %q", rows)
	}
	if !strings.HasPrefix(rows[1][3], "126") { // with the interest of five months
		t.Errorf("what is left of them is %q", rows[1][3])
	}
	if rows := table(t, lead, "/desk/reports/tables/recovery"); len(rows) != 2 || strings.Join(rows[1], " ") != "2026-06 SEK 1 12000.00 0.00 0" {
		t.Errorf("recovery is %q", rows)
	}
	if rows := table(t, lead, "/desk/reports/tables/signing"); len(rows) != 2 || rows[1][1] != "0" {
		t.Errorf("the time until the signature is %q", rows)
	}
	lead.Get("/desk/reports").Is(http.StatusOK).Says("90+ days", "Late for more than 90 days")
	if !slices.Contains(lead.Get("/desk/reports").Links(), "/desk/cases?show=late") {
		t.Error("nothing leads to the cases behind the figure")
	}
}

// TestPageOfReportsIsSmallHoweverMuchWasMeasured in thirteen months of twenty teams.
func TestPageOfReportsIsSmallHoweverMuchWasMeasured(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var all []casebook.MonthReport
	for _, m := range report.Window("2026-06") {
		f := report.Figures{
			Month: m, Shares: map[report.Name][]report.TeamShare{}, Times: map[report.Name]report.Spread{}, Counts: map[report.Name]int{},
			Answers: &report.Answers{All: report.Group{Answers: 200, Overall: 1400, Expected: 1400, Ideal: 1400}},
		}
		for i := range 20 {
			team := fmt.Sprintf("A team with a long name %d", i)
			f.Answers.Teams = append(f.Answers.Teams, report.Group{Names: []string{team}, Answers: 10, Overall: 70, Expected: 70, Ideal: 70})
			for _, measure := range report.Measures() {
				f.Shares[measure.Name] = append(f.Shares[measure.Name], report.TeamShare{Team: team, Share: report.Share{Part: 7, Whole: 9}})
				f.Times[measure.Name] = report.Spread{i: 3}
			}
		}
		f.Answers.Scores = [][]report.Scored{{{Score: 7, Times: 200}}, {{Score: 7, Times: 200}}, {{Score: 7, Times: 200}}}
		f.Standing = &report.Standing{Plans: report.Share{Part: 7, Whole: 9}}
		for _, past := range report.Window(m) {
			f.Standing.Recovery = append(f.Standing.Recovery, report.Recovered{Placed: past, Currency: "SEK", Cases: 9, Capital: 100_00, Paid: 50_00})
		}
		body, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, casebook.MonthReport{Month: string(m), Day: string(m) + "-15", Made: noon, Body: body})
	}
	if err := w.desk.Book.SaveReports(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	auditor := w.staff("Ada", casework.Auditor)
	a := auditor.Get("/desk/reports?lang=sv").Is(http.StatusOK)
	if len(a.Body) > 100_000 {
		t.Errorf("the page has %d bytes", len(a.Body))
	}
	if faults := pagetest.Faults(a.Body); len(faults) > 0 {
		t.Errorf("the page has faults: %v", faults)
	}
	if rows := table(t, auditor, "/desk/reports/tables/content-teams"); len(rows) != 1+13*20 {
		t.Errorf("the file has %d rows", len(rows))
	}
	if !slices.Contains(auditor.Get("/desk/reports").Links(), "/desk/audit/export") {
		t.Error("nothing leads the auditor to who did what")
	}
}

func TestReportCountsHowOftenPersonsChangedWhatARuleDid(t *testing.T) {
	t.Parallel()
	w := newRules(t)
	w.counted()
	lead := w.staff("Lena Lund", casework.Lead)
	rows := table(t, lead, "/desk/reports/tables/overrides")
	if len(rows) != 1+len(rule.Kinds()) {
		t.Fatalf("the rules are %q", rows)
	}
	for _, row := range rows[1:] {
		if got := strings.Join(row[1:4], " "); got != "2 1 50" {
			t.Errorf("%s acted, was changed, and how often in a hundred: %s, want 2 1 50", row[0], got)
		}
	}
	if links := lead.Get("/desk/reports").Links(); !slices.ContainsFunc(links, func(href string) bool { return strings.HasPrefix(href, "/desk/rules/") }) {
		t.Error("nothing leads to the rules")
	}
}
