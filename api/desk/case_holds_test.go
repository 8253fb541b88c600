package desk_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/web/page/pagetest"
)

// TestWhatIsToBeBorneInMindIsSettledFromTheCasePage: a call, a complaint and a flag lead
// to their pages, and a promise is withdrawn with a reason.
func TestWhatIsToBeBorneInMindIsSettledFromTheCasePage(t *testing.T) {
	t.Parallel()
	w := newCollecting(t)
	c, eva := w.given("Anna Åström", "LN-1"), w.agent()
	of := path(c.Number)
	send := func(form string, fields url.Values) {
		t.Helper()
		fields.Set("party", string(w.borrower.ID))
		eva.Send(eva.Get(of+form).Is(http.StatusOK), of+form, fields).Is(http.StatusSeeOther)
	}
	send("/call", url.Values{"by": {at(w.Now().Add(3 * time.Hour))}, "number": {"070-123 45 67"}, "words": {"the plan"}, "owner": {string(eva.id)}})
	send("/promise", url.Values{"amount": {"100"}, "day": {"2026-06-17"}})
	send("/complaint", url.Values{"words": {"Nobody calls back."}, "channel": {"letter"}})
	send("/flag", url.Values{"kind": {"language"}, "basis": {"interest"}, "until": {"2026-09-01"}, "keeper": {string(eva.id)}, "words": {"Finnish"}})
	shown := eva.Get(of).Is(http.StatusOK)
	for _, kind := range []string{"/desk/calls/", "/desk/complaints/", "/desk/flags/", "/desk/promises/"} {
		i := slices.IndexFunc(shown.Links(), func(l string) bool { return strings.HasPrefix(l, kind) })
		if i < 0 {
			t.Fatalf("the case leads to none of %s", kind)
		}
		eva.Get(shown.Links()[i]).Is(http.StatusOK)
	}
	links := shown.Links()
	promise := links[slices.IndexFunc(links, func(l string) bool { return strings.HasPrefix(l, "/desk/promises/") })]
	for _, fault := range pagetest.Faults(w.staff("Aud", casework.Auditor).Get(promise).Is(http.StatusOK).Hides("/withdrawn").Body) {
		t.Error(fault)
	}
	form := eva.Get(promise).Is(http.StatusOK).Says("SEK 100.00 was promised by 17 June 2026.")
	check := eva.Follow(eva.Send(form, promise+"/withdrawn", url.Values{"reason": {"noted twice"}})).Is(http.StatusOK).Says("noted twice")
	eva.Follow(eva.Send(check, check.From, nil).Is(http.StatusSeeOther))
	eva.Get(of).Is(http.StatusOK).Says("The promise of SEK 100.00 by 17 June 2026 no longer counts.").Hides(promise)
	eva.Get("/desk/promises/none").Is(http.StatusNotFound)
}

// TestAnOfferedNoteIsTurnedDown with a reason, which who offers it reads.
func TestAnOfferedNoteIsTurnedDown(t *testing.T) {
	t.Parallel()
	w := newCollecting(t)
	kept, turned := w.issued("Anna Åström", "LN-1"), w.issued("Bo Ek", "LN-2")
	lea := w.staff("Lea", casework.Lead)
	books := lea.Get("/desk/books").Is(http.StatusOK)
	lea.Send(books, "/desk/books", url.Values{"reject": {"n-other"}, "reason": {"x"}}).Is(http.StatusNotFound)
	lea.Send(books, "/desk/books", url.Values{"reject": {string(turned)}}).Is(http.StatusBadRequest)
	check := lea.Follow(lea.Send(books, "/desk/books", url.Values{"reject": {string(turned)}, "reason": {"It is disputed."}}).Is(http.StatusSeeOther))
	lea.Follow(lea.Send(check.Is(http.StatusOK).Says("The note stays where it is."), check.From, nil).Is(http.StatusSeeOther))
	if w.note(turned).Pending != nil || w.note(kept).Pending == nil {
		t.Error("another note is turned down")
	}
	lea.Get("/desk/books").Is(http.StatusOK).Says("LN-1").Hides("LN-2")
}
