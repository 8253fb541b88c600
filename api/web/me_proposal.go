package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/part"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// getProposal shows a proposal beside what holds today.
func (s *Server) getProposal(v *visit) error {
	r, err := s.freshNote(v)
	if err != nil {
		return err
	}
	t, err := s.tell(v, r)
	if err != nil {
		return err
	}
	p := r.note.Proposal
	if p == nil {
		return v.Redirect(pathOf(r.note.ID))
	}
	view := &page.ProposalPage{
		Head: t.head(), From: t.said(p.By), On: p.On, Words: p.Text, Seq: p.Seq, Human: t.human(r),
		CanTake: p.By == r.principal && r.may(ledger.ScopeAgree),
		CanSay:  p.By != r.principal && !slices.Contains(p.Agreed, r.principal) && r.may(ledger.ScopeAgree),
	}
	// A power of attorney is for a plan or a pause.
	if k := p.Amendment.Kind; t.helps() && k != ledger.AmendPlan && k != ledger.AmendPause {
		view.CanSay = false
	}
	if err := s.compare(v, t, view); err != nil {
		return err
	}
	if t.err != nil {
		return t.err
	}
	return v.Show(http.StatusOK, view)
}

// compare works out what a proposal comes to today, beside what holds. One that can
// no longer be agreed, since its first day has passed, can still be refused.
func (s *Server) compare(v *visit, t *teller, view *page.ProposalPage) error {
	now, err := ledger.Foresee(t.note, t.holder, t.today)
	if err != nil {
		return err
	}
	amendment := t.note.Proposal.Amendment
	preview, err := ledger.Preview(t.note, t.holder, amendment, t.today)
	if ledger.CodeOf(err) != "" {
		view.CanSay, view.Late = false, view.CanSay
		return nil
	}
	if err != nil {
		return err
	}
	frame := part.FrameOf(now.Instalments, preview.Instalments)
	view.Now = part.Way{Name: page.Say("aid.now"), Forecast: now}.Show(frame)
	view.Way = part.Way{Value: string(amendment.Kind), Name: proposed(amendment), Amendment: amendment, Forecast: preview}.Show(frame)
	return nil
}

// proposed names a proposal, with what it costs where that is another than today.
func proposed(m ledger.Amendment) page.Text {
	switch {
	case m.Free:
		return page.Say("proposal.free")
	case m.Rate != finance.Rate{}:
		return page.Say("proposal.rate", "rate", m.Rate)
	}
	return page.Say("proposal.new")
}

// postProposal writes the answer to a proposal for the reader to sign.
func (s *Server) postProposal(v *visit) error {
	t, err := s.door(v, ledger.ScopeAgree)
	if err != nil {
		return err
	}
	path := pathOf(t.note.ID)
	seq, err := strconv.ParseUint(v.R.PostForm.Get("seq"), 10, 64)
	if p := t.note.Proposal; err != nil || p == nil || p.Seq != seq {
		return ledger.Refuse(ledger.CodeProposalUnknown)
	}
	d := drafting{reading: t.reading, back: path + "/proposal"}
	switch v.R.PostForm.Get("answer") {
	case "accept":
		d.op, d.body = ledger.OpAmendAccept, ledger.AmendAcceptBody{Proposal: seq, Amendment: t.note.Proposal.Amendment}
	case "reject":
		d.op, d.body = ledger.OpAmendReject, ledger.AmendEndBody{Proposal: seq}
	case "withdraw":
		d.op, d.body = ledger.OpAmendWithdraw, ledger.AmendEndBody{Proposal: seq}
	default:
		return v.Redirect(d.back)
	}
	return s.draft(v, d)
}
