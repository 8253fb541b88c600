package web

import (
	"container/list"
	"sync"
	"sync/atomic"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/ledger"
)

// maxStatuses bounds the pages that are kept ready. With their compressed forms they
// take some twenty kilobytes each.
const maxStatuses = 1024

// statusKey names a page: the note's page in a language.
type statusKey struct {
	code     code.Code
	language ledger.Language
}

// statusFacts are what a page was made from. While they are the same, so is the page.
type statusFacts struct {
	note                      ledger.NoteID
	seq                       uint64 // of the note
	holder, servicer, pledgee partyFacts
}

type partyFacts struct {
	id  ledger.PartyID
	seq uint64
}

// statusPage is a page that is kept ready. It never changes.
type statusPage struct {
	facts         statusFacts
	height        uint64 // of the read model when the facts were last seen to be the same
	body, gzipped []byte
	tag           string // entity tag
}

// statusCache keeps the pages that are asked for, so that in a week with fifty times
// the visits each costs what a file costs. A page counts at the height of the read
// model at which it was made or looked at; with the next block its facts are looked
// at again, and only where they are others it is made anew.
type statusCache struct {
	mu     sync.Mutex
	known  map[statusKey]*list.Element // of *statusEntry
	recent *list.List                  // the one that was asked for last is first
}

type statusEntry struct {
	key    statusKey
	making sync.Mutex // of many who miss the same page, one makes it
	page   atomic.Pointer[statusPage]
}

// at gives the page that counts at a height, or nil.
func (e *statusEntry) at(height uint64) *statusPage {
	if p := e.page.Load(); p != nil && p.height >= height {
		return p
	}
	return nil
}

func newStatusCache() *statusCache {
	return &statusCache{known: map[statusKey]*list.Element{}, recent: list.New()}
}

// find gives the entry of a page, nil where there is none.
func (c *statusCache) find(key statusKey) *statusEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.known[key]
	if !ok {
		return nil
	}
	c.recent.MoveToFront(e)
	return e.Value.(*statusEntry)
}

// entry gives the place of a page, a new one where there is none. Only a code that is
// known to be a note's gets one.
func (c *statusCache) entry(key statusKey) *statusEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.known[key]; ok {
		return e.Value.(*statusEntry)
	}
	if c.recent.Len() >= maxStatuses {
		oldest := c.recent.Remove(c.recent.Back()).(*statusEntry)
		delete(c.known, oldest.key)
	}
	e := &statusEntry{key: key}
	c.known[key] = c.recent.PushFront(e)
	return e
}
