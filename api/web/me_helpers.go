package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

const (
	helpersPath = "/me/helpers"
	// openHelpers is how many helpers can be on their way at a time.
	openHelpers = ledger.MaxAttorneys
	maxName     = 80
	// actsShown bounds what is listed of what others did; notesLooked how many of
	// the person's notes are looked through for it.
	actsShown   = 20
	notesLooked = 20
)

var helperDone = map[string]page.Key{
	"granted": "helpers.granted", "revoked": "helpers.revoked", "forgotten": "helpers.forgot",
}

func (s *Server) getHelpers(v *visit) error {
	view, err := s.helpersView(v)
	if err != nil {
		return err
	}
	if key, ok := helperDone[v.R.URL.Query().Get("done")]; ok {
		view.Said = page.Say(key)
	}
	return v.Show(http.StatusOK, view)
}

func (s *Server) helpersView(v *visit) (*page.Helpers, error) {
	names := s.names(v.R.Context())
	view := &page.Helpers{
		Human: s.Help,
		Name: page.Field{
			Name: "name", Label: page.Say("helpers.name"), Hint: page.Say("helpers.namehint"), Max: maxName, Autocomplete: "off",
		},
	}
	for _, a := range v.party.Attorneys {
		if !s.today().After(a.Until) {
			view.Granted = append(view.Granted, page.Granted{
				Seq: a.Seq, Name: names.person(a.Representative), Scopes: scopeTexts(a.Scopes), Notes: len(a.Notes), Until: a.Until,
			})
		}
	}
	invited, err := s.invitedHelpers(v)
	if err != nil {
		return nil, err
	}
	for _, i := range invited {
		view.Invited = append(view.Invited, page.Invited{ID: i.ID, Name: i.Name, Expires: i.Expires, Ready: i.Party != ""})
	}
	view.Full = len(view.Granted)+len(view.Invited) >= openHelpers
	if view.Helping, err = s.helped(v, names); err != nil {
		return nil, err
	}
	if view.Acts, err = s.actsByOthers(v, names); err != nil {
		return nil, err
	}
	return view, names.err
}

// invitedHelpers gives the visitor's invitations of helpers that can still be used,
// and those whose helper waits for the power.
func (s *Server) invitedHelpers(v *visit) ([]store.Invitation, error) {
	all, _, err := s.Store.Invitations(v.R.Context(), v.party.ID, 0, invitationsRead)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(i store.Invitation) bool {
		if i.Purpose != store.ForHelper {
			return true
		}
		switch i.State(s.Clock()) {
		case store.InvitationOpen:
			return false
		case store.InvitationUsed:
			return i.Party == v.party.ID || !s.Clock().Before(i.Expires) || slices.ContainsFunc(v.party.Attorneys, func(a ledger.Attorney) bool {
				return a.Representative == i.Party
			})
		}
		return true
	}), nil
}

// helped gives those who have let the visitor help them.
func (s *Server) helped(v *visit, names *names) ([]page.Helped, error) {
	principals, err := s.Store.Principals(v.R.Context(), v.party.ID)
	if err != nil {
		return nil, err
	}
	var all []page.Helped
	for _, p := range principals {
		for _, a := range p.Attorneys {
			if a.Representative == v.party.ID && !s.today().After(a.Until) {
				all = append(all, page.Helped{Principal: p.ID, Seq: a.Seq, Name: names.person(p.ID), Scopes: scopeTexts(a.Scopes), Until: a.Until})
			}
		}
	}
	return all, nil
}

