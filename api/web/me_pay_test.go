package web_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/skuld-registry/skuld/api/web/site/sitetest"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

func TestNextPaymentIsWhatIsLeftOfTheInstalment(t *testing.T) {
	d := newDebtor(t)
	s, err := ledger.Summarize(d.world.note(d.note), d.lender.ID, d.today())
	if err != nil {
		t.Fatal(err)
	}
	d.pay(d.lender, d.note, 150_00)
	left := s.Next.Total - 150_00
	d.page().Says("Next payment SEK " + strconv.FormatInt(int64(left/100), 10) + "." + strconv.FormatInt(int64(left%100), 10) + " by")
}

// saysAccount replaces how a company is reached by a contact with an account.
func (d *debtor) saysAccount(c *company, account string) {
	d.Helper()
	d.do(c, ledger.OpPartyContact, string(c.ID), ledger.Contact{Human: "Eva Ek", Phone: "+46850000000", Hours: "8–17", Account: account})
}

func TestAccountToPayToIsThatOfWhoMayAskForPayment(t *testing.T) {
	d := newDebtor(t)
	reference := d.world.note(d.note).Terms.Reference
	d.page().Says("Pay to Nordlån AB", "You get the account on the number below")
	d.saysAccount(d.lender, "Bankgiro 111-1111")
	for _, p := range []*sitetest.Answer{d.page(), d.anna.Get(notePage(d.note) + "/print").Is(http.StatusOK)} {
		p.Says("Pay to Nordlån AB Bankgiro 111-1111", "Name "+reference, "names another account, call").Hides("You get the account")
	}
	buyer, servicer := d.company("Svea Fordran AB", inproc.Collector), d.company("Svea Inkasso AB", inproc.Collector)
	d.saysAccount(buyer, "Bankgiro 222-2222")
	d.saysAccount(servicer, "Bankgiro 333-3333")
	d.sell(d.lender, buyer, d.note)
	for _, p := range []*sitetest.Answer{d.page(), d.anna.Get(notePage(d.note) + "/print").Is(http.StatusOK)} {
		p.Hides("Bankgiro", "Pay to")
	}
	d.do(buyer, ledger.OpNotice, string(d.note), ledger.NoticeBody{Holder: buyer.ID, DeliveredOn: d.today(), Channel: "letter"})
	d.page().Says("Pay to Svea Fordran AB Bankgiro 222-2222")
	offer := d.draft(buyer.Signer, ledger.OpTransferOffer, string(d.note), ledger.TransferOfferBody{To: servicer.ID, Kind: ledger.CollectionMandate})
	d.must(buyer.Signer, offer)
	d.do(servicer, ledger.OpTransferAccept, string(d.note), ledger.TransferAcceptBody{Transfer: offer.Command})
	d.page().Says("Pay to Svea Inkasso AB Bankgiro 333-3333").Hides("222-2222")
}

func TestNoteWithoutAReferenceIsPaidByItsCode(t *testing.T) {
	d := newDebtor(t)
	terms := d.terms()
	terms.Reference = ""
	d.note = d.offerOf(d.lender, terms, d.anna.party)
	d.accept(d.anna, d.note)
	d.page().Says("Name " + d.store.CodeOf(d.note).String() + " so that")
}
