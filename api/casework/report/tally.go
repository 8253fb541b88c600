package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Case is a note that the company works or has worked.
type Case struct {
	Note   *ledger.Note
	Holder ledger.PartyID
	Opened finance.Date
	Closed finance.Date // no date while it is open
}

// Tally counts case by case. It belongs to one goroutine.
type Tally struct {
	party  ledger.PartyID
	today  finance.Date
	since  Month              // of which recovery is told
	months map[Month]*Figures // whose events are counted

	ages     map[Age]Age
	plans    Share
	recovery map[Recovered]Recovered
	sold     map[Month]map[Sold]Sold
}

// NewTally begins to count for a company on a day. What happened in months is counted
// into those that are given.
func NewTally(party ledger.PartyID, today finance.Date, months map[Month]*Figures) *Tally {
	return &Tally{
		party: party, today: today, since: MonthOf(today).Plus(1 - MaxMonths), months: months,
		ages: map[Age]Age{}, recovery: map[Recovered]Recovered{}, sold: map[Month]map[Sold]Sold{},
	}
}

// Case counts a case.
func (t *Tally) Case(c Case) error {
	n := c.Note
	if n.Status == ledger.StatusErased || n.Status == ledger.StatusVoid {
		return nil
	}
	if c.Closed.IsZero() {
		if err := t.stands(c); err != nil {
			return fmt.Errorf("counting the case of note %s: %w", n.ID, err)
		}
	}
	if n.Status == ledger.StatusDischarged {
		if f := t.months[MonthOf(n.Ended)]; f != nil {
			f.Counts[Returned]++
		}
	}
	t.recovers(c)
	for _, e := range n.Endorsements {
		if e.From == t.party {
			t.sells(n, e)
		}
	}
	return nil
}

// stands counts what is owed, for how long, and whether a plan is kept.
func (t *Tally) stands(c Case) error {
	s, err := ledger.Summarize(c.Note, c.Holder, t.today)
	if err != nil {
		return err
	}
	key := Age{Bucket: cmp.Or(s.Bucket, ledger.BucketCurrent), Currency: s.Total.Currency}
	a := t.ages[key]
	a.Cases, a.Owed = a.Cases+1, a.Owed+s.Total.Amount
	t.ages[key] = a
	if len(c.Note.Amendments) > 0 {
		t.plans.Whole++
		if s.Arrears.DaysPastDue == 0 {
			t.plans.Part++
		}
	}
	return nil
}

// recovers counts what was paid while the company worked the note. A note remembers
// its latest payments (ledger.ReversiblePayments); what was paid before those counts
// as if it had been paid before the case came.
func (t *Tally) recovers(c Case) {
	placed := MonthOf(c.Opened)
	if placed < t.since {
		return
	}
	since, paid := principalPaid(c.Note, c.Opened), finance.Amount(0)
	if paid = since; !c.Closed.IsZero() && c.Note.Status != ledger.StatusDischarged {
		paid -= principalPaid(c.Note, c.Closed.AddDays(1))
	}
	key := Recovered{Placed: placed, Currency: c.Note.Terms.Principal.Currency}
	r := t.recovery[key]
	r.Cases, r.Paid = r.Cases+1, r.Paid+paid
	r.Capital += c.Note.Balance.Principal + c.Note.Balance.ForgivenPrincipal + since
	t.recovery[key] = r
}

// principalPaid is what was paid of the capital from a day on.
func principalPaid(n *ledger.Note, from finance.Date) (sum finance.Amount) {
	for _, p := range n.Payments {
		if !p.Reversed && !p.On.Before(from) {
			sum += p.Parts.Principal
		}
	}
	return sum
}

// sells counts a sale by the company.
func (t *Tally) sells(n *ledger.Note, e ledger.Endorsement) {
	month := MonthOf(e.On)
	if t.months[month] == nil {
		return
	}
	if t.sold[month] == nil {
		t.sold[month] = map[Sold]Sold{}
	}
	addSold(t.sold[month], Sold{
		Half: month.Half(), Buyer: e.To, Consumer: n.Terms.Consumer, Currency: n.Terms.Principal.Currency,
		Credits: 1, Capital: n.Balance.Principal + n.Balance.ForgivenPrincipal + principalPaid(n, e.On.AddDays(1)),
	})
}

func addSold(to map[Sold]Sold, s Sold) {
	key := s
	key.Credits, key.Capital = 0, 0
	sum := to[key]
	sum.Credits, sum.Capital = sum.Credits+s.Credits, sum.Capital+s.Capital
	to[key] = sum
}

func sortedSold(sum map[Sold]Sold) []Sold {
	all := make([]Sold, 0, len(sum))
	for key, s := range sum {
		key.Credits, key.Capital = s.Credits, s.Capital
		all = append(all, key)
	}
	slices.SortFunc(all, func(a, b Sold) int {
		return cmp.Or(cmp.Compare(b.Half, a.Half), cmp.Compare(a.Buyer, b.Buyer), cmp.Compare(a.Currency, b.Currency), compareBool(a.Consumer, b.Consumer))
	})
	return all
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func sortedTeams(sum map[string]Share) []TeamShare {
	all := make([]TeamShare, 0, len(sum))
	for _, team := range slices.Sorted(maps.Keys(sum)) {
		all = append(all, TeamShare{team, sum[team]})
	}
	return all
}

// Finish puts what was sold into its months and gives how the debts stand.
func (t *Tally) Finish() Standing {
	for month, sold := range t.sold {
		t.months[month].Sold = sortedSold(sold)
	}
	s := Standing{Plans: t.plans}
	for key, a := range t.ages {
		key.Cases, key.Owed = a.Cases, a.Owed
		s.Ageing = append(s.Ageing, key)
	}
	slices.SortFunc(s.Ageing, func(a, b Age) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), slices.Index(ledger.Buckets(), a.Bucket)-slices.Index(ledger.Buckets(), b.Bucket))
	})
	for key, r := range t.recovery {
		key.Cases, key.Capital, key.Paid = r.Cases, r.Capital, r.Paid
		s.Recovery = append(s.Recovery, key)
	}
	slices.SortFunc(s.Recovery, func(a, b Recovered) int {
		return cmp.Or(cmp.Compare(a.Placed, b.Placed), cmp.Compare(a.Currency, b.Currency))
	})
	return s
}

// old is how many of the debts are late for more than 90 days: amounts of several
// currencies have no sum.
func (s *Standing) old() (share Share) {
	for _, a := range s.Ageing {
		share.Whole += a.Cases
		if a.Bucket == ledger.BucketOld {
			share.Part += a.Cases
		}
	}
	return share
}