// actsByOthers lists what others have done for the visitor, as it stands on the
// notes, the latest first.
func (s *Server) actsByOthers(v *visit, names *names) ([]page.Event, error) {
	notes, _, err := s.Store.Notes(v.R.Context(), store.NoteQuery{Party: v.party.ID, Role: ledger.RoleBorrower, Limit: notesLooked})
	if err != nil {
		return nil, err
	}
	var all []page.Event
	add := func(n *ledger.Note, via ledger.PartyID, on finance.Date, key page.Key, with ...any) {
		if via != "" {
			all = append(all, page.Event{
				On: on, Text: page.Say(key, append([]any{"name", names.person(via)}, with...)...),
				Link: page.Link{Href: pathOf(n.ID), Text: page.Say("note.title", "lender", names.lender(n))},
			})
		}
	}
	for _, kept := range notes {
		n, me := kept.State, v.party.ID
		for _, b := range n.Borrowers {
			if b.Party == me {
				add(n, b.Via, finance.DateOf(b.AcceptedAt), "via.accept")
			}
		}
		for _, c := range n.Claims {
			if c.By == me {
				add(n, c.Via, c.On, "via.claim", "amount", finance.Money{Amount: c.Amount, Currency: n.Terms.Principal.Currency})
			}
		}
		for _, d := range n.Disputes {
			if d.By == me {
				add(n, d.Via, d.On, "via.dispute")
			}
		}
		if p := n.Proposal; p != nil && p.By == me {
			add(n, p.Via, p.On, "via.proposal")
		}
	}
	slices.SortStableFunc(all, func(a, b page.Event) int { return b.On.Compare(a.On) })
	return all[:min(len(all), actsShown)], nil
}

// postHelper makes a one-time code for a helper. It is shown on this answer and
// never again.
func (s *Server) postHelper(v *visit) error {
	name := clipRunes(site.OwnWords(v.R.PostForm.Get("name")), maxName)
	view, err := s.helpersView(v)
	if err != nil {
		return err
	}
	switch {
	case view.Full:
		return ledger.Refuse(ledger.CodeLimit, "what", "powers of attorney", "limit", strconv.Itoa(openHelpers))
	case name == "":
		view.Name.Error = page.Say("wants.name")
		return v.Show(http.StatusUnprocessableEntity, view)
	}
	by := ""
	if v.person != nil {
		by = v.person.Name
	}
	shown, err := s.invite(v, store.Invitation{Purpose: store.ForHelper, For: v.party.ID, ByName: by, Name: name})
	if err != nil {
		return err
	}
	if view, err = s.helpersView(v); err != nil {
		return err
	}
	view.Code, view.CodeFor = shown, name
	return v.Show(http.StatusOK, view)
}

// postForgetHelper takes an invitation back. One that was used gives no power by
// itself, and goes from the list with its time.
func (s *Server) postForgetHelper(v *visit) error {
	if _, err := s.Store.RevokeInvitation(v.R.Context(), v.party.ID, v.R.PostForm.Get("invitation"), s.Clock()); err != nil {
		return err
	}
	return v.Redirect(helpersPath + "?done=forgotten")
}

// readyHelper gives the invitation that the address names, whose helper waits for
// the power.
func (s *Server) readyHelper(v *visit) (*store.Invitation, error) {
	invited, err := s.invitedHelpers(v)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(invited, func(i store.Invitation) bool { return i.ID == chi.URLParam(v.R, "invitation") && i.Party != "" })
	if i < 0 {
		return nil, ledger.Refuse(ledger.CodeNotFound)
	}
	return &invited[i], nil
}

func (s *Server) getGrant(v *visit) error {
	i, err := s.readyHelper(v)
	if err != nil {
		return err
	}
	view, err := s.grantView(v, i, []string{string(ledger.ScopeSee), string(ledger.ScopeTalk)}, nil, s.today().AddMonths(12, 0).String())
	if err != nil {
		return err
	}
	return v.Show(http.StatusOK, view)
}

