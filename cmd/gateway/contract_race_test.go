//go:build race

package main

// partRequests is how many requests a part of the contract walk makes. The race
// detector makes each about eight times as slow; fewer are enough to show that
// what requests share is guarded. make test goes the whole way without it.
const partRequests = 10
