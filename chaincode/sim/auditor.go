package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
)

// auditor judges answers. It knows the commands that were sent, the answers
// that came and what blocks tell everybody, and nothing else.
type auditor struct {
	network string
	sigs    ledger.Signatures
	model   *model.Ledger // what the rules make of the commands that the blocks tell
	sent    map[ledger.CommandID][]*sent
	applied map[ledger.CommandID]told
	told    map[ledger.Subject][]model.Applied
}

// told is what a block says of a command.
type told struct {
	result ledger.Result
	tx     string
	block  uint64
	org    string
	signed ledger.Signed
}

func newAuditor(network string, sigs ledger.Signatures) *auditor {
	return &auditor{
		network: network, sigs: sigs, model: model.New(network, sigs),
		sent: map[ledger.CommandID][]*sent{}, applied: map[ledger.CommandID]told{}, told: map[ledger.Subject][]model.Applied{},
	}
}

// know notes that a command is about to be sent.
func (a *auditor) know(c *sent) {
	if c.cmd != nil {
		a.sent[c.cmd.Command] = append(a.sent[c.cmd.Command], c)
	}
}

// apply takes a result from a block. The rules must give the same one for a
// command that somebody signed and sent.
func (a *auditor) apply(r ledger.Result, t told, frame ledger.Frame) error {
	if _, twice := a.applied[r.Command]; twice {
		return fmt.Errorf("command %s was applied twice", r.Command)
	}
	var refusals []string
	for _, c := range a.sent[r.Command] {
		before := a.known(r.Subject)
		change, err := a.model.Apply(frame, c.signed)
		if err != nil {
			refusals = append(refusals, err.Error())
			continue
		}
		if change.Result != r {
			return fmt.Errorf("%s was applied with %+v, the rules give %+v", c, r, change.Result)
		}
		t.result, t.signed, t.org = r, c.signed, frame.Org
		a.applied[r.Command] = t
		a.told[r.Subject] = append(a.told[r.Subject], model.Applied{Frame: frame, Signed: c.signed, Change: change})
		return a.promises(change, before, c, frame)
	}
	if refusals == nil {
		return fmt.Errorf("command %s was applied, and nobody sent it", r.Command)
	}
	return fmt.Errorf("command %s was applied against the rules: %s", r.Command, strings.Join(refusals, "; "))
}

// state is a subject as the model has it: a note with its holder, or a party.
type state struct {
	note   *ledger.Note
	holder ledger.PartyID
	party  *ledger.Party
}

func (a *auditor) known(s ledger.Subject) state {
	var was state
	if was.note, _ = a.model.Note(ledger.NoteID(s.ID)); was.note != nil {
		was.holder = a.model.Holder(was.note)
	}
	was.party, _ = a.model.Party(ledger.PartyID(s.ID))
	return was
}

func (a *auditor) promises(c *ledger.Change, was state, by *sent, frame ledger.Frame) error {
	switch {
	case c.Party != nil && was.party != nil:
		return model.CheckPartyStep(model.PartyStep{
			Before: was.party, After: c.Party, By: by.cmd.Actor(), Op: by.cmd.Op, At: frame.At, Hosts: a.hosts,
		})
	case c.Note == nil:
		return nil
	}
	now := a.model.Holder(c.Note)
	if err := model.CheckNote(c.Note, now); err != nil {
		return err
	}
	if was.note == nil {
		return nil
	}
	return model.CheckStep(model.Step{Before: was.note, After: c.Note, Holder: was.holder, NewHolder: now, By: by.cmd.Actor(), Op: by.cmd.Op})
}

// hosts gives the organisation that hosts a party.
func (a *auditor) hosts(id ledger.PartyID) string {
	p, _ := a.model.Party(id)
	if p == nil {
		return ""
	}
	return p.Org
}

// subjects lists what the blocks told of, in a fixed order.
func (a *auditor) subjects() []ledger.Subject {
	return slices.SortedFunc(maps.Keys(a.told), func(x, y ledger.Subject) int { return strings.Compare(x.ID, y.ID) })
}

// submission is one call of the ledger as the auditor sees it.
type submission struct {
	org      string
	commands []*sent
	together bool            // in one transaction or not at all
	stood    []bool          // applied before the call
	expected [][]ledger.Code // what the rules said before the call; "" for applied
	quiet    bool            // nothing went wrong and nobody came between
}

// before notes what the rules say of commands that are about to be handed in.
func (a *auditor) before(sub *submission, frame ledger.Frame) {
	inOrder := a.model
	if len(sub.commands) > 1 {
		inOrder = a.model.Fork()
	}
	for _, c := range sub.commands {
		sub.stood = append(sub.stood, a.stands(c))
		expected := []ledger.Code{a.verdict(frame, c)}
		if len(sub.commands) > 1 {
			_, err := inOrder.Apply(frame, c.signed)
			expected = append(expected, ledger.CodeOf(err))
		}
		sub.expected = append(sub.expected, expected)
	}
}

// stands says whether this very command, and not another text with its id, is
// in the chain of its subject.
func (a *auditor) stands(c *sent) bool {
	if c.cmd == nil {
		return false
	}
	t, ok := a.applied[c.cmd.Command]
	return ok && payloadOf(t.signed) == payloadOf(c.signed)
}

// payloadOf gives the payload, which is the second part of either form.
func payloadOf(s ledger.Signed) string {
	_, rest, _ := strings.Cut(s.JWS+s.WebAuthn, ".")
	payload, _, _ := strings.Cut(rest, ".")
	return payload
}

