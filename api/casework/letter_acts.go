package casework

import (
	"context"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// The names of the acts on letters.
const (
	NameLetterSend      ActName = "letter.send"
	NameLetterDelivered ActName = "letter.delivered"
	NameLetterCorrect   ActName = "letter.correct"
	NameTellFee         ActName = "fee.tell"
)

// letterKinds are the acts of this theme.
var letterKinds = []kind{
	{name: NameLetterSend, roles: working(), byRule: true, override: NameLetterCorrect, make: func() Act { return new(LetterSend) }},
	{name: NameLetterDelivered, roles: working(), make: func() Act { return new(LetterDelivered) }},
	{name: NameLetterCorrect, roles: working(), reason: true, approval: correctsMuch, make: func() Act { return new(LetterCorrect) }},
	{name: NameTellFee, byRule: true, override: NameOverride, make: func() Act { return new(TellFee) }},
}

// Letters is what the letters of a company need beside its book.
type Letters struct {
	// Link asks the registrar for the address of a note's page for everybody, which the
	// QR code on a letter leads to; nil where there is no registrar.
	Link func(context.Context, ledger.NoteID) (string, error)
	// Folder takes up the letters that whoever prints or sends them is to fetch; "" where
	// staff sends them by hand.
	Folder string
}

// authorities are those to which a borrower can complain, by the law of the note
// (2023:714 ch. 4 par. 3 p. 7).
var authorities = map[finance.Jurisdiction]string{finance.Sweden: "Finansinspektionen"}

// languages are those in which is written to who has not said another one.
var languages = map[finance.Jurisdiction]ledger.Language{finance.Sweden: ledger.Swedish}

// TellFee is what a rule does about a fee that was charged with its letter: the borrower
// is told why.
type TellFee struct {
	Note ledger.NoteID `json:"note"`
}

// Name is fee.tell.
func (a *TellFee) Name() ActName { return NameTellFee }

// Subject is the note.
func (a *TellFee) Subject() ledger.NoteID { return a.Note }

// Check refuses nothing.
func (a *TellFee) Check(context.Context, *Desk) error { return nil }

// Describe says that the borrower is told.
func (a *TellFee) Describe() []Saying { return one("act.fee.tell") }

// Do has no effect of its own: every decision that is carried out is told.
func (a *TellFee) Do(context.Context, *Desk, Doing) (Effect, error) { return Effect{}, nil }
