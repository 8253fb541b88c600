package document

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the page's template and style
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"slices"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
	"github.com/skuld-registry/skuld/ledger/finance"
)

var (
	//go:embed document.html
	pageTemplate string
	//go:embed document.css
	pageStyle string
)

// page is parsed once; its functions are set for each page's language.
var page = template.Must(template.New("document").Parse(pageTemplate))

// Policy is the Content-Security-Policy that lets the page have its own style and
// the picture of a code, and nothing else.
var Policy = func() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

// Options adjust a page.
type Options struct {
	Lang ledger.Language
	// Link is the address of the note's own page, where its state of today stands;
	// none unless set.
	Link string
	// Code is Link as a QR code, for who has the page on paper.
	Code *Code
}

// Code is a QR code: the side of its square picture and the path that fills its
// dark squares.
type Code struct {
	Size int
	Path string
}

// view is all that the template shows.
type view struct {
	Lang     ledger.Language
	Style    template.CSS
	Text     func(string) string
	Title    string
	Copy     []string // what the copy is worth
	Link     string
	Code     *Code
	Verdict  string
	Genuine  bool
	AsOf     string
	Facts    []ledger.Line
	Note     []ledger.Line
	Parties  []party
	Schedule []row
	Payments []row
	Receipt  []ledger.Line
	Steps    []step
	Proven   []string
	Open     []string
	Network  string
	File     template.HTML
}

type party struct {
	ID, Name string
	Roles    string
}

type row struct{ Cells []string }

type step struct {
	Seq        int
	At         string
	Deed       string
	By, ByName string
	For        string
	Org        string
}

// HTML writes the page of an evidence file. The report must be the one that
// evidence.Verify gives of the file; a file that is refused has no page.
func HTML(raw []byte, r *evidence.Report, o Options) ([]byte, error) {
	if !r.Holds() || r.State == nil {
		return nil, errors.New("writing the page of an evidence file: the file is refused")
	}
	w := writer{report: r, lang: o.Lang}
	v := view{
		Lang: o.Lang, Style: template.CSS(pageStyle), Text: w.word, Title: w.title(), Copy: w.copyWorth(), Link: o.Link, Code: o.Code,
		Verdict: w.verdict(), Genuine: r.Verdict == evidence.Genuine, AsOf: w.moment(r.AsOf), Facts: w.facts(),
		Note: ledger.NoteLines(r.State, o.Lang), Parties: w.parties(), Payments: w.payments(), Receipt: w.receipt(),
		Steps: w.steps(), Proven: w.findings(evidence.Proven), Open: w.findings(evidence.Open), Network: r.Network,
		File: inScript(raw),
	}
	var err error
	if v.Schedule, err = w.schedule(); err != nil {
		return nil, fmt.Errorf("writing the schedule: %w", err)
	}
	var b bytes.Buffer
	if err := page.Execute(&b, v); err != nil {
		return nil, fmt.Errorf("writing the page of an evidence file: %w", err)
	}
	return b.Bytes(), nil
}

// inScript writes the file as the content of a script element, in which a
// less-than sign could end it. Every reader of JSON takes the escape for the
// sign, and evidence.Extract gives back the file byte for byte.
func inScript(raw []byte) template.HTML {
	escaped := bytes.ReplaceAll(raw, []byte("<"), []byte(`\u003c`))
	return template.HTML(`<script type="application/json" id="` + evidence.ElementID + `">` + string(escaped) + `</script>`)
}

// writer writes the parts of one page.
type writer struct {
	report *evidence.Report
	lang   ledger.Language
}

func (w writer) word(key string) string {
	if text, ok := words[key]; ok {
		return text[w.lang]
	}
	return key
}

func (w writer) moment(at time.Time) string {
	return w.lang.Date(finance.DateOf(at)) + at.UTC().Format(" 15:04:05 UTC")
}

func (w writer) money(a finance.Amount) string {
	return w.lang.Money(finance.Money{Amount: a, Currency: w.report.State.Terms.Principal.Currency})
}

func (w writer) title() string {
	if w.report.Payment != nil {
		return w.word("receipt")
	}
	return w.word("evidence")
}

// copyWorth says what this file is beside the register's own entry.
func (w writer) copyWorth() []string {
	lines := []string{w.word("copy.what")}
	if w.report.Status == ledger.StatusDischarged {
		lines = append(lines, w.word("copy.discharge"))
	}
	return lines
}

func (w writer) verdict() string { return w.word("verdict." + string(w.report.Verdict)) }

