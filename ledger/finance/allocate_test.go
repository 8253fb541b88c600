package finance_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/skuld-registry/skuld/ledger/finance"
)

func TestPaymentIsSpentOnCostsThenInterestThenPrincipal(t *testing.T) {
	owed := finance.Owed{Costs: 10, LateInterest: 20, Interest: 30, Principal: 40}
	for _, tt := range []struct {
		payment finance.Amount
		parts   finance.Parts
		rest    finance.Amount
	}{
		{0, finance.Parts{}, 0},
		{-5, finance.Parts{}, 0},
		{4, finance.Parts{Costs: 4}, 0},
		{10, finance.Parts{Costs: 10}, 0},
		{11, finance.Parts{Costs: 10, LateInterest: 1}, 0},
		{31, finance.Parts{Costs: 10, LateInterest: 20, Interest: 1}, 0},
		{61, finance.Parts{Costs: 10, LateInterest: 20, Interest: 30, Principal: 1}, 0},
		{100, finance.Parts(owed), 0},
		{101, finance.Parts(owed), 1},
	} {
		parts, rest := finance.Allocate(tt.payment, owed)
		if parts != tt.parts || rest != tt.rest {
			t.Errorf("of %d: %+v and %d left, want %+v and %d", tt.payment, parts, rest, tt.parts, tt.rest)
		}
	}
}

func TestNegativeDebtTakesNothingFromAPayment(t *testing.T) {
	parts, rest := finance.Allocate(50, finance.Owed{Costs: -10, Principal: 20})
	if parts != (finance.Parts{Principal: 20}) || rest != 30 {
		t.Errorf("got %+v and %d", parts, rest)
	}
}

func TestPartsAndRestSumToThePayment(t *testing.T) {
	amount := rapid.Map(rapid.Int64Range(0, int64(finance.MaxAmount)), func(n int64) finance.Amount { return finance.Amount(n) })
	rapid.Check(t, func(rt *rapid.T) {
		payment := amount.Draw(rt, "payment")
		owed := finance.Owed{Costs: amount.Draw(rt, "costs") / 4, LateInterest: amount.Draw(rt, "late") / 4, Interest: amount.Draw(rt, "interest") / 4, Principal: amount.Draw(rt, "principal") / 4}
		parts, rest := finance.Allocate(payment, owed)
		total, err := parts.Total()
		if err != nil || total+rest != payment {
			rt.Errorf("%+v and %d of %d, %v", parts, rest, payment, err)
		}
		if all, err := owed.Total(); err != nil || rest > 0 && total != all {
			rt.Errorf("%d is left of %d while only %+v of %+v is paid", rest, payment, parts, owed)
		}
	})
}

func TestTotalBeyondTheLimitIsRefused(t *testing.T) {
	if got, err := (finance.Owed{Costs: finance.MaxAmount, Principal: 1}).Total(); !errors.Is(err, finance.ErrOutOfRange) {
		t.Errorf("got %d, %v", got, err)
	}
}

func TestMicroUnitsAreRoundedHalfUp(t *testing.T) {
	for micro, want := range map[int64]finance.Amount{
		0: 0, 499_999: 0, 500_000: 1, 1_499_999: 1, 1_500_000: 2, finance.MaxMicro: 4_611_686_018_427,
		-500_000: 0, -500_001: -1, -1_500_000: -1,
	} {
		if got := finance.RoundMicro(micro); got != want {
			t.Errorf("RoundMicro(%d) = %d, want %d", micro, got, want)
		}
	}
}
