package main

import (
	"testing"

	"github.com/skuld-registry/skuld/api/desk"
)

// TestEveryPageOfTheDeskIsMeasured or said to be none of the work.
func TestEveryPageOfTheDeskIsMeasured(t *testing.T) {
	looked := map[string]bool{}
	for _, v := range deskVisits(minDesk) {
		looked[v.pattern] = true
	}
	routes := map[string]bool{}
	for _, pattern := range desk.Pages() {
		routes[pattern] = true
		if !looked[pattern] && !unmeasured[pattern] {
			t.Errorf("the page %s is not measured", pattern)
		}
	}
	for pattern := range looked {
		if !routes[pattern] || unmeasured[pattern] {
			t.Errorf("%s is measured, and is no page that is", pattern)
		}
	}
	for pattern := range unmeasured {
		if !routes[pattern] {
			t.Errorf("there is no page %s to leave out", pattern)
		}
	}
}
