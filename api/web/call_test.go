package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/web/site/sitetest"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
)

func TestWhoHasTheCodeIsCalledBack(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	id := w.issue(lender, w.join("anna", lender))
	b, path := w.stranger(), w.path(id)+"/call"
	b.Send(b.Get(path).Is(http.StatusOK).Says("Banken AB calls you."), path, url.Values{
		"number": {" 070-123 45 67 "}, "when": {"evening"}, "words": {"Jag förstår inte räntan.\r\nRing gärna."},
	}).Is(http.StatusOK).Says("We will call you", "Eva Ek på Banken AB", "070-123 45 67", "By 15 June 2026 at 20:00", "They answer vardagar 8–17.")
	wishes, err := w.store.CallbacksOf(t.Context(), id)
	if err != nil || len(wishes) != 1 {
		t.Fatalf("kept are %+v, %v", wishes, err)
	}
	c := wishes[0]
	if c.Number != "070-123 45 67" || c.Wanted != "evening" || c.Party != "" || c.Language != ledger.English || !strings.Contains(c.Words, "räntan") || !c.Created.Equal(noon) || !c.Promised.Equal(noon.Add(6*time.Hour)) {
		t.Errorf("kept is %+v", c)
	}
}

func TestWhoIsSignedInIsCalledByName(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	b := w.join("anna", lender)
	id := w.issue(lender, b)
	path := w.path(id) + "/call"
	b.Send(b.Get(path), path, nil).Is(http.StatusOK).Says("+46701234567") // the number that is known
	wishes, err := w.store.CallbacksOf(t.Context(), id)
	if err != nil || len(wishes) != 1 || wishes[0].Party != b.party {
		t.Errorf("kept are %+v, %v", wishes, err)
	}
}

func TestNumberThatIsNoneIsAskedForAgain(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	id := w.issue(lender, w.join("anna", lender))
	b, path := w.stranger(), w.path(id)+"/call"
	for _, number := range []string{"", "ring", "12345", "1234567890123456", "070-1234567; DROP", "+46+701234567", "<script>", strings.Repeat("0 ", 40)} {
		a := b.Send(b.Get(path), path, url.Values{"number": {number}, "words": {"Hej"}}).Is(http.StatusUnprocessableEntity).
			Says("One thing needs to be put right", "Write a telephone number").Hides("<script>\"")
		if got := a.Form(path).Get("words"); got != "Hej" {
			t.Errorf("what was written is lost: %q", got)
		}
	}
	b.Send(b.Get(path), path, url.Values{"number": {"0701234567"}, "words": {strings.Repeat("å", 501)}}).Is(http.StatusUnprocessableEntity).Says("At most 500 characters.")
	b.Send(b.Get(path), path, url.Values{"number": {"0701234567"}, "words": {"a\x00b"}}).Is(http.StatusUnprocessableEntity)
	if wishes, err := w.store.CallbacksOf(t.Context(), id); err != nil || len(wishes) > 0 {
		t.Errorf("kept are %+v, %v", wishes, err)
	}
}

func TestCallsAboutOneNoteAreBounded(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	id := w.issue(lender, w.join("anna", lender))
	b, path := w.stranger(), w.path(id)+"/call"
	var last *sitetest.Answer
	for range 6 {
		last = b.Send(b.Get(path), path, url.Values{"number": {"0701234567"}}).Is(http.StatusOK)
	}
	last.Says("Banken AB knows already that somebody wants a call", "+46850000000")
}
