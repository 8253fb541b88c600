package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/chaincode/sim"
)

func TestARunIsReported(t *testing.T) {
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"-seed", "3", "-steps", "20", "-runs", "2"}, &out, &errs); code != exitKept || errs.Len() > 0 {
		t.Fatalf("it ended with %d: %s", code, errs.String())
	}
	for _, want := range []string{"seed 3: 20 steps", "seed 4: 20 steps", "committed", "outcomes", "notes"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
}

func TestWhatCannotBePlayedIsRefused(t *testing.T) {
	for _, args := range [][]string{{"-steps", "0"}, {"-steps", "x"}, {"-runs", "0"}, {"-seed", "-1"}, {"faster"}, {"-unheard-of"}} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), args, &out, &errs); code != exitUsage || errs.Len() == 0 {
			t.Errorf("%v ended with %d and says %q", args, code, errs.String())
		}
	}
}

func TestABrokenPromiseIsPrintedWithItsSeed(t *testing.T) {
	var out bytes.Buffer
	o := sim.Options{Seed: 9, Steps: 3}
	// The run itself breaks nothing, so no shorter one is found.
	broken(t.Context(), &out, o, &sim.Failure{Seed: 9, Step: 3, Err: errors.New("made up"), Trace: []string{"what led to it"}})
	for _, want := range []string{"BROKEN seed 9, step 3: made up", "what led to it", "sim -seed 9 -steps 3"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it says %q, without %q", out.String(), want)
		}
	}
}
