package web

import (
	"net/http"
	"strconv"

	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// door opens one of the ways on from a note, to whoever may take it.
func (s *Server) door(v *visit, scope ledger.AttorneyScope) (*teller, error) {
	r, err := s.freshNote(v)
	if err != nil {
		return nil, err
	}
	if !r.may(scope) {
		return nil, beyond(scope)
	}
	return s.tell(v, r)
}

// beyond refuses what a power of attorney does not cover, and says what that is.
func beyond(scope ledger.AttorneyScope) error {
	return ledger.Refuse(ledger.CodeNoPowerOfAttorney, "scope", string(scope))
}

// open says whether a note is a debt, about which there is something to do.
func (r *reading) open() bool {
	return r.note.Status == ledger.StatusActive || r.note.Status == ledger.StatusFrozen
}

func (s *Server) getPaid(v *visit) error   { return s.getClaim(v, false) }
func (s *Server) postPaid(v *visit) error  { return s.postClaim(v, false) }
func (s *Server) getSetOff(v *visit) error { return s.getClaim(v, true) }

// postSetOff declares that the reader sets off what the other side owes them. It counts
// as a payment that is claimed (1936:81 par. 18 and 28).
func (s *Server) postSetOff(v *visit) error { return s.postClaim(v, true) }

func (s *Server) getClaim(v *visit, setOff bool) error {
	t, err := s.door(v, ledger.ScopeTalk)
	if err != nil {
		return err
	}
	if !t.open() {
		return v.Redirect(pathOf(t.note.ID))
	}
	return s.showClaim(v, http.StatusOK, t, s.claimDoor(t, setOff))
}

// claimDoor is the empty form of a payment that does not stand on the note, or of what
// is set off.
func (s *Server) claimDoor(t *teller, setOff bool) *page.PaidDoor {
	d := &page.PaidDoor{
		Head: t.head(), Days: ledger.ClaimDays, Human: t.human(t.reading), SetOff: setOff,
		Words: page.Field{Name: "words", Label: page.Say("paid.words"), Rows: 4, Max: ledger.MaxTextRunes},
		Amount: page.Field{
			Name: "amount", Label: page.Say("paid.amount"), Mode: "decimal", Max: site.MaxAmountTyped, Autocomplete: "off",
			Unit: string(t.note.Terms.Principal.Currency),
		},
		PaidOn: page.Field{Name: "paid_on", Label: page.Say("paid.on"), Type: "date", Autocomplete: "off"},
		Bank: page.Field{
			Name: "bank", Label: page.Say("paid.bank"), Hint: page.Say("paid.bank.hint"), Max: ledger.MaxReferenceRunes,
			Optional: true, Autocomplete: "off",
		},
	}
	if setOff {
		d.Words.Label, d.Words.Hint, d.PaidOn.Label = page.Say("setoff.words"), page.Say("setoff.words.hint"), page.Say("setoff.on")
	}
	return d
}

func (s *Server) showClaim(v *visit, status int, t *teller, view *page.PaidDoor) error {
	if t.err != nil {
		return t.err
	}
	return v.Show(status, view)
}

func (s *Server) postClaim(v *visit, setOff bool) error {
	t, err := s.door(v, ledger.ScopeTalk)
	if err != nil {
		return err
	}
	form, view := v.R.PostForm, s.claimDoor(t, setOff)
	view.Amount.Value, view.PaidOn.Value, view.Words.Value = form.Get("amount"), form.Get("paid_on"), site.OwnWords(form.Get("words"))
	back := pathOf(t.note.ID) + "/setoff"
	if !setOff {
		view.Bank.Value, back = site.OwnWords(form.Get("bank")), pathOf(t.note.ID)+"/paid"
	}
	body := ledger.PayClaimBody{Text: view.Words.Value, Reference: view.Bank.Value, SetOff: setOff}
	var readable bool
	if body.Amount, readable = site.ReadAmount(view.Amount.Value, t.note.Terms.Principal.Currency); !readable {
		view.Amount.Error = page.Say("wants.amount")
	}
	body.PaidOn, err = finance.ParseDate(view.PaidOn.Value)
	switch {
	case err != nil:
		view.PaidOn.Error = page.Say("wants.date")
	case body.PaidOn.After(t.today):
		view.PaidOn.Error = page.Say("wants.past")
	case body.PaidOn.Before(t.note.Terms.AgreedOn):
		view.PaidOn.Error = page.Say("wants.first", "date", t.note.Terms.AgreedOn)
	}
	view.Words.Error = wants(body.Text, 1, ledger.MaxTextRunes)
	view.Bank.Error = wants(body.Reference, 0, ledger.MaxReferenceRunes)
	if len(view.Errors().Faults) > 0 {
		return s.showClaim(v, http.StatusUnprocessableEntity, t, view)
	}
	return s.draft(v, drafting{op: ledger.OpPayClaim, reading: t.reading, body: body, back: back})
}

// wants says what is wrong with a text; nothing where it is right.
func wants(text string, least, most int) page.Text {
	switch {
	case text == "" && least > 0:
		return page.Say("wants.words")
	case site.TooLong(text, most):
		return page.Say("wants.long", "most", most)
	}
	return page.Text{}
}

func (s *Server) wrongDoor(t *teller, words string) *page.WrongDoor {
	return &page.WrongDoor{
		Head: t.head(), Human: t.human(t.reading),
		Words: page.Field{
			Name: "words", Label: page.Say("wrong.words"), Hint: page.Say("wrong.hint"), Value: words, Rows: 6, Max: ledger.MaxTextRunes,
		},
	}
}

func (s *Server) getWrong(v *visit) error {
	t, err := s.door(v, ledger.ScopeTalk)
	if err != nil {
		return err
	}
	if !t.open() {
		return v.Redirect(pathOf(t.note.ID))
	}
	view := s.wrongDoor(t, "")
	if t.err != nil {
		return t.err
	}
	return v.Show(http.StatusOK, view)
}

func (s *Server) postWrong(v *visit) error {
	t, err := s.door(v, ledger.ScopeTalk)
	if err != nil {
		return err
	}
	view := s.wrongDoor(t, site.OwnWords(v.R.PostForm.Get("words")))
	if view.Words.Error = wants(view.Words.Value, 1, ledger.MaxTextRunes); !view.Words.Error.IsZero() {
		if t.err != nil {
			return t.err
		}
		return v.Show(http.StatusUnprocessableEntity, view)
	}
	return s.draft(v, drafting{
		op: ledger.OpDisputeRaise, reading: t.reading, body: ledger.DisputeRaiseBody{Text: view.Words.Value}, back: pathOf(t.note.ID) + "/wrong",
	})
}

// postWithdrawal takes back what the borrower said: an objection, or a payment that
// it said it made.
func (s *Server) postWithdrawal(v *visit) error {
	t, err := s.door(v, ledger.ScopeTalk)
	if err != nil {
		return err
	}
	seq, err := strconv.ParseUint(v.R.PostForm.Get("seq"), 10, 64)
	if err != nil {
		return ledger.Refuse(ledger.CodeDisputeUnknown)
	}
	// The ledger wants an answer in words also of who withdraws; they are nobody's own.
	text := map[ledger.Language]string{ledger.Swedish: "Återtaget av låntagaren.", ledger.Danish: "Trukket tilbage af låntageren."}[v.Language]
	if text == "" {
		text = "Withdrawn by the borrower."
	}
	return s.draft(v, drafting{
		op: ledger.OpDisputeResolve, reading: t.reading,
		body: ledger.DisputeResolveBody{Dispute: seq, Outcome: ledger.Withdrawn, Text: text},
	})
}

// getSomeone leads to the page of powers of attorney, which are given once and not
// for each note.
func (s *Server) getSomeone(v *visit) error { return v.Redirect("/me/helpers") }
