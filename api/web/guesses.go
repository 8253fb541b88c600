package web

import (
	"net/netip"
	"time"

	"github.com/skuld-registry/skuld/api/limit"
)

// Limits bound what visitors may ask. Their zero value bounds no rates.
type Limits struct {
	Address limit.Rate // of each address; see api.Limits
	Party   limit.Rate // of each person who is signed in
	Proxies []netip.Prefix
}

// Wrong codes that are answered without a pause. Codes have eighty bits, so that
// nobody finds one by trying; this keeps the noise of trying away from the others.
var (
	wrongCodes = limit.Rate{PerSecond: 1, Burst: 20} // of one address
	stormCodes = limit.Rate{PerSecond: 20, Burst: 200}
	onceCodes  = limit.Rate{PerSecond: 1, Burst: 1}
)

// guesses counts wrong codes. While everybody's together are too many, an address
// has one try, so that many addresses guess no faster than few, and those who type
// their own code are still answered.
type guesses struct{ address, storm, once *limit.Callers }

func newGuesses() guesses {
	return guesses{limit.New("codes", wrongCodes), limit.New("codes", stormCodes), limit.New("codes", onceCodes)}
}

// everybody is the key under which all addresses count together.
const everybody = "all"

// mayTry refuses an address that has typed too many wrong codes. It is asked before
// a code is looked up.
func (g guesses) mayTry(address string, now time.Time) error {
	if err := g.address.Spent(address, now); err != nil {
		return err
	}
	if g.storm.Spent(everybody, now) == nil {
		return nil
	}
	return g.once.Spent(address, now)
}

// wrong counts a wrong code of an address.
func (g guesses) wrong(address string, now time.Time) {
	g.address.Blame(address, now)
	g.storm.Blame(everybody, now)
	g.once.Blame(address, now)
}
