package checker

import (
	"errors"
	"regexp"
	"time"
)

var (
	partyID   = regexp.MustCompile(`^p[a-z2-7]{32}$`)
	noteID    = regexp.MustCompile(`^n[a-z2-7]{32}$`)
	bookID    = regexp.MustCompile(`^b[a-z2-7]{32}$`)
	commandID = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
)

// chain is a subject with its commands.
type chain struct {
	kind    string // note, party or book
	id      string
	entries []entry
	head    [32]byte
}

// entry is one command as the file has it, and what was found of it.
type entry struct {
	signed object
	atText string
	at     time.Time
	org    string
	signature
	command
}

// attester is an organisation's peer with what it signed.
type attester struct{ identity, signature []byte }

// read takes a file apart (section 3).
func read(file []byte) (*evidence, *Fault) {
	if len(file) > maxFile {
		return nil, fault(Limit, "file", "it has more than %d bytes", maxFile)
	}
	o, err := canonical(file)
	if err != nil {
		return nil, fault(Form, "file", "%v", err)
	}
	err = shape(o, []string{"v", "network", "genesis", "note", "entries", "salt", "state", "parties", "attestation"}, "about", "books")
	if err != nil {
		return nil, fault(Form, "file", "%v", err)
	}
	if v, ok := number(o, "v"); !ok || v != 1 {
		return nil, fault(Form, "v", "it is not 1")
	}
	e := &evidence{network: text(o, "network"), byID: map[string]*chain{}}
	for _, part := range []func(object) *Fault{e.readHead, e.readChains, e.readAttestation} {
		if f := part(o); f != nil {
			return nil, f
		}
	}
	return e, e.checkLimits()
}

func (e *evidence) readHead(o object) *Fault {
	var err error
	if e.genesis, err = bytesOf(text(o, "genesis")); err != nil || len(e.genesis) == 0 {
		return fault(Form, "genesis", "it is not bytes")
	}
	salt, err := digestOf(text(o, "salt"))
	if err != nil {
		return fault(Form, "salt", "%v", err)
	}
	e.salt = salt[:]
	state, ok := o["state"].(object)
	if !ok {
		return fault(Form, "state", "it is no object")
	}
	if e.stateText, err = write(nil, state); err != nil {
		return fault(Form, "state", "%v", err)
	}
	e.state = state
	about, has := o["about"]
	if !has {
		return nil
	}
	pointer, ok := about.(object)
	if !ok || shape(pointer, []string{"payment"}) != nil {
		return fault(Form, "about", "it is not one payment")
	}
	if e.about, ok = number(pointer, "payment"); !ok || e.about == 0 {
		return fault(Form, "about.payment", "it is no number")
	}
	return nil
}

func (e *evidence) readChains(o object) *Fault {
	var f *Fault
	e.note, f = readChain("note", o, "note", noteID)
	if f != nil {
		return f
	}
	if e.parties, f = e.readSubjects("party", o, "parties", partyID); f != nil {
		return f
	}
	if _, has := o["books"]; !has {
		return nil
	}
	if e.books, f = e.readSubjects("book", o, "books", bookID); f == nil && len(e.books) == 0 {
		f = fault(Form, "books", "it is empty, and must be left out")
	}
	return f
}

// readSubjects reads a list of subjects that is sorted by their ids.
func (e *evidence) readSubjects(kind string, o object, name string, id *regexp.Regexp) ([]*chain, *Fault) {
	objects, ok := list(o, name)
	if !ok {
		return nil, fault(Form, name, "it is no list of objects")
	}
	var all []*chain
	for _, one := range objects {
		if err := shape(one, []string{kind, "entries"}); err != nil {
			return nil, fault(Form, name, "%v", err)
		}
		c, f := readChain(kind, one, kind, id)
		if f != nil {
			return nil, f
		}
		if len(all) > 0 && all[len(all)-1].id >= c.id {
			return nil, fault(Form, name, "it is not sorted, each id once")
		}
		all, e.byID[c.id] = append(all, c), c
	}
	return all, nil
}

func readChain(kind string, o object, name string, id *regexp.Regexp) (*chain, *Fault) {
	c := &chain{kind: kind, id: text(o, name)}
	if !id.MatchString(c.id) {
		return nil, fault(Form, name, "it is no id of a %s", kind)
	}
	objects, ok := list(o, "entries")
	if !ok || len(objects) == 0 {
		return nil, fault(Form, c.id, "it has no entries")
	}
	for _, one := range objects {
		x := entry{atText: text(one, "at"), org: text(one, "org")}
		err := shape(one, []string{"signed", "at", "org"})
		if err == nil {
			x.at, err = ledgerTime(x.atText)
		}
		x.signed, ok = one["signed"].(object)
		if err != nil || !ok || x.org == "" || len(x.signed) != 1 || text(x.signed, "jws")+text(x.signed, "webauthn") == "" {
			return nil, fault(Form, c.id, "%v", or(err, "an entry is no signed command"))
		}
		c.entries = append(c.entries, x)
	}
	return c, nil
}

// ledgerTime reads a time in UTC with whole seconds, in its one spelling.
func ledgerTime(s string) (time.Time, error) {
	const form = "2006-01-02T15:04:05Z"
	t, err := time.Parse(form, s)
	if err == nil && t.Format(form) != s {
		err = errors.New("it has a fraction of a second")
	}
	return t, err
}

func (e *evidence) readAttestation(o object) *Fault {
	a, ok := o["attestation"].(object)
	if !ok {
		return fault(Form, "attestation", "it is no object")
	}
	if err := shape(a, []string{"question", "answer", "attesters"}); err != nil {
		return fault(Form, "attestation", "%v", err)
	}
	var err error
	if e.question, err = bytesOf(text(a, "question")); err != nil {
		return fault(Form, "attestation.question", "%v", err)
	}
	if e.answer, err = bytesOf(text(a, "answer")); err != nil {
		return fault(Form, "attestation.answer", "%v", err)
	}
	all, ok := list(a, "attesters")
	if !ok {
		return fault(Form, "attestation.attesters", "it is no list of objects")
	}
	for _, one := range all {
		if err := shape(one, []string{"identity", "signature"}); err != nil {
			return fault(Form, "attestation.attesters", "%v", err)
		}
		identity, first := bytesOf(text(one, "identity"))
		signature, second := bytesOf(text(one, "signature"))
		if first != nil || second != nil {
			return fault(Form, "attestation.attesters", "one is not bytes")
		}
		e.attesters = append(e.attesters, attester{identity, signature})
	}
	return nil
}

func (e *evidence) checkLimits() *Fault {
	entries := 0
	for _, c := range e.subjects() {
		entries += len(c.entries)
	}
	switch {
	case entries > maxEntries:
		return fault(Limit, "entries", "there are more than %d", maxEntries)
	case len(e.subjects()) > maxSubjects:
		return fault(Limit, "subjects", "there are more than %d", maxSubjects)
	case len(e.attesters) > maxAttesters:
		return fault(Limit, "attesters", "there are more than %d", maxAttesters)
	}
	return nil
}
