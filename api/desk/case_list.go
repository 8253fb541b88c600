package desk

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/bankfile"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/facts"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// getSearch finds a caller's case. The only one that there is opens at once.
func (s *Server) getSearch(v *visit) error {
	v.query = v.R.URL.Query().Get("q")
	sheet := &view.Search{Query: v.query}
	if v.query == "" {
		return v.Show(http.StatusOK, sheet)
	}
	found, more, err := s.Desk.Search(v.R.Context(), v.query, perPage)
	if err != nil {
		return err
	}
	if len(found) == 1 && !more {
		return v.Redirect(casePath(found[0].Number))
	}
	sheet.Text, sheet.More = page.Count("search.found", len(found)), more
	if len(found) == 0 {
		sheet.Text = page.Text{}
	}
	rows := make([]casebook.ListedCase, len(found))
	for i, c := range found {
		rows[i] = casebook.ListedCase{Case: c}
	}
	if sheet.List, err = s.caseRows(v, rows); err != nil {
		return err
	}
	sheet.List.Caption, sheet.List.Empty = page.Say("search.caption"), page.Empty{Text: page.Say("search.none")}
	return v.Show(http.StatusOK, sheet)
}

// caseRow is one case as lists show it.
type caseRow struct {
	casebook.ListedCase
	name   string
	client string
	owner  string
	facts  *facts.Note // nil where the note is no longer to be seen
}

