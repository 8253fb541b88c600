package page

import (
	"time"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// Verify asks for the file of a proof.
type Verify struct {
	File    Field
	Network string // digest of the registry, for who checks elsewhere
	Help    HumanCard
}

// Template names the page.
func (*Verify) Template() string { return "verify" }

// Title is the page's.
func (*Verify) Title() Text { return Say("verify.title") }

// Summary gathers what is wrong with the file.
func (v *Verify) Summary() ErrorSummary { return Summary(v.File) }

// Verified says what a file proves.
type Verified struct {
	Status  Status
	Refused bool
	Faults  []Text // what is wrong with a file that is refused
	AsOf    time.Time
	Payment *ProvenPayment // of a receipt
	Proof   Proof
	Note    Link // where the note stands today
	Help    HumanCard
}

// ProvenPayment is the payment of a receipt.
type ProvenPayment struct {
	Amount   finance.Money
	On       finance.Date
	By       string // who received it
	Settled  bool   // it handed the note back
	Reversed bool
}

// Template names the page.
func (*Verified) Template() string { return "verified" }

// Title is the page's.
func (*Verified) Title() Text { return Say("verify.result") }
