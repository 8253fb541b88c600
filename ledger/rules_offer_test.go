package ledger_test

import (
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func TestANoteIsOfferedOnce(t *testing.T) {
	s := newStage(t)
	d := s.draft(s.lender, ledger.OpOffer, "", s.offerBody(terms(), s.borrower))
	first, err := s.send(s.lender, d)
	if err != nil {
		t.Fatal(err)
	}
	dearer := terms()
	dearer.Principal = sek(99_000_00)
	for name, body := range map[string]ledger.OfferBody{
		"the same terms": s.offerBody(terms(), s.borrower), "other terms": s.offerBody(dearer, s.partner),
	} {
		d.Body = body
		if _, err := s.send(s.lender, d); ledger.CodeOf(err) != ledger.CodeExists {
			t.Errorf("with %s a second time: %v", name, err)
		}
	}
	if got := s.note(first.Note.ID); got.Seq != 1 || got.Terms.Principal != terms().Principal {
		t.Errorf("the first note is now %+v", got)
	}
}

func TestOffersOutOfFormAreRefused(t *testing.T) {
	s := newStage(t)
	field := func(name string) *ledger.Error {
		return &ledger.Error{Code: ledger.CodeBodyInvalid, Params: map[string]string{"field": name}}
	}
	nobody := ledger.PartyID("p" + strings.Repeat("a", 32))
	var many []ledger.PartyID
	for i := range ledger.MaxBorrowers + 1 {
		many = append(many, ledger.PartyID("p"+strings.Repeat(string(rune('a'+i)), 32)))
	}
	table := []struct {
		name   string
		change func(*ledger.OfferBody)
		want   *ledger.Error
	}{
		{"no book", func(b *ledger.OfferBody) { b.Book = "" }, field("book")},
		{"another's book", func(b *ledger.OfferBody) { b.Book = s.buyer.book }, code(ledger.CodeBookNotOwn)},
		{"a book that is not there", func(b *ledger.OfferBody) { b.Book = "b" + ledger.BookID(nobody[1:]) }, code(ledger.CodeBookNotOwn)},
		{"no borrower", func(b *ledger.OfferBody) { b.Borrowers = nil }, field("borrowers")},
		{"too many borrowers", func(b *ledger.OfferBody) { b.Borrowers = many }, field("borrowers")},
		{"a borrower twice", func(b *ledger.OfferBody) { b.Borrowers = append(b.Borrowers, b.Borrowers[0]) }, field("borrowers")},
		{"a borrower who is unknown", func(b *ledger.OfferBody) { b.Borrowers[0] = nobody }, ledger.Refuse(ledger.CodePartyUnknown, "party", string(nobody))},
		{"the lender as borrower", func(b *ledger.OfferBody) { b.Borrowers[0] = s.lender.id }, code(ledger.CodeLenderBorrows)},
		{"no time to answer", func(b *ledger.OfferBody) { b.AnswerBy = time.Time{} }, field("answer_by")},
		{"a time to answer that is over", func(b *ledger.OfferBody) { b.AnswerBy = s.now }, field("answer_by")},
		{"too long a time to answer", func(b *ledger.OfferBody) { b.AnswerBy = s.now.Add(ledger.MaxOfferLife + time.Second) }, field("answer_by")},
		{"another kind of note", func(b *ledger.OfferBody) { b.Terms.Kind = "bearer" }, field("terms.kind")},
		{"no principal", func(b *ledger.OfferBody) { b.Terms.Principal.Amount = 0 }, field("terms.principal")},
		{"a negative principal", func(b *ledger.OfferBody) { b.Terms.Principal.Amount = -1 }, field("terms.principal")},
		{"no date of agreement", func(b *ledger.OfferBody) { b.Terms.AgreedOn = finance.Date{} }, field("terms.agreed_on")},
		{"an agreement of tomorrow", func(b *ledger.OfferBody) { b.Terms.AgreedOn = date("2026-03-03") }, ledger.Refuse(ledger.CodeDateFuture, "field", "terms.agreed_on")},
		{"interest from longer ago than can be counted", func(b *ledger.OfferBody) { b.Terms.InterestFrom = date("1996-03-01") }, code(ledger.CodeDateEarly)},
		{"no start of interest", func(b *ledger.OfferBody) { b.Terms.InterestFrom = finance.Date{} }, field("terms.interest_from")},
		{"a negative rate", func(b *ledger.OfferBody) { b.Terms.Rate = rate("-1") }, field("terms.rate")},
		{"a set-up fee above the principal", func(b *ledger.OfferBody) { b.Terms.Fees.Setup = 12_000_01 }, field("terms.fees.setup")},
		{"a negative set-up fee", func(b *ledger.OfferBody) { b.Terms.Fees.Setup = -1 }, field("terms.fees.setup")},
		{"a negative reminder fee", func(b *ledger.OfferBody) { b.Terms.Fees.Reminder = -1 }, field("terms.fees.reminder")},
		{"another country's law", func(b *ledger.OfferBody) { b.Terms.Jurisdiction = "FR" }, field("terms.jurisdiction")},
		{"no schedule", func(b *ledger.OfferBody) { b.Terms.Schedule = ledger.Schedule{} }, code(ledger.CodeBodyMalformed)},
		{"too many instalments", func(b *ledger.OfferBody) { b.Terms.Schedule.Instalments = 601 }, code(ledger.CodeBodyMalformed)},
		{"a reference too long", func(b *ledger.OfferBody) { b.Terms.Reference = strings.Repeat("å", ledger.MaxReferenceRunes+1) }, field("terms.reference")},
		{"a reference with a bell", func(b *ledger.OfferBody) { b.Terms.Reference = "a\a" }, field("terms.reference")},
	}
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			f := s.fork()
			f.t = t
			body := f.offerBody(terms(), f.borrower)
			c.change(&body)
			_, err := f.try(f.lender, ledger.OpOffer, "", body)
			if ledger.CodeOf(err) != c.want.Code {
				t.Fatalf("got %v, want %s", err, c.want.Code)
			}
			for name, want := range c.want.Params {
				if got := asRefusal(err).Params[name]; got != want {
					t.Errorf("its %s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

// TestLawAtOffer: SFS 2010:1846 par. 19 a, 19 c and 30, each with the agreements
// that it does not bind.
func TestLawAtOffer(t *testing.T) {
	change := func(f func(*ledger.Terms)) ledger.Terms {
		terms := terms()
		f(&terms)
		return terms
	}
	table := []struct {
		name  string
		terms ledger.Terms
		rule  string // that refuses it
	}{
		{"par. 19 a: a rate of reference + 20", change(func(t *ledger.Terms) { t.Rate = rate("22") }), ""},
		{"par. 19 a: a rate above it", change(func(t *ledger.Terms) { t.Rate = rate("22.01") }), "SE-2010:1846-19a-rate"},
		{"par. 19 a: a late rate above it", change(func(t *ledger.Terms) { t.LateRate = new(rate("22.01")) }), "SE-2010:1846-19a-late"},
		{"par. 19 a does not bind a loan to a business", change(func(t *ledger.Terms) { t.Rate, t.Consumer = rate("40"), false }), ""},
		{"par. 19 a does not bind housing credit", change(func(t *ledger.Terms) { t.Rate, t.Housing = rate("40"), true }), ""},
		{"par. 19 a does not bind agreements before 1 March 2025", change(func(t *ledger.Terms) {
			t.Rate, t.AgreedOn, t.InterestFrom = rate("40"), date("2025-02-28"), date("2025-02-28")
		}), ""},
		{"par. 19 a binds agreements of 1 March 2025", change(func(t *ledger.Terms) {
			t.Rate, t.AgreedOn, t.InterestFrom = rate("40"), date("2025-03-01"), date("2025-03-01")
		}), "SE-2010:1846-19a-rate"},
		{"par. 19 c: a set-up fee of 1 % of the price base amount", change(func(t *ledger.Terms) { t.Fees.Setup = 592_00 }), ""},
		{"par. 19 c: a set-up fee above it", change(func(t *ledger.Terms) { t.Fees.Setup = 592_01 }), "SE-2010:1846-19c"},
		{"1981:739 par. 2: a reminder fee above 60 kronor", change(func(t *ledger.Terms) { t.Fees.Reminder = 60_01 }), "SE-1981:739-2"},
		{"par. 30: a negotiable note for a credit purchase", change(func(t *ledger.Terms) { t.CreditPurchase = true }), "SE-2010:1846-30"},
		{"par. 30 allows a simple note", change(func(t *ledger.Terms) { t.CreditPurchase, t.Kind = true, ledger.Simple }), ""},
		{"no law in particular limits nothing", change(func(t *ledger.Terms) { t.Rate, t.Jurisdiction = rate("40"), finance.Generic }), ""},
	}
	s := newStage(t)
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			f := s.fork()
			f.t = t
			_, err := f.try(f.lender, ledger.OpOffer, "", f.offerBody(c.terms, f.borrower))
			if c.rule == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if ledger.CodeOf(err) != ledger.CodeLaw {
				t.Fatalf("got %v, want the law", err)
			}
			p := asRefusal(err).Params
			if p["rule"] != c.rule || !strings.HasPrefix(p["source"], "SFS ") || p["limit"] == "" || p["got"] == "" {
				t.Errorf("it is refused by %v", p)
			}
		})
	}
}

// TestARateThatTheTableDoesNotHaveIsNamed: the registry refuses to guess.
func TestARateThatTheTableDoesNotHaveIsNamed(t *testing.T) {
	s := newStage(t)
	s.now = noon("2026-07-01")
	late := terms()
	late.AgreedOn, late.InterestFrom, late.Schedule.FirstDue = date("2026-07-01"), date("2026-07-01"), date("2026-08-01")
	s.refuse(ledger.Refuse(ledger.CodeRateUnknown, "jurisdiction", "SE", "kind", "reference rate", "from", "2026-07-01"),
		s.lender, ledger.OpOffer, "", s.offerBody(late, s.borrower))
	late.AgreedOn, late.InterestFrom = date("2026-06-30"), date("2026-06-30")
	s.do(s.lender, ledger.OpOffer, "", s.offerBody(late, s.borrower))
}

// TestEveryBorrowerSigns: 1936:81 par. 2, makers are liable for all together.
func TestEveryBorrowerSigns(t *testing.T) {
	s := newStage(t)
	id := s.offer(terms(), s.borrower, s.partner)
	s.accept(id, s.borrower)
	if n := s.note(id); n.Status != ledger.StatusOffered || n.Borrowers[0].AcceptedAt.IsZero() || !n.Borrowers[1].AcceptedAt.IsZero() {
		t.Fatalf("with one signature of two: %+v", n)
	}
	s.refuse(code(ledger.CodeAlreadyAccepted), s.borrower, ledger.OpAccept, string(id), ledger.AcceptBody{Offer: s.note(id).Offer})
	s.refuse(code(ledger.CodeNoteOffered), s.lender, ledger.OpTransferOffer, string(id),
		ledger.TransferOfferBody{To: s.buyer.id, Kind: ledger.Sale, Form: ledger.InFull})
	s.accept(id, s.partner)
	if n := s.note(id); n.Status != ledger.StatusActive || n.Notified.Holder != s.lender.id || n.Notified.On != s.today() {
		t.Fatalf("with both signatures: %+v", n)
	}
}

func TestAnAcceptanceNamesTheVeryOffer(t *testing.T) {
	s := newStage(t)
	id := s.offer(terms(), s.borrower)
	other := s.offer(terms(), s.borrower)
	s.refuse(code(ledger.CodeOfferOther), s.borrower, ledger.OpAccept, string(id), ledger.AcceptBody{Offer: s.note(other).Offer})
	s.refuse(code(ledger.CodeBodyInvalid), s.borrower, ledger.OpAccept, string(id), ledger.AcceptBody{})
	s.accept(id, s.borrower)
}

func TestAnOfferEndsAtItsTime(t *testing.T) {
	s := newStage(t)
	id := s.offer(terms(), s.borrower)
	n := s.note(id)
	last := s.fork()
	last.now = n.AnswerBy
	last.refuse(ledger.Refuse(ledger.CodeOfferOpen, "answer_by", "2026-03-16T10:00:00Z"), s.stranger, ledger.OpExpire, string(id), ledger.EmptyBody{})
	last.accept(id, s.borrower)

	s.now = n.AnswerBy.Add(time.Second)
	s.refuse(ledger.Refuse(ledger.CodeOfferExpired, "answer_by", "2026-03-16T10:00:00Z"), s.borrower, ledger.OpAccept, string(id), ledger.AcceptBody{Offer: n.Offer})
	s.do(s.stranger, ledger.OpExpire, string(id), ledger.EmptyBody{})
	if n := s.note(id); n.Status != ledger.StatusVoid || n.Balance != (ledger.Balance{}) || n.Book != s.lender.book {
		t.Errorf("expired it is %+v", n)
	}
}

func TestARevokedPartyNeitherLendsNorBorrows(t *testing.T) {
	s := newStage(t)
	id := s.offer(terms(), s.borrower)
	s.do(s.borrower, ledger.OpPartyRevoke, string(s.borrower.id), ledger.ReasonBody{Reason: "moved"})
	s.refuse(ledger.Refuse(ledger.CodePartyRevoked, "party", string(s.borrower.id)), s.lender, ledger.OpOffer, "", s.offerBody(terms(), s.borrower))
	s.refuse(ledger.Refuse(ledger.CodePartyRevoked, "party", string(s.borrower.id)), s.borrower, ledger.OpAccept, string(id), ledger.AcceptBody{Offer: s.note(id).Offer})
}
