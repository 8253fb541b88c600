package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Digest is a SHA-256 value. In JSON it is base64url without padding.
type Digest [sha256.Size]byte

// IsZero says whether the digest is absent.
func (d Digest) IsZero() bool { return d == Digest{} }

func (d Digest) String() string { return base64.RawURLEncoding.EncodeToString(d[:]) }

// MarshalText writes the digest as base64url; an absent one is empty.
func (d Digest) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return []byte{}, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads a digest. It refuses any but the one encoding of each
// value, since what is signed must have one form.
func (d *Digest) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Digest{}
		return nil
	}
	b, err := decodeBase64(string(text))
	if err != nil || len(b) != len(d) {
		return fmt.Errorf("a digest is 43 characters of base64url")
	}
	copy(d[:], b)
	return nil
}

// decodeBase64 reads base64url in its one spelling. Strict alone would skip
// line breaks.
func decodeBase64(text string) ([]byte, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err == nil && len(text) != base64.RawURLEncoding.EncodedLen(len(b)) {
		err = errors.New("a line break in base64url")
	}
	return b, err
}

// hash joins parts so that no two lists of parts give the same bytes.
func hash(tag string, parts ...[]byte) Digest {
	h := sha256.New()
	h.Write([]byte(tag))
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write(p)
	}
	return Digest(h.Sum(nil))
}

// PayloadDigest is what a borrower names when accepting: the SHA-256 of the
// canonical bytes of the offer.
func PayloadDigest(payload []byte) Digest { return sha256.Sum256(payload) }

// Link is one command's contribution to its subject's hash chain. Beside the
// command it binds what the ledger added to it: the time and the organisation
// through which it came. The seal carries the signature, which nobody can
// guess, so a link reveals nothing of a command with guessable content.
func Link(payload []byte, seal Digest, at time.Time, org string) Digest {
	p := PayloadDigest(payload)
	return hash("skuld/link/1", p[:], seal[:], []byte(stamp(at)), []byte(org))
}

// NextHead chains a link to the head before it. The head before the first
// link is zero.
func NextHead(before, link Digest) Digest {
	return hash("skuld/head/1", before[:], link[:])
}

// stamp is a time as it enters digests and states: whole seconds in UTC, since
// the rules never need finer time.
func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// Proof shows that a command stands in a chain at a place, to somebody who
// knows only the chain's head: it is how a repeated command is recognised
// without a key per command on the ledger.
type Proof struct {
	Seq    uint64    `json:"seq"`
	Before Digest    `json:"before"` // head before the command
	Seal   Digest    `json:"seal"`   // of the signature under which it was first applied
	At     time.Time `json:"at"`     // ledger time of the first application
	Org    string    `json:"org"`
	After  []Digest  `json:"after"` // links of the commands after it, in order
}

// MaxProofLinks bounds the work of checking a proof.
const MaxProofLinks = 10_000

// Holds says whether payload stands at p.Seq in the chain with this head and
// length, and gives the head just after it.
func (p Proof) Holds(payload []byte, head Digest, seq uint64) (Digest, bool) {
	if len(p.After) > MaxProofLinks || p.Seq == 0 || p.Seq+uint64(len(p.After)) != seq {
		return Digest{}, false
	}
	first := NextHead(p.Before, Link(payload, p.Seal, p.At, p.Org))
	last := first
	for _, l := range p.After {
		last = NextHead(last, l)
	}
	return first, bytes.Equal(last[:], head[:])
}

// Salt keeps a commitment from being guessed. It is drawn by the caller, 256
// bits for every state.
type Salt = Digest

// Commit gives the salted commitment to a state that stands in public while
// the state itself is private.
func Commit(salt Salt, state []byte) Digest { return hash("skuld/commitment/1", salt[:], state) }
