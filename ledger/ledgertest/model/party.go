package model

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// PartyStep is what one command did to a party.
type PartyStep struct {
	Before, After *ledger.Party
	By            ledger.PartyID
	Op            ledger.Op
	At            time.Time // ledger time
	// Hosts gives the organisation that hosts a party.
	Hosts func(ledger.PartyID) string
}

// CheckPartyStep says which promise a command broke; nil where it kept them all.
// Keys change by the party's own hand, or by two organisations and time; who acts
// for a party, it alone says.
func CheckPartyStep(s PartyStep) error {
	for _, check := range []func() error{s.checkChain, s.checkKeys, s.checkRecovery, s.checkAttorneys} {
		if err := check(); err != nil {
			return fmt.Errorf("%s by %s on party %s: %w", s.Op, s.By, s.After.ID, err)
		}
	}
	return nil
}

func (s PartyStep) checkChain() error {
	before, after := s.Before, s.After
	switch {
	case after.Seq != before.Seq+1 || after.Head == before.Head:
		return fmt.Errorf("it did not extend the chain")
	case after.ID != before.ID || after.Kind != before.Kind || after.Name != before.Name || after.Org != before.Org:
		return fmt.Errorf("it made another party of it")
	case before.Standing == ledger.Revoked && after.Standing != ledger.Revoked:
		return fmt.Errorf("it revived the party")
	case !reflect.DeepEqual(after.Contact, before.Contact) && (s.By != before.ID || before.Kind == ledger.Person):
		return fmt.Errorf("it said how the party is reached")
	}
	return nil
}

func (s PartyStep) checkKeys() error {
	before, after := s.Before, s.After
	if len(after.Keys) == 0 || len(after.Keys) > ledger.MaxKeys {
		return fmt.Errorf("the party has %d keys", len(after.Keys))
	}
	if slices.Equal(after.Keys, before.Keys) || s.Op == ledger.OpPartyRotate && s.By == before.ID {
		return nil
	}
	r := before.Recovery
	switch {
	case s.Op != ledger.OpRecoveryComplete || r == nil:
		return fmt.Errorf("it changed the keys")
	case r.ConfirmedAt.IsZero() || s.At.Sub(r.ConfirmedAt) < ledger.RecoveryWait:
		return fmt.Errorf("it changed the keys at %v, confirmed at %v", s.At, r.ConfirmedAt)
	case s.Hosts(r.By) != before.Org || s.Hosts(r.Witness) == before.Org:
		return fmt.Errorf("it changed the keys on the word of %s and %s", s.Hosts(r.By), s.Hosts(r.Witness))
	case !slices.Equal(after.Keys, r.Keys):
		return fmt.Errorf("it put in force other keys than were confirmed")
	}
	return nil
}

func (s PartyStep) checkRecovery() error {
	before, after := s.Before.Recovery, s.After.Recovery
	switch {
	case after == nil || before != nil && before.Seq == after.Seq && before.ConfirmedAt.Equal(after.ConfirmedAt):
		return nil
	case before == nil || before.Seq != after.Seq:
		if s.Hosts(s.By) != s.Before.Org || !after.ConfirmedAt.IsZero() || s.Before.Kind != ledger.Person {
			return fmt.Errorf("it opened a recovery")
		}
	case s.By != before.Witness || !slices.Equal(before.Keys, after.Keys):
		return fmt.Errorf("it confirmed a recovery")
	}
	return nil
}

func (s PartyStep) checkAttorneys() error {
	before, after := s.Before.Attorneys, s.After.Attorneys
	if len(after) > ledger.MaxAttorneys {
		return fmt.Errorf("the party has given %d powers of attorney", len(after))
	}
	in := func(list []ledger.Attorney, seq uint64) *ledger.Attorney {
		i := slices.IndexFunc(list, func(t ledger.Attorney) bool { return t.Seq == seq })
		if i < 0 {
			return nil
		}
		return &list[i]
	}
	for _, t := range after {
		switch was := in(before, t.Seq); {
		case was == nil && s.By != s.Before.ID:
			return fmt.Errorf("it gave %s a power of attorney", t.Representative)
		case was != nil && !reflect.DeepEqual(*was, t):
			return fmt.Errorf("it changed the power of attorney of %s", t.Representative)
		}
	}
	for _, t := range before {
		if in(after, t.Seq) == nil && s.By != s.Before.ID && s.By != t.Representative {
			return fmt.Errorf("it took the power of attorney of %s away", t.Representative)
		}
	}
	return nil
}