// verdict gives the code with which the rules refuse a command now.
func (a *auditor) verdict(frame ledger.Frame, c *sent) ledger.Code {
	frame.Network = a.network
	_, err := ledger.Apply(a.model, a.sigs, frame, c.signed)
	return ledger.CodeOf(err)
}

// judge says whether an answer is one that could have been given.
func (a *auditor) judge(sub submission, i int, o ledger.Outcome, frame ledger.Frame) error {
	c := sub.commands[i]
	stands := a.stands(c)
	switch o.State {
	case ledger.Committed:
		return a.judgeCommitted(sub, i, o)
	case ledger.Unknown:
		if sub.quiet {
			return fmt.Errorf("%s: unknown, though nothing went wrong", c)
		}
		return nil
	case ledger.Rejected, ledger.Conflicted:
	default:
		return fmt.Errorf("%s: an outcome that is none: %q", c, o.State)
	}
	switch {
	case o.Err == nil || o.Result != nil:
		return fmt.Errorf("%s: %s without a code, or with a result", c, o.State)
	case stands && !sub.stood[i] && a.applied[c.cmd.Command].org == sub.org:
		return fmt.Errorf("%s: answered %s %s, and applied", c, o.State, o.Err.Code)
	case o.Err.Code == ledger.CodeNoteErased && c.cmd != nil && a.erased(c.cmd.Subject()) && !(stands && c.cmd.Op == ledger.OpErase):
		return nil // nobody can tell what stood in its chain
	case stands && o.Err.Code != ledger.CodeNotEntitled && a.sees(sub.org, c):
		return fmt.Errorf("%s: a repeat answered %s %s", c, o.State, o.Err.Code)
	}
	return a.judgeCode(sub, i, o, frame)
}

// erased says whether the blocks told that a note is erased.
func (a *auditor) erased(s ledger.Subject) bool {
	n, _ := a.model.Note(ledger.NoteID(s.ID))
	return n != nil && n.Status == ledger.StatusErased
}

func (a *auditor) judgeCommitted(sub submission, i int, o ledger.Outcome) error {
	c := sub.commands[i]
	if !a.stands(c) {
		return fmt.Errorf("%s: answered committed, and in no block", c)
	}
	t := a.applied[c.cmd.Command]
	switch {
	case o.Result == nil || *o.Result != t.result || o.Err != nil:
		return fmt.Errorf("%s: answered %+v, the block tells %+v", c, o.Result, t.result)
	case o.Transaction != "" && o.Transaction != t.tx:
		return fmt.Errorf("%s: answered transaction %s, it is %s", c, o.Transaction, t.tx)
	case o.Block != 0 && o.Block != t.block:
		return fmt.Errorf("%s: answered block %d, it is %d", c, o.Block, t.block)
	case sub.stood[i] && !o.Repeated && !(c.cmd.Op == ledger.OpErase && !sub.quiet):
		// No entry says which transaction erased a note: who sent it again while
		// an answer was lost cannot tell.
		return fmt.Errorf("%s: a repeat answered as the first", c)
	case sub.quiet && !sub.stood[i] && o.Repeated && len(sub.commands) == 1:
		return fmt.Errorf("%s: the first answered as a repeat", c)
	}
	return nil
}

// judgeCode compares a refusal with what the rules say before and after it.
func (a *auditor) judgeCode(sub submission, i int, o ledger.Outcome, frame ledger.Frame) error {
	c, code := sub.commands[i], o.Err.Code
	switch {
	case sub.together && code == ledger.CodeBatchRefused:
		return nil // judgeTogether asks for whose sake
	case slices.Contains(sub.expected[i], code) || a.verdict(frame, c) == code:
		return nil
	case (code == ledger.CodeSeqStale || code == ledger.CodeExists) && c.cmd != nil && a.model.Next(c.cmd.Subject()) > c.cmd.Seq:
		return nil // its number is taken, whatever else is wrong with it
	case code == ledger.CodeNotEntitled && (c.cmd == nil || !a.sees(sub.org, c)):
		return nil
	case sub.quiet:
	case o.Err.Class() == ledger.ClassConflict, o.Err.Class() == ledger.ClassUnavailable:
		return nil
	case o.Err.Class() == ledger.ClassNotFound:
		return nil // the registrar's peer may be behind, and knows no better
	}
	return fmt.Errorf("%s: answered %s, the rules say %q before and %q after", c, code, sub.expected[i], a.verdict(frame, c))
}

// sees says whether an organisation may see all that a command needs: its
// signer's keys, the powers of attorney of whom it represents, and the state of
// its subject. That a witness sees a person while it is to get new keys is left
// out: it may see it or not.
func (a *auditor) sees(org string, c *sent) bool {
	return org == ledger.RegistrarOrg || a.seesParty(org, c.cmd.By) && a.seesParty(org, c.cmd.Actor()) && a.seesSubject(org, c)
}

func (a *auditor) seesParty(org string, id ledger.PartyID) bool {
	p, _ := a.model.Party(id)
	return p == nil || p.Kind != ledger.Person || p.Org == org
}

func (a *auditor) seesSubject(org string, c *sent) bool {
	s := c.cmd.Subject()
	if s.Kind == ledger.KindParty {
		return a.seesParty(org, ledger.PartyID(s.ID))
	}
	n, _ := a.model.Note(ledger.NoteID(s.ID))
	if n == nil {
		return true
	}
	// A former holder's time is left out: it may see the note or not.
	for _, id := range ledger.Parties(n, a.model.Holder(n)) {
		if p, _ := a.model.Party(id); p != nil && p.Org == org {
			return true
		}
	}
	return false
}
