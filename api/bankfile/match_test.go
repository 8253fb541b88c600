package bankfile_test

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/skuld-registry/skuld/api/bankfile"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// debts are those of the tests: Anna has two, and Bo shares one of them.
func debts() []bankfile.Debt {
	return []bankfile.Debt{
		{Key: "a", Number: 1001, Currency: "SEK", Owed: 900000, Asked: []finance.Amount{125050, 30000}, Names: []string{"Anna Åberg"}, Accounts: []string{"5491"}},
		{Key: "b", Number: 1, Currency: "SEK", Owed: 125050, Asked: []finance.Amount{40000}, Names: []string{"Anna Åberg", "Bo Ek"}},
		{Key: "c", Number: 42, Currency: "SEK", Owed: 700000, Asked: []finance.Amount{70000}, Names: []string{"Bo Ek"}},
		{Key: "d", Number: 43, Currency: "EUR", Owed: 125050, Asked: nil, Names: []string{"Anna Åberg"}},
	}
}

func payment(change func(*bankfile.Entry)) *bankfile.Entry {
	e := &bankfile.Entry{Credit: true, Booked: true, Amount: finance.Money{Amount: 55500, Currency: "SEK"}}
	change(e)
	return e
}

func TestAPaymentIsMatchedOnlyWhereNothingElseFits(t *testing.T) {
	t.Parallel()
	const matched, choose, nothing = bankfile.Matched, bankfile.Candidates, bankfile.Unmatched
	for name, c := range map[string]struct {
		e    func(*bankfile.Entry)
		want bankfile.Verdict
		keys []string
	}{
		"its reference is right": {
			func(e *bankfile.Entry) { e.References = []string{"100164"} }, matched, []string{"a"},
		},
		"its reference is in the form RF": {
			func(e *bankfile.Entry) { e.References = []string{"RF33100164"} }, matched, []string{"a"},
		},
		"its reference is there twice": {
			func(e *bankfile.Entry) { e.References = []string{"100164", "RF33100164"} }, matched, []string{"a"},
		},
		"two references are of two debts": {
			func(e *bankfile.Entry) { e.References = []string{"100164", "133"} }, choose, []string{"a", "b"},
		},
		"one of two references is of no debt here": {
			func(e *bankfile.Entry) { e.References = []string{"100164", bankfile.Reference(77)} }, choose, []string{"a"},
		},
		"its reference is of a debt in another currency": {
			func(e *bankfile.Entry) { e.References = []string{bankfile.Reference(43)} }, nothing, nil,
		},
		"its reference has a wrong digit": {
			func(e *bankfile.Entry) { e.References = []string{"100165"} }, nothing, nil,
		},
		"its reference stands in the text alone": {
			func(e *bankfile.Entry) { e.Text = []string{"case 100164"} }, choose, []string{"a"},
		},
		"its reference stands in the text, and the payer owes it": {
			func(e *bankfile.Entry) { e.Text, e.Payer.Name = []string{"case 100164"}, "ÅBERG, ANNA" }, matched, []string{"a"},
		},
		"its reference stands in the text, and the payer owes nothing else": {
			func(e *bankfile.Entry) { e.Text, e.Payer.Account = []string{"case 100164"}, "5491" }, matched, []string{"a"},
		},
		"the text names one debt and the payer owes another": {
			func(e *bankfile.Entry) {
				e.Text, e.Payer.Name, e.Amount.Amount = []string{"case 100164"}, "Bo Ek", 70000
			}, choose, []string{"a", "c", "b"},
		},
		"the amount and the account agree": {
			func(e *bankfile.Entry) { e.Payer.Account, e.Amount.Amount = "5491", 30000 }, matched, []string{"a"},
		},
		"the amount and the name agree, of one debt of two": {
			func(e *bankfile.Entry) { e.Payer.Name, e.Amount.Amount = "BO  EK", 40000 }, matched, []string{"b"},
		},
		"the amount and the name agree, of two debts": {
			func(e *bankfile.Entry) { e.Payer.Name, e.Amount.Amount = "Anna Åberg", 125050 }, choose, []string{"a", "b"},
		},
		"the amount and the account agree, and the reference is another's": {
			func(e *bankfile.Entry) {
				e.Payer.Account, e.Amount.Amount, e.References = "5491", 30000, []string{bankfile.Reference(77)}
			}, choose, []string{"a"},
		},
		"the name agrees alone": {
			func(e *bankfile.Entry) { e.Payer.Name = "Bo Ek" }, choose, []string{"b", "c"},
		},
		"the amount is all that is owed, alone": {
			func(e *bankfile.Entry) { e.Amount.Amount = 700000 }, choose, []string{"c"},
		},
		"the amount is an instalment, alone": {
			func(e *bankfile.Entry) { e.Amount.Amount = 70000 }, nothing, nil,
		},
		"nothing agrees": {
			func(*bankfile.Entry) {}, nothing, nil,
		},
		"the amount is nothing": {
			func(e *bankfile.Entry) { e.Amount.Amount, e.Payer.Name = 0, "" }, nothing, nil,
		},
		"the bank has only announced it": {
			func(e *bankfile.Entry) { e.Booked, e.References = false, []string{"100164"} }, bankfile.Announced, nil,
		},
		"it is money that went out": {
			func(e *bankfile.Entry) { e.Credit, e.References = false, []string{"100164"} }, bankfile.NotOurs, nil,
		},
		"it takes a payment back": {
			func(e *bankfile.Entry) { e.Credit, e.Reversal, e.References = false, true, []string{"100164"} }, bankfile.TakenBack, nil,
		},
		"it is money of ours that came back": {
			func(e *bankfile.Entry) { e.Return, e.References = "AC04", []string{"100164"} }, bankfile.TakenBack, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := bankfile.MatchDebts(payment(c.e), debts())
			var keys []string
			for _, k := range got.Candidates {
				keys = append(keys, k.Key)
				if len(k.Reasons) == 0 {
					t.Errorf("%s is a candidate without a reason", k.Key)
				}
			}
			if got.Verdict != c.want || !slices.Equal(keys, c.keys) {
				t.Errorf("got %s %v, want %s %v", got.Verdict, keys, c.want, c.keys)
			}
		})
	}
}

