package checker

// checkRecord compares the end of a subject's chain with what the attesters say.
func (c *chain) checkRecord(r *records) *Fault {
	var record object
	switch c.kind {
	case "note":
		record = r.note
	case "party":
		record = r.parties[c.id]
		if text(record, "org") != c.entries[0].org || text(record, "standing") != c.standing() {
			return fault(Chain, c.id, "it was registered through another organisation than its record says, or stands otherwise")
		}
	default:
		record = r.books[c.id]
		if text(record, "id") != c.id || text(record, "holder") != c.entries[0].actor() {
			return fault(Chain, c.id, "its record is another's, or names another holder than opened it")
		}
	}
	head, err := digestOf(text(record, "head"))
	if err != nil || head != c.head {
		return fault(Chain, c.id, "its commands do not lead to the head in its record")
	}
	if seq, ok := number(record, "seq"); !ok || seq != uint64(len(c.entries)) {
		return fault(Chain, c.id, "it has another number of commands than its record says")
	}
	return nil
}

// standing is what a party's commands make of it.
func (c *chain) standing() string {
	admitted := text(c.entries[0].body, "kind") != "authority"
	for _, x := range c.entries {
		switch x.op {
		case opRevoke:
			return "revoked"
		case opAdmit:
			admitted = true
		}
	}
	if admitted {
		return "active"
	}
	return "proposed"
}

// checkNote compares the state with the note's record (section 7).
func (e *evidence) checkNote(record object) *Fault {
	commitment, err := digestOf(text(record, "commitment"))
	if err != nil || hash(domainState, e.salt, e.stateText) != commitment {
		return fault(State, "state", "it is not the one that the record commits to")
	}
	seq, ok := number(e.state, "seq")
	head, err := digestOf(text(e.state, "head"))
	switch {
	case text(e.state, "id") != e.note.id:
		return fault(State, "state.id", "it is another note's")
	case !ok || seq != uint64(len(e.note.entries)):
		return fault(State, "state.seq", "it is another number")
	case err != nil || head != e.note.head:
		return fault(State, "state.head", "it is another head")
	case text(e.state, "status") == "" || text(e.state, "status") != text(record, "status"):
		return fault(State, "state.status", "it is another than in the record")
	case text(e.state, "book") != text(record, "book"):
		return fault(State, "state.book", "it is another than in the record")
	}
	pending, _ := e.state["pending"].(object)
	if text(pending, "id") != text(record, "pending") {
		return fault(State, "state.pending", "it is another than in the record")
	}
	if e.about > 0 && (e.about > uint64(len(e.note.entries)) || e.note.entries[e.about-1].op != opPay) {
		return fault(State, "about.payment", "there is no such payment")
	}
	return nil
}

// checkSurplus says whether the file has what it needs and nothing more.
func (e *evidence) checkSurplus() *Fault {
	acting, named := map[string]bool{}, map[string]bool{}
	for _, c := range e.subjects() {
		for _, x := range c.entries {
			acting[x.by], acting[x.actor()] = true, true
		}
	}
	for _, x := range e.note.entries {
		if book := text(x.body, "book"); book != "" {
			named[book] = true
		}
	}
	if book := text(e.state, "book"); book != "" {
		named[book] = true
	}
	for _, c := range e.parties {
		if !acting[c.id] {
			return fault(Surplus, c.id, "no command is by it or for it")
		}
	}
	for _, c := range e.books {
		if !named[c.id] {
			return fault(Surplus, c.id, "the note never was in it")
		}
	}
	for id := range named {
		if e.byID[id] == nil {
			return fault(Form, id, "the note was in this book, and its commands are missing")
		}
	}
	return nil
}
