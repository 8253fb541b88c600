//go:build !race

package main

// partRequests is how many requests a part of the contract walk makes.
const partRequests = 100
