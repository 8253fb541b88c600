package ledger

import (
	"slices"
	"time"
)

// World gives the rules what they need to know of other subjects. A subject
// that does not exist is nil without an error. An error means that the world
// could not tell, and stops the command.
type World interface {
	Note(NoteID) (*Note, error)
	Party(PartyID) (*Party, error)
	PartyRecord(PartyID) (*PartyRecord, error)
	Book(BookID) (*Book, error)
}

// Frame is what the ledger itself adds to a command.
type Frame struct {
	Network string    // of the channel that the command is applied on
	At      time.Time // ledger time
	Org     string    // organisation through which the command came
}

// Change is what an applied command leads to: its result and the subject's new
// state, of which exactly one is set.
type Change struct {
	Result  Result
	Command *Command
	Opened  Opened
	Link    Digest
	Note    *Note
	Party   *Party
	Book    *Book
}

// act is a command while it is being applied. Rules change the subject's state
// in place; it is a copy of the world's.
type act struct {
	world World
	sigs  Signatures // nil for a draft, which has no signature to verify
	frame Frame
	cmd   *Command
	open  Opened

	signer *Party  // whose key signed
	actor  *Party  // whose act it is: the signer's, or its principal's
	via    PartyID // the representative, where the act is its principal's
	roles  []Role
	note   *Note
	holder PartyID // of the note's book before the command
	party  *Party
	book   *Book
}

// Apply carries out one signed command, or refuses it. It is the only way to a
// new state. The refusal is an *Error; any other error is the world's or the
// signature verifier's own.
//
// The checks run from the outside in: form, place and time, signature, sequence,
// role, status, rule. A stranger thus learns nothing of a note by trying.
func Apply(w World, sigs Signatures, frame Frame, signed Signed) (*Change, error) {
	opened, err := sigs.Open(signed)
	if err != nil {
		return nil, err
	}
	cmd, err := DecodeCommand(opened.Payload)
	if err != nil {
		return nil, err
	}
	a := &act{world: w, sigs: sigs, frame: frame, cmd: cmd, open: opened}
	return a.carryOut()
}

// Rehearse says what Apply would give for a command, or gives its refusal. The
// result has no head, since that binds the transaction's time.
func Rehearse(w World, sigs Signatures, frame Frame, r Rehearsal) (*Result, error) {
	var c *Change
	var err error
	if r.Signed != (Signed{}) {
		c, err = Apply(w, sigs, frame, r.Signed)
	} else {
		c, err = applyDraft(w, frame, r.Draft)
	}
	if err != nil {
		return nil, err
	}
	c.Result.Head = Digest{}
	return &c.Result, nil
}

// applyDraft is Apply without a signature. What it leads to is for nobody to keep.
func applyDraft(w World, frame Frame, draft *Command) (*Change, error) {
	opened, cmd, err := OpenDraft(draft)
	if err != nil {
		return nil, err
	}
	a := &act{world: w, frame: frame, cmd: cmd, open: opened}
	return a.carryOut()
}

// OpenDraft gives a draft as Signatures.Open gives a signed command: with the
// bytes to sign, and no key and no seal. It refuses what is no command.
func OpenDraft(draft *Command) (Opened, *Command, error) {
	if draft == nil {
		return Opened{}, nil, Refuse(CodeCommandMalformed, "detail", "there is no command")
	}
	payload, err := draft.Canonical()
	if err != nil {
		return Opened{}, nil, Refuse(CodeCommandMalformed, "detail", err.Error())
	}
	cmd, err := DecodeCommand(payload)
	return Opened{Payload: payload}, cmd, err
}

// carryOut checks the command and gives what it leads to.
func (a *act) carryOut() (*Change, error) {
	a.frame.At = a.frame.At.UTC().Truncate(time.Second)
	if err := a.checkFrame(); err != nil {
		return nil, err
	}
	b, err := decodeBody(a.cmd)
	if err != nil {
		return nil, err
	}
	if err := a.authenticate(b); err != nil {
		return nil, err
	}
	if err := a.represent(); err != nil {
		return nil, err
	}
	if err := a.load(); err != nil {
		return nil, err
	}
	if err := a.authorize(); err != nil {
		return nil, err
	}
	if err := operations[a.cmd.Op].apply(a, b); err != nil {
		return nil, err
	}
	return a.change()
}

// checkFrame refuses a command meant for another ledger or another time.
func (a *act) checkFrame() error {
	switch {
	case a.cmd.Network != a.frame.Network:
		return Refuse(CodeNetworkOther)
	case a.cmd.IssuedAt.After(a.frame.At.Add(ClockTolerance)):
		return Refuse(CodeCommandEarly)
	case !a.frame.At.Before(a.cmd.ExpiresAt):
		return Refuse(CodeCommandExpired, "expired", stamp(a.cmd.ExpiresAt))
	}
	return nil
}

// authenticate finds the signer's key and verifies the signature with it. A
// registration brings its own key, which proves possession of it.
func (a *act) authenticate(b body) error {
	if a.cmd.Op == OpPartyRegister {
		if a.cmd.By != DerivePartyID(a.cmd.Network, a.cmd.Command) {
			return Refuse(CodePartyIDWrong)
		}
		a.signer = &Party{ID: a.cmd.By, Standing: InForce, Keys: b.(*RegisterBody).Keys}
	} else {
		p, err := a.world.Party(a.cmd.By)
		if err != nil {
			return err
		}
		if p == nil {
			return Refuse(CodeSignerUnknown)
		}
		a.signer = p
	}
	if err := a.verify(); err != nil {
		return err
	}
	return refuseStanding(a.signer.ID, a.signer.Standing)
}

