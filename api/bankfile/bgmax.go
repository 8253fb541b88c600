package bankfile

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// The layout of BgMax, by Bankgirot's technical manual of Bankgiro Inbetalningar: lines
// of 80 characters of ISO 8859-1, each a record that begins with its two-digit code.
// A file is a start (01), sections of an opening (05), payments (20) and deductions
// (21) with what belongs to each, and a deposit (15), and an end (70).
const (
	startRecord = "01BGMAX"
	recordSize  = 80
	codeSize    = 2
	bgVersion   = "01"
	maxRecords  = 10 * MaxEntries
)

// bgRecord is a line. Its fields are addressed as in the manual: from 1, both ends
// included.
type bgRecord struct {
	text []rune
	line int
}

func (r bgRecord) code() string { return r.field(1, 2) }

func (r bgRecord) field(from, to int) string { return string(r.text[from-1 : to]) }

func (r bgRecord) words(from, to int) string { return strings.TrimSpace(r.field(from, to)) }

func (r bgRecord) wrong(code FormatCode, from, to int, want string) *FormatError {
	return &FormatError{Code: code, Path: fmt.Sprintf("record %s, positions %d-%d", r.code(), from, to), Line: r.line, Want: want}
}

// number reads digits; nothing but spaces is 0.
func (r bgRecord) number(from, to int) (int64, error) {
	text := r.words(from, to)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, decimal, 64)
	if err != nil || !isDigits(text) {
		return 0, r.wrong(BadValue, from, to, "digits")
	}
	return n, nil
}

func (r bgRecord) amount(from, to int) (finance.Amount, error) {
	n, err := r.number(from, to)
	if err == nil && !finance.Amount(n).Valid() {
		err = r.wrong(BadValue, from, to, fmt.Sprintf("less than %d", int64(finance.MaxAmount)))
	}
	return finance.Amount(n), err
}

// bgRecords cuts a file into records. A line may lack the spaces at its end, which
// programs on the way like to take off.
func bgRecords(data []byte) ([]bgRecord, error) {
	text := string(data)
	if !utf8.Valid(data) {
		text = fromLatin1(data)
	}
	text = strings.TrimRight(text, "\r\n \x1a")
	var all []bgRecord
	for line := range strings.Lines(text) {
		r := bgRecord{text: []rune(strings.TrimRight(line, "\r\n")), line: len(all) + 1}
		if len(r.text) < codeSize || len(r.text) > recordSize {
			return nil, &FormatError{Code: BadValue, Path: "record", Line: r.line, Want: fmt.Sprintf("%d characters", recordSize)}
		}
		for len(r.text) < recordSize {
			r.text = append(r.text, ' ')
		}
		if strings.ContainsFunc(string(r.text), func(c rune) bool { return c < ' ' }) {
			return nil, r.wrong(BadValue, 1, recordSize, "no control characters")
		}
		if all = append(all, r); len(all) > maxRecords {
			return nil, r.wrong(TooLarge, 1, 2, fmt.Sprintf("%d records", maxRecords))
		}
	}
	return all, nil
}

// bgReader reads the records of a file in their order.
type bgReader struct {
	file    *File
	all     []bgRecord
	entries int
	// What the end record counts.
	payments, deductions, extra, deposits int
}

func readBgMax(data []byte) (*File, error) {
	records, err := bgRecords(bytes.TrimRight(data, "\x00"))
	if err != nil {
		return nil, err
	}
	r := &bgReader{file: &File{Format: BgMax}, all: records}
	if err := r.start(); err != nil {
		return nil, err
	}
	for r.peek() == "05" {
		if err := r.section(); err != nil {
			return nil, err
		}
	}
	return r.file, r.end()
}

// peek gives the code of the next record; empty at the end of the file.
func (r *bgReader) peek() string {
	if len(r.all) == 0 {
		return ""
	}
	return r.all[0].code()
}

func (r *bgReader) take() bgRecord {
	first := r.all[0]
	r.all = r.all[1:]
	return first
}

// expect takes the next record, which must have a code.
func (r *bgReader) expect(code string) (bgRecord, error) {
	switch {
	case len(r.all) == 0:
		return bgRecord{}, &FormatError{Code: Missing, Path: "record", Want: code}
	case r.peek() != code:
		return bgRecord{}, r.all[0].wrong(Unexpected, 1, 2, code)
	}
	return r.take(), nil
}

func (r *bgReader) start() error {
	rec, err := r.expect("01")
	if err != nil {
		return err
	}
	if rec.words(3, 22) != "BGMAX" {
		return rec.wrong(BadValue, 3, 22, "BGMAX")
	}
	if r.file.Version = rec.field(23, 24); r.file.Version != bgVersion {
		return &FormatError{Code: UnknownVersion, Path: "BgMax " + r.file.Version, Line: rec.line, Want: "BgMax " + bgVersion}
	}
	written := rec.field(25, 44)
	if r.file.Created, err = time.Parse("20060102150405", written[:14]); err != nil || !isDigits(written) {
		return rec.wrong(BadValue, 25, 44, "a time to the microsecond")
	}
	switch rec.field(45, 45) {
	case "T":
		r.file.Test = true
	case "P":
	default:
		return rec.wrong(BadValue, 45, 45, "P or T")
	}
	r.file.ID = written
	return nil
}

