package ledger

import "slices"

// MaxNameRunes is the greatest length of a party's name.
const MaxNameRunes = 120

func (b *RegisterBody) check() error {
	if b.Kind != Person && b.Kind != Company && b.Kind != Authority {
		return invalid("kind", "person, company or authority")
	}
	// The organisation that endorses beside the registrar sees a registration,
	// and need not have anything to do with the person (EDPB: no more data than
	// is needed). Who a person is, only the host and the note itself know.
	if b.Kind == Person && b.Name != "" {
		return invalid("name", "absent for a person, whose name stays with the host")
	}
	if err := checkText("name", b.Name, 0, MaxNameRunes); err != nil {
		return err
	}
	return checkKeys("keys", b.Keys)
}

func (b *RotateBody) check() error {
	if len(b.Add)+len(b.Remove) == 0 {
		return invalid("add", "at least one key to add or to remove")
	}
	if len(b.Remove) > MaxKeys {
		return invalid("remove", "at most "+itoa(MaxKeys)+" keys")
	}
	if len(b.Add) == 0 {
		return nil
	}
	return checkKeys("add", b.Add)
}

func checkKeys(field string, keys []Key) error {
	if len(keys) == 0 || len(keys) > MaxKeys {
		return invalid(field, "1 to "+itoa(MaxKeys)+" keys")
	}
	seen := map[string]bool{}
	for _, k := range keys {
		if err := k.check(); err != nil {
			return err
		}
		if seen[k.ID] {
			return invalid(field, "different keys")
		}
		seen[k.ID] = true
	}
	return nil
}

// applyRegister creates a party. An authority may freeze anybody's note and
// write payments on it, so it is not in force until a company of another
// organisation has admitted it: else the registrar, which hosts authorities,
// could settle any note with a key of its own making.
func applyRegister(a *act, b body) error {
	r := b.(*RegisterBody)
	standing := InForce
	if r.Kind == Authority {
		if a.frame.Org != RegistrarOrg {
			return Refuse(CodeAuthorityHost)
		}
		standing = Proposed
	}
	a.party = &Party{ID: a.actor.ID, Kind: r.Kind, Name: r.Name, Org: a.frame.Org, Standing: standing, Keys: slices.Clone(r.Keys)}
	return nil
}

// applyAdmit lets an authority act. It takes two organisations to make one.
func applyAdmit(a *act, _ body) error {
	if a.party.Standing != Proposed {
		return Refuse(CodeNotProposed)
	}
	a.party.Standing = InForce
	return nil
}

// RegistrarOrg is the membership id of the registrar's organisation.
const RegistrarOrg = "RegistrarMSP"

// applyRotate changes the party's keys. The key that signs may be among those
// that go, and one must remain, or nobody could ever act for the party again.
func applyRotate(a *act, b body) error {
	r := b.(*RotateBody)
	for _, id := range r.Remove {
		if _, ok := a.party.Key(id); !ok {
			return Refuse(CodeKeyUnknown)
		}
		a.party.Keys = slices.DeleteFunc(a.party.Keys, func(k Key) bool { return k.ID == id })
	}
	for _, k := range r.Add {
		if _, ok := a.party.Key(k.ID); ok {
			return Refuse(CodeKeyKnown)
		}
		a.party.Keys = append(a.party.Keys, k)
	}
	if len(a.party.Keys) == 0 || len(a.party.Keys) > MaxKeys {
		return Refuse(CodeKeyCount, "limit", itoa(MaxKeys))
	}
	return nil
}

// applyRevoke ends a party: its keys sign no more and nothing can be
// transferred to it.
func applyRevoke(a *act, _ body) error {
	a.party.Standing = Revoked
	return nil
}

func applyBookOpen(a *act, _ body) error {
	s := a.cmd.Subject()
	a.book = &Book{V: 1, ID: BookID(s.ID), Holder: a.actor.ID}
	return nil
}

// applyBookMove puts a note into another of its holder's own books. To another
// holder's book it goes by a transfer, which that holder must accept.
func applyBookMove(a *act, b body) error {
	to := b.(*BookMoveBody).Book
	if to == a.note.Book {
		return Refuse(CodeBookSame)
	}
	if err := a.requireOwnBook(to); err != nil {
		return err
	}
	a.note.Book = to
	return nil
}

// requireOwnBook refuses a book that does not exist or is not the signer's,
// with one answer for both.
func (a *act) requireOwnBook(id BookID) error {
	b, err := a.world.Book(id)
	if err != nil {
		return err
	}
	if b == nil || b.Holder != a.actor.ID {
		return Refuse(CodeBookNotOwn)
	}
	return nil
}

// requireInForce refuses a party that does not exist or is revoked.
func (a *act) requireInForce(id PartyID) error {
	r, err := a.world.PartyRecord(id)
	if err != nil {
		return err
	}
	if r == nil {
		return Refuse(CodePartyUnknown, "party", string(id))
	}
	return refuseStanding(id, r.Standing)
}
