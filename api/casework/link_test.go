package casework_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

var linkNoon = time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC)

const linkParty = ledger.PartyID("pcccccccccccccccccccccccccccccccc")

func linkNote(n int) ledger.NoteID { return ledger.NoteID(fmt.Sprintf("n%032d", n)) }

var errAway = errors.New("nobody answers")

// registrar is the registrar's side as a test wants it: it may be away, lose its
// answers, and refuse.
type registrar struct {
	casework.Registrar
	away   bool
	unread string                                    // whose entries it cannot read
	lost   bool                                      // takes everything, and its answer does not arrive
	refuse func(casework.JournalEntry) *ledger.Error // an entry
	reject error                                     // what it is told of calls and complaints
	kept   []string                                  // the entries that it has, in the order in which they came
	calls  []casework.Callback                       // that persons ask for
	people []casework.Complaint                      // what they complain about
	said   []casework.Answer                         // of contacts
	told   []string
}

func (r *registrar) Write(_ context.Context, entries ...casework.JournalEntry) ([]casework.Written, error) {
	if r.away {
		return nil, errAway
	}
	if slices.ContainsFunc(entries, func(e casework.JournalEntry) bool { return e.Staff == r.unread }) {
		return nil, fmt.Errorf("writing: %w", ledger.Refuse(ledger.CodeRequestMalformed, "detail", "entry 2"))
	}
	var all []casework.Written
	for _, e := range entries {
		w := casework.Written{ID: e.ID}
		if r.refuse != nil {
			w.Refused = r.refuse(e)
		}
		if w.Refused == nil && e.FollowUp {
			w.FollowUp = "https://registrar.example/s/" + e.Staff
		}
		if w.Refused == nil && !slices.Contains(r.kept, e.Staff) {
			r.kept = append(r.kept, e.Staff)
		}
		all = append(all, w)
	}
	if r.lost {
		return nil, errAway
	}
	return all, nil
}

func (r *registrar) hears(format string, args ...any) error {
	if r.away {
		return errAway
	}
	r.told = append(r.told, fmt.Sprintf(format, args...))
	return r.reject
}

func (r *registrar) Callbacks(context.Context) ([]casework.Callback, error) { return r.calls, r.gone() }
func (r *registrar) Complaints(context.Context) ([]casework.Complaint, error) {
	return r.people, r.gone()
}

func (r *registrar) gone() error {
	if r.away {
		return errAway
	}
	return nil
}

func (r *registrar) TakeCallback(_ context.Context, id, name string, by time.Time) error {
	at := "as before"
	if !by.IsZero() {
		at = by.Format(time.TimeOnly)
	}
	return r.hears("%s: %s calls %s", id, name, at)
}

func (r *registrar) CompleteCallback(_ context.Context, id, outcome string) error {
	return r.hears("%s: %s", id, outcome)
}

func (r *registrar) TakeComplaint(_ context.Context, id, name string) error {
	return r.hears("%s: %s looks", id, name)
}

func (r *registrar) AnswerComplaint(_ context.Context, id, name, text string) error {
	return r.hears("%s: %s says %s", id, name, text)
}

func (r *registrar) Answers(_ context.Context, after string) ([]casework.Answer, string, error) {
	i := 1 + slices.IndexFunc(r.said, func(a casework.Answer) bool { return a.ID == after })
	if i == len(r.said) {
		return nil, after, r.gone()
	}
	return r.said[i : i+1], r.said[i].ID, r.gone()
}

// linked is a desk with its link, at a moment.
type linked struct {
	*casework.Link
	*registrar
	t   *testing.T
	now time.Time
}

func newLinked(t *testing.T) *linked {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "desk.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	l := &linked{t: t, now: linkNoon, registrar: &registrar{}}
	desk := &casework.Desk{
		Book: casebook.Open(s), Party: linkParty, Clock: func() time.Time { return l.now }, Random: rand.Reader, Log: slog.New(slog.DiscardHandler),
	}
	l.Link = &casework.Link{Desk: desk, Registrar: l.registrar}
	return l
}

// restart is the gateway coming back after a crash: what is not in the database is lost.
func (l *linked) restart() { l.Link = &casework.Link{Desk: l.Desk, Registrar: l.registrar} }

// tell writes entries down, by the names of staff; a name ends in the number of its note.
func (l *linked) tell(names ...string) {
	l.t.Helper()
	for _, name := range names {
		e := casework.JournalEntry{
			ID: uuid.NewSHA1(uuid.Nil, []byte(name)).String(), Note: linkNote(int(name[len(name)-1] - '0')), Kind: casework.JournalReading, At: l.now, Staff: name,
		}
		if err := l.Desk.Tell(l.t.Context(), e); err != nil {
			l.t.Fatal(err)
		}
	}
}

