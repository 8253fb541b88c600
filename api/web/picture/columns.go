package picture

import "github.com/skuld-registry/skuld/ledger/finance"

// Value is one value of a series; there may be none.
type Value struct {
	Has bool
	N   int
}

// Columns is a series as columns beside each other. Where there is no value there is
// no column, and a value of nothing is a thin one.
type Columns struct {
	Bars    []Bar
	Most    int // the value at the top
	Line    int // the height of what is wanted, from the top
	HasLine bool
}

// ColumnsOf draws a series, of at most MaxBars values, up to most or the largest of
// them. What is wanted is a line across; 0 where nothing is.
func ColumnsOf(values []Value, most, wanted int) Columns {
	values = values[:min(len(values), MaxBars)]
	most = max(most, wanted, 1)
	for _, v := range values {
		most = max(most, v.N)
	}
	c := Columns{Most: most, HasLine: wanted > 0, Line: Height - int(int64(wanted)*Height/int64(most))}
	for i, v := range values {
		if v.Has {
			c.Bars = append(c.Bars, bar(i, len(values), finance.Amount(max(v.N, 0)), finance.Amount(most), Paid))
		}
	}
	return c
}
