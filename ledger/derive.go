package ledger

import (
	"slices"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// Summary is what follows from a note and a date. None of it is stored.
type Summary struct {
	AsOf        finance.Date `json:"as_of"`
	Holder      PartyID      `json:"holder,omitempty"`
	Controllers []PartyID    `json:"controllers,omitempty"`
	Servicer    PartyID      `json:"servicer,omitempty"`
	// GateOpen says that the borrower has been told of the holder. While it is
	// closed nothing may be demanded and no late interest runs.
	GateOpen bool `json:"gate_open"`
	// Collectable says that payment may be demanded: the note is active, the
	// gate is open, no dispute is open, the claim is not barred, and no authority
	// has relieved the borrower. A claim of payment that nobody answered in time is
	// a dispute.
	Collectable bool          `json:"collectable"`
	Reasons     []Reason      `json:"reasons,omitempty"` // why it is not, and what else decides what is owed
	Owed        finance.Owed  `json:"owed"`
	Total       finance.Money `json:"total"`
	// Costs is what the credit has cost so far, where the law caps that.
	Costs *CostMeter `json:"costs,omitempty"`
	// Lines explain the interest since the last count; Missing names the rates
	// without which late interest was not charged.
	Lines   []finance.Line             `json:"lines,omitempty"`
	Missing []finance.MissingRateError `json:"missing,omitempty"`
	Arrears finance.Arrears            `json:"arrears"`
	Next    *finance.Instalment        `json:"next,omitempty"` // the next one that is not covered by what was paid
	// NextLeft is what is left of Next to pay, in minor units: less than its total
	// where some of it was paid ahead, and never more than is owed in all.
	NextLeft   finance.Amount `json:"next_left,omitempty"`
	FreeOfDebt finance.Date   `json:"free_of_debt,omitzero"`
	// BarredAfter is the last day on which the claim can be made (1981:130).
	BarredAfter finance.Date `json:"barred_after,omitzero"`
	// Interrupted is what limitation runs from.
	Interrupted Interrupted `json:"interrupted,omitzero"`
	// Bucket is how long something has been late.
	Bucket Bucket `json:"bucket,omitempty"`
	// Phase is how the debt is paid back just now.
	Phase Phase `json:"phase,omitzero"`
	// Cure is what keeps the schedule, where all is to fall due ahead of it.
	Cure *CureOffer `json:"cure,omitempty"`
	// Awaited are the borrower's questions that wait for an answer, the one that is
	// due first before the others.
	Awaited []Awaited `json:"awaited,omitempty"`
}

// Summarize derives the facts of a day from a note whose book has this holder.
func Summarize(n *Note, holder PartyID, asOf finance.Date) (Summary, error) {
	s := Summary{AsOf: asOf, Holder: holder, Controllers: Controllers(n, holder), GateOpen: n.gateOpen(holder)}
	s.Total.Currency = n.Terms.Principal.Currency
	if n.Mandate != nil {
		s.Servicer = n.Mandate.Servicer
	}
	// Nothing is owed on an offer: it is a debt from its last acceptance.
	if n.Status != StatusActive && n.Status != StatusFrozen {
		return s, nil
	}
	// The note with its interest counted up to the day; the note itself stays.
	counted := n.clone()
	if err := s.addMoney(counted); err != nil {
		return s, err
	}
	if err := s.addDates(counted); err != nil {
		return s, err
	}
	s.Reasons = n.reasons(holder, asOf, s.BarredAfter)
	if s.Costs != nil && counted.room().Micro == 0 {
		s.Reasons = append(s.Reasons, ReasonCostCap)
	}
	barred := slices.Contains(s.Reasons, ReasonBarred)
	s.Collectable = s.GateOpen && !n.disputed(asOf) && !barred && n.DebtRelief == nil
	return s, nil
}

func (s *Summary) addMoney(n *Note) error {
	accrual, err := n.count(s.Holder, s.AsOf)
	if err != nil {
		return err
	}
	s.Lines, s.Missing = accrual.Lines, accrual.Missing
	s.Owed, s.Costs = n.Owed(), n.costMeter()
	s.Total.Amount, err = s.Owed.Total()
	return err
}

func (s *Summary) addDates(n *Note) error {
	terms, standing := n.current()
	var err error
	if s.Arrears, err = finance.Overdue(terms, standing, n.Balance.AccruedTo); err != nil {
		return err
	}
	if s.FreeOfDebt, err = finance.FreeOfDebt(terms, standing, s.AsOf); err != nil {
		return err
	}
	s.Interrupted = n.interrupted()
	if s.BarredAfter, err = n.barredAfter(); err != nil {
		return err
	}
	s.Bucket = BucketOf(s.Arrears.DaysPastDue)
	if s.Phase, err = n.phaseOn(s.AsOf, s.Arrears); err != nil {
		return err
	}
	if s.Cure, err = n.cureOn(s.AsOf); err != nil {
		return err
	}
	s.Awaited = n.awaited()
	var left finance.Amount
	if s.Next, left, err = nextInstalment(n); err != nil {
		return err
	}
	s.NextLeft = min(left, s.Total.Amount)
	return nil
}

func laterOf(a, b finance.Date) finance.Date {
	if a.Before(b) {
		return b
	}
	return a
}

// Parties lists everybody who is something to the note: who may see it. A
// former holder is not among them (see FormerHolders), but the last one is:
// once the note is handed back nobody holds it, and who handed it back must be
// able to see that it did.
func Parties(n *Note, holder PartyID) []PartyID {
	ids := append([]PartyID{n.Lender, holder}, n.BorrowerIDs()...)
	ids = append(ids, n.lastHolder())
	if n.Pending != nil {
		ids = append(ids, n.Pending.From, n.Pending.To)
	}
	if n.Pledge != nil {
		ids = append(ids, n.Pledge.Pledgee)
	}
	if n.Mandate != nil {
		ids = append(ids, n.Mandate.Servicer)
	}
	if n.Freeze != nil {
		ids = append(ids, n.Freeze.Authority)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return slices.DeleteFunc(ids, func(id PartyID) bool { return id == "" })
}

// FormerHolderDays is how long after the notice of its successor a former
// holder may still see a note, so that it can write on it the payments that the
// borrower made to it in good faith.
const FormerHolderDays = 90

// FormerHolders lists those former holders who may still see the note on a day.
func FormerHolders(n *Note, asOf finance.Date) []PartyID {
	var ids []PartyID
	for _, e := range n.Endorsements {
		if until := FormerUntil(n, e.From); until.IsZero() || !until.Before(asOf) {
			ids = append(ids, e.From)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// FormerUntil gives the last day on which a former holder may see the note; no
// date while the borrower has not been told of its successor.
func FormerUntil(n *Note, former PartyID) finance.Date {
	told := n.successorNotice(former)
	if told.IsZero() {
		return told
	}
	return told.AddDays(FormerHolderDays)
}
