package casework

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/skuld-registry/skuld/api/bankfile"
	"github.com/skuld-registry/skuld/api/letter"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// LetterDraft is a letter to one person before it is sent.
type LetterDraft struct {
	Person  casebook.PersonOfCase
	Channel casebook.Delivery // "" where there is no way to the person
	Facts   letter.Facts
	// Missing is what the letter lacks; it cannot be sent then, and Letter is nil.
	Missing []letter.Element
	Letter  *letter.Letter
}

// noWay is what a letter lacks that cannot reach the person.
var noWay = letter.Element{ID: "address", Source: "skuld"}

// Drafts writes the letters that an act would send, one for each person, and says what
// they lack. It is what Check asks, and what a page shows before that.
func (d *Desk) Drafts(ctx context.Context, a *LetterSend) ([]LetterDraft, error) {
	c, err := d.caseOf(ctx, a.Note)
	if err != nil {
		return nil, err
	}
	n, err := d.Book.Note(ctx, a.Note)
	if err != nil || n == nil {
		return nil, orNotFound(err)
	}
	g := &gathering{desk: d, act: a, of: c, note: n, today: finance.DateOf(d.Clock())}
	common, err := g.common(ctx)
	if err != nil {
		return nil, err
	}
	persons, err := g.persons(ctx)
	if err != nil {
		return nil, err
	}
	drafts := make([]LetterDraft, len(persons))
	for i := range persons {
		if drafts[i], err = g.draft(ctx, common, persons[i]); err != nil {
			return nil, err
		}
	}
	return drafts, nil
}

// gathering puts together what letters about a case are written from.
type gathering struct {
	desk  *Desk
	act   *LetterSend
	of    *casebook.Case
	note  *store.Note
	today finance.Date
}

// persons are whom the letter is for: one, or every borrower.
func (g *gathering) persons(ctx context.Context) ([]casebook.PersonOfCase, error) {
	if g.act.To != "" {
		p, err := g.desk.personOf(ctx, g.act.Note, g.act.To)
		if err != nil {
			return nil, err
		}
		return []casebook.PersonOfCase{*p}, nil
	}
	all, err := g.desk.Book.PersonsOf(ctx, g.act.Note)
	if err == nil && len(all) == 0 {
		err = ledger.Refuse(ledger.CodeLetter, "kind", string(g.act.Kind), "elements", "name")
	}
	return all, err
}

// draft writes the letter to one person.
func (g *gathering) draft(ctx context.Context, f letter.Facts, p casebook.PersonOfCase) (LetterDraft, error) {
	n := g.note.State
	f.Language = cmp.Or(p.Language, languages[n.Terms.Jurisdiction], ledger.English)
	f.To = letter.Address{Name: p.Name}
	draft := LetterDraft{Person: p, Channel: channelTo(&p, g.act.Channel)}
	if draft.Channel == casebook.DeliverLetter {
		f.To.Lines = addressLines(p.Address)
	}
	if g.act.Kind == letter.Contact {
		var err error
		if f.Code, err = g.code(ctx, p.Party); err != nil {
			return draft, err
		}
	}
	draft.Facts = f
	if draft.Channel == "" {
		draft.Missing = append(draft.Missing, noWay)
	}
	var err error
	draft.Letter, err = letter.Write(g.act.Kind, f)
	if lacks, is := errors.AsType[*letter.MissingError](err); is {
		draft.Missing = append(draft.Missing, lacks.Elements...)
		return draft, nil
	}
	return draft, err
}

