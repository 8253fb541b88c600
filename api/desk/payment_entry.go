package desk

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/bankfile"
	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// openEntry is an entry that a page is about.
type openEntry struct {
	*casebook.BankEntry
	parts []casebook.BankPart
}

func (s *Server) entryOf(v *visit) (*openEntry, error) {
	ctx := v.R.Context()
	e, err := s.Desk.Book.BankEntry(ctx, chi.URLParam(v.R, "entry"))
	if err != nil {
		return nil, err
	}
	if e == nil {
		return nil, ledger.Refuse(ledger.CodeNotFound)
	}
	parts, err := s.Desk.Book.PartsOfEntry(ctx, e.ID)
	return &openEntry{e, parts}, err
}

// getBankEntry shows an entry, what became of it and what can be done.
func (s *Server) getBankEntry(v *visit) error {
	e, err := s.entryOf(v)
	if err != nil {
		return err
	}
	return s.showEntry(v, http.StatusOK, e, page.Text{})
}

func (s *Server) showEntry(v *visit, status int, e *openEntry, failed page.Text) error {
	sheet := &view.BankEntry{
		Heading: page.Say("payment.title", "amount", e.Amount, "day", dayText(e.BookedOn)), Text: e.Details.Text, Failed: failed,
		Status: page.Status{Tone: entryTones[e.State], Text: page.Say(page.Key("payment.is." + string(e.State)))},
	}
	if e.State != casebook.EntryApplied && (e.Why != "" || e.Twin != "") {
		sheet.Status.More = whyText(v, e.BankEntry)
	}
	s.entryFacts(sheet, e)
	notes, err := s.entryParts(v, sheet, e)
	if err != nil {
		return err
	}
	files, err := s.Desk.Book.BankFilesWith(v.R.Context(), e.ID)
	if err != nil {
		return err
	}
	for _, f := range files {
		sheet.Files = append(sheet.Files, page.Link{Href: filePath(f.ID), Text: page.Verbatim(f.Name)})
	}
	if v.actor.Is(matchers...) {
		more, err := s.entryForms(v, sheet, e)
		if err != nil {
			return err
		}
		notes = append(notes, more...)
	}
	slices.Sort(notes)
	if err := v.Reads("payment", slices.Compact(notes)...); err != nil {
		return err
	}
	return v.Show(status, sheet)
}

var entryTones = map[casebook.BankEntryState]page.Tone{
	casebook.EntryNew: page.ToneCalm, casebook.EntryMatched: page.ToneCalm, casebook.EntryApplied: page.ToneDone,
	casebook.EntryUnmatched: page.ToneAttention, casebook.EntryIgnored: page.ToneCalm, casebook.EntryReversed: page.ToneStop, casebook.EntryReplaced: page.ToneCalm,
}

func (s *Server) entryFacts(sheet *view.BankEntry, e *openEntry) {
	pair := func(term page.Key, text string) {
		if text != "" {
			sheet.Pairs = append(sheet.Pairs, page.Pair{Term: page.Say(term), Value: page.Verbatim(text)})
		}
	}
	sheet.Pairs = []page.Pair{{Term: page.Say("payments.amount"), Value: amountText(e.BankEntry)}, {Term: page.Say("payment.payer"), Value: payerText(e.BankEntry)}}
	pair("payment.payer.account", e.PayerAccount)
	pair("payment.payer.number", e.PayerNumber)
	pair("payment.reference", strings.Join(e.Details.References, ", "))
	pair("payment.account", e.Account)
	pair("payment.bank-ref", strings.TrimSpace(e.BankRef+" "+e.PartRef))
	pair("payment.returned", e.Back)
	if e.Parts > 1 {
		sheet.Pairs = append(sheet.Pairs, page.Pair{Term: page.Say("payment.whole"), Value: page.Say("case.sum", "amount", finance.Money{Amount: e.Whole, Currency: e.Amount.Currency})})
	}
}

