package facts_test

import (
	"slices"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/web/facts"
	"github.com/skuld-registry/skuld/api/web/picture"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

const (
	lender   = ledger.PartyID("plender")
	buyer    = ledger.PartyID("pbuyer")
	borrower = ledger.PartyID("pborrower")
)

func day(t *testing.T, text string) finance.Date {
	t.Helper()
	d, err := finance.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// note is a debt of 1200 kronor without interest, to be paid in a year.
func note(t *testing.T) *ledger.Note {
	t.Helper()
	agreed := day(t, "2026-01-01")
	return &ledger.Note{
		ID: "nnote", Seq: 2, Status: ledger.StatusActive, Book: "bbook", Lender: lender,
		Borrowers: []ledger.Borrower{{Party: borrower, AcceptedAt: time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)}},
		Terms: ledger.Terms{
			Kind: ledger.Simple, Jurisdiction: finance.Sweden, AgreedOn: agreed, InterestFrom: agreed, DayCount: finance.Thirty360,
			Principal: finance.Money{Amount: 1200_00, Currency: "SEK"},
			Schedule:  ledger.Schedule{Kind: finance.StraightLine, Instalments: 12, FirstDue: day(t, "2026-02-02")},
		},
		Balance:  ledger.Balance{Principal: 1200_00, AccruedTo: agreed},
		Notified: ledger.Notified{Holder: lender, On: agreed},
	}
}

func TestSituationPutsWhatStopsADemandBeforeTheDemand(t *testing.T) {
	objection := []ledger.Dispute{{Seq: 3, By: borrower, Text: "wrong"}}
	for _, c := range []struct {
		name   string
		change func(*ledger.Note)
		today  string
		holder ledger.PartyID
		late   bool // the offer's time is over
		want   facts.Situation
	}{
		{"before the first payment", nil, "2026-01-15", lender, false, facts.Running},
		{"on the last day to pay", nil, "2026-02-02", lender, false, facts.Running},
		{"the day after", nil, "2026-02-03", lender, false, facts.Overdue},
		{"late and not told", nil, "2026-02-03", buyer, false, facts.Unnotified},
		{"late, not told and disputed", func(n *ledger.Note) { n.Disputes = objection }, "2026-02-03", buyer, false, facts.Disputed},
		{"claimed and not answered", func(n *ledger.Note) {
			n.Claims = []ledger.Claim{{Seq: 3, By: borrower, AnswerBy: n.Terms.AgreedOn}}
		}, "2026-02-03", lender, false, facts.Disputed},
		{"claimed, and there is time to answer", func(n *ledger.Note) {
			n.Claims = []ledger.Claim{{Seq: 3, By: borrower, AnswerBy: n.Terms.AgreedOn.AddDays(90)}}
		}, "2026-01-15", lender, false, facts.Running},
		{"frozen and disputed", func(n *ledger.Note) {
			n.Status, n.Freeze, n.Disputes = ledger.StatusFrozen, &ledger.Freeze{Authority: "pauthority"}, objection
		}, "2026-02-03", lender, false, facts.Frozen},
		{"too old to claim", nil, "2046-01-01", lender, false, facts.Barred},
		{"offered", func(n *ledger.Note) { n.Status, n.Borrowers[0].AcceptedAt = ledger.StatusOffered, time.Time{} }, "2026-01-15", lender, false, facts.Waiting},
		{"offered and signed", func(n *ledger.Note) { n.Status = ledger.StatusOffered }, "2026-01-15", lender, false, facts.Signed},
		{"offered too long ago", func(n *ledger.Note) { n.Status = ledger.StatusOffered }, "2026-01-15", lender, true, facts.Expired},
		{"paid", func(n *ledger.Note) { n.Status, n.Book = ledger.StatusDischarged, "" }, "2026-01-15", "", false, facts.Discharged},
		{"void", func(n *ledger.Note) { n.Status = ledger.StatusVoid }, "2026-01-15", lender, false, facts.Void},
		{"erased", func(n *ledger.Note) { *n = ledger.Note{ID: n.ID, Status: ledger.StatusErased} }, "2026-01-15", "", false, facts.Erased},
	} {
		n := note(t)
		if c.change != nil {
			c.change(n)
		}
		f, err := facts.Of(n, facts.Reader{Borrower: borrower, Holder: c.holder, Today: day(t, c.today), Offered: !c.late})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if f.Situation != c.want {
			t.Errorf("%s: it is %s, want %s", c.name, f.Situation, c.want)
		}
		if demands := f.Situation == facts.Running || f.Situation == facts.Overdue; f.Demandable != demands {
			t.Errorf("%s: something is asked for: %t", c.name, f.Demandable)
		}
		if !slices.Contains(facts.Situations(), f.Situation) {
			t.Errorf("%s: %s is in no list", c.name, f.Situation)
		}
	}
}

func states(rows []facts.Row) (all []picture.State) {
	for _, s := range facts.Steps(rows) {
		all = append(all, s.State)
	}
	return all
}

func TestPaymentsCoverThePlanInItsOrder(t *testing.T) {
	n := note(t)
	n.Balance.PaidPrincipal, n.Balance.Principal = 250_00, 950_00
	f, err := facts.Of(n, facts.Reader{Borrower: borrower, Holder: lender, Today: day(t, "2026-04-15"), Offered: true})
	if err != nil {
		t.Fatal(err)
	}
	want := []picture.State{picture.Paid, picture.Paid, picture.Late, picture.Next, picture.Coming}
	if got := states(f.Rows)[:5]; !slices.Equal(got, want) {
		t.Errorf("the rows are %v, want %v", got, want)
	}
	if f.Rows[2].Paid != 50_00 || facts.PaidRows(f.Rows) != 2 || f.Rows[0].Left != 1200_00 || f.Rows[11].Left != 100_00 {
		t.Errorf("the rows are %+v", f.Rows)
	}
	if f.Late() != 50_00 {
		t.Errorf("late is %d", f.Late())
	}
}

func TestNobodyIsLateWhileNothingMayBeDemanded(t *testing.T) {
	f, err := facts.Of(note(t), facts.Reader{Borrower: borrower, Holder: buyer, Today: day(t, "2026-06-15"), Offered: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range states(f.Rows) {
		if s != picture.Coming {
			t.Fatalf("a row is %s", s)
		}
	}
}

func TestWhoAsksIsTheServicerBeforeThePledgeeBeforeTheHolder(t *testing.T) {
	n := note(t)
	asks := func() ledger.PartyID {
		f, err := facts.Of(n, facts.Reader{Borrower: borrower, Holder: lender, Today: day(t, "2026-01-15"), Offered: true})
		if err != nil {
			t.Fatal(err)
		}
		return f.Asks
	}
	if got := asks(); got != lender {
		t.Errorf("%s asks", got)
	}
	n.Pledge = &ledger.Pledge{Pledgee: "pbank"}
	if got := asks(); got != "pbank" {
		t.Errorf("%s asks for the pledgee", got)
	}
	n.Mandate = &ledger.Mandate{Servicer: "pcollector"}
	if got := asks(); got != "pcollector" {
		t.Errorf("%s asks for the servicer", got)
	}
}
