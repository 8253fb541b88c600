package web

import (
	"slices"
	"strconv"

	"github.com/skuld-registry/skuld/api/web/facts"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
)

// chain lists who has had the note, and in the end the borrower.
func (t *teller) chain() page.Chain {
	var c page.Chain
	for _, h := range t.facts.Chain {
		one := page.Holding{Holder: t.company(h.Party), Since: h.Since, Notice: h.NoticeOn, Current: h.Now}
		if h.Lender {
			one.Holder, one.Since, one.Says = t.lender(t.note), t.note.Terms.AgreedOn, page.Say("who.lender")
		}
		c.Holders = append(c.Holders, one)
	}
	if t.note.Status == ledger.StatusDischarged {
		owner := t.borrower(t.note, t.principal)
		says := page.Say("who.yours")
		if t.helps() {
			says = page.Say("who.theirs", "name", owner)
		}
		c.Holders = append(c.Holders, page.Holding{Holder: owner, Since: t.note.Ended, Current: true, Says: says})
	}
	return c
}

// roles say who else may ask for payment, and since when.
func (t *teller) roles() []page.Text {
	var all []page.Text
	if m := t.note.Mandate; m != nil {
		all = append(all, page.Say("who.servicer", "name", t.company(m.Servicer), "date", m.Since))
	}
	if p := t.note.Pledge; p != nil {
		all = append(all, page.Say("who.pledgee", "name", t.company(p.Pledgee), "date", p.Since))
	}
	return all
}

// payments lists the payments that are written on the note, the latest first.
func (t *teller) payments() []page.PaymentRow {
	var rows []page.PaymentRow
	for _, p := range slices.Backward(t.note.Payments) {
		rows = append(rows, page.PaymentRow{
			On: p.On, Amount: t.amount(p.Amount), By: t.company(p.By), Reversed: p.Reversed, SetOff: p.SetOff,
			Receipt: pathOf(t.note.ID) + "/receipts/" + strconv.FormatUint(p.Seq, 10),
		})
	}
	return rows
}

// asked lists what was said about the note and is not settled.
func (t *teller) asked() []page.Asked {
	var all []page.Asked
	if p := t.note.Proposal; p != nil {
		all = append(all, t.proposal(p))
	}
	for i := range t.note.Claims {
		c := &t.note.Claims[i]
		then := page.Say("asked.answer", "date", c.AnswerBy)
		if c.Unanswered(t.today) {
			then = page.Say("asked.silent", "date", c.AnswerBy)
		}
		own, others := page.Key("asked.claim"), page.Key("asked.claimed")
		if c.SetOff {
			own, others = "asked.setoff", "asked.setoffs"
		}
		text := page.Say(own, "amount", t.amount(c.Amount), "date", c.PaidOn)
		if !t.reads(c.By) {
			text = page.Say(others, "name", t.said(c.By), "amount", t.amount(c.Amount), "date", c.PaidOn)
		}
		all = append(all, page.Asked{
			Text: text, Words: c.Text, Then: then,
			Via: t.via(c.Via), Form: t.withdrawal(c.By, c.Seq),
		})
	}
	for _, d := range t.note.Disputes {
		text := page.Say("asked.dispute", "date", d.On)
		if !t.reads(d.By) {
			text = page.Say("asked.objected", "name", t.said(d.By), "date", d.On)
		}
		all = append(all, page.Asked{
			Text: text, Words: d.Text, Answer: d.Answer, Then: page.Say("note.disputed.why"),
			Via: t.via(d.Via), Form: t.withdrawal(d.By, d.Seq),
		})
	}
	return all
}

func (t *teller) proposal(p *ledger.Proposal) page.Asked {
	a := page.Asked{
		Text: page.Say("asked.theirs", "name", t.said(p.By)), Words: p.Text, Via: t.via(p.Via),
		Link: page.Link{Href: pathOf(t.note.ID) + "/proposal", Text: page.Say("asked.see")},
	}
	if t.reads(p.By) {
		a.Text = page.Say("asked.yours", "name", t.company(t.facts.Agrees))
	}
	return a
}

