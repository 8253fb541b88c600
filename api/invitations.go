package api

import (
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// Limits of what is said of a person.
const (
	maxName  = 120 // characters
	maxEmail = 254 // bytes (RFC 5321 par. 4.5.3.1.3, without the brackets)
)

var (
	phonePattern = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`) // E.164
	emailPattern = regexp.MustCompile(`^[^\s@]+@[^\s@]+$`)    // whether it is one shows when a letter arrives
)

type invitationRequest struct {
	Purpose  store.Purpose   `json:"purpose"` // borrower unless said
	Name     string          `json:"name"`
	Phone    string          `json:"phone"`
	Email    string          `json:"email"`
	Language ledger.Language `json:"language"`
	Note     ledger.NoteID   `json:"note"`  // which it is about, if any
	Party    ledger.PartyID  `json:"party"` // who has lost the keys; of a recovery alone
}

type invitationAnswer struct {
	ID       string                `json:"id"`
	Purpose  store.Purpose         `json:"purpose"`
	State    store.InvitationState `json:"state"`
	Name     string                `json:"name"`
	Phone    string                `json:"phone,omitempty"`
	Email    string                `json:"email,omitempty"`
	Language ledger.Language       `json:"language"`
	Note     ledger.NoteID         `json:"note,omitempty"`
	Party    ledger.PartyID        `json:"party,omitempty"` // who has used it, or has lost the keys
	Key      *ledger.Key           `json:"key,omitempty"`   // of the passkey that was made with it
	Created  time.Time             `json:"created"`
	Expires  time.Time             `json:"expires"`
	Used     *time.Time            `json:"used,omitempty"`
	Revoked  *time.Time            `json:"revoked,omitempty"`
	// Code and Link are told once, to who made the invitation.
	Code   string `json:"code,omitempty"`
	Link   string `json:"link,omitempty"`
	DryRun bool   `json:"dry_run,omitempty"`
}

func (s *Server) invitationOf(i *store.Invitation) invitationAnswer {
	a := invitationAnswer{
		ID: i.ID, Purpose: i.Purpose, State: i.State(s.Clock()), Name: i.Name, Phone: i.Phone, Email: i.Email, Language: i.Language,
		Note: i.Note, Party: i.Party, Key: i.Key, Created: i.Created, Expires: i.Expires, Used: orNone(i.Used), Revoked: orNone(i.Revoked),
	}
	if a.Party == "" {
		a.Party = i.For
	}
	return a
}

// orNone gives a time for an answer, nil where there is none.
func orNone(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// check says what is wrong with a request, as far as it alone shows it.
func (q *invitationRequest) check() error {
	switch {
	case q.Purpose != store.ForBorrower && q.Purpose != store.ForRecovery:
		return malformed("purpose must be borrower or recovery; a person makes the other invitations itself")
	case q.Name == "" || !oneLine(q.Name) || utf8.RuneCountInString(q.Name) > maxName:
		return malformed(fmt.Sprintf("name must be one line of 1 to %d characters", maxName))
	case q.Phone != "" && !phonePattern.MatchString(q.Phone):
		return malformed("phone must be a number as +46701234567 (E.164)")
	case q.Email != "" && (!emailPattern.MatchString(q.Email) || !oneLine(q.Email) || len(q.Email) > maxEmail):
		return malformed("email must be an address")
	case !slices.Contains(spoken, q.Language):
		return malformed("language must be sv, da or en")
	case (q.Party != "") != (q.Purpose == store.ForRecovery):
		return malformed("party must be there for a recovery, and for nothing else")
	}
	return nil
}

// createInvitation makes a code with which a person makes a passkey, once.
func (s *Server) createInvitation(w http.ResponseWriter, r *http.Request) error {
	c := callOf(r.Context())
	req := invitationRequest{Purpose: store.ForBorrower}
	if err := readJSON(r, &req); err != nil {
		return err
	}
	if err := req.check(); err != nil {
		return err
	}
	if err := s.mayInvite(r, req); err != nil {
		return err
	}
	now := s.Clock().UTC().Truncate(time.Second)
	i := store.Invitation{
		By: c.party.ID, ByName: c.party.Name, Purpose: req.Purpose, For: req.Party, Name: req.Name, Phone: req.Phone, Email: req.Email,
		Language: req.Language, Note: req.Note, Created: now, Expires: now.Add(req.Purpose.Life()),
	}
	kept, err := s.invite(r, i)
	if err != nil {
		return err
	}
	a := s.invitationOf(kept)
	if a.DryRun = c.dryRun; !a.DryRun {
		// The answer is made anew for the same idempotency key: what is kept of the
		// code is a digest.
		c.secret = true
		text := s.Pages.Codes.OfInvitation(kept.ID).String()
		a.Code, a.Link = text, s.Pages.Origin+"/i/"+text
		w.Header().Set("Location", "/v1/invitations/"+kept.ID)
	}
	return answer(w, http.StatusCreated, a)
}

// mayInvite refuses an invitation about a note that is no business of the caller's,
// and one for lost keys by another than the desk of the organisation that serves
// the person: who it is has been looked at there.
func (s *Server) mayInvite(r *http.Request, req invitationRequest) error {
	if req.Note != "" {
		if _, err := s.dealing(r, req.Note); err != nil {
			return err
		}
	}
	if req.Purpose != store.ForRecovery {
		return nil
	}
	if callOf(r.Context()).party.Org != s.Org {
		return ledger.Refuse(ledger.CodeRoleForbidden, "op", "recovery.open")
	}
	v, err := s.party(r.Context(), req.Party)
	if err != nil {
		return err
	}
	if v.Party == nil || v.Party.Kind != ledger.Person || v.Party.Org != s.Org || v.Party.Standing != ledger.InForce {
		return absent()
	}
	return nil
}

// invite keeps an invitation. Made again with the same idempotency key, it is the
// one that was made before.
func (s *Server) invite(r *http.Request, i store.Invitation) (*store.Invitation, error) {
	drawn, err := uuid.NewRandomFromReader(s.Random)
	if err != nil {
		return nil, fmt.Errorf("drawing an invitation's id: %w", err)
	}
	i.ID = drawn.String()
	if name, ok := parseKey(r.Header.Values(keyHeader)); ok && !callOf(r.Context()).dryRun {
		named := uuid.NewHash(sha256.New(), uuid.UUID{}, []byte("skuld/invitation/1\x00"+string(i.By)+"\x00"+name), 8)
		before, err := s.Store.Invitation(r.Context(), i.By, named.String())
		if err != nil {
			return nil, err
		}
		if before == nil || i.Created.Before(before.Created.Add(KeyLife)) {
			i.ID = named.String()
		}
	}
	kept, made, err := s.Store.AddInvitation(r.Context(), i, s.Pages.Codes.OfInvitation(i.ID))
	if err != nil {
		return nil, err
	}
	if kept == nil {
		return nil, ledger.Refuse(ledger.CodePartyLimit, "limit", strconv.Itoa(store.MaxOpenInvitations), "what", "open invitations")
	}
	if made {
		s.logEvent(r.Context(), auth.EventInvitation, slog.String("invitation", i.ID), slog.String("purpose", string(i.Purpose)))
	}
	if made && i.Purpose == store.ForRecovery {
		err = s.Store.AddMessage(r.Context(), store.Message{
			Party: i.For, Kind: store.MessageRecovery, Channel: "page", About: i.ID, By: i.By, At: i.Created,
		})
	}
	return kept, err
}

// invitation gives the invitation that the address names, which must be the
// caller's.
func (s *Server) invitation(r *http.Request) (*store.Invitation, error) {
	i, err := s.Store.Invitation(r.Context(), callOf(r.Context()).party.ID, chi.URLParam(r, "invitation"))
	if err == nil && i == nil {
		return nil, absent()
	}
	return i, err
}

func (s *Server) getInvitation(w http.ResponseWriter, r *http.Request) error {
	i, err := s.invitation(r)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, s.invitationOf(i))
}

type invitationsAnswer struct {
	Invitations []invitationAnswer `json:"invitations"`
	Next        string             `json:"next,omitempty"` // cursor of the next page
}

// listInvitations lists the caller's own invitations, the latest first.
func (s *Server) listInvitations(w http.ResponseWriter, r *http.Request) error {
	q := readQuery(r, "cursor", "limit")
	before, limit := q.cursor(), q.number("limit", defaultPage, 1, maxPage)
	if q.err != nil {
		return q.err
	}
	page, more, err := s.Store.Invitations(r.Context(), callOf(r.Context()).party.ID, before, limit)
	if err != nil {
		return err
	}
	a := invitationsAnswer{Invitations: []invitationAnswer{}}
	for _, i := range page {
		a.Invitations = append(a.Invitations, s.invitationOf(&i))
	}
	if more {
		a.Next = nextCursor(page[len(page)-1].Place)
	}
	return answer(w, http.StatusOK, a)
}

// revokeInvitation takes an invitation back, so that its code opens nothing more.
func (s *Server) revokeInvitation(w http.ResponseWriter, r *http.Request) error {
	if err := readNothing(r); err != nil {
		return err
	}
	i, err := s.Store.RevokeInvitation(r.Context(), callOf(r.Context()).party.ID, chi.URLParam(r, "invitation"), s.Clock())
	if err != nil {
		return err
	}
	if i == nil {
		return absent()
	}
	a := s.invitationOf(i)
	if a.State != store.InvitationRevoked {
		return ledger.Refuse(ledger.CodeInvitationState, "state", string(a.State), "want", string(store.InvitationOpen))
	}
	a.DryRun = callOf(r.Context()).dryRun
	return answer(w, http.StatusOK, a)
}

// channels are the ways in which a person is told something.
var channels = []string{"letter", "phone", "sms", "email"}

type messageRequest struct {
	Channel string `json:"channel"`
}

type messageAnswer struct {
	Kind    string         `json:"kind"`
	Channel string         `json:"channel"`
	Party   ledger.PartyID `json:"party"`
	At      time.Time      `json:"at"`
	DryRun  bool           `json:"dry_run,omitempty"`
}

// recordMessage notes that a person was told by another channel that somebody says
// to have lost its keys, so that its pages show what it was told, and when.
func (s *Server) recordMessage(w http.ResponseWriter, r *http.Request) error {
	var req messageRequest
	if err := readJSON(r, &req); err != nil {
		return err
	}
	if !slices.Contains(channels, req.Channel) {
		return malformed("channel must be letter, phone, sms or email")
	}
	i, err := s.invitation(r)
	if err != nil {
		return err
	}
	if i.Purpose != store.ForRecovery {
		return absent() // of what the others are for, nobody else is told
	}
	m := store.Message{
		Party: i.For, Kind: store.MessageRecovery, Channel: req.Channel, About: i.ID, By: i.By, At: s.Clock().UTC().Truncate(time.Second),
	}
	if err := s.Store.AddMessage(r.Context(), m); err != nil {
		return err
	}
	return answer(w, http.StatusOK, messageAnswer{m.Kind, m.Channel, m.Party, m.At, callOf(r.Context()).dryRun})
}
