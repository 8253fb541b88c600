package web

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	completionPath = "/lost/completion"
	// forCompletion is the purpose of the challenges that complete a recovery.
	forCompletion = "completion"
)

// replacement is a passkey that is to take the place of a person's lost ones, shown
// by who has it. Until its own signature has put it in force it signs nobody in:
// there is no session, and what its pages say is about the passkey alone.
type replacement struct {
	Party      ledger.PartyID     `json:"party"`
	Credential passkey.Credential `json:"credential"`
	Keys       []string           `json:"keys"`    // ids of all that the recovery puts in force
	Payload    []byte             `json:"payload"` // the completion's canonical bytes
}

// markChars is how much of a key's id is its mark, and markGroup how much of that is
// read out at a time. They are 72 bits: nobody finds another key with the same.
const (
	markChars = 12
	markGroup = 4
)

// markOf is how a passkey is called by people who are to find out whether they speak
// of the same one.
func markOf(key ledger.Key) string {
	var groups []string
	for id := key.ID[:min(markChars, len(key.ID))]; id != ""; id = id[min(markGroup, len(id)):] {
		groups = append(groups, id[:min(markGroup, len(id))])
	}
	return strings.Join(groups, " ")
}

// replacing gives the key of a passkey that is none of the party's and was made to
// become one: the recovery that is under way names it, or the invitation with which
// it was made. It says false of every other.
func (s *Server) replacing(v *visit, party *ledger.Party, kept *store.Credential) (ledger.Key, bool, error) {
	if r := party.RecoveryAt(s.Clock()); r != nil {
		for _, k := range r.Keys {
			if k.ID == kept.KeyID && k.Passkey != nil {
				return k, true, nil
			}
		}
	}
	all, err := s.Store.Recoveries(v.R.Context(), party.ID)
	if err != nil {
		return ledger.Key{}, false, err
	}
	for _, i := range all {
		if i.Key != nil && i.Key.ID == kept.KeyID {
			return *i.Key, true, nil
		}
	}
	return ledger.Key{}, false, nil
}

// showReplacement says where the passkey stands. Once the wait is over it asks for the
// signature that puts the passkey in force.
func (s *Server) showReplacement(v *visit, status int, party *ledger.Party, c passkey.Credential, failed page.Text) error {
	view := &page.Replacement{State: page.WaitOpening, Mark: markOf(c.Key), Failed: failed, Help: s.Help}
	r := party.RecoveryAt(s.Clock())
	named := false
	var keys []string
	if r != nil {
		for _, k := range r.Keys {
			named = named || k.ID == c.Key.ID
			keys = append(keys, k.ID)
		}
	}
	if !named {
		return v.Show(status, view)
	}
	names := s.names(v.R.Context())
	view.By, view.At, view.Witness = names.company(r.By), r.At, names.company(r.Witness)
	view.From, view.Until = r.CompleteFrom(), r.At.Add(ledger.RecoveryLife)
	if names.err != nil {
		return names.err
	}
	switch {
	case r.ConfirmedAt.IsZero():
		view.State = page.WaitConfirm
	case s.Clock().Before(view.From):
		view.State = page.WaitTime
	default:
		view.State = page.WaitSign
		if err := s.askToComplete(v, view, party, replacement{Party: party.ID, Credential: c, Keys: keys}); err != nil {
			return err
		}
	}
	return v.Show(status, view)
}

// askToComplete writes the command that puts the passkey in force, for it to sign.
func (s *Server) askToComplete(v *visit, view *page.Replacement, party *ledger.Party, r replacement) error {
	id, err := s.newUUID()
	if err != nil {
		return err
	}
	shown, err := s.ask(v, asked{
		draft: ledger.Draft{
			Op: ledger.OpRecoveryComplete, Network: s.Service.Network(), By: party.ID, Subject: string(party.ID), Seq: party.Seq + 1,
			Command: ledger.CommandID(id), IssuedAt: s.Clock(), Life: commandLife, Body: ledger.RecoveryCompleteBody{Recovery: party.Recovery.Seq},
		},
		credential: r.Credential, purpose: forCompletion,
		remember: func(payload []byte) any { r.Payload = payload; return r },
	})
	if err != nil {
		return err
	}
	view.Signs, view.Exact = shown.signs, shown.exact
	view.Passkey = page.NewPasskey(page.Get, completionPath, shown.options, page.Say("sign.button"))
	view.Passkey.Hidden = shown.hidden
	return nil
}

