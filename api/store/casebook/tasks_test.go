package casebook_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skuld-registry/skuld/api/store/casebook"
)

const (
	anna   = casebook.StaffID("anna")
	bertil = casebook.StaffID("bertil")
)

// worklist reads the whole list, page by page.
func worklist(t rapid.TB, b *casebook.Book, q casebook.TaskQuery) (all []casebook.Task) {
	t.Helper()
	const pages = 100
	for range pages {
		page, next, err := b.Tasks(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, page...); next == nil {
			return all
		}
		q.After = *next
	}
	t.Fatalf("the list does not end after %d pages", pages)
	return nil
}

// abouts says what tasks are about, in their order.
func abouts(all []casebook.Task) []string {
	var names []string
	for _, t := range all {
		names = append(names, t.About)
	}
	return names
}

// desk is a worklist and what it is to be: the state and the owner of each task by
// what it is about.
type desk struct {
	*casebook.Book
	name  string // of this round, which the tasks have as their team
	state map[string]casebook.TaskState
	owner map[string]casebook.StaffID
}

func (d *desk) about(t *rapid.T) (about, id string) {
	about = fmt.Sprintf("%s/%d", d.name, rapid.IntRange(1, 4).Draw(t, "about"))
	return about, casebook.TaskID(casebook.TaskNext, about)
}

func (d *desk) waits(about string) bool {
	return d.state[about] == casebook.TaskOpen || d.state[about] == casebook.TaskTaken
}

// is notes that a task has an owner, or none.
func (d *desk) is(about string, owner casebook.StaffID) {
	d.owner[about], d.state[about] = owner, casebook.TaskTaken
	if owner == "" {
		d.state[about] = casebook.TaskOpen
	}
}

var someone = rapid.SampledFrom([]casebook.StaffID{anna, bertil, ""})

func (d *desk) add(t *rapid.T) {
	about, _ := d.about(t)
	task := casebook.Task{Kind: casebook.TaskNext, About: about, Team: d.name, Promised: rapid.Bool().Draw(t, "promised"), Owner: someone.Draw(t, "owner")}
	if rapid.Bool().Draw(t, "dated") {
		task.Due = noon.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "due")) * time.Hour)
	}
	added, err := d.AddTask(ctx, task, noon)
	if err != nil || added != (d.state[about] == "") {
		t.Fatalf("added: %t, %v; it was %q", added, err, d.state[about])
	}
	if added {
		d.is(about, task.Owner)
	}
}

func (d *desk) take(t *rapid.T) {
	about, id := d.about(t)
	taken, err := d.TakeTask(ctx, id, anna, noon)
	if err != nil || taken != (d.state[about] == casebook.TaskOpen) {
		t.Fatalf("taken: %t, %v; it was %q", taken, err, d.state[about])
	}
	if taken {
		d.is(about, anna)
	}
}

func (d *desk) pass(t *rapid.T) {
	about, id := d.about(t)
	to := someone.Draw(t, "to")
	passed, err := d.PassTask(ctx, casebook.Passing{ID: id, By: anna, To: to, Remark: "please", At: noon})
	if err != nil || passed != d.waits(about) {
		t.Fatalf("passed on: %t, %v; it was %q", passed, err, d.state[about])
	}
	if passed {
		d.is(about, to)
	}
}

func (d *desk) finish(t *rapid.T) {
	about, id := d.about(t)
	done, err := d.FinishTask(ctx, id, anna, "said so", noon)
	if err != nil || done != d.waits(about) {
		t.Fatalf("done: %t, %v; it was %q", done, err, d.state[about])
	}
	if done {
		d.state[about] = casebook.TaskDone
	}
}

func (d *desk) drop(t *rapid.T) {
	about, id := d.about(t)
	dropped, err := d.DropTask(ctx, id, "paid", noon)
	if err != nil || dropped != d.waits(about) {
		t.Fatalf("dropped: %t, %v; it was %q", dropped, err, d.state[about])
	}
	if dropped {
		d.state[about] = casebook.TaskDropped
	}
}

func (d *desk) reopen(t *rapid.T) {
	about, id := d.about(t)
	reopened, err := d.ReopenTask(ctx, id)
	if err != nil || reopened != (d.state[about] != "" && !d.waits(about)) {
		t.Fatalf("reopened: %t, %v; it was %q", reopened, err, d.state[about])
	}
	if reopened {
		d.is(about, d.owner[about])
	}
}

