package picture_test

import (
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/web/picture"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// monthly gives the steps of a plan that pays the same each month; the first
// paid ones are paid and the one after them is next.
func monthly(t *testing.T, months, paid int) []picture.Step {
	t.Helper()
	steps := make([]picture.Step, months)
	for i := range steps {
		on, err := finance.NewDate(2026+i/12, time.Month(1+i%12), 28)
		if err != nil {
			t.Fatal(err)
		}
		steps[i] = picture.Step{On: on, Left: finance.Amount(100 * (months - i)), State: picture.Coming}
		switch {
		case i < paid:
			steps[i].State = picture.Paid
		case i == paid:
			steps[i].State = picture.Next
		}
	}
	return steps
}

func TestBarsFallFromTheWholeDebtToItsLastPart(t *testing.T) {
	for _, months := range []int{1, 2, 12, 59, 60, 61, 180, 181, 361, 600} {
		steps := monthly(t, months, months/3)
		bars := picture.Bars(steps, picture.FrameOf(steps))
		if len(bars) == 0 || len(bars) > picture.MaxBars {
			t.Fatalf("%d months have %d bars", months, len(bars))
		}
		if bars[0].Height != picture.Height || bars[0].X != 0 {
			t.Errorf("%d months: the first bar is %+v", months, bars[0])
		}
		for i, b := range bars {
			if b.X < 0 || b.X+b.Width > picture.Width || b.Y < 0 || b.Y+b.Height != picture.Height || b.Width < 1 {
				t.Errorf("%d months: bar %d leaves the picture: %+v", months, i, b)
			}
			if i > 0 && (b.X < bars[i-1].X+bars[i-1].Width || b.Height > bars[i-1].Height) {
				t.Errorf("%d months: bar %d is %+v after %+v", months, i, b, bars[i-1])
			}
		}
	}
}

func TestOneFrameMakesTwoPlansComparable(t *testing.T) {
	short, long := monthly(t, 6, 0), monthly(t, 12, 0)
	f := picture.FrameOf(short, long)
	a, b := picture.Bars(short, f), picture.Bars(long, f)
	if a[0].X != b[0].X || a[0].Width != b[0].Width {
		t.Errorf("the same month stands at %+v and at %+v", a[0], b[0])
	}
	if b[0].Height != picture.Height || a[0].Height != picture.Height/2 {
		t.Errorf("half the debt is %d high beside %d", a[0].Height, b[0].Height)
	}
	if last := a[len(a)-1]; last.X+last.Width > picture.Width/2 {
		t.Errorf("half the time ends at %d of %d", last.X+last.Width, picture.Width)
	}
}

func TestBarOfSeveralMonthsShowsWhatNeedsAttention(t *testing.T) {
	steps := monthly(t, 120, 0)
	for i := range steps {
		steps[i].State = picture.Coming
	}
	steps[0].State, steps[1].State, steps[2].State = picture.Paid, picture.Paid, picture.Paid
	steps[3].State, steps[4].State = picture.Paid, picture.Late
	steps[6].State, steps[7].State = picture.Paid, picture.Next
	bars := picture.Bars(steps, picture.FrameOf(steps))
	want := []picture.State{picture.Paid, picture.Late, picture.Next, picture.Coming}
	for i, state := range want {
		if bars[i].State != state {
			t.Errorf("quarter %d is %s, want %s", i+1, bars[i].State, state)
		}
	}
}

func TestNothingToPayIsNoPicture(t *testing.T) {
	if bars := picture.Bars(nil, picture.Frame{}); bars != nil {
		t.Errorf("no plan has the bars %v", bars)
	}
	steps := monthly(t, 3, 3)
	for i := range steps {
		steps[i].Left = 0
	}
	if bars := picture.Bars(steps, picture.FrameOf(steps)); bars != nil {
		t.Errorf("a plan of nothing has the bars %v", bars)
	}
}

func TestGreatestAmountFitsThePicture(t *testing.T) {
	steps := []picture.Step{{On: monthly(t, 1, 0)[0].On, Left: finance.MaxAmount, State: picture.Next}}
	bars := picture.Bars(steps, picture.FrameOf(steps))
	if len(bars) != 1 || bars[0].Height != picture.Height {
		t.Errorf("the bars are %+v", bars)
	}
}
