package bankfile

import (
	"bytes"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// Limits of a file. What is larger is refused.
const (
	MaxBytes   = 32 << 20
	MaxEntries = 100_000
)

// Format names a kind of file.
type Format string

// The formats.
const (
	Statement053    Format = "camt.053"
	Notification054 Format = "camt.054"
	BgMax           Format = "bgmax"
)

// File is what a bank file says.
type File struct {
	Format  Format
	Version string // of the format: "001.02", or "01" of BgMax
	ID      string // the bank's name of the message; empty where it gives none
	Created time.Time
	Test    bool // the bank marks it as a test: nothing of it is to be booked
	Reports []Report
	Faults  []Fault
}

// Report is what a file says about one account: a statement, a notification, or a
// section of BgMax.
type Report struct {
	ID       string
	Account  string // without spaces
	Currency finance.Currency
	// Opening and Closing are the booked balances, negative where the account is
	// overdrawn; nil where the file has none.
	Opening, Closing *finance.Money
	Entries          []Entry
}

// Entry is one booking of a file, or one transaction of a booking that gathers
// several.
type Entry struct {
	Line     int // in the file
	Account  string
	Amount   finance.Money // never negative
	Credit   bool          // money came in; else it went out
	Reversal bool          // it takes back an earlier booking of the other direction
	Booked   bool          // it is final; else it is only announced
	BookedOn finance.Date
	ValueOn  finance.Date
	// BankRef is the bank's own reference of the booking, and PartRef what tells a
	// transaction from the others of the same booking; empty where it gives none.
	BankRef, PartRef string
	// Of is how many transactions the booking has in the file, and Part which of them
	// this is, from 1. Whole is the amount of the booking, and WholeCredit says whether
	// that came in.
	Part, Of    int
	Whole       finance.Amount
	WholeCredit bool
	// References are what the payer gave as reference, in the field for it, and Text
	// what it wrote beside it.
	References []string
	Text       []string
	Payer      Payer
	Return     string // why it came back, as the bank's code says; empty where it did not
	// Booking names the booking and ID this part of it: the same in every file that
	// has it. See identify.
	Booking, ID string
}

// Payer is who paid, as the bank says.
type Payer struct {
	Name    string
	Account string // without spaces
	Number  string // of a company or a person, where the file has it
}

// Fault is a contradiction within a file.
type Fault struct {
	Code      FaultCode
	Report    string // the ID of the report
	Line      int    // where the contradiction was found
	Want, Got string // what the file says, and what its entries come to
}

// FaultCode says what a file contradicts itself in.
type FaultCode string

// The faults.
const (
	FaultBalance  FaultCode = "balance"   // opening balance and entries do not give the closing balance
	FaultCurrency FaultCode = "currency"  // balances and entries are of several currencies
	FaultCount    FaultCode = "count"     // the number of entries is another than stated
	FaultSum      FaultCode = "sum"       // the sum of entries is another than stated
	FaultParts    FaultCode = "parts"     // the transactions of a booking do not give its amount
	FaultPages    FaultCode = "pages"     // the file is a page of more
	FaultSections FaultCode = "deposits"  // the number of deposits is another than stated
	FaultExtra    FaultCode = "reference" // the number of extra references is another than stated
)

// FormatError says where a file is not of its format.
type FormatError struct {
	Code FormatCode
	Path string // of the element or the record
	Line int
	Want string // what would have been right
}

// FormatCode says what is wrong with the form of a file.
type FormatCode string

// What may be wrong with a file's form.
const (
	UnknownFormat  FormatCode = "unknown"  // it is of no format that is read here; Want lists those
	UnknownVersion FormatCode = "version"  // Path names its version; Want lists those that are read
	TooLarge       FormatCode = "large"    // Want is the limit
	NotXML         FormatCode = "xml"      // it is not well-formed
	Declares       FormatCode = "dtd"      // it has a document type, which no bank file needs
	Encoding       FormatCode = "encoding" // its characters are of an encoding that is not read here
	Missing        FormatCode = "missing"  // Want is missing at Path
	Unexpected     FormatCode = "element"  // what is at Path may not be there; Want is what may
	TooMany        FormatCode = "often"    // Path occurs too often; Want is how often it may
	BadValue       FormatCode = "value"    // the value at Path is not of its type, which Want describes
)

// Error says it in English, for logs.
func (e *FormatError) Error() string {
	return fmt.Sprintf("line %d: %s: %s (want %s)", e.Line, e.Path, e.Code, e.Want)
}

// Read reads a bank file of any format. It returns a *FormatError for one that is not
// of its format.
func Read(data []byte) (*File, error) {
	if len(data) > MaxBytes {
		return nil, &FormatError{Code: TooLarge, Path: "/", Want: fmt.Sprintf("%d bytes", MaxBytes)}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var f *File
	var err error
	switch {
	case bytes.HasPrefix(data, []byte(startRecord)):
		f, err = readBgMax(data)
	case bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("<")):
		f, err = readCamt(data)
	default:
		return nil, &FormatError{Code: UnknownFormat, Path: "/", Line: 1, Want: "camt.053, camt.054, BgMax"}
	}
	if err != nil {
		return nil, err
	}
	f.reconcile()
	f.identify()
	return f, nil
}

// Entries gives all entries of the file, in its order.
func (f *File) Entries() []Entry {
	var all []Entry
	for _, r := range f.Reports {
		all = append(all, r.Entries...)
	}
	return all
}

// fault notes a contradiction.
func (f *File) fault(code FaultCode, report string, line int, want, got string) {
	if len(f.Faults) < maxFaults {
		f.Faults = append(f.Faults, Fault{Code: code, Report: report, Line: line, Want: want, Got: got})
	}
}

// maxFaults bounds what is told of one file.
const maxFaults = 100
