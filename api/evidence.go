package api

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
	evidencepage "github.com/skuld-registry/skuld/ledger/evidence/document"
)

// htmlType is the media type of a page for people.
const htmlType = "text/html"

// getEvidence gives the file that proves a note, or one payment on it, without the
// registry; or its page for people, with the file inside. It is made anew each
// time, since it speaks as of the moment when the peers are asked.
func (s *Server) getEvidence(w http.ResponseWriter, r *http.Request) error {
	q := readQuery(r, "payment")
	payment := q.number("payment", 0, 1, maxSeq)
	if q.err != nil {
		return q.err
	}
	id := ledger.NoteID(chi.URLParam(r, "note"))
	v, err := s.note(r.Context(), id, false)
	if err != nil {
		return err
	}
	if v.note == nil {
		return absent()
	}
	raw, err := evidence.Gather(r.Context(), s.Service, evidence.Request{Note: id, Payment: uint64(payment)})
	if err != nil {
		return errLedger{err}
	}
	if negotiate(r, evidence.MediaType, htmlType) == htmlType {
		return s.writeEvidencePage(w, r, raw)
	}
	w.Header().Set("Content-Type", evidence.MediaType)
	w.Header().Set("Content-Disposition", `attachment; filename="`+string(id)+`.skuld.json"`)
	_, err = w.Write(raw)
	return err
}

// writeEvidencePage answers with the page of a file.
func (s *Server) writeEvidencePage(w http.ResponseWriter, r *http.Request, raw []byte) error {
	report := evidence.Verify(raw, evidence.Anchors{Networks: []string{s.Service.Network()}})
	page, err := evidencepage.HTML(raw, report, evidencepage.Options{Lang: languageOf(r.Header.Get("Accept-Language"))})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", htmlType+"; charset=utf-8")
	w.Header().Set("Content-Security-Policy", evidencepage.Policy)
	_, err = w.Write(page)
	return err
}
