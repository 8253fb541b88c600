package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// TestWhatTheOtherSideOwesIsSetOff in the borrower's own words: it is signed as what it
// is, stands on the page until it is answered, and is counted once the company agrees.
func TestWhatTheOtherSideOwesIsSetOff(t *testing.T) {
	d := newDebtor(t)
	d.later(20)
	path := notePage(d.note) + "/setoff"
	d.anna.Get(notePage(d.note) + "/paid").Is(http.StatusOK).Says("Do they owe you money?")
	for language, says := range map[string]string{"sv": "De är skyldiga mig pengar", "da": "De skylder mig penge", "en": "They owe me money"} {
		d.anna.Language = language
		d.anna.Get(path).Is(http.StatusOK).Says(says)
	}
	d.anna.Language = "en"
	door := d.anna.Get(path).Is(http.StatusOK).Says("They owe me money", "sections 18 and 28").Hides("The bank's reference")
	d.anna.Send(door, path, url.Values{"words": {""}, "amount": {"300"}, "paid_on": {d.today().String()}}).Is(http.StatusUnprocessableEntity).Says("Write something in your own words.")
	check := d.anna.Send(door, path, url.Values{"words": {"I returned the chair."}, "amount": {"300"}, "paid_on": {d.today().AddDays(-3).String()}, "bank": {"B-1"}})
	d.anna.sign(check).Is(http.StatusOK).Says("Nordlån AB answers by", "You set off SEK 300.00 from", "I returned the chair.").Hides("You say that you paid")
	claims := d.world.note(d.note).Claims
	if len(claims) != 1 || !claims[0].SetOff || claims[0].Amount != 300_00 || claims[0].Text != "I returned the chair." || claims[0].Reference != "" {
		t.Fatalf("the note has the claims %+v", claims)
	}
	d.do(d.lender, ledger.OpSetoff, string(d.note), ledger.SetoffBody{Amount: finance.Money{Amount: 300_00, Currency: "SEK"}, On: claims[0].PaidOn, Claim: claims[0].Seq, Ground: "The chair."})
	d.page().Hides("You set off SEK 300.00").Says("The chair.")
}
