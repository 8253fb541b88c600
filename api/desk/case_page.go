package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/bankfile"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/part"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// getCase shows everything about a case, in the order in which callers ask.
func (s *Server) getCase(v *visit) error {
	o, err := s.caseOf(v)
	if err != nil {
		return err
	}
	sheet := &view.Case{
		Head: o.head(), Closed: o.Closed, Reference: bankfile.Reference(o.Number), LenderRef: o.note.Terms.Reference, Note: string(o.Note),
		Owner: o.staff[o.Owner], Mine: o.Owner == v.staff.ID, Works: v.works() && o.Open(),
		Owed: o.owed(), Plan: shortened(part.Plan("plan", o.facts)), Colleagues: o.colleagues(),
	}
	if v.actor.Is(workers...) {
		sheet.Contact, sheet.Links = o.path()+"/contact", o.workLinks(v)
	}
	sheet.Links = append(sheet.Links, page.Link{Href: casesPath + "/of/" + string(o.Note) + "/rules", Text: page.Say("rail.rules")},
		page.Link{Href: lettersPath + "?note=" + string(o.Note), Text: page.Say("letters.title")})
	for _, fill := range []func(*visit, *view.Case) error{o.fillNames, o.fillLast, o.fillActs, o.fillPersons, o.fillAsked, o.fillHolds, o.fillLine} {
		if err := fill(v, sheet); err != nil {
			return err
		}
	}
	return v.Show(http.StatusOK, sheet)
}

// owed says what is owed today and how it came about.
func (o *openCase) owed() view.CaseOwed {
	s := &o.facts.Summary
	w := view.CaseOwed{AsOf: o.today, Total: s.Total, Lines: part.Lines(o.facts), Reasons: part.Reasons(o.facts)}
	add := func(term page.Key, key page.Key, with ...any) {
		w.Pairs = append(w.Pairs, page.Pair{Term: page.Say(term), Value: page.Say(key, with...)})
	}
	if o.facts.Demandable && s.Next != nil {
		add("case.next", "case.next.is", "amount", o.money(s.NextLeft), "date", s.Next.PayBy)
	}
	if !s.FreeOfDebt.IsZero() {
		add("note.free", "case.day", "date", s.FreeOfDebt)
	}
	if !s.BarredAfter.IsZero() {
		add("case.barred", "case.day", "date", s.BarredAfter)
	}
	if c := s.Costs; c != nil {
		add("case.costs", "case.costs.is", "charged", o.money(c.Charged), "limit", o.money(c.Limit))
	}
	return w
}

// The rows of a plan that a case page shows, of those that may be hundreds.
const (
	rowsBehind = 3
	rowsAhead  = 12
)

// shortened leaves out the rows of a plan that are long paid or far away. The picture
// has them all.
func shortened(p *page.Plan) *page.Plan {
	if p == nil {
		return nil
	}
	paid := 0
	for _, r := range p.Rows {
		if r.State != "paid" {
			break
		}
		paid++
	}
	from := max(0, paid-rowsBehind)
	p.Rows = p.Rows[from:min(len(p.Rows), paid+rowsAhead)]
	return p
}

// fillNames says who has had the note, and for whom it is worked.
func (o *openCase) fillNames(_ *visit, sheet *view.Case) (err error) {
	if sheet.Lender, err = o.who(o.note.Lender); err != nil {
		return err
	}
	if sheet.Client, err = o.who(o.Client); err != nil {
		return err
	}
	for _, h := range o.facts.Chain {
		held := page.Holding{Since: h.Since, Notice: h.NoticeOn, Current: h.Now}
		if held.Holder, err = o.who(h.Party); err != nil {
			return err
		}
		if h.Lender {
			held.Since, held.Says = o.note.Terms.AgreedOn, page.Say("who.lender")
		}
		sheet.Chain.Holders = append(sheet.Chain.Holders, held)
	}
	role := func(key page.Key, id ledger.PartyID, since finance.Date) error {
		name, err := o.who(id)
		sheet.Roles = append(sheet.Roles, page.Say(key, "name", name, "date", since))
		return err
	}
	if m := o.note.Mandate; m != nil {
		if err := role("who.servicer", m.Servicer, m.Since); err != nil {
			return err
		}
	}
	if p := o.note.Pledge; p != nil {
		return role("who.pledgee", p.Pledgee, p.Since)
	}
	return nil
}

// fillLast says who rang whom last, and why.
func (o *openCase) fillLast(_ *visit, sheet *view.Case) error {
	contacts, err := o.server.Desk.Book.ContactsOf(o.ctx, o.Note, 0, 1)
	if err != nil {
		return err
	}
	if len(contacts) == 0 {
		sheet.Last.Text = page.Say("case.last.none")
		return nil
	}
	c := contacts[0]
	who := o.name()
	if c.Party != "" {
		if who, err = o.who(c.Party); err != nil {
			return err
		}
	}
	sheet.Last = view.Spoke{
		Text: page.Say(page.Key("case.last."+string(c.Direction)), "staff", o.staff[c.Staff], "name", who, "how", contactText(c)), At: c.At, More: c.Words,
	}
	return nil
}

// contactText says how somebody was reached, and what came of it.
func contactText(c casebook.Contact) page.Text {
	return page.Say("line.contact", "channel", page.Say(page.Key("case.by."+string(c.Channel))), "outcome", page.Say(page.Key("case.outcome."+string(c.Outcome))))
}

