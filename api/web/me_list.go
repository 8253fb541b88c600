package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/facts"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	// notesOfPage is how many of the reader's own notes one page lists.
	notesOfPage = 50
	// helpedNotes is how many notes are listed of each person whom the reader helps.
	helpedNotes = 20
)

// getNotes lists what the reader pays, has been offered and helps with.
func (s *Server) getNotes(v *visit) error {
	before, err := strconv.ParseInt(v.R.URL.Query().Get("before"), 10, 64)
	if err != nil || before < 0 {
		before = 0
	}
	own, more, err := s.Store.Notes(v.R.Context(), store.NoteQuery{
		Party: v.party.ID, Role: ledger.RoleBorrower, Before: before, Limit: notesOfPage,
	})
	if err != nil {
		return err
	}
	l := lister{server: s, v: v, names: s.names(v.R.Context()), list: &page.NoteList{Human: s.Help}}
	for _, n := range own {
		if err := l.add(&reading{note: n.State, holder: n.Holder, principal: v.party.ID, today: s.today()}); err != nil {
			return err
		}
	}
	if more {
		l.list.More = page.Link{Href: "/me?before=" + strconv.FormatInt(own[len(own)-1].Cursor, 10), Text: page.Say("me.older")}
	}
	if before == 0 {
		if err := l.addHelped(); err != nil {
			return err
		}
	}
	if l.names.err != nil {
		return l.names.err
	}
	return v.Show(http.StatusOK, l.list)
}

// lister sorts notes into the parts of the list.
type lister struct {
	server *Server
	v      *visit
	names  *names
	list   *page.NoteList
}

// addHelped adds the notes of those whom the reader helps. Who has given a power, the
// read model says; whether it is in force, the ledger.
func (l *lister) addHelped() error {
	ctx, me := l.v.R.Context(), l.v.party.ID
	principals, err := l.server.Store.Principals(ctx, me)
	if err != nil || len(principals) == 0 {
		return err
	}
	ids := make([]ledger.PartyID, len(principals))
	for i, p := range principals {
		ids[i] = p.ID
	}
	views, err := l.server.Service.Parties(ctx, ids...)
	if err != nil {
		return site.LedgerError{Err: err}
	}
	today := l.server.today()
	for _, p := range views {
		if p.Party == nil {
			continue
		}
		notes, _, err := l.server.Store.Notes(ctx, store.NoteQuery{Party: p.Party.ID, Role: ledger.RoleBorrower, Limit: helpedNotes})
		if err != nil {
			return err
		}
		for _, n := range notes {
			powers := powersOf(p.Party, me, n.State.ID, today)
			if len(powers) == 0 || slices.Contains(n.State.BorrowerIDs(), me) {
				continue
			}
			if err := l.add(&reading{note: n.State, holder: n.Holder, principal: p.Party.ID, powers: powers, today: today}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *lister) add(r *reading) error {
	f, err := facts.Of(r.note, facts.Reader{
		Borrower: r.principal, Holder: r.holder, Today: r.today, Offered: !l.server.Clock().After(r.note.AnswerBy),
	})
	if err != nil {
		return err
	}
	t := &teller{reading: r, names: l.names, facts: f}
	card := t.card()
	switch {
	case f.Situation == facts.Waiting:
		l.list.Offers = append(l.list.Offers, card)
	case f.Situation == facts.Discharged, f.Situation == facts.Void, f.Situation == facts.Erased, f.Situation == facts.Expired:
		l.list.Done = append(l.list.Done, card)
	case r.helps():
		l.list.Helping = append(l.list.Helping, card)
	default:
		l.list.Mine = append(l.list.Mine, card)
	}
	if f.Situation == facts.Unnotified && !r.helps() {
		l.list.Moved = append(l.list.Moved, card)
	}
	return nil
}

// card is a note in the list.
func (t *teller) card() page.NoteCard {
	head := t.head()
	c := page.NoteCard{Href: head.Href, Lender: head.Lender, Reference: head.Reference, Principal: head.Principal}
	c.Status = page.Status{Tone: head.Status.Tone, Text: head.Status.Text}
	if t.facts.Situation == facts.Waiting {
		c.AnswerBy = t.note.AnswerBy
		principal := t.note.Terms.Principal
		c.Left = &principal
	}
	if t.note.Status != ledger.StatusActive && t.note.Status != ledger.StatusFrozen {
		return c
	}
	m := t.money()
	c.Left, c.Due = &m.Left, m.Next
	if last := t.facts.Chain[len(t.facts.Chain)-1]; !last.Lender {
		c.Holder, c.Since = t.company(last.Party), last.Since
	}
	return c
}