// channelTo gives the way in which a person is written to: the wanted one, or else the
// surest that there is; none where the person cannot be reached so.
func channelTo(p *casebook.PersonOfCase, wanted casebook.Delivery) casebook.Delivery {
	ways := map[casebook.Delivery]bool{
		casebook.DeliverLetter: p.Address != "", casebook.DeliverEmail: p.Email != "", casebook.DeliverMessage: len(p.Phones) > 0, casebook.DeliverPortal: true,
	}
	switch {
	case wanted != "" && ways[wanted]:
		return wanted
	case wanted != "":
		return ""
	case ways[casebook.DeliverLetter]:
		return casebook.DeliverLetter
	case ways[casebook.DeliverEmail]:
		return casebook.DeliverEmail
	}
	return "" // nobody is demanded from on a page that may never be opened
}

func addressLines(text string) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// common gathers what is the same for every person.
func (g *gathering) common(ctx context.Context) (letter.Facts, error) {
	n := g.note.State
	f := letter.Facts{
		On: g.today, Note: n.ID, Case: strconv.FormatInt(g.of.Number, 10), Reference: bankfile.Reference(g.of.Number), AgreedOn: n.Terms.AgreedOn,
		Currency: n.Terms.Principal.Currency, Fee: g.act.Fee, PayBy: g.act.PayBy, Words: strings.TrimSpace(g.act.Words), Authority: authorities[n.Terms.Jurisdiction],
	}
	s, err := ledger.Summarize(n, g.note.Holder, g.today)
	if err != nil {
		return f, fmt.Errorf("summing up note %s: %w", n.ID, err)
	}
	g.money(&f, &s)
	if err := g.names(ctx, &f); err != nil {
		return f, err
	}
	if f.Link, err = g.desk.noteLink(ctx, n.ID); err != nil {
		return f, err
	}
	if g.act.Kind == letter.PlanOffer {
		f.Plan, err = g.plan(&s)
	}
	return f, err
}

// money fills in what is owed. A fee that is charged with the letter is owed with it.
func (g *gathering) money(f *letter.Facts, s *ledger.Summary) {
	n := g.note.State
	f.Owed, f.Lines = s.Owed, s.Lines
	f.Owed.Costs += g.act.Fee
	f.Counted = finance.Parts{Interest: finance.RoundMicro(n.Balance.InterestMicro), LateInterest: finance.RoundMicro(n.Balance.LateMicro)}
	f.Overdue = s.Arrears.Charges + s.Arrears.Principal + s.Arrears.Interest
	f.DueOn = s.Arrears.OldestDue
	f.GateOpen, f.Reasons = s.GateOpen, s.Reasons
	f.Collectable = refuseDemand(n, s) == nil
}

// refuseDemand gives what stands against demanding anything, nil where nothing does. A
// debt that is paid by a plan is not demanded.
func refuseDemand(n *ledger.Note, s *ledger.Summary) *ledger.Error {
	is := func(r ledger.Reason) bool { return slices.Contains(s.Reasons, r) }
	switch {
	case n.Status == ledger.StatusFrozen:
		return ledger.Refuse(ledger.CodeNoteFrozen)
	case n.Status != ledger.StatusActive:
		return ledger.Refuse(ledger.CodeNoteActive)
	case !s.GateOpen:
		return ledger.Refuse(ledger.CodeBorrowerNotTold)
	case is(ledger.ReasonDisputed) || is(ledger.ReasonClaimOpen): // what is said to be paid may not be late
		return ledger.Refuse(ledger.CodeNoteDisputed)
	case is(ledger.ReasonBarred):
		return ledger.Refuse(ledger.CodeNoteBarred, "barred_after", s.BarredAfter.String())
	case is(ledger.ReasonDebtRelief):
		return ledger.Refuse(ledger.CodeDebtRelief)
	case s.Phase.Running:
		return ledger.Refuse(ledger.CodePlanRunning)
	case !s.Collectable:
		return ledger.Refuse(ledger.CodeNoteActive)
	}
	return nil
}