// check compares all that there is with what there is to be, and leaves nothing for
// the next round.
func (d *desk) check(t *rapid.T) {
	var waiting []string
	for about, state := range d.state {
		id := casebook.TaskID(casebook.TaskNext, about)
		if got, err := d.Task(ctx, id); err != nil || got == nil || got.State != state || got.Owner != d.owner[about] {
			t.Fatalf("the task is %+v, %v; want it %s and of %q", got, err, state, d.owner[about])
		}
		if d.waits(about) {
			waiting = append(waiting, about)
		}
	}
	listed := abouts(worklist(t, d.Book, casebook.TaskQuery{Limit: 2}))
	slices.Sort(listed)
	slices.Sort(waiting)
	if !slices.Equal(listed, waiting) {
		t.Fatalf("the list has %v; want %v", listed, waiting)
	}
	for _, about := range waiting {
		if _, err := d.DropTask(ctx, casebook.TaskID(casebook.TaskNext, about), "", noon); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNoTaskIsEverLost whatever members of staff do and in whatever order: each task
// that was added is open, somebody's, done or dropped, and the worklist shows those
// that are one of the first two, each once.
func TestNoTaskIsEverLost(t *testing.T) {
	b := open(t, filepath.Join(t.TempDir(), "gateway.db"))
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		d := &desk{b, fmt.Sprint(round), map[string]casebook.TaskState{}, map[string]casebook.StaffID{}}
		t.Repeat(map[string]func(*rapid.T){"add": d.add, "take": d.take, "pass": d.pass, "finish": d.finish, "drop": d.drop, "reopen": d.reopen})
		d.check(t)
	})
}

func TestOfManyWhoTakeATaskOneHasIt(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		if _, err := b.AddTask(t.Context(), casebook.Task{Kind: casebook.TaskPayment, About: "p"}, noon); err != nil {
			t.Fatal(err)
		}
		const many = 16
		taken := make(chan casebook.StaffID, many)
		for n := range many {
			go func() {
				who := casebook.StaffID(fmt.Sprint(n))
				got, err := b.TakeTask(ctx, casebook.TaskID(casebook.TaskPayment, "p"), who, noon)
				if err != nil {
					t.Error(err)
				}
				if !got {
					who = ""
				}
				taken <- who
			}()
		}
		var owners []casebook.StaffID
		for range many {
			if who := <-taken; who != "" {
				owners = append(owners, who)
			}
		}
		got, err := b.Task(t.Context(), casebook.TaskID(casebook.TaskPayment, "p"))
		if err != nil || len(owners) != 1 || got.Owner != owners[0] {
			t.Errorf("it was taken by %v and is %+v, %v", owners, got, err)
		}
	})
}

// aDay fills a worklist with what the tests of its order are about.
func aDay(t *testing.T, b *casebook.Book) {
	t.Helper()
	for _, task := range []casebook.Task{
		{About: "old", Owner: anna},
		{About: "young", Team: "north"},
		{About: "tomorrow", Due: noon.Add(24 * time.Hour)},
		{About: "at one", Due: noon.Add(time.Hour), Promised: true, Kind: casebook.TaskCallback},
		{About: "late", Due: noon.Add(-time.Hour), Owner: bertil},
		{About: "promised at ten", Due: noon.Add(-2 * time.Hour), Promised: true, Owner: anna, Kind: casebook.TaskCallback},
		{About: "promised at nine", Due: noon.Add(-3 * time.Hour), Promised: true, Team: "south"},
		{About: "at one, too", Due: noon.Add(time.Hour)},
	} {
		if task.Kind == "" {
			task.Kind = casebook.TaskNext
		}
		if added, err := b.AddTask(t.Context(), task, noon); err != nil || !added {
			t.Fatal(added, err)
		}
	}
}

