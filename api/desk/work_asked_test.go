package desk_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// TestWhatABorrowerAsksIsOnTheListUntilItIsAnswered: an objection and a payment that
// was made somewhere else stop the demand, and nobody may forget them.
func TestWhatABorrowerAsksIsOnTheListUntilItIsAnswered(t *testing.T) {
	t.Parallel()
	w := newCollecting(t)
	eva := w.staff("Eva", casework.Agent)
	c := w.given("Anna Ek", "L-1")
	eva.Get("/desk/today?show=all").Is(http.StatusOK).Hides("h-asked")
	w.on(w.borrower, ledger.OpDisputeRaise, string(c.Note), 5, ledger.DisputeRaiseBody{Text: "I never had this money."})
	w.on(w.borrower, ledger.OpPayClaim, string(c.Note), 6, ledger.PayClaimBody{
		Amount: finance.Money{Amount: 500_00, Currency: "SEK"}, PaidOn: finance.DateOf(w.Now()).AddDays(-1), Text: "I paid at the bank.",
	})
	w.kept()
	eva.Get("/desk/today?show=all").Is(http.StatusOK).Says("Answer an objection.", "Somebody says that they have paid.", "Anna Ek, case")
	eva.Get("/desk/today").Is(http.StatusOK).Says("There is nothing to do here just now.") // there are weeks to answer

	w.on(w.collector, ledger.OpDisputeResolve, string(c.Note), 7, ledger.DisputeResolveBody{Dispute: 5, Outcome: ledger.Dismissed, Text: "Here is what you signed."})
	w.kept()
	w.pass(14 * 24 * time.Hour)
	eva = w.staff("Evaa", casework.Agent)
	eva.Get("/desk/today").Is(http.StatusOK).Says("Somebody says that they have paid.").Hides("Answer an objection.")
}
