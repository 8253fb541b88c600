package checker

import (
	"errors"
	"fmt"
	"maps"
	"time"
)

// apart is how far two subjects' commands may be from the order that their times say.
const apart = 10 * time.Minute

// reign is the time during which a party had the same keys.
type reign struct {
	from  time.Time // the latest time of the party's commands so far
	keys  map[string]*key
	ended bool // it signs nothing any more
}

// history is what becomes of a party's keys, command by command (section 7).
type history struct {
	reigns []reign
	aside  map[string]*key // of a recovery that is under way
}

// checkKeys says whether every command is signed with a key that its signer had.
func (e *evidence) checkKeys() *Fault {
	histories := map[string]*history{}
	for _, c := range e.parties {
		h, f := e.readHistory(c)
		if f != nil {
			return f
		}
		histories[c.id] = h
	}
	for _, c := range e.subjects() {
		for i := range c.entries {
			x := &c.entries[i]
			if c.kind == "party" && x.by == c.id {
				continue // readHistory has verified it
			}
			where := fmt.Sprintf("%s, entry %d", c.id, i+1)
			h := histories[x.by]
			if h == nil || x.forWhom != "" && histories[x.forWhom] == nil {
				return fault(Signature, where, "a party that it is of has no commands in the file")
			}
			if err := h.verify(x); err != nil {
				return fault(Signature, where, "%v", err)
			}
		}
	}
	return nil
}

// readHistory follows a party's keys, and verifies what it signed about itself.
func (e *evidence) readHistory(c *chain) (*history, *Fault) {
	h := &history{}
	for i := range c.entries {
		x := &c.entries[i]
		err := h.add(c.id, x)
		if err != nil {
			return nil, fault(Signature, fmt.Sprintf("%s, entry %d", c.id, i+1), "%v", err)
		}
	}
	return h, nil
}

// add takes the next command of the party with this id.
func (h *history) add(id string, x *entry) error {
	now := reign{from: x.at, keys: map[string]*key{}}
	if last := len(h.reigns) - 1; last >= 0 {
		now.keys, now.ended = maps.Clone(h.reigns[last].keys), h.reigns[last].ended
		if now.from.Before(h.reigns[last].from) {
			now.from = h.reigns[last].from
		}
	}
	signing := maps.Clone(now.keys)
	if now.ended && x.by == id {
		return errors.New("the party had ended")
	}
	switch x.op {
	case opRegister:
		fresh, err := keysIn(x.body, "keys")
		if err != nil {
			return err
		}
		now.keys, signing = fresh, fresh
	case opRotate:
		if err := rotate(now.keys, x.body); err != nil {
			return err
		}
	case opLostOpen:
		aside, err := keysIn(x.body, "keys")
		if err != nil {
			return err
		}
		defer func() { h.aside = aside }()
	case opLostEnd:
		if h.aside == nil {
			return errors.New("no recovery is under way")
		}
		now.keys, signing = h.aside, h.aside
	case opRevoke:
		now.ended = true
	}
	if x.op == opLostDeny || x.op == opLostEnd || x.actor() == id {
		h.aside = nil
	}
	h.reigns = append(h.reigns, now)
	if x.by != id {
		return nil // another party's keys verify it
	}
	return verifyWith(signing, x)
}

// keysIn reads a list of keys in a command's body.
func keysIn(body object, name string) (map[string]*key, error) {
	all, ok := list(body, name)
	if !ok || len(all) == 0 {
		return nil, errors.New("it has no keys")
	}
	keys := map[string]*key{}
	for _, o := range all {
		id, k, err := readKey(o)
		if err != nil {
			return nil, err
		}
		keys[id] = k
	}
	return keys, nil
}

func rotate(keys map[string]*key, body object) error {
	if _, has := body["remove"]; has {
		ids, ok := texts(body, "remove")
		if !ok {
			return errors.New("what it removes are no keys")
		}
		for _, id := range ids {
			delete(keys, id)
		}
	}
	if _, has := body["add"]; !has {
		return nil
	}
	added, err := keysIn(body, "add")
	maps.Copy(keys, added)
	return err
}

func verifyWith(keys map[string]*key, x *entry) error {
	k := keys[x.keyID]
	if k == nil {
		return errors.New("its signer has no such key")
	}
	return x.verifies(k)
}

// verify says whether the command is signed with a key that its signer had at about
// its time.
func (h *history) verify(x *entry) error {
	err := errors.New("its signer had no keys at that time")
	for i, r := range h.reigns {
		begun := !r.from.After(x.at.Add(apart))
		over := i+1 < len(h.reigns) && h.reigns[i+1].from.Before(x.at.Add(-apart))
		if !begun || over || r.ended {
			continue
		}
		if err = verifyWith(r.keys, x); err == nil {
			return nil
		}
	}
	return err
}
