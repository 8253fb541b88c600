package tape

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/skuld-registry/skuld/ledger"
)

// Limits on what is read. They bound the memory that any file can cost.
const (
	// MaxRows is the most rows of one tape. The references of all rows are
	// remembered, so that one that comes twice is found.
	MaxRows = 1_000_000
	// MaxRecordBytes is the greatest length of one row. A quotation mark that
	// is never closed would else make one row of the rest of the file.
	MaxRecordBytes = 64 << 10
	// maxColumns is the most columns of a tape.
	maxColumns = 200

	bufferBytes = 4096
	sniffBytes  = 512
)

// Layout names the columns of a tape.
type Layout string

// The layouts.
const (
	// Skuld is the registry's own layout; TAPE.md describes it.
	Skuld Layout = "skuld"
	// LendingClub is the layout of the loans that LendingClub published.
	LendingClub Layout = "lendingclub"
)

// Layouts lists the layouts.
func Layouts() []Layout { return []Layout{Skuld, LendingClub} }

// Row is one loan of the tape.
type Row struct {
	Number   int            // of the row after the header, from 1
	Line     int            // of the file, from 1
	Borrower ledger.PartyID // empty where the tape names none
	Terms    ledger.Terms
	Warnings []Problem // what is strange and yet can be offered
}

// Problem is a fault of one row. The rows after it can still be read.
type Problem struct {
	Row    int    `json:"row"`
	Line   int    `json:"line"`
	Column string `json:"column,omitempty"` // empty where it is not one column's
	Detail string `json:"detail"`
}

// Error says where the fault stands and what it is.
func (p *Problem) Error() string {
	if p.Column == "" {
		return fmt.Sprintf("row %d (line %d): %s", p.Row, p.Line, p.Detail)
	}
	return fmt.Sprintf("row %d (line %d), column %s: %s", p.Row, p.Line, p.Column, p.Detail)
}

// FileError is a fault after which nothing more of the file can be read.
type FileError struct {
	Line   int // 0 where it is not one line's
	Detail string
}

// Error says what is wrong with the file and what to do.
func (e *FileError) Error() string {
	if e.Line == 0 {
		return "the file " + e.Detail
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Detail)
}

// Reader reads a tape.
type Reader struct {
	csv     *csv.Reader
	budget  *budget
	columns []*column // by position; nil for one that the layout leaves aside
	header  []string
	finish  func(*loan) error
	row     int
	seed    maphash.Seed
	seen    map[uint64]int32 // hash of a reference to the row that has it
}

// NewReader reads the header of a tape. Every error of it is a *FileError or
// the source's own.
func NewReader(source io.Reader, layout Layout) (*Reader, error) {
	l, ok := layouts[layout]
	if !ok {
		return nil, fmt.Errorf("reading the tape: there is no layout %q; the layouts are %v", layout, Layouts())
	}
	b := &budget{source: source}
	buffered := bufio.NewReaderSize(b, bufferBytes)
	b.refill()
	if err := checkEncoding(buffered); err != nil {
		return nil, err
	}
	r := &Reader{csv: csv.NewReader(buffered), budget: b, finish: l.finish, seed: maphash.MakeSeed(), seen: map[uint64]int32{}}
	r.csv.FieldsPerRecord = -1 // counted below, where the row's number is known
	r.csv.ReuseRecord = true
	header, err := r.csv.Read()
	if errors.Is(err, io.EOF) {
		return nil, &FileError{Detail: "is empty; its first line must name the columns"}
	}
	if err != nil {
		return nil, r.fileError(err)
	}
	if err := r.bind(header, l); err != nil {
		return nil, err
	}
	return r, nil
}

// checkEncoding refuses a file that is not UTF-8, in words that say how to
// make it so. A byte order mark, as spreadsheets write it, is skipped.
func checkEncoding(source *bufio.Reader) error {
	head, err := source.Peek(sniffBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return &FileError{Detail: `is UTF-16; save it as "CSV UTF-8"`}
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		_, err := source.Discard(3)
		return err
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return &FileError{Detail: `is a spreadsheet or another archive; save it as "CSV UTF-8"`}
	case bytes.IndexByte(head, 0) >= 0:
		return &FileError{Detail: `is no text, or UTF-16 without a byte order mark; save it as "CSV UTF-8"`}
	}
	return nil
}

