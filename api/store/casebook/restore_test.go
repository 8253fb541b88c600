package casebook_test

import (
	"bytes"
	"testing"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/store/storetest"
	"github.com/skuld-registry/skuld/ledger"
)

// TestNumberOfALostCaseIsNobodyElses: the references of cases that were opened after a
// backup stand on letters. After it was restored a payment with one of them paid
// another case's debt, which had got the number.
func TestNumberOfALostCaseIsNobodyElses(t *testing.T) {
	for _, on := range storetest.Both() {
		t.Run(on.Name, func(t *testing.T) {
			address := on.Address(t)
			b := open(t, address)
			for _, note := range []string{"n1", "n2"} {
				keepNote(t, b, note)
			}
			var backup bytes.Buffer
			if _, err := store.Backup(t.Context(), address, noon, &backup); err != nil {
				t.Fatal(err)
			}
			lost := keepNote(t, b, "n3")
			restored := open(t, on.Address(t))
			if _, err := restored.Restore(t.Context(), &backup); err != nil {
				t.Fatal(err)
			}
			first, second := keepNote(t, restored, "n4"), keepNote(t, restored, "n5")
			if first <= lost || second != first+1 {
				t.Errorf("after the lost case %d, new ones have the numbers %d and %d", lost, first, second)
			}
			if again := keepNote(t, restored, "n2"); again != 2 {
				t.Errorf("a case of the backup has the number %d, want 2", again)
			}
		})
	}
}

// keepNote opens the case of a note, and gives its number.
func keepNote(t *testing.T, b *casebook.Book, note string) int64 {
	t.Helper()
	id := ledger.NoteID(note)
	if err := b.KeepCase(t.Context(), id, casebook.CaseFacts{}, noon); err != nil {
		t.Fatal(err)
	}
	c, err := b.CaseOf(t.Context(), id)
	if err != nil || c == nil {
		t.Fatal(c, err)
	}
	return c.Number
}
