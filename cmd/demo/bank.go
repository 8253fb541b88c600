package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/skuld-registry/skuld/api/bankfile"
	"github.com/skuld-registry/skuld/api/web/site/visitor"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// booking is one row of the bank's statement.
type booking struct {
	Amount    finance.Amount
	Out       bool // money that went out
	Payer     string
	Account   string // from which it was paid
	Reference string // of the case, as the payer gave it
	Text      string // what the payer wrote
}

// Sum writes the amount as the bank does.
func (b booking) Sum() string { return sum(b.Amount) }

func sum(a finance.Amount) string {
	text, _, _ := strings.Cut(finance.Money{Amount: a, Currency: "SEK"}.String(), " ")
	return text
}

// bankStatement is camt.053.001.02, as Swedish banks send it.
var bankStatement = template.Must(template.New("camt").Parse(`<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">
  <BkToCstmrStmt>
    <GrpHdr><MsgId>{{.ID}}</MsgId><CreDtTm>{{.At}}</CreDtTm></GrpHdr>
    <Stmt>
      <Id>{{.ID}}</Id><CreDtTm>{{.At}}</CreDtTm>
      <Acct><Id><IBAN>SE4550000000058398257466</IBAN></Id><Ccy>SEK</Ccy></Acct>
      <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="SEK">{{.Opening}}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{{.Day}}</Dt></Dt></Bal>
      <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="SEK">{{.Closing}}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{{.Day}}</Dt></Dt></Bal>
{{- range $i, $b := .Bookings}}
      <Ntry>
        <Amt Ccy="SEK">{{.Sum}}</Amt><CdtDbtInd>{{if .Out}}DBIT{{else}}CRDT{{end}}</CdtDbtInd><Sts>BOOK</Sts>
        <BookgDt><Dt>{{$.Day}}</Dt></BookgDt><ValDt><Dt>{{$.Day}}</Dt></ValDt><AcctSvcrRef>{{$.ID}}-{{$i}}</AcctSvcrRef><BkTxCd/>
        <NtryDtls><TxDtls>
          <Refs><AcctSvcrRef>{{$.ID}}-{{$i}}</AcctSvcrRef></Refs>
          {{- if .Payer}}
          <RltdPties><Dbtr><Nm>{{.Payer}}</Nm></Dbtr><DbtrAcct><Id><IBAN>{{.Account}}</IBAN></Id></DbtrAcct></RltdPties>{{end}}
          {{- if or .Reference .Text}}
          <RmtInf>{{with .Text}}<Ustrd>{{.}}</Ustrd>{{end}}{{with .Reference}}<Strd><CdtrRefInf><Ref>{{.}}</Ref></CdtrRefInf></Strd>{{end}}</RmtInf>{{end}}
        </TxDtls></NtryDtls>
      </Ntry>
{{- end}}
    </Stmt>
  </BkToCstmrStmt>
</Document>
`))

// broughtForward is what is on the account before the day.
const broughtForward finance.Amount = 10_000_00

// bringBankFile has Maria bring what the bank reports: payments with references, one
// whose sender forgot it, one that nobody knows, one of too much, and the bank's fee.
func (d *day) bringBankFile(ctx context.Context) error {
	file, err := d.desk.once("bank file", func() (string, error) {
		text, err := d.statement(ctx)
		if err != nil {
			return "", err
		}
		const payments = "/desk/payments"
		v := d.desk.people[maria]
		page, err := v.Get(ctx, payments)
		if err == nil {
			page, err = v.Bring(ctx, page, payments, visitor.File{Field: "file", Name: "kontoutdrag-" + today().String() + ".xml", Data: text})
		}
		if err != nil {
			return "", err
		}
		return page.At.Path, nil
	})
	if err != nil {
		return err
	}
	_, err = d.desk.once("payments applied", func() (string, error) { return "", d.awaitPayment(ctx, file) })
	return err
}

// paymentComes bounds the wait until what was matched stands on its note.
const paymentComes = 30 * time.Second

// awaitPayment waits until the last note that is paid in full has its payment.
func (d *day) awaitPayment(ctx context.Context, file string) error {
	err := await(ctx, paymentComes, func() (bool, error) {
		n, err := d.noteOf(ctx, d.actors["collector"], lena)
		return err == nil && n.Status == ledger.StatusDischarged, err
	})
	if err != nil {
		return fmt.Errorf("applying the payments of %s: %w", file, err)
	}
	return nil
}

// statement writes the bank's file of the day.
func (d *day) statement(ctx context.Context) ([]byte, error) {
	var failed error
	first := func(name string) finance.Amount {
		n, err := d.noteOf(ctx, d.actors["collector"], name)
		if err != nil {
			failed = errors.Join(failed, err)
			return 0
		}
		rows, _, err := ledger.Instalments(n)
		if failed = errors.Join(failed, err); len(rows) == 0 {
			return 0
		}
		return rows[0].Total
	}
	all := func(name string) finance.Amount {
		n, err := d.actors["collector"].Note(ctx, ledger.NoteID(d.desk.of("note of "+name)), finance.Date{})
		if failed = errors.Join(failed, err); err != nil {
			return 0
		}
		return n.Summary.Total.Amount
	}
	bookings := []booking{
		{Amount: first(bo), Payer: "BO SJÖGREN", Account: "SE7280000810340009783242", Reference: d.reference(bo)},
		{Amount: first(nora), Payer: "NORA OBRIEN", Account: "SE3550000000054910000003", Reference: d.reference(nora)},
		{Amount: all(lena) + 250_00, Payer: "VIKLUND LENA", Account: "SE4730000000060012345678", Reference: d.reference(lena)},
		{Amount: 2000_00, Payer: "LINDQVIST ANNA", Account: "SE1230000000061123456781", Text: "november"},
		{Amount: 875_00, Payer: "K MOBERG BYGG", Account: "SE5430000000062212345674", Text: "faktura 2291"},
		{Amount: 49_00, Out: true, Text: "Avgift Bankgiro"},
	}
	if failed != nil {
		return nil, failed
	}
	closing := broughtForward
	for _, b := range bookings {
		if b.Out {
			closing -= b.Amount
		} else {
			closing += b.Amount
		}
	}
	var text bytes.Buffer
	err := bankStatement.Execute(&text, map[string]any{
		"ID": "NORD-" + today().String(), "Day": today().String(), "At": today().String() + "T05:30:00",
		"Opening": sum(broughtForward), "Closing": sum(closing), "Bookings": bookings,
	})
	if err != nil {
		return nil, fmt.Errorf("writing the bank's file: %w", err)
	}
	return text.Bytes(), nil
}

// reference is the payment reference of a case.
func (d *day) reference(name string) string {
	path := d.cases[name]
	number, err := strconv.ParseInt(path[strings.LastIndexByte(path, '/')+1:], 10, 64)
	if err != nil {
		return "" // which matches nothing
	}
	return bankfile.Reference(number)
}
