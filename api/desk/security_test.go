package desk_test

import (
	"flag"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/site"
)

var update = flag.Bool("update", false, "write golden files")

// TestWhoMayUseEachPage is a table that a changed role changes visibly.
func TestWhoMayUseEachPage(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, r := range desk.AllRoutes() {
		b.WriteString(strings.TrimRight(r.String(), " ") + "\n")
	}
	golden := filepath.Join("testdata", "roles.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("who may use which page differs from %s; run the test with -update and read what changed:\n%s", golden, b.String())
	}
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// addressOf gives an address that fits a pattern, about nothing that there is.
func addressOf(pattern string) string { return placeholder.ReplaceAllString(pattern, "1") }

// TestPageIsShutToEveryOtherRole tries each page with each role that its route does not
// name, and without any.
func TestPageIsShutToEveryOtherRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	members := map[string]*member{"none": w.staff("None")}
	for _, role := range casework.Roles() {
		members[string(role)] = w.staff("Member"+string(role[:3]), role)
	}
	stranger := w.visitor("stranger")
	for _, r := range desk.AllRoutes() {
		if r.Open {
			continue
		}
		path := addressOf(r.Pattern)
		if a := stranger.Ask(r.Method, path, nil); a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/desk/signin") {
			t.Errorf("%s %s answers a stranger with %d to %q", r.Method, path, a.Status, a.Header.Get("Location"))
		}
		if r.Member {
			continue
		}
		for role, m := range members {
			if slices.Contains(r.Roles, role) {
				continue
			}
			if a := m.Ask(r.Method, path, m.token()); a.Status != http.StatusForbidden || !strings.Contains(a.Text(), "Your role may not see this") {
				t.Errorf("%s %s answers %s with %d", r.Method, path, role, a.Status)
			}
		}
	}
}

// token is a form with nothing but what shows that it is ours.
func (m *member) token() url.Values { return url.Values{"token": {site.FormToken(m.session)}} }

// TestFormThatIsNotOursIsRefused on each page that takes one: without its token, with
// that of another session, and sent by another site.
func TestFormThatIsNotOursIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	eva, other := w.staff("Eva", casework.Agent, casework.Lead, casework.Finance, casework.Auditor), w.staff("Ole", casework.Agent)
	elsewhere := func(r *http.Request) {
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		r.Header.Set("Origin", "https://evil.example")
	}
	for _, r := range desk.AllRoutes() {
		if r.Method != http.MethodPost {
			continue
		}
		path := addressOf(r.Pattern)
		eva.Ask(r.Method, path, eva.token(), elsewhere).Is(http.StatusForbidden).Says("The page was too old")
		if r.Open {
			continue
		}
		for name, form := range map[string]url.Values{"no token": {}, "another's": other.token()} {
			if a := eva.Ask(r.Method, path, form); a.Status != http.StatusForbidden {
				t.Errorf("%s with %s is answered with %d", path, name, a.Status)
			}
		}
	}
}

// TestSigningInGivesANewToken: one that somebody else put into the browser is worth
// nothing afterwards.
func TestSigningInGivesANewToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.staff("Ada", casework.Administrator)
	made := admin.Send(admin.Get("/desk/people"), "/desk/people", url.Values{"name": {"Eva"}, "roles": {"lead"}}).Is(http.StatusCreated)
	_, code, _ := strings.Cut(made.Body, "/desk/i/")
	code, _, _ = strings.Cut(code, "<")

	mallory := w.staff("Mallory", casework.Agent)
	eva := w.visitor("eva")
	at, err := url.Parse(w.site.URL)
	if err != nil {
		t.Fatal(err)
	}
	eva.Client.Jar.SetCookies(at, []*http.Cookie{{Name: "skuld-desk", Value: mallory.session, Path: "/"}})
	eva.Ceremony(eva.Get("/desk/i/" + code).Is(http.StatusOK)).Is(http.StatusSeeOther)
	for _, c := range eva.Client.Jar.Cookies(at) {
		if c.Name == "skuld-desk" && c.Value == mallory.session {
			t.Error("the token stayed the same")
		}
	}
	mallory.Get("/desk/keys").Is(http.StatusSeeOther)
	eva.Get("/desk/keys").Is(http.StatusOK).Says("Eva")
}

