package sim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
)

// Limits of a run's world.
const (
	maxPeople = 24
	maxBatch  = 6
	// maxOpen bounds the notes that are offered or owed at a time. With few of
	// them each gets far in its life.
	maxOpen = 8
)

// act plays one step.
func (s *simulation) act() {
	commands, org := s.choose()
	if len(commands) == 0 {
		return
	}
	if s.chance(10) {
		s.rehearse(org, commands)
	}
	if len(commands) > 1 && s.chance(50) {
		s.submitTogether(org, commands)
	} else {
		s.submit(org, commands)
	}
	switch n := s.rng.IntN(100); {
	case n < 70:
		s.cut() // what came late comes now
	case n < 75 && s.storm:
		s.restart()
	}
	if s.chance(60) {
		s.heal()
	}
}

// choose draws what is handed in, and through whom.
func (s *simulation) choose() ([]*sent, string) {
	switch n := s.rng.IntN(100); {
	case n < 8 && len(s.sent) > 0:
		c := s.sent[s.rng.IntN(len(s.sent))]
		return []*sent{c}, s.route(c)
	case n < 14:
		if c, err := s.forge(); err == nil {
			return []*sent{c}, s.route(c)
		}
	case n < 26:
		return s.batch()
	}
	c, err := s.intent()
	if err != nil {
		return nil, ""
	}
	return []*sent{c}, s.route(c)
}

// route is mostly the organisation of the signer.
func (s *simulation) route(c *sent) string {
	if s.chance(8) {
		return orgs[s.rng.IntN(len(orgs))]
	}
	return c.org
}

// batch draws several commands for one call, repeats among them.
func (s *simulation) batch() ([]*sent, string) {
	var commands []*sent
	for range 2 + s.rng.IntN(maxBatch-1) {
		if c, err := s.intent(); err == nil {
			commands = append(commands, c)
		}
	}
	if len(commands) == 0 {
		return nil, ""
	}
	if s.chance(20) {
		commands = append(commands, s.sent[s.rng.IntN(len(s.sent))])
	}
	return commands, commands[0].org
}

// intent signs what somebody wants, or what somebody has no business to want.
func (s *simulation) intent() (*sent, error) {
	switch n := s.rng.IntN(100); {
	case n < 3:
		return s.newcomer()
	case n < 6:
		return s.rotation()
	case n < 8:
		return s.openBook()
	case n < 20:
		return s.trespass()
	case n < 24:
		return s.erasure()
	case n < 32:
		return s.aboutPerson()
	case len(s.open()) < maxOpen && s.chance(40):
		return s.offer()
	}
	return s.honest()
}

func (s *simulation) newcomer() (*sent, error) {
	if len(s.cast) >= maxPeople {
		return nil, errNobody
	}
	kind := pick(s, []ledger.PartyKind{ledger.Person, ledger.Company, ledger.Company, ledger.Authority})
	p, err := s.newPerson(fmt.Sprintf("newcomer %d-%d", s.step, s.drawn+1), kind, pick(s, orgs))
	if err != nil {
		return nil, err
	}
	d, err := p.Registration(s.audit.network, s.commandID(), s.clock)
	if err != nil {
		return nil, err
	}
	s.byID[p.ID] = p
	return s.write(p, d)
}

// rotation gives a party a new key, and takes an old one; some newcomers leave.
func (s *simulation) rotation() (*sent, error) {
	p := pick(s, s.cast)
	if strings.Contains(p.Name, "newcomer") && s.chance(40) {
		return s.write(p, s.draft(p, ledger.OpPartyRevoke, string(p.ID), ledger.ReasonBody{Reason: secretWord}))
	}
	old, err := s.keyInForce(p).Key()
	if err != nil {
		return nil, err
	}
	pen, err := s.newKey(fmt.Sprintf("%s %d-%d", p.Name, s.step, s.drawn), p.Kind)
	if err != nil {
		return nil, err
	}
	fresh, err := pen.Key()
	if err != nil {
		return nil, err
	}
	c, err := s.write(p, s.draft(p, ledger.OpPartyRotate, string(p.ID), ledger.RotateBody{Add: []ledger.Key{fresh}, Remove: []string{old.ID}}))
	if err == nil {
		p.keys = append(p.keys, pen)
	}
	return c, err
}

func (s *simulation) openBook() (*sent, error) {
	p := pick(s, s.cast)
	c, err := s.write(p, s.draft(p, ledger.OpBookOpen, "", ledger.EmptyBody{}))
	if err == nil {
		p.books = append(p.books, ledger.BookID(c.cmd.Subject().ID))
	}
	return c, err
}