func TestWhatWasPromisedAndIsLateComesFirstThenTimesThenAge(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		aDay(t, b)
		evening := noon.Add(12 * time.Hour)
		for name, tc := range map[string]struct {
			q    casebook.TaskQuery
			want []string
		}{
			"all":                 {casebook.TaskQuery{}, []string{"promised at nine", "promised at ten", "late", "at one", "at one, too", "tomorrow", "old", "young"}},
			"today":               {casebook.TaskQuery{Until: evening}, []string{"promised at nine", "promised at ten", "late", "at one", "at one, too", "old", "young"}},
			"mine":                {casebook.TaskQuery{Owner: anna}, []string{"promised at ten", "old"}},
			"free":                {casebook.TaskQuery{Free: true, Until: evening}, []string{"promised at nine", "at one", "at one, too", "young"}},
			"team":                {casebook.TaskQuery{Free: true, Team: "north"}, []string{"at one", "at one, too", "tomorrow", "young"}},
			"mine and the team's": {casebook.TaskQuery{Owner: anna, Free: true, Team: "north"}, []string{"promised at ten", "at one", "at one, too", "tomorrow", "old", "young"}},
			"late":                {casebook.TaskQuery{Late: true}, []string{"promised at nine", "promised at ten"}},
			"kind":                {casebook.TaskQuery{Kind: casebook.TaskCallback}, []string{"promised at ten", "at one"}},
			"without":             {casebook.TaskQuery{Owner: anna, Without: []casebook.TaskKind{casebook.TaskCallback}}, []string{"old"}},
			"none":                {casebook.TaskQuery{Owner: "nobody"}, nil},
		} {
			for _, limit := range []int{1, 2, 3, 50} {
				tc.q.Limit = limit
				if got := abouts(worklist(t, b, tc.q)); !slices.Equal(got, tc.want) {
					t.Errorf("%s, %d to a page: %v; want %v", name, limit, got, tc.want)
				}
			}
		}
	})
}

func TestPromiseThatPassesMovesToTheTopOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		aDay(t, b)
		later := noon.Add(time.Hour + time.Second)
		for _, want := range []int{1, 0} {
			if late, err := b.EscalateTasks(t.Context(), later); err != nil || late != want {
				t.Errorf("%d are late, %v; want %d", late, err, want)
			}
		}
		if got := abouts(worklist(t, b, casebook.TaskQuery{}))[:4]; !slices.Equal(got, []string{"promised at nine", "promised at ten", "at one", "late"}) {
			t.Errorf("the list begins with %v", got)
		}
		// Another time that the person was told puts it back into its place.
		again := casebook.Task{Kind: casebook.TaskCallback, About: "at one", Due: noon.Add(48 * time.Hour), Promised: true}
		if added, err := b.AddTask(t.Context(), again, later); err != nil || added {
			t.Errorf("it is added again: %t, %v", added, err)
		}
		if got := abouts(worklist(t, b, casebook.TaskQuery{})); got[5] != "at one" {
			t.Errorf("the list is %v", got)
		}
	})
}

func TestTasksOfWhoLeavesAreEverybodys(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		aDay(t, b)
		if released, err := b.ReleaseTasks(t.Context(), anna); err != nil || released != 2 {
			t.Errorf("%d are given back, %v", released, err)
		}
		counts, err := b.CountTasks(t.Context())
		if want := map[casebook.StaffID]int{"": 7, bertil: 1}; err != nil || !maps.Equal(counts, want) {
			t.Errorf("there wait %v, %v; want %v", counts, err, want)
		}
	})
}

// TestLateCallIsEverybodysUnlessSomebodyHasTakenItSince so that the person who waits is
// called, and nobody is robbed of a call that they are making.
func TestLateCallIsEverybodysUnlessSomebodyHasTakenItSince(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		aDay(t, b) // "promised at ten" is Anna's since noon, and late
		id := casebook.TaskID(casebook.TaskCallback, "promised at ten")
		for _, step := range []struct {
			before time.Time
			want   int
			owner  casebook.StaffID
		}{{noon.Add(-3 * time.Hour), 0, anna}, {noon, 0, anna}, {noon.Add(time.Second), 1, ""}, {noon.Add(time.Second), 0, ""}} {
			released, err := b.ReleaseLate(t.Context(), casebook.TaskCallback, step.before)
			if task, err2 := b.Task(t.Context(), id); err != nil || err2 != nil || released != step.want || task.Owner != step.owner {
				t.Errorf("before %s %d are given back and it is %+v; %v, %v", step.before, released, task, err, err2)
			}
		}
	})
}

func TestTaskKeepsWhyItIsHere(t *testing.T) {
	everywhere(t, func(t *testing.T, b *casebook.Book) {
		want := casebook.Task{
			ID: casebook.TaskID(casebook.TaskPromise, "p"), Place: 1, Kind: casebook.TaskPromise, About: "p", Note: noteID(1), Reason: "task-promise",
			With: map[string]string{"amount": "1 200,50"}, Due: noon, Promised: true, Priority: casebook.PriorityDated, Team: "north", Owner: anna,
			State: casebook.TaskTaken, Added: noon, Taken: noon,
		}
		if _, err := b.AddTask(t.Context(), want, noon); err != nil {
			t.Fatal(err)
		}
		got, err := b.TasksOf(t.Context(), want.Note)
		if err != nil || len(got) != 1 || !equal(got[0], want) {
			t.Errorf("it is %+v, %v; want %+v", got, err, want)
		}
	})
}
