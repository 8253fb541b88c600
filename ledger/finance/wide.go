package finance

import (
	"math"
	"math/bits"
)

// wide is an unsigned 128-bit integer. An amount times a rate times a number of
// days does not fit 64 bits, and math/big would make the schedule of a long loan
// many times slower.
type wide struct{ hi, lo uint64 }

// mulWide returns a*b, which always fits.
func mulWide(a, b uint64) wide {
	hi, lo := bits.Mul64(a, b)
	return wide{hi, lo}
}

// mul returns w*b, or false where the product needs more than 128 bits.
func (w wide) mul(b uint64) (wide, bool) {
	carry, lo := bits.Mul64(w.lo, b)
	over, hi := bits.Mul64(w.hi, b)
	hi, c := bits.Add64(hi, carry, 0)
	return wide{hi, lo}, over == 0 && c == 0
}

// add returns w+b, or false where the sum needs more than 128 bits.
func (w wide) add(b uint64) (wide, bool) {
	lo, c := bits.Add64(w.lo, b, 0)
	hi, c := bits.Add64(w.hi, 0, c)
	return wide{hi, lo}, c == 0
}

// sub returns w-b, which must not be negative.
func (w wide) sub(b wide) wide {
	lo, borrow := bits.Sub64(w.lo, b.lo, 0)
	hi, _ := bits.Sub64(w.hi, b.hi, borrow)
	return wide{hi, lo}
}

// div returns w/b rounded down; b must not be zero.
func (w wide) div(b uint64) wide {
	hi, rest := w.hi/b, w.hi%b
	lo, _ := bits.Div64(rest, w.lo, b)
	return wide{hi, lo}
}

// int64 returns w, or false where it does not fit.
func (w wide) int64() (int64, bool) {
	return int64(w.lo), w.hi == 0 && w.lo <= math.MaxInt64
}
