// Package picture computes the pictures of the pages: where each bar of a plan
// stands, and the squares of a QR code. The templates draw what it computed.
//
// It must not know a language, a colour or a note: words stand beside a picture
// as text that grows and is read aloud, and the style sheet has the colours.
package picture

import "github.com/skuld-registry/skuld/ledger/finance"

// Limits of a picture of a plan.
const (
	// MaxBars is the most bars of a plan; on a phone of 320 pixels each has five.
	MaxBars = 60
	// Width and Height are those of the picture's own coordinates. The page
	// stretches them to its column.
	Width  = 1200
	Height = 300
	// barPart is how much of its place a bar fills, in hundredths.
	barPart = 78
	// leastBar is the least height of a bar: what is small is still there.
	leastBar = 6

	monthsPerYear = 12
)

// State says what has become of a step of a plan.
type State string

// The states. Each has its own pattern beside its colour.
const (
	Paid   State = "paid"
	Late   State = "late"
	Next   State = "next"
	Coming State = "coming"
)

// Step is one due date of a plan.
type Step struct {
	On    finance.Date
	PayBy finance.Date   // a banking day, which may lie in the month after
	Left  finance.Amount // to pay before this step, the step included
	State State
}

// Frame is the scale of a picture. Two pictures side by side share one.
type Frame struct {
	From, To finance.Date
	// First and Last are the days by which the payments at the ends are to be made.
	First, Last finance.Date
	Most        finance.Amount
}

// FrameOf gives the smallest frame that holds every step of some plans.
func FrameOf(plans ...[]Step) Frame {
	var f Frame
	for _, steps := range plans {
		for _, s := range steps {
			if f.From.IsZero() || s.On.Before(f.From) {
				f.From, f.First = s.On, s.PayBy
			}
			if f.To.Before(s.On) {
				f.To, f.Last = s.On, s.PayBy
			}
			f.Most = max(f.Most, s.Left)
		}
	}
	return f
}

// Bar is one bar of a picture, in its coordinates.
type Bar struct {
	X, Y, Width, Height int
	State               State
}

// Bars gives the bars of a plan in a frame: one for each month, or for each
// quarter, half-year or year where the months are too many. Their heights fall to
// nothing as the debt does. A plan without steps has none.
func Bars(steps []Step, f Frame) []Bar {
	if len(steps) == 0 || f.Most <= 0 {
		return nil
	}
	months := monthsBetween(f.From, f.To) + 1
	size := monthsPerBar(months)
	places := (months + size - 1) / size
	bars := make([]Bar, 0, min(len(steps), places))
	for i := 0; i < len(steps); {
		place := monthsBetween(f.From, steps[i].On) / size
		last := i
		for last+1 < len(steps) && monthsBetween(f.From, steps[last+1].On)/size == place {
			last++
		}
		bars = append(bars, bar(place, places, steps[i].Left, f.Most, together(steps[i:last+1])))
		i = last + 1
	}
	return bars
}

func bar(place, places int, left, most finance.Amount, state State) Bar {
	x, next := place*Width/places, (place+1)*Width/places
	// In two steps of at most MaxAmount and Height, which an int64 holds.
	height := max(leastBar, int(int64(left)*Height/int64(most)))
	return Bar{X: x, Y: Height - height, Width: max(1, (next-x)*barPart/100), Height: height, State: state}
}

// monthsPerBar is how many months one bar stands for.
func monthsPerBar(months int) int {
	for _, size := range []int{1, 3, 6} {
		if months <= size*MaxBars {
			return size
		}
	}
	size := monthsPerYear
	for months > size*MaxBars {
		size += monthsPerYear
	}
	return size
}

// together is the state of several steps in one bar. What needs attention shows.
func together(steps []Step) State {
	state := steps[0].State
	for _, s := range steps {
		switch {
		case s.State == Late:
			return Late
		case s.State == Next:
			state = Next
		case s.State == Coming && state == Paid:
			state = Coming
		}
	}
	return state
}

func monthsBetween(a, b finance.Date) int {
	ay, am, _ := a.Civil()
	by, bm, _ := b.Civil()
	return (by-ay)*monthsPerYear + int(bm-am)
}
