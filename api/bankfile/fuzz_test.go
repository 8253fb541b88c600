package bankfile_test

import (
	"errors"
	"testing"

	"github.com/skuld-registry/skuld/api/bankfile"
)

// FuzzRead checks what holds for every file: it is refused as one of another format, or
// its entries have names of their own, amounts that can be, and parts that follow each
// other.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"camt053-02.xml", "camt054-08.xml", "bgmax.txt"} {
		f.Add([]byte(example(f, name)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := bankfile.Read(data)
		if err != nil {
			if _, ok := errors.AsType[*bankfile.FormatError](err); !ok {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		names := map[string]bool{}
		for _, r := range file.Reports {
			in, out := r.Sums()
			if !in.Valid() || !out.Valid() {
				t.Fatalf("sums %d and %d", in, out)
			}
			for i, e := range r.Entries {
				if e.Amount.Amount < 0 || !e.Amount.Amount.Valid() || e.Part < 1 || e.Part > e.Of {
					t.Fatalf("entry %+v", e)
				}
				if names[e.ID] {
					t.Fatalf("the name %s is there twice", e.ID)
				}
				names[e.ID] = true
				if e.Part > 1 && r.Entries[i-1].Part != e.Part-1 {
					t.Fatalf("part %d follows part %d", e.Part, r.Entries[i-1].Part)
				}
				bankfile.MatchDebts(&r.Entries[i], debts())
			}
		}
	})
}

// FuzzParseReference checks that what is read is what would be written.
func FuzzParseReference(f *testing.F) {
	for _, text := range []string{"100164", "RF33100164", "", "00 133", "RF"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		number, err := bankfile.ParseReference(text)
		if err != nil {
			return
		}
		if again, err := bankfile.ParseReference(bankfile.Reference(number)); err != nil || again != number {
			t.Fatalf("%q is %d, whose reference is read as %d, %v", text, number, again, err)
		}
	})
}
