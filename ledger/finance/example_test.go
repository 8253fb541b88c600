package finance_test

import (
	"fmt"

	"github.com/skuld-registry/skuld/ledger/finance"
)

func ExampleSchedule() {
	var firstDue finance.Date
	if err := firstDue.UnmarshalText([]byte("2026-02-15")); err != nil {
		fmt.Println(err)
		return
	}
	rows, err := finance.Schedule(finance.Terms{
		Principal: 3_000_00, Currency: "SEK", Rate: finance.Percent(6), DayCount: finance.Thirty360,
		Kind: finance.Annuity, Instalments: 3, FirstDue: firstDue, Jurisdiction: finance.Sweden,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range rows {
		fmt.Println(row.Number, row.PayBy, finance.Money{Amount: row.Total, Currency: "SEK"})
	}
	// Output:
	// 1 2026-02-16 1010.02 SEK
	// 2 2026-03-16 1010.02 SEK
	// 3 2026-04-15 1010.00 SEK
}

func ExampleParseMoney() {
	money, err := finance.ParseMoney("1250.5", "SEK")
	fmt.Println(money, err)
	// Output: 1250.50 SEK <nil>
}
