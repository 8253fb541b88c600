package ledger_test

import (
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// written is an offer with all that a note can say.
func (s *stage) written() ledger.OfferBody {
	late := rate("20")
	t := terms()
	t.LateRate, t.Reference = &late, "L-2026-17"
	b := s.offerBody(t, s.borrower, s.partner)
	b.Names, b.Payee = []string{"Anna Andersson", "Bo Åkesson"}, "Långbolaget AB"
	b.Text = "Lånet får betalas i förtid när som helst.\nDet kostar ingenting."
	return b
}

func TestANoteSaysWhatItsOfferSaid(t *testing.T) {
	s := newStage(t)
	offered := s.do(s.lender, ledger.OpOffer, "", s.written())
	for _, lang := range ledger.Languages() {
		offer, err := ledger.Describe(offered.Command, lang)
		if err != nil {
			t.Fatal(err)
		}
		note := ledger.NoteText(offered.Note, lang)
		if !strings.Contains(offer, note) {
			t.Errorf("in %s the offer says\n%s\nand the note\n%s", lang, offer, note)
		}
	}
	want := `Långivare: Långbolaget AB (` + string(s.lender.id) + `)
Låntagare: Anna Andersson (` + string(s.borrower.id) + `)
Låntagare: Bo Åkesson (` + string(s.partner.id) + `)
Ansvar: var och en av låntagarna svarar för hela skulden
Lånat belopp: 12_000,00_kr
Årsränta: 12_%
Återbetalning: lika stora betalningar varje månad
Uppläggningsavgift: 100,00_kr
Antal betalningar: 12
Första betalning: 1_066,19_kr, 2_april_2026
Sista betalning: 1_066,14_kr, 2_mars_2027
Att betala i allt: 12_894,23_kr
Vid dröjsmål: ränta med 20_% om året på det som är försenat
Avgift för skriftlig påminnelse: 60,00_kr
Skuldebrevets slag: löpande skuldebrev, som kan säljas vidare och betalas till den som då har det
Kreditens slag: konsumentkredit
Lag: svensk rätt
Avtalat den: 2_mars_2026
Ränta från: 2_mars_2026
Dagar räknas: varje månad som 30 dagar, året som 360
Referens: L-2026-17
Villkor: Lånet får betalas i förtid när som helst.
Det kostar ingenting.
`
	if got := strings.ReplaceAll(ledger.NoteText(offered.Note, ledger.Swedish), "\u00a0", "_"); got != want {
		t.Errorf("the note says\n%s", got)
	}
}

// A borrower who is nothing but a number must still be able to read the note.
func TestANoteWithoutNamesSaysTheIDs(t *testing.T) {
	s := newStage(t)
	text := ledger.NoteText(s.note(s.active()), ledger.English)
	for _, line := range []string{"Lender: " + string(s.lender.id) + "\n", "Borrower: " + string(s.borrower.id) + "\n", "Swedish law\n", "reference rate and 8 percentage points"} {
		if !strings.Contains(text, line) {
			t.Errorf("it does not say %q:\n%s", line, text)
		}
	}
}

// Every kind of note has its words, also one that has no schedule.
func TestANoteOnDemandSaysSo(t *testing.T) {
	s := newStage(t)
	d := terms()
	d.Kind, d.Consumer, d.Jurisdiction, d.Fees = ledger.Simple, false, finance.Generic, ledger.Fees{}
	d.Schedule = ledger.Schedule{Kind: finance.OnDemand}
	text := ledger.NoteText(s.note(s.offer(d, s.borrower)), ledger.Danish)
	for _, line := range []string{"Tilbagebetaling: når långiveren kræver det\n", "Ved forsinkelse: der er ikke aftalt rente\n", "simpelt gældsbrev"} {
		if !strings.Contains(text, line) {
			t.Errorf("it does not say %q:\n%s", line, text)
		}
	}
}

func TestWhatANoteSaysInWordsIsBounded(t *testing.T) {
	s := newStage(t)
	table := map[string]func(*ledger.OfferBody){
		"fewer names than borrowers": func(b *ledger.OfferBody) { b.Names = b.Names[:1] },
		"more names than borrowers":  func(b *ledger.OfferBody) { b.Names = append(b.Names, "Cai") },
		"an empty name":              func(b *ledger.OfferBody) { b.Names[1] = "" },
		"a name too long":            func(b *ledger.OfferBody) { b.Names[0] = strings.Repeat("x", ledger.MaxNameRunes+1) },
		"a name in another order":    func(b *ledger.OfferBody) { b.Names[0] = "a\u202eb" },
		"a payee too long":           func(b *ledger.OfferBody) { b.Payee = strings.Repeat("x", ledger.MaxNameRunes+1) },
		"a text of too many runes":   func(b *ledger.OfferBody) { b.Text = strings.Repeat("x", ledger.MaxNoteTextRunes+1) },
		"a text of too many bytes":   func(b *ledger.OfferBody) { b.Text = strings.Repeat("€", ledger.MaxNoteTextBytes/3+1) },
		"a text with a control mark": func(b *ledger.OfferBody) { b.Text = "a\x1bb" },
	}
	for name, change := range table {
		t.Run(name, func(t *testing.T) {
			f := s.fork()
			f.t = t
			b := f.written()
			change(&b)
			f.refuse(code(ledger.CodeBodyInvalid), f.lender, ledger.OpOffer, "", b)
		})
	}
}

// TestTheLargestOfferFitsIntoACommand: whatever the fields' own limits allow can
// also be signed.
func TestTheLargestOfferFitsIntoACommand(t *testing.T) {
	s := newStage(t)
	wide := func(runes int) string { return strings.Repeat("\U0001F600", runes) } // four bytes each
	b := s.written()
	b.Borrowers, b.Names = nil, nil
	for i := range ledger.MaxBorrowers {
		b.Borrowers = append(b.Borrowers, s.register("one more"+strings.Repeat("x", i), ledger.Person, ledger.RegistrarOrg).id)
		b.Names = append(b.Names, wide(ledger.MaxNameRunes))
	}
	b.Payee, b.Terms.Reference = wide(ledger.MaxNameRunes), wide(ledger.MaxReferenceRunes)
	// A quotation mark is one byte of text and two of JSON. As many of them as
	// the limit on runes leaves beside what the limit on bytes takes is the worst.
	quotes := (4*ledger.MaxNoteTextRunes - ledger.MaxNoteTextBytes) / 3
	b.Text = strings.Repeat(`"`, quotes) + wide(ledger.MaxNoteTextRunes-quotes-1)
	c := s.do(s.lender, ledger.OpOffer, "", b)
	if n := len(c.Opened.Payload); n < 15_000 || n > ledger.MaxCommandBytes {
		t.Errorf("the largest offer has %d bytes", n)
	}
}