// entryParts says what the entry was divided into: each payment with its place on the
// ledger. It gives the notes of which it tells.
func (s *Server) entryParts(v *visit, sheet *view.BankEntry, e *openEntry) (notes []ledger.NoteID, err error) {
	for i, p := range e.parts {
		if p.State == casebook.PartDropped {
			continue
		}
		part := view.BankPart{
			Amount: p.Amount, Gone: p.State == casebook.PartUndone,
			Text: page.Say(page.Key("payment.part." + string(p.Kind) + "." + string(p.State))),
		}
		if p.Note != "" {
			notes = append(notes, p.Note)
			part.Case = noteLink(p.Note)
		}
		switch {
		case p.Kind == casebook.PartReturn && p.State == casebook.PartPaid:
			part.More = page.Say("payment.paid-to", "account", p.Account)
		case p.Kind == casebook.PartReturn:
			part.More = returnText(v, &p)
		case p.Seq > 0:
			part.More = page.Say("payment.stands", "seq", strconv.FormatUint(p.Seq, 10), "command", string(p.Command))
		}
		if p.Kind == casebook.PartReturn && p.State == casebook.PartDue && v.actor.Is(money...) {
			n := strconv.Itoa(i)
			part.Refund = &view.BankRefund{
				Action:  entryPath(e.ID) + "/refund/" + p.ID,
				Account: page.Field{Name: "account-" + n, Label: page.Say("payment.refund.account"), Hint: page.Say("payment.refund.hint"), Value: e.PayerAccount, Max: maxAccount},
				Reason:  why("reason-"+n, "reason.label"),
			}
		}
		sheet.Parts = append(sheet.Parts, part)
	}
	return notes, s.entryOwed(v, sheet, notes)
}

// entryOwed says what the company owes those who hold the notes now, where it was paid
// as a former holder.
func (s *Server) entryOwed(v *visit, sheet *view.BankEntry, notes []ledger.NoteID) error {
	ctx := v.R.Context()
	for _, id := range notes {
		owed, err := s.Desk.OwedBetweenHolders(ctx, id)
		if err != nil {
			return err
		}
		for _, o := range owed {
			name := string(o.To)
			p, err := s.Desk.Book.Party(ctx, o.To)
			if err != nil {
				return err
			}
			if p != nil && p.Name != "" {
				name = p.Name
			}
			n, err := s.Desk.Book.Note(ctx, id)
			if err != nil || n == nil {
				return err
			}
			m := finance.Money{Amount: o.Amount, Currency: n.State.Terms.Principal.Currency}
			sheet.Pairs = append(sheet.Pairs, page.Pair{Term: page.Say("payment.between"), Value: page.Say("payment.between.is", "amount", m, "name", name)})
		}
	}
	return nil
}

// maxAccount bounds what is typed as an account number.
const maxAccount = 40

// dividedRows is how many rows there are to divide an entry by hand.
const dividedRows = 4

// entryForms gives what can be done about the entry, and the notes that it names.
func (s *Server) entryForms(v *visit, sheet *view.BankEntry, e *openEntry) (notes []ledger.NoteID, err error) {
	path := entryPath(e.ID)
	switch {
	case e.State == casebook.EntryApplied:
		paid := slices.ContainsFunc(e.parts, func(p casebook.BankPart) bool { return p.State == casebook.PartPaid })
		if !paid {
			sheet.Unmatch = &view.BankReason{Action: path + "/unmatch", Reason: view.Reason("", false)}
		}
		return nil, nil
	case e.State == casebook.EntryIgnored:
		sheet.Restore = path + "/restore"
		return nil, nil
	case e.State != casebook.EntryUnmatched:
		return nil, nil
	}
	sheet.Ignore = &view.BankReason{Action: path + "/ignore", Reason: view.Reason("", false)}
	if !e.Credit {
		sheet.TakeBack, err = s.takeBackForm(v, e)
		return nil, err
	}
	sheet.Match = &view.BankMatch{Action: path + "/apply", Said: page.Field{
		Name: "said", Label: page.Say("payment.said"), Hint: page.Say("payment.said.hint"), Max: view.MaxReason, Optional: true,
	}}
	for i := range dividedRows {
		n := strconv.Itoa(i + 1)
		row := view.BankRow{
			Case:   page.Field{Name: "case-" + n, Label: page.Say("payment.case", "n", n), Mode: "numeric", Max: maxAccount, Optional: i > 0},
			Amount: page.Field{Name: "amount-" + n, Label: page.Say("payment.amount-of", "n", n), Mode: "decimal", Max: maxAccount, Unit: string(e.Amount.Currency), Optional: i > 0},
		}
		if i == 0 {
			row.Amount.Value = strings.TrimSuffix(e.Amount.String(), " "+string(e.Amount.Currency))
		}
		sheet.Match.Rows = append(sheet.Match.Rows, row)
	}
	sheet.Match.Choice, notes, err = s.candidates(v, e)
	return notes, err
}

