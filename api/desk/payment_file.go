package desk

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// fileStatus says how far a file has come.
func fileStatus(f *casebook.BankFile) page.Status {
	switch {
	case f.State == casebook.BankFileRefused:
		return page.Status{Tone: page.ToneStop, Text: page.Say("payments.file.refused"), More: formText(*f.Error)}
	case len(f.Faults) > 0:
		return page.Status{Tone: page.ToneAttention, Text: page.Say("payments.file.faulty")}
	case f.State == casebook.BankFileFinished:
		return page.Status{Tone: page.ToneDone, Text: page.Say("payments.file.finished")}
	}
	return page.Status{Tone: page.ToneCalm, Text: page.Say(page.Key("payments.file." + string(f.State)))}
}

// formText says what is wrong with the form of a file.
func formText(f casebook.BankFault) page.Text {
	return page.Say(page.Key("payments.form."+f.Code), "path", f.Path, "line", strconv.Itoa(f.Line), "want", f.Want)
}

// faultText says how a file contradicts itself.
func faultText(f casebook.BankFault) page.Text {
	return page.Say(page.Key("payments.fault."+f.Code), "report", f.Path, "line", strconv.Itoa(f.Line), "want", f.Want, "got", f.Got)
}

// getBankFile shows a file.
func (s *Server) getBankFile(v *visit) error {
	ctx := v.R.Context()
	f, err := s.Desk.Book.BankFile(ctx, chi.URLParam(v.R, "file"))
	if err != nil {
		return err
	}
	if f == nil {
		return ledger.Refuse(ledger.CodeNotFound)
	}
	sheet := &view.BankFile{Name: f.Name, Status: fileStatus(f)}
	for _, x := range f.Faults {
		sheet.Faults = append(sheet.Faults, faultText(x))
	}
	totals, err := s.Desk.Book.BankTotals(ctx, f.ID)
	if err != nil {
		return err
	}
	sheet.Totals = bankTotals(totals)
	s.progress(sheet, f, totals)
	names, err := s.Desk.Book.StaffNames(ctx)
	if err != nil {
		return err
	}
	pair := func(term page.Key, value page.Text) {
		sheet.Pairs = append(sheet.Pairs, page.Pair{Term: page.Say(term), Value: value})
	}
	pair("payments.received", page.Say("verbatim", "text", f.Received))
	if f.Staff == "" {
		pair("payments.by", page.Say("payments.by.folder"))
	} else {
		pair("payments.by", page.Verbatim(names[f.Staff]))
	}
	if f.Format != "" {
		pair("payments.format", page.Verbatim(f.Format+" "+f.Version))
		pair("payments.message", page.Verbatim(f.Message))
		pair("payments.written", page.Say("verbatim", "text", f.Written))
	}
	entries, err := s.Desk.Book.BankEntriesOf(ctx, f.ID, "", v.place("after"), perPage)
	if err != nil {
		return err
	}
	sheet.List = entryList(v, entries)
	sheet.List.Caption, sheet.List.Empty = page.Say("payments.entries"), page.Empty{Text: page.Say("payments.entries.none")}
	if len(entries) == perPage {
		sheet.List.Next = filePath(f.ID) + "?" + url.Values{"after": {strconv.FormatInt(entries[len(entries)-1].Place, 10)}}.Encode()
	}
	return v.Show(http.StatusOK, sheet)
}

// progress says how much of a file is worked off, and how long the rest takes at the
// pace so far.
func (s *Server) progress(sheet *view.BankFile, f *casebook.BankFile, totals []casebook.BankTotal) {
	if f.State != casebook.BankFileRunning {
		return
	}
	all := 0
	for _, t := range totals {
		all += t.Count
	}
	done := max(all-f.Waiting, 0)
	sheet.Progress = &page.Progress{Text: page.Say("payments.progress"), Done: done, Total: all}
	if spent := s.Clock().Sub(f.Received); done > 0 && spent > 0 {
		left := spent * time.Duration(f.Waiting) / time.Duration(done)
		pace := int(time.Duration(done) * time.Minute / spent)
		sheet.Left = page.Say("payments.left", "pace", pace, "minutes", int(left/time.Minute)+1)
	}
}