// notes lists every note, in a fixed order.
func (s *simulation) notes() []*ledger.Note {
	var list []*ledger.Note
	for _, subject := range s.audit.subjects() {
		if n, _ := s.audit.model.Note(ledger.NoteID(subject.ID)); n != nil {
			list = append(list, n)
		}
	}
	return list
}

// open lists the notes that are not at their end.
func (s *simulation) open() []*ledger.Note {
	return slices.DeleteFunc(s.notes(), func(n *ledger.Note) bool {
		return ended(n) || n.Status == ledger.StatusErased
	})
}

func ended(n *ledger.Note) bool {
	return n.Status == ledger.StatusDischarged || n.Status == ledger.StatusVoid
}

// honest lets somebody do what the state of a note invites it to do.
func (s *simulation) honest() (*sent, error) {
	notes := s.open()
	if len(notes) == 0 {
		return s.offer()
	}
	n := pick(s, notes)
	holder := s.audit.model.Holder(n)
	op := pick(s, invited(n))
	who := s.whoWould(op, n, holder)
	if len(who) == 0 {
		return nil, errNobody
	}
	p := s.byID[pick(s, who)]
	if p == nil {
		return nil, errNobody
	}
	return s.throughAnother(p, s.draft(p, op, string(n.ID), s.body(op, n, p)))
}

// erasure lets somebody have a note erased that is at its end: at once where it
// never was a debt, and in vain where the time has not come.
func (s *simulation) erasure() (*sent, error) {
	notes := slices.DeleteFunc(s.notes(), func(n *ledger.Note) bool { return !ended(n) })
	if len(notes) == 0 {
		return nil, errNobody
	}
	n := pick(s, notes)
	p := s.byID[pick(s, append(n.BorrowerIDs(), n.Lender))]
	if p == nil {
		return nil, errNobody
	}
	return s.write(p, s.draft(p, ledger.OpErase, string(n.ID), ledger.EmptyBody{}))
}

// invited lists what a note's state invites to, as often as it is likely.
func invited(n *ledger.Note) []ledger.Op {
	switch {
	case n.Status == ledger.StatusOffered:
		return []ledger.Op{ledger.OpAccept, ledger.OpAccept, ledger.OpAccept, ledger.OpAccept, ledger.OpAccept, ledger.OpAccept, ledger.OpAccept, ledger.OpAccept,
			ledger.OpAccept, ledger.OpDecline, ledger.OpWithdraw, ledger.OpExpire}
	case n.Status == ledger.StatusFrozen:
		return []ledger.Op{ledger.OpRelease, ledger.OpRelease, ledger.OpPay, ledger.OpDisputeRaise, ledger.OpPayClaim, ledger.OpAmendReject, ledger.OpBookMove, ledger.OpTransferWithdraw}
	case n.Pending != nil:
		return []ledger.Op{ledger.OpTransferAccept, ledger.OpTransferAccept, ledger.OpTransferAccept, ledger.OpTransferReject, ledger.OpTransferWithdraw, ledger.OpPay}
	}
	ops := []ledger.Op{ledger.OpPay, ledger.OpPay, ledger.OpPay, ledger.OpPay, ledger.OpTransferOffer, ledger.OpTransferOffer, ledger.OpTransferOffer,
		ledger.OpDisputeRaise, ledger.OpForgive, ledger.OpFreeze, ledger.OpBookMove, ledger.OpPayReverse, ledger.OpNotice, ledger.OpNotice}
	ops = append(ops, ledger.OpCharge, ledger.OpCharge, ledger.OpRelief, ledger.OpSetoff, ledger.OpDebtRelief)
	if n.Pledge != nil {
		ops = append(ops, ledger.OpPledgeRelease, ledger.OpPledgeRelease)
	}
	if n.Mandate != nil {
		ops = append(ops, ledger.OpMandateEnd)
	}
	if len(n.Disputes) > 0 {
		ops = append(ops, ledger.OpDisputeResolve, ledger.OpDisputeResolve)
	}
	return slices.Concat(ops, talks(n), claims(n))
}

