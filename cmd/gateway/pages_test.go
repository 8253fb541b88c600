package main

import (
	"testing"

	"github.com/skuld-registry/skuld/api"
	"github.com/skuld-registry/skuld/api/limit"
)

// TestPersonAtThePagesMayAskNoMoreThanAnAddress: what a company's systems may ask is
// enough to keep every peer busy.
func TestPersonAtThePagesMayAskNoMoreThanAnAddress(t *testing.T) {
	l := api.Limits{Party: limit.Rate{PerSecond: 5000, Burst: 10_000, AtOnce: 64}, Address: limit.Rate{PerSecond: 50, Burst: 500, AtOnce: 16}}
	if got := pageLimits(l); got.Person != l.Address || got.Address != l.Address {
		t.Errorf("the limits of the pages are %+v", got)
	}
}