// candidates are the cases that the entry may be for, with why.
func (s *Server) candidates(v *visit, e *openEntry) (*page.Choice, []ledger.NoteID, error) {
	if len(e.Candidates) == 0 {
		return nil, nil, nil
	}
	ids := make([]ledger.NoteID, len(e.Candidates))
	for i, c := range e.Candidates {
		ids[i] = c.Note
	}
	_, persons, err := s.Desk.Book.NotesAndPersons(v.R.Context(), ids)
	if err != nil {
		return nil, nil, err
	}
	choice := &page.Choice{Name: "note", Label: page.Say("payment.candidates")}
	for _, c := range e.Candidates {
		k, err := s.Desk.Book.CaseOf(v.R.Context(), c.Note)
		if err != nil {
			return nil, nil, err
		}
		if k == nil {
			continue
		}
		choice.Options = append(choice.Options, page.Option{
			Value: string(c.Note), Text: page.Say("case.title", "number", strconv.FormatInt(k.Number, 10), "name", namesOf(persons[c.Note])), Hint: reasonsText(c.Reasons),
		})
	}
	return choice, ids, nil
}

// reasonsText says why a case is a candidate; at most all reasons there are.
func reasonsText(reasons []string) page.Text {
	var text page.Text
	for i := len(reasons) - 1; i >= 0; i-- {
		one := page.Say(page.Key("payment.because." + reasons[i]))
		if text.IsZero() {
			text = one
		} else {
			text = page.Say("payment.because.and", "one", one, "other", text)
		}
	}
	return text
}

// takeBackForm asks which payment money that went out takes back.
func (s *Server) takeBackForm(v *visit, e *openEntry) (*view.BankTakeBack, error) {
	all, err := s.Desk.Book.EntriesTakenBack(v.R.Context(), e.BankEntry, bankfile.MaxCandidates)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	form := &view.BankTakeBack{Action: entryPath(e.ID) + "/returned", Choice: page.Choice{Name: "of", Label: page.Say("payment.takeback.which")}, Reason: why("reason-back", "reason.label")}
	for i := range all {
		form.Choice.Options = append(form.Choice.Options, page.Option{Value: all[i].ID, Text: page.Say("payment.of", "day", dayText(all[i].BookedOn), "payer", payerText(&all[i]))})
	}
	return form, nil
}

// postPaymentApply says what an entry is for: a candidate that was chosen, or a
// division by hand. It is checked once more before it is done.
func (s *Server) postPaymentApply(v *visit) error {
	e, err := s.entryOf(v)
	if err != nil {
		return err
	}
	act := &casework.ApplyPayment{Entry: e.ID, Said: v.words("said")}
	if note := ledger.NoteID(v.R.PostForm.Get("note")); note != "" {
		k, err := s.Desk.Book.CaseOf(v.R.Context(), note)
		if err != nil {
			return err
		}
		if k == nil {
			return ledger.Refuse(ledger.CodeNotFound)
		}
		act.Parts = []casework.PaymentPart{{Note: note, Case: k.Number, Amount: e.Amount}}
	} else if act.Parts, err = s.dividedParts(v, e); err == nil && len(act.Parts) == 0 {
		err = ledger.Refuse(ledger.CodeBodyInvalid, "field", "case", "want", "a case")
	}
	if err == nil {
		err = v.check(act, "", entryPath(e.ID))
	}
	return s.checked(v, err, func(status int, failed page.Text) error { return s.showEntry(v, status, e, failed) })
}

