package bankfile

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// readCamt reads a message of ISO 20022.
func readCamt(data []byte) (*File, error) {
	r := newReader(data)
	start, err := r.root()
	if err != nil {
		return nil, err
	}
	m, known := messages()[start.Name.Space]
	switch name, isISO := strings.CutPrefix(start.Name.Space, namespacePrefix); {
	case known:
	case isISO:
		return nil, &FormatError{Code: UnknownVersion, Path: name, Line: r.line(), Want: knownMessages()}
	default:
		return nil, &FormatError{Code: UnknownFormat, Path: "/" + start.Name.Local, Line: r.line(), Want: knownMessages()}
	}
	if start.Name.Local != "Document" {
		return nil, r.wrong(Unexpected, "Document", start.Name.Local)
	}
	r.space = start.Name.Space
	root, err := r.element(start, m.schema)
	if err != nil {
		return nil, err
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	c := camt{file: &File{Format: m.format, Version: m.version}, message: m}
	if err := c.document(root.kids[0]); err != nil {
		return nil, err
	}
	return c.file, nil
}

func knownMessages() string {
	var names []string
	for _, space := range slices.Sorted(maps.Keys(messages())) {
		names = append(names, strings.TrimPrefix(space, namespacePrefix))
	}
	return strings.Join(names, ", ")
}

// camt takes from a message what this package gives of it.
type camt struct {
	message
	file    *File
	entries int
}

func (c *camt) document(body *node) error {
	header := body.at("GrpHdr")
	c.file.ID = header.at("MsgId").text
	c.file.Created = instant(header.at("CreDtTm").text)
	c.pages(header.at("MsgPgntn"), "")
	for _, n := range body.all(c.message.report) {
		if err := c.report(n); err != nil {
			return err
		}
	}
	return nil
}

// pages notes that a file is a part of something larger, whose sums need not agree.
func (c *camt) pages(n *node, report string) {
	number, last := n.at("PgNb").text, isTrue(n.at("LastPgInd").text)
	if number != "" && !last {
		c.file.fault(FaultPages, report, n.line, "the last page", number)
	}
}

func (c *camt) report(n *node) error {
	r := Report{ID: n.at("Id").text, Account: accountOf(n.at("Acct")), Currency: finance.Currency(n.at("Acct", "Ccy").text)}
	c.pages(n.at("StmtPgntn"), r.ID)
	c.pages(n.at("NtfctnPgntn"), r.ID)
	for _, b := range n.all("Bal") {
		r.balance(b)
	}
	var t totals
	for _, e := range n.all("Ntry") {
		parts := c.booking(&r, e)
		t.add(e.at("CdtDbtInd").text == credit, parts[0].Whole)
		r.Entries = append(r.Entries, parts...)
		if c.entries += len(parts); c.entries > MaxEntries {
			return &FormatError{Code: TooLarge, Path: "Ntry", Line: e.line, Want: fmt.Sprintf("%d entries", MaxEntries)}
		}
	}
	if r.Currency == "" && len(r.Entries) > 0 {
		r.Currency = r.Entries[0].Amount.Currency
	}
	c.file.summary(n.at("TxsSummry"), &r, t)
	c.file.Reports = append(c.file.Reports, r)
	return nil
}

// balance keeps the balance of what is booked at the beginning (OPBD, or PRCD, that at
// the end of the report before) and at the end (CLBD).
func (r *Report) balance(n *node) {
	m := n.at("Amt").money
	if n.at("CdtDbtInd").text == debit {
		m.Amount = -m.Amount
	}
	switch n.at("Tp", "CdOrPrtry", "Cd").text {
	case "OPBD":
		r.Opening = &m
	case "PRCD":
		if r.Opening == nil {
			r.Opening = &m
		}
	case "CLBD":
		r.Closing = &m
	}
}

const (
	credit = "CRDT"
	debit  = "DBIT"
)

// booking gives the transactions of a booking: one where the file does not tell what
// each of several came to.
func (c *camt) booking(r *Report, n *node) []Entry {
	m := n.at("Amt").money
	status := n.at("Sts").text
	if status == "" {
		status = n.at("Sts", "Cd").text
	}
	whole := Entry{
		Line: n.line, Account: r.Account, Amount: m, Whole: m.Amount, Part: 1, Of: 1,
		Credit: n.at("CdtDbtInd").text == credit, Reversal: isTrue(n.at("RvslInd").text), Booked: status == "BOOK",
		WholeCredit: n.at("CdtDbtInd").text == credit,
		BookedOn:    dayOf(n.at("BookgDt")), ValueOn: dayOf(n.at("ValDt")),
		BankRef: firstOf(n.at("AcctSvcrRef").text, n.at("NtryRef").text),
	}
	if extra := n.at("AddtlNtryInf").text; extra != "" {
		whole.Text = []string{extra}
	}
	var transactions []*node
	stated := 0
	for _, d := range n.all("NtryDtls") {
		transactions = append(transactions, d.all("TxDtls")...)
		of, _ := strconv.Atoi(d.at("Btch", "NbOfTxs").text)
		stated += of
	}
	if stated > 0 && len(transactions) > 0 && stated != len(transactions) {
		c.file.fault(FaultCount, r.ID, n.line, strconv.Itoa(stated), strconv.Itoa(len(transactions)))
	}
	switch len(transactions) {
	case 0:
		return []Entry{whole}
	case 1:
		return []Entry{whole.with(transactions[0])}
	}
	return c.split(r, whole, transactions)
}

// split gives each transaction of a booking that gathers several as an entry. Where
// one has no amount, or they do not come to the booking's, there is no telling whose
// the money is: the booking stays whole, for a person to divide.
func (c *camt) split(r *Report, whole Entry, transactions []*node) []Entry {
	var parts []Entry
	var sum finance.Amount
	for i, n := range transactions {
		e := whole.with(n)
		e.Line, e.Part, e.Of = n.line, i+1, len(transactions)
		of := n.at("Amt")
		if of.text == "" {
			of = n.at("AmtDtls", "TxAmt", "Amt")
		}
		if of.money.Currency != whole.Amount.Currency {
			return []Entry{whole.gather(transactions)}
		}
		e.Amount = of.money
		sign := finance.Amount(1)
		if other := n.at("CdtDbtInd").text; other != "" && (other == credit) != whole.Credit {
			e.Credit, sign = !whole.Credit, -1
		}
		sum = capped(sum, sign*e.Amount.Amount)
		parts = append(parts, e)
	}
	if sum != whole.Amount.Amount {
		got := finance.Money{Amount: sum, Currency: whole.Amount.Currency}
		c.file.fault(FaultParts, r.ID, whole.Line, whole.Amount.String(), got.String())
		return []Entry{whole.gather(transactions)}
	}
	return parts
}

// with adds what a transaction says to its booking.
func (e Entry) with(n *node) Entry {
	refs := n.at("Refs")
	e.PartRef = firstOf(refs.at("AcctSvcrRef").text, refs.at("TxId").text, refs.at("UETR").text, named(refs.at("EndToEndId").text))
	parties := n.at("RltdPties")
	e.Payer = payerOf(parties.at("Dbtr"))
	if last := payerOf(parties.at("UltmtDbtr")); last.Name != "" {
		e.Payer = last // for whom the debtor paid
	}
	e.Payer.Account = accountOf(parties.at("DbtrAcct"))
	remittance := n.at("RmtInf")
	texts := e.Text
	e.References, e.Text = nil, nil
	for _, s := range remittance.all("Strd") {
		if ref := s.at("CdtrRefInf", "Ref").text; ref != "" {
			e.References = append(e.References, ref)
		}
		for _, t := range s.all("AddtlRmtInf") {
			e.Text = append(e.Text, t.text)
		}
	}
	for _, t := range remittance.all("Ustrd") {
		e.Text = append(e.Text, t.text)
	}
	e.Text = append(e.Text, texts...)
	if back := n.at("RtrInf"); len(back.kids) > 0 {
		e.Return = firstOf(back.at("Rsn", "Cd").text, back.at("Rsn", "Prtry").text, "?")
	}
	return e
}

// gather keeps of several transactions what helps a person: what each payer wrote.
func (e Entry) gather(transactions []*node) Entry {
	for _, n := range transactions {
		part := Entry{}.with(n)
		for _, words := range [][]string{{part.Payer.Name}, part.References, part.Text} {
			for _, w := range words {
				if w != "" && len(e.Text) < maxGathered {
					e.Text = append(e.Text, w)
				}
			}
		}
	}
	return e
}

// maxGathered bounds the lines of an entry that stands for many.
const maxGathered = 100

// named gives a reference that its maker gave; the rules of SEPA have a word for none.
func named(reference string) string {
	if reference == "NOTPROVIDED" {
		return ""
	}
	return reference
}

func payerOf(n *node) Payer {
	if p := n.at("Pty"); p.name != "" {
		n = p
	}
	var number string
	for _, kind := range []string{"OrgId", "PrvtId"} {
		number = firstOf(number, n.at("Id", kind, "Othr", "Id").text)
	}
	return Payer{Name: strings.TrimSpace(n.at("Nm").text), Number: number}
}

func accountOf(n *node) string {
	return strings.ReplaceAll(firstOf(n.at("Id", "IBAN").text, n.at("Id", "Othr", "Id").text), " ", "")
}

func dayOf(n *node) finance.Date {
	if d, ok := parseDate(n.at("Dt").text, false); ok {
		return d
	}
	d, _ := parseDate(n.at("DtTm").text, true)
	return d
}

// instant reads a time; one without a zone is taken as UTC, since nothing depends on
// it but the order in which files are shown.
func instant(text string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

func isTrue(text string) bool { return text == "true" || text == "1" }

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
