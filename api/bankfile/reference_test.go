package bankfile_test

import (
	"errors"
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/skuld-registry/skuld/api/bankfile"
)

func TestAReferenceHasALengthDigitAndACheckDigit(t *testing.T) {
	t.Parallel()
	for number, want := range map[int64]string{
		1: "133", 42: "4242", 1001: "100164", 12345678: "1234567806", math.MaxInt64: "922337203685477580710",
		0: "", -5: "",
	} {
		if got := bankfile.Reference(number); got != want {
			t.Errorf("Reference(%d) = %q, want %q", number, got, want)
		}
	}
}

func TestAReferenceIsReadAsPayersAndBanksWriteIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want int64
		err  error
	}{
		{"100164", 1001, nil},
		{" 10 01 64 ", 1001, nil},
		{"0000000000000000000100164", 1001, nil},
		{"RF33100164", 1001, nil},
		{"rf33 1001 64", 1001, nil},
		{"RF71100164", 0, bankfile.ErrReferenceCheck},
		{"RF33", 0, bankfile.ErrReferenceCheck},
		{"RF33100164!", 0, bankfile.ErrReferenceCheck},
		{"100165", 0, bankfile.ErrReferenceCheck},
		{"010164", 0, bankfile.ErrReferenceCheck},
		{"", 0, bankfile.ErrReferenceForm},
		{"33", 0, bankfile.ErrReferenceForm},
		{"faktura 1001", 0, bankfile.ErrReferenceForm},
		{"10016٤", 0, bankfile.ErrReferenceForm},
		{"12345678901234567890123456", 0, bankfile.ErrReferenceForm},
		{"-100164", 0, bankfile.ErrReferenceForm},
	} {
		got, err := bankfile.ParseReference(c.text)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("ParseReference(%q) = %d, %v; want %d, %v", c.text, got, err, c.want, c.err)
		}
	}
}

func TestEveryNumberIsReadBackFromItsReference(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Int64Range(1, math.MaxInt64).Draw(t, "number")
		got, err := bankfile.ParseReference(bankfile.Reference(number))
		if err != nil || got != number {
			t.Fatalf("read back %d, %v", got, err)
		}
	})
}

func TestAWrongMissingOrDoubledDigitIsNeverAnotherCase(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ref := bankfile.Reference(rapid.Int64Range(1, 1e12).Draw(t, "number"))
		at := rapid.IntRange(0, len(ref)-1).Draw(t, "at")
		digit := rapid.IntRange(0, 9).Draw(t, "digit")
		if wrong := ref[:at] + strconv.Itoa(digit) + ref[at+1:]; wrong != ref && wrong[0] != '0' {
			if n, err := bankfile.ParseReference(wrong); err == nil {
				t.Fatalf("%s, one digit beside %s, is read as %d", wrong, ref, n)
			}
		}
	})
}