// names fills in who writes, who lent, who holds the note and who answers.
func (g *gathering) names(ctx context.Context, f *letter.Facts) error {
	n := g.note.State
	self, account, err := g.company(ctx, g.desk.Party)
	if err != nil {
		return err
	}
	f.From, f.Account = self.Company, account
	if f.Human, err = g.human(ctx, self); err != nil {
		return err
	}
	creditor, _, err := g.company(ctx, g.note.Holder)
	if err != nil {
		return err
	}
	f.Creditor = creditor.Company
	lender, _, err := g.company(ctx, n.Lender)
	if err != nil {
		return err
	}
	f.Lender = cmp.Or(lender.Name, n.Payee)
	if last := len(n.Endorsements) - 1; last >= 0 {
		from, _, err := g.company(ctx, n.Endorsements[last].From)
		if err != nil {
			return err
		}
		f.Assigned = &letter.Assignment{From: from.Name, On: n.Endorsements[last].On}
		if n.Endorsements[last].From == n.Lender {
			f.Assigned.From = f.Lender
		}
	}
	return nil
}

// met is a company as a borrower meets it, with who answers there.
type met struct {
	letter.Company
	human letter.Human
}

// company gives a company and the account to which it is paid; empty fields where
// nothing is known of it.
func (g *gathering) company(ctx context.Context, id ledger.PartyID) (m met, account string, err error) {
	p, err := g.desk.Book.Party(ctx, id)
	if err != nil || p == nil {
		return m, "", err
	}
	m.Name = p.Name
	if c := p.Contact; c != nil {
		m.Address, m.Phone, m.Licence, account = c.Address, c.Phone, c.Licence, c.Account
		m.human = letter.Human{Name: c.Human, Phone: c.Phone, Hours: c.Hours}
	}
	return m, account, nil
}

// human is who takes the call about the letter: who has the case, or else whoever
// answers at the company.
func (g *gathering) human(ctx context.Context, self met) (letter.Human, error) {
	h := self.human
	if g.of.Owner == "" {
		return h, nil
	}
	s, err := g.desk.Book.StaffOf(ctx, g.of.Owner)
	if err != nil || s == nil || !s.Disabled.IsZero() {
		return h, err
	}
	h.Name, h.Phone = s.Name, cmp.Or(s.Phone, h.Phone)
	return h, nil
}

// plan is the plan that the company has proposed on the ledger; nil where it has none.
func (g *gathering) plan(s *ledger.Summary) (*letter.Plan, error) {
	p := g.note.State.Proposal
	if p == nil || p.Amendment.Kind != ledger.AmendPlan || slices.Contains(g.note.State.BorrowerIDs(), p.By) {
		return nil, nil
	}
	f, err := ledger.Preview(g.note.State, g.note.Holder, p.Amendment, g.today)
	if err != nil || len(f.Instalments) == 0 {
		return nil, err
	}
	return &letter.Plan{
		Instalments: len(f.Instalments), Each: f.Monthly, First: f.Instalments[0].PayBy, Last: f.FreeOfDebt, Cost: max(0, f.Total-s.Total.Amount),
	}, nil
}

// code is that of the latest time that the person was tried to be reached.
func (g *gathering) code(ctx context.Context, party ledger.PartyID) (string, error) {
	const latest = 20
	contacts, err := g.desk.Book.ContactsOf(ctx, g.act.Note, 0, latest)
	if err != nil {
		return "", err
	}
	for _, c := range contacts {
		if c.Direction == casebook.Outgoing && c.Code != "" && (c.Party == party || c.Party == "") {
			return string(c.Code), nil
		}
	}
	return "", nil
}

// noteLink gives the address of a note's page for everybody, which never changes; "" in
// a company without a registrar.
func (d *Desk) noteLink(ctx context.Context, note ledger.NoteID) (string, error) {
	link, err := d.Book.NoteLink(ctx, note)
	if err != nil || link != "" || d.Letters.Link == nil {
		return link, err
	}
	if link, err = d.Letters.Link(ctx, note); err != nil {
		return "", d.unavailable("asking for the address of a note", err)
	}
	return link, d.Book.KeepNoteLink(ctx, note, link)
}
