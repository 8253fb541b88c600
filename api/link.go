package api

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/web/picture"
	"github.com/skuld-registry/skuld/ledger"
)

const svgType = "image/svg+xml"

type linkAnswer struct {
	Note ledger.NoteID `json:"note"`
	Code string        `json:"code"`
	Link string        `json:"link"`
}

// getLink gives the address of a note's page for everybody, for a letter: as text,
// or as a QR code.
func (s *Server) getLink(w http.ResponseWriter, r *http.Request) error {
	id := ledger.NoteID(chi.URLParam(r, "note"))
	if _, err := s.dealing(r, id); err != nil {
		return err
	}
	text := s.Pages.Codes.Of(id).String()
	a := linkAnswer{Note: id, Code: text, Link: s.Pages.Origin + "/n/" + text}
	w.Header().Set("Vary", "Accept")
	if negotiate(r, jsonType, svgType) == jsonType {
		return answer(w, http.StatusOK, a)
	}
	qr, err := picture.QROf(a.Link)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", svgType)
	_, err = fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]d %[1]d" shape-rendering="crispEdges">`+
		`<title>%[2]s</title><path fill="#fff" d="M0 0h%[1]dv%[1]dH0z"/><path d="%[3]s"/></svg>`+"\n", qr.Size, html.EscapeString(a.Link), qr.Path)
	if err != nil {
		return fmt.Errorf("sending a QR code: %w", err)
	}
	return nil
}

// dealers are those companies to which a note is their business.
var dealers = []ledger.Role{ledger.RoleLender, ledger.RoleHolder, ledger.RolePledgee, ledger.RoleServicer}

// dealing gives a note that is the caller's business, as the ledger has it. Another
// one is not there.
func (s *Server) dealing(r *http.Request, id ledger.NoteID) (*ledger.NoteView, error) {
	v, err := s.fromLedger(r.Context(), id)
	if err != nil {
		return nil, err
	}
	roles := ledger.NoteRoles(v.Note, v.Holder, callOf(r.Context()).party.ID)
	if !slices.ContainsFunc(roles, func(role ledger.Role) bool { return slices.Contains(dealers, role) }) {
		return nil, absent()
	}
	return v, nil
}

// fromLedger reads a note that this gateway's organisation may see from the ledger
// itself: a guest is told nothing that was true a block ago.
func (s *Server) fromLedger(ctx context.Context, id ledger.NoteID) (*ledger.NoteView, error) {
	if !id.Valid() {
		return nil, absent()
	}
	views, err := s.Service.Notes(ctx, id)
	if err != nil {
		return nil, errLedger{err}
	}
	if views[0].Note == nil {
		return nil, absent()
	}
	return &views[0], nil
}

// Pages says where the pages for persons are that a gateway serves.
type Pages struct {
	Origin string // scheme, host and port, without a slash at its end
	Codes  *code.Key
}

func (p *Pages) check() error {
	if p != nil && (p.Origin == "" || p.Codes == nil) {
		return errors.New("pages need their address and their codes")
	}
	return nil
}