// verify checks the signature with the key that it names.
func (a *act) verify() error {
	if a.sigs == nil {
		return nil
	}
	key, ok := findKey(a.signingKeys(), a.open.KeyID)
	if !ok {
		return Refuse(CodeKeyUnknown)
	}
	return a.sigs.Verify(a.open, key)
}

// signingKeys gives the keys that may sign the command: the signer's, but for the
// completion of a recovery, which the new ones sign.
func (a *act) signingKeys() []Key {
	switch {
	case a.cmd.Op != OpRecoveryComplete:
		return a.signer.Keys
	case a.signer.Recovery == nil:
		return nil
	}
	return a.signer.Recovery.Keys
}

// refuseStanding refuses a party that may not act, or not yet.
func refuseStanding(id PartyID, s Standing) error {
	switch s {
	case InForce:
		return nil
	case Proposed:
		return Refuse(CodePartyNotAdmitted, "party", string(id))
	}
	return Refuse(CodePartyRevoked, "party", string(id))
}

// load fetches the subject and checks that the command is the next one for it.
func (a *act) load() error {
	op, s := operations[a.cmd.Op], a.cmd.Subject()
	var err error
	var seq uint64
	switch op.kind {
	case KindNote:
		if a.note, err = a.world.Note(NoteID(s.ID)); a.note != nil {
			n := *a.note
			a.note, seq = n.clone(), n.Seq
		}
	case KindParty:
		if a.party, err = a.world.Party(PartyID(s.ID)); a.party != nil {
			p := *a.party
			a.party, seq = p.clone(), p.Seq
		}
	case KindBook:
		if a.book, err = a.world.Book(BookID(s.ID)); a.book != nil {
			b := *a.book
			a.book, seq = &b, b.Seq
		}
	}
	switch {
	case err != nil:
		return err
	case op.creates && seq > 0:
		return Refuse(CodeExists, "kind", string(op.kind))
	case !op.creates && seq == 0:
		return Refuse(CodeNotFound, "kind", string(op.kind))
	case a.note != nil && a.note.Status == StatusErased: // which is public
		return Refuse(CodeNoteErased)
	case a.cmd.Seq <= seq:
		return Refuse(CodeSeqStale, "next", itoa(seq+1))
	case a.cmd.Seq > seq+1:
		return Refuse(CodeSeqAhead, "next", itoa(seq+1))
	}
	return a.loadHolder()
}

func (a *act) loadHolder() error {
	if a.note == nil || a.note.Book == "" {
		return nil
	}
	book, err := a.world.Book(a.note.Book)
	if err != nil {
		return err
	}
	if book == nil {
		return Refuse(CodeNotFound, "kind", string(KindBook))
	}
	a.holder = book.Holder
	return nil
}

// authorize checks the signer's roles and the subject's status with the
// transition table. Roles come first, so that a stranger is not told the status.
func (a *act) authorize() error {
	op := operations[a.cmd.Op]
	if a.opposed() {
		return Refuse(CodeNoPowerOfAttorney)
	}
	a.roles = a.rolesOfActor()
	if !slices.ContainsFunc(op.by, func(r Role) bool { return slices.Contains(a.roles, r) }) {
		return Refuse(CodeRoleForbidden, "op", string(a.cmd.Op))
	}
	if op.kind != KindNote || op.creates {
		return nil
	}
	if !slices.Contains(op.from, a.note.Status) {
		return refuseStatus(a.note.Status)
	}
	return nil
}

func refuseStatus(s Status) *Error {
	switch s {
	case StatusOffered:
		return Refuse(CodeNoteOffered)
	case StatusFrozen:
		return Refuse(CodeNoteFrozen)
	case StatusDischarged:
		return Refuse(CodeNoteDischarged)
	case StatusVoid:
		return Refuse(CodeNoteVoid)
	case StatusErased:
		return Refuse(CodeNoteErased)
	}
	return Refuse(CodeNoteActive)
}

// change chains the command to its subject and gives the outcome.
func (a *act) change() (*Change, error) {
	link := Link(a.open.Payload, a.open.Seal, a.frame.At, a.frame.Org)
	c := &Change{Command: a.cmd, Opened: a.open, Link: link}
	c.Result = Result{Command: a.cmd.Command, Op: a.cmd.Op, Subject: a.cmd.Subject(), Seq: a.cmd.Seq}
	switch operations[a.cmd.Op].kind {
	case KindNote:
		a.note.Balance.keepExact()
		a.end()
		a.note.Seq, a.note.Head = a.cmd.Seq, NextHead(a.note.Head, link)
		c.Note, c.Result.Head = a.note, a.note.Head
	case KindParty:
		a.objectByUse()
		a.party.Seq, a.party.Head = a.cmd.Seq, NextHead(a.party.Head, link)
		c.Party, c.Result.Head = a.party, a.party.Head
	case KindBook:
		a.book.Seq, a.book.Head = a.cmd.Seq, NextHead(a.book.Head, link)
		c.Book, c.Result.Head = a.book, a.book.Head
	}
	return c, nil
}

// Repeated gives the first result of a command that the proof shows to stand
// in its subject's chain, whose head and length are those of the public record.
func Repeated(opened Opened, proof Proof, head Digest, seq uint64) (*Result, bool) {
	cmd, err := DecodeCommand(opened.Payload)
	if err != nil || cmd.Seq != proof.Seq {
		return nil, false
	}
	first, ok := proof.Holds(opened.Payload, head, seq)
	if !ok {
		return nil, false
	}
	return &Result{Command: cmd.Command, Op: cmd.Op, Subject: cmd.Subject(), Seq: cmd.Seq, Head: first}, true
}
