package protocol

import (
	"container/list"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/skuld-registry/skuld/ledger"
)

// held is what the client knows of one subject: the public record, and the
// private state where it is entitled to it. It never changes once made.
type held struct {
	exists bool
	seq    uint64
	head   ledger.Digest

	// State is nil where the reader is not entitled to it; books have none.
	state *State
	note  func() (*ledger.Note, error)
	party func() (*ledger.Party, error)

	noteRecord  ledger.NoteRecord
	partyRecord ledger.PartyRecord
	book        *ledger.Book

	holder ledger.PartyID // of the note's book
	orgs   []string       // that host a party to the note
	// public says that every member may read the state: a company's or an
	// authority's.
	public bool

	code ledger.Code // why it was not given
	err  error       // what was given does not fit together
}

// usable says why a command cannot be applied with what is held of a subject
// that it needs: not_entitled where the caller's organisation may not see the
// state, note_erased where there is none left, another error where it could not
// be had. What does not exist is for the rules to judge.
func (h *held) usable(s ledger.Subject) error {
	switch {
	case h.err != nil:
		return h.err
	case h.code == ledger.CodeNoteErased:
		return ledger.Refuse(h.code)
	case h.code == ledger.CodeUnavailable:
		return fmt.Errorf("reading the state of a %s that a command needs: %w", s.Kind, ledger.Refuse(h.code))
	case h.exists && h.state == nil && s.Kind != ledger.KindBook:
		return ledger.Refuse(ledger.CodeNotEntitled)
	}
	return nil
}

// decodedLater reads a state when it is asked for: most cached states are only
// passed on.
func decodedLater[T any](state json.RawMessage) func() (*T, error) {
	return func() (*T, error) {
		v := new(T)
		if err := Decode(state, v); err != nil {
			return nil, err
		}
		return v, nil
	}
}

// holdings is a bounded cache of the states that commands need, the least
// recently used given up first. It is only ever a guess: the contract checks
// each state against the record, so a stale one costs a second attempt and
// nothing else.
type holdings struct {
	mu    sync.Mutex
	limit int
	by    map[ledger.Subject]*list.Element
	order *list.List // of holding, most recently used first
}

type holding struct {
	subject ledger.Subject
	held    *held
}

func newHoldings(limit int) *holdings {
	return &holdings{limit: limit, by: map[ledger.Subject]*list.Element{}, order: list.New()}
}

func (h *holdings) get(s ledger.Subject) *held {
	h.mu.Lock()
	defer h.mu.Unlock()
	e, ok := h.by[s]
	if !ok {
		return nil
	}
	h.order.MoveToFront(e)
	return e.Value.(holding).held
}

// put remembers what is held, unless something newer is.
func (h *holdings) put(s ledger.Subject, v *held) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if e, ok := h.by[s]; ok {
		if e.Value.(holding).held.seq <= v.seq {
			e.Value = holding{s, v}
		}
		h.order.MoveToFront(e)
		return
	}
	h.by[s] = h.order.PushFront(holding{s, v})
	if h.order.Len() > h.limit {
		oldest := h.order.Back()
		h.order.Remove(oldest)
		delete(h.by, oldest.Value.(holding).subject)
	}
}

func (h *holdings) drop(subjects ...ledger.Subject) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range subjects {
		if e, ok := h.by[s]; ok {
			h.order.Remove(e)
			delete(h.by, s)
		}
	}
}

// endorsers lists the organisations, beside the registrar, that may see the
// states that a command needs; nil means that any may.
//
// A member's own organisation was given the states, so it may see them. The
// registrar's own client must show them to some other organisation, since no
// organisation alone can endorse; it takes one that is party to the note, and
// any other only where there is no note or nobody else is party to it. The actors
// are who signs and whom it represents.
func endorsers(own string, subject *held, actors ...*held) []string {
	var others []string
	if subject != nil {
		others = slices.DeleteFunc(slices.Clone(subject.orgs), func(org string) bool {
			return org == own || org == RegistrarMSP
		})
	}
	if own == RegistrarMSP {
		if len(others) == 0 {
			return nil
		}
		return others
	}
	if slices.ContainsFunc(actors, func(h *held) bool { return h != nil && !h.public }) {
		others = nil // a person's state is its own organisation's
	}
	return append([]string{own}, others...)
}

// common intersects two lists of endorsers, in the order of the first. ok is
// false where no organisation is on both.
func common(a, b []string) (both []string, ok bool) {
	switch {
	case a == nil:
		return b, true
	case b == nil:
		return a, true
	}
	for _, org := range a {
		if slices.Contains(b, org) {
			both = append(both, org)
		}
	}
	return both, len(both) > 0
}