// round runs the link once, and wants it to come through or not.
func (l *linked) round(through bool) {
	l.t.Helper()
	if err := l.Round(l.t.Context()); (err == nil) != through {
		l.t.Fatalf("the round ends with %v", err)
	}
}

func (l *linked) has(want string) {
	l.t.Helper()
	if got := strings.Join(l.kept, " "); got != want {
		l.t.Errorf("the registrar has %q, want %q", got, want)
	}
}

func TestWhatIsToldArrivesOnceHoweverTheRegistrarFails(t *testing.T) {
	l := newLinked(t)
	l.tell("Anna1", "Bo2")
	l.away = true
	for range 3 {
		l.round(false)
	}
	l.restart()
	l.tell("Cia1", "Anna1")
	l.away, l.lost = false, true
	l.round(false)
	l.lost = false
	l.restart()
	l.round(true)
	l.has("Anna1 Bo2 Cia1")
	if c, err := l.Desk.Book.CountOutbox(t.Context()); err != nil || c != (casebook.OutboxCounts{}) {
		t.Errorf("left are %+v, %v", c, err)
	}
}

func TestEntryThatIsRefusedForNowHoldsBackThoseOfItsNoteAlone(t *testing.T) {
	l := newLinked(t)
	l.refuse = func(e casework.JournalEntry) *ledger.Error {
		if e.Staff == "Anna1" {
			return ledger.Refuse(ledger.CodeJournalFull, "limit", "100")
		}
		return nil
	}
	l.tell("Anna1")
	l.round(true)
	l.tell("Bo1", "Cia2")
	l.round(true)
	l.has("Cia2")
	l.refuse = nil
	l.now = l.now.Add(time.Hour)
	l.round(true)
	l.has("Cia2 Anna1 Bo1")
}

func TestEntryThatIsRefusedForGoodIsSetAside(t *testing.T) {
	l := newLinked(t)
	l.refuse = func(e casework.JournalEntry) *ledger.Error {
		if e.Staff == "Anna1" {
			return ledger.Refuse(ledger.CodeNotFound)
		}
		return nil
	}
	l.tell("Anna1", "Bo1")
	l.round(true)
	l.has("Bo1")
	if c, err := l.Desk.Book.CountOutbox(t.Context()); err != nil || c != (casebook.OutboxCounts{Refused: 1}) {
		t.Errorf("left are %+v, %v", c, err)
	}
}

func TestEntryThatTheRegistrarCannotReadIsSetAsideAlone(t *testing.T) {
	l := newLinked(t)
	l.unread = "Bo1"
	l.tell("Anna1", "Bo1", "Cia2")
	l.round(true)
	l.has("Anna1 Cia2")
	if c, err := l.Desk.Book.CountOutbox(t.Context()); err != nil || c != (casebook.OutboxCounts{Refused: 1}) {
		t.Errorf("left are %+v, %v", c, err)
	}
}

func TestNothingWaitsForARegistrarThatIsNotThere(t *testing.T) {
	l := newLinked(t)
	l.Desk.Unlinked = true
	l.tell("Anna1")
	if c, err := l.Desk.Book.CountOutbox(t.Context()); err != nil || c != (casebook.OutboxCounts{}) {
		t.Errorf("in the outbox are %+v, %v", c, err)
	}
}

