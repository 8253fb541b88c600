package sim

import (
	"fmt"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
)

var orgs = []string{inproc.Lender, inproc.Collector, inproc.Registrar}

// secretWord stands in every name and text of a run, so that one look for it
// in public bytes finds any of them.
const secretWord = "Hemligheten"

// person is a party with all the keys that it ever had.
type person struct {
	*model.Signer
	keys  []model.Pen
	books []ledger.BookID
}

func (p *person) String() string { return p.Name[len(secretWord)+1:] }

// keyInForce gives a key that the ledger knows for the party, or its newest.
func (s *simulation) keyInForce(p *person) model.Pen {
	known, _ := s.audit.model.Party(p.ID)
	for i := len(p.keys) - 1; i >= 0 && known != nil; i-- {
		if k, err := p.keys[i].Key(); err == nil {
			if _, ok := known.Key(k.ID); ok {
				return p.keys[i]
			}
		}
	}
	return p.keys[len(p.keys)-1]
}

// newKey gives what a party of a kind signs with, which follows from the seed and
// a name: a person's is a passkey.
func (s *simulation) newKey(name string, kind ledger.PartyKind) (model.Pen, error) {
	return model.NewPen(kind, fmt.Sprintf("%d %s", s.opts.Seed, name))
}

// newPerson makes a party that is not registered yet.
func (s *simulation) newPerson(name string, kind ledger.PartyKind, org string) (*person, error) {
	key, err := s.newKey(name, kind)
	if err != nil {
		return nil, err
	}
	p := &person{Signer: &model.Signer{Name: secretWord + " " + name, Kind: kind, Org: org, Pen: key}, keys: []model.Pen{key}}
	s.cast = append(s.cast, p)
	return p, nil
}

// enter registers those whom every run starts with, each with a book.
func (s *simulation) enter() error {
	for _, c := range []struct {
		name string
		kind ledger.PartyKind
		org  string
	}{
		{"bank A", ledger.Company, inproc.Lender}, {"bank B", ledger.Company, inproc.Lender},
		{"collector A", ledger.Company, inproc.Collector}, {"collector B", ledger.Company, inproc.Collector},
		{"fund", ledger.Company, inproc.Registrar},
		{"Anna", ledger.Person, inproc.Registrar}, {"Bo", ledger.Person, inproc.Registrar}, {"Cia", ledger.Person, inproc.Lender},
		{"bailiff", ledger.Authority, inproc.Registrar}, {"court", ledger.Authority, inproc.Registrar},
	} {
		p, err := s.newPerson(c.name, c.kind, c.org)
		if err != nil {
			return err
		}
		if err := s.introduce(p); err != nil {
			return err
		}
	}
	return s.verdict()
}

// introduce registers a party, has an authority admitted, and opens a book.
func (s *simulation) introduce(p *person) error {
	d, err := p.Registration(s.audit.network, s.commandID(), s.clock)
	if err != nil {
		return err
	}
	s.byID[p.ID] = p
	if err := s.carryOut(p, d); err != nil {
		return err
	}
	if p.Kind == ledger.Authority {
		sponsor := s.cast[0]
		if err := s.carryOut(sponsor, s.draft(sponsor, ledger.OpPartyAdmit, string(p.ID), ledger.EmptyBody{})); err != nil {
			return err
		}
	}
	open := s.draft(p, ledger.OpBookOpen, "", ledger.EmptyBody{})
	p.books = append(p.books, ledger.DeriveBookID(s.audit.network, p.ID, open.Command))
	return s.carryOut(p, open)
}

// carryOut submits one command before the run begins.
func (s *simulation) carryOut(p *person, d ledger.Draft) error {
	c, err := s.write(p, d)
	if err != nil {
		return err
	}
	s.submit(p.Org, []*sent{c})
	return nil
}

// commandID gives the next command of a step its id. It depends on the step
// alone, so that leaving out other steps changes nothing.
func (s *simulation) commandID() ledger.CommandID {
	s.drawn++
	return ledger.CommandID(fmt.Sprintf("%08x-0000-4000-8000-%012x", s.step, s.drawn))
}

func (s *simulation) draft(by *person, op ledger.Op, subject string, body any) ledger.Draft {
	kind, _, _ := ledger.KindOf(op)
	return ledger.Draft{
		Op: op, Network: s.audit.network, By: by.ID, Subject: subject, Command: s.commandID(), IssuedAt: s.clock, Body: body,
		Seq: s.audit.model.Next(ledger.Subject{Kind: kind, ID: subject}),
	}
}

// sent is a signed command and what is known of its fate.
type sent struct {
	signed ledger.Signed
	cmd    *ledger.Command // nil where it is none
	by     *person
	org    string // through which it is sent first
	open   bool   // an answer left its outcome unknown, so it may still come
	calls  int    // in which it was handed in
	what   string
}

func (c *sent) String() string { return c.what }

// write signs a draft with the party's key. A draft that is refused by its form
// is one that nobody can sign.
func (s *simulation) write(by *person, d ledger.Draft) (*sent, error) {
	cmd, err := d.Build()
	if err != nil {
		return nil, err
	}
	return s.signed(by, cmd, s.keyInForce(by))
}

func (s *simulation) signed(by *person, cmd *ledger.Command, with model.Pen) (*sent, error) {
	signed, err := model.SignCommand(cmd, with)
	if err != nil {
		return nil, err
	}
	subject := cmd.Subject()
	c := &sent{signed: signed, cmd: cmd, by: by, org: by.Org, what: fmt.Sprintf("%s %s by %s on %s %.9s at %d", cmd.Command[:8], cmd.Op, by, subject.Kind, subject.ID, cmd.Seq)}
	s.remember(c)
	return c, nil
}

// remember keeps a command for those who send it again, and for the auditor.
func (s *simulation) remember(c *sent) {
	s.sent = append(s.sent, c)
	s.audit.know(c)
}
