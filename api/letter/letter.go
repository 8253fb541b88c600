package letter

import (
	"strconv"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Letter is one that has all that it must have. Kept as JSON, it is what was sent, in
// the words in which it was sent; its text and its PDF are made from that again.
type Letter struct {
	Kind     Kind            `json:"kind"`
	Language ledger.Language `json:"language"`
	On       finance.Date    `json:"on"`
	To       Address         `json:"to"`
	From     Company         `json:"from"`
	Title    string          `json:"title"`
	Blocks   []Block         `json:"blocks"`
	Link     string          `json:"link"` // of the QR code
}

// TitleIn gives what letters of the kind are called.
func (k Kind) TitleIn(l ledger.Language) string { return titles[k].in(l) }

// Block is a piece of a letter: a paragraph, or rows of figures under a heading.
type Block struct {
	Elements []string `json:"elements,omitempty"` // which of the elements it says
	Text     string   `json:"text"`               // a paragraph, or the heading of the rows
	Rows     []Row    `json:"rows,omitempty"`
}

// Row is a line of figures.
type Row struct {
	Label  string `json:"label"`
	Value  string `json:"value"`
	Strong bool   `json:"strong,omitempty"`
}

// Write writes a letter, or says what it lacks (*MissingError).
func Write(k Kind, f Facts) (*Letter, error) {
	if err := Check(k, &f); err != nil {
		return nil, err
	}
	w := &writer{f: &f, letter: &Letter{
		Kind: k, Language: f.Language, On: f.On, To: f.To, From: f.From, Title: k.TitleIn(f.Language), Link: f.Link,
	}}
	w.body(k)
	w.say([]string{"human"}, wordsHuman, "human", f.Human.Name, "phone", f.Human.Phone, "hours", f.Human.Hours)
	return w.letter, nil
}

// writer puts a letter together.
type writer struct {
	f      *Facts
	letter *Letter
}

func (w *writer) add(b Block) { w.letter.Blocks = append(w.letter.Blocks, b) }

func (w *writer) say(elements []string, text words, pairs ...string) {
	w.add(Block{Elements: elements, Text: text.in(w.f.Language, pairs...)})
}

func (w *writer) date(d finance.Date) string { return w.f.Language.Date(d) }

func (w *writer) body(k Kind) {
	f := w.f
	switch k {
	case Reminder, Demand:
		w.demand(k)
	case TransferNotice:
		w.notice()
	case PlanOffer:
		w.say([]string{"plan"}, wordsPlan, "each", f.money(f.Plan.Each), "n", strconv.Itoa(f.Plan.Instalments),
			"first", w.date(f.Plan.First), "last", w.date(f.Plan.Last), "cost", f.money(f.Plan.Cost))
		w.say([]string{"link"}, wordsPlanSign, "link", f.Link, "human", f.Human.Name)
	case Contact:
		w.say([]string{"code", "link"}, wordsTried, "human", f.Human.Name, "company", f.From.Name, "code", f.Code, "link", f.Link)
	case Correction, Answer:
		w.add(Block{Elements: []string{"words"}, Text: f.Words})
		w.say([]string{"link"}, wordsMore, "link", f.Link)
	}
}

// demand writes what is late, the ways out, what is owed and why, and what follows.
func (w *writer) demand(k Kind) {
	f := w.f
	w.say([]string{"late", "pay_by", "time"}, wordsLate, "overdue", f.money(f.Overdue), "due", w.date(f.DueOn), "by", w.date(f.PayBy))
	w.say(nil, wordsHard, "human", f.Human.Name)
	w.say([]string{"time"}, wordsWrong, "by", w.date(f.PayBy))
	w.basis()
	w.split()
	w.interest()
	w.payment()
	if k == Demand {
		w.say(nil, wordsThen, "creditor", f.Creditor.Name)
		w.say([]string{"authority"}, wordsAuthority, "authority", f.Authority)
	}
	w.say([]string{"link"}, wordsMore, "link", f.Link)
}

// notice writes the seven items of 2023:714 ch. 4 par. 3, in its order.
func (w *writer) notice() {
	f := w.f
	w.say([]string{"transfer"}, wordsAssigned, "former", f.Assigned.From, "creditor", f.Creditor.Name, "on", w.date(f.Assigned.On))
	w.say([]string{"buyer", "creditor"}, wordsBuyer, "creditor", f.Creditor.Name, "address", oneLine(f.Creditor.Address), "phone", f.Creditor.Phone)
	w.say([]string{"servicer"}, wordsServicer, "company", f.From.Name, "creditor", f.Creditor.Name, "address", oneLine(f.From.Address),
		"phone", f.From.Phone, "licence", f.From.Licence)
	w.say([]string{"link"}, wordsMore, "link", f.Link)
	w.say([]string{"basis"}, wordsBasis, "note", string(f.Note), "agreed", w.date(f.AgreedOn), "lender", f.Lender)
	w.split()
	w.payment()
	w.say([]string{"law"}, wordsUnchanged)
	w.say([]string{"authority"}, wordsAuthority, "authority", f.Authority)
}

func (w *writer) basis() {
	f := w.f
	w.say([]string{"basis"}, wordsBasis, "note", string(f.Note), "agreed", w.date(f.AgreedOn), "lender", f.Lender)
	if f.Assigned == nil {
		w.say([]string{"creditor", "assignment"}, wordsCreditor, "creditor", f.Creditor.Name)
		return
	}
	w.say([]string{"creditor", "assignment"}, wordsAssigned, "former", f.Assigned.From, "creditor", f.Creditor.Name, "on", w.date(f.Assigned.On))
}

// split writes capital, interest and costs, each by itself.
func (w *writer) split() {
	f := w.f
	total, _ := f.Owed.Total() // Check has added it up
	l := f.Language
	rows := []Row{
		{Label: labelCapital.in(l), Value: f.money(f.Owed.Principal)},
		{Label: labelInterest.in(l), Value: f.money(f.Owed.Interest)},
		{Label: labelLate.in(l), Value: f.money(f.Owed.LateInterest)},
		{Label: labelCosts.in(l), Value: f.money(f.Owed.Costs)},
	}
	if f.Fee > 0 {
		rows = append(rows, Row{Label: labelFee.in(l), Value: f.money(f.Fee)})
	}
	rows = append(rows, Row{Label: wordsLeft.in(l), Value: f.money(total), Strong: true})
	w.add(Block{Elements: []string{"split"}, Text: wordsSum.in(l), Rows: rows})
}

// interest writes on which capital interest runs, at which rate and since when.
func (w *writer) interest() {
	f, l := w.f, w.f.Language
	var rows []Row
	for _, line := range f.Lines {
		rows = append(rows, Row{
			Label: lineOf.in(l, "rate", l.Percent(line.Rate), "base", f.money(line.Base), "from", w.date(line.From), "to", w.date(line.To)),
			Value: f.money(finance.RoundMicro(line.Micro)),
		})
	}
	if before := f.Counted.Interest + f.Counted.LateInterest; before != 0 {
		rows = append(rows, Row{Label: lineBefore.in(l), Value: f.money(before)})
	}
	if len(rows) > 0 {
		w.add(Block{Elements: []string{"interest"}, Text: labelInterest.in(l), Rows: rows})
	}
}

func (w *writer) payment() {
	l := w.f.Language
	rows := []Row{{Label: labelAccount.in(l), Value: w.f.Account}, {Label: labelReference.in(l), Value: w.f.Reference}}
	if w.f.Case != "" {
		rows = append(rows, Row{Label: labelCase.in(l), Value: w.f.Case})
	}
	rows = append(rows, Row{Label: labelNote.in(l), Value: string(w.f.Note)})
	w.add(Block{Elements: []string{"payment"}, Text: wordsPay.in(l), Rows: rows})
}

func oneLine(address string) string { return strings.Join(strings.Fields(address), " ") }