// dividedParts reads the rows of a division: a case, by its number or payment
// reference, and an amount; an amount without a case goes back to the payer.
func (s *Server) dividedParts(v *visit, e *openEntry) ([]casework.PaymentPart, error) {
	var parts []casework.PaymentPart
	for i := range dividedRows {
		n := strconv.Itoa(i + 1)
		number, typed := v.written("case-"+n), v.written("amount-"+n)
		if number == "" && (typed == "" || i == 0) {
			continue
		}
		amount, err := finance.ParseMoney(strings.NewReplacer(",", ".", " ", "", "\u00a0", "").Replace(typed), string(e.Amount.Currency))
		if err != nil {
			return nil, ledger.Refuse(ledger.CodeBodyInvalid, "field", "amount-"+n, "want", e.Amount.String())
		}
		part := casework.PaymentPart{Amount: amount}
		if number != "" {
			k, err := s.Desk.CaseNamed(v.R.Context(), number)
			if err != nil {
				return nil, err
			}
			part.Note, part.Case = k.Note, k.Number
		}
		parts = append(parts, part)
	}
	return parts, nil
}

// about does something about the entry of the page: at once, or after a check.
func (s *Server) about(v *visit, checks bool, reason string, act func(*openEntry) casework.Act) error {
	e, err := s.entryOf(v)
	if err != nil {
		return err
	}
	do := v.do
	if checks {
		do = v.check
	}
	return s.checked(v, do(act(e), reason, entryPath(e.ID)), func(status int, failed page.Text) error { return s.showEntry(v, status, e, failed) })
}

func (s *Server) postPaymentIgnore(v *visit) error {
	return s.about(v, false, v.reason(), func(e *openEntry) casework.Act { return &casework.IgnoreEntry{Entry: e.ID} })
}

func (s *Server) postPaymentRestore(v *visit) error {
	return s.about(v, false, "", func(e *openEntry) casework.Act { return &casework.RestoreEntry{Entry: e.ID} })
}

func (s *Server) postPaymentUnmatch(v *visit) error {
	return s.about(v, true, v.reason(), func(e *openEntry) casework.Act { return &casework.UnmatchPayment{Entry: e.ID} })
}

func (s *Server) postPaymentReturned(v *visit) error {
	return s.about(v, true, v.words("reason-back"), func(e *openEntry) casework.Act {
		return &casework.ReturnedPayment{Entry: e.ID, Of: v.R.PostForm.Get("of")}
	})
}

// postPaymentRefund says that something was paid back. The fields are those of the
// part's place on the page.
func (s *Server) postPaymentRefund(v *visit) error {
	id, n := chi.URLParam(v.R, "part"), ""
	var amount finance.Money
	e, err := s.entryOf(v)
	if err != nil {
		return err
	}
	for i, p := range e.parts {
		if p.ID == id {
			n, amount = strconv.Itoa(i), p.Amount
		}
	}
	account := v.written("account-" + n)
	if n == "" || account == "" {
		return ledger.Refuse(ledger.CodeNotFound)
	}
	return s.about(v, true, v.words("reason-"+n), func(*openEntry) casework.Act {
		return &casework.RefundPayment{Part: id, Account: casework.Masked(account), Amount: amount}
	})
}

// postClientMoney says that a client was told.
func (s *Server) postClientMoney(v *visit) error {
	form := v.R.PostForm
	amount, err := strconv.ParseInt(form.Get("amount"), 10, 64)
	if err != nil {
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", "amount", "want", "minor units")
	}
	return v.check(&casework.AccountToClient{
		Client: ledger.PartyID(form.Get("client")), Day: v.writtenDay("day"),
		Amount: finance.Money{Amount: finance.Amount(amount), Currency: finance.Currency(form.Get("currency"))},
	}, "", "/desk/payments/clients")
}
