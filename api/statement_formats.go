package api

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/statement"
)

// statementWriter sends a statement as it is made.
type statementWriter interface {
	begin(statementHead) error
	line(statement.Line) error
	end(closing owedAnswer) error
}

// jsonStatement writes a statement as one JSON object: the members of its head,
// then entries, then closing, which a statement that was cut off lacks.
type jsonStatement struct {
	w     http.ResponseWriter
	lines int
}

func (o *jsonStatement) begin(head statementHead) error {
	b, err := json.Marshal(head)
	if err != nil {
		return fmt.Errorf("writing a statement: %w", err)
	}
	o.w.Header().Set("Content-Type", jsonType)
	return o.send(append(b[:len(b)-1], `,"entries":[`...))
}

func (o *jsonStatement) line(l statement.Line) error {
	b, err := json.Marshal(newStatementLine(l))
	if err != nil {
		return fmt.Errorf("writing a statement: %w", err)
	}
	if o.lines++; o.lines > 1 {
		b = append([]byte{','}, b...)
	}
	return o.send(b)
}

func (o *jsonStatement) end(closing owedAnswer) error {
	b, err := json.Marshal(closing)
	if err != nil {
		return fmt.Errorf("writing a statement: %w", err)
	}
	return o.send(append(append([]byte(`],"closing":`), b...), '}', '\n'))
}

func (o *jsonStatement) send(b []byte) error {
	if _, err := o.w.Write(b); err != nil {
		return fmt.Errorf("sending a statement: %w", err)
	}
	return nil
}

// csvStatement writes a statement as a table (RFC 4180): the first row after the
// header is the opening balance and the last one the closing balance, which a
// statement that was cut off lacks.
type csvStatement struct {
	w    http.ResponseWriter
	csv  *csv.Writer
	head statementHead
}

func newCSVStatement(w http.ResponseWriter) *csvStatement { return &csvStatement{w: w, csv: newCSV(w)} }

// newCSV makes a writer of tables as RFC 4180 has them.
func newCSV(w io.Writer) *csv.Writer {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	return out
}

var statementColumns = []string{
	"entry", "booked_at", "value_on", "seq", "op", "currency",
	"charged_costs", "charged_late_interest", "charged_interest", "charged_principal",
	"paid_costs", "paid_late_interest", "paid_interest", "paid_principal",
	"forgiven_costs", "forgiven_late_interest", "forgiven_interest", "forgiven_principal",
	"owed_costs", "owed_late_interest", "owed_interest", "owed_principal", "balance", "reference",
}

func (o *csvStatement) begin(head statementHead) error {
	o.head = head
	setCSV(o.w, "statement-"+string(head.Note))
	if err := o.csv.Write(statementColumns); err != nil {
		return fmt.Errorf("writing a statement: %w", err)
	}
	return o.row("opening", statement.Line{ValueOn: head.From, Owed: head.Opening.Parts})
}

// setCSV says that the answer is a table, for a program to open as a file.
func setCSV(w http.ResponseWriter, name string) {
	w.Header().Set("Content-Type", csvType+"; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
}

func (o *csvStatement) line(l statement.Line) error {
	if l.Seq == 0 {
		return o.row("accrued", l)
	}
	return o.row("booked", l)
}

func (o *csvStatement) end(closing owedAnswer) error {
	return o.row("closing", statement.Line{ValueOn: o.head.To, Owed: closing.Parts})
}

func (o *csvStatement) row(entry string, l statement.Line) error {
	cells := []string{entry, "", l.ValueOn.String(), "", string(l.Op), string(o.head.Currency)}
	if l.Seq > 0 {
		cells[1], cells[3] = l.BookedAt.UTC().Format(time.RFC3339), strconv.FormatUint(l.Seq, 10)
	}
	for _, p := range []finance.Parts{l.Charged, l.Paid, l.Forgiven, l.Owed} {
		cells = append(cells, amountCells(p)...)
	}
	if err := o.csv.Write(append(cells, minorUnits(newOwed(l.Owed).Total), plain(l.Reference))); err != nil {
		return fmt.Errorf("sending a statement: %w", err)
	}
	o.csv.Flush()
	return o.csv.Error()
}

// amountCells writes the parts of an amount, in the order in which a payment is used.
func amountCells(p finance.Parts) []string {
	return []string{minorUnits(p.Costs), minorUnits(p.LateInterest), minorUnits(p.Interest), minorUnits(p.Principal)}
}

func minorUnits(a finance.Amount) string { return strconv.FormatInt(int64(a), 10) }
