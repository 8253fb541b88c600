package stub

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
)

// version says which transaction wrote a key.
type version struct{ block, tx uint64 }

func (v *version) proto() *kvrwset.Version {
	if v == nil {
		return nil
	}
	return &kvrwset.Version{BlockNum: v.block, TxNum: v.tx}
}

// is says whether the version that was read is this one. A key that does not
// exist has none.
func (v *version) is(read *kvrwset.Version) bool {
	if v == nil || read == nil {
		return v == nil && read == nil
	}
	return v.block == read.BlockNum && v.tx == read.TxNum
}

type versioned struct {
	value   []byte
	version version
}

// store is a set of keys with their values and versions.
type store map[string]versioned

func (s store) version(key string) *version {
	v, ok := s[key]
	if !ok {
		return nil
	}
	return &v.version
}

func (s store) set(key string, value []byte, deleted bool, at version) {
	if deleted {
		delete(s, key)
		return
	}
	s[key] = versioned{value: value, version: at}
}

func (s store) copy() map[string][]byte {
	c := make(map[string][]byte, len(s))
	for k, v := range s {
		c[k] = bytes.Clone(v.value)
	}
	return c
}

// collection is a private collection as one peer has it: hashes under the
// hashes of keys on every peer, values on a member's alone.
type collection struct {
	member bool
	hashes store
	values store
}

// privateWrites are the values that a transaction writes, by collection and key.
type privateWrites map[string]map[string]write

type write struct {
	value   []byte
	deleted bool
	purged  bool // deleted also from what was kept of earlier blocks
}

// peer is one organisation's peer. The network guards it.
type peer struct {
	org         string
	chaincode   shim.Chaincode
	height      uint64 // blocks committed
	held        bool   // gets no blocks
	public      store
	collections map[string]*collection
}

func newPeer(org string, o Options) *peer {
	p := &peer{org: org, chaincode: o.Start(org), height: 1, public: store{}, collections: map[string]*collection{}}
	for name, members := range o.Collections {
		p.collections[name] = &collection{member: slices.Contains(members, org), hashes: store{}, values: store{}}
	}
	return p
}

// commit validates a block's transactions in order against the state that the
// ones before them left, and carries out those that are valid.
func (p *peer) commit(b *Block) error {
	for i, t := range b.Transactions {
		code := b.Codes[i]
		if code == "" || code == Valid || code == MVCCConflict {
			found := Valid
			if !p.current(t) {
				found = MVCCConflict
			}
			if code != "" && code != found {
				return fmt.Errorf("transaction %s in block %d: %s found it %s: %w", t.ID, b.Number, p.org, found, ErrDisagree)
			}
			if code == "" {
				b.Codes[i], code = found, found
			}
		}
		if code == Valid {
			p.write(t, version{block: b.Number, tx: uint64(i)})
		}
	}
	p.height = b.Number + 1
	return nil
}

// current says whether every version that the transaction read is still the
// key's version.
func (p *peer) current(t *Transaction) bool {
	for _, r := range t.set.Reads {
		if !p.public.version(r.Key).is(r.Version) {
			return false
		}
	}
	for name, set := range t.hashed {
		for _, r := range set.HashedReads {
			if !p.collections[name].hashes.version(string(r.KeyHash)).is(r.Version) {
				return false
			}
		}
	}
	return true
}

func (p *peer) write(t *Transaction, at version) {
	for _, w := range t.set.Writes {
		p.public.set(w.Key, w.Value, w.IsDelete, at)
	}
	for name, set := range t.hashed {
		c := p.collections[name]
		for _, w := range set.HashedWrites {
			c.hashes.set(string(w.KeyHash), w.ValueHash, w.IsDelete, at)
		}
		if !c.member {
			continue
		}
		for key, w := range t.private[name] {
			c.values.set(key, w.value, w.deleted, at)
		}
	}
}

func digest(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
