package desk_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/web/page/pagetest"
)

// TestAdministratorInvitesSomebodyWhoMakesAPasskey, once, and is at the desk with it.
func TestAdministratorInvitesSomebodyWhoMakesAPasskey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.staff("Ada", casework.Administrator)
	people := admin.Get("/desk/people").Is(http.StatusOK).Says("Everybody who works here", "Ada")
	made := admin.Send(people, "/desk/people", url.Values{"name": {"Eva Ek"}, "phone": {"+46 8 500 000 00"}, "roles": {"agent"}}).Is(http.StatusCreated)
	made.Says("Give the person this link:", "Eva Ek", "no passkey yet")
	_, path, found := strings.Cut(made.Body, w.origin+"/desk/i/")
	path, _, _ = strings.Cut(path, "<")
	if !found {
		t.Fatalf("the page shows no link:\n%s", made.Text())
	}
	eva := w.visitor("eva")
	eva.Ceremony(eva.Get("/desk/i/" + path).Is(http.StatusOK).Says("Hello Eva Ek!")).Is(http.StatusSeeOther)
	eva.Get("/desk/keys").Is(http.StatusOK).Says("Eva Ek")
	w.visitor("mallory").Get("/desk/i/" + path).Is(http.StatusNotFound).Says("The link no longer works")

	later := w.visitor("eva")
	later.Device = eva.Device
	later.Ceremony(later.Get("/desk/signin").Is(http.StatusOK)).Is(http.StatusSeeOther)
	later.Get("/desk/keys").Is(http.StatusOK).Says("Eva Ek")
	later.Get("/desk/people").Is(http.StatusForbidden).Says("Your role may not see this")
}

// TestEveryPageOfPeopleIsSound in every language.
func TestEveryPageOfPeopleIsSound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.staff("Ada", casework.Administrator)
	eva := w.staff("Eva", casework.Agent)
	for _, language := range []string{"sv", "da", "en"} {
		admin.Language = language
		for _, path := range []string{"/desk/people", "/desk/people/" + string(eva.id), "/desk/keys", "/desk/me", "/desk/pause"} {
			for _, fault := range pagetest.Faults(admin.Get(path).Is(http.StatusOK).Body) {
				t.Errorf("%s in %s: %s", path, language, fault)
			}
		}
	}
	for _, path := range []string{"/desk/approvals"} {
		for _, fault := range pagetest.Faults(w.staff("Lea", casework.Lead).Get(path).Is(http.StatusOK).Body) {
			t.Errorf("%s: %s", path, fault)
		}
	}
}

// TestDisabledStaffIsOutAtOnce: the next page asks them to sign in, which they cannot.
func TestDisabledStaffIsOutAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin, eva := w.staff("Ada", casework.Administrator), w.staff("Eva", casework.Agent)
	eva.Get("/desk/keys").Is(http.StatusOK)
	person := "/desk/people/" + string(eva.id)
	check := admin.Follow(admin.Send(admin.Get(person), person+"/disabled", nil)).Is(http.StatusOK).Says("The person is signed out everywhere")
	done := admin.Follow(admin.Send(check, check.From, nil)).Is(http.StatusOK).Says("Done: Disable a member of staff", "disabled since")
	eva.Get("/desk/keys").Is(http.StatusSeeOther)

	undo := admin.Get(done.Links()[undoLink(done.Links())]).Is(http.StatusOK)
	action := undo.From + "/undo"
	check = admin.Follow(admin.Send(undo, action, url.Values{"reason": {"a mistake"}})).Is(http.StatusOK).Says("The person can sign in again.", "a mistake")
	admin.Follow(admin.Send(check, check.From, nil)).Is(http.StatusOK).Says("Done: Enable a member of staff again")
	admin.Ask(http.MethodPost, action, undo.Form(action)).Is(http.StatusNotFound)
}

func undoLink(links []string) int {
	for i, l := range links {
		if strings.HasPrefix(l, "/desk/acts/") {
			return i
		}
	}
	return 0
}

// TestLastAdministratorStays: nobody could let one in again.
func TestLastAdministratorStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.staff("Ada", casework.Administrator)
	own := "/desk/people/" + string(admin.id)
	page := admin.Get(own).Is(http.StatusOK)
	admin.Ask(http.MethodPost, own+"/disabled", page.Form(own)).Is(http.StatusForbidden)
	admin.Send(page, own, url.Values{"name": {"Ada"}, "roles": {"agent"}}).Is(http.StatusForbidden)
}
