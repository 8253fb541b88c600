package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/client/rest"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site/visitor"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// noteOf reads the note of who owes, as somebody sees it.
func (d *day) noteOf(ctx context.Context, a *actor, name string) (*ledger.Note, error) {
	n, err := a.Note(ctx, ledger.NoteID(d.desk.of("note of "+name)), finance.Date{})
	if err != nil {
		return nil, err
	}
	if n.Note == nil {
		return nil, fmt.Errorf("the note of %s is not to be read", name)
	}
	return n.Note, nil
}

// shareCases gives each case somebody who has it.
func (d *day) shareCases(ctx context.Context) error {
	for i, b := range debts {
		who := []string{karin, omar}[i%2]
		path := d.cases[b.name]
		if _, err := d.desk.once("case of "+b.name, func() (string, error) {
			return d.desk.does(ctx, who, path, path+"/owner", url.Values{"take": {"yes"}})
		}); err != nil {
			return err
		}
	}
	return nil
}

// writeLetters has Karin write to Karl who has his debt now. Until his post has it,
// nothing may be asked of him.
func (d *day) writeLetters(ctx context.Context) error {
	_, err := d.on(ctx, "letter to", karin, karl, "/letter", url.Values{"letter": {"transfer_notice"}, "channel": {"letter"}, "do": {"send"}})
	return err
}

// talks are the conversations of the day, with what the persons said of them
// afterwards: on the scale from 1 to 10, or nothing.
var talks = []struct {
	who, with, direction, outcome, topic, words string
	score                                       int
}{
	{karin, anna, "out", "reached", "payment", "Hade bytt bank och autogirot följde inte med. Betalar i dag.", 9},
	{omar, bo, "out", "no_answer", "payment", "", 0},
	{omar, bo, "in", "reached", "payment", "Ringde tillbaka på koden. Har betalat i morse.", 10},
	{karin, cecilia, "out", "reached", "payment", "Låg på sjukhus i oktober. Bad om att slippa avgiften; jag återkommer.", 8},
	{omar, david, "out", "reached", "plan", "Permitterad till april. Klarar 3 500 i månaden.", 9},
	{karin, elin, "in", "reached", "payment", "Lönen kommer sent; lovar hela beloppet.", 8},
	{omar, fatima, "in", "reached", "objection", "Says that the first instalment was agreed to be later. We look at it.", 6},
	{karin, gunnar, "out", "reached", "payment", "Säger att han betalade till det gamla kontot.", 7},
	{omar, hanna, "in", "reached", "information", "Maken har gått bort. Vill ha allt skriftligt och bli uppringd av samma person.", 9},
	{karin, ivar, "out", "message_left", "payment", "", 0},
	{karin, jasmin, "in", "reached", "information", "Missnöjd med att brevet kom till den gamla adressen.", 3},
	{omar, mads, "out", "reached", "plan", "Vil gerne betale over længere tid.", 8},
	{karin, nora, "in", "reached", "holder", "Wondered who we are. Explained that the bank still holds the note.", 9},
	{omar, lena, "in", "reached", "payment", "Vill betala allt på en gång och bli av med skulden.", 10},
}

// talk has staff log the conversations.
func (d *day) talk(ctx context.Context) error {
	for i, t := range talks {
		values := url.Values{"direction": {t.direction}, "outcome": {t.outcome}, "topic": {t.topic}, "words": {t.words}}
		if t.with == cecilia {
			values["next"], values["next_due"] = []string{"Svara om avgiften"}, []string{typed(time.Now().Add(3 * time.Hour))}
		}
		if _, err := d.on(ctx, fmt.Sprintf("contact %d with", i+1), t.who, t.with, "/contact", values); err != nil {
			return err
		}
	}
	return nil
}

// typed writes a time as it is typed at the desk.
func typed(t time.Time) string { return t.In(page.Local()).Format("2006-01-02T15:04") }

