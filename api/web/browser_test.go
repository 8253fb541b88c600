package web_test

import (
	"net/http"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/site/sitetest"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
)

// browser is a person at the pages, with a device that has a passkey.
type browser struct {
	*sitetest.Browser
	w     *world
	party ledger.PartyID // once registered
}

// browser gives a person who is nobody yet. The seed is the device's.
func (w *world) browser(seed string) *browser {
	w.Helper()
	return &browser{Browser: sitetest.New(w, w.site.URL, w.origin, seed), w: w}
}

// signer lets the person sign past the pages.
func (b *browser) signer() *model.Signer {
	return &model.Signer{Name: "a person", Kind: ledger.Person, Org: inproc.Registrar, ID: b.party, Pen: b.Device}
}

// join follows an invitation until the person is signed in.
func (w *world) join(seed string, by *company) *browser {
	w.Helper()
	b := w.browser(seed)
	b.accept(w.invite(by, store.ForBorrower))
	return b
}

// accept follows an invitation's address.
func (b *browser) accept(path string) *sitetest.Answer {
	b.w.Helper()
	b.party = ""
	signing := b.Ceremony(b.Get(path).Is(http.StatusOK)).Is(http.StatusOK)
	last := b.Ceremony(signing).Is(http.StatusSeeOther)
	b.party = ledger.PartyID(b.Device.Handle)
	return last
}
