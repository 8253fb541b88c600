package casework

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/skuld-registry/skuld/api/bankfile"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

// Search gives the cases that a text is about, and says whether there are more: a
// name, a telephone number, the id of a note or its beginning, the number of a case,
// a payment reference or the lender's own number.
func (d *Desk) Search(ctx context.Context, text string, limit int) (found []casebook.Case, more bool, err error) {
	return d.Book.Find(ctx, casebook.Search{Text: text, Numbers: caseNumbers(text), Limit: limit})
}

// caseNumbers gives the cases of which a text may be the payment reference or the
// number.
func caseNumbers(text string) []int64 {
	var all []int64
	if n, err := bankfile.ParseReference(text); err == nil {
		all = append(all, n)
	}
	text = strings.TrimPrefix(strings.TrimSpace(text), "#")
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 && !slices.Contains(all, n) {
		all = append(all, n)
	}
	return all
}

// named gives the case that a file names by its number or by its note's id.
func (d *Desk) named(ctx context.Context, text string) (*casebook.Case, error) {
	if id := ledger.NoteID(text); id.Valid() {
		return d.caseOf(ctx, id)
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, ledger.Refuse(ledger.CodeBodyInvalid, "field", "case", "want", "the number of a case or the id of its note")
	}
	c, err := d.Book.Case(ctx, number)
	if err == nil && c == nil {
		err = ledger.Refuse(ledger.CodeNotFound)
	}
	return c, err
}
