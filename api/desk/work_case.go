package desk

import (
	"time"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// contactForm asks for everything about a conversation on one screen: what is the same
// most of the time is filled in.
func contactForm(s *Server, v *visit, o *openCase) (*view.WorkSheet, casework.Act, error) {
	a := &casework.LogContact{
		Note: o.Note, Channel: casebook.ByPhone, Direction: casebook.Outgoing, Outcome: casebook.Reached, Topic: casework.TopicPayment, NextOwner: v.staff.ID,
	}
	if v.R.Method == post {
		a.Party, a.Channel, a.Direction = ledger.PartyID(v.written("party")), casebook.Channel(v.written("channel")), casebook.Direction(v.written("direction"))
		a.Outcome, a.Topic, a.Words = casebook.ContactOutcome(v.written("outcome")), casework.Topic(v.written("topic")), v.written("words")
		a.FollowUp, a.Next, a.NextDue = v.written("follow_up") != "", v.written("next"), v.writtenTime("next_due")
		a.Number, a.Peer = o.phone(v.written("number")), o.phone(v.written("peer"))
		if a.NextOwner = ""; a.Next != "" || !a.NextDue.IsZero() {
			a.NextOwner = casebook.StaffID(v.written("next_owner"))
		}
	} else {
		a.Number, a.Peer = v.staff.Phone, o.firstPhone()
	}
	owner, err := s.askStaff(v, "next_owner", a.NextOwner, "work.owner.anybody")
	if err != nil {
		return nil, nil, err
	}
	form := &view.WorkForm{Action: o.path() + "/contact", Button: page.Say("work.contact.log"), Asks: []view.Ask{
		askPick("direction", []casebook.Direction{casebook.Outgoing, casebook.Incoming}, a.Direction),
		askPick("channel", casebook.Channels(), a.Channel),
		askChoice("outcome", casebook.ContactOutcomes(), a.Outcome),
		o.askPerson(a.Party),
		askPick("topic", casework.Topics(), a.Topic),
		hinted(askWords("words", a.Words, casework.MaxWords, 4), "work.words.hint"),
		askText("next", a.Next, casework.MaxStep), askTime("next_due", a.NextDue), owner,
		askPhone("peer", a.Peer), hinted(askPhone("number", a.Number), "work.number.hint"),
		{Tick: &view.Tick{Name: "follow_up", Label: page.Say("work.follow_up"), Hint: page.Say("work.follow_up.hint"), On: a.FollowUp || v.R.Method == get}},
	}}
	return &view.WorkSheet{
		WorkTitle: view.WorkTitle{Heading: page.Say("work.contact")}, Forms: []*view.WorkForm{form}, Links: o.workLinks(v),
	}, a, nil
}

// workLinks are the ways to what else can be agreed with the person.
func (o *openCase) workLinks(v *visit) []page.Link {
	links := []page.Link{
		{Href: o.path() + "/call", Text: page.Say("work.call")},
		{Href: o.path() + "/promise", Text: page.Say("work.promise")},
		{Href: o.path() + "/complaint", Text: page.Say("work.complaint")},
	}
	if v.works() {
		links = append(links, page.Link{Href: o.path() + "/flag", Text: page.Say("work.flag")},
			page.Link{Href: o.path() + "/letter", Text: actName(string(casework.NameLetterSend))})
	}
	return links
}

// phone reads a telephone number as somebody typed it.
func (o *openCase) phone(typed string) string {
	if typed == "" {
		return ""
	}
	return casework.Phone(typed, o.note.Terms.Jurisdiction)
}

// firstPhone is the number that the case has for its first person.
func (o *openCase) firstPhone() string {
	for _, p := range o.persons {
		if len(p.Phones) > 0 {
			return p.Phones[0]
		}
	}
	return ""
}

// afterContact leads to the contact where the person has missed it: the page has the
// code to leave for them.
func afterContact(act casework.Act, id string) string {
	a, is := act.(*casework.LogContact)
	if !is || a.Direction != casebook.Outgoing || a.Outcome == casebook.Reached {
		return ""
	}
	return contactsPath + "/" + id
}

// callForm promises a person a call.
func callForm(s *Server, v *visit, o *openCase) (*view.WorkSheet, casework.Act, error) {
	a := &casework.PromiseCall{Note: o.Note, Number: o.firstPhone(), Owner: v.staff.ID, Language: v.Language}
	if v.R.Method == post {
		a.Party, a.Number, a.Words = ledger.PartyID(v.written("party")), v.written("number"), v.written("words")
		a.Owner, a.By = casebook.StaffID(v.written("owner")), v.writtenTime("by")
	}
	a.Language = o.languageOf(a.Party)
	owner, err := s.askStaff(v, "owner", a.Owner, "work.owner.anybody")
	if err != nil {
		return nil, nil, err
	}
	form := &view.WorkForm{Action: o.path() + "/call", Button: page.Say("work.call.promise"), Asks: []view.Ask{
		o.askPerson(a.Party), needed(askPhone("number", a.Number)), needed(hinted(askTime("by", a.By), "work.by.hint")), owner,
		askText("words", a.Words, casework.MaxStep),
	}}
	return sheetOf("work.call", "work.call.what", form), a, nil
}

// languageOf is the language of a person of the case, if it is known.
func (o *openCase) languageOf(party ledger.PartyID) ledger.Language {
	for _, p := range o.persons {
		if p.Party == party || party == "" {
			return p.Language
		}
	}
	return ""
}

func sheetOf(heading, lead page.Key, form *view.WorkForm) *view.WorkSheet {
	return &view.WorkSheet{WorkTitle: view.WorkTitle{Heading: page.Say(heading), Lead: page.Say(lead)}, Forms: []*view.WorkForm{form}}
}

// promiseForm notes that a person will pay.
func promiseForm(_ *Server, v *visit, o *openCase) (*view.WorkSheet, casework.Act, error) {
	a, amount := &casework.TakePromise{Note: o.Note}, ""
	if v.R.Method == post {
		amount = v.written("amount")
		a.Party, a.Day = ledger.PartyID(v.written("party")), v.writtenDay("day")
		if money, ok := site.ReadAmount(amount, o.note.Terms.Principal.Currency); ok {
			a.Amount = money.Amount
		}
	}
	sum := needed(askText("amount", amount, site.MaxAmountTyped))
	sum.Field.Mode, sum.Field.Unit = "decimal", string(o.note.Terms.Principal.Currency)
	form := &view.WorkForm{Action: o.path() + "/promise", Button: page.Say("work.promise.take"), Asks: []view.Ask{
		o.askPerson(a.Party), sum, needed(askDay("day", a.Day)),
	}}
	return sheetOf("work.promise", "work.promise.what", form), a, nil
}

// complaintForm takes down what somebody complains about.
func complaintForm(_ *Server, v *visit, o *openCase) (*view.WorkSheet, casework.Act, error) {
	a := &casework.RegisterComplaint{Note: o.Note, Channel: casebook.ByPhone}
	if v.R.Method == post {
		a.Party, a.Channel, a.Words = ledger.PartyID(v.written("party")), casebook.Channel(v.written("channel")), v.written("words")
	}
	a.Language = o.languageOf(a.Party)
	form := &view.WorkForm{Action: o.path() + "/complaint", Button: page.Say("work.complaint.register"), Asks: []view.Ask{
		o.askPerson(a.Party), askPick("channel", casebook.Channels(), a.Channel),
		needed(hinted(askWords("words", a.Words, casework.MaxWords, 6), "work.complaint.hint")),
	}}
	sheet := sheetOf("work.complaint", "work.complaint.what", form)
	sheet.Lead = page.Say("work.complaint.what", "days", casework.AnswerDays)
	return sheet, a, nil
}

// usualFlag is how long a flag stands where nobody says otherwise.
const usualFlag = 90 * 24 * time.Hour

// flagForm marks that a person needs to be met with care.
func flagForm(s *Server, v *visit, o *openCase) (*view.WorkSheet, casework.Act, error) {
	a := &casework.RaiseFlag{
		Note: o.Note, Kind: casebook.FlagIllness, Basis: casebook.BasisConsent, Keeper: v.staff.ID, Until: finance.DateOf(s.Clock().Add(usualFlag)),
	}
	if v.R.Method == post {
		a.Party, a.Kind, a.Basis = ledger.PartyID(v.written("party")), casebook.FlagKind(v.written("kind")), casebook.FlagBasis(v.written("basis"))
		a.Words, a.Keeper, a.Until = v.written("words"), casebook.StaffID(v.written("keeper")), v.writtenDay("until")
	}
	keeper, err := s.askStaff(v, "keeper", a.Keeper, "")
	if err != nil {
		return nil, nil, err
	}
	basis := askChoice("basis", casebook.FlagBases(), a.Basis)
	for i := range basis.Choice.Options {
		o := &basis.Choice.Options[i]
		o.Hint = page.Say(page.Key("work.basis." + o.Value + ".what"))
	}
	form := &view.WorkForm{Action: o.path() + "/flag", Button: page.Say("work.flag.raise"), Asks: []view.Ask{
		o.askPerson(a.Party), askPick("kind", casebook.FlagKinds(), a.Kind), basis,
		needed(hinted(askWords("words", a.Words, casework.MaxStep, 3), "work.flag.hint")),
		needed(hinted(askDay("until", a.Until), "work.until.hint")), keeper,
	}}
	return sheetOf("work.flag", "work.flag.what", form), a, nil
}
