package desk

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/skuld-registry/skuld/api/bankfile"
	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// The ways to see what the bank has reported, in their order: entries by state, what
// is to go back, and files.
var paymentFilters = []string{"unmatched", "returns", "matched", "applied", "ignored", "reversed", "files"}

// countedEntries are the states in which entries wait: their tabs say how many do.
var countedEntries = []casebook.BankEntryState{casebook.EntryUnmatched, casebook.EntryMatched}

// getPayments lists what the bank has reported.
func (s *Server) getPayments(v *visit) error {
	return s.showPayments(v, http.StatusOK, page.Status{})
}

func (s *Server) showPayments(v *visit, status int, said page.Status) error {
	ctx := v.R.Context()
	show := paymentFilters[0]
	for _, f := range paymentFilters {
		if f == v.R.URL.Query().Get("show") {
			show = f
		}
	}
	counts, err := s.Desk.Book.CountBankEntries(ctx, countedEntries...)
	if err != nil {
		return err
	}
	sheet := &view.Payments{Said: said, Links: []page.Link{
		{Href: "/desk/payments/clients", Text: page.Say("payments.clients")},
		{Href: "/desk/payments/differences", Text: page.Say("payments.differences")},
	}}
	if v.actor.Is(matchers...) {
		sheet.Drop = paymentsPath
		sheet.File = page.Field{Name: "file", Type: "file", Label: page.Say("payments.drop"), Hint: page.Say("payments.drop.hint"), Accept: ".xml,.txt,.bgmax"}
	}
	switch show {
	case "files":
		sheet.List, err = s.fileRows(v)
	case "returns":
		sheet.List, err = s.returnRows(v)
	default:
		sheet.List, err = s.entryRows(v, casebook.BankEntryState(show))
	}
	if err != nil {
		return err
	}
	sheet.List.Caption = page.Say(page.Key("payments.show." + show))
	for _, f := range paymentFilters {
		filter := view.Filter{Href: paymentsPath + "?show=" + f, Text: page.Say(page.Key("payments.show." + f)), Current: f == show}
		if slices.Contains(countedEntries, casebook.BankEntryState(f)) {
			filter.Count = counts[casebook.BankEntryState(f)]
		}
		sheet.List.Filters = append(sheet.List.Filters, filter)
	}
	return v.Show(status, sheet)
}

// entryRows lists the entries in a state.
func (s *Server) entryRows(v *visit, state casebook.BankEntryState) (view.List, error) {
	all, err := s.Desk.Book.BankEntries(v.R.Context(), state, v.place("after"), perPage)
	if err != nil {
		return view.List{}, err
	}
	list := entryList(v, all)
	list.Empty = page.Empty{Text: page.Say(page.Key("payments.empty." + string(state)))}
	if len(all) == perPage {
		list.Next = paymentsPath + "?" + url.Values{"show": {string(state)}, "after": {strconv.FormatInt(all[len(all)-1].Place, 10)}}.Encode()
	}
	return list, nil
}

// entryList shows entries: when, from whom, how much, and why they are where they are.
func entryList(v *visit, all []casebook.BankEntry) view.List {
	list := view.List{Columns: []page.Text{page.Say("payment.day"), page.Say("payment.payer"), page.Say("payments.amount"), page.Say("payment.reference"), page.Say("payment.why")}}
	for i := range all {
		e := &all[i]
		row := view.Row{Href: entryPath(e.ID), Cells: []view.Cell{
			{Text: dayText(e.BookedOn)},
			{Text: payerText(e), More: page.Verbatim(e.PayerAccount)},
			{Text: amountText(e), Sum: true},
			{Text: page.Verbatim(firstOf(e.Details.References)), More: page.Verbatim(firstOf(e.Details.Text))},
			{Text: whyText(v, e)},
		}}
		if e.State == casebook.EntryUnmatched {
			row.Tone = page.ToneAttention
		}
		list.Rows = append(list.Rows, row)
	}
	return list
}

func entryPath(id string) string { return paymentsPath + "/entries/" + id }

func firstOf(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}

func dayText(d finance.Date) page.Text {
	if d.IsZero() {
		return page.Say("payment.no-day")
	}
	return page.Say("case.day", "date", d)
}

func payerText(e *casebook.BankEntry) page.Text {
	if e.Payer == "" {
		return page.Say("payment.nobody")
	}
	return page.Verbatim(e.Payer)
}

// amountText says which way the money went.
func amountText(e *casebook.BankEntry) page.Text {
	if e.Credit {
		return page.Say("case.sum", "amount", e.Amount)
	}
	return page.Say("payment.out", "amount", e.Amount)
}

// whyText says why an entry is where it is: a word of ours, the ledger's refusal, or
// what somebody wrote.
func whyText(v *visit, e *casebook.BankEntry) page.Text {
	switch {
	case e.Twin != "" && (e.State == casebook.EntryNew || e.State == casebook.EntryUnmatched):
		return page.Say("payment.why.twice")
	case casework.IsPaymentWord(e.Why):
		return page.Say(page.Key(e.Why))
	case e.Why == "":
		return page.Say(page.Key("payment.is." + string(e.State)))
	}
	return refusalText(v, e.Why)
}

