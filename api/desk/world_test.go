package desk_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/store/storetest"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site/sitetest"
	"github.com/skuld-registry/skuld/ledger"
)

func TestMain(m *testing.M) { os.Exit(m.Run()) }

// noon is when every test begins.
var noon = time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC)

// world is the desk of a company.
type world struct {
	testing.TB
	desk   *casework.Desk
	server *desk.Server
	site   *httptest.Server
	origin string
	log    *journal

	mu  sync.Mutex
	now time.Time
}

// journal gathers what the pages log.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// newWorld serves a desk at http://localhost, as the local network does.
func newWorld(t testing.TB) *world { return newWorldWith(t, func(*desk.Options) {}) }

// newWorldWith serves it with other options.
func newWorldWith(t testing.TB, change func(*desk.Options)) *world {
	t.Helper()
	w := &world{TB: t, now: noon, log: &journal{}}
	s, err := store.Open(t.Context(), storetest.SQLite(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	log := slog.New(slog.NewJSONHandler(w.log, nil))
	w.desk = &casework.Desk{
		Book: casebook.Open(s), Party: "pcollector", Clock: w.Now, Random: rand.Reader, Log: log,
		Limits: casework.Limits{Waiver: 500_00},
	}
	w.site = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.server.ServeHTTP(rw, r) }))
	t.Cleanup(w.site.Close)
	w.origin = strings.Replace(w.site.URL, "127.0.0.1", "localhost", 1)
	o := desk.Options{
		Desk: w.desk, RelyingParty: passkey.RelyingParty{ID: "localhost", Origin: w.origin, Name: "Inkasso & Omsorg AB"},
		Help: page.HumanCard{Company: "Registret", Phone: "+4681234567"}, Clock: w.Now, Random: rand.Reader, Log: log,
	}
	change(&o)
	if w.server, err = desk.New(o); err != nil {
		t.Fatal(err)
	}
	return w
}

// Now is the time of the whole world.
func (w *world) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// pass lets time pass.
func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// member is a member of staff at the desk.
type member struct {
	*sitetest.Browser
	id      casebook.StaffID
	session string // its token
}

// visitor is somebody who is not signed in.
func (w *world) visitor(seed string) *sitetest.Browser {
	w.Helper()
	return sitetest.New(w, w.site.URL, w.origin, seed)
}

// staff adds a member of staff who is signed in, past the door.
func (w *world) staff(name string, roles ...casework.Role) *member {
	w.Helper()
	m := &member{Browser: w.visitor(name), id: casebook.StaffID(uuid.NewString())}
	s := casebook.Staff{ID: m.id, Name: name, Language: ledger.English, Created: w.Now()}
	for _, r := range roles {
		s.Roles = append(s.Roles, string(r))
	}
	if _, err := w.desk.Book.AddStaff(w.Context(), s); err != nil {
		w.Fatal(err)
	}
	return w.signIn(m, name)
}

// again is the same member of staff at another browser.
func (w *world) again(m *member, seed string) *member {
	w.Helper()
	return w.signIn(&member{Browser: w.visitor(seed), id: m.id}, seed)
}

// signIn begins a session, past the door.
func (w *world) signIn(m *member, seed string) *member {
	w.Helper()
	sum := sha256.Sum256([]byte(seed))
	m.session = base64.RawURLEncoding.EncodeToString(sum[:])
	if err := w.desk.Book.BeginStaffSession(w.Context(), m.session, m.id, w.Now()); err != nil {
		w.Fatal(err)
	}
	at, err := url.Parse(w.site.URL)
	if err != nil {
		w.Fatal(err)
	}
	m.Client.Jar.SetCookies(at, []*http.Cookie{{Name: "skuld-desk", Value: m.session, Path: "/"}})
	return m
}
