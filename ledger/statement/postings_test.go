package statement_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/statement"
)

const seller, buyer, servicer = ledger.PartyID("seller"), ledger.PartyID("buyer"), ledger.PartyID("servicer")

// debt is a note of which this is paid and outstanding.
func debt(seq uint64, paid, owed finance.Parts, payments ...ledger.Payment) *ledger.Note {
	return &ledger.Note{Seq: seq, Status: ledger.StatusActive, Payments: payments, Balance: ledger.Balance{
		Costs: owed.Costs, LateMicro: int64(owed.LateInterest) * finance.MicroPerUnit,
		InterestMicro: int64(owed.Interest) * finance.MicroPerUnit, Principal: owed.Principal,
		PaidCosts: paid.Costs, PaidLate: paid.LateInterest, PaidInterest: paid.Interest, PaidPrincipal: paid.Principal,
	}}
}

func TestPostingsOfTheUsualBookings(t *testing.T) {
	offer := statement.State{Note: &ledger.Note{Seq: 1, Status: ledger.StatusOffered, Balance: ledger.Balance{Principal: 1000}}, Holder: seller}
	issued := statement.State{Note: debt(2, finance.Parts{}, finance.Parts{Costs: 50, Principal: 1000}), Holder: seller}
	whole := finance.Parts{Costs: 50, Interest: 5, Principal: 45}
	rest := finance.Parts{Interest: 2, Principal: 955}
	paid := func(by ledger.PartyID, reversed bool) statement.State {
		n := debt(3, whole, rest, ledger.Payment{Seq: 3, By: by, Amount: 100, Reversed: reversed})
		return statement.State{Note: n, Holder: seller}
	}
	netted := func(by ledger.PartyID) statement.State {
		s := paid(by, false)
		s.Note.Payments[0].SetOff = "A deposit."
		return s
	}
	forgiven := statement.State{Note: debt(3, finance.Parts{}, finance.Parts{Principal: 900}), Holder: seller}
	forgiven.Note.Balance.ForgivenCosts, forgiven.Note.Balance.ForgivenPrincipal = 50, 100
	sold := statement.State{Note: debt(3, finance.Parts{}, finance.Parts{Costs: 50, Interest: 7, Principal: 1000}), Holder: buyer}
	back := statement.State{Note: debt(4, finance.Parts{}, finance.Parts{Costs: 50, Interest: 8, Principal: 1000}, ledger.Payment{Seq: 3, By: seller, Amount: 100, Reversed: true}), Holder: seller}
	backAtBuyer := back
	backAtBuyer.Holder = buyer
	soldPaid := paid(seller, false)
	soldPaid.Holder = buyer
	done := statement.State{Note: debt(4, finance.Parts{Costs: 50, Interest: 7, Principal: 1000}, finance.Parts{}, ledger.Payment{Seq: 4, By: seller, Amount: 957})}
	done.Note.Status = ledger.StatusDischarged
	for name, c := range map[string]struct {
		party         ledger.PartyID
		before, after statement.State
		want          string
	}{
		"an offer is no debt":        {seller, statement.State{}, offer, ""},
		"a note that becomes a debt": {seller, offer, issued, "claim_costs 50, claim_principal 1000, income_costs -50, lent -1000"},
		"a payment to the holder": {seller, issued, paid(seller, false),
			"claim_interest 7, income_interest -7, cash 100, claim_costs -50, claim_interest -5, claim_principal -45"},
		"a payment to the servicer, in the holder's books": {seller, issued, paid(servicer, false),
			"claim_interest 7, income_interest -7, settlement 100, claim_costs -50, claim_interest -5, claim_principal -45"},
		"a payment to the servicer, in its own":    {servicer, issued, paid(servicer, false), "cash 100, settlement -100"},
		"a payment, in the books of somebody else": {buyer, issued, paid(seller, false), ""},
		"a set-off": {seller, issued, netted(seller),
			"claim_interest 7, income_interest -7, set_off 100, claim_costs -50, claim_interest -5, claim_principal -45"},
		"a set-off that the servicer wrote, in the holder's books": {seller, issued, netted(servicer),
			"claim_interest 7, income_interest -7, set_off 100, claim_costs -50, claim_interest -5, claim_principal -45"},
		"a set-off that the servicer wrote, in its own": {servicer, issued, netted(servicer), ""},
		"a payment that is taken back": {seller, paid(seller, false), back,
			"claim_interest 1, income_interest -1, cash -100, claim_costs 50, claim_interest 5, claim_principal 45"},
		"a seller's payment that is taken back, in the buyer's books": {buyer, soldPaid, backAtBuyer,
			"claim_interest 1, income_interest -1, settlement -100, claim_costs 50, claim_interest 5, claim_principal 45"},
		"a seller's payment that is taken back, in its own": {seller, soldPaid, backAtBuyer, "cash -100, settlement 100"},
		"forgiveness":                           {seller, issued, forgiven, "losses 150, claim_costs -50, claim_principal -100"},
		"a sale, sold":                          {seller, issued, sold, "claim_interest 7, income_interest -7, claim_costs -50, claim_interest -7, claim_principal -1000, sale 1057"},
		"a sale, bought":                        {buyer, issued, sold, "claim_costs 50, claim_interest 7, claim_principal 1000, sale -1057"},
		"the last payment":                      {seller, paid(seller, false), done, "cash 957, claim_interest -2, claim_principal -955"},
		"what is handed back is sold to nobody": {buyer, paid(seller, false), done, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, postings := statement.Post(c.party, c.before, c.after)
			if got := text(postings); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// text writes debits as positive amounts and credits as negative ones.
func text(postings []statement.Posting) string {
	s := ""
	for i, p := range postings {
		if i > 0 {
			s += ", "
		}
		s += fmt.Sprintf("%s %d", p.Account, p.Debit-p.Credit)
	}
	return s
}

// TestBooksAddUp: whatever a note goes through, each booking balances, a holder's
// claims are what the statement says is owed and nobody else has any, and what
// parties owe each other and sold each other cancels out.
func TestBooksAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parties := []ledger.PartyID{seller, buyer, servicer}
		books := map[ledger.PartyID]map[statement.AccountName]finance.Amount{}
		for _, p := range parties {
			books[p] = map[statement.AccountName]finance.Amount{}
		}
		state, account := statement.State{}, statement.Account{}
		for seq := uint64(1); seq <= 12 && (state.Note == nil || state.Note.Status != ledger.StatusDischarged); seq++ {
			next := happen(t, state, seq, parties)
			line := account.Book(next)
			for _, p := range parties {
				l, postings := statement.Post(p, state, next)
				if l != line {
					t.Fatalf("the line is %+v, and the statement has %+v", l, line)
				}
				enter(t, books[p], postings)
				want := finance.Parts{}
				if p == next.Holder {
					want = account.Owed()
				}
				if got := claims(books[p]); got != want {
					t.Fatalf("after command %d the claims of the %s are %+v, want %+v", seq, p, got, want)
				}
			}
			for _, name := range []statement.AccountName{statement.Settlement, statement.Sale} {
				if sum := books[seller][name] + books[buyer][name] + books[servicer][name]; sum != 0 {
					t.Fatalf("after command %d the accounts %s of all parties sum up to %d", seq, name, sum)
				}
			}
			state = next
		}
	})
}