// section reads what was paid in to one bankgiro number as one deposit. Its opening
// says to whom and its deposit, at the end, when and how much.
func (r *bgReader) section() error {
	opening, err := r.expect("05")
	if err != nil {
		return err
	}
	number, err := opening.number(3, 12)
	if err != nil {
		return err
	}
	currency, err := finance.ParseCurrency(opening.field(23, 25))
	if err != nil {
		return opening.wrong(BadValue, 23, 25, "SEK or EUR")
	}
	report := Report{Account: strconv.FormatInt(number, decimal), Currency: currency}
	for r.peek() == "20" || r.peek() == "21" {
		e, err := r.payment(currency)
		if err != nil {
			return err
		}
		e.Account = report.Account
		report.Entries = append(report.Entries, e)
		if r.entries++; r.entries > MaxEntries {
			return opening.wrong(TooLarge, 1, 2, fmt.Sprintf("%d entries", MaxEntries))
		}
	}
	deposit, err := r.expect("15")
	if err != nil {
		return err
	}
	if err := r.deposit(deposit, &report); err != nil {
		return err
	}
	r.file.Reports = append(r.file.Reports, report)
	return nil
}

// deposit closes a section: every payment of it is booked as part of the deposit.
func (r *bgReader) deposit(rec bgRecord, report *Report) error {
	day := rec.field(38, 45)
	on, err := finance.ParseDate(day[:4] + "-" + day[4:6] + "-" + day[6:])
	if err != nil {
		return rec.wrong(BadValue, 38, 45, "a date")
	}
	stated, err := rec.amount(51, 68)
	if err != nil {
		return err
	}
	if rec.field(69, 71) != string(report.Currency) {
		return rec.wrong(BadValue, 69, 71, string(report.Currency))
	}
	count, err := rec.number(72, 79)
	if err != nil {
		return err
	}
	r.deposits++
	report.ID = day + "-" + rec.words(46, 50)
	if int(count) != len(report.Entries) {
		r.file.fault(FaultCount, report.ID, rec.line, strconv.FormatInt(count, decimal), strconv.Itoa(len(report.Entries)))
	}
	for i := range report.Entries {
		e := &report.Entries[i]
		e.BookedOn, e.ValueOn, e.BankRef = on, on, rec.words(46, 50)
		e.Part, e.Of, e.Whole, e.WholeCredit = i+1, len(report.Entries), stated, true
	}
	if net := report.Net(); net != stated {
		got := finance.Money{Amount: net, Currency: report.Currency}
		want := finance.Money{Amount: stated, Currency: report.Currency}
		r.file.fault(FaultSum, report.ID, rec.line, want.String(), got.String())
	}
	return nil
}

// severalReferences is the code of a reference field in which the payer wrote several.
const severalReferences = "3"

// payment reads a payment, or a deduction by which a payer took something back, with
// the records that belong to it.
func (r *bgReader) payment(c finance.Currency) (Entry, error) {
	rec := r.take()
	e := Entry{Line: rec.line, Credit: rec.code() == "20", Reversal: rec.code() == "21", Booked: true}
	if e.Credit {
		r.payments++
	} else {
		r.deductions++
	}
	amount, err := rec.amount(38, 55)
	if err != nil {
		return e, err
	}
	e.Amount = finance.Money{Amount: amount, Currency: c}
	sender, err := rec.number(3, 12)
	if err != nil {
		return e, err
	}
	if sender != 0 {
		e.Payer.Account = strconv.FormatInt(sender, decimal)
	}
	e.PartRef = rec.words(58, 69)
	if ref := rec.words(13, 37); ref != "" && rec.field(56, 56) != severalReferences {
		e.References = append(e.References, ref)
	} else if ref != "" {
		e.Text = append(e.Text, ref)
	}
	return e, r.belonging(&e)
}

// The numbers of records that one payment may have.
const (
	maxExtra = 999
	maxLines = 99
)

// belonging reads what follows a payment and belongs to it.
func (r *bgReader) belonging(e *Entry) error {
	count := map[string]int{}
	last := ""
	for {
		code, most := r.peek(), 1
		switch code {
		case "22", "23":
			most = maxExtra
			r.extra++
		case "25":
			most = maxLines
		case "26", "27", "28", "29":
		default:
			return nil
		}
		rec := r.take()
		if code < last && !(code == "22" && last == "23") {
			return rec.wrong(Unexpected, 1, 2, "records in the order of their codes")
		}
		if count[code]++; count[code] > most {
			return rec.wrong(TooMany, 1, 2, strconv.Itoa(most))
		}
		last = code
		if err := e.told(rec); err != nil {
			return err
		}
	}
}

// told takes from a record what it tells of the payment before it.
func (e *Entry) told(rec bgRecord) error {
	switch rec.code() {
	case "22", "23":
		if ref := rec.words(13, 37); ref != "" {
			e.References = append(e.References, ref)
		}
	case "25":
		if text := rec.words(3, 52); text != "" {
			e.Text = append(e.Text, text)
		}
	case "26":
		e.Payer.Name = strings.TrimSpace(rec.words(3, 37) + " " + rec.words(38, 72))
	case "29":
		number, err := rec.number(3, 14)
		if err != nil {
			return err
		}
		e.Payer.Number = strconv.FormatInt(number, decimal)
	}
	return nil
}

// end compares the numbers of records with those that the file states.
func (r *bgReader) end() error {
	rec, err := r.expect("70")
	if err != nil {
		return err
	}
	if len(r.all) > 0 {
		return r.all[0].wrong(Unexpected, 1, 2, "nothing after record 70")
	}
	for _, c := range []struct {
		code     FaultCode
		from, to int
		got      int
	}{
		{FaultCount, 3, 10, r.payments},
		{FaultCount, 11, 18, r.deductions},
		{FaultExtra, 19, 26, r.extra},
		{FaultSections, 27, 34, r.deposits},
	} {
		stated, err := rec.number(c.from, c.to)
		if err != nil {
			return err
		}
		if int(stated) != c.got {
			r.file.fault(c.code, "", rec.line, strconv.FormatInt(stated, decimal), strconv.Itoa(c.got))
		}
	}
	return nil
}