// TestNoOrderOfDebtsDecidesAMatch holds for whatever a payer wrote.
func TestNoOrderOfDebtsDecidesAMatch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := payment(func(e *bankfile.Entry) {
			words := rapid.SampledFrom([]string{"100164", "133", "4242", bankfile.Reference(77), "rent", "12"})
			e.References = rapid.SliceOfN(words, 0, 2).Draw(t, "references")
			e.Text = rapid.SliceOfN(words, 0, 2).Draw(t, "text")
			e.Payer.Name = rapid.SampledFrom([]string{"", "Anna Åberg", "Ek, Bo", "Cilla"}).Draw(t, "name")
			e.Payer.Account = rapid.SampledFrom([]string{"", "5491", "1"}).Draw(t, "account")
			e.Amount.Amount = rapid.SampledFrom([]finance.Amount{0, 1, 30000, 40000, 70000, 125050, 700000}).Draw(t, "amount")
		})
		all := debts()
		first := bankfile.MatchDebts(e, all)
		slices.Reverse(all)
		second := bankfile.MatchDebts(e, all)
		if first.Verdict != second.Verdict || first.Verdict == bankfile.Matched && !reflect.DeepEqual(first, second) {
			t.Fatalf("%+v, and the other way round %+v", first, second)
		}
		if first.Verdict == bankfile.Matched && len(first.Candidates) != 1 {
			t.Fatalf("matched with %+v", first.Candidates)
		}
	})
}

func TestCluesLeadToEveryDebtThatIsACandidate(t *testing.T) {
	t.Parallel()
	got := payment(func(e *bankfile.Entry) {
		e.References, e.Text = []string{"133", "nonsense"}, []string{"cases 100164, 133 and 2026-03-02"}
		e.Payer = bankfile.Payer{Name: "ÅBERG, Anna", Account: "5491"}
	}).Clues()
	want := bankfile.Clues{
		Numbers: []int64{1, 1001}, Name: "anna åberg", Account: "5491", Amount: finance.Money{Amount: 55500, Currency: "SEK"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
