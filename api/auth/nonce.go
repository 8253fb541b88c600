package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"sync"
	"time"
)

const (
	// NonceLife is how long a nonce is the one to use; it is taken for as long
	// again after that.
	NonceLife = 5 * time.Minute
	// maxProofs is how many proofs are taken with one nonce. A nonce that has
	// had so many is replaced early.
	maxProofs  = 200_000
	nonceBytes = 16
)

// nonces are what proofs must name to be taken (RFC 9449 par. 8), and the memory
// of the proofs that were.
//
// A proof is good with one nonce, and each nonce remembers its proofs for as long
// as it is taken, so nothing is forgotten that could come again. Nonces are drawn
// by the process and kept by nobody: after a restart every earlier proof is
// worthless, without a disk having been written for any. For the same reason it
// is enough that the memory is one process's own. An organisation has one gateway
// at work at a time; another that took over would take none of its nonces.
type nonces struct {
	random io.Reader

	mu       sync.Mutex
	current  *generation
	previous *generation // nil before the first change
}

// generation is a nonce with the proofs that were made with it.
type generation struct {
	nonce string
	began time.Time
	used  map[[sha256.Size / 2]byte]struct{}
}

// next gives the nonce to use from now on.
func (n *nonces) next(now time.Time) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.turn(now); err != nil {
		return "", err
	}
	return n.current.nonce, nil
}

// turn replaces the nonce where its time is over. The lock is held.
func (n *nonces) turn(now time.Time) error {
	if n.current != nil && now.Before(n.current.began.Add(NonceLife)) && len(n.current.used) < maxProofs {
		return nil
	}
	b := make([]byte, nonceBytes)
	if _, err := io.ReadFull(n.random, b); err != nil {
		return fmt.Errorf("drawing a nonce: %w", err)
	}
	previous := n.current
	if previous != nil && !now.Before(previous.began.Add(2*NonceLife)) {
		previous = nil // nobody has asked for longer than it is taken
	}
	n.previous = previous
	n.current = &generation{nonce: base64.RawURLEncoding.EncodeToString(b), began: now, used: map[[sha256.Size / 2]byte]struct{}{}}
	return nil
}

// taken says whether proofs with a nonce are taken.
func (n *nonces) taken(nonce string, now time.Time) (bool, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.turn(now); err != nil {
		return false, err
	}
	return n.generation(nonce) != nil, nil
}

// generation finds a nonce that is taken. The lock is held.
func (n *nonces) generation(nonce string) *generation {
	for _, g := range []*generation{n.current, n.previous} {
		if g != nil && nonce != "" && g.nonce == nonce {
			return g
		}
	}
	return nil
}

// use notes a proof that has been verified. It says whether its nonce is still
// taken and has room, and whether this is the first time.
func (n *nonces) use(p *proof, now time.Time) (taken, first bool, err error) {
	sum := sha256.Sum256([]byte(p.thumbprint + " " + p.claims.ID))
	id := [sha256.Size / 2]byte(sum[:]) // 128 bits: nobody finds two that are the same
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.turn(now); err != nil {
		return false, false, err
	}
	g := n.generation(p.claims.Nonce)
	if g == nil || len(g.used) >= maxProofs {
		return false, false, nil
	}
	if _, again := g.used[id]; again {
		return true, false, nil
	}
	g.used[id] = struct{}{}
	return true, true, nil
}