func (s *Server) grantView(v *visit, i *store.Invitation, scopes, chosen []string, until string) (*page.Grant, error) {
	g := &page.Grant{
		ID: i.ID, Name: i.Name, Human: s.Help,
		Scopes: page.Checks{Name: "scopes", Label: page.Say("grant.scopes", "name", i.Name)},
		Notes:  page.Checks{Name: "notes", Label: page.Say("grant.notes"), Hint: page.Say("grant.noteshint")},
		Until: page.Field{
			Name: "until", Label: page.Say("grant.until"), Hint: page.Say("grant.untilhint"), Value: until, Type: "date", Autocomplete: "off",
		},
	}
	for _, scope := range ledger.AttorneyScopes() {
		g.Scopes.Options = append(g.Scopes.Options, page.Option{
			Value: string(scope), Text: page.Say(page.Key("scope." + scope)), Chosen: slices.Contains(scopes, string(scope)),
		})
	}
	notes, _, err := s.Store.Notes(v.R.Context(), store.NoteQuery{Party: v.party.ID, Role: ledger.RoleBorrower, Limit: notesLooked})
	if err != nil {
		return nil, err
	}
	names := s.names(v.R.Context())
	for _, n := range notes {
		switch n.State.Status {
		case ledger.StatusOffered, ledger.StatusActive, ledger.StatusFrozen:
			text := page.Say("note.title", "lender", names.lender(n.State))
			if ref := n.State.Terms.Reference; ref != "" {
				text = page.Say("grant.note", "lender", names.lender(n.State), "reference", ref)
			}
			g.Notes.Options = append(g.Notes.Options, page.Option{
				Value: string(n.State.ID), Text: text, Chosen: slices.Contains(chosen, string(n.State.ID)),
			})
		}
	}
	return g, names.err
}

// postGrant writes the power of attorney for the visitor to sign.
func (s *Server) postGrant(v *visit) error {
	i, err := s.readyHelper(v)
	if err != nil {
		return err
	}
	form := v.R.PostForm
	view, err := s.grantView(v, i, form["scopes"], form["notes"], form.Get("until"))
	if err != nil {
		return err
	}
	body := ledger.AttorneyGrantBody{Representative: i.Party, Ground: ledger.GroundPower}
	for _, o := range view.Scopes.Options { // in the ledger's own order
		if o.Chosen {
			body.Scopes = append(body.Scopes, ledger.AttorneyScope(o.Value))
		}
	}
	for _, o := range view.Notes.Options {
		if o.Chosen {
			body.Notes = append(body.Notes, ledger.NoteID(o.Value))
		}
	}
	// A power over no note is one over all: what was chosen must not fall away.
	if len(body.Notes) != len(form["notes"]) {
		return ledger.Refuse(ledger.CodeNotFound, "kind", string(ledger.KindNote))
	}
	if len(body.Scopes) == 0 {
		view.Scopes.Error = page.Say("wants.scope")
	}
	latest := s.today().AddMonths(12*ledger.MaxAttorneyYears, 0)
	if body.Until, err = finance.ParseDate(form.Get("until")); err != nil || body.Until.Before(s.today()) || body.Until.After(latest) {
		view.Until.Error = page.Say("wants.until", "last", latest)
	}
	if len(view.Errors().Faults) > 0 {
		return v.Show(http.StatusUnprocessableEntity, view)
	}
	return s.draft(v, drafting{
		op: ledger.OpAttorneyGrant, party: v.party.ID, body: body, next: helpersPath + "?done=granted", back: helpersPath + "/" + i.ID,
	})
}

// postRevoke writes the command that ends a power which the visitor gave.
func (s *Server) postRevoke(v *visit) error { return s.endPower(v, v.party.ID) }

// postRenounce writes the command that lays down a power which the visitor was given.
func (s *Server) postRenounce(v *visit) error {
	id := ledger.PartyID(v.R.PostForm.Get("principal"))
	if !id.Valid() {
		return ledger.Refuse(ledger.CodeAttorneyUnknown)
	}
	return s.endPower(v, id)
}

func (s *Server) endPower(v *visit, principal ledger.PartyID) error {
	seq, err := strconv.ParseUint(v.R.PostForm.Get("seq"), 10, 64)
	if err != nil {
		return ledger.Refuse(ledger.CodeAttorneyUnknown)
	}
	return s.draft(v, drafting{
		op: ledger.OpAttorneyRevoke, party: principal, body: ledger.AttorneyRevokeBody{Grant: seq},
		next: helpersPath + "?done=revoked", back: helpersPath,
	})
}
