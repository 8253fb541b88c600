package bankfile

import (
	"slices"
	"strings"
	"unicode"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// Debt is what a payment may be for, as far as matching needs to know it.
type Debt struct {
	Key      string // the caller's name for it
	Number   int64  // of the case, which its payment reference carries
	Currency finance.Currency
	// Owed is all that is owed; Asked are the amounts that somebody may rightly pay
	// just now: an instalment, what is overdue, all of it.
	Owed  finance.Amount
	Asked []finance.Amount
	// Names are those who owe it, and Accounts those from which it was paid before.
	Names, Accounts []string
}

// Reason says why a payment may be for a debt.
type Reason string

// The reasons, the strongest first.
const (
	ByReference Reason = "reference" // the payment carries its reference in the field for it
	ByText      Reason = "text"      // its reference stands in what the payer wrote beside
	ByAccount   Reason = "account"   // it was paid from the same account before
	ByName      Reason = "name"      // who paid has the name of who owes
	ByAmount    Reason = "amount"    // it is an amount that is asked for
)

// Verdict says what is to become of an entry.
type Verdict string

// The verdicts.
const (
	Matched    Verdict = "matched"    // it is for one debt and for no other
	Candidates Verdict = "candidates" // a person is to choose, or to divide it
	Unmatched  Verdict = "unmatched"  // nothing is known that it could be for
	TakenBack  Verdict = "taken-back" // it takes an earlier payment back, or brings money of ours back
	NotOurs    Verdict = "not-ours"   // it is money that went out
	Announced  Verdict = "announced"  // the bank has not booked it
)

// Candidate is a debt that a payment may be for.
type Candidate struct {
	Key     string
	Reasons []Reason
}

// Match is what an entry is found to be. Of a matched one there is one candidate.
type Match struct {
	Verdict    Verdict
	Candidates []Candidate
}

// MaxCandidates bounds what a person is given to choose from.
const MaxCandidates = 20

// Clues are what debts may be looked up by that an entry could be for.
type Clues struct {
	Numbers []int64 // of cases, by references that are right in themselves
	Name    string  // of the payer, as NameKey writes it
	Account string
	Amount  finance.Money
}

// Clues gives what to look up before Match is asked.
func (e *Entry) Clues() Clues {
	fields, texts := e.numbers()
	return Clues{
		Numbers: slices.Compact(slices.Sorted(slices.Values(append(fields, texts...)))),
		Name:    NameKey(e.Payer.Name), Account: e.Payer.Account, Amount: e.Amount,
	}
}

// maxClues bounds the numbers that are read from one entry.
const maxClues = 50

// numbers reads the references of an entry, from the fields for them and from free text.
func (e *Entry) numbers() (fields, texts []int64) {
	for _, ref := range e.References {
		if n, err := ParseReference(ref); err == nil && len(fields) < maxClues {
			fields = append(fields, n)
		}
	}
	for _, line := range e.Text {
		for _, word := range strings.FieldsFunc(line, func(c rune) bool { return !unicode.IsDigit(c) }) {
			if n, err := ParseReference(word); err == nil && len(texts) < maxClues {
				texts = append(texts, n)
			}
		}
	}
	return fields, texts
}

// MatchDebts says which of some debts an entry is for. The debts are those that the
// entry's clues lead to; one that is paid in full is among them, since a payment of it
// is to go back.
//
// A payment is matched by itself only where its reference, which carries two check
// digits, names one debt of its currency and no other; or where it is of an amount that
// is asked for from somebody who owes, and this is so of one debt only. A reference in
// free text may be any number, one in a hundred of which has right check digits: it
// counts where the payer or the amount agrees.
func MatchDebts(e *Entry, debts []Debt) Match {
	switch {
	case !e.Booked:
		return Match{Verdict: Announced}
	case e.Reversal || e.Return != "":
		return Match{Verdict: TakenBack}
	case !e.Credit:
		return Match{Verdict: NotOurs}
	}
	fields, texts := e.numbers()
	var found []Candidate
	for i := range debts {
		if reasons := debts[i].reasons(e, fields, texts); len(reasons) > 0 && debts[i].Currency == e.Amount.Currency {
			found = append(found, Candidate{debts[i].Key, reasons})
		}
	}
	slices.SortStableFunc(found, func(a, b Candidate) int { return b.weight() - a.weight() })
	switch {
	case len(found) == 0:
		return Match{Verdict: Unmatched}
	case found[0].isSure() && onlyOne(fields, found):
		return Match{Verdict: Matched, Candidates: found[:1]}
	}
	return Match{Verdict: Candidates, Candidates: found[:min(len(found), MaxCandidates)]}
}

// onlyOne says whether the best candidate has no rival: no other debt that is as sure,
// and no reference beside its own that the payer gave, of whatever case.
func onlyOne(fields []int64, found []Candidate) bool {
	sure := 0
	for _, c := range found {
		if c.isSure() {
			sure++
		}
	}
	byReference := slices.Contains(found[0].Reasons, ByReference)
	distinct := len(slices.Compact(slices.Sorted(slices.Values(fields))))
	if byReference {
		return distinct == 1 // its own
	}
	return sure == 1 && distinct == 0
}

// isSure says whether the reasons, if they are those of one debt only, leave no doubt.
func (c Candidate) isSure() bool {
	has := func(r Reason) bool { return slices.Contains(c.Reasons, r) }
	payer := has(ByAccount) || has(ByName)
	return has(ByReference) || has(ByText) && (payer || has(ByAmount)) || has(ByAmount) && payer
}

// weight orders candidates by the strength of their reasons.
func (c Candidate) weight() int {
	weight := 0
	for _, r := range c.Reasons {
		weight += map[Reason]int{ByReference: 16, ByText: 8, ByAccount: 4, ByName: 2, ByAmount: 1}[r]
	}
	return weight
}

// reasons says what speaks for a debt.
func (d *Debt) reasons(e *Entry, fields, texts []int64) []Reason {
	var why []Reason
	add := func(is bool, r Reason) {
		if is {
			why = append(why, r)
		}
	}
	add(slices.Contains(fields, d.Number), ByReference)
	add(slices.Contains(texts, d.Number), ByText)
	add(e.Payer.Account != "" && slices.Contains(d.Accounts, e.Payer.Account), ByAccount)
	add(e.Payer.Name != "" && slices.ContainsFunc(d.Names, func(n string) bool { return NameKey(n) == NameKey(e.Payer.Name) }), ByName)
	asked := e.Amount.Amount > 0 && (e.Amount.Amount == d.Owed || slices.Contains(d.Asked, e.Amount.Amount))
	// An amount alone is a reason only where it is an unusual one: everything.
	add(asked && (len(why) > 0 || e.Amount.Amount == d.Owed), ByAmount)
	return why
}

// NameKey writes a name so that the same one is the same: banks give it in capital
// letters, last name first, with a comma between or without.
func NameKey(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '-' })
	slices.Sort(words)
	return strings.Join(words, " ")
}