// refusalText says what the ledger said of a payment, by the code that was kept of it;
// what is none is in somebody's own words. What stood in the places of the text is not
// kept, so that of one with places the code is shown.
func refusalText(v *visit, code string) page.Text {
	text := ledger.Refuse(ledger.Code(code)).Text(v.Language)
	if strings.Contains(text, "{") {
		return page.Say("payment.why.refused", "code", code)
	}
	return page.Verbatim(text)
}

// returnRows lists what waits to be paid back.
func (s *Server) returnRows(v *visit) (view.List, error) {
	ctx := v.R.Context()
	list := view.List{
		Columns: []page.Text{page.Say("payment.day"), page.Say("payments.amount"), page.Say("payment.why")},
		Empty:   page.Empty{Text: page.Say("payments.empty.returns")},
	}
	all, err := s.Desk.Book.BankReturns(ctx, v.place("after"), perPage)
	if err != nil {
		return list, err
	}
	for _, p := range all {
		list.Rows = append(list.Rows, view.Row{Href: entryPath(p.Entry), Tone: page.ToneAttention, Cells: []view.Cell{
			{Text: dayText(p.BookedOn)}, {Text: page.Say("case.sum", "amount", p.Amount), Sum: true}, {Text: returnText(v, &p)},
		}})
	}
	if len(all) == perPage {
		list.Next = paymentsPath + "?" + url.Values{"show": {"returns"}, "after": {strconv.FormatInt(all[len(all)-1].Place, 10)}}.Encode()
	}
	return list, nil
}

// returnText says why something goes back.
func returnText(v *visit, p *casebook.BankPart) page.Text {
	if p.Why == "" {
		return page.Say("payment.return.person")
	}
	if p.Why == string(ledger.CodePaymentExceeds) {
		return page.Say("payment.return.exceeds")
	}
	return refusalText(v, p.Why)
}

// fileRows lists files.
func (s *Server) fileRows(v *visit) (view.List, error) {
	list := view.List{
		Columns: []page.Text{page.Say("payments.file"), page.Say("payments.received"), page.Say("payments.format"), page.Say("payments.state")},
		Empty:   page.Empty{Text: page.Say("payments.empty.files")},
	}
	all, err := s.Desk.Book.BankFiles(v.R.Context(), v.place("after"), perPage)
	if err != nil {
		return list, err
	}
	for i := range all {
		f := &all[i]
		status := fileStatus(f)
		row := view.Row{Href: filePath(f.ID), Cells: []view.Cell{
			{Text: page.Verbatim(f.Name)}, {Text: page.Say("verbatim", "text", f.Received)}, {Text: page.Verbatim(f.Format + " " + f.Version)}, {Text: status.Text, More: status.More},
		}}
		if status.Tone == page.ToneStop || status.Tone == page.ToneAttention {
			row.Tone = status.Tone
		}
		list.Rows = append(list.Rows, row)
	}
	if len(all) == perPage {
		list.Next = paymentsPath + "?" + url.Values{"show": {"files"}, "after": {strconv.FormatInt(all[len(all)-1].Place, 10)}}.Encode()
	}
	return list, nil
}

func filePath(id string) string { return paymentsPath + "/files/" + id }

// maxFiles is how many files are dropped at once.
const maxFiles = 20

// postPayments takes in the files that were dropped.
func (s *Server) postPayments(v *visit) error {
	if v.R.MultipartForm == nil || len(v.R.MultipartForm.File["file"]) == 0 {
		return s.showPayments(v, http.StatusUnprocessableEntity, page.Status{Tone: page.ToneStop, Text: page.Say("payments.no-file")})
	}
	defer func() { _ = v.R.MultipartForm.RemoveAll() }() // it is in memory
	files := v.R.MultipartForm.File["file"]
	var last string
	for _, header := range files[:min(len(files), maxFiles)] {
		data, err := readUpload(header)
		if err != nil {
			return err
		}
		act := casework.NewImport(header.Filename, data)
		_, err = s.Desk.Do(v.R.Context(), casework.Request{Actor: v.actor, Act: act})
		if refused, cause := site.RefusalOf(err, v.ID); err != nil && cause == nil {
			v.Code = refused.Code
			return s.showPayments(v, site.StatusOf(refused.Class()), page.Status{Tone: page.ToneStop, Text: page.Verbatim(refused.Text(v.Language))})
		}
		if err != nil {
			return err
		}
		last = act.Digest
	}
	if len(files) == 1 {
		return v.Redirect(filePath(last))
	}
	return v.Redirect(paymentsPath + "?show=files")
}

func readUpload(header *multipart.FileHeader) (data []byte, err error) {
	f, err := header.Open()
	if err != nil {
		return nil, site.FormError(err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if data, err = io.ReadAll(io.LimitReader(f, bankfile.MaxBytes+1)); err != nil {
		return nil, site.FormError(err)
	}
	return data, nil
}