// rowsOf reads what lists show of cases.
func (s *Server) rowsOf(v *visit, cases []casebook.ListedCase) ([]caseRow, error) {
	ctx, today := v.R.Context(), finance.DateOf(s.Clock())
	staff, err := s.Desk.Book.StaffNames(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]ledger.NoteID, len(cases))
	for i, c := range cases {
		ids[i] = c.Note
	}
	if err := v.Reads("list", ids...); err != nil {
		return nil, err
	}
	notes, persons, err := s.Desk.Book.NotesAndPersons(ctx, ids)
	if err != nil {
		return nil, err
	}
	clients := map[ledger.PartyID]string{}
	rows := make([]caseRow, len(cases))
	for i, c := range cases {
		if _, known := clients[c.Client]; !known {
			p, err := s.Desk.Book.Party(ctx, c.Client)
			if err != nil {
				return nil, err
			}
			if clients[c.Client] = string(c.Client); p != nil && p.Name != "" {
				clients[c.Client] = p.Name
			}
		}
		rows[i] = caseRow{ListedCase: c, name: namesOf(persons[c.Note]), client: clients[c.Client], owner: staff[c.Owner]}
		if n, has := notes[c.Note]; has && n.State.Status != ledger.StatusErased {
			if rows[i].facts, err = facts.Of(n.State, facts.Reader{Holder: n.Holder, Today: today}); err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

// caseRows makes a list of cases, with what tells them apart.
func (s *Server) caseRows(v *visit, cases []casebook.ListedCase) (view.List, error) {
	list := view.List{Columns: []page.Text{page.Say("cases.who"), page.Say("cases.state"), page.Say("cases.left"), page.Say("case.client"), page.Say("case.owner")}}
	rows, err := s.rowsOf(v, cases)
	if err != nil {
		return list, err
	}
	for _, r := range rows {
		row := view.Row{Href: casePath(r.Number), Cells: []view.Cell{
			{Text: page.Verbatim(r.name), More: page.Say("case.eyebrow", "number", strconv.FormatInt(r.Number, 10))},
			{Text: page.Say("cases.gone")}, {Sum: true}, {Text: page.Verbatim(r.client)}, {Text: page.Verbatim(r.owner)},
		}}
		if f := r.facts; f != nil {
			row.Tone = situationTones[f.Situation]
			row.Cells[1] = view.Cell{Text: page.Say(page.Key("case.is." + f.Situation)), More: page.Verbatim(f.State.Terms.Reference)}
			row.Cells[2].Text = page.Say("case.sum", "amount", f.Summary.Total)
			if f.Late() > 0 {
				row.Cells[2].More = page.Say("cases.since", "date", f.Summary.Arrears.OldestPayBy)
			}
		}
		list.Rows = append(list.Rows, row)
	}
	return list, nil
}

// The filters of the list of cases, in their order.
var caseFilters = []string{"mine", "nobodys", "late30", "late60", "late90", "late", "plan", "disputed", "flagged", "all", "closed"}

// bucketDays are the ages of arrears after which something else is to be done with
// them.
var bucketDays = map[string]struct{ from, to int }{"late30": {1, 30}, "late60": {31, 60}, "late90": {61, 90}, "late": {91, 36500}}

// caseQuery reads which cases are asked for.
func (s *Server) caseQuery(v *visit, filter string) casebook.CaseQuery {
	today, form := finance.DateOf(s.Clock()), v.R.URL.Query()
	q := casebook.CaseQuery{
		Client: ledger.PartyID(form.Get("client")), Limit: perPage,
		After: casebook.CasePlace{Number: v.place("after"), Due: form.Get("due")},
	}
	if days, is := bucketDays[filter]; is {
		q.DueFrom, q.DueTo = today.AddDays(-days.to), today.AddDays(-days.from)
	}
	switch filter {
	case "mine":
		q.Owner = v.staff.ID
	case "nobodys":
		q.Nobodys = true
	case "plan":
		q.Plan = true
	case "disputed":
		q.Disputed = true
	case "flagged":
		q.Flagged = today
	case "closed":
		q.Closed = true
	}
	return q
}

// caseFilter is the filter that the address names.
func caseFilter(v *visit) string {
	is := v.R.URL.Query().Get("show")
	for _, f := range caseFilters {
		if f == is {
			return f
		}
	}
	return "all"
}

// getCases lists cases.
func (s *Server) getCases(v *visit) error {
	filter := caseFilter(v)
	q := s.caseQuery(v, filter)
	cases, next, err := s.Desk.Book.Cases(v.R.Context(), q)
	if err != nil {
		return err
	}
	address := url.Values{"show": {filter}}
	if q.Client != "" {
		address.Set("client", string(q.Client))
	}
	sheet := &view.Cases{Hidden: []page.Hidden{{Name: "show", Value: filter}}, Export: "/desk/cases/export?" + address.Encode()}
	if v.actor.Is(workers...) {
		sheet.Reach = reachPath
	}
	if sheet.List, err = s.caseRows(v, cases); err != nil {
		return err
	}
	sheet.List.Caption, sheet.List.Empty = page.Say("cases.filter."+page.Key(filter)), page.Empty{Text: page.Say("cases.none")}
	for _, f := range caseFilters {
		to := url.Values{"show": {f}}
		if q.Client != "" {
			to.Set("client", string(q.Client))
		}
		sheet.List.Filters = append(sheet.List.Filters, view.Filter{Href: casesPath + "?" + to.Encode(), Text: page.Say("cases.filter." + page.Key(f)), Current: f == filter})
	}
	if next != nil {
		address.Set("after", strconv.FormatInt(next.Number, 10))
		address.Set("due", next.Due)
		sheet.List.Next = casesPath + "?" + address.Encode()
	}
	if sheet.Client, err = s.clients(v, q.Client); err != nil {
		return err
	}
	return v.Show(http.StatusOK, sheet)
}

// clients are those for whom there are cases.
func (s *Server) clients(v *visit, chosen ledger.PartyID) (view.Select, error) {
	sel := view.Select{Name: "client", Label: page.Say("case.client"), Options: []page.Option{{Text: page.Say("cases.everybody")}}}
	all, err := s.Desk.Book.Clients(v.R.Context())
	if err != nil {
		return sel, err
	}
	for _, id := range all {
		p, err := s.Desk.Book.Party(v.R.Context(), id)
		if err != nil {
			return sel, err
		}
		name := string(id)
		if p != nil && p.Name != "" {
			name = p.Name
		}
		sel.Options = append(sel.Options, page.Option{Value: string(id), Text: page.Verbatim(name), Chosen: id == chosen})
	}
	return sel, nil
}

// maxExport is how many cases one file has.
const maxExport = 5000

// getCasesExport gives the list as a table: what a client may see of its own debts.
// It names nobody but the debt itself.
func (s *Server) getCasesExport(v *visit) error {
	filter := caseFilter(v)
	q := s.caseQuery(v, filter)
	var all []caseRow
	for next := &q.After; next != nil && len(all) < maxExport; {
		q.After = *next
		cases, after, err := s.Desk.Book.Cases(v.R.Context(), q)
		if err != nil {
			return err
		}
		rows, err := s.rowsOf(v, cases)
		if err != nil {
			return err
		}
		all, next = append(all, rows...), after
	}
	h := v.W.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="cases-`+filter+`.csv"`)
	w := csv.NewWriter(v.W)
	records := [][]string{{"case", "payment_reference", "note", "lender_reference", "client", "opened", "closed", "situation", "total", "late", "late_since", "next_due", "currency"}}
	for _, r := range all {
		records = append(records, r.record())
	}
	return w.WriteAll(records)
}

func (r *caseRow) record() []string {
	closed := ""
	if !r.Closed.IsZero() {
		closed = r.Closed.UTC().Format(time.DateOnly)
	}
	row := []string{strconv.FormatInt(r.Number, 10), bankfile.Reference(r.Number), string(r.Note), "", cell(r.client), r.Opened.UTC().Format(time.DateOnly), closed, "", "", "", "", r.Due.String(), ""}
	if f := r.facts; f != nil {
		late := f.Late()
		row[3], row[7] = cell(f.State.Terms.Reference), string(f.Situation)
		row[8], row[9], row[12] = decimal(f.Summary.Total), decimal(finance.Money{Amount: late, Currency: f.Summary.Total.Currency}), string(f.Summary.Total.Currency)
		if late > 0 {
			row[10] = f.Summary.Arrears.OldestPayBy.String()
		}
	}
	return row
}

// decimal writes an amount without its currency.
func decimal(m finance.Money) string {
	amount, _, _ := strings.Cut(m.String(), " ")
	return amount
}

// cell keeps a spreadsheet from taking somebody's words for a formula (CWE-1236).
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
