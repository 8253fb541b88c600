package bankfile_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/bankfile"
)

func TestAFileThatContradictsItselfIsReadWithItsFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file, from, to string
		want           []bankfile.Fault
	}{
		"the closing balance": {
			"camt053-02.xml", ">1375.25<", ">1375.26<",
			[]bankfile.Fault{{Code: bankfile.FaultBalance, Report: "S-1", Want: "1375.26 SEK", Got: "1375.25 SEK"}},
		},
		"the sum of credits": {
			"camt053-02.xml", "<Sum>1825.50</Sum>", "<Sum>1825.49</Sum>",
			[]bankfile.Fault{{Code: bankfile.FaultSum, Report: "S-1", Line: 25, Want: "1825.49", Got: "1825.50 SEK"}},
		},
		"the net": {
			"camt053-02.xml", ">1475.25<", ">1475.24<",
			[]bankfile.Fault{{Code: bankfile.FaultSum, Report: "S-1", Line: 24, Want: "1475.24", Got: "1475.25 SEK"}},
		},
		"the number of entries": {
			"camt053-02.xml", "<NbOfNtries>4<", "<NbOfNtries>5<",
			[]bankfile.Fault{{Code: bankfile.FaultCount, Report: "S-1", Line: 24, Want: "5", Got: "4"}},
		},
		"the currency of an entry": {
			"camt053-02.xml", `<Amt Ccy="SEK">100</Amt>`, `<Amt Ccy="EUR">100</Amt>`,
			[]bankfile.Fault{
				{Code: bankfile.FaultCurrency, Report: "S-1", Line: 50, Want: "SEK", Got: "EUR"},
				{Code: bankfile.FaultBalance, Report: "S-1", Want: "1375.25 SEK", Got: "1475.25 SEK"},
			},
		},
		"the transactions of a booking": {
			"camt054-08.xml", `<Amt Ccy="SEK">400</Amt>`, `<Amt Ccy="SEK">400.01</Amt>`,
			[]bankfile.Fault{{Code: bankfile.FaultParts, Report: "N-1", Line: 18, Want: "1650.50 SEK", Got: "1650.51 SEK"}},
		},
		"the number of transactions": {
			"camt054-08.xml", "<NbOfTxs>2<", "<NbOfTxs>3<",
			[]bankfile.Fault{{Code: bankfile.FaultCount, Report: "N-1", Line: 18, Want: "3", Got: "2"}},
		},
		"a page of more": {
			"camt054-08.xml", "<CreDtTm>2026-03-02T12:00:00.5+01:00</CreDtTm>", "<CreDtTm>2026-03-02T12:00:00Z</CreDtTm><MsgPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></MsgPgntn>",
			[]bankfile.Fault{{Code: bankfile.FaultPages, Line: 6, Want: "the last page", Got: "1"}},
		},
		"the deposit": {
			"bgmax.txt", "210050SEK", "210051SEK",
			[]bankfile.Fault{{Code: bankfile.FaultSum, Report: "20260302-00001", Line: 14, Want: "2100.51 SEK", Got: "2100.50 SEK"}},
		},
		"the end record": {
			"bgmax.txt", "7000000002000000010000000200000001", "7000000003000000000000000300000002",
			[]bankfile.Fault{
				{Code: bankfile.FaultCount, Line: 15, Want: "3", Got: "2"}, {Code: bankfile.FaultCount, Line: 15, Want: "0", Got: "1"},
				{Code: bankfile.FaultExtra, Line: 15, Want: "3", Got: "2"}, {Code: bankfile.FaultSections, Line: 15, Want: "2", Got: "1"},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := example(t, c.file)
			wrong := strings.Replace(text, c.from, c.to, 1)
			if wrong == text {
				t.Fatalf("%q is not in the file", c.from)
			}
			f := read(t, wrong)
			if !reflect.DeepEqual(f.Faults, c.want) {
				t.Errorf("got  %+v\nwant %+v", f.Faults, c.want)
			}
		})
	}
}
