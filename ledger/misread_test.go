package ledger_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// TestMalformedBodySaysWhereAndWhatIsWanted: the writer of a client sees the
// interface's names, and nothing of how a body is read.
func TestMalformedBodySaysWhereAndWhatIsWanted(t *testing.T) {
	sound, err := json.Marshal(ledger.OfferBody{
		Book: ledger.BookID("b" + strings.Repeat("b", 32)), Borrowers: []ledger.PartyID{ledger.PartyID("p" + strings.Repeat("c", 32))},
		AnswerBy: time.Date(2026, time.July, 1, 0, 0, 0, 0, time.UTC), Terms: terms(),
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path  string
		value any
		want  string
	}{
		"text for a number":    {"terms.schedule.instalments", "12", "terms.schedule.instalments must be a whole number"},
		"a fraction":           {"terms.schedule.instalments", 1.5, "terms.schedule.instalments must be a whole number"},
		"a number for text":    {"terms.reference", 7, "terms.reference must be text"},
		"text for a truth":     {"terms.consumer", "yes", "terms.consumer must be true or false"},
		"an unknown currency":  {"terms.principal.currency", "sek", "terms.principal.currency must be the ISO 4217 code of a supported currency, such as SEK"},
		"an amount in quotes":  {"terms.principal.amount", "100", "terms.principal.amount must be a whole number of minor units without quotes, such as 125050"},
		"money as a number":    {"terms.principal", 100, "terms.principal must be an object"},
		"money without amount": {"terms.principal", map[string]any{"currency": "SEK"}, "terms.principal.amount is missing"},
		"a date of a kind":     {"terms.agreed_on", "1 June", "terms.agreed_on must be a date such as 2026-11-21"},
		"a rate as a number":   {"terms.rate", 4.5, `terms.rate must be a decimal number in quotes without needless zeros, such as "4.5"`},
		"a time without zone":  {"answer_by", "2026-07-01", "answer_by must be a time such as 2026-11-21T10:00:00Z"},
		"one for a list":       {"borrowers", "p", "borrowers must be a list"},
		"a number in a list":   {"borrowers", []any{"p", 1}, "borrowers[1] must be text"},
		"an unknown field":     {"terms.fees.late", 1, "terms.fees.late is not known; there are setup, reminder"},
		"an unknown day count": {"terms.day_count", "30/360", "terms.day_count must be 30E/360, actual/365 or actual/360"},
		"an unknown schedule":  {"terms.schedule.kind", "weekly", "terms.schedule.kind must be annuity, straight_line, bullet or on_demand"},
	} {
		t.Run(name, func(t *testing.T) {
			var body map[string]any
			if err := json.Unmarshal(sound, &body); err != nil {
				t.Fatal(err)
			}
			names := strings.Split(c.path, ".")
			at := body
			for _, name := range names[:len(names)-1] {
				at = at[name].(map[string]any)
			}
			at[names[len(names)-1]] = c.value
			_, err := ledger.Draft{
				Op: ledger.OpOffer, Network: "network", By: ledger.PartyID("p" + strings.Repeat("l", 32)),
				Command: "6f1c2a52-9a53-4c0e-8b7d-0a1f6f3f2b11", IssuedAt: time.Date(2026, time.June, 1, 0, 0, 0, 0, time.UTC), Body: body,
			}.Build()
			refusal, ok := errors.AsType[*ledger.Error](err)
			if !ok || refusal.Code != ledger.CodeBodyMalformed || refusal.Params["detail"] != c.want {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
