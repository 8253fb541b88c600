package ledger

import (
	"strings"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// Line is one line of a text for people: what it is about, and what it says.
type Line struct{ Label, Value string }

// NoteLines gives a note as a document in plain words: who owes whom, how much,
// at what cost, when it is paid and what happens if it is not. They are the very
// lines that Describe shows who signs the offer, so that what is read later is
// what was signed.
func NoteLines(n *Note, lang Language) []Line {
	return written{n.Lender, n.Payee, n.Borrowers, &n.Terms, n.Text}.lines(lang)
}

// NoteText is NoteLines as one text, a line for each.
func NoteText(n *Note, lang Language) string { return text(NoteLines(n, lang)) }

func text(lines []Line) string {
	var t strings.Builder
	for _, l := range lines {
		t.WriteString(l.Label + ": " + l.Value + "\n")
	}
	return t.String()
}

// written is what a note says, as its offer has it and as its state keeps it.
type written struct {
	lender    PartyID
	payee     string
	borrowers []Borrower
	terms     *Terms
	text      string
}

func (w written) lines(lang Language) []Line {
	t := textOf{lang: lang}
	t.add(words{"Långivare", "Långiver", "Lender"}, named(w.payee, w.lender))
	for _, b := range w.borrowers {
		t.add(words{"Låntagare", "Låntager", "Borrower"}, named(b.Name, b.Party))
	}
	if len(w.borrowers) > 1 {
		t.say(words{"Ansvar", "Hæftelse", "Liability"}, words{
			"var och en av låntagarna svarar för hela skulden",
			"hver af låntagerne hæfter for hele gælden",
			"each of the borrowers answers for the whole debt",
		})
	}
	w.addCost(&t)
	w.addDelay(&t)
	w.addLaw(&t)
	t.add(labelReference, w.terms.Reference)
	t.add(words{"Villkor", "Vilkår", "Conditions"}, w.text)
	return t.lines
}

// addCost says what is lent, what it costs and when it is paid.
func (w written) addCost(t *textOf) {
	terms := w.terms
	t.add(words{"Lånat belopp", "Lånt beløb", "Amount lent"}, t.lang.Money(terms.Principal))
	t.add(words{"Årsränta", "Årlig rente", "Yearly rate"}, t.lang.Percent(terms.Rate))
	t.say(words{"Återbetalning", "Tilbagebetaling", "Repayment"}, scheduleKinds[terms.Schedule.Kind])
	if terms.Fees.Setup > 0 {
		t.add(words{"Uppläggningsavgift", "Oprettelsesgebyr", "Set-up fee"}, t.money(terms, terms.Fees.Setup))
	}
	rows, err := finance.Schedule(terms.Finance())
	if err != nil || len(rows) == 0 { // on demand; terms that cannot be computed are no terms
		return
	}
	var total finance.Amount
	for _, r := range rows {
		total += r.Total
	}
	first, last := rows[0], rows[len(rows)-1]
	t.add(words{"Antal betalningar", "Antal betalinger", "Number of payments"}, itoa(len(rows)))
	t.add(words{"Första betalning", "Første betaling", "First payment"}, t.money(terms, first.Total)+", "+t.lang.Date(first.PayBy))
	if len(rows) > 1 {
		t.add(words{"Sista betalning", "Sidste betaling", "Last payment"}, t.money(terms, last.Total)+", "+t.lang.Date(last.PayBy))
	}
	t.add(words{"Att betala i allt", "At betale i alt", "To pay in all"}, t.money(terms, total+terms.Fees.Setup))
}

// addDelay says what happens if a payment is late.
func (w written) addDelay(t *textOf) {
	label, terms := words{"Vid dröjsmål", "Ved forsinkelse", "If a payment is late"}, w.terms
	switch {
	case terms.LateRate != nil:
		rate := t.lang.Percent(*terms.LateRate)
		t.say(label, words{
			"ränta med " + rate + " om året på det som är försenat",
			"rente på " + rate + " om året af det, der er forsinket",
			"interest of " + rate + " a year on what is late",
		})
	case terms.Jurisdiction == finance.Sweden:
		t.say(label, words{
			"lagens dröjsmålsränta på det som är försenat: Riksbankens referensränta och 8 procentenheter (räntelagen 6 §)",
			"den svenske lovs morarente af det, der er forsinket: Riksbankens referencerente og 8 procentpoint (räntelagen 6 §)",
			"the law's late interest on what is late: the Riksbank's reference rate and 8 percentage points (Räntelagen, section 6)",
		})
	default:
		t.say(label, words{"ingen ränta är avtalad", "der er ikke aftalt rente", "no interest is agreed"})
	}
	if terms.Acceleration {
		t.say(words{"Hela skulden i förtid", "Hele gælden før tid", "All of it ahead of its time"}, words{
			"får krävas om så mycket är försenat som lagen säger; den som inom uppsägningstiden betalar det försenade behåller sina avbetalningar (konsumentkreditlagen 33 och 34 §§)",
			"må kræves, hvis så meget er forsinket, som loven siger; den, der i opsigelsestiden betaler det forsinkede, beholder sine afdrag (konsumentkreditlagen 33 og 34 §§)",
			"may be demanded if as much is late as the law says; who pays what is late within the notice keeps the instalments (Konsumentkreditlagen, sections 33 and 34)",
		})
	}
	if terms.Fees.Reminder > 0 {
		t.add(words{"Avgift för skriftlig påminnelse", "Gebyr for skriftlig rykker", "Fee for a written reminder"}, t.money(terms, terms.Fees.Reminder))
	}
}

// addLaw says what sort of note it is and how it is counted.
func (w written) addLaw(t *textOf) {
	terms, labelCredit := w.terms, words{"Kreditens slag", "Kredittens art", "Kind of credit"}
	t.say(words{"Skuldebrevets slag", "Gældsbrevets art", "Kind of note"}, noteKinds[terms.Kind])
	if terms.Consumer {
		t.say(labelCredit, words{"konsumentkredit", "forbrugerkredit", "consumer credit"})
	}
	if terms.Housing {
		t.say(labelCredit, words{"bostadskredit", "boligkredit", "housing credit"})
	}
	if terms.CreditPurchase {
		t.say(labelCredit, words{"kreditköp", "kreditkøb", "credit purchase"})
	}
	if terms.Jurisdiction == finance.Sweden {
		t.say(words{"Lag", "Lov", "Law"}, words{"svensk rätt", "svensk ret", "Swedish law"})
	}
	t.add(words{"Avtalat den", "Aftalt den", "Agreed on"}, t.lang.Date(terms.AgreedOn))
	t.add(words{"Ränta från", "Rente fra", "Interest from"}, t.lang.Date(terms.InterestFrom))
	t.say(words{"Dagar räknas", "Dage tælles", "Days are counted"}, dayCounts[terms.DayCount])
}

// named joins a name to the id of its party, which is what the note binds.
func named(name string, id PartyID) string {
	if name == "" {
		return string(id)
	}
	return name + " (" + string(id) + ")"
}

// textOf gathers the lines of a text in one language.
type textOf struct {
	lang  Language
	lines []Line
}

// add adds a line, unless there is nothing to say.
func (t *textOf) add(label words, value string) {
	if value != "" {
		t.lines = append(t.lines, Line{label.in(t.lang), value})
	}
}

// say is add for what is itself in words.
func (t *textOf) say(label, value words) { t.add(label, value.in(t.lang)) }

func (t *textOf) money(terms *Terms, a finance.Amount) string {
	return t.lang.Money(finance.Money{Amount: a, Currency: terms.Principal.Currency})
}

var scheduleKinds = map[finance.ScheduleKind]words{
	finance.Annuity:      {"lika stora betalningar varje månad", "lige store betalinger hver måned", "equal payments each month"},
	finance.StraightLine: {"lika stora delar av lånet varje månad, och räntan", "lige store dele af lånet hver måned og renten", "equal parts of the loan each month, and the interest"},
	finance.Bullet:       {"allt på en gång när tiden är slut", "det hele på én gang, når tiden er udløbet", "all at once at the end"},
	finance.OnDemand:     {"när långivaren kräver det", "når långiveren kræver det", "when the lender demands it"},
}

var noteKinds = map[NoteKind]words{
	Negotiable: {"löpande skuldebrev, som kan säljas vidare och betalas till den som då har det", "omsætningsgældsbrev, som kan sælges videre og betales til den, der så har det", "negotiable note, which can be sold on and is paid to who has it then"},
	Simple:     {"enkelt skuldebrev, ställt till långivaren; den som tar över det får inte bättre rätt", "simpelt gældsbrev til långiveren; den, der overtager det, får ikke bedre ret", "simple note to the lender; who takes it over gets no better right"},
}

var dayCounts = map[finance.DayCount]words{
	finance.Thirty360: {"varje månad som 30 dagar, året som 360", "hver måned som 30 dage, året som 360", "each month as 30 days, the year as 360"},
	finance.Actual365: {"kalenderns dagar, året som 365", "kalenderens dage, året som 365", "the calendar's days, the year as 365"},
	finance.Actual360: {"kalenderns dagar, året som 360", "kalenderens dage, året som 360", "the calendar's days, the year as 360"},
}
