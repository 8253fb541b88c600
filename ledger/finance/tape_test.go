package finance_test

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// exceptions are the rows of the tape, by their number in the original, whose
// published instalment is not the annuity of the published terms: one of the
// 5,000, which
// publishes 830.93 where its terms give 851.82.
var exceptions = []int{9139}

// TestAnnuityOfRealLoansIsThePublishedInstalment reads loans that other
// people's software computed.
func TestAnnuityOfRealLoansIsThePublishedInstalment(t *testing.T) {
	shared := os.Getenv("SKULD_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(shared, "data", "loan-tape.csv")
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the loans are not part of the project: %s does not exist; set SKULD_SHARED to the folder that has data/loan-tape.csv", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"row", "loan_amount", "term", "interest_rate", "installment"}
	if !reflect.DeepEqual(records[0][:5], want) {
		t.Fatalf("the columns are %v, want %v", records[0][:5], want)
	}
	if len(records) != 5001 {
		t.Fatalf("the tape has %d loans, want 5000", len(records)-1)
	}
	differ := []int{}
	for _, record := range records[1:] {
		principal, err := finance.ParseMoney(record[1], "USD")
		if err != nil {
			t.Fatal(err)
		}
		term, err := strconv.Atoi(record[2])
		if err != nil {
			t.Fatal(err)
		}
		published, err := finance.ParseMoney(record[4], "USD")
		if err != nil {
			t.Fatal(err)
		}
		got, err := finance.AnnuityInstalment(principal.Amount, rate(t, record[3]), term)
		if err != nil {
			t.Fatal(err)
		}
		if got != published.Amount {
			row, err := strconv.Atoi(record[0])
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("row %d: %v, computed %d", row, record[1:5], got)
			differ = append(differ, row)
		}
	}
	if !reflect.DeepEqual(differ, exceptions) {
		t.Errorf("the rows that differ are %v, want %v", differ, exceptions)
	}
}