// hearBorrowers has borrowers object, and ask to be called.
func (d *day) hearBorrowers(ctx context.Context) error {
	err := d.borrower(ctx, "objection of", fatima, ledger.OpDisputeRaise, func(*ledger.Note) (any, error) {
		return ledger.DisputeRaiseBody{Text: "We agreed on the phone that I would start paying in December, not in November."}, nil
	})
	if err != nil {
		return err
	}
	err = d.borrower(ctx, "payment claimed by", gunnar, ledger.OpPayClaim, func(n *ledger.Note) (any, error) {
		rows, _, err := ledger.Instalments(n)
		if err != nil || len(rows) == 0 {
			return nil, errors.Join(err, errors.New("the note has no instalments"))
		}
		return ledger.PayClaimBody{
			Amount: finance.Money{Amount: rows[0].Total, Currency: "SEK"}, PaidOn: today().AddDays(-6),
			Text: "Jag betalade till Demo Lending som vanligt.", Reference: "OCR 4711",
		}, nil
	})
	if err != nil {
		return err
	}
	_, err = d.desk.once("call asked by "+ivar, func() (string, error) { return "", d.asksForCall(ctx) })
	return err
}

// asksForCall has a borrower ask for a call on the note's page for everybody.
func (d *day) asksForCall(ctx context.Context) error {
	collector := d.actors["collector"]
	guest, err := known(d.gateways["registrar"], collector.id, collector.key)
	if err != nil {
		return err
	}
	link, err := guest.Link(ctx, ledger.NoteID(d.desk.of("note of "+ivar)))
	if err != nil {
		return err
	}
	at, err := url.Parse(link.Link)
	if err != nil {
		return fmt.Errorf("reading the address of a note: %w", err)
	}
	someone, err := d.stranger(at)
	if err != nil {
		return err
	}
	path := at.Path + "/call"
	form, err := someone.Get(ctx, path)
	if err == nil {
		_, err = someone.Send(ctx, form, path, url.Values{"number": {"+46701740613"}, "words": {"Ring gärna efter lunch."}})
	}
	return err
}

// stranger is somebody at the registrar's pages who is not signed in.
func (d *day) stranger(at *url.URL) (*visitor.Visitor, error) {
	return visitor.New(visitor.Options{
		Base: d.gateways["registrar"], Origin: at.Scheme + "://" + at.Host, RPID: at.Hostname(), Language: "sv", Seed: "stranger",
	})
}

// agree has staff agree on what comes next: plans, promises, calls, care, a complaint.
func (d *day) agree(ctx context.Context) error {
	soon := time.Now().Add(90 * time.Minute)
	plan := func(monthly, months string) url.Values {
		return url.Values{"kind": {"plan"}, "monthly": {monthly}, "months": {months}, "day": {"28"}, "do": {"propose"}}
	}
	for _, a := range []struct {
		step, who, of, page string
		values              url.Values
	}{
		{"plan for", omar, david, "/plan", plan("3500", "")},
		{"plan for", omar, mads, "/plan", plan("", "30")},
		{"promise of", karin, elin, "/promise", url.Values{"amount": {"1200"}, "day": {today().AddDays(3).String()}}},
		{"promise of", karin, anna, "/promise", url.Values{"amount": {"2000"}, "day": {today().AddDays(1).String()}}},
		{"call to", omar, hanna, "/call", url.Values{"number": {"+46701740612"}, "by": {typed(soon)}, "words": {"Gå igenom vad dödsboet behöver skicka."}}},
		{"call to", karin, mads, "/call", url.Values{"number": {"+46701740617"}, "by": {typed(soon.Add(3 * time.Hour))}, "words": {"Svara på frågor om planen, på danska."}}},
		{"care for", omar, hanna, "/flag", url.Values{
			"kind": {"bereavement"}, "basis": {"consent"}, "words": {"Sorg. Ring bara på förmiddagen, samma person."}, "until": {today().AddDays(60).String()},
		}},
		{"complaint of", karin, jasmin, "/complaint", url.Values{"channel": {"phone"}, "words": {"Brevet gick till en adress som jag flyttade från i våras, fast jag har anmält det."}}},
	} {
		if _, err := d.on(ctx, a.step, a.who, a.of, a.page, a.values); err != nil {
			return err
		}
	}
	return d.borrower(ctx, "plan accepted by", david, ledger.OpAmendAccept, func(n *ledger.Note) (any, error) {
		if n.Proposal == nil {
			return nil, errors.New("the note has no proposal")
		}
		return ledger.AmendAcceptBody{Proposal: n.Proposal.Seq, Amendment: n.Proposal.Amendment}, nil
	})
}

// settle has staff take back what a rule did to somebody who was ill.
func (d *day) settle(ctx context.Context) error {
	_, err := d.desk.once("mercy for "+cecilia, func() (string, error) { return d.mercy(ctx) })
	return err
}

