package auth

import (
	"crypto/sha256"
	"sync"
	"time"
)

// maxRemembered is how many tokens are remembered. With more than that in use each
// is verified anew now and then, which costs no more than having no memory.
const maxRemembered = 4096

// remembered is what tokens that have been verified say, so that one which comes
// with every request is verified once. A token is known by the hash of every byte
// of it, and forgotten at the latest when it ends; the gateway's keys, which
// verified it, live longer than that (see KeyOverlap).
type remembered struct {
	mu     sync.RWMutex
	access map[[sha256.Size]byte]*Access
}

// of gives what a token says, or nil where it has to be verified.
func (r *remembered) of(token string, now time.Time) *Access {
	id := sha256.Sum256([]byte(token))
	r.mu.RLock()
	defer r.mu.RUnlock()
	if a := r.access[id]; a != nil && now.Before(a.Expires) {
		return a
	}
	return nil
}

// put notes what a token that was verified says.
func (r *remembered) put(token string, a *Access) {
	id := sha256.Sum256([]byte(token))
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.access == nil || len(r.access) >= maxRemembered {
		r.access = map[[sha256.Size]byte]*Access{}
	}
	r.access[id] = a
}