// fillActs says what can be done just now.
func (o *openCase) fillActs(v *visit, sheet *view.Case) error {
	if !o.Open() {
		return nil
	}
	all, err := o.server.Desk.Possible(o.ctx, v.actor, o.Note)
	if err != nil {
		return err
	}
	for _, p := range all {
		key, href := "act.name."+string(p.Act), o.path()+"/do/"+string(p.Act)
		if p.Variant != "" {
			key, href = "act.kind."+p.Variant, o.path()+"/plan?kind="+p.Variant
		}
		act := view.CaseAct{Text: page.Say(page.Key(key)), Href: href}
		if p.Why != nil {
			act.Why = p.Why.Text(v.Language)
		}
		sheet.Can = append(sheet.Can, act)
	}
	if a := o.note.Acceleration; a != nil && a.Cured.IsZero() && v.works() {
		sheet.Can = append(sheet.Can, view.CaseAct{Text: page.Say("act.name.cure"), Href: o.path() + "/do/cure"})
	}
	if len(o.note.Payments) > 0 {
		sheet.Can = append(sheet.Can, view.CaseAct{Text: page.Say("act.name.pay.reverse"), Href: o.path() + "/do/pay.reverse"})
	}
	return nil
}

// fillPersons says how the persons are reached, and who may speak for them.
func (o *openCase) fillPersons(v *visit, sheet *view.Case) error {
	for _, p := range o.persons {
		one := view.CasePerson{Name: p.Name, Email: p.Email, Address: page.HumanCard{Address: p.Address}.AddressLines()}
		for _, number := range p.Phones {
			one.Phones = append(one.Phones, page.HumanCard{Phone: number})
		}
		if p.Language != "" {
			one.Language = page.Say(page.Key("case.speaks." + string(p.Language)))
		}
		if v.actor.Is(workers...) && o.Open() {
			one.Edit = o.path() + "/persons/" + string(p.Party)
		}
		sheet.Persons = append(sheet.Persons, one)
		if err := o.fillSpeakers(sheet, p); err != nil {
			return err
		}
	}
	return nil
}

// fillSpeakers adds whom a person has let act in the case.
func (o *openCase) fillSpeakers(sheet *view.Case, p casebook.PersonOfCase) error {
	party, err := o.party(p.Party)
	if err != nil || party == nil {
		return err
	}
	for _, a := range party.Attorneys {
		if !a.Lets(ledger.ScopeSee, o.Note, o.today) {
			continue
		}
		name, err := o.who(a.Representative)
		if err != nil {
			return err
		}
		sp := view.Speaker{Name: name, For: p.Name, Until: a.Until}
		for _, scope := range a.Scopes {
			sp.Scopes = append(sp.Scopes, page.Say(page.Key("case.scope."+scope)))
		}
		sheet.Speakers = append(sheet.Speakers, sp)
	}
	return nil
}

// colleagues are those to whom a case can be handed.
func (o *openCase) colleagues() view.Select {
	s := view.Select{Name: "owner", Label: page.Say("case.give.to"), Options: []page.Option{{Text: page.Say("case.nobody"), Chosen: o.Owner == ""}}}
	ids := make([]casebook.StaffID, 0, len(o.staff))
	for id := range o.staff {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b casebook.StaffID) int { return strings.Compare(o.staff[a], o.staff[b]) })
	for _, id := range ids {
		s.Options = append(s.Options, page.Option{Value: string(id), Text: page.Verbatim(o.staff[id]), Chosen: id == o.Owner})
	}
	return s
}

// fillHolds says what lets nothing happen by itself, and what was promised.
func (o *openCase) fillHolds(_ *visit, sheet *view.Case) error {
	book := o.server.Desk.Book
	holds, err := book.HoldsOf(o.ctx, o.Note, o.today)
	if err != nil {
		return err
	}
	for _, h := range holds {
		keeper := page.Say("case.nobody")
		if name := o.staff[h.Keeper]; name != "" {
			keeper = page.Verbatim(name)
		}
		sheet.Holds = append(sheet.Holds, view.CaseHold{
			Text: page.Say(page.Key("case.hold."+string(h.Kind)), "name", keeper, "date", h.Until), Href: holdPaths[h.Kind] + "/" + url.PathEscape(h.ID),
		})
	}
	stops, err := book.StopsOf(o.ctx, o.Note, o.today)
	if err != nil {
		return err
	}
	for _, st := range stops {
		sheet.Holds = append(sheet.Holds, view.CaseHold{
			Text: page.Say("case.hold.stop", "name", o.staff[st.Staff], "reason", st.Reason), Href: casesPath + "/of/" + string(o.Note) + "/rules",
		})
	}
	promises, err := book.PromisesOf(o.ctx, o.Note)
	if err != nil {
		return err
	}
	for _, p := range promises {
		if p.Settled.IsZero() || p.Settled.After(o.server.Clock().Add(-promiseShown)) {
			shown := view.CaseHold{Text: page.Say(page.Key("case.promise."+string(p.State)), "amount", o.money(p.Amount), "date", p.Day)}
			if p.State == casebook.PromiseOpen {
				shown.Href = promisesPath + "/" + url.PathEscape(p.ID)
			}
			sheet.Promises = append(sheet.Promises, shown)
		}
	}
	return nil
}

// holdPaths are the pages on which what holds is settled.
var holdPaths = map[casebook.WorkHoldKind]string{casebook.HoldFlag: flagsPath, casebook.HoldComplaint: complaintsPath, casebook.HoldCall: callsPath}

// promiseShown is how long a settled promise is still shown beside the open ones.
const promiseShown = 60 * 24 * time.Hour
