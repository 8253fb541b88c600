package finance

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Kinds of table, as a MissingRateError names them.
const (
	kindReferenceRate   = "reference rate"
	kindPriceBaseAmount = "price base amount"
)

// The Riksbank announces the rate of each half-year in the statute book
// (1975:635 par. 9).
//
//go:embed data/se-reference-rate.csv
var swedishReferenceRateCSV string

// The government sets the price base amount of each year (2010:110 ch. 2 par. 7).
//
//go:embed data/se-price-base-amount.csv
var swedishPriceBaseAmountCSV string

// referenceRow is the reference rate of one half-year.
type referenceRow struct {
	from   Date
	rate   Rate
	source string
}

// priceBaseRow is the price base amount of one calendar year.
type priceBaseRow struct {
	year   int
	amount Money
	source string
}

var (
	swedishReferenceRates   = sync.OnceValues(func() ([]referenceRow, error) { return parseReferenceRates(swedishReferenceRateCSV) })
	swedishPriceBaseAmounts = sync.OnceValues(func() ([]priceBaseRow, error) { return parsePriceBaseAmounts(swedishPriceBaseAmountCSV) })
)

// ReferenceRate returns the rate that the jurisdiction's law refers to on a day,
// and where it was announced. A row is good for its own half-year only: a table
// that has not been continued gives a *MissingRateError, never the last rate.
func ReferenceRate(j Jurisdiction, on Date) (Rate, string, error) {
	facts, err := factsOf(j)
	if err != nil {
		return Rate{}, "", err
	}
	if on.IsZero() {
		return Rate{}, "", fieldErrorf("date", "is missing")
	}
	start := halfYearStart(on)
	missing := &MissingRateError{Jurisdiction: j, Kind: kindReferenceRate, From: start}
	if facts.referenceRates == nil {
		return Rate{}, "", missing
	}
	rows, err := facts.referenceRates()
	if err != nil {
		return Rate{}, "", fmt.Errorf("reading the %s reference rates: %w", j, err)
	}
	i := sort.Search(len(rows), func(i int) bool { return !rows[i].from.Before(start) })
	if i == len(rows) || rows[i].from != start {
		return Rate{}, "", missing
	}
	return rows[i].rate, rows[i].source, nil
}

// PriceBaseAmount returns the price base amount (prisbasbelopp) of the year that
// the day lies in, and where it was set.
func PriceBaseAmount(j Jurisdiction, on Date) (Money, string, error) {
	facts, err := factsOf(j)
	if err != nil {
		return Money{}, "", err
	}
	if on.IsZero() {
		return Money{}, "", fieldErrorf("date", "is missing")
	}
	year, _, _ := on.Civil()
	missing := &MissingRateError{Jurisdiction: j, Kind: kindPriceBaseAmount, From: civil(year, time.January, 1)}
	if facts.priceBaseAmounts == nil {
		return Money{}, "", missing
	}
	rows, err := facts.priceBaseAmounts()
	if err != nil {
		return Money{}, "", fmt.Errorf("reading the %s price base amounts: %w", j, err)
	}
	for _, row := range rows {
		if row.year == year {
			return row.amount, row.source, nil
		}
	}
	return Money{}, "", missing
}

// halfYearStart returns the 1 January or 1 July on or before the day.
func halfYearStart(d Date) Date {
	year, month, _ := d.Civil()
	if month < time.July {
		return civil(year, time.January, 1)
	}
	return civil(year, time.July, 1)
}

// nextHalfYear returns the 1 January or 1 July after the day, or no date where
// the calendar ends.
func nextHalfYear(d Date) Date { return halfYearStart(d).AddMonths(6, 1) }

func parseReferenceRates(text string) ([]referenceRow, error) {
	records, err := readTable(text, "valid_from,percent,source_sfs")
	if err != nil {
		return nil, err
	}
	rows := make([]referenceRow, 0, len(records))
	for _, record := range records {
		from, err := ParseDate(record[0])
		if err != nil {
			return nil, err
		}
		rate, err := ParseRate(record[1])
		if err != nil {
			return nil, err
		}
		if from != halfYearStart(from) {
			return nil, fieldErrorf("valid_from", "%s does not begin a half-year", from)
		}
		if n := len(rows); n > 0 && !rows[n-1].from.Before(from) {
			return nil, fieldErrorf("valid_from", "%s is out of order", from)
		}
		rows = append(rows, referenceRow{from: from, rate: rate, source: "SFS " + record[2]})
	}
	return rows, nil
}

func parsePriceBaseAmounts(text string) ([]priceBaseRow, error) {
	records, err := readTable(text, "year,kronor,source")
	if err != nil {
		return nil, err
	}
	rows := make([]priceBaseRow, 0, len(records))
	for _, record := range records {
		year, err := strconv.Atoi(record[0])
		if err != nil {
			return nil, err
		}
		amount, err := ParseMoney(record[1], "SEK")
		if err != nil {
			return nil, err
		}
		rows = append(rows, priceBaseRow{year: year, amount: amount, source: record[2]})
	}
	return rows, nil
}

// readTable reads a comma-separated table with the given header and returns its
// rows, each with as many fields as the header.
func readTable(text, header string) ([][]string, error) {
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(records) < 2 || strings.Join(records[0], ",") != header {
		return nil, fieldErrorf("the table", "must have the header %q and at least one row", header)
	}
	return records[1:], nil
}
