package finance

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func (w wide) big() *big.Int {
	n := new(big.Int).SetUint64(w.hi)
	return n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(w.lo))
}

func TestWideArithmeticAgreesWithBigIntegers(t *testing.T) {
	limit := new(big.Int).Lsh(big.NewInt(1), 128)
	rapid.Check(t, func(rt *rapid.T) {
		a, b, c := rapid.Uint64().Draw(rt, "a"), rapid.Uint64().Draw(rt, "b"), rapid.Uint64().Draw(rt, "c")
		d := rapid.Uint64Range(1, 1<<63).Draw(rt, "d")
		A, B, C, D := new(big.Int).SetUint64(a), new(big.Int).SetUint64(b), new(big.Int).SetUint64(c), new(big.Int).SetUint64(d)
		product := mulWide(a, b)
		want := new(big.Int).Mul(A, B)
		if product.big().Cmp(want) != 0 {
			rt.Errorf("%d*%d = %s", a, b, product.big())
		}
		if got := product.div(d); got.big().Cmp(new(big.Int).Quo(want, D)) != 0 {
			rt.Errorf("%s/%d = %s", want, d, got.big())
		}
		if got, ok := product.mul(c); ok != (new(big.Int).Mul(want, C).Cmp(limit) < 0) || ok && got.big().Cmp(new(big.Int).Mul(want, C)) != 0 {
			rt.Errorf("%s*%d = %s, %t", want, c, got.big(), ok)
		}
		sum, ok := product.add(c)
		if !ok || sum.big().Cmp(new(big.Int).Add(want, C)) != 0 || sum.sub(product) != (wide{0, c}) {
			rt.Errorf("%s+%d = %s, %t", want, c, sum.big(), ok)
		}
		if n, fits := product.int64(); fits != want.IsInt64() || fits && n != want.Int64() {
			rt.Errorf("%s as an int64 is %d, %t", want, n, fits)
		}
	})
	if _, ok := (wide{^uint64(0), ^uint64(0)}).add(1); ok {
		t.Error("the largest number and one fit")
	}
}
