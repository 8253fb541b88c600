//go:build !race

package sim_test

// seeds is how many runs an ordinary test plays.
const seeds = 8