// reads says whether the reader itself is the party, so that "you" is who it was.
func (t *teller) reads(id ledger.PartyID) bool { return id == t.principal && !t.helps() }

// said names who said something: a borrower or a company.
func (t *teller) said(id ledger.PartyID) string {
	if slices.Contains(t.note.BorrowerIDs(), id) {
		return t.borrower(t.note, id)
	}
	return t.company(id)
}

// via names who did something for a borrower.
func (t *teller) via(id ledger.PartyID) page.Text {
	if id == "" {
		return page.Text{}
	}
	return page.Say("asked.via", "name", t.person(id))
}

// withdrawal lets the one who said something take it back, or whoever speaks for it.
func (t *teller) withdrawal(by ledger.PartyID, seq uint64) *page.Withdrawal {
	if by != t.principal || !t.may(ledger.ScopeTalk) {
		return nil
	}
	return &page.Withdrawal{Action: pathOf(t.note.ID) + "/withdrawal", Seq: seq}
}

// helpers lists whom the borrower has let act about this note.
func (t *teller) helpers(v *visit) []page.HelperRow {
	if t.helps() {
		return nil
	}
	var rows []page.HelperRow
	for _, a := range v.party.Attorneys {
		if a.Lets(ledger.ScopeSee, t.note.ID, t.today) {
			rows = append(rows, page.HelperRow{Name: t.person(a.Representative), Scopes: scopeTexts(a.Scopes), Until: a.Until})
		}
	}
	return rows
}

func scopeTexts(scopes []ledger.AttorneyScope) []page.Text {
	texts := make([]page.Text, len(scopes))
	for i, s := range scopes {
		texts[i] = page.Say(page.Key("scope." + s))
	}
	return texts
}

// happened says what happens now after a command of one operation, by when and who
// does it. What it says follows from the note: an address that was kept or made up
// says nothing that is not so.
func (t *teller) happened(op string) *page.Happened {
	n := t.note
	say := func(key page.Key, then page.Key, with ...any) *page.Happened {
		return &page.Happened{Text: page.Say(key), Then: page.Say(then, with...)}
	}
	who := t.company(t.facts.Asks)
	switch last := len(n.Claims) - 1; {
	case op == string(ledger.OpPayClaim) && last >= 0:
		return say("paid.done", "paid.done.then", "name", who, "date", n.Claims[last].AnswerBy)
	case op == string(ledger.OpDisputeRaise) && len(n.Disputes) > 0:
		return say("wrong.done", "wrong.done.then", "name", who)
	case (op == string(ledger.OpDisputeResolve) || op == string(ledger.OpAmendWithdraw) && n.Proposal == nil) && t.facts.Situation == facts.Disputed:
		return say("back.done", "back.done.still")
	case op == string(ledger.OpDisputeResolve):
		return say("back.done", "back.done.then")
	case op == string(ledger.OpAmendPropose) && n.Proposal != nil:
		return say("aid.done", "aid.done.then", "name", t.company(t.facts.Agrees))
	case op == string(ledger.OpAmendAccept) && n.Proposal == nil && len(n.Amendments) > 0:
		return say("proposal.yes", "proposal.yes.then")
	case op == string(ledger.OpAmendReject) && n.Proposal == nil:
		return say("proposal.no", "proposal.no.then")
	case op == string(ledger.OpAmendWithdraw) && n.Proposal == nil:
		return say("back.done", "back.done.then")
	case op == string(ledger.OpAccept) && n.Status == ledger.StatusActive:
		return say("accept.done", "accept.done.then")
	case op == string(ledger.OpAccept) && t.facts.Situation == facts.Signed:
		return say("accept.done", "accept.wait.then")
	case op == string(ledger.OpDecline) && n.Status == ledger.StatusVoid:
		return say("decline.done", "decline.done.then")
	}
	return nil
}
