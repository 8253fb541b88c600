package bankfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/bankfile"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func example(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func read(t testing.TB, text string) *bankfile.File {
	t.Helper()
	f, err := bankfile.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func sek(amount finance.Amount) finance.Money {
	return finance.Money{Amount: amount, Currency: "SEK"}
}

func day(t testing.TB, text string) finance.Date {
	t.Helper()
	d, err := finance.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// without gives entries without what names them, which other tests are about.
func without(all []bankfile.Entry) []bankfile.Entry {
	var bare []bankfile.Entry
	for _, e := range all {
		e.Booking, e.ID, e.Line = "", "", 0
		bare = append(bare, e)
	}
	return bare
}

const ours = "SE4550000000058398257466"

func TestANotificationTellsEachTransactionOfABooking(t *testing.T) {
	t.Parallel()
	f := read(t, example(t, "camt054-08.xml"))
	on := day(t, "2026-03-02")
	want := []bankfile.Entry{
		{
			Account: ours, Amount: sek(125050), Credit: true, Booked: true, BookedOn: on, BankRef: "B-77", PartRef: "B-77-1",
			Part: 1, Of: 2, Whole: 165050, WholeCredit: true, References: []string{"RF33100164"},
			Payer: bankfile.Payer{Name: "ÅBERG, ANNA", Account: "SE3550000000054910000003"},
		}, {
			Account: ours, Amount: sek(40000), Credit: true, Booked: true, BookedOn: on, BankRef: "B-77", PartRef: "B-77-2",
			Part: 2, Of: 2, Whole: 165050, WholeCredit: true, Text: []string{"for case 100164, thank you"},
			Payer: bankfile.Payer{Name: "Cilla Ek", Number: "196408233234"},
		}, {
			Account: ours, Amount: sek(50000), Credit: true, BankRef: "B-78", Part: 1, Of: 1, Whole: 50000, WholeCredit: true,
		},
	}
	if got := without(f.Entries()); !reflect.DeepEqual(got, want) {
		t.Errorf("entries:\n%+v\nwant\n%+v", got, want)
	}
	if len(f.Faults) > 0 || f.ID != "NORTH-54-1" || f.Created.Format("15:04:05.0") != "11:00:00.5" {
		t.Errorf("file %q of %v with faults %v", f.ID, f.Created, f.Faults)
	}
}

func TestAStatementTellsReversalsAndReturns(t *testing.T) {
	t.Parallel()
	f := read(t, example(t, "camt053-02.xml"))
	on := day(t, "2026-03-02")
	booked := bankfile.Entry{Account: ours, Booked: true, BookedOn: on, Part: 1, Of: 1}
	with := func(amount finance.Amount, credit bool, change func(*bankfile.Entry)) bankfile.Entry {
		e := booked
		e.Amount, e.Whole, e.Credit, e.WholeCredit = sek(amount), amount, credit, credit
		change(&e)
		return e
	}
	want := []bankfile.Entry{
		with(165050, true, func(e *bankfile.Entry) { e.BankRef = "B-77" }),
		with(17500, true, func(e *bankfile.Entry) {
			e.BankRef, e.PartRef, e.Return, e.Payer.Name = "B-79", "E-9", "AC04", "Östen Berg"
		}),
		with(25025, false, func(e *bankfile.Entry) { e.Reversal = true }),
		with(10000, false, func(e *bankfile.Entry) { e.Text = []string{"fee"} }),
	}
	if got := without(f.Entries()); !reflect.DeepEqual(got, want) {
		t.Errorf("entries:\n%+v\nwant\n%+v", got, want)
	}
	if len(f.Faults) > 0 {
		t.Errorf("faults %v", f.Faults)
	}
}

func TestBgMaxTellsPaymentsAndDeductionsOfADeposit(t *testing.T) {
	t.Parallel()
	f := read(t, example(t, "bgmax.txt"))
	on := day(t, "2026-03-02")
	part := func(n int, amount finance.Amount, ref string) bankfile.Entry {
		return bankfile.Entry{
			Account: "50501055", Amount: sek(amount), Credit: true, Booked: true, BookedOn: on, ValueOn: on,
			BankRef: "00001", PartRef: ref, Part: n, Of: 3, Whole: 210050, WholeCredit: true,
		}
	}
	one, two, three := part(1, 125050, "000000000101"), part(2, 90000, "000000000102"), part(3, 5000, "000000000103")
	one.References, one.Payer.Name = []string{"100164"}, "Åberg Anna"
	two.References, two.Text = []string{"100164", "133"}, []string{"100164, 133", "Two instalments"}
	two.Payer = bankfile.Payer{Name: "Kalles Plåt AB", Account: "3783511", Number: "5500001234"}
	three.Credit, three.Reversal, three.References, three.Payer.Account = false, true, []string{"100164"}, "3783511"
	if got, want := without(f.Entries()), []bankfile.Entry{one, two, three}; !reflect.DeepEqual(got, want) {
		t.Errorf("entries:\n%+v\nwant\n%+v", got, want)
	}
	if len(f.Faults) > 0 || f.Test || f.Version != "01" {
		t.Errorf("file %+v", f)
	}
}

// TestWhatDoesNotFitItsFormatIsRefusedByPathAndLine changes one thing of a right file
// at a time.
func TestWhatDoesNotFitItsFormatIsRefusedByPathAndLine(t *testing.T) {
	t.Parallel()
	const entry = "/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry"
	for name, c := range map[string]struct {
		file, from, to string
		want           bankfile.FormatError
	}{
		"another message": {
			"camt054-08.xml", "camt.054.001.08", "pain.001.001.03",
			bankfile.FormatError{Code: bankfile.UnknownVersion, Path: "pain.001.001.03", Line: 2, Want: "camt.053.001.02, camt.053.001.08, camt.054.001.02, camt.054.001.08"},
		},
		"another version": {
			"camt054-08.xml", "camt.054.001.08", "camt.054.001.13",
			bankfile.FormatError{Code: bankfile.UnknownVersion, Path: "camt.054.001.13", Line: 2, Want: "camt.053.001.02, camt.053.001.08, camt.054.001.02, camt.054.001.08"},
		},
		"a document type": {
			"camt054-08.xml", "<Document", "<!DOCTYPE x [<!ENTITY y \"z\">]><Document",
			bankfile.FormatError{Code: bankfile.Declares, Path: "/", Line: 2, Want: "no document type"},
		},
		"an entity": {
			"camt054-08.xml", "NORTH-54-1", "&north;",
			bankfile.FormatError{Code: bankfile.NotXML, Path: "/Document/BkToCstmrDbtCdtNtfctn/GrpHdr/MsgId", Line: 5, Want: "well-formed XML"},
		},
		"an encoding": {
			"camt054-08.xml", `encoding="UTF-8"`, `encoding="EBCDIC"`,
			bankfile.FormatError{Code: bankfile.Encoding, Path: "/", Line: 1, Want: "UTF-8, ISO-8859-1"},
		},
		"a missing element": {
			"camt054-08.xml", "<Id>N-1</Id>", "",
			bankfile.FormatError{Code: bankfile.Missing, Path: "/Document/BkToCstmrDbtCdtNtfctn/Ntfctn", Line: 10, Want: "Id"},
		},
		"an element of another version": {
			"camt053-02.xml", "<RltdPties>", `<Amt Ccy="SEK">175</Amt><RltdPties>`,
			bankfile.FormatError{
				Code: bankfile.Unexpected, Path: "/Document/BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls/Amt", Line: 41,
				Want: "AmtDtls, Avlbty, BkTxCd, Chrgs, Intrst, RltdPties, RltdAgts, Purp, RltdRmtInf, RmtInf, RltdDts, RltdPric, RltdQties, FinInstrmId, Tax, RtrInf, CorpActn, SfkpgAcct, AddtlTxInf",
			},
		},
		"elements in another order": {
			"camt054-08.xml", "<BkTxCd/>", "",
			bankfile.FormatError{Code: bankfile.Missing, Path: entry, Line: 25, Want: "BkTxCd"},
		},
		"an element too many": {
			"camt054-08.xml", "<BookgDt>", "<BookgDt><Dt>2026-03-02</Dt></BookgDt><BookgDt>",
			bankfile.FormatError{Code: bankfile.TooMany, Path: entry + "/BookgDt", Line: 22, Want: "1"},
		},
		"two of a choice": {
			"camt054-08.xml", "<Cd>BOOK</Cd>", "<Cd>BOOK</Cd><Prtry>BOOK</Prtry>",
			bankfile.FormatError{Code: bankfile.Unexpected, Path: entry + "/Sts/Prtry", Line: 21, Want: "one of Cd, Prtry"},
		},
		"none of a choice": {
			"camt054-08.xml", "<Cd>BOOK</Cd>", "",
			bankfile.FormatError{Code: bankfile.Missing, Path: entry + "/Sts", Line: 21, Want: "Cd, Prtry"},
		},
		"an element of no namespace": {
			"camt054-08.xml", "<MsgId>", `<MsgId xmlns="">`,
			bankfile.FormatError{Code: bankfile.Unexpected, Path: "/Document/BkToCstmrDbtCdtNtfctn/GrpHdr/MsgId", Line: 5, Want: "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"},
		},
		"a negative amount":           amountCase(">-1650.50<"),
		"an amount with six decimals": amountCase(">1650.500001<"),
		"an amount with a comma":      amountCase(">1650,50<"),
		"an amount with an exponent":  amountCase(">1e3<"),
		"no amount":                   amountCase("><"),
		"an amount of 19 digits":      amountCase(">1234567890123456789<"),
		"an amount finer than its currency": {
			"camt054-08.xml", ">1650.50<", ">1650.505<",
			bankfile.FormatError{Code: bankfile.BadValue, Path: entry + "/Amt", Line: 19, Want: "at most 2 decimals, and at most 1000000000000000 of SEK"},
		},
		"no currency": {
			"camt054-08.xml", `<Amt Ccy="SEK">1650`, `<Amt>1650`,
			bankfile.FormatError{Code: bankfile.BadValue, Path: entry + "/Amt/@Ccy", Line: 19, Want: "three capital letters"},
		},
		"a day that is none": {
			"camt054-08.xml", "<Dt>2026-03-02</Dt>", "<Dt>2026-02-30</Dt>",
			bankfile.FormatError{Code: bankfile.BadValue, Path: entry + "/BookgDt/Dt", Line: 22, Want: "a date"},
		},
		"a time without a date": {
			"camt054-08.xml", "2026-03-02T12:00:00.5+01:00", "12:00:00",
			bankfile.FormatError{Code: bankfile.BadValue, Path: "/Document/BkToCstmrDbtCdtNtfctn/GrpHdr/CreDtTm", Line: 6, Want: "a date and time"},
		},
		"a reference of 36 characters": {
			"camt054-08.xml", "NORTH-54-1", strings.Repeat("å", 36),
			bankfile.FormatError{Code: bankfile.BadValue, Path: "/Document/BkToCstmrDbtCdtNtfctn/GrpHdr/MsgId", Line: 5, Want: "1 to 35 characters"},
		},
		"text between elements": {
			"camt054-08.xml", "<GrpHdr>", "hello<GrpHdr>",
			bankfile.FormatError{Code: bankfile.Unexpected, Path: "/Document/BkToCstmrDbtCdtNtfctn", Line: 4, Want: "elements"},
		},
		"a file that was cut": {
			"camt054-08.xml", "</Document>", "",
			bankfile.FormatError{Code: bankfile.NotXML, Path: "/Document", Line: 61, Want: "well-formed XML"},
		},
		"something after the message": {
			"camt054-08.xml", "</Document>", "</Document>more",
			bankfile.FormatError{Code: bankfile.NotXML, Path: "/", Line: 61, Want: "nothing after the message"},
		},
		"an element that nests for ever": {
			"camt054-08.xml", "<BkTxCd/>", "<BkTxCd>" + strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40) + "</BkTxCd>",
			bankfile.FormatError{Code: bankfile.TooLarge, Path: entry + "/BkTxCd", Line: 24, Want: "32 levels, 1500000 elements"},
		},
		"another version of BgMax": {
			"bgmax.txt", "BGMAX               01", "BGMAX               02",
			bankfile.FormatError{Code: bankfile.UnknownVersion, Path: "BgMax 02", Line: 1, Want: "BgMax 01"},
		},
		"a record too long": {
			"bgmax.txt", "SEK                                                       ", "SEK" + strings.Repeat(" ", 56),
			bankfile.FormatError{Code: bankfile.BadValue, Path: "record", Line: 2, Want: "80 characters"},
		},
		"a record too many": {
			"bgmax.txt", "\r\n27", "\r\n26",
			bankfile.FormatError{Code: bankfile.TooMany, Path: "record 26, positions 1-2", Line: 5, Want: "1"},
		},
		"records in another order": {
			"bgmax.txt", "\r\n27", "\r\n29",
			bankfile.FormatError{Code: bankfile.BadValue, Path: "record 29, positions 3-14", Line: 5, Want: "digits"},
		},
		"letters in an amount": {
			"bgmax.txt", "000000000000125050", "0000000000001250.5",
			bankfile.FormatError{Code: bankfile.BadValue, Path: "record 20, positions 38-55", Line: 3, Want: "digits"},
		},
		"another currency at the end": {
			"bgmax.txt", "210050SEK", "210050EUR",
			bankfile.FormatError{Code: bankfile.BadValue, Path: "record 15, positions 69-71", Line: 14, Want: "SEK"},
		},
		"no end record": {
			"bgmax.txt", "\r\n70", "\r\n05",
			bankfile.FormatError{Code: bankfile.BadValue, Path: "record 05, positions 23-25", Line: 15, Want: "SEK or EUR"},
		},
		"neither format": {
			"bgmax.txt", "01BGMAX", "BGMAX",
			bankfile.FormatError{Code: bankfile.UnknownFormat, Path: "/", Line: 1, Want: "camt.053, camt.054, BgMax"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := example(t, c.file)
			wrong := strings.Replace(text, c.from, c.to, 1)
			if wrong == text {
				t.Fatalf("%q is not in the file", c.from)
			}
			_, err := bankfile.Read([]byte(wrong))
			got := &bankfile.FormatError{}
			if !errors.As(err, &got) || *got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, &c.want)
			}
		})
	}
}

