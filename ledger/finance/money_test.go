package finance_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/skuld-registry/skuld/ledger/finance"
)

func TestMoneyIsReadAsAPersonWritesItAndShownWithAllDecimals(t *testing.T) {
	tests := []struct {
		text, currency string
		want           finance.Amount
		shown          string
	}{
		{"1250.50", "SEK", 125050, "1250.50 SEK"},
		{"1250.5", "SEK", 125050, "1250.50 SEK"},
		{"1250", "SEK", 125000, "1250.00 SEK"},
		{"0.05", "EUR", 5, "0.05 EUR"},
		{"-0.05", "EUR", -5, "-0.05 EUR"},
		{"0", "SEK", 0, "0.00 SEK"},
		{"1250", "ISK", 1250, "1250 ISK"},
		{"1.234", "KWD", 1234, "1.234 KWD"},
		{"10000000000000.00", "SEK", finance.MaxAmount, "10000000000000.00 SEK"},
	}
	for _, tt := range tests {
		got, err := finance.ParseMoney(tt.text, tt.currency)
		if err != nil || got.Amount != tt.want || got.String() != tt.shown {
			t.Errorf("ParseMoney(%q, %q) = %+v (%s), %v; want %d (%s)", tt.text, tt.currency, got, got, err, tt.want, tt.shown)
		}
	}
}

func TestMoneyTextThatIsNotOnePlainNumberIsRefused(t *testing.T) {
	for _, text := range []string{
		"", "-", ".", ".5", "5.", "+5", "--5", "05", "1,5", "1 000", "1e3", "0x1", "1.234", "1.2.3", "NaN", "Inf", "١", "5 SEK",
		"10000000000000.01", "-10000000000000.01", "99999999999999999999", "0.0000000000000000000000000000",
	} {
		if got, err := finance.ParseMoney(text, "SEK"); err == nil {
			t.Errorf("ParseMoney(%q) = %s, want an error", text, got)
		}
	}
	if got, err := finance.ParseMoney("1.5", "ISK"); err == nil {
		t.Errorf("ParseMoney of half an ISK = %s, want an error", got)
	}
}

func TestMoneyOfUnknownCurrencyIsShownInMinorUnits(t *testing.T) {
	if got, want := (finance.Money{Amount: 7, Currency: "XXX"}).String(), `7 minor units of "XXX"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestMoneyIsIntegerMinorUnitsInJSON(t *testing.T) {
	money := finance.Money{Amount: 125050, Currency: "SEK"}
	const want = `{"amount":125050,"currency":"SEK"}`
	got, err := json.Marshal(money)
	if err != nil || string(got) != want {
		t.Fatalf("Marshal = %s, %v; want %s", got, err, want)
	}
	for _, text := range []string{want, ` { "currency" : "SEK" , "amount" : 125050 } `} {
		var back finance.Money
		if err := json.Unmarshal([]byte(text), &back); err != nil || back != money {
			t.Errorf("Unmarshal(%s) = %+v, %v", text, back, err)
		}
	}
}

func TestMoneyJSONThatTwoReadersCouldReadDifferentlyIsRefused(t *testing.T) {
	for _, text := range []string{
		`null`, `1`, `"1"`, `[]`, `{}`,
		`{"amount":1}`, `{"currency":"SEK"}`,
		`{"amount":null,"currency":"SEK"}`, `{"amount":1,"currency":null}`,
		`{"amount":"1","currency":"SEK"}`,
		`{"amount":1.0,"currency":"SEK"}`, `{"amount":1.5,"currency":"SEK"}`,
		`{"amount":1e2,"currency":"SEK"}`, `{"amount":-0,"currency":"SEK"}`,
		`{"amount":1000000000000001,"currency":"SEK"}`, `{"amount":-1000000000000001,"currency":"SEK"}`,
		`{"amount":99999999999999999999,"currency":"SEK"}`,
		`{"amount":1,"currency":"sek"}`,
		`{"Amount":1,"currency":"SEK"}`,
		`{"amount":1,"amount":2,"currency":"SEK"}`,
		`{"amount":1,"currency":"SEK","note":"x"}`,
		`{"amount":{"amount":1},"currency":"SEK"}`,
	} {
		money := finance.Money{Amount: 42, Currency: "EUR"}
		if err := json.Unmarshal([]byte(text), &money); err == nil {
			t.Errorf("decoding %s gave %+v, want an error", text, money)
		} else if money != (finance.Money{Amount: 42, Currency: "EUR"}) {
			t.Errorf("decoding %s changed the target to %+v", text, money)
		}
	}
}

func TestSumsBeyondTheLimitAreRefused(t *testing.T) {
	if got, err := finance.MaxAmount.Add(1); !errors.Is(err, finance.ErrOutOfRange) {
		t.Errorf("Add gave %d, %v", got, err)
	}
	if got, err := (-finance.MaxAmount).Sub(1); !errors.Is(err, finance.ErrOutOfRange) {
		t.Errorf("Sub gave %d, %v", got, err)
	}
	if got, err := finance.Amount(1 << 62).Add(1 << 62); !errors.Is(err, finance.ErrOutOfRange) {
		t.Errorf("adding amounts that overflow gave %d, %v", got, err)
	}
	if got, err := finance.MaxAmount.Sub(1); err != nil || got != finance.MaxAmount-1 {
		t.Errorf("Sub within the limit gave %d, %v", got, err)
	}
	kronor, euro := finance.Money{Amount: 1, Currency: "SEK"}, finance.Money{Amount: 1, Currency: "EUR"}
	if got, err := kronor.Add(euro); err == nil {
		t.Errorf("adding euro to kronor gave %s", got)
	}
	if got, err := kronor.Add(kronor); err != nil || got.Amount != 2 {
		t.Errorf("adding kronor to kronor gave %s, %v", got, err)
	}
}
