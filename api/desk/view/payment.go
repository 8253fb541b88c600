package view

import (
	"time"

	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Payments is what the bank has reported, by what became of it.
type Payments struct {
	page.Form
	Drop  string      // address that takes files in; "" where the reader may not
	File  page.Field  // of the drop zone
	Said  page.Status // what came of the files that were just dropped
	Links []page.Link
	List  List
}

// Template names the page.
func (*Payments) Template() string { return "payments" }

// Title is the page's.
func (*Payments) Title() page.Text { return page.Say("payments.title") }

// Bind puts the token into the forms of the page.
func (p *Payments) Bind(token string) {
	p.Form.Bind(token)
	p.List.Bind(token)
}

// BankFile is one file, with its progress and its totals.
type BankFile struct {
	Name     string
	Pairs    []page.Pair
	Status   page.Status
	Progress *page.Progress // while its entries are worked off
	Left     page.Text      // how long that still takes
	Faults   []page.Text
	Totals   []BankTotal
	List     List
}

// Template names the page.
func (*BankFile) Template() string { return "bank-file" }

// Title is the page's.
func (b *BankFile) Title() page.Text { return page.Verbatim(b.Name) }

// BankTotal is what entries of a file with the same fate come to.
type BankTotal struct {
	Text   page.Text
	Count  int
	Amount finance.Money
	Known  int  // of Count, those that an earlier file had
	Sum    bool // it is the sum of those before it
}

// BankEntry is one entry of the bank, with what became of it and what can be done.
type BankEntry struct {
	page.Form
	Heading page.Text
	Status  page.Status
	Pairs   []page.Pair
	Text    []string // what the payer wrote
	Parts   []BankPart
	Files   []page.Link
	// What can be done; nil where it cannot, or the reader may not.
	Match    *BankMatch
	TakeBack *BankTakeBack
	Ignore   *BankReason
	Unmatch  *BankReason
	Restore  string
	Failed   page.Text
}

// Template names the page.
func (*BankEntry) Template() string { return "bank-entry" }

// Title is the page's.
func (b *BankEntry) Title() page.Text { return b.Heading }

// BankPart is something that an entry was divided into.
type BankPart struct {
	Text   page.Text
	More   page.Text
	Amount finance.Money
	At     time.Time
	Case   page.Link
	Refund *BankRefund // where it waits to be paid back, and the reader may say that it was
	Gone   bool        // it stands no more
}

// BankRefund is the form that says that something was paid back.
type BankRefund struct {
	Action  string
	Account page.Field
	Reason  page.Field
}

// BankMatch is the form that says what an entry is for.
type BankMatch struct {
	Action string
	Choice *page.Choice // of candidates
	Rows   []BankRow    // of a division by hand
	Said   page.Field
}

// BankRow is a case and an amount.
type BankRow struct{ Case, Amount page.Field }

// BankTakeBack is the form that says which payment an entry takes back.
type BankTakeBack struct {
	Action string
	Choice page.Choice
	Reason page.Field
}

// BankReason is a form that asks only why.
type BankReason struct {
	Action string
	Reason page.Field
}

// PaymentList is a list of this theme with a heading: what is due to clients, and what
// the bank and the ledger do not agree about.
type PaymentList struct {
	Heading page.Text
	Lead    page.Text
	List    List
}

// Template names the page.
func (*PaymentList) Template() string { return "payment-list" }

// Title is the page's.
func (p *PaymentList) Title() page.Text { return p.Heading }

// Bind puts the token into the buttons of the list.
func (p *PaymentList) Bind(token string) { p.List.Bind(token) }
