package web

import (
	"context"
	"slices"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/facts"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
)

// names looks up who parties are, each once. The first failure is kept and makes
// every name after it empty, so that a view can be put together without a question
// at each name; whoever shows the view asks for err first.
type names struct {
	ctx       context.Context
	server    *Server
	companies map[ledger.PartyID]*ledger.Party
	persons   map[ledger.PartyID]string
	err       error
}

func (s *Server) names(ctx context.Context) *names {
	return &names{ctx: ctx, server: s, companies: map[ledger.PartyID]*ledger.Party{}, persons: map[ledger.PartyID]string{}}
}

// company gives the name that a company has in the registry, else its id.
func (n *names) company(id ledger.PartyID) string {
	if p := n.party(id); p != nil && p.Name != "" {
		return p.Name
	}
	return string(id)
}

// lender is company for the one that a note names itself.
func (n *names) lender(note *ledger.Note) string {
	if p := n.party(note.Lender); (p == nil || p.Name == "") && note.Payee != "" {
		return note.Payee
	}
	return n.company(note.Lender)
}

func (n *names) party(id ledger.PartyID) *ledger.Party {
	p, known := n.companies[id]
	if known || id == "" || n.err != nil {
		return p
	}
	p, n.err = n.server.Store.Party(n.ctx, id)
	n.companies[id] = p
	return p
}

// person gives the name that the registrar has of a person, else the party's id.
func (n *names) person(id ledger.PartyID) string {
	name, known := n.persons[id]
	if known || n.err != nil {
		return name
	}
	var p *store.Person
	if p, n.err = n.server.Store.PersonOf(n.ctx, id); p != nil {
		name = p.Name
	}
	if name == "" {
		name = string(id)
	}
	n.persons[id] = name
	return name
}

// borrower gives the name of one of a note's borrowers, as the note has it where
// the registrar does not.
func (n *names) borrower(note *ledger.Note, id ledger.PartyID) string {
	name := n.person(id)
	i := slices.IndexFunc(note.Borrowers, func(b ledger.Borrower) bool { return b.Party == id })
	if name == string(id) && i >= 0 && note.Borrowers[i].Name != "" {
		return note.Borrowers[i].Name
	}
	return name
}

// human gives the card of whom to call about a note: who collects it, else who has
// it as security or holds it, and once nobody does, who held it last. A company that
// has not said how it is reached leaves its place to the next, and in the end to the
// registry itself.
func (n *names) human(r *reading) page.HumanCard {
	for _, id := range store.Answerers(r.note, r.holder) {
		p := n.party(id)
		if p == nil || p.Contact == nil {
			continue
		}
		part := page.Say("who.holds")
		if r.holder == "" {
			part = page.Say("who.held")
		}
		if r.note.Mandate != nil && r.note.Mandate.Servicer == id {
			part = page.Say("who.collects")
		}
		c := p.Contact
		return page.HumanCard{
			Company: p.Name, Name: c.Human, Part: part, Licence: c.Licence, Phone: c.Phone, Hours: c.Hours,
			Email: c.Email, Address: c.Address, Call: n.server.callPath(r.note.ID),
		}
	}
	card := n.server.Help
	card.Call = n.server.callPath(r.note.ID)
	return card
}

// known gives the card of who held the note when the borrower was last told, until
// the borrower is told of the new holder: to pay it is to pay in good faith. Whether
// somebody was told is about that person, and stands on their own page alone.
func (t *teller) known() *page.HumanCard {
	id := t.note.Notified.Holder
	if t.facts.Situation != facts.Unnotified || id == "" {
		return nil
	}
	card := page.HumanCard{Company: t.company(id), Part: page.Say("who.known")}
	if id == t.note.Lender {
		card.Company = t.lender(t.note)
	}
	if p := t.party(id); p != nil && p.Contact != nil {
		c := p.Contact
		card.Name, card.Phone, card.Hours, card.Email, card.Address, card.Licence = c.Human, c.Phone, c.Hours, c.Email, c.Address, c.Licence
	}
	return &card
}
