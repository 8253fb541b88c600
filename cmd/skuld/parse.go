package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// today is what a date flag may say instead of a date. It is UTC's day, as the
// ledger counts.
const todayWord = "today"

// parseMoney reads "120000.00 SEK".
func parseMoney(flag, text string) (finance.Money, error) {
	number, currency, found := strings.Cut(strings.TrimSpace(text), " ")
	if !found {
		return finance.Money{}, fmt.Errorf("--%s: %q needs an amount and a currency, like \"120000.00 SEK\"", flag, text)
	}
	m, err := finance.ParseMoney(number, strings.TrimSpace(currency))
	if err != nil {
		return finance.Money{}, fmt.Errorf("--%s: %w; write it like \"120000.00 SEK\"", flag, err)
	}
	return m, nil
}

// parseFee reads an amount in the note's currency; nothing where it is empty.
func parseFee(flag, text string, want finance.Currency) (finance.Amount, error) {
	if text == "" {
		return 0, nil
	}
	m, err := parseMoney(flag, text)
	if err != nil {
		return 0, err
	}
	if m.Currency != want {
		return 0, fmt.Errorf("--%s: %q is not in %s, as the note is", flag, text, want)
	}
	return m.Amount, nil
}

// parseRate reads "5.9".
func parseRate(flag, text string) (finance.Rate, error) {
	r, err := finance.ParseRate(strings.TrimSpace(strings.TrimSuffix(text, "%")))
	if err != nil {
		return finance.Rate{}, fmt.Errorf("--%s: %q is not a yearly rate in percent, like 5.9", flag, text)
	}
	return r, nil
}

// parseDate reads "2026-11-21" or "today"; no date where the text is empty.
func parseDate(flag, text string, now time.Time) (finance.Date, error) {
	switch text {
	case "":
		return finance.Date{}, nil
	case todayWord:
		return finance.DateOf(now), nil
	}
	d, err := finance.ParseDate(text)
	if err != nil {
		return finance.Date{}, fmt.Errorf("--%s: %q is not a date, like 2026-11-21, nor \"today\"", flag, text)
	}
	return d, nil
}

func parseNoteID(text string) (ledger.NoteID, error) {
	id := ledger.NoteID(text)
	if !id.Valid() {
		return "", fmt.Errorf("%q is not a note's id, which is n and 32 letters and digits", text)
	}
	return id, nil
}

func parseBookID(text string) (ledger.BookID, error) {
	id := ledger.BookID(text)
	if !id.Valid() {
		return "", fmt.Errorf("%q is not a book's id, which is b and 32 letters and digits", text)
	}
	return id, nil
}

func parsePartyID(text string) (ledger.PartyID, error) {
	id := ledger.PartyID(text)
	if !id.Valid() {
		return "", fmt.Errorf("%q is not a party's id, which is p and 32 letters and digits", text)
	}
	return id, nil
}
