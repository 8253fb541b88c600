package letter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Element is something that a letter must say, or that must be true before it is sent.
type Element struct {
	ID     string
	Source string // the paragraph that asks for it, or "skuld" for our own promise
	Kinds  []Kind
	has    func(*Facts) bool
}

// The shortest time to pay or to object that a letter may set, in days from its own.
// The law says "reasonable" (1974:182 par. 5); eight days, and two more for the post,
// are what the supervisor has taken for the least.
const (
	DemandDays   = 10
	ReminderDays = 5
)

var everyKind = Kinds()

// aboutMoney are the letters that say what is owed.
var aboutMoney = []Kind{Reminder, Demand, TransferNotice}

// elements is the one table of what letters must have.
var elements = []Element{
	{"language", "skuld", everyKind, func(f *Facts) bool { return slices.Contains(ledger.Languages(), f.Language) }},
	{"date", "skuld", everyKind, func(f *Facts) bool { return !f.On.IsZero() }},
	{"name", "skuld", everyKind, func(f *Facts) bool { return f.To.Name != "" }},
	{"sender", "1974:182 par. 4", everyKind, func(f *Facts) bool { return f.From.Name != "" }},
	{"human", "skuld", everyKind, func(f *Facts) bool { return f.Human.Name != "" && f.Human.Phone != "" && f.Human.Hours != "" }},
	{"link", "skuld", everyKind, func(f *Facts) bool { return f.Link != "" && len(f.Link) <= maxLink }},

	{"creditor", "1974:182 par. 5 p. 1", aboutMoney, func(f *Facts) bool { return f.Creditor.Name != "" }},
	{"basis", "1974:182 par. 5 p. 2", aboutMoney, func(f *Facts) bool { return f.Note != "" && f.Lender != "" && !f.AgreedOn.IsZero() }},
	{"split", "1974:182 par. 5 p. 3", aboutMoney, func(f *Facts) bool { total, err := f.Owed.Total(); return err == nil && total > 0 && f.Currency != "" }},
	{"interest", "1974:182 par. 5 p. 4", []Kind{Reminder, Demand}, (*Facts).interestExplained},
	{"assignment", "1974:182 par. 5", []Kind{Reminder, Demand}, func(f *Facts) bool { return f.Assigned == nil || f.Assigned.complete() }},
	{"pay_by", "1974:182 par. 5 p. 5", []Kind{Reminder, Demand}, func(f *Facts) bool { return !f.PayBy.IsZero() }},
	{"time", "1974:182 par. 5 p. 5", []Kind{Demand}, func(f *Facts) bool { return !f.PayBy.Before(f.On.AddDays(DemandDays)) }},
	{"time", "skuld", []Kind{Reminder}, func(f *Facts) bool { return !f.PayBy.Before(f.On.AddDays(ReminderDays)) }},
	{"payment", "1974:182 par. 5 p. 5", []Kind{Reminder, Demand, TransferNotice}, func(f *Facts) bool { return f.Account != "" && f.Reference != "" }},
	{"late", "1981:739 par. 2", []Kind{Reminder, Demand}, func(f *Facts) bool { return f.Overdue > 0 && !f.DueOn.IsZero() && f.DueOn.Before(f.On) }},
	{"gate", "1936:81 par. 3", []Kind{Reminder, Demand}, func(f *Facts) bool { return f.GateOpen }},
	{"collectable", "1974:182 par. 8", []Kind{Reminder, Demand}, func(f *Facts) bool { return f.Collectable }},

	{"transfer", "2023:714 ch. 4 par. 3 p. 1", []Kind{TransferNotice}, func(f *Facts) bool { return f.Assigned != nil && f.Assigned.complete() }},
	{"buyer", "2023:714 ch. 4 par. 3 p. 2", []Kind{TransferNotice}, func(f *Facts) bool { return f.Creditor.Name != "" && f.Creditor.reachable() }},
	{"servicer", "2023:714 ch. 4 par. 3 p. 3", []Kind{TransferNotice}, func(f *Facts) bool { return f.From.reachable() && f.From.Licence != "" }},
	{"law", "2023:714 ch. 4 par. 3 p. 6", []Kind{TransferNotice}, func(*Facts) bool { return true }}, // a sentence that is always there
	{"authority", "2023:714 ch. 4 par. 3 p. 7", []Kind{TransferNotice, Demand}, func(f *Facts) bool { return f.Authority != "" }},

	{"plan", "skuld", []Kind{PlanOffer}, func(f *Facts) bool {
		return f.Plan != nil && f.Plan.Instalments > 0 && f.Plan.Each > 0 && !f.Plan.First.IsZero() && !f.Plan.Last.Before(f.Plan.First) && f.Currency != ""
	}},
	{"code", "skuld", []Kind{Contact}, func(f *Facts) bool { return f.Code != "" }},
	{"words", "skuld", []Kind{Correction, Answer}, func(f *Facts) bool { return strings.TrimSpace(f.Words) != "" }},
}

// maxLink is the length in bytes of a link that a telephone reads from a QR code on paper.
const maxLink = 300

// Elements lists what a kind of letter must have.
func Elements(k Kind) []Element {
	var all []Element
	for _, e := range elements {
		if slices.Contains(e.Kinds, k) {
			all = append(all, e)
		}
	}
	return all
}

// MissingError says what a letter lacks. It is not to be sent.
type MissingError struct {
	Kind     Kind
	Elements []Element
}

func (e *MissingError) Error() string {
	var all []string
	for _, m := range e.Elements {
		all = append(all, m.ID+" ("+m.Source+")")
	}
	return fmt.Sprintf("writing a letter of the kind %s: it lacks %s", e.Kind, strings.Join(all, ", "))
}

// Check says what a letter lacks (*MissingError); nil where it can be written.
func Check(k Kind, f *Facts) error {
	if !slices.Contains(everyKind, k) {
		return fmt.Errorf("writing a letter: there is no kind %q", k)
	}
	var missing []Element
	for _, e := range Elements(k) {
		if !e.has(f) {
			missing = append(missing, e)
		}
	}
	if len(missing) > 0 {
		return &MissingError{Kind: k, Elements: missing}
	}
	return nil
}

// interestExplained says that all interest that is owed is explained: by the lines
// since the last count, and by what was counted before.
func (f *Facts) interestExplained() bool {
	var micro int64
	for _, l := range f.Lines {
		if l.From.IsZero() || l.To.IsZero() || l.Base <= 0 {
			return false
		}
		micro += l.Micro
	}
	explained := finance.RoundMicro(micro) + f.Counted.Interest + f.Counted.LateInterest
	// Each of the two kinds is rounded on its own, and so may the counts before be.
	difference := f.Owed.Interest + f.Owed.LateInterest - explained
	return difference >= -maxRounding && difference <= maxRounding
}

// maxRounding is how many minor units the sum of interest can differ from the sum of
// its lines, since each kind of it is rounded by itself.
const maxRounding = 2

func (a *Assignment) complete() bool { return a.From != "" && !a.On.IsZero() }

func (c *Company) reachable() bool { return c.Address != "" && c.Phone != "" }
