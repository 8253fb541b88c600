package desk

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// fillAsked lists what the borrowers have said that somebody is to answer.
func (o *openCase) fillAsked(v *visit, sheet *view.Case) error {
	can := v.actor.Is(workers...) && o.Open()
	for _, w := range o.facts.Summary.Awaited {
		one := view.CaseAsked{Late: w.AnswerBy.Before(o.today), Due: page.Say("case.answer-by", "date", w.AnswerBy)}
		who, err := o.who(w.By)
		if err != nil {
			return err
		}
		one.Text, one.Words = o.asked(w, who)
		seq := strconv.FormatUint(w.Seq, 10)
		if can && w.Kind == ledger.AwaitedClaim {
			one.Ways = append(one.Ways,
				page.Link{Href: o.path() + "/do/pay?claim=" + seq, Text: page.Say("case.claim.book")},
				page.Link{Href: o.path() + "/do/pay.deny?claim=" + seq, Text: page.Say("act.name.pay.deny")})
		} else if can {
			one.Ways = append(one.Ways, page.Link{Href: o.path() + "/do/dispute.resolve?dispute=" + seq, Text: page.Say("act.name.dispute.resolve")})
		}
		sheet.Asked = append(sheet.Asked, one)
	}
	return o.fillProposal(v, sheet)
}

// asked says what a borrower has said, and in which words.
func (o *openCase) asked(w ledger.Awaited, who string) (page.Text, string) {
	for _, c := range o.note.Claims {
		if c.Seq == w.Seq {
			return page.Say("case.claim", "name", who, "amount", o.money(c.Amount), "date", c.PaidOn), c.Text
		}
	}
	for _, d := range o.note.Disputes {
		if d.Seq == w.Seq {
			return page.Say("case.dispute", "name", who, "date", d.On), d.Text
		}
	}
	return page.Say("case.dispute", "name", who, "date", w.On), ""
}

// fillProposal adds a proposal that waits, with the ways to answer it.
func (o *openCase) fillProposal(v *visit, sheet *view.Case) error {
	p := o.note.Proposal
	if p == nil {
		return nil
	}
	who, err := o.who(p.By)
	if err != nil {
		return err
	}
	one := view.CaseAsked{Text: page.Say("case.proposal", "name", who, "date", p.On), Words: p.Text}
	theirs := slices.Contains(o.note.BorrowerIDs(), p.By)
	acts := []ledger.Op{ledger.OpAmendWithdraw}
	if theirs {
		acts = []ledger.Op{ledger.OpAmendAccept, ledger.OpAmendReject}
	} else {
		one.Due = page.Say("case.proposal.waits")
	}
	for _, op := range acts {
		if v.works() && o.Open() {
			one.Ways = append(one.Ways, page.Link{Href: o.path() + "/do/" + string(op), Text: page.Say(page.Key("act.name." + op))})
		}
	}
	sheet.Asked = append(sheet.Asked, one)
	return nil
}

// eventsPerPage is how much of what happened a case page shows at a time.
const eventsPerPage = 30

// fillLine puts all that happened on one line.
func (o *openCase) fillLine(v *visit, sheet *view.Case) error {
	q := v.R.URL.Query()
	kind := casebook.HappeningKind(q.Get("only"))
	if !slices.Contains(casebook.HappeningKinds(), kind) {
		kind = ""
	}
	found, more, err := o.server.Desk.Book.Timeline(o.ctx, casebook.TimelineQuery{Note: o.Note, Kind: kind, Before: readPlace(q.Get("before")), Limit: eventsPerPage})
	if err != nil {
		return err
	}
	line := &sheet.Line
	line.Filters = append(line.Filters, view.Filter{Href: o.path() + "#h-line", Text: page.Say("line.all"), Current: kind == ""})
	for _, k := range casebook.HappeningKinds() {
		line.Filters = append(line.Filters, view.Filter{Href: o.path() + "?only=" + string(k) + "#h-line", Text: page.Say(page.Key("line.kind." + string(k))), Current: k == kind})
	}
	for _, h := range found {
		line.Events = append(line.Events, o.event(h))
	}
	if more {
		q := url.Values{"before": {placeOf(found[len(found)-1])}}
		if kind != "" {
			q.Set("only", string(kind))
		}
		line.Next = o.path() + "?" + q.Encode() + "#h-line"
	}
	return nil
}

// placeOf writes where a line goes on: after something that happened.
func placeOf(h casebook.Happening) string {
	return fmt.Sprintf("%d.%s.%s", h.At.Unix(), h.Kind, h.ID)
}

// readPlace reads it; what is none is the beginning.
func readPlace(text string) *casebook.Happening {
	parts := strings.SplitN(text, ".", 3)
	if len(parts) != 3 {
		return nil
	}
	at, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return nil
	}
	return &casebook.Happening{At: store.InTime(at), Kind: casebook.HappeningKind(parts[1]), ID: parts[2]}
}

// eventPaths are where what happened has a page of its own.
var eventPaths = map[casebook.HappeningKind]string{
	casebook.HappenedContact: contactsPath, casebook.HappenedCall: callsPath, casebook.HappenedComplaint: complaintsPath,
	casebook.HappenedFlag: flagsPath, casebook.HappenedDecision: decisionsPath, casebook.HappenedAct: actsPath,
	casebook.HappenedLetter: lettersPath,
}

// event says one thing that happened.
func (o *openCase) event(h casebook.Happening) view.CaseEvent {
	e := view.CaseEvent{At: h.At, Kind: page.Say(page.Key("line.is." + string(h.Kind))), Who: o.staff[h.Staff], Words: h.Words}
	if at, has := eventPaths[h.Kind]; has {
		e.Href = at + "/" + h.ID
	}
	switch h.Kind {
	case casebook.HappenedEvent:
		e.Text = o.onLedger(h)
	case casebook.HappenedContact:
		said := strings.Fields(h.What) // channel, direction, outcome
		e.Text = page.Say(page.Key("line.contact."+said[1]), "channel", page.Say(page.Key("case.by."+said[0])), "outcome", page.Say(page.Key("case.outcome."+said[2])))
	case casebook.HappenedPromise, casebook.HappenedFlag:
		e.Text, e.Words = page.Say(page.Key("line."+string(h.Kind)+"."+h.What)), ""
		if day, err := finance.ParseDate(h.Words); err == nil {
			e.Text = page.Say("line.until", "what", e.Text, "date", day)
		}
	case casebook.HappenedDecision:
		e.Text = page.Verbatim(h.What)
	case casebook.HappenedAct:
		e.Text = actName(h.What)
	case casebook.HappenedLetter:
		kind, state, _ := strings.Cut(h.What, " ")
		e.Text = page.Say("line.letter", "kind", letterKind(kind), "state", letterState(casebook.LetterState(state)))
	case casebook.HappenedReading:
		e.Text = page.Say("line.reading")
	default:
		e.Text = page.Say(page.Key("line." + string(h.Kind) + "." + h.What))
	}
	return e
}

// onLedger says a command on the ledger, a payment with its amount.
func (o *openCase) onLedger(h casebook.Happening) page.Text {
	for _, p := range o.note.Payments {
		if p.Seq == h.Seq {
			return page.Say("line.payment", "amount", o.money(p.Amount), "date", p.On)
		}
	}
	return page.Say(page.Key("line.op." + h.What))
}