// whoWould lists the parties who would naturally do this.
func (s *simulation) whoWould(op ledger.Op, n *ledger.Note, holder ledger.PartyID) []ledger.PartyID {
	switch op {
	case ledger.OpAccept, ledger.OpDecline, ledger.OpDisputeRaise:
		return n.BorrowerIDs()
	case ledger.OpTransferOffer, ledger.OpForgive:
		return ledger.Controllers(n, holder)
	case ledger.OpTransferAccept, ledger.OpTransferReject:
		return []ledger.PartyID{pending(n).To}
	case ledger.OpTransferWithdraw:
		return []ledger.PartyID{pending(n).From}
	case ledger.OpPledgeRelease:
		return []ledger.PartyID{n.Pledge.Pledgee}
	case ledger.OpFreeze, ledger.OpDebtRelief:
		return s.authorities()
	case ledger.OpRelease:
		return []ledger.PartyID{n.Freeze.Authority}
	case ledger.OpInterrupt:
		return slices.Concat(n.BorrowerIDs(), s.creditors(op, n, holder), s.authorities())
	case ledger.OpAccelerate, ledger.OpCure, ledger.OpPayClaim, ledger.OpPayDeny, ledger.OpAmendPropose, ledger.OpAmendAccept, ledger.OpAmendReject, ledger.OpAmendWithdraw:
		return s.sides(op, n, holder)
	case ledger.OpPay, ledger.OpPayReverse, ledger.OpNotice, ledger.OpMandateEnd, ledger.OpDisputeResolve,
		ledger.OpCharge, ledger.OpRelief, ledger.OpSetoff:
		return s.creditors(op, n, holder)
	}
	return []ledger.PartyID{holder}
}

func pending(n *ledger.Note) ledger.Transfer {
	if n.Pending == nil {
		return ledger.Transfer{}
	}
	return *n.Pending
}

func (s *simulation) authorities() []ledger.PartyID {
	var ids []ledger.PartyID
	for _, p := range s.cast {
		if p.Kind == ledger.Authority {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// creditors lists those who may have received a payment, and those who think
// that they still may.
func (s *simulation) creditors(op ledger.Op, n *ledger.Note, holder ledger.PartyID) []ledger.PartyID {
	ids := []ledger.PartyID{holder, holder}
	if n.Pledge != nil {
		ids = append(ids, n.Pledge.Pledgee)
	}
	if n.Mandate != nil {
		ids = append(ids, n.Mandate.Servicer, n.Mandate.Servicer)
	}
	for _, e := range n.Endorsements {
		ids = append(ids, e.From)
	}
	if n.Freeze != nil {
		ids = append(ids, n.Freeze.Authority, n.Freeze.Authority)
	}
	if op == ledger.OpDisputeResolve {
		for _, d := range n.Disputes {
			ids = append(ids, d.By)
		}
		for _, c := range n.Claims {
			ids = append(ids, c.By)
		}
	}
	return ids
}

// trespass lets anybody try anything on any note.
func (s *simulation) trespass() (*sent, error) {
	notes := s.notes()
	if len(notes) == 0 {
		return nil, errNobody
	}
	n, p := pick(s, notes), pick(s, s.cast)
	ops := slices.DeleteFunc(ledger.Operations(), func(op ledger.Op) bool {
		kind, creates, _ := ledger.KindOf(op)
		return kind != ledger.KindNote || creates
	})
	op := pick(s, ops)
	d := s.draft(p, op, string(n.ID), s.body(op, n, p))
	if s.chance(20) {
		d.Seq = max(1, d.Seq-1+uint64(s.rng.IntN(3)))
	}
	return s.throughAnother(p, d)
}

// forge changes something about a command that its signer did not sign.
func (s *simulation) forge() (*sent, error) {
	victim, thief := pick(s, s.cast), pick(s, s.cast)
	notes := s.notes()
	if len(notes) == 0 || victim == thief {
		return nil, errNobody
	}
	n := pick(s, notes)
	cmd, err := s.draft(victim, ledger.OpForgive, string(n.ID), ledger.ForgiveBody{Amount: n.Terms.Principal}).Build()
	if err != nil {
		return nil, err
	}
	signer := thief
	if s.chance(50) {
		signer = victim
	}
	signed, err := model.SignCommand(cmd, s.keyInForce(signer))
	if err != nil {
		return nil, err
	}
	if signer == victim { // a real signature under another payload
		cmd.Seq++
		other, err := model.SignCommand(cmd, s.keyInForce(victim))
		if err != nil {
			return nil, err
		}
		signed = transplant(signed, other)
	}
	c := &sent{signed: signed, cmd: cmd, by: victim, org: thief.Org, what: fmt.Sprintf("%s forged by %s for %s on note %.9s", cmd.Command[:8], thief, victim, n.ID)}
	s.remember(c)
	return c, nil
}

// transplant puts the payload of one signed command under the signature of
// another. It is the second part of either form.
func transplant(signed, other ledger.Signed) ledger.Signed {
	move := func(to, from string) string {
		parts := strings.Split(to, ".")
		parts[1] = strings.Split(from, ".")[1]
		return strings.Join(parts, ".")
	}
	if signed.WebAuthn != "" {
		return ledger.Signed{WebAuthn: move(signed.WebAuthn, other.WebAuthn)}
	}
	return ledger.Signed{JWS: move(signed.JWS, other.JWS)}
}

// pick draws one of several.
func pick[T any](s *simulation, list []T) T { return list[s.rng.IntN(len(list))] }
