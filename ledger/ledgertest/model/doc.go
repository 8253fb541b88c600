// Package model is the simplest ledger there is: the rules and maps. Tests play
// on it, and what must always be true of a ledger is written down here once,
// for random walks over the rules and for the simulator alike.
//
// It must not read a clock or draw randomness, and it must not know how a real
// ledger keeps or moves anything.
package model
