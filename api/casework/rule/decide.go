package rule

import (
	"slices"
	"strconv"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Outcome says what a rule decided.
type Outcome string

// The outcomes.
const (
	Act     Outcome = "act"     // it is done
	Propose Outcome = "propose" // a person decides whether it is done
	Stopped Outcome = "stopped" // it would be time, but something stands against it
	Nothing Outcome = "nothing" // there is nothing for it to do
)

// Decision is what a rule decided of some facts.
type Decision struct {
	Rule    Ref     `json:"rule"`
	Kind    Kind    `json:"kind"`
	About   string  `json:"about,omitempty"` // see Facts.About
	Outcome Outcome `json:"outcome"`
	// Why says what led to it, in the order in which the rule looked.
	Why []Saying `json:"why"`
	// Fee is what is charged, where that is what the rule does.
	Fee finance.Amount `json:"fee,omitempty"`
	// PayBy is the last day to pay or object that a letter is to name.
	PayBy finance.Date `json:"pay_by,omitzero"`
}

// Effect says in words what follows when the decision is carried out.
func (d *Decision) Effect(currency finance.Currency) Saying {
	return Say("rule.effect."+string(d.Kind), "fee", finance.Money{Amount: d.Fee, Currency: currency}.String(), "pay_by", orNone(d.PayBy.String()))
}

// Decide says what a rule does of given facts. It acts only where it is for such a
// note, the time has come, nothing stands against it, it is of a kind that may act
// by itself, somebody answers for it, nobody has stopped it, and the day of its
// review has not passed. The same rule and facts always give the same decision.
func Decide(r *Rule, f *Facts) Decision {
	d := Decision{Rule: r.Ref(), Kind: r.Kind, About: f.About(), Outcome: Nothing}
	k, known := kinds[r.Kind]
	switch {
	case !known || r.Ended || f.Jurisdiction != r.Jurisdiction || f.Currency != r.Currency:
		return d
	case f.Status != ledger.StatusActive || !f.Ours:
		return d
	}
	due, why := k.due(r, f)
	d.Why = why
	if !due {
		return d
	}
	d.Fee, d.PayBy = r.fee(f), r.payBy(f)
	if against := against(&k, f); len(against) > 0 {
		d.Outcome, d.Why = Stopped, append(d.Why, against...)
		return d
	}
	d.Outcome = Act
	if doubts := doubts(r, &k, f); len(doubts) > 0 {
		d.Outcome, d.Why = Propose, append(d.Why, doubts...)
	}
	return d
}

// against lists what stands against doing anything on a note by itself.
func against(k *kindRow, f *Facts) []Saying {
	all := f.against(k)
	for _, h := range f.Holds {
		if h.Until.IsZero() {
			all = append(all, Say("rule.hold."+string(h.Kind)))
		} else if !h.Until.Before(f.On) {
			all = append(all, Say("rule.hold."+string(h.Kind)), Say("rule.until", "until", h.Until.String()))
		}
	}
	return all
}

// Against lists what on the note itself stands against demanding anything, as holds do
// beside it.
func (f *Facts) Against() []Saying { return f.against(&kindRow{}) }

func (f *Facts) against(k *kindRow) []Saying {
	var all []Saying
	for _, r := range f.Reasons {
		if slices.Contains(stopping, r) || slices.Contains(k.also, r) {
			all = append(all, Say("rule.against."+string(r)))
		}
	}
	_, talked := f.earlier(BrokenPlan)
	switch {
	case k.inPlan:
	case f.PlanRunning:
		all = append(all, Say("rule.against."+string(ledger.ReasonPlan)))
	case !f.PlanBroken.IsZero() && !talked:
		all = append(all, Say("rule.against.plan-broken"))
	}
	return all
}

// doubts lists why a person is to decide.
func doubts(r *Rule, k *kindRow, f *Facts) []Saying {
	var all []Saying
	if k.proposes {
		all = append(all, Say("rule.doubt.person"))
	}
	if r.Owner.Name == "" {
		all = append(all, Say("rule.doubt.owner"))
	}
	if r.Review.Before(f.On) {
		all = append(all, Say("rule.doubt.review", "review", r.Review.String()))
	}
	if f.Stop != nil && (f.Stop.Until.IsZero() || !f.Stop.Until.Before(f.On)) {
		all = append(all, Say("rule.doubt.stopped"))
	}
	return all
}

// fee gives what a rule charges: never more than was agreed, nor than the law allows.
func (r *Rule) fee(f *Facts) finance.Amount {
	switch r.Kind {
	case ReminderFee:
		return min(r.amount(fee), f.ReminderFee)
	case DemandFee:
		return r.amount(fee)
	}
	return 0
}

// payBy gives the last day that a letter of today gives.
func (r *Rule) payBy(f *Facts) finance.Date {
	if p, there := r.Params[payDays]; there {
		return f.On.AddDays(int(p.Value))
	}
	return finance.Date{}
}

// The functions below say for each kind whether it is time.

// late says that something is overdue, for whom it was not so before.
func late(f *Facts) (bool, []Saying) {
	if f.OldestDue.IsZero() || f.DaysPastDue <= 0 || f.Overdue <= 0 {
		return false, []Saying{Say("rule.why.nothing-overdue")}
	}
	return true, []Saying{
		Say("rule.why.overdue", "amount", f.money(f.Overdue), "due", f.OldestDue.String()),
		Count("rule.why.days-late", f.DaysPastDue),
	}
}

// lateOnce is late for what is done once about an instalment.
func lateOnce(k Kind, f *Facts) (bool, []Saying) {
	is, why := late(f)
	if !is {
		return false, why
	}
	if e, done := f.earlier(k); done {
		key := "rule.why.done"
		if e.Settled {
			key = "rule.why.settled"
		}
		return false, append(why, Say(key, "on", e.On.String()))
	}
	return true, why
}

// atLeast says whether an amount is large enough for the rule.
func (r *Rule) atLeast(a finance.Amount, f *Facts, why []Saying) (bool, []Saying) {
	if limit := r.amount(least); a < limit {
		return false, append(why, Say("rule.why.small", "least", f.money(limit)))
	}
	return true, why
}

// waited says whether so many days have passed as the rule waits.
func (r *Rule) waited(days int, why []Saying) (bool, []Saying) {
	wait := r.days(afterDays)
	if days < wait {
		return false, append(why, Count("rule.why.early", wait))
	}
	return true, append(why, Count("rule.why.waited", wait))
}

func reminderDue(r *Rule, f *Facts) (bool, []Saying) {
	is, why := lateOnce(Reminder, f)
	if !is {
		return false, why
	}
	if _, done := f.earlier(Demand); done {
		return false, append(why, Say("rule.why.demanded-already"))
	}
	if is, why = r.atLeast(f.Overdue, f, why); !is {
		return false, why
	}
	return r.waited(f.DaysPastDue, why)
}

// reminderFeeDue follows 1981:739 par. 2: only for a written reminder that was sent,
// and only where it was agreed when the debt arose.
func reminderFeeDue(r *Rule, f *Facts) (bool, []Saying) {
	is, why := lateOnce(ReminderFee, f)
	if !is {
		return false, why
	}
	if is, why = followsLetter(Reminder, f, why); !is {
		return false, why
	}
	if f.ReminderFee <= 0 || r.fee(f) <= 0 {
		return false, append(why, Say("rule.why.fee-not-agreed"))
	}
	return true, append(why, Say("rule.why.fee-agreed", "fee", f.money(f.ReminderFee)))
}

func demandFeeDue(r *Rule, f *Facts) (bool, []Saying) {
	is, why := lateOnce(DemandFee, f)
	if !is {
		return false, why
	}
	if is, why = followsLetter(Demand, f, why); !is {
		return false, why
	}
	return r.fee(f) > 0, append(why, Say("rule.why.fee-by-law", "fee", f.money(r.amount(fee))))
}

// followsLetter says whether the letter was sent whose fee is to be charged.
func followsLetter(letter Kind, f *Facts, why []Saying) (bool, []Saying) {
	e, sent := f.earlier(letter)
	if !sent || e.Settled {
		return false, append(why, Say("rule.why.no-"+string(letter)))
	}
	return true, append(why, Say("rule.why."+string(letter)+"-sent", "on", e.On.String()))
}

// demandDue waits until a reminder has had its time: what it said to be the last day
// has passed, and as many days as the rule waits.
func demandDue(r *Rule, f *Facts) (bool, []Saying) {
	is, why := lateOnce(Demand, f)
	if !is {
		return false, why
	}
	if is, why = followsLetter(Reminder, f, why); !is {
		return false, why
	}
	reminder, _ := f.earlier(Reminder)
	if !reminder.PayBy.Before(f.On) {
		return false, append(why, Say("rule.why.time-to-pay", "pay_by", reminder.PayBy.String()))
	}
	if is, why = r.atLeast(f.Overdue, f, why); !is {
		return false, why
	}
	return r.waited(reminder.On.DaysTo(f.On), why)
}

func lateInterestDue(r *Rule, f *Facts) (bool, []Saying) {
	is, why := lateOnce(LateInterest, f)
	if !is {
		return false, why
	}
	if f.LateInterest <= 0 {
		return false, append(why, Say("rule.why.no-late-interest"))
	}
	why = append(why, Say("rule.why.late-interest", "amount", f.money(f.LateInterest)))
	return r.atLeast(f.LateInterest, f, why)
}

// accelerationDue follows 2010:1846 par. 33: more than a month late with more than
// some percent of the claim, and a demand that has had its time.
func accelerationDue(r *Rule, f *Facts) (bool, []Saying) {
	is, why := lateOnce(Acceleration, f)
	if !is {
		return false, why
	}
	if f.Accelerated {
		return false, append(why, Say("rule.why.accelerated"))
	}
	percent := r.Params[share].Value
	if int64(f.Overdue)*100 <= int64(f.Total)*percent {
		return false, append(why, Say("rule.why.share-small", "percent", strconv.FormatInt(percent, 10)))
	}
	why = append(why, Say("rule.why.share", "percent", strconv.FormatInt(percent, 10)))
	if is, why = followsLetter(Demand, f, why); !is {
		return false, why
	}
	if demand, _ := f.earlier(Demand); !demand.PayBy.Before(f.On) {
		return false, append(why, Say("rule.why.time-to-pay", "pay_by", demand.PayBy.String()))
	}
	return r.waited(f.DaysPastDue-1, why)
}

func brokenPlanDue(r *Rule, f *Facts) (bool, []Saying) {
	if f.PlanBroken.IsZero() {
		return false, []Saying{Say("rule.why.no-broken-plan")}
	}
	is, why := lateOnce(BrokenPlan, f)
	if !is {
		return false, why
	}
	return r.waited(f.DaysPastDue, append(why, Say("rule.why.broken-plan", "on", f.PlanBroken.String())))
}

// priorityDue finds those with whom nobody has talked: letters alone solve little.
func priorityDue(r *Rule, f *Facts) (bool, []Saying) {
	is, why := lateOnce(Priority, f)
	if !is {
		return false, why
	}
	quiet := r.days(quietDays)
	if !f.LastContact.IsZero() && f.LastContact.DaysTo(f.On) < quiet {
		return false, append(why, Say("rule.why.talked", "on", f.LastContact.String()))
	}
	return r.waited(f.DaysPastDue, append(why, Count("rule.why.quiet", quiet)))
}