func TestAddressOfTheQuestionsComesBack(t *testing.T) {
	l := newLinked(t)
	e := casework.JournalEntry{ID: uuid.NewString(), Note: linkNote(1), Kind: casework.JournalContact, At: l.now, Staff: "Anna1", FollowUp: true}
	if err := l.Desk.Tell(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	l.round(true)
	if s, err := l.Desk.Book.SendingOf(t.Context(), e.ID); err != nil || s.FollowUp != "https://registrar.example/s/Anna1" {
		t.Errorf("it is %+v, %v", s, err)
	}
}

func (l *linked) tasks() (all []string) {
	l.t.Helper()
	tasks, _, err := l.Desk.Book.Tasks(l.t.Context(), casebook.TaskQuery{Limit: 20})
	if err != nil {
		l.t.Fatal(err)
	}
	for _, t := range tasks {
		all = append(all, fmt.Sprintf("%s %s", t.Kind, t.About))
	}
	slices.Sort(all)
	return all
}

// asks has persons ask for something of each kind.
func (l *linked) asks() {
	l.calls = []casework.Callback{
		{ID: "call", Note: linkNote(1), Number: "070-123 45 67", Language: ledger.Swedish, Created: l.now, Promised: l.now.Add(time.Hour)},
		{ID: "old", Note: linkNote(1), Number: "070-123 45 67", Language: ledger.Swedish, Created: l.now, TakenBy: linkParty},
		{ID: "theirs", Note: linkNote(1), Number: "070-123 45 67", Language: ledger.Swedish, Created: l.now, TakenBy: "pother"},
	}
	by := finance.DateOf(l.now).AddDays(14)
	l.people = []casework.Complaint{
		{ID: "complaint", Number: "64S36-D1N6R", Note: linkNote(2), Language: ledger.Danish, Words: "Nej.", Created: l.now, AnswerBy: by},
		{ID: "review", Number: "64S36-D1N6S", Note: linkNote(2), Language: ledger.Danish, Words: "Hvorfor?", Created: l.now, AnswerBy: by, Review: true, Entry: "e"},
	}
	l.said = []casework.Answer{
		{ID: "good", Month: "2026-06", Scores: [3]int{9, 8, 5}}, {ID: "low", Month: "2026-06", Scores: [3]int{9, 8, 4}, Words: "Nej."},
	}
}

func TestWhatPersonsAskForComesOntoTheWorklistOnce(t *testing.T) {
	l := newLinked(t)
	l.asks()
	want := []string{"answer low", "callback call", "callback old", "complaint complaint", "complaint review"}
	for range 3 {
		l.round(true)
		l.now = l.now.Add(casework.PollEvery)
		if got := l.tasks(); !reflect.DeepEqual(got, want) {
			t.Fatalf("the worklist is %q", got)
		}
		l.restart()
	}
	if c, err := l.Desk.Book.Complaint(t.Context(), "review"); err != nil || c.Entry != "e" || !c.Remote || c.Number != "64S36-D1N6S" {
		t.Errorf("registered is %+v, %v", c, err)
	}
	l.away = true
	l.round(false)
}

func TestWhatPersonsAskForComesAlthoughNothingCanBeHandedIn(t *testing.T) {
	l := newLinked(t)
	l.asks()
	l.tell("Anna1")
	l.lost = true
	l.round(false)
	if got := l.tasks(); len(got) != 5 {
		t.Errorf("the worklist is %q", got)
	}
}

func TestRegistrarIsAskedNowAndThenOnly(t *testing.T) {
	l := newLinked(t)
	l.round(true)
	l.asks()
	l.now = l.now.Add(casework.PollEvery - time.Second)
	l.round(true)
	if got := l.tasks(); got != nil {
		t.Fatalf("the worklist is %q", got)
	}
	l.now = l.now.Add(time.Second)
	l.round(true)
	if len(l.tasks()) == 0 {
		t.Error("nothing comes")
	}
}

func TestPersonIsToldWhoCallsAndWhoLooks(t *testing.T) {
	l := newLinked(t)
	b := l.Desk.Book
	if _, err := b.AddStaff(t.Context(), casebook.Staff{ID: "k", Name: "Karin Holm", Language: ledger.Swedish, Roles: []string{"agent"}, Created: l.now}); err != nil {
		t.Fatal(err)
	}
	l.asks()
	l.round(true)
	for _, id := range []string{casebook.TaskID(casebook.TaskCallback, "call"), casebook.TaskID(casebook.TaskComplaint, "complaint")} {
		if taken, err := b.TakeTask(t.Context(), id, "k", l.now); err != nil || !taken {
			t.Fatal(taken, err)
		}
	}
	l.away = true
	l.round(false)
	l.away = false
	l.round(true)
	l.now = l.now.Add(2 * time.Hour)
	if kept, err := b.KeepCall(t.Context(), "call", "k", casebook.Reached, l.now); err != nil || !kept {
		t.Fatal(kept, err)
	}
	if answered, err := b.AnswerComplaint(t.Context(), "complaint", "k", "You are right.", l.now); err != nil || !answered {
		t.Fatal(answered, err)
	}
	l.reject = ledger.Refuse(ledger.CodeCallbackState, "state", "done", "want", "open") // it knew: the answer before did not arrive
	l.round(true)
	l.round(true)
	want := []string{
		"call: Karin Holm calls 13:00:00", "complaint: Karin Holm looks", "call: " + string(casebook.Reached), "complaint: Karin Holm says You are right.",
	}
	if !reflect.DeepEqual(l.told, want) {
		t.Errorf("it is told %q", l.told)
	}
}

func TestLinkRunsUntilItIsStopped(t *testing.T) {
	l := newLinked(t)
	l.tell("Anna1")
	ctx, stop := context.WithCancel(t.Context())
	arrived := make(chan struct{})
	l.refuse = func(casework.JournalEntry) *ledger.Error {
		close(arrived)
		return nil
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.Run(ctx)
	}()
	<-arrived
	stop()
	<-ended
}