func amountCase(to string) struct {
	file, from, to string
	want           bankfile.FormatError
} {
	return struct {
		file, from, to string
		want           bankfile.FormatError
	}{"camt054-08.xml", ">1650.50<", to, bankfile.FormatError{
		Code: bankfile.BadValue, Path: "/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/Amt", Line: 19, Want: "a number with at most 5 decimals",
	}}
}

func TestABookingWhosePartsDoNotAgreeStaysWhole(t *testing.T) {
	t.Parallel()
	f := read(t, strings.Replace(example(t, "camt054-08.xml"), `<Amt Ccy="SEK">400</Amt>`, "", 1))
	e := f.Entries()[0]
	want := []string{"ÅBERG, ANNA", "RF33100164", "Cilla Ek", "for case 100164, thank you"}
	if e.Amount != sek(165050) || e.Of != 1 || len(e.References) > 0 || !reflect.DeepEqual(e.Text, want) {
		t.Errorf("the booking is %+v", e)
	}
}

func TestATestFileSaysSo(t *testing.T) {
	t.Parallel()
	if f := read(t, strings.Replace(example(t, "bgmax.txt"), "010331P", "010331T", 1)); !f.Test {
		t.Error("a test file passes as a real one")
	}
}

func TestABgMaxFileMayLackSpacesAtTheEndOfLinesAndBeUTF8(t *testing.T) {
	t.Parallel()
	want := read(t, example(t, "bgmax.txt"))
	var lines []string
	for line := range strings.Lines(example(t, "bgmax.txt")) {
		lines = append(lines, strings.TrimRight(line, " \r\n"))
	}
	text := strings.Join(lines, "\n")
	for _, as := range []string{text, strings.ToValidUTF8(strings.ReplaceAll(text, "\xe5", "å"), "Å")} {
		if got := read(t, as); !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
}

// TestRealFilesAreRead reads the examples that lie beside the project.
func TestRealFilesAreRead(t *testing.T) {
	t.Parallel()
	folder := filepath.Join("..", "..", "..", "shared", "data", "camt")
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("no example files: %v", err)
	}
	for name, want := range map[string]struct {
		entries, faults int
		refused         string
	}{
		"camt053.v2.five.decimals.xml":   {entries: 1, faults: 1},
		"camt053.v2.multi.statement.xml": {entries: 2},
		"camt053.v2.wrong.xml":           {refused: "line 8: /Document/BkToCstmrStmt: missing (want Stmt)"},
		"camt053.v8.xml":                 {entries: 1, faults: 1}, // its balances are of four currencies
		"camt054.v2.xml":                 {entries: 1},
		"camt054.v8-with-UETR.xml":       {entries: 1},
	} {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		f, err := bankfile.Read(data)
		switch {
		case want.refused != "":
			if err == nil || err.Error() != want.refused {
				t.Errorf("%s: %v, want %s", name, err, want.refused)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case len(f.Entries()) != want.entries || len(f.Faults) != want.faults:
			t.Errorf("%s: %d entries and faults %v, want %+v", name, len(f.Entries()), f.Faults, want)
		}
	}
}
