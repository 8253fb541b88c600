package web

import (
	"net/http"

	"github.com/skuld-registry/skuld/api/web/facts"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/part"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// notePath is the address of a note's page; what there is to do about it lies below.
const notePath = "/me/notes/"

func pathOf(id ledger.NoteID) string { return notePath + string(id) }

// getNote shows everything about a note, in the order in which a borrower asks.
func (s *Server) getNote(v *visit) error {
	r, err := s.noteOf(v)
	if ledger.CodeOf(err) == ledger.CodeNotFound {
		r, err = s.erasedNote(v, err)
	}
	if err != nil {
		return err
	}
	view, err := s.noteView(v, r)
	if err != nil {
		return err
	}
	return v.Show(http.StatusOK, view)
}

// teller puts together what the pages about a note say.
type teller struct {
	*reading
	*names
	facts *facts.Note
}

func (s *Server) tell(v *visit, r *reading) (*teller, error) {
	f, err := facts.Of(r.note, facts.Reader{
		Borrower: r.principal, Holder: r.holder, Today: r.today, Offered: !s.Clock().After(r.note.AnswerBy),
	})
	return &teller{reading: r, names: s.names(v.R.Context()), facts: f}, err
}

// noteView puts the page of a note together. What a situation makes meaningless is
// left out: an offer has no payments, an erased note has nothing.
func (s *Server) noteView(v *visit, r *reading) (*page.Note, error) {
	t, err := s.tell(v, r)
	if err != nil {
		return nil, err
	}
	n := r.note
	view := &page.Note{Head: t.head(), Human: t.human(r), Happened: t.happened(v.R.URL.Query().Get("done"))}
	switch t.facts.Situation {
	case facts.Erased:
		view.Human = s.Help // nobody has it
		return view, t.err
	case facts.Waiting, facts.Signed, facts.Expired, facts.Void:
		if t.facts.Situation == facts.Waiting {
			view.Offer = pathOf(n.ID) + "/offer"
		}
		view.Documents.Text = ledger.NoteLines(n, v.Language)
		return view, t.err
	}
	view.Money, view.Plan, view.Chain, view.Roles = t.money(), part.Plan("plan", t.facts), t.chain(), t.roles()
	view.Lines, view.Reasons = part.Lines(t.facts), part.Reasons(t.facts)
	view.Payments, view.Asked, view.Helpers = t.payments(), t.asked(), t.helpers(v)
	if len(n.Payments) == ledger.ReversiblePayments {
		view.Shown = len(n.Payments)
	}
	view.Doors, view.Documents = t.doors(), t.documents(v.Language)
	view.Known = t.known()
	if err := s.addWork(v, t, view); err != nil {
		return nil, err
	}
	if t.facts.Situation == facts.Discharged {
		view.Keep = view.Documents.EvidenceHTML
	}
	return view, t.err
}

// addWork adds what companies do about the note and the borrower: whom they call, what
// they answer, what they did.
func (s *Server) addWork(v *visit, t *teller, view *page.Note) (err error) {
	if view.Calls, err = s.calls(v, t); err != nil {
		return err
	}
	if err := s.addComplaints(v, t, view); err != nil {
		return err
	}
	if !t.open() && t.may(ledger.ScopeTalk) { // it has no doors, and there is somebody to complain to
		view.Complain = page.Link{Href: pathOf(t.note.ID) + "/complaint", Text: page.Say("doors.complaint")}
	}
	view.Journal, err = s.noteJournal(v, t)
	return err
}

// tones says how each situation is meant.
var tones = map[facts.Situation]page.Tone{
	facts.Waiting: page.ToneCalm, facts.Signed: page.ToneCalm, facts.Expired: page.ToneCalm, facts.Running: page.ToneDone,
	facts.Overdue: page.ToneAttention, facts.Accelerated: page.ToneAttention, facts.OnPlan: page.ToneDone, facts.Paused: page.ToneCalm, facts.Disputed: page.ToneCalm,
	facts.Frozen: page.ToneStop, facts.Barred: page.ToneCalm, facts.Unnotified: page.ToneAttention,
	facts.Discharged: page.ToneDone, facts.Void: page.ToneCalm, facts.Erased: page.ToneCalm,
}

func (t *teller) head() page.NoteHead {
	h := page.NoteHead{
		Href: pathOf(t.note.ID), Lender: t.lender(t.note), Reference: t.note.Terms.Reference,
		Status: page.Status{Tone: tones[t.facts.Situation], Text: page.Say(page.Key("note." + t.facts.Situation)), More: t.why()},
	}
	if t.helps() {
		h.Principal = t.borrower(t.note, t.principal)
	}
	if t.helps() && t.facts.Situation == facts.Discharged {
		h.Status.Text, h.Status.More = page.Say("note.returned", "name", h.Principal), page.Say("note.returned.why")
	}
	return h
}

// why says in a sentence or two what the situation means.
func (t *teller) why() page.Text {
	key, n := page.Key("note."+t.facts.Situation+".why"), t.note
	switch t.facts.Situation {
	case facts.Overdue:
		return page.Say(key, "amount", t.amount(t.facts.Late()), "date", t.facts.Summary.Arrears.OldestPayBy)
	case facts.Accelerated:
		if c := t.facts.Summary.Cure; c != nil {
			return page.Say(key, "amount", t.amount(c.Amount), "date", c.By)
		}
		return page.Say("note.accelerated.all.why", "date", t.facts.Summary.Phase.Until)
	case facts.Paused:
		return page.Say(key, "date", t.facts.Summary.Phase.FirstDue)
	case facts.Frozen:
		return page.Say(key, "authority", t.company(n.Freeze.Authority), "date", n.Freeze.On, "ground", n.Freeze.Ground)
	case facts.Unnotified:
		return page.Say(key, "holder", t.company(t.holder), "date", t.facts.Chain[len(t.facts.Chain)-1].Since)
	}
	return page.Say(key)
}

func (t *teller) amount(a finance.Amount) finance.Money {
	return finance.Money{Amount: a, Currency: t.note.Terms.Principal.Currency}
}

// money says what is left and what comes next. While nothing may be demanded, no
// payment is shown as due.
func (t *teller) money() *page.NoteMoney {
	s := &t.facts.Summary
	if t.note.Status == ledger.StatusDischarged {
		return nil
	}
	m := &page.NoteMoney{Left: s.Total, AsOf: s.AsOf, OnDemand: len(t.facts.Rows) == 0}
	if !t.facts.Demandable {
		return m
	}
	if s.Cure == nil { // whoever keeps the instalments is free when the schedule says
		m.Free = s.FreeOfDebt
	}
	t.payTo(m)
	switch late := t.facts.Late(); {
	case s.Cure != nil:
		m.Next = &page.Due{Amount: t.amount(s.Cure.Amount), By: s.Cure.By}
	case late > 0:
		m.Next = &page.Due{Amount: t.amount(late), By: s.Arrears.OldestPayBy, Late: true}
	case s.Next != nil:
		m.Next = &page.Due{Amount: t.amount(s.NextLeft), By: s.Next.PayBy}
	}
	return m
}

// payTo says whom to pay, to which account and what to name. It is only the account
// of who may ask for payment: while nobody may, money does not say it at all.
func (t *teller) payTo(m *page.NoteMoney) {
	m.PayTo, m.Reference = t.company(t.facts.Asks), t.note.Terms.Reference
	if m.Reference == "" {
		m.Reference = t.server.Store.CodeOf(t.note.ID).String()
	}
	if p := t.party(t.facts.Asks); p != nil && p.Contact != nil {
		m.Account = p.Contact.Account
	}
}

// doors are the ways on from a note that is a debt. Who helps gets those that the
// power of attorney opens.
func (t *teller) doors() []page.Door {
	if !t.open() {
		return nil
	}
	var doors []page.Door
	add := func(open bool, name string) {
		if open {
			doors = append(doors, page.Door{
				Href: pathOf(t.note.ID) + "/" + name, Text: page.Say(page.Key("doors." + name)), Sub: page.Say(page.Key("doors." + name + ".sub")),
			})
		}
	}
	add(t.may(ledger.ScopeTalk), "paid")
	add(t.may(ledger.ScopeTalk), "wrong")
	add(t.may(ledger.ScopeAgree) && t.note.Status == ledger.StatusActive, "help")
	add(!t.helps(), "someone")
	add(t.may(ledger.ScopeTalk), "complaint")
	return doors
}

func (t *teller) documents(language ledger.Language) page.Documents {
	path := pathOf(t.note.ID)
	return page.Documents{
		Text:         ledger.NoteLines(t.note, language),
		EvidenceJSON: path + "/evidence", EvidenceHTML: path + "/evidence?form=page", Print: path + "/print", Verify: "/verify",
	}
}
