package web

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
)

// registration is what is remembered while a person signs that a passkey is theirs.
type registration struct {
	Invitation string             `json:"invitation"` // id
	Credential passkey.Credential `json:"credential"`
	Payload    []byte             `json:"payload"` // the command's canonical bytes
}

func (r *registration) command() (*ledger.Command, error) { return ledger.DecodeCommand(r.Payload) }

// showRegistration shows what a new person is to sign: that they become a party whose
// key is the passkey that was just made.
func (s *Server) showRegistration(v *visit, i *invited, r registration, id ledger.CommandID) error {
	shown, err := s.ask(v, asked{
		draft: ledger.Draft{
			Op: ledger.OpPartyRegister, Network: s.Service.Network(), Command: id, IssuedAt: s.Clock(),
			Body: ledger.RegisterBody{Kind: ledger.Person, Keys: []ledger.Key{r.Credential.Key}},
		},
		credential: r.Credential, purpose: forRegister,
		remember: func(payload []byte) any { r.Payload = payload; return r },
	})
	if err != nil {
		return err
	}
	view := i.view(s, page.StepSign)
	view.Signs, view.Exact = shown.signs, shown.exact
	view.Passkey = page.NewPasskey(page.Get, i.path()+"/registration", shown.options, page.Say("invited.sign.button"))
	view.Passkey.Hidden = shown.hidden
	return v.Show(http.StatusOK, view)
}

// postRegistration hands a signed registration in and, once it is on the ledger, uses
// the invitation up and signs the person in. While its outcome is not known the page
// asks again with the same signature; the ledger applies it once.
func (s *Server) postRegistration(v *visit) error {
	i, err := s.invitation(v)
	if err != nil {
		return err
	}
	c, failed, err := v.ReadCeremony(s.Store, forRegister)
	if err != nil {
		return err
	}
	var r registration
	if failed.IsZero() && (json.Unmarshal([]byte(c.Data), &r) != nil || r.Invitation != i.ID) {
		failed = page.Say("signin.late")
	}
	if !failed.IsZero() {
		return s.showCreation(v, http.StatusUnprocessableEntity, i, failed)
	}
	command, err := r.command()
	if err != nil {
		return fmt.Errorf("reading a registration: %w", err)
	}
	signed, credential, err := s.RelyingParty.Signed(r.Payload, []passkey.Credential{r.Credential}, c.Response)
	if refused, cause := site.RefusalOf(err, v.ID); err != nil && cause == nil {
		v.Code = refused.Code
		return s.showCreation(v, http.StatusUnprocessableEntity, i, page.Say("invited.failed"))
	}
	if err != nil {
		return err
	}
	v.Command = command.Command
	outcome, err := s.submit(v, signed)
	if err != nil {
		return err
	}
	switch outcome.State {
	case ledger.Committed:
		s.catchUp(v, outcome.Block)
	case ledger.Rejected:
		return outcome.Err
	default:
		return s.askAgain(v, i, c)
	}
	used, err := s.Store.UseInvitation(v.R.Context(), useOf(i, command.By, credential, s), s.Clock())
	if err != nil {
		return err
	}
	if used == nil {
		return gone()
	}
	if err := s.begin(v, command.By, credential.Key.ID); err != nil {
		return err
	}
	return v.Redirect(afterInvitation(used))
}

// askAgain shows that the outcome is not known, with a form that sends the same
// signature once more.
func (s *Server) askAgain(v *visit, i *invited, c site.Ceremony) error {
	if err := s.Store.AddChallenge(v.R.Context(), c.Challenge, forRegister, c.Data, s.Clock()); err != nil {
		return err
	}
	view := i.view(s, page.StepAgain)
	view.Action = i.path() + "/registration"
	view.Hidden = []page.Hidden{
		{Name: "challenge", Value: base64.RawURLEncoding.EncodeToString(c.Challenge)},
		{Name: "credential", Value: string(c.Response)},
	}
	return v.Show(http.StatusAccepted, view)
}

// submit hands a command in and waits until its outcome is known, or is not in time.
func (s *Server) submit(v *visit, signed ledger.Signed) (ledger.Outcome, error) {
	ctx, cancel := withTime(v.R.Context())
	defer cancel()
	outcomes, err := s.Service.Submit(ctx, signed)
	if err != nil {
		return ledger.Outcome{}, site.LedgerError{Err: err}
	}
	return outcomes[0], nil
}
