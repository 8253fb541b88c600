package page

import (
	"github.com/skuld-registry/skuld/api/web/picture"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Plan is a schedule as a picture and as a table. Who cannot see the one reads the
// other.
type Plan struct {
	ID      string // of the picture's parts, different for each on a page
	Caption Text   // of the table
	Alt     Text   // the picture in a sentence
	Bars    []picture.Bar
	From    finance.Date // at the picture's left
	To      finance.Date // and at its right
	Rows    []PlanRow
	Legend  bool // say what the patterns mean
	Open    bool // show the table at once, as on paper
}

// Width and Height are the picture's own coordinates.
func (Plan) Width() int { return picture.Width }

// Height is the height of the picture in its own coordinates.
func (Plan) Height() int { return picture.Height }

// PlanRow is one payment of a schedule.
type PlanRow struct {
	Number   int
	PayBy    finance.Date
	Amount   finance.Money
	Interest finance.Money
	After    finance.Money // left when it is paid
	State    picture.State
}

// Says gives the words for the row's state.
func (r PlanRow) Says() Text { return Say(Key("plan." + string(r.State))) }

// Key is one sign of the picture with its words.
func (Plan) Key() []PlanSign {
	var signs []PlanSign
	for _, state := range []picture.State{picture.Paid, picture.Late, picture.Next, picture.Coming} {
		signs = append(signs, PlanSign{state, Say(Key("plan." + string(state)))})
	}
	return signs
}

// PlanSign is a pattern of the picture and what it means.
type PlanSign struct {
	State picture.State
	Text  Text
}
