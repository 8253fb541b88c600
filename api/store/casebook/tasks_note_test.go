package casebook_test

import (
	"slices"
	"testing"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

// TestWorklistHasWhatANoteAsksForAsItStands: an objection comes onto it, leaves it when
// it is answered or the note is somebody else's, and is there again with the note.
func TestWorklistHasWhatANoteAsksForAsItStands(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		asks := func(n *ledger.Note) (all []casebook.Task) {
			for _, d := range n.Disputes {
				all = append(all, casebook.Task{Kind: casebook.TaskDispute, About: d.Text, Note: n.ID})
			}
			return all
		}
		n := &ledger.Note{ID: noteID(1), Borrowers: []ledger.Borrower{{Party: "pborrower", Name: "Karin"}}}
		n.Terms.Principal.Currency = "SEK"
		for i, step := range []struct {
			mine     bool
			disputes []string
			want     []string
		}{
			{true, nil, nil}, {true, []string{"a"}, []string{"a"}}, {true, []string{"a", "b"}, []string{"a", "b"}}, {true, []string{"b"}, []string{"b"}},
			{false, []string{"b"}, nil}, {true, []string{"b"}, []string{"b"}}, {true, nil, nil},
		} {
			n.Seq, n.Mandate, n.Disputes = uint64(i+1), nil, nil
			if step.mine {
				n.Mandate = &ledger.Mandate{Servicer: us}
			}
			for _, text := range step.disputes {
				n.Disputes = append(n.Disputes, ledger.Dispute{Text: text})
			}
			told(t, b, i+1, n)
			for more := true; more; {
				var err error
				if more, err = b.FollowCases(t.Context(), casebook.Following{Party: us, Keep: ours, Tasks: asks, Now: noon}); err != nil {
					t.Fatal(err)
				}
			}
			if got := abouts(worklist(t, b, casebook.TaskQuery{})); !slices.Equal(got, step.want) {
				t.Errorf("after step %d the list is %v; want %v", i, got, step.want)
			}
		}
	})
}
