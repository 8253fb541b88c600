package picture_test

import (
	"testing"

	"github.com/skuld-registry/skuld/api/web/picture"
)

func TestColumnsAreAsHighAsTheirValues(t *testing.T) {
	has := func(n int) picture.Value { return picture.Value{Has: true, N: n} }
	c := picture.ColumnsOf([]picture.Value{has(50), {}, has(100), has(0)}, 100, 75)
	if len(c.Bars) != 3 || c.Most != 100 {
		t.Fatalf("the columns are %+v", c)
	}
	if c.Bars[0].Height != picture.Height/2 || c.Bars[1].Height != picture.Height || c.Bars[2].Height < 1 || c.Bars[2].Height > picture.Height/20 {
		t.Errorf("half, all and nothing are %d, %d and %d high", c.Bars[0].Height, c.Bars[1].Height, c.Bars[2].Height)
	}
	if c.Bars[0].X != 0 || c.Bars[1].X != picture.Width/2 {
		t.Errorf("the first and the third month stand at %d and %d", c.Bars[0].X, c.Bars[1].X)
	}
	if !c.HasLine || c.Line != picture.Height/4 {
		t.Errorf("what is wanted is at %d", c.Line)
	}
}

func TestColumnsStayWithinThePicture(t *testing.T) {
	for _, n := range []int{-5, 0, 1, 99, 1 << 40} {
		for _, most := range []int{0, 100} {
			c := picture.ColumnsOf([]picture.Value{{Has: true, N: n}}, most, 0)
			if b := c.Bars[0]; b.Y < 0 || b.Height < 1 || b.Y+b.Height != picture.Height || c.HasLine {
				t.Errorf("%d of %d is %+v", n, most, c)
			}
		}
	}
	if c := picture.ColumnsOf(make([]picture.Value, 999), 0, 0); len(c.Bars) != 0 {
		t.Errorf("no values have %d columns", len(c.Bars))
	}
}