// postCompletion hands the signed end of a recovery in and, once it is on the ledger,
// signs the person in with the new passkey and everybody else of theirs out. While
// its outcome is not known the page asks again with the same signature.
func (s *Server) postCompletion(v *visit) error {
	c, failed, err := v.ReadCeremony(s.Store, forCompletion)
	if err != nil {
		return err
	}
	var r replacement
	if failed.IsZero() && json.Unmarshal([]byte(c.Data), &r) != nil {
		failed = page.Say("signin.late")
	}
	if !failed.IsZero() {
		return s.showSignIn(v, http.StatusUnprocessableEntity, mine, failed)
	}
	signed, used, err := s.RelyingParty.Signed(r.Payload, []passkey.Credential{r.Credential}, c.Response)
	if refused, cause := site.RefusalOf(err, v.ID); err != nil && cause == nil {
		v.Code = refused.Code
		return s.showSignIn(v, http.StatusForbidden, mine, page.Say("signin.unknown"))
	}
	if err != nil {
		return err
	}
	command, err := ledger.DecodeCommand(r.Payload)
	if err != nil {
		return fmt.Errorf("reading the end of a recovery: %w", err)
	}
	v.Command = command.Command
	outcome, err := s.submit(v, signed)
	if err != nil {
		return err
	}
	switch outcome.State {
	case ledger.Committed:
		s.catchUp(v, outcome.Block)
		return s.replaced(v, r, used)
	case ledger.Rejected, ledger.Conflicted:
		return s.notReplaced(v, r, outcome)
	}
	if err := s.Store.AddChallenge(v.R.Context(), c.Challenge, forCompletion, c.Data, s.Clock()); err != nil {
		return err
	}
	return v.Show(http.StatusAccepted, &page.Replacement{
		State: page.WaitOutcome, Mark: markOf(r.Credential.Key), Action: completionPath, Help: s.Help,
		Hidden: []page.Hidden{
			{Name: "challenge", Value: base64.RawURLEncoding.EncodeToString(c.Challenge)},
			{Name: "credential", Value: string(c.Response)},
		},
	})
}

// replaced does here what the ledger has already done: the old passkeys and whoever is
// signed in with them open nothing more, which the store now says, too.
func (s *Server) replaced(v *visit, r replacement, used passkey.Credential) error {
	ctx, inForce := v.R.Context(), map[string]bool{}
	for _, id := range r.Keys {
		inForce[id] = true
	}
	// That the count has grown was seen when the signature was checked.
	if _, err := s.Store.CredentialUsed(ctx, used.ID, used.SignCount, used.BackedUp, s.Clock()); err != nil {
		return err
	}
	kept, err := s.Store.Credentials(ctx, r.Party)
	if err != nil {
		return err
	}
	for _, c := range kept {
		if inForce[c.KeyID] {
			continue
		}
		if _, err := s.Store.RemoveCredential(ctx, r.Party, c.ID, s.Clock()); err != nil {
			return err
		}
	}
	if err := s.Store.EndSessions(ctx, r.Party); err != nil {
		return err
	}
	if err := s.begin(v, r.Party, used.Key.ID); err != nil {
		return err
	}
	return v.Redirect(keysPath + "?done=recovered")
}

// notReplaced says why the ledger does not put the passkey in force, and where it
// stands now: somebody may have stopped the recovery in the meantime.
func (s *Server) notReplaced(v *visit, r replacement, o ledger.Outcome) error {
	err := refused(o)
	refusal, is := err.(*ledger.Error)
	if !is {
		return err
	}
	v.Code = refusal.Code
	party, err := s.partyOf(v, r.Party)
	if err != nil {
		return err
	}
	if party == nil {
		return refusal
	}
	text := page.Say("sign.refused", "why", refusal.Text(v.Language))
	if refusal.Class() == ledger.ClassConflict {
		text = page.Say("replacement.stale")
	}
	return s.showReplacement(v, site.StatusOf(refusal.Class()), party, r.Credential, text)
}
