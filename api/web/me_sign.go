package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/part"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// signPath is the address of the pages on which a draft is signed.
const signPath = "/me/sign/"

// signing is a draft on its way to the ledger.
type signing struct {
	draft   *store.Draft
	kept    kept
	command *ledger.Command
}

func (d *signing) path() string { return signPath + d.draft.ID }

// name says what the act is called.
func (d *signing) name() page.Text {
	var claim ledger.PayClaimBody
	if d.command.Op == ledger.OpPayClaim && json.Unmarshal(d.command.Body, &claim) == nil && claim.SetOff {
		return page.Say("act.pay.claim.setoff")
	}
	return page.Say(page.Key("act." + d.command.Op))
}

// signingOf gives the draft that the address names: one of this session, or one that
// its person has signed in another, whose outcome they come back for; nil where there
// is none.
func (s *Server) signingOf(v *visit) (*signing, error) {
	id := chi.URLParam(v.R, "draft")
	draft, err := s.Store.DraftOf(v.R.Context(), v.Token, id, s.Clock())
	if err == nil && draft == nil {
		draft, err = s.Store.SignedDraftOf(v.R.Context(), v.party.ID, id, s.Clock())
	}
	if err != nil || draft == nil {
		return nil, err
	}
	d := &signing{draft: draft}
	if err := json.Unmarshal(draft.Title, &d.kept); err != nil {
		return nil, fmt.Errorf("reading what a draft carries along: %w", err)
	}
	if d.command, err = ledger.DecodeCommand(draft.Payload); err != nil {
		return nil, fmt.Errorf("reading a draft: %w", err)
	}
	v.Command = d.command.Command
	return d, nil
}

// getSign shows exactly what a signature would cover. Once it is signed, the page
// asks what became of it, however often it is reloaded: a command is applied once.
func (s *Server) getSign(v *visit) error {
	d, err := s.signingOf(v)
	if err != nil {
		return err
	}
	if d == nil {
		return s.showUnsigned(v, http.StatusNotFound, nil, page.Say("sign.expired"))
	}
	if d.draft.Signed.Size() > 0 {
		return s.handIn(v, d)
	}
	// What has happened since then may have made it stale.
	outcomes, err := s.Service.Rehearse(v.R.Context(), ledger.Rehearsal{Draft: d.command})
	if err != nil {
		return site.LedgerError{Err: err}
	}
	if o := outcomes[0]; o.State != ledger.Committed {
		return s.showRefused(v, d, o)
	}
	return s.showSign(v, d)
}

func (s *Server) showSign(v *visit, d *signing) error {
	with, err := s.passkeysOf(v, v.party)
	if err != nil {
		return err
	}
	if len(with) == 0 {
		return s.showUnsigned(v, http.StatusUnprocessableEntity, d, page.Say("sign.none"))
	}
	options, err := s.RelyingParty.Sign(d.draft.Payload, with)
	if err != nil {
		return err
	}
	act, lines, err := ledger.DescribeLines(d.command, v.Language)
	if err != nil {
		return err
	}
	view := &page.Sign{
		Name: d.name(), Then: page.Say(page.Key("act." + string(d.command.Op) + ".then")), Act: act, Lines: lines,
		Passkey: page.NewPasskey(page.Get, d.path(), options, page.Say("sign.button")), Cancel: d.path() + "/cancel",
		Payload: string(d.draft.Payload), Digest: ledger.PayloadDigest(d.draft.Payload).String(), Until: d.draft.Expires, Human: s.Help,
	}
	names := s.names(v.R.Context())
	if err := s.explainSigning(v, d, view, names); err != nil {
		return err
	}
	if d.command.For != "" {
		view.Principal = names.person(d.command.For)
	}
	if names.err != nil {
		return names.err
	}
	return v.Show(http.StatusOK, view)
}

// explainSigning adds what the words of a command name by an id or a digest alone:
// who a representative is, and the text of the note that is accepted.
func (s *Server) explainSigning(v *visit, d *signing, view *page.Sign, names *names) error {
	if d.command.Op == ledger.OpAttorneyGrant {
		var body ledger.AttorneyGrantBody
		if err := json.Unmarshal(d.command.Body, &body); err != nil {
			return fmt.Errorf("reading a power of attorney: %w", err)
		}
		view.Who = append(view.Who, page.Say("sign.who", "id", string(body.Representative), "name", names.person(body.Representative)))
	}
	if d.command.Note == "" {
		return nil
	}
	n, err := s.Store.Note(v.R.Context(), d.command.Note)
	if err != nil || n == nil {
		return err
	}
	view.Human = names.human(&reading{note: n.State, holder: n.Holder})
	switch d.command.Op {
	case ledger.OpAccept:
		view.Note = ledger.NoteLines(n.State, v.Language)
	case ledger.OpAmendPropose, ledger.OpAmendAccept:
		return s.forecastSigning(d, view, n)
	}
	return nil
}

// forecastSigning adds what a plan or a pause comes to: its terms alone say neither
// what is to be paid nor until when.
func (s *Server) forecastSigning(d *signing, view *page.Sign, n *store.Note) error {
	var body struct {
		Amendment ledger.Amendment `json:"amendment"`
	}
	if err := json.Unmarshal(d.command.Body, &body); err != nil {
		return fmt.Errorf("reading an amendment: %w", err)
	}
	f, err := ledger.Preview(n.State, n.Holder, body.Amendment, s.today())
	switch {
	case ledger.CodeOf(err) != "" || err == nil && len(f.Instalments) == 0:
		return nil
	case err != nil:
		return fmt.Errorf("working out what an amendment comes to: %w", err)
	}
	money := func(a finance.Amount) finance.Money {
		return finance.Money{Amount: a, Currency: n.State.Terms.Principal.Currency}
	}
	view.Who = append(view.Who, page.Say("sign.forecast", "monthly", money(part.Usual(&f)), "total", money(f.Total), "date", f.FreeOfDebt))
	return nil
}

