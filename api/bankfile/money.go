package bankfile

import (
	"strconv"
	"strings"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// minor gives a number in minor units.
func (d decimalText) minor(decimals int) (finance.Amount, bool) {
	if len(d.fraction) > decimals || len(d.whole)+decimals > totalDigits {
		return 0, false
	}
	n, err := strconv.ParseInt("0"+d.whole+d.fraction+strings.Repeat("0", decimals-len(d.fraction)), decimal, 64)
	if d.negative {
		n = -n
	}
	return finance.Amount(n), err == nil && finance.Amount(n).Valid()
}

// minorUnits gives how many decimals a currency has: also one in which no note can
// be, since an account may hold it. Those that have not two are listed (ISO 4217,
// table A.1).
func minorUnits(c finance.Currency) int {
	if n, err := finance.MinorUnits(c); err == nil {
		return n
	}
	const none, usual, three, four = 0, 2, 3, 4
	switch c {
	case "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
		return none
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return three
	case "CLF", "UYW":
		return four
	}
	return usual
}
