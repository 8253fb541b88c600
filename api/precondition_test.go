package api

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// TestConditionHoldsAsRFC9110Says: par. 13.1.1, with the strong comparison of
// par. 8.8.3.2.
func TestConditionHoldsAsRFC9110Says(t *testing.T) {
	for _, c := range []struct {
		sent []string
		seq  uint64
		want bool
	}{
		{nil, 7, true}, {nil, 0, true},
		{[]string{"*"}, 7, true}, {[]string{" * "}, 1, true}, {[]string{"*"}, 0, false},
		{[]string{`"7"`}, 7, true}, {[]string{`"7"`}, 8, false}, {[]string{`"7"`}, 0, false}, {[]string{`"07"`}, 7, false},
		{[]string{`W/"7"`}, 7, false}, {[]string{`"6", "7"`}, 7, true}, {[]string{`"6","7" , "8"`}, 8, true},
		{[]string{`"6"`, `"7"`}, 7, true}, {[]string{`"6", W/"7"`}, 7, false}, {[]string{`, "7",`}, 7, true},
		{[]string{`"a,b", "7"`}, 7, true}, {[]string{`"0"`}, 0, false},
	} {
		r := httptest.NewRequest("POST", "/", nil)
		r.Header["If-Match"] = c.sent
		got, err := readCondition(r)
		if err != nil || got.holds(c.seq) != c.want {
			t.Errorf("If-Match %q of %d: %t, %v; want %t", c.sent, c.seq, got.holds(c.seq), err, c.want)
		}
	}
}

func TestConditionThatIsNotUnderstoodIsRefused(t *testing.T) {
	for _, sent := range [][]string{
		{""}, {"7"}, {`"7`}, {`7"`}, {`w/"7"`}, {`*, "7"`}, {`"7" "8"`}, {`"7"x`}, {"*", "*"}, {`W/`}, {`"7";q=1`},
		{strings.TrimSuffix(strings.Repeat(`"7",`, maxTags+1), ",")},
	} {
		r := httptest.NewRequest("POST", "/", nil)
		r.Header["If-Match"] = sent
		if c, err := readCondition(r); err == nil {
			t.Errorf("If-Match %q is read as %+v", sent, c)
		}
	}
}
