package page

import (
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// NoteList is everything that the reader pays, has been offered, or helps with.
type NoteList struct {
	Moved   []NoteCard // changed holder since the reader was last told
	Offers  []NoteCard
	Mine    []NoteCard
	Helping []NoteCard
	Done    []NoteCard
	More    Link // to older ones
	Human   HumanCard
}

// Template names the page.
func (*NoteList) Template() string { return "note-list" }

// Title is the page's.
func (*NoteList) Title() Text { return Say("me.title") }

// Empty says that there is nothing to list.
func (l *NoteList) Empty() bool {
	return len(l.Offers)+len(l.Mine)+len(l.Helping)+len(l.Done) == 0
}

// NoteCard is one note in the list.
type NoteCard struct {
	Href      string
	Lender    string
	Reference string
	Principal string // whom the reader helps, if it is not the reader's own
	Status    Status
	Holder    string
	Since     finance.Date // of a holder who is not the lender
	Left      *finance.Money
	Due       *Due
	AnswerBy  time.Time // of an offer
}

// Due is a payment and the last day to make it.
type Due struct {
	Amount finance.Money
	By     finance.Date
	Late   bool
}

// Note is everything about one note, in the order in which a borrower asks.
type Note struct {
	Head       NoteHead
	Happened   *Happened // what happens now, after a command
	Money      *NoteMoney
	Plan       *Plan
	Lines      []Line
	Reasons    []Text // why something is not counted or not demanded
	Chain      Chain
	Roles      []Text // who collects, who has it as security
	Payments   []PaymentRow
	Shown      int // payments that are shown where not all are
	Asked      []Asked
	Calls      []Text // who calls the reader, and by when
	Complaints []ComplaintRow
	Complain   Link     // where it has no doors
	Journal    *Journal // the latest of what companies did
	Doors      []Door
	Helpers    []HelperRow
	Documents  Documents
	Human      HumanCard
	Known      *HumanCard // whom the reader may pay in good faith, until told of the new holder
	Offer      string     // address of the offer, while it can be answered
	Keep       string     // address of the proof that the note was handed back
}

// Template names the page.
func (*Note) Template() string { return "note" }

// Title is the page's.
func (n *Note) Title() Text { return n.Head.Name() }

// NoteHead is what stands over every page about a note.
type NoteHead struct {
	Href      string // of the note's page
	Lender    string
	Reference string
	Principal string // whom the reader helps, if it is not the reader's own
	Status    Status
}

// Name is what the note is called.
func (h NoteHead) Name() Text {
	if h.Lender == "" {
		return Say("note.some")
	}
	return Say("note.title", "lender", h.Lender)
}

// NoteMoney is what is left and what comes next.
type NoteMoney struct {
	Left      finance.Money
	AsOf      finance.Date
	Next      *Due
	PayTo     string
	Account   string // of PayTo, where it has said which
	Reference string // to name with the payment
	Free      finance.Date
	OnDemand  bool
}

// Happened says what happens now, by when and who does it.
type Happened struct{ Text, Then Text }

// PaymentRow is a payment that is written on the note.
type PaymentRow struct {
	On       finance.Date
	Amount   finance.Money
	By       string
	Receipt  string // address
	Reversed bool
	SetOff   string // what was set off; empty where money was paid
}

// Asked is something that the reader, or somebody for the reader, has said, and
// what is to come of it.
type Asked struct {
	Text   Text
	Words  string // the borrower's own
	Answer string // that was given, in words
	Then   Text   // by when, and who
	Via    Text   // who did it for whom
	Link   Link   // to the proposal
	Form   *Withdrawal
}

// Withdrawal is the form that takes back what was said.
type Withdrawal struct {
	Form
	Action string
	Seq    uint64
}

// Door is one of the ways on.
type Door struct {
	Href      string
	Text, Sub Text
}

// HelperRow is one power of attorney, in short.
type HelperRow struct {
	Name   string
	Scopes []Text
	Until  finance.Date
}

// Documents are what there is to read, keep and print.
type Documents struct {
	Text         []ledger.Line // the note itself
	EvidenceJSON string
	EvidenceHTML string
	Print        string
	Verify       string
}

// Says names the receipt of a payment, for who hears the page.
func (p PaymentRow) Says() Text { return Say("pays.of", "amount", p.Amount, "date", p.On) }

// NotePrint is everything about a note for paper.
type NotePrint struct {
	*Note
	On   finance.Date
	ID   string
	Link string // of the note's public page
	QR   QR
}

// Template names the page.
func (*NotePrint) Template() string { return "note-print" }

// Bind puts the token into the forms that take something back.
func (n *Note) Bind(token string) {
	for _, a := range n.Asked {
		if a.Form != nil {
			a.Form.Bind(token)
		}
	}
}