func (w writer) facts() []ledger.Line {
	r := w.report
	lines := []ledger.Line{
		{Label: w.word("note"), Value: string(r.Note)},
		{Label: w.word("status"), Value: w.word("status." + string(r.Status))},
		{Label: w.word("as_of"), Value: w.moment(r.AsOf)},
		{Label: w.word("entries"), Value: fmt.Sprint(r.Seq)},
	}
	if r.Holder != "" {
		lines = append(lines, ledger.Line{Label: w.word("holder"), Value: w.name(r.Holder)})
	}
	if r.Status == ledger.StatusActive || r.Status == ledger.StatusFrozen {
		lines = append(lines, ledger.Line{Label: w.word("left"), Value: w.money(r.State.Balance.Principal)})
	}
	return lines
}

// name gives a company's name with its id, and of a person the id alone.
func (w writer) name(id ledger.PartyID) string {
	if p := w.report.Parties[id]; p.Name != "" {
		return p.Name + " (" + string(id) + ")"
	}
	return string(id)
}

func (w writer) parties() []party {
	var all []party
	n := w.report.State
	add := func(id ledger.PartyID, role string) {
		if id == "" {
			return
		}
		if i := slices.IndexFunc(all, func(p party) bool { return p.ID == string(id) }); i >= 0 {
			all[i].Roles += ", " + w.word(role)
			return
		}
		all = append(all, party{ID: string(id), Name: w.report.Parties[id].Name, Roles: w.word(role)})
	}
	add(n.Lender, "lender")
	for _, id := range n.BorrowerIDs() {
		add(id, "borrower")
	}
	for _, e := range n.Endorsements {
		if e.To != w.report.Holder {
			add(e.To, "former")
		}
	}
	add(w.report.Holder, "holder")
	if n.Pledge != nil {
		add(n.Pledge.Pledgee, "pledgee")
	}
	if n.Mandate != nil {
		add(n.Mandate.Servicer, "servicer")
	}
	return all
}

// schedule shows the instalments that are in force; none on demand.
func (w writer) schedule() ([]row, error) {
	list, covered, err := ledger.Instalments(w.report.State)
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, i := range list {
		covered -= i.Total
		paid := ""
		if covered >= 0 {
			paid = w.word("paid")
		}
		rows = append(rows, row{[]string{fmt.Sprint(i.Number), w.lang.Date(i.PayBy), w.money(i.Total), w.money(i.Principal), w.money(i.Interest), w.money(i.Charges), paid}})
	}
	return rows, nil
}

// payments shows every payment on the note, by its own command.
func (w writer) payments() []row {
	reversed := map[uint64]bool{}
	for _, s := range w.report.Steps {
		var body ledger.PayReverseBody
		if s.Command.Op == ledger.OpPayReverse && json.Unmarshal(s.Command.Body, &body) == nil {
			reversed[body.Payment] = true
		}
	}
	var rows []row
	for _, s := range w.report.Steps {
		var body ledger.PayBody
		if s.Command.Op != ledger.OpPay || json.Unmarshal(s.Command.Body, &body) != nil {
			continue
		}
		mark := ""
		if reversed[s.Command.Seq] {
			mark = w.word("reversed")
		}
		rows = append(rows, row{[]string{
			fmt.Sprint(s.Command.Seq), w.lang.Date(body.PaidOn), w.lang.Money(body.Amount), w.name(s.Command.Actor()), mark,
		}})
	}
	return rows
}

// receipt shows the payment that the file is about.
func (w writer) receipt() []ledger.Line {
	p := w.report.Payment
	if p == nil {
		return nil
	}
	parts := p.Parts
	lines := []ledger.Line{
		{Label: w.word("amount"), Value: w.lang.Money(p.Amount)},
		{Label: w.word("paid_on"), Value: w.lang.Date(p.On)},
		{Label: w.word("received_by"), Value: w.name(p.By)},
		{Label: w.word("to_costs"), Value: w.money(parts.Costs)},
		{Label: w.word("to_late"), Value: w.money(parts.LateInterest)},
		{Label: w.word("to_interest"), Value: w.money(parts.Interest)},
		{Label: w.word("to_principal"), Value: w.money(parts.Principal)},
		{Label: w.word("left_after"), Value: w.money(p.Left.Principal)},
	}
	if p.ReversedBy != 0 {
		lines = append(lines, ledger.Line{Label: w.word("reversed"), Value: fmt.Sprint(p.ReversedBy)})
	}
	return lines
}

func (w writer) steps() []step {
	var all []step
	for i, s := range w.report.Steps {
		all = append(all, step{
			Seq: i + 1, At: w.moment(s.At), Deed: deeds[s.Command.Op][w.lang], By: string(s.Command.By),
			ByName: w.report.Parties[s.Command.By].Name, For: string(s.Command.For), Org: s.Org,
		})
	}
	return all
}

func (w writer) findings(sort evidence.Sort) []string {
	var texts []string
	for _, f := range w.report.Of(sort) {
		texts = append(texts, f.Text(w.lang))
	}
	return texts
}
