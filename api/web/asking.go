package web

import (
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
)

// asked is a command that a passkey is asked to sign which signs nobody in yet: it is
// to become a person's key, and its signature is what shows whose it is.
type asked struct {
	draft      ledger.Draft
	credential passkey.Credential
	purpose    string                   // of the challenge
	remember   func(payload []byte) any // until it is signed, with the command's canonical bytes
}

// askedPage is what the page shows of it.
type askedPage struct {
	signs, exact string
	options      json.RawMessage // for the browser
	hidden       []page.Hidden
}

// ask writes the command and remembers it under its digest, which is the challenge that
// the passkey signs.
func (s *Server) ask(v *visit, a asked) (askedPage, error) {
	command, err := a.draft.Build()
	if err != nil {
		return askedPage{}, fmt.Errorf("writing %s: %w", a.draft.Op, err)
	}
	payload, err := command.Canonical()
	if err != nil {
		return askedPage{}, fmt.Errorf("writing %s: %w", a.draft.Op, err)
	}
	data, err := json.Marshal(a.remember(payload))
	if err != nil {
		return askedPage{}, fmt.Errorf("remembering %s: %w", a.draft.Op, err)
	}
	challenge := ledger.PayloadDigest(payload)
	if err := s.Store.AddChallenge(v.R.Context(), challenge[:], a.purpose, string(data), s.Clock()); err != nil {
		return askedPage{}, err
	}
	shown := askedPage{exact: string(payload), hidden: []page.Hidden{{Name: "challenge", Value: base64.RawURLEncoding.EncodeToString(challenge[:])}}}
	if shown.options, err = s.RelyingParty.Sign(payload, []passkey.Credential{a.credential}); err != nil {
		return askedPage{}, fmt.Errorf("asking for a signature: %w", err)
	}
	if shown.signs, err = ledger.Describe(command, v.Language); err != nil {
		return askedPage{}, fmt.Errorf("describing %s: %w", a.draft.Op, err)
	}
	return shown, nil
}