// postSign takes the passkey's answer, keeps the signed command and hands it in. It
// is kept first: what was signed is not lost when the wait for its outcome ends.
func (s *Server) postSign(v *visit) error {
	d, err := s.signingOf(v)
	if err != nil {
		return err
	}
	if d == nil {
		return s.showUnsigned(v, http.StatusNotFound, nil, page.Say("sign.expired"))
	}
	if d.draft.Signed.Size() > 0 {
		return s.handIn(v, d)
	}
	with, err := s.passkeysOf(v, v.party)
	if err != nil {
		return err
	}
	signed, used, err := s.RelyingParty.Signed(d.draft.Payload, with, []byte(v.R.PostForm.Get("credential")))
	if ledger.CodeOf(err) != "" {
		v.Code = ledger.CodeOf(err)
		return s.showUnsigned(v, http.StatusUnprocessableEntity, d, page.Say("sign.passkey"))
	}
	if err != nil {
		return err
	}
	good, err := s.Store.CredentialUsed(v.R.Context(), used.ID, used.SignCount, used.BackedUp, s.Clock())
	if err != nil {
		return err
	}
	if !good {
		return s.showUnsigned(v, http.StatusUnprocessableEntity, d, page.Say("sign.passkey"))
	}
	first, err := s.Store.SignDraft(v.R.Context(), v.Token, d.draft.ID, signed)
	if err != nil {
		return err
	}
	if !first { // sent twice: the page that asks for the outcome knows which counts
		return v.Redirect(d.path())
	}
	d.draft.Signed = signed
	return s.handIn(v, d)
}

// handIn hands a signed command in and says what became of it.
func (s *Server) handIn(v *visit, d *signing) error {
	o, err := s.submit(v, d.draft.Signed)
	if err != nil {
		return err
	}
	switch o.State {
	case ledger.Committed:
		if err := s.applied(v, d); err != nil {
			return err
		}
		s.catchUp(v, o.Block)
		return v.Redirect(d.draft.Next)
	case ledger.Rejected, ledger.Conflicted:
		if err := s.Store.RemoveDraft(v.R.Context(), v.Token, d.draft.ID); err != nil {
			return err
		}
		return s.showRefused(v, d, o)
	}
	v.W.Header().Set("Refresh", "5") // works without a script
	return v.Show(http.StatusAccepted, &page.Open{Reload: d.path(), Human: s.Help})
}

// applied does what a command that is on the ledger asks for here. It may be done
// again: the page may be reloaded when it broke off in the middle.
func (s *Server) applied(v *visit, d *signing) error {
	ctx := v.R.Context()
	if add := d.kept.Add; add != nil {
		known, err := s.Store.Credential(ctx, add.ID)
		if err != nil {
			return err
		}
		if known == nil {
			err = s.Store.AddCredential(ctx, store.Credential{
				ID: add.ID, Party: v.party.ID, KeyID: add.KeyID, Label: add.Label, SignCount: add.Count,
				Eligible: add.Eligible, BackedUp: add.BackedUp, Created: add.Made,
			})
		}
		if err != nil {
			return err
		}
	}
	for _, id := range d.kept.Remove {
		if _, err := s.Store.RemoveCredential(ctx, v.party.ID, id, s.Clock()); err != nil {
			return err
		}
	}
	return s.Store.RemoveDraft(ctx, v.Token, d.draft.ID)
}

// catchUp waits a while until the read model holds a block, so that a person finds
// there what they have just done.
func (s *Server) catchUp(v *visit, block uint64) {
	if block == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(v.R.Context(), ownWrites)
	defer cancel()
	if err := s.Store.Wait(ctx, block); err != nil {
		s.Log.Debug("the read model is behind a page", "block", block)
	}
}

// postCancel forgets a draft that its person thought better of.
func (s *Server) postCancel(v *visit) error {
	d, err := s.signingOf(v)
	if err != nil {
		return err
	}
	if d == nil {
		return v.Redirect("/me")
	}
	if d.draft.Signed.Size() > 0 {
		return v.Redirect(d.path())
	}
	if err := s.Store.RemoveDraft(v.R.Context(), v.Token, d.draft.ID); err != nil {
		return err
	}
	return v.Redirect(site.Local(d.kept.Back, "/me"))
}

// showRefused says why the ledger does not take a command. Where the state has moved
// on, nothing is wrong with what the person wants: it is done anew.
func (s *Server) showRefused(v *visit, d *signing, o ledger.Outcome) error {
	err := refused(o)
	v.Code = ledger.CodeOf(err)
	refusal, is := err.(*ledger.Error)
	if !is {
		return err
	}
	text := page.Say("sign.refused", "why", refusal.Text(v.Language))
	if refusal.Class() == ledger.ClassConflict {
		text = page.Say("sign.stale")
		if d.command.Note == "" { // it is about keys, or who helps
			text = page.Say("sign.changed")
		}
	}
	return s.showUnsigned(v, site.StatusOf(refusal.Class()), d, text)
}

// showUnsigned says why something cannot be signed, and the way on.
func (s *Server) showUnsigned(v *visit, status int, d *signing, why page.Text) error {
	view := &page.Unsigned{
		Name: page.Say("sign.gone"), Status: page.Status{Tone: page.ToneAttention, Text: why},
		Way: page.Link{Href: "/me", Text: page.Say("frame.notes")}, Human: s.Help,
	}
	if d != nil {
		view.Name, view.Way = d.name(), page.Link{Href: site.Local(d.kept.Back, "/me"), Text: page.Say("sign.again")}
	}
	return v.Show(status, view)
}
