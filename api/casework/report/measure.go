package report

// Name names what is measured.
type Name string

// What is measured.
const (
	Content    Name = "content"    // what persons said of contacts
	Named      Name = "named"      // calls of persons that a named person answered, or made
	Calls      Name = "calls"      // call-backs that were made by the time that was promised
	Promises   Name = "promises"   // promised payments that came
	Plans      Name = "plans"      // plans that are kept
	Disputes   Name = "disputes"   // objections that were answered in time
	Complaints Name = "complaints" // complaints that were answered in time
	Signing    Name = "signing"    // from the offer to the last signature, in hours
	Booking    Name = "booking"    // from the bank's booking to the annotation, in days
	Old        Name = "old"        // of what is owed, what is late for more than 90 days
	Returned   Name = "returned"   // notes that were handed back
	Received   Name = "received"   // complaints that came
)

// Unit is what a measure is counted in.
type Unit string

// The units.
const (
	Percent Unit = "percent"
	Index   Unit = "index" // 0 to 100, from scores of 1 to 10
	Hours   Unit = "hours"
	Days    Unit = "days"
	Number  Unit = "number"
)

// Measure is one thing that is measured, with what is wanted of it.
type Measure struct {
	Name   Name
	Unit   Unit
	Target int  // 0 where there is none
	Less   bool // less is better
}

// Measures lists what is measured, in the order in which it is shown.
func Measures() []Measure {
	return []Measure{
		{Name: Content, Unit: Index, Target: 75},
		{Name: Named, Unit: Percent, Target: 90},
		{Name: Calls, Unit: Percent, Target: 95},
		{Name: Complaints, Unit: Percent, Target: 100},
		{Name: Disputes, Unit: Percent, Target: 95},
		{Name: Promises, Unit: Percent, Target: 75},
		{Name: Plans, Unit: Percent, Target: 85},
		{Name: Signing, Unit: Hours, Target: 48, Less: true},
		{Name: Booking, Unit: Days, Target: 1, Less: true},
		{Name: Old, Unit: Percent, Target: 20, Less: true},
		{Name: Returned, Unit: Number},
		{Name: Received, Unit: Number, Less: true},
	}
}

// Met says whether a value is what is wanted.
func (m Measure) Met(value int) bool {
	if m.Less {
		return value <= m.Target
	}
	return value >= m.Target
}

// Point is a measure in one month.
type Point struct {
	Month Month
	Has   bool // something was measured
	Value int  // in the measure's unit; of times the median
	Of    int  // how many it rests on
	Slow  int  // of times, that within which nine of ten lie
}

// Series gives the measure month by month.
func (m Measure) Series(all []Figures) []Point {
	points := make([]Point, len(all))
	for i := range all {
		points[i] = m.point(&all[i])
		points[i].Month = all[i].Month
	}
	return points
}

func (m Measure) point(f *Figures) Point {
	switch m.Unit {
	case Hours, Days:
		s := f.Times[m.Name]
		return Point{Has: s.Count() > 0, Value: s.Quantile(50), Slow: s.Quantile(90), Of: s.Count()}
	case Number:
		n, counted := f.Counts[m.Name]
		return Point{Has: counted, Value: n, Of: n}
	case Index:
		if f.Answers == nil || f.Answers.All.Answers == 0 {
			return Point{}
		}
		return Point{Has: true, Value: f.Answers.All.Index(), Of: f.Answers.All.Answers}
	}
	s := f.share(m.Name)
	return Point{Has: s.Whole > 0, Value: s.Percent(), Of: s.Whole}
}

// share gives a share of the month; those of the debts as they stood are no team's.
func (f *Figures) share(name Name) Share {
	switch {
	case name != Plans && name != Old:
		return Total(f.Shares[name])
	case f.Standing == nil:
		return Share{}
	case name == Plans:
		return f.Standing.Plans
	}
	return f.Standing.old()
}

// Trend says how the last month that was measured differs from the one measured before
// it: above 0 where it is better, below where it is worse. known is false where there
// are no two.
func (m Measure) Trend(points []Point) (change int, known bool) {
	var last []int
	for i := len(points) - 1; i >= 0 && len(last) < 2; i-- {
		if points[i].Has {
			last = append(last, points[i].Value)
		}
	}
	if len(last) < 2 {
		return 0, false
	}
	if change = last[0] - last[1]; m.Less {
		change = -change
	}
	return change, true
}

// Teams adds the shares of each team in some months, in the order of their names.
func (m Measure) Teams(all []Figures) []TeamShare {
	sum := map[string]Share{}
	for i := range all {
		for _, s := range all[i].Shares[m.Name] {
			sum[s.Team] = sum[s.Team].Plus(s.Share)
		}
	}
	return sortedTeams(sum)
}