// bind finds the layout's columns in the header.
func (r *Reader) bind(header []string, l *layout) error {
	if len(header) == 1 {
		for _, mark := range []struct{ sign, name string }{{";", "semicolons"}, {"\t", "tabs"}} {
			if strings.Contains(header[0], mark.sign) {
				return &FileError{Line: 1, Detail: "the columns are separated by " + mark.name + "; separate them by commas"}
			}
		}
	}
	if len(header) > maxColumns {
		return &FileError{Line: 1, Detail: fmt.Sprintf("the header has %d columns; the limit is %d", len(header), maxColumns)}
	}
	found := map[string]bool{}
	for _, text := range header {
		name := strings.ToLower(strings.TrimSpace(text))
		c, known := l.columns[name]
		switch {
		case !utf8.ValidString(text):
			return &FileError{Line: 1, Detail: `the header is not UTF-8; save the file as "CSV UTF-8"`}
		case found[name]:
			return &FileError{Line: 1, Detail: fmt.Sprintf("the column %q comes twice", name)}
		case !known && l.strict:
			return &FileError{Line: 1, Detail: fmt.Sprintf("the layout has no column %q; its columns are %s", name, strings.Join(l.names(), ", "))}
		}
		found[name] = true
		r.header = append(r.header, name)
		r.columns = append(r.columns, c)
	}
	var missing []string
	for _, name := range l.names() {
		if l.columns[name].required && !found[name] {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return &FileError{Line: 1, Detail: "the header lacks the column " + strings.Join(missing, ", ")}
	}
	return nil
}

// Next reads the next row. It gives io.EOF after the last, a *Problem for a row
// that is no loan, after which it can be called again, and a *FileError or the
// source's own error where nothing more can be read.
func (r *Reader) Next() (Row, error) {
	r.budget.refill()
	record, err := r.csv.Read()
	if errors.Is(err, io.EOF) {
		return Row{}, io.EOF
	}
	if r.row++; r.row > MaxRows {
		return Row{}, &FileError{Detail: fmt.Sprintf("has more than %d rows; split it", MaxRows)}
	}
	// A quotation mark that is never closed has swallowed the rows after it; any
	// other fault is its own row's.
	if broken, ok := errors.AsType[*csv.ParseError](err); ok && broken.StartLine == broken.Line {
		return Row{Number: r.row, Line: broken.StartLine}, &Problem{Row: r.row, Line: broken.StartLine, Detail: broken.Err.Error()}
	}
	if err != nil {
		return Row{}, r.fileError(err)
	}
	line, _ := r.csv.FieldPos(0)
	row := Row{Number: r.row, Line: line}
	problem := func(column, detail string) *Problem {
		return &Problem{Row: row.Number, Line: row.Line, Column: column, Detail: detail}
	}
	if len(record) != len(r.header) {
		return row, problem("", fmt.Sprintf("has %d fields, and the header has %d", len(record), len(r.header)))
	}
	loan, column, err := r.read(record)
	if err != nil {
		return row, problem(column, err.Error())
	}
	if first, again := r.remember(loan.terms.Reference); again {
		return row, problem(loan.referenceColumn, fmt.Sprintf("%q stands in row %d already", loan.terms.Reference, first))
	}
	row.Borrower, row.Terms = loan.borrower, loan.terms
	for _, w := range loan.warnings {
		row.Warnings = append(row.Warnings, *problem(w.column, w.detail))
	}
	return row, nil
}

// read takes a record's fields for what their columns say.
func (r *Reader) read(record []string) (*loan, string, error) {
	l := newLoan()
	for i, c := range r.columns {
		if c == nil {
			continue
		}
		text := strings.TrimSpace(record[i])
		switch {
		case !utf8.ValidString(text):
			return nil, r.header[i], errors.New("is not UTF-8")
		case text == "" && c.required:
			return nil, r.header[i], errors.New("is empty")
		case text == "":
			continue
		}
		if err := c.set(l, text); err != nil {
			return nil, r.header[i], err
		}
	}
	if err := r.finish(l); err != nil {
		if at, ok := errors.AsType[*columnError](err); ok {
			return nil, at.column, at.err
		}
		return nil, "", err
	}
	return l, "", nil
}

// remember says whether an earlier row has the reference. Two loans that the
// lender itself gave one number would become two originals of one debt.
// A hash of 64 bits takes two different references of a million for one with a
// chance of 1 to 30 million; the row is then reported and not lost.
func (r *Reader) remember(reference string) (first int, again bool) {
	if reference == "" {
		return 0, false
	}
	h := maphash.String(r.seed, reference)
	if row, ok := r.seen[h]; ok {
		return int(row), true
	}
	r.seen[h] = int32(r.row)
	return 0, false
}

func (r *Reader) fileError(err error) error {
	if errors.Is(err, errBudget) {
		return &FileError{Detail: fmt.Sprintf("has a row longer than %d bytes after row %d; is a quotation mark left open?", MaxRecordBytes, max(0, r.row-1))}
	}
	if broken, ok := errors.AsType[*csv.ParseError](err); ok {
		return &FileError{Line: broken.StartLine, Detail: "a quotation mark that begins here is never closed as it should be (" + broken.Err.Error() + ")"}
	}
	return fmt.Errorf("reading the tape: %w", err)
}

// errBudget says that one row took more than its share.
var errBudget = errors.New("the row is too long")

// budget passes on what it reads as long as no single row takes too much.
type budget struct {
	source io.Reader
	left   int
}

func (b *budget) refill() { b.left = MaxRecordBytes + bufferBytes }

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errBudget
	}
	n, err := b.source.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
