//go:build race

package sim_test

// seeds is how many runs an ordinary test plays. The race detector makes each
// about eight times as slow, and a run is one goroutine's work: two are enough
// to show that what they share is guarded.
const seeds = 2
