package statement

import (
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// AccountName names an account of a general ledger by what stands on it. Which
// number it has in a chart of accounts is for its keeper to say.
type AccountName string

// The accounts of the party whose books they are.
const (
	// Claims on the borrowers: what is owed on the notes that the party holds.
	ClaimCosts        AccountName = "claim_costs"
	ClaimLateInterest AccountName = "claim_late_interest"
	ClaimInterest     AccountName = "claim_interest"
	ClaimPrincipal    AccountName = "claim_principal"
	// What was charged on them. Principal is no income: it was lent.
	IncomeCosts        AccountName = "income_costs"
	IncomeLateInterest AccountName = "income_late_interest"
	IncomeInterest     AccountName = "income_interest"
	Lent               AccountName = "lent" // principal of a note that became a debt
	// Where a claim went.
	Cash       AccountName = "cash"       // payments that the party itself received
	Settlement AccountName = "settlement" // payments that one party received and that are another's: to be settled between them
	SetOff     AccountName = "set_off"    // what the party owed a borrower, and set off against a claim
	Losses     AccountName = "losses"     // what was forgiven
	Sale       AccountName = "sale"       // claims sold and bought, at what was owed; the price is not on the ledger
)

// AccountNames lists every account.
func AccountNames() []AccountName {
	return []AccountName{
		ClaimCosts, ClaimLateInterest, ClaimInterest, ClaimPrincipal,
		IncomeCosts, IncomeLateInterest, IncomeInterest, Lent, Cash, Settlement, SetOff, Losses, Sale,
	}
}

// Posting is one line of a booking: an amount that is debited to an account or
// credited to it, in minor units. Neither is negative, and one of them is 0.
type Posting struct {
	Account       AccountName
	Debit, Credit finance.Amount
}

// Post books, for a party, the command that led from one state to the next; the
// first command of a note has no state before it. It gives the command's line and
// the postings, which balance: none where nothing of the party's moved.
//
// What is charged, paid and forgiven is the business of the holder before the
// command, and where that is another one than after it, what is then owed passes
// from the one to the other. Who receives a payment and is not the holder has
// money that is the holder's.
func Post(party ledger.PartyID, before, after State) (Line, []Posting) {
	line := booked(before).Book(after)
	owner := before.Holder
	if before.Note == nil {
		owner = after.Holder
	}
	var b booking
	received, payment := total(line.Paid), written(before.Note, after.Note)
	switch {
	case party == owner:
		b.charge(line.Charged)
		b.settle(line, received, wentTo(payment, party))
	case party == payment.By && payment.SetOff == "":
		b.add(Cash, received)
		b.add(Settlement, -received)
	}
	if after.Holder != owner && after.Holder != "" { // "" is that of a note that is handed back
		switch party {
		case owner:
			b.claims(minus(finance.Parts{}, line.Owed))
			b.add(Sale, total(line.Owed))
		case after.Holder:
			b.claims(line.Owed)
			b.add(Sale, -total(line.Owed))
		}
	}
	return line, b
}

// booked gives the account of a note as its last command left it, without the
// interest since then: the next command books that.
func booked(s State) *Account {
	a := &Account{paid: paid(s.Note), forgiven: forgiven(s.Note)}
	if s.Note != nil && isDebt(s.Note.Status) {
		a.owed = finance.Parts(s.Note.Owed())
	}
	return a
}

// wentTo gives the account of a note's holder that a payment went to. What was set
// off nobody received, whoever wrote it for the holder.
func wentTo(p ledger.Payment, holder ledger.PartyID) AccountName {
	switch {
	case p.SetOff != "":
		return SetOff
	case p.By == holder:
		return Cash
	}
	return Settlement
}

// written gives the payment that a command wrote on the note or took back; none
// where it did neither.
func written(before, after *ledger.Note) ledger.Payment {
	reversed := map[uint64]bool{}
	if before != nil {
		for _, p := range before.Payments {
			reversed[p.Seq] = p.Reversed
		}
	}
	for _, p := range after.Payments {
		if was, known := reversed[p.Seq]; p.Seq == after.Seq || known && p.Reversed != was {
			return p
		}
	}
	return ledger.Payment{}
}

// booking is the postings of one command.
type booking []Posting

// add debits an amount to an account, or credits it where it is negative.
func (b *booking) add(name AccountName, amount finance.Amount) {
	switch {
	case amount > 0:
		*b = append(*b, Posting{Account: name, Debit: amount})
	case amount < 0:
		*b = append(*b, Posting{Account: name, Credit: -amount})
	}
}

func (b *booking) claims(p finance.Parts) {
	b.add(ClaimCosts, p.Costs)
	b.add(ClaimLateInterest, p.LateInterest)
	b.add(ClaimInterest, p.Interest)
	b.add(ClaimPrincipal, p.Principal)
}

// charge books what was charged, or what of it was taken back.
func (b *booking) charge(p finance.Parts) {
	b.claims(p)
	b.add(IncomeCosts, -p.Costs)
	b.add(IncomeLateInterest, -p.LateInterest)
	b.add(IncomeInterest, -p.Interest)
	b.add(Lent, -p.Principal)
}

// settle books what was paid and forgiven. A payment is one amount, which may use
// the parts of an earlier one otherwise: those then move between the claims.
func (b *booking) settle(l Line, received finance.Amount, to AccountName) {
	b.add(to, received)
	b.add(Losses, total(l.Forgiven))
	b.claims(minus(finance.Parts{}, plus(l.Paid, l.Forgiven)))
}

func total(p finance.Parts) finance.Amount {
	return p.Costs + p.LateInterest + p.Interest + p.Principal
}
