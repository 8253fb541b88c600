package api

import (
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// getExplanation says how what is owed on a day came about, part by part.
func (s *Server) getExplanation(w http.ResponseWriter, r *http.Request) error {
	q := readQuery(r, "as_of")
	asOf := q.date("as_of", s.today())
	if q.err != nil {
		return q.err
	}
	v, err := s.wholeNote(r)
	if err != nil {
		return err
	}
	e, err := ledger.Explain(v.note, v.holder, asOf)
	if err != nil {
		return ledger.Refuse(ledger.CodeQueryInvalid, "field", "as_of", "want", "a day on which the note can be counted")
	}
	setETag(w, v.seq())
	return answer(w, http.StatusOK, e)
}

// amendmentKinds says in a refusal what an amendment can be.
const amendmentKinds = "plan, pause, rate or term"

// getForecast says what is left to pay and until when: by the schedule as it
// stands, or with the amendment that the query describes.
func (s *Server) getForecast(w http.ResponseWriter, r *http.Request) error {
	q := readQuery(r, "kind", "instalments", "first_due", "due_day", "rate", "free")
	m := ledger.Amendment{
		Kind: ledger.AmendmentKind(q.text("kind", amendmentKinds, func(kind string) bool {
			return slices.Contains(ledger.AmendmentKinds(), ledger.AmendmentKind(kind))
		})),
		Rate: q.rate("rate"), Free: q.text("free", "true", func(v string) bool { return v == "true" }) != "",
		Instalments: q.number("instalments", 0, 1, finance.MaxInstalments), FirstDue: q.date("first_due", finance.Date{}), DueDay: q.number("due_day", 0, 1, 31),
	}
	if q.err != nil {
		return q.err
	}
	if m.Kind == "" && m != (ledger.Amendment{}) {
		return ledger.Refuse(ledger.CodeQueryInvalid, "field", "kind", "want", amendmentKinds+", for an amendment")
	}
	v, err := s.wholeNote(r)
	if err != nil {
		return err
	}
	var f ledger.Forecast
	if m.Kind == "" {
		f, err = ledger.Foresee(v.note, v.holder, s.today())
	} else {
		f, err = ledger.Preview(v.note, v.holder, m, s.today())
	}
	if err != nil {
		return err
	}
	setETag(w, v.seq())
	return answer(w, http.StatusOK, f)
}

// wholeNote reads the note of the address, of which the caller must see more than
// the record.
func (s *Server) wholeNote(r *http.Request) (noteView, error) {
	v, err := s.note(r.Context(), ledger.NoteID(chi.URLParam(r, "note")), wantsFresh(r))
	if err == nil && v.note == nil {
		err = absent()
	}
	return v, err
}

// rate gives a yearly rate, or none.
func (q *query) rate(name string) finance.Rate {
	v := q.values.Get(name)
	if v == "" {
		return finance.Rate{}
	}
	r, err := finance.ParseRate(v)
	if err != nil && q.err == nil {
		q.err = ledger.Refuse(ledger.CodeQueryInvalid, "field", name, "want", "a yearly rate such as 4.5")
	}
	return r
}
