package web

import (
	"bytes"
	"net/http"
	"strconv"
	"time"

	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/picture"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
	"github.com/skuld-registry/skuld/ledger/evidence/document"
)

// getEvidence sends the proof of the note, or of one payment, as a file to keep: for
// programs, or for people with the same file inside of it.
func (s *Server) getEvidence(v *visit) error {
	r, err := s.noteOf(v)
	if err != nil {
		return err
	}
	q := v.R.URL.Query()
	request, name := evidence.Request{Note: r.note.ID}, string(r.note.ID)
	if payment := q.Get("payment"); payment != "" {
		if request.Payment, err = strconv.ParseUint(payment, 10, 64); err != nil || request.Payment == 0 {
			return ledger.Refuse(ledger.CodePaymentUnknown)
		}
		name += "-" + payment
	}
	file, err := evidence.Gather(v.R.Context(), s.Service, request)
	if err != nil {
		if ledger.CodeOf(err) != "" {
			return err
		}
		return site.LedgerError{Err: err}
	}
	if q.Get("form") != "page" {
		return s.send(v, download{file, evidence.MediaType, name + ".skuld.json"})
	}
	o := document.Options{Lang: v.Language, Link: s.publicPage(r.note.ID)}
	if o.Link != "" {
		drawn, err := picture.QROf(o.Link)
		if err != nil {
			return err
		}
		o.Code = &document.Code{Size: drawn.Size, Path: drawn.Path}
	}
	report := evidence.Verify(file, evidence.Anchors{Networks: []string{s.Service.Network()}})
	readable, err := document.HTML(file, report, o)
	if err != nil {
		return err
	}
	v.W.Header().Set("Content-Security-Policy", document.Policy)
	return s.send(v, download{readable, "text/html; charset=utf-8", name + ".html"})
}

// publicPage is the address of a note's public page, which its QR code holds; "" where
// notes have no codes.
func (s *Server) publicPage(id ledger.NoteID) string {
	if c := s.Store.CodeOf(id); c != "" {
		return s.RelyingParty.Origin + "/n/" + c.String()
	}
	return ""
}

// download is a file that is kept and not shown.
type download struct {
	body      []byte
	mediaType string
	name      string
}

func (s *Server) send(v *visit, d download) error {
	h := v.W.Header()
	h.Set("Content-Type", d.mediaType)
	h.Set("Content-Disposition", `attachment; filename="`+d.name+`"`)
	http.ServeContent(v.W, v.R, "", time.Time{}, bytes.NewReader(d.body))
	return nil
}

// getPrint shows everything about a note on one page for paper, with a code that
// leads back to where it stands that day.
func (s *Server) getPrint(v *visit) error {
	r, err := s.noteOf(v)
	if err != nil {
		return err
	}
	view, err := s.noteView(v, r)
	if err != nil {
		return err
	}
	sheet := &page.NotePrint{Note: view, On: r.today, Link: s.publicPage(r.note.ID), ID: string(r.note.ID)}
	if sheet.Link != "" {
		drawn, err := picture.QROf(sheet.Link)
		if err != nil {
			return err
		}
		sheet.QR = page.QR(drawn)
	}
	if view.Plan != nil {
		view.Plan.Open = true
	}
	return v.Show(http.StatusOK, sheet)
}
