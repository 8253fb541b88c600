package web

import (
	"net/http"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
)

const recoveryPath = "/me/recovery"

// recoveryAlert stands on every page of a person for whom somebody has asked for new
// keys: whoever still signs in has lost none.
func (s *Server) recoveryAlert(v *visit) *page.Alert {
	switch {
	case v.party.RecoveryAt(s.Clock()) != nil:
		return &page.Alert{Text: page.Say("recovery.alert"), Link: page.Link{Href: recoveryPath, Text: page.Say("recovery.look")}}
	case v.asked != nil:
		return &page.Alert{Text: page.Say("recovery.asked"), Link: page.Link{Href: recoveryPath, Text: page.Say("recovery.look")}}
	}
	return nil
}

// askedFor gives the latest invitation to make a key in the place of the party's, as
// long as a recovery with it may be about to be opened; nil where there is none. The
// person learns of it before anything stands on the ledger.
func (s *Server) askedFor(v *visit, party *ledger.Party, now time.Time) (*store.Invitation, error) {
	all, err := s.Store.Recoveries(v.R.Context(), party.ID)
	if err != nil || len(all) == 0 || !now.Before(all[0].Expires) {
		return nil, err
	}
	if key := all[0].Key; key != nil {
		if _, inForce := party.Key(key.ID); inForce {
			return nil, nil
		}
	}
	return &all[0], nil
}

// told gives how a person was told of a recovery: of the invitation that its key was
// made with, and of anything since it was opened.
func (s *Server) told(v *visit, r *ledger.Recovery) ([]page.Told, error) {
	invitations, err := s.Store.Recoveries(v.R.Context(), v.party.ID)
	if err != nil {
		return nil, err
	}
	about := map[string]bool{}
	for _, i := range invitations {
		for _, k := range r.Keys {
			if i.Key != nil && i.Key.ID == k.ID {
				about[i.ID] = true
			}
		}
	}
	messages, err := s.Store.Messages(v.R.Context(), v.party.ID)
	if err != nil {
		return nil, err
	}
	var all []page.Told
	for _, m := range messages {
		if m.Kind == store.MessageRecovery && (about[m.About] || !m.At.Before(r.At)) {
			all = append(all, page.Told{At: m.At, Channel: page.Say(page.Key("channel." + m.Channel))})
		}
	}
	return all, nil
}

// getRecovery shows how it came to a change of keys, and stops it.
func (s *Server) getRecovery(v *visit) error {
	r := v.party.RecoveryAt(s.Clock())
	if r == nil {
		status := page.Status{Tone: page.ToneDone, Text: page.Say("recovery.noneopen")}
		switch {
		case v.R.URL.Query().Get("done") != "":
			status.Text = page.Say("recovery.objected")
		case v.asked != nil:
			status = page.Status{
				Tone: page.ToneAttention, Text: page.Say("recovery.coded", "name", v.asked.ByName, "time", v.asked.Created), More: page.Say("recovery.coded.more"),
			}
		}
		return v.Show(http.StatusOK, &page.Unsigned{
			Name: page.Say("keys.title"), Status: status,
			Way: page.Link{Href: keysPath, Text: page.Say("keys.title")}, Human: s.Help,
		})
	}
	names := s.names(v.R.Context())
	view := &page.Recovery{
		By: names.company(r.By), At: r.At, Identified: r.Identified, Witness: names.company(r.Witness),
		ConfirmedAt: r.ConfirmedAt, From: r.CompleteFrom(), Human: s.Help,
	}
	var err error
	if view.Told, err = s.told(v, r); err != nil {
		return err
	}
	if names.err != nil {
		return names.err
	}
	return v.Show(http.StatusOK, view)
}

// postRecovery writes the objection for the visitor to sign.
func (s *Server) postRecovery(v *visit) error {
	r := v.party.RecoveryAt(s.Clock())
	if r == nil {
		return v.Redirect(recoveryPath)
	}
	return s.draft(v, drafting{
		op: ledger.OpRecoveryObject, party: v.party.ID, body: ledger.RecoveryObjectBody{Recovery: r.Seq},
		next: recoveryPath + "?done=1", back: recoveryPath,
	})
}
