package report_test

import (
	"reflect"
	"testing"

	"github.com/skuld-registry/skuld/api/casework/report"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

const us, lender, buyer = ledger.PartyID("pcollector"), ledger.PartyID("plender"), ledger.PartyID("pbuyer")

func day(t *testing.T, text string) finance.Date {
	t.Helper()
	d, err := finance.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// note is an active debt of 12 000 kronor without interest, with twelve instalments of
// 1000 from a day on, that its holder has told the borrower of.
func note(t *testing.T, firstDue string) *ledger.Note {
	t.Helper()
	due := day(t, firstDue)
	agreed := due.AddMonths(-1, 0)
	return &ledger.Note{
		ID: "n1", Seq: 3, Status: ledger.StatusActive, Lender: lender, Borrowers: []ledger.Borrower{{Party: "pborrower"}},
		Terms: ledger.Terms{
			Kind: ledger.Negotiable, Consumer: true, Jurisdiction: finance.Sweden, AgreedOn: agreed, InterestFrom: agreed,
			Principal: finance.Money{Amount: 12_000_00, Currency: "SEK"}, DayCount: finance.Thirty360,
			Schedule: ledger.Schedule{Kind: finance.Annuity, Instalments: 12, FirstDue: due},
		},
		Balance: ledger.Balance{Principal: 12_000_00, AccruedTo: agreed}, Notified: ledger.Notified{Holder: lender, On: agreed},
	}
}

// paid writes a payment of capital on a note.
func paid(t *testing.T, n *ledger.Note, on string, amount finance.Amount) {
	n.Payments = append(n.Payments, ledger.Payment{On: day(t, on), Amount: amount, Parts: finance.Parts{Principal: amount}})
	n.Balance.Principal -= amount
	n.Balance.PaidPrincipal += amount
	n.Balance.AccruedTo = day(t, on)
}

// months are the months of a report that are counted.
func months(all ...report.Month) map[report.Month]*report.Figures {
	figures := map[report.Month]*report.Figures{}
	for _, m := range all {
		figures[m] = &report.Figures{Month: m, Counts: map[report.Name]int{}}
	}
	return figures
}

func count(t *testing.T, figures map[report.Month]*report.Figures, cases ...report.Case) report.Standing {
	t.Helper()
	tally := report.NewTally(us, day(t, "2026-06-15"), figures)
	for _, c := range cases {
		if c.Holder == "" {
			c.Holder = lender
		}
		if err := tally.Case(c); err != nil {
			t.Fatal(err)
		}
	}
	return tally.Finish()
}

func TestOpenCasesStandInTheBucketOfTheirOldestMissedInstalment(t *testing.T) {
	opened := day(t, "2026-02-10")
	for _, c := range []struct {
		firstDue string
		want     ledger.Bucket
	}{
		{"2026-07-28", ledger.BucketCurrent}, {"2026-05-28", ledger.Bucket30}, {"2026-04-28", ledger.Bucket60},
		{"2026-03-27", ledger.Bucket90}, {"2025-12-28", ledger.BucketOld},
	} {
		s := count(t, months(), report.Case{Note: note(t, c.firstDue), Opened: opened})
		if len(s.Ageing) != 1 || s.Ageing[0].Bucket != c.want || s.Ageing[0].Cases != 1 || s.Ageing[0].Currency != "SEK" || s.Ageing[0].Owed < 12_000_00 {
			t.Errorf("a debt due from %s on is %+v, want it in %s", c.firstDue, s.Ageing, c.want)
		}
	}
	closed := report.Case{Note: note(t, "2025-12-28"), Opened: opened, Closed: day(t, "2026-05-01")}
	if s := count(t, months(), closed); len(s.Ageing) != 0 {
		t.Errorf("a closed case is late: %+v", s.Ageing)
	}
}

func TestRecoveryIsWhatWasPaidWhileTheCaseWasOurs(t *testing.T) {
	n := note(t, "2026-01-28")
	paid(t, n, "2026-01-28", 1_000_00) // before it came
	paid(t, n, "2026-03-01", 2_000_00)
	paid(t, n, "2026-05-01", 3_000_00)
	n.Payments = append(n.Payments, ledger.Payment{On: day(t, "2026-05-02"), Parts: finance.Parts{Principal: 500_00}, Reversed: true})
	opened := day(t, "2026-02-10")
	for _, c := range []struct {
		name   string
		closed finance.Date
		status ledger.Status
		want   finance.Amount
	}{
		{"open", finance.Date{}, ledger.StatusActive, 5_000_00},
		{"closed before the last payment", day(t, "2026-04-01"), ledger.StatusActive, 2_000_00},
		{"closed on the day of the last payment", day(t, "2026-05-01"), ledger.StatusActive, 5_000_00},
		{"closed by the last payment", day(t, "2026-04-30"), ledger.StatusDischarged, 5_000_00},
	} {
		n.Status = c.status
		got := count(t, months(), report.Case{Note: n, Opened: opened, Closed: c.closed}).Recovery
		want := []report.Recovered{{Placed: "2026-02", Currency: "SEK", Cases: 1, Capital: 11_000_00, Paid: c.want}}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: recovery is %+v, want %+v", c.name, got, want)
		}
	}
	if got := count(t, months(), report.Case{Note: n, Opened: day(t, "2025-05-31")}).Recovery; len(got) != 0 {
		t.Errorf("what came before the months of the report is told: %+v", got)
	}
}

func TestPlanIsKeptWhileNothingOfItIsLate(t *testing.T) {
	planned := func(firstDue string) report.Case {
		n := note(t, "2025-12-28")
		n.Amendments = []ledger.Plan{{
			Seq: 4, By: us, On: day(t, "2026-01-10"), Kind: ledger.AmendPlan, Since: day(t, "2026-01-10"), Instalments: 12, FirstDue: day(t, firstDue),
			Free: true, Owed: finance.Owed{Principal: 12_000_00},
		}}
		n.Balance.AccruedTo = day(t, "2026-01-10")
		return report.Case{Note: n, Opened: day(t, "2026-01-02")}
	}
	s := count(t, months(), planned("2026-07-28"), planned("2026-07-28"), planned("2026-03-27"), report.Case{Note: note(t, "2025-12-28"), Opened: day(t, "2026-01-02")})
	if want := (report.Share{Part: 2, Whole: 3}); s.Plans != want {
		t.Errorf("of the plans %+v are kept, want %+v", s.Plans, want)
	}
}

func TestNoteThatWasHandedBackCountsInTheMonthOfItsEnd(t *testing.T) {
	back := func(ended string) report.Case {
		n := note(t, "2026-01-28")
		n.Status, n.Ended = ledger.StatusDischarged, day(t, ended)
		return report.Case{Note: n, Opened: day(t, "2026-01-02"), Closed: n.Ended}
	}
	figures := months("2026-05", "2026-06")
	count(t, figures, back("2026-05-31"), back("2026-06-01"), back("2026-06-14"), back("2026-04-30"))
	if may, june := figures["2026-05"].Counts[report.Returned], figures["2026-06"].Counts[report.Returned]; may != 1 || june != 2 {
		t.Errorf("%d came back in May and %d in June, want 1 and 2", may, june)
	}
}

func TestSoldCreditsAreAddedByHalfYearAndBuyer(t *testing.T) {
	sold := func(by ledger.PartyID, on string) report.Case {
		n := note(t, "2026-01-28")
		n.Endorsements = []ledger.Endorsement{{Seq: 4, From: by, To: buyer, On: day(t, on)}}
		paid(t, n, "2026-06-01", 1_000_00)
		return report.Case{Note: n, Opened: day(t, "2026-01-02"), Closed: day(t, on), Holder: buyer}
	}
	figures := months("2025-12", "2026-01", "2026-06")
	count(t, figures, sold(us, "2025-12-31"), sold(us, "2026-01-01"), sold(us, "2026-06-02"), sold(lender, "2026-06-02"), sold(us, "2025-11-30"))
	got := report.SoldInHalves([]report.Figures{*figures["2025-12"], *figures["2026-01"], *figures["2026-06"]})
	one := report.Sold{Buyer: buyer, Consumer: true, Currency: "SEK"}
	first, second := one, one
	first.Half, first.Credits, first.Capital = "2026 H1", 2, 12_000_00+11_000_00 // before and after the payment
	second.Half, second.Credits, second.Capital = "2025 H2", 1, 12_000_00
	if want := []report.Sold{first, second}; !reflect.DeepEqual(got, want) {
		t.Errorf("what was sold is %+v, want %+v", got, want)
	}
}