// TestSessionEndsWithIdlenessAndInTheEnd, and says so before.
func TestSessionEndsWithIdlenessAndInTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	eva := w.staff("Eva", casework.Agent)
	w.pass(casebook.StaffIdle - time.Minute)
	eva.Get("/desk/pause?back=/desk/keys").Is(http.StatusOK).Says("You will be signed out in a minute")
	look := func(r *http.Request) { r.Header.Set("Skuld-Live", "1") }
	eva.Get("/desk/keys", look).Is(http.StatusOK)
	w.pass(time.Minute)
	eva.Get("/desk/keys").Is(http.StatusSeeOther) // neither the warning nor the look kept it open

	ole, began := w.staff("Ole", casework.Agent), w.Now()
	w.pass(casebook.StaffIdle - time.Minute)
	ole.Send(ole.Get("/desk/pause?back=/desk/keys"), "/desk/pause", nil).Is(http.StatusSeeOther)
	w.pass(10 * time.Minute)
	ole.Get("/desk/keys").Is(http.StatusOK)

	end := began.Add(casebook.StaffLife)
	for w.Now().Before(end.Add(-12 * time.Minute)) {
		w.pass(10 * time.Minute)
		ole.Get("/desk/keys").Is(http.StatusOK)
	}
	ole.Get("/desk/keys").Says("Your session ends on")
	w.pass(end.Sub(w.Now()))
	ole.Get("/desk/keys").Is(http.StatusSeeOther)
}

// TestSignOutEverywhereEndsEverySession.
func TestSignOutEverywhereEndsEverySession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	eva := w.staff("Eva", casework.Agent)
	second := w.again(eva, "Elsewhere")
	second.Ask(http.MethodPost, "/desk/signout/everywhere", second.token()).Is(http.StatusSeeOther)
	eva.Get("/desk/keys").Is(http.StatusSeeOther)
	second.Get("/desk/keys").Is(http.StatusSeeOther)
}

// TestLogNamesNobody: what stands in it are patterns, codes and pseudonymous ids.
func TestLogNamesNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.staff("Adastra Bergqvist", casework.Administrator)
	made := admin.Send(admin.Get("/desk/people"), "/desk/people", url.Values{"name": {"Eva Strandberg"}, "phone": {"+46850000000"}, "roles": {"agent"}}).Is(http.StatusCreated)
	_, code, _ := strings.Cut(made.Body, "/desk/i/")
	code, _, _ = strings.Cut(code, "<")
	w.visitor("eva").Get("/desk/i/" + code).Is(http.StatusOK)
	admin.Get("/desk/people?lang=sv")
	for _, secret := range []string{"Adastra", "Strandberg", "5000000", code, admin.session} {
		if strings.Contains(w.log.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, w.log.String())
		}
	}
	if !strings.Contains(w.log.String(), `"route":"/desk/i/{code}"`) {
		t.Errorf("the log says nothing of what was asked:\n%s", w.log.String())
	}
}

// TestLookForNewerRowsIsAnsweredBriefly where nothing has changed.
func TestLookForNewerRowsIsAnsweredBriefly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.staff("Ada", casework.Administrator)
	look := func(tag string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Skuld-Live", "1")
			r.Header.Set("If-None-Match", tag)
		}
	}
	first := admin.Get("/desk/people", look("")).Is(http.StatusOK)
	tag := first.Header.Get("ETag")
	if a := admin.Get("/desk/people", look(tag)).Is(http.StatusNotModified); a.Body != "" {
		t.Errorf("nothing new is said as %q", a.Body)
	}
	w.staff("Eva", casework.Agent)
	admin.Get("/desk/people", look(tag)).Is(http.StatusOK).Says("Eva")
}
