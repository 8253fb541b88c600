package finance

// CostCap is the most that a credit may cost its debtor in all: interest, late
// interest and every fee, over the whole life of the debt and whoever holds it.
type CostCap struct {
	Limit  Amount
	Rule   string
	Source string
}

// CostCapFacts is what decides whether the costs of a credit are capped.
type CostCapFacts struct {
	Jurisdiction Jurisdiction
	AgreedOn     Date
	Consumer     bool
	Housing      bool
	Principal    Amount
}

// CapOfCosts gives the cap that binds a credit, and false where none does.
func CapOfCosts(f CostCapFacts) (CostCap, bool) {
	rule, ok := ruleFor(MeasureTotalCost, circumstances{jurisdiction: f.Jurisdiction, consumer: f.Consumer, housing: f.Housing}, f.AgreedOn)
	return CostCap{Limit: f.Principal, Rule: rule.ID, Source: rule.Source}, ok
}

// Room is what may still be charged of interest until a cap is reached.
type Room struct {
	// Micro is the room in millionths of a minor unit; less than 0 counts as 0.
	Micro int64
	// Rule and Source say which cap it is.
	Rule   string
	Source string
}

// Halt is a time in which interest does not run, and why.
type Halt struct {
	// From is its first day, and Until its last; no date means for good.
	From, Until Date
	Rule        string
	Source      string
}

// covers says whether interest halts on a day.
func (h Halt) covers(day Date) bool {
	return !h.From.IsZero() && !day.Before(h.From) && (h.Until.IsZero() || !day.After(h.Until))
}

// next gives the day after a day on which it changes whether interest halts; no
// date where it does not any more.
func (h Halt) next(day Date) Date {
	switch {
	case h.From.IsZero():
		return Date{}
	case day.Before(h.From):
		return h.From
	case h.covers(day) && !h.Until.IsZero():
		return h.Until.AddDays(1)
	}
	return Date{}
}

// withinRoom cuts an accrual off where the room that is left is used up: the days
// before that in full, and of the day itself what there is room for, nominal
// interest first. The sums are the same however the time is cut, since the day
// follows from what accrued before it.
func (a *accruer) withinRoom(whole Accrual) (Accrual, error) {
	room := a.in.Room
	if room == nil || whole.InterestMicro+whole.LateMicro <= max(0, room.Micro) {
		return whole, nil
	}
	left := max(0, room.Micro)
	// The first day that does not fit lies from low, up to which all fits, to
	// high, up to which it does not: the search takes as many steps as the number
	// of days has binary digits.
	low, high := a.in.From, a.in.To
	fits, over := Accrual{}, whole
	for days := low.DaysTo(high); days > 1; days = low.DaysTo(high) {
		middle := low.AddDays(days / 2)
		part, err := a.until(middle)
		if err != nil {
			return Accrual{}, err
		}
		if part.InterestMicro+part.LateMicro <= left {
			low, fits = middle, part
		} else {
			high, over = middle, part
		}
	}
	left -= fits.InterestMicro + fits.LateMicro
	nominal := min(left, over.InterestMicro-fits.InterestMicro)
	fits.addWithoutRate(Line{Kind: Interest, From: low, To: a.in.To, Micro: nominal, Rule: room.Rule, Source: room.Source})
	if late := min(left-nominal, over.LateMicro-fits.LateMicro); late > 0 {
		fits.addWithoutRate(Line{Kind: LateInterest, From: low, To: high, Micro: late, Rule: room.Rule, Source: room.Source})
	}
	return fits, nil
}

// addWithoutRate appends a line of which something else than a rate says how much
// it is.
func (a *Accrual) addWithoutRate(l Line) {
	l.Days = l.From.DaysTo(l.To)
	if l.Kind == LateInterest {
		a.LateMicro += l.Micro
	} else {
		a.InterestMicro += l.Micro
	}
	a.Lines = append(a.Lines, l)
}
