package site

import (
	"testing"

	"github.com/skuld-registry/skuld/ledger/finance"
)

func TestAmountIsReadHoweverItIsWritten(t *testing.T) {
	for typed, want := range map[string]finance.Amount{
		"1250": 1250_00, "1.250,-": 1250_00, "kr. 1250,-": 1250_00, "1250,5": 1250_50, "1250.50": 1250_50, "1 250,50": 1250_50, "1.250,50": 1250_50, "1,250.50": 1250_50,
		"1.250": 1250_00, "1,250": 1250_00, "12.345.678": 12_345_678_00, "12 345 678,90 kr": 12_345_678_90, "SEK 1,066.19": 1066_19,
		"1\u00a0066,19\u00a0kr": 1066_19, "500:-": 500_00, "0,50": 50, "007": 7_00, "100 kr.": 100_00, " 1 ": 1_00,
	} {
		if got, ok := ReadAmount(typed, "SEK"); !ok || got.Amount != want || got.Currency != "SEK" {
			t.Errorf("%q is read as %d, %t, want %d", typed, got.Amount, ok, want)
		}
	}
	for _, typed := range []string{
		"", " ", "kr", "0", "0,00", "-1", "+1", "1e3", "1,2,3", "1.2.3,4", "12,34.56", "1..5", ",", ".", "1.25.0", "1,250,5000", "0x10", "ett", "1 kr 2",
		"1234567890123456789012345", "99999999999999999",
	} {
		if got, ok := ReadAmount(typed, "SEK"); ok {
			t.Errorf("%q is read as %d", typed, got.Amount)
		}
	}
	if got, ok := ReadAmount("1.250", "KWD"); !ok || got.Amount != 1250 { // three decimals
		t.Errorf("1.250 KWD is read as %d, %t", got.Amount, ok)
	}
	if got, ok := ReadAmount("1.250", "ISK"); !ok || got.Amount != 1250 { // none
		t.Errorf("1.250 ISK is read as %d, %t", got.Amount, ok)
	}
	if _, ok := ReadAmount("1", "XXX"); ok {
		t.Error("an amount of a currency that there is not was read")
	}
}

func TestOwnWordsKeepTheirLinesAndLoseWhatNobodySees(t *testing.T) {
	for typed, want := range map[string]string{
		"a\r\nb": "a\nb", "  a\tb  ": "a b", "a\x00b\x7fc": "abc", "\u202eevil\u202c": "evil", "\u2066x\u2069\u200f": "x", "å": "å", "\r\n \n": "",
	} {
		if got := OwnWords(typed); got != want {
			t.Errorf("%q becomes %q, want %q", typed, got, want)
		}
	}
}

func FuzzAmount(f *testing.F) {
	for _, typed := range []string{"1250,50", "1.250", "SEK 1", "-1", "1,2,3"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, ok := ReadAmount(typed, "SEK")
		if ok && (got.Amount <= 0 || got.Amount > finance.MaxAmount) {
			t.Errorf("%q is read as %d", typed, got.Amount)
		}
	})
}