// happen makes up what comes after a state. No rule of an operation is known here
// either: any part may have moved by any amount, and anybody may hold the note.
func happen(t *rapid.T, before statement.State, seq uint64, parties []ledger.PartyID) statement.State {
	part := func(name string) finance.Amount { return finance.Amount(rapid.Int64Range(-3, 900).Draw(t, name)) }
	n := &ledger.Note{Seq: seq, Status: ledger.StatusOffered}
	if before.Note != nil {
		*n = *before.Note
		n.Seq = seq
		n.Payments = slices.Clone(n.Payments)
	}
	if seq > 1 {
		n.Status = ledger.StatusActive
		n.Balance.Costs, n.Balance.Principal = part("costs"), part("principal")
		n.Balance.InterestMicro = rapid.Int64Range(-9_000_000, 900_000_000).Draw(t, "interest")
		n.Balance.LateMicro = rapid.Int64Range(-9_000_000, 900_000_000).Draw(t, "late interest")
	}
	switch rapid.SampledFrom([]string{"pay", "set off", "reverse", "forgive", "else"}).Draw(t, "what") {
	case "pay":
		n.Balance.PaidInterest, n.Balance.PaidPrincipal = part("paid interest"), part("paid principal")
		n.Payments = append(n.Payments, ledger.Payment{Seq: seq, By: rapid.SampledFrom(parties).Draw(t, "payee")})
	case "set off":
		n.Balance.PaidCosts = part("paid costs")
		n.Payments = append(n.Payments, ledger.Payment{Seq: seq, By: rapid.SampledFrom(parties).Draw(t, "payee"), SetOff: "A deposit."})
	case "reverse":
		i := slices.IndexFunc(n.Payments, func(p ledger.Payment) bool { return !p.Reversed })
		if i >= 0 {
			n.Payments[i].Reversed = true
			n.Balance.PaidPrincipal = part("paid principal")
		}
	case "forgive":
		n.Balance.ForgivenCosts, n.Balance.ForgivenLate = part("forgiven costs"), part("forgiven late interest")
	}
	if rapid.IntRange(0, 9).Draw(t, "handed back") == 0 && seq > 1 {
		n.Status = ledger.StatusDischarged
		return statement.State{Note: n}
	}
	return statement.State{Note: n, Holder: rapid.SampledFrom(parties).Draw(t, "holder")}
}

// enter adds the postings of a booking to a party's books.
func enter(t *rapid.T, book map[statement.AccountName]finance.Amount, postings []statement.Posting) {
	var debit, credit finance.Amount
	for _, p := range postings {
		if p.Debit < 0 || p.Credit < 0 || (p.Debit == 0) == (p.Credit == 0) || !slices.Contains(statement.AccountNames(), p.Account) {
			t.Fatalf("a posting is %+v", p)
		}
		debit, credit = debit+p.Debit, credit+p.Credit
		book[p.Account] += p.Debit - p.Credit
	}
	if debit != credit {
		t.Fatalf("%d is debited and %d credited: %s", debit, credit, text(postings))
	}
}

func claims(book map[statement.AccountName]finance.Amount) finance.Parts {
	return finance.Parts{
		Costs: book[statement.ClaimCosts], LateInterest: book[statement.ClaimLateInterest],
		Interest: book[statement.ClaimInterest], Principal: book[statement.ClaimPrincipal],
	}
}
