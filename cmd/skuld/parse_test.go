package main

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// noon is a moment whose date differs from that of places far east and west.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func TestAmountsAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]finance.Money{
		"120000.00 SEK":  {Amount: 12_000_000, Currency: "SEK"},
		"120000 SEK":     {Amount: 12_000_000, Currency: "SEK"},
		"0.5 EUR":        {Amount: 50, Currency: "EUR"},
		" 5313.07  SEK ": {Amount: 531_307, Currency: "SEK"},
		"1000 ISK":       {Amount: 1000, Currency: "ISK"},
	} {
		if got, err := parseMoney("amount", text); err != nil || got != want {
			t.Errorf("%q gives %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "SEK", "120000", "120000SEK", "120 000 SEK", "120,000 SEK", "1.2.3 SEK", "1.234 SEK", "1e6 SEK", "100 sek",
		"100 XXX", "0x10 SEK", "1000.5 ISK", "99999999999999999999 SEK", "+5 SEK", "5 SEK SEK",
	} {
		if got, err := parseMoney("amount", text); err == nil {
			t.Errorf("%q was taken as %v", text, got)
		} else if !strings.HasPrefix(err.Error(), "--amount: ") {
			t.Errorf("the error %q does not name the flag", err)
		}
	}
}

func TestFeesAreInTheNotesCurrency(t *testing.T) {
	if got, err := parseFee("setup-fee", "", "SEK"); err != nil || got != 0 {
		t.Errorf("no fee gives %v, %v", got, err)
	}
	if got, err := parseFee("setup-fee", "500 SEK", "SEK"); err != nil || got != 50_000 {
		t.Errorf("500 SEK gives %v, %v", got, err)
	}
	for _, text := range []string{"500 EUR", "500", "x SEK"} {
		if got, err := parseFee("setup-fee", text, "SEK"); err == nil {
			t.Errorf("%q was taken as %v", text, got)
		}
	}
}

func TestRatesAndDatesAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{"5.9": "5.9", "6": "6", "6.50": "6.5", "5.9%": "5.9", "5.9 %": "5.9", "0": "0"} {
		if got, err := parseRate("rate", text); err != nil || got.String() != want {
			t.Errorf("%q gives %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "5,9", "five", "1001", "5.12345678", "%"} {
		if got, err := parseRate("rate", text); err == nil {
			t.Errorf("the rate %q was taken as %s", text, got)
		}
	}
	for text, want := range map[string]string{"2026-12-31": "2026-12-31", "today": "2026-11-21", "": ""} {
		if got, err := parseDate("on", text, noon); err != nil || got.String() != want {
			t.Errorf("%q gives %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"2026-02-30", "31/12/2026", "tomorrow", "2026-1-1", "1700-01-01"} {
		if got, err := parseDate("on", text, noon); err == nil {
			t.Errorf("the date %q was taken as %s", text, got)
		}
	}
}

func TestIdsOfAnotherKindAreRefused(t *testing.T) {
	tail := strings.Repeat("a", 32)
	_, noteErr := parseNoteID("p" + tail)
	_, partyErr := parsePartyID("b" + tail)
	_, bookErr := parseBookID("n" + tail)
	for name, err := range map[string]error{"note": noteErr, "party": partyErr, "book": bookErr} {
		if err == nil {
			t.Errorf("an id of another kind was taken for a %s's", name)
		}
	}
}

func TestTermsOfAnOfferAreThoseOfTheCommandLine(t *testing.T) {
	o := offerFlags{
		kind: "simple", jurisdiction: "SE", amount: "120000 SEK", rate: "5.9", lateRate: "13.5", dayCount: "actual/365",
		schedule: "annuity", agreedOn: "2026-06-15", interestFrom: "2026-07-01", firstDue: "2026-08-31", setup: "500 SEK",
		reminder: "60 SEK", reference: "L-1", term: 24, dueDay: 31, consumer: true, housing: true, creditPurchase: true,
	}
	day := func(text string) finance.Date {
		d, err := finance.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	rate, err := finance.ParseRate("5.9")
	if err != nil {
		t.Fatal(err)
	}
	late, err := finance.ParseRate("13.5")
	if err != nil {
		t.Fatal(err)
	}
	want := ledger.Terms{
		Kind: ledger.Simple, Consumer: true, Housing: true, CreditPurchase: true, Jurisdiction: finance.Sweden,
		AgreedOn: day("2026-06-15"), Principal: finance.Money{Amount: 12_000_000, Currency: "SEK"}, Rate: rate, LateRate: &late,
		DayCount: finance.Actual365, InterestFrom: day("2026-07-01"), Fees: ledger.Fees{Setup: 50_000, Reminder: 6000}, Reference: "L-1",
		Schedule: ledger.Schedule{Kind: finance.Annuity, Instalments: 24, FirstDue: day("2026-08-31"), DueDay: 31},
	}
	got, err := o.terms(noon)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
	o.interestFrom, o.firstDue, o.agreedOn, o.dueDay = "", "", "today", 0
	got, err = o.terms(noon)
	if err != nil || got.InterestFrom != day("2026-11-21") || got.Schedule.FirstDue != day("2026-12-21") {
		t.Errorf("without dates: interest from %s, first due %s, %v", got.InterestFrom, got.Schedule.FirstDue, err)
	}
}