// bankTotals makes the table of what a file comes to: what came in, by what became of
// it, and the sum; then what went out.
func bankTotals(totals []casebook.BankTotal) []view.BankTotal {
	var rows []view.BankTotal
	for i := 0; i < len(totals); {
		first := totals[i]
		sum := view.BankTotal{Sum: true, Text: page.Say("payments.sum.in"), Amount: finance.Money{Currency: first.Currency}}
		if !first.Credit {
			sum.Text = page.Say("payments.sum.out")
		}
		for ; i < len(totals) && totals[i].Currency == first.Currency && totals[i].Credit == first.Credit; i++ {
			t := totals[i]
			rows = append(rows, view.BankTotal{
				Text: page.Say(page.Key("payments.fate." + t.Fate)), Count: t.Count, Amount: finance.Money{Amount: t.Amount, Currency: t.Currency}, Known: t.Known,
			})
			if t.Fate != string(casebook.EntryReplaced) {
				sum.Count, sum.Amount.Amount, sum.Known = sum.Count+t.Count, sum.Amount.Amount+t.Amount, sum.Known+t.Known
			}
		}
		rows = append(rows, sum)
	}
	return rows
}

// getClientMoney lists what was received for clients and is not accounted for.
func (s *Server) getClientMoney(v *visit) error {
	ctx := v.R.Context()
	due, err := s.Desk.Book.DueToClients(ctx, s.Desk.Party, perPage)
	if err != nil {
		return err
	}
	sheet := &view.PaymentList{Heading: page.Say("payments.clients"), Lead: page.Say("payments.clients.lead"), List: view.List{
		Caption: page.Say("payments.clients"), Empty: page.Empty{Text: page.Say("payments.clients.none")},
		Columns: []page.Text{page.Say("payment.day"), page.Say("payments.client"), page.Say("payments.number"), page.Say("payments.amount")},
	}}
	names := map[ledger.PartyID]string{}
	for _, m := range due {
		if _, known := names[m.Client]; !known {
			names[m.Client] = string(m.Client)
			p, err := s.Desk.Book.Party(ctx, m.Client)
			if err != nil {
				return err
			}
			if p != nil && p.Name != "" {
				names[m.Client] = p.Name
			}
		}
		row := view.Row{Cells: []view.Cell{
			{Text: dayText(m.Day)}, {Text: page.Verbatim(names[m.Client])}, {Text: page.Verbatim(strconv.Itoa(m.Count))},
			{Text: page.Say("case.sum", "amount", finance.Money{Amount: m.Amount, Currency: m.Currency}), Sum: true},
		}}
		if v.actor.Is(money...) {
			row.Acts = []view.RowAct{{Action: "/desk/payments/clients", Text: page.Say("payments.account"), Hidden: []page.Hidden{
				{Name: "client", Value: string(m.Client)}, {Name: "currency", Value: string(m.Currency)}, {Name: "day", Value: m.Day.String()},
				{Name: "amount", Value: strconv.FormatInt(int64(m.Amount), 10)},
			}}}
		}
		sheet.List.Rows = append(sheet.List.Rows, row)
	}
	return v.Show(http.StatusOK, sheet)
}

// getDifferences lists the payments that stand on one side only.
func (s *Server) getDifferences(v *visit) error {
	missing, extra, err := s.Desk.Book.BankDifferences(v.R.Context(), perPage)
	if err != nil {
		return err
	}
	sheet := &view.PaymentList{Heading: page.Say("payments.differences"), Lead: page.Say("payments.differences.lead"), List: view.List{
		Caption: page.Say("payments.differences"), Empty: page.Empty{Text: page.Say("payments.differences.none")},
		Columns: []page.Text{page.Say("payments.difference"), page.Say("case.note"), page.Say("payment.ledger")},
	}}
	add := func(text page.Key, href string, d casebook.BankDifference) {
		sheet.List.Rows = append(sheet.List.Rows, view.Row{Href: href, Tone: page.ToneStop, Cells: []view.Cell{
			{Text: page.Say(text)}, {Text: page.Verbatim(string(d.Note))}, {Text: page.Verbatim(strings.TrimSpace(fmt.Sprintf("%d %s", d.Seq, d.Command)))},
		}})
	}
	for _, d := range missing {
		add("payments.difference.ledger", entryPath(d.Entry), d)
	}
	for _, d := range extra {
		add("payments.difference.bank", noteLink(d.Note).Href, d)
	}
	return v.Show(http.StatusOK, sheet)
}