// ruleActs bounds the wait until the rules have charged a fee.
const ruleActs = 20 * time.Second

// mercy takes back the fee that a rule has charged, with a reason: the rule could not
// know what Cecilia has told.
func (d *day) mercy(ctx context.Context) (string, error) {
	v := d.desk.people[karin]
	var fee *visitor.Page
	err := await(ctx, ruleActs, func() (bool, error) {
		file, err := v.Get(ctx, d.cases[cecilia])
		if err != nil {
			return false, err
		}
		for _, path := range file.Links("/desk/decisions/") {
			decision, err := v.Get(ctx, path)
			if err != nil {
				return false, err
			}
			if action := decision.Action("/override"); action != "" && visitor.FormTo(decision.Root, action).Has("amount") {
				fee = decision
				return true, nil
			}
		}
		return false, nil
	})
	if err != nil {
		return "", fmt.Errorf("finding what the rules have charged: %w", err)
	}
	return d.desk.sends(ctx, v, fee, fee.Action("/override"), url.Values{"override_reason": {"Låg på sjukhus när påminnelsen kom."}})
}

// askHowItWas has persons answer how it was to talk with staff.
func (d *day) askHowItWas(ctx context.Context) error {
	collector := d.actors["collector"]
	guest, err := known(d.gateways["registrar"], collector.id, collector.key)
	if err != nil {
		return err
	}
	for i, t := range talks {
		if t.score == 0 {
			continue
		}
		contact := d.desk.of(fmt.Sprintf("contact %d with %s", i+1, t.with))
		_, err := d.desk.once("answer to contact "+contact, func() (string, error) {
			return "", d.answers(ctx, guest, asked{contact: contact, note: d.desk.of("note of " + t.with), who: t.who, direction: t.direction, topic: t.topic, score: t.score})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// asked is a contact after which somebody was asked how it was.
type asked struct {
	contact, note, who, direction, topic string
	score                                int
}

// answers has a person answer at the address that the registrar gives the company for
// its message to the person. The desk has written the entry there; handed in again, it
// is not written a second time.
func (d *day) answers(ctx context.Context, guest *actor, a asked) error {
	results, err := guest.WriteJournal(ctx, []rest.JournalEntry{{
		ID: rest.EntryID(a.contact), Note: rest.NoteID(a.note), Kind: "contact", At: rest.Time(time.Now().UTC()), Staff: a.who,
		Channel: "phone", Direction: rest.JournalEntryDirection(a.direction), Topic: rest.Topic(a.topic), FollowUp: true,
	}})
	if err != nil {
		return err
	}
	if results[0].FollowUp == "" {
		return fmt.Errorf("the registrar gives no address for the questions: %+v", results[0].Problem)
	}
	at, err := url.Parse(string(results[0].FollowUp))
	if err != nil {
		return fmt.Errorf("reading the address of the questions: %w", err)
	}
	someone, err := d.stranger(at)
	if err != nil {
		return err
	}
	form, err := someone.Get(ctx, at.Path)
	if err != nil {
		return err
	}
	said := url.Values{}
	for question, score := range map[string]int{"overall": a.score, "expected": max(1, a.score-1), "ideal": max(1, a.score-2)} {
		said.Set(question, fmt.Sprint(score))
	}
	if a.score < 5 {
		said.Set("words", "Jag fick vänta länge och upprepa min adress tre gånger.")
	}
	_, err = someone.Send(ctx, form, at.Path, said)
	return err
}

// announce says where the desk is and what to look at first.
func (d *day) announce(ctx context.Context, out interface{ Write([]byte) (int, error) }) error {
	mine, err := d.desk.invites(ctx, karin)
	if err != nil {
		return err
	}
	boss, err := d.desk.invited(ctx, administrator, "administrator")
	if err != nil {
		return err
	}
	text := strings.NewReplacer("ORIGIN", d.desk.origin, "MINE", mine, "BOSS", boss).Replace(`
The collector's desk is at ORIGIN/desk. Links that open it once, in
a browser on this machine, which makes a passkey:
  to work there as Karin Holm
    MINE
  to look after people and roles
    BOSS
Look first at Today, which says why each row is there; at Payments, where two wait for
a person; at the case of Cecilia Ahlm, and what the rules did in it; and at Search: 0701740617.
`)
	_, err = out.Write([]byte(text))
	return err
}
