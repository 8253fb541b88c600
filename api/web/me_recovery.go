package web

import (
	"net/http"

	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
)

const recoveryPath = "/me/recovery"

// recoveryAlert stands on every page of a person for whom somebody has asked for new
// keys: whoever still signs in has lost none.
func (s *Server) recoveryAlert(v *visit) *page.Alert {
	if v.party.RecoveryAt(s.Clock()) == nil {
		return nil
	}
	return &page.Alert{Text: page.Say("recovery.alert"), Link: page.Link{Href: recoveryPath, Text: page.Say("recovery.look")}}
}

// getRecovery shows how it came to a change of keys, and stops it.
func (s *Server) getRecovery(v *visit) error {
	r := v.party.RecoveryAt(s.Clock())
	if r == nil {
		key := page.Key("recovery.noneopen")
		if v.r.URL.Query().Get("done") != "" {
			key = "recovery.objected"
		}
		return s.show(v, http.StatusOK, &page.Unsigned{
			Name: page.Say("keys.title"), Status: page.Status{Tone: page.ToneDone, Text: page.Say(key)},
			Way: page.Link{Href: keysPath, Text: page.Say("keys.title")}, Human: s.Help,
		})
	}
	names := s.names(v.r.Context())
	view := &page.Recovery{
		By: names.company(r.By), At: r.At, Identified: r.Identified, Witness: names.company(r.Witness),
		ConfirmedAt: r.ConfirmedAt, From: r.CompleteFrom(), Human: s.Help,
	}
	messages, err := s.Store.Messages(v.r.Context(), v.party.ID)
	if err != nil {
		return err
	}
	for _, m := range messages {
		if !m.At.Before(r.At) {
			view.Told = append(view.Told, page.Told{At: m.At, Channel: page.Say(page.Key("channel." + m.Channel))})
		}
	}
	if names.err != nil {
		return names.err
	}
	return s.show(v, http.StatusOK, view)
}

// postRecovery writes the objection for the visitor to sign.
func (s *Server) postRecovery(v *visit) error {
	r := v.party.RecoveryAt(s.Clock())
	if r == nil {
		return s.redirect(v, recoveryPath)
	}
	return s.draft(v, drafting{
		op: ledger.OpRecoveryObject, party: v.party.ID, body: ledger.RecoveryObjectBody{Recovery: r.Seq},
		next: recoveryPath + "?done=1", back: recoveryPath,
	})
}
