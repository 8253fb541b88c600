package sim_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/chaincode/sim"
	"github.com/skuld-registry/skuld/ledger"
)

// Runs of an ordinary test, besides the seeds that are kept. cmd/sim plays more.
const (
	stepsPerSeed = 250
)

// TestEveryPromiseIsKeptInAHostileWorld plays some seeds with faults and some
// without, where answers are judged more strictly.
func TestEveryPromiseIsKeptInAHostileWorld(t *testing.T) {
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			play(t, sim.Options{Seed: seed, Steps: stepsPerSeed, Calm: seed%3 == 0})
		})
	}
}

// TestSeedsThatOnceFailedAreKept replays testdata/seeds.
func TestSeedsThatOnceFailedAreKept(t *testing.T) {
	f, err := os.Open(filepath.Join("testdata", "seeds"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var o sim.Options
		if _, err := fmt.Sscan(line, &o.Seed, &o.Steps); err != nil {
			t.Fatalf("the line %q is not a seed and its steps: %v", line, err)
		}
		t.Run(line, func(t *testing.T) { play(t, o) })
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

func play(t *testing.T, o sim.Options) sim.Report {
	t.Helper()
	r, err := sim.Run(t.Context(), o)
	if f, ok := errors.AsType[*sim.Failure](err); ok {
		t.Fatalf("%v\n%s\nkeep it in testdata/seeds", f, strings.Join(f.Trace, "\n"))
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestARunGetsEverywhere keeps the world hostile: a run in which nothing fails
// and nobody is refused would prove nothing.
func TestARunGetsEverywhere(t *testing.T) {
	r := play(t, sim.Options{Seed: 6, Steps: 400})
	for _, outcome := range []string{"committed", "committed repeated", "rejected seq_stale", "rejected role_forbidden", "rejected signature_wrong",
		"rejected key_unknown", "rejected not_entitled", "rejected batch_refused", "unknown outcome_unknown", "rehearsed committed"} {
		if r.Outcomes[outcome] == 0 {
			t.Errorf("no command was %s", outcome)
		}
	}
	for _, fault := range []string{"evaluate", "endorse", "order", "status", "restart", "peer behind"} {
		if r.Faults[fault] == 0 {
			t.Errorf("there was no fault of the kind %q", fault)
		}
	}
	if r.Represented == 0 || r.Applied[ledger.OpRecoveryComplete] == 0 {
		t.Errorf("%d commands were signed for another, and these were applied: %v", r.Represented, r.Applied)
	}
	if r.Invalid == 0 || r.Valid == 0 || len(r.Notes) < 3 {
		t.Errorf("the run was too quiet: %v", r)
	}
}

func TestASeedPlaysTheSameRunEachTime(t *testing.T) {
	o := sim.Options{Seed: 7, Steps: 120}
	first := play(t, o)
	if again := play(t, o); !reflect.DeepEqual(first, again) {
		t.Errorf("the same seed gives\n%v\nand then\n%v", first, again)
	}
}

// TestFewerStepsAreFound minimizes a made-up failure that needs two of its steps.
func TestFewerStepsAreFound(t *testing.T) {
	culprits := []int{13, 77}
	broken := func(o sim.Options) error {
		for _, step := range culprits {
			if o.Skip[step] || step > o.Steps {
				return nil
			}
		}
		return &sim.Failure{Seed: o.Seed, Step: 77, Err: errors.New("made up")}
	}
	o := sim.Options{Seed: 1, Steps: 100}
	f, _ := errors.AsType[*sim.Failure](broken(o))
	short, _ := sim.Minimize(o, f, broken)
	if left := short.Steps - len(short.Skip); left != len(culprits) || short.Skip[13] || short.Skip[77] {
		t.Errorf("%d of %d steps are left", left, short.Steps)
	}
}

func TestRunsWithoutStepsAreRefused(t *testing.T) {
	for _, steps := range []int{0, -1, sim.MaxSteps + 1} {
		if _, err := sim.Run(t.Context(), sim.Options{Steps: steps}); err == nil {
			t.Errorf("a run of %d steps is played", steps)
		}
	}
}
