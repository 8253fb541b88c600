package rule

import (
	"slices"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Facts is what a rule looks at: a note on a day, and what the company knows of it.
// It is kept with each decision, so that the same decision follows from it for ever.
type Facts struct {
	On           finance.Date         `json:"on"`
	Jurisdiction finance.Jurisdiction `json:"jurisdiction"`
	Currency     finance.Currency     `json:"currency"`
	Status       ledger.Status        `json:"status"`
	// Ours says that the company may collect the note: it holds it, has it as
	// security, or collects for whoever does.
	Ours         bool            `json:"ours"`
	Reasons      []ledger.Reason `json:"reasons,omitempty"` // why nothing may be demanded, and the like
	Total        finance.Amount  `json:"total"`             // owed in all
	Overdue      finance.Amount  `json:"overdue"`           // of it, what should have been paid
	LateInterest finance.Amount  `json:"late_interest"`     // of Total
	OldestDue    finance.Date    `json:"oldest_due,omitzero"`
	PayBy        finance.Date    `json:"pay_by,omitzero"` // of the instalment that fell due on OldestDue
	DaysPastDue  int             `json:"days_past_due"`
	ReminderFee  finance.Amount  `json:"reminder_fee"`           // that was agreed when the debt arose
	PlanRunning  bool            `json:"plan_running,omitempty"` // a plan is kept, or a pause has not ended
	PlanBroken   finance.Date    `json:"plan_broken,omitzero"`   // since when one is not kept
	Accelerated  bool            `json:"accelerated,omitempty"`  // all falls due
	Earlier      []Earlier       `json:"earlier,omitempty"`
	LastContact  finance.Date    `json:"last_contact,omitzero"` // when somebody last talked with a borrower
	Holds        []Hold          `json:"holds,omitempty"`
	Stop         *Stop           `json:"stop,omitempty"` // of the rule altogether
}

// Earlier is what was done already about the same instalment that is overdue.
type Earlier struct {
	Kind  Kind         `json:"kind"`
	On    finance.Date `json:"on"`
	PayBy finance.Date `json:"pay_by,omitzero"` // what a letter said
	// Settled says that a person decided against it, or undid it: it is not done again.
	Settled bool `json:"settled,omitempty"`
}

// HoldKind says what makes automatic acts pause on a note.
type HoldKind string

// The kinds of hold.
const (
	HoldFlag      HoldKind = "flag"      // a borrower is in a situation that a person looks after
	HoldComplaint HoldKind = "complaint" // one is not answered
	HoldCallback  HoldKind = "callback"  // a call was promised
	HoldPromise   HoldKind = "promise"   // a borrower has said when to pay
	HoldProposal  HoldKind = "proposal"  // another plan is being agreed
	HoldStop      HoldKind = "stop"      // a member of staff has stopped automatic acts
)

// HoldKinds lists all kinds of hold.
func HoldKinds() []HoldKind {
	return []HoldKind{HoldFlag, HoldComplaint, HoldCallback, HoldPromise, HoldProposal, HoldStop}
}

// Hold is why automatic acts pause on a note.
type Hold struct {
	Kind  HoldKind     `json:"kind"`
	Until finance.Date `json:"until,omitzero"` // its last day; no date while nobody ends it
	By    string       `json:"by,omitempty"`   // the member of staff who looks after it
}

// Stop says that a rule was stopped for all notes: it proposes.
type Stop struct {
	By    string       `json:"by"`
	Until finance.Date `json:"until,omitzero"`
}

// FactsOf takes from a note and what follows from it on a day all that a rule looks
// at and the ledger knows. ours is the company's party.
func FactsOf(n *ledger.Note, s *ledger.Summary, ours ledger.PartyID) Facts {
	f := Facts{
		On: s.AsOf, Jurisdiction: n.Terms.Jurisdiction, Currency: n.Terms.Principal.Currency, Status: n.Status,
		Reasons: s.Reasons, Total: s.Total.Amount, LateInterest: s.Owed.LateInterest,
		Overdue:   s.Arrears.Charges + s.Arrears.Principal + s.Arrears.Interest,
		OldestDue: s.Arrears.OldestDue, PayBy: s.Arrears.OldestPayBy, DaysPastDue: s.Arrears.DaysPastDue,
		ReminderFee: n.Terms.Fees.Reminder,
		PlanRunning: s.Phase.Running, PlanBroken: s.Phase.BrokenOn, Accelerated: s.Phase.Kind == ledger.PhaseAccelerated,
	}
	f.Ours = ours != "" && (s.Holder == ours || s.Servicer == ours || n.Pledge != nil && n.Pledge.Pledgee == ours)
	if n.Proposal != nil {
		f.Holds = append(f.Holds, Hold{Kind: HoldProposal})
	}
	return f
}

// About names what decisions on these facts are about: the oldest instalment that is
// overdue. Nothing is done twice about the same.
func (f *Facts) About() string { return f.OldestDue.String() }

// earlier gives what of a kind was done about the instalment, if anything.
func (f *Facts) earlier(k Kind) (Earlier, bool) {
	i := slices.IndexFunc(f.Earlier, func(e Earlier) bool { return e.Kind == k })
	if i < 0 {
		return Earlier{}, false
	}
	return f.Earlier[i], true
}

func (f *Facts) money(a finance.Amount) string {
	return finance.Money{Amount: a, Currency: f.Currency}.String()
}
