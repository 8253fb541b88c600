package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Pages of lists.
const (
	defaultPage = 50
	maxPage     = store.MaxPage
)

// noteAnswer is a note as its reader sees it.
type noteAnswer struct {
	ID  ledger.NoteID `json:"id"`
	Seq uint64        `json:"seq"` // the next command's is one more
	// Note and what follows are there for whoever is something to the note.
	Note    *ledger.Note    `json:"note,omitempty"`
	Holder  ledger.PartyID  `json:"holder,omitempty"`
	Roles   []ledger.Role   `json:"roles"` // of the reader
	Summary *ledger.Summary `json:"summary,omitempty"`
	// At is there where the note is shown as it stood at an instant.
	At *time.Time `json:"at,omitempty"`
	// Changed is the id of the note's latest event, in lists by change.
	Changed string `json:"changed,omitempty"`
	// Record is all that an authority sees of a note that it has not frozen.
	Record *ledger.NoteRecord `json:"record,omitempty"`
}

// noteView is a note that the caller may see: all of it, or its record.
type noteView struct {
	note   *ledger.Note
	holder ledger.PartyID
	record ledger.NoteRecord // where note is nil
}

func (v noteView) seq() uint64 {
	if v.note == nil {
		return v.record.Seq
	}
	return v.note.Seq
}

// mayRead says whether a party is something to a note. It is asked at every
// read, on that day, and never stored.
func mayRead(n *ledger.Note, holder ledger.PartyID, p *ledger.Party, on finance.Date) bool {
	return slices.Contains(ledger.Parties(n, holder), p.ID) || slices.Contains(ledger.FormerHolders(n, on), p.ID)
}

// note reads a note for the caller. The read model answers unless fresh is
// asked for. Where it does not know the note, or not that the caller may see
// it, the ledger itself is asked: the read model may be a block behind.
func (s *Server) note(ctx context.Context, id ledger.NoteID, fresh bool) (noteView, error) {
	if !id.Valid() {
		return noteView{}, absent()
	}
	party, today := callOf(ctx).party, s.today()
	if !fresh {
		n, err := s.Store.Note(ctx, id)
		if err != nil {
			return noteView{}, err
		}
		if n != nil && mayRead(n.State, n.Holder, party, today) {
			return noteView{note: n.State, holder: n.Holder}, nil
		}
	}
	views, err := s.Service.Notes(ctx, id)
	if err != nil {
		return noteView{}, errLedger{err}
	}
	v := views[0]
	if v.Err != nil && v.Err.Code == ledger.CodeNoteErased { // which is public
		return noteView{}, v.Err
	}
	if v.Note != nil && mayRead(v.Note, v.Holder, party, today) {
		return noteView{note: v.Note, holder: v.Holder}, nil
	}
	if v.Note != nil {
		if represents, err := s.represents(ctx, v.Note); err != nil || represents {
			return noteView{note: v.Note, holder: v.Holder}, err
		}
	}
	// An authority may freeze any note, and must know where its record stands.
	if party.Kind == ledger.Authority && v.Record.Seq > 0 {
		return noteView{record: v.Record}, nil
	}
	return noteView{}, absent()
}

// represents says whether a borrower of the note lets the caller see it, by a
// power of attorney.
func (s *Server) represents(ctx context.Context, n *ledger.Note) (bool, error) {
	for _, id := range n.BorrowerIDs() {
		borrower, err := s.Store.Party(ctx, id)
		if err != nil {
			return false, err
		}
		if borrower != nil && borrower.Lets(callOf(ctx).party, ledger.ScopeSee, n.ID, s.today()) {
			return true, nil
		}
	}
	return false, nil
}

func (s *Server) today() finance.Date { return finance.DateOf(s.Clock()) }

// getNote answers with a note and what follows from it on a day. With
// Cache-Control: no-cache (RFC 9111 par. 5.2.1.4) it is read from the ledger. With
// at it is the note as it stood then; who may read the note now may read that.
func (s *Server) getNote(w http.ResponseWriter, r *http.Request) error {
	q := readQuery(r, "as_of", "at")
	at := q.past("at", s.Clock())
	asOf := q.date("as_of", finance.DateOf(at))
	if q.err != nil {
		return q.err
	}
	id := ledger.NoteID(chi.URLParam(r, "note"))
	v, err := s.note(r.Context(), id, wantsFresh(r))
	if err != nil {
		return err
	}
	past := r.URL.Query().Has("at")
	if past {
		if v, err = s.noteAt(r.Context(), id, v, at); err != nil {
			return err
		}
	}
	a := s.noteAnswer(r.Context(), id, v)
	if v.note != nil {
		summary, err := ledger.Summarize(v.note, v.holder, asOf)
		if err != nil && r.URL.RawQuery != "" {
			return ledger.Refuse(ledger.CodeQueryInvalid, "field", "as_of", "want", "a day on which the note can be counted")
		}
		if err != nil {
			return fmt.Errorf("counting note %s: %w", id, err)
		}
		a.Summary = &summary
	}
	if past {
		a.At = &at // and no ETag: nothing can be changed that is past
	} else {
		setETag(w, v.seq())
	}
	return answer(w, http.StatusOK, a)
}

// noteAt gives a note that the caller may see all of as it stood at an instant.
func (s *Server) noteAt(ctx context.Context, id ledger.NoteID, now noteView, at time.Time) (noteView, error) {
	if now.note == nil {
		return noteView{}, absent()
	}
	v, err := s.Service.NoteAt(ctx, id, at)
	if err != nil {
		return noteView{}, errLedger{err}
	}
	switch {
	case v.Err == nil:
		return noteView{note: v.Note, holder: v.Holder}, nil
	case v.Err.Code != ledger.CodeNotFound:
		return noteView{}, v.Err
	}
	first, err := s.Service.History(ctx, id.Subject(), 1, 1)
	if err != nil {
		return noteView{}, errLedger{err}
	}
	if len(first) == 0 {
		return noteView{}, absent()
	}
	return noteView{}, ledger.Refuse(ledger.CodePastUnknown, "since", first[0].At.UTC().Format(time.RFC3339))
}

func (s *Server) noteAnswer(ctx context.Context, id ledger.NoteID, v noteView) noteAnswer {
	a := noteAnswer{ID: id, Seq: v.seq(), Note: v.note, Holder: v.holder, Roles: []ledger.Role{}}
	if v.note == nil {
		a.Record, a.Roles = &v.record, []ledger.Role{ledger.RoleAuthority}
		return a
	}
	a.Roles = append(a.Roles, ledger.NoteRoles(v.note, v.holder, callOf(ctx).party.ID)...)
	return a
}

func wantsFresh(r *http.Request) bool {
	for d := range strings.SplitSeq(r.Header.Get("Cache-Control"), ",") {
		if strings.EqualFold(strings.TrimSpace(d), "no-cache") {
			return true
		}
	}
	return false
}

// setETag gives the sequence number as the entity's tag: it is what a writer
// compares with. It says nothing of what follows from the date, so answers are
// never to be stored (Cache-Control) and never answered with 304.
func setETag(w http.ResponseWriter, seq uint64) {
	w.Header().Set("ETag", tagOf(seq))
}

// requireComplete refuses lists while the read model is being built: a list
// that silently leaves notes out is a wrong answer.
func (s *Server) requireComplete() error {
	if s.Complete() {
		return nil
	}
	return ledger.Refuse(ledger.CodeUnavailable)
}

// historyEntry is one command on a note, as it was signed.
type historyEntry struct {
	Seq         uint64          `json:"seq"`
	At          time.Time       `json:"at"`  // ledger time
	Org         string          `json:"org"` // organisation through which it came
	Transaction string          `json:"transaction"`
	Command     json.RawMessage `json:"command"`
	ledger.Signed
}

type historyAnswer struct {
	Entries []historyEntry `json:"entries"`
	Next    uint64         `json:"next,omitempty"` // from of the next page
}

// getHistory gives the signed commands of a note, from the first on.
func (s *Server) getHistory(w http.ResponseWriter, r *http.Request) error {
	q := readQuery(r, "from", "limit")
	from, limit := q.number("from", 1, 1, maxSeq), q.number("limit", defaultPage, 1, maxPage)
	if q.err != nil {
		return q.err
	}
	id := ledger.NoteID(chi.URLParam(r, "note"))
	v, err := s.note(r.Context(), id, wantsFresh(r))
	if err != nil {
		return err
	}
	if v.note == nil {
		return absent()
	}
	entries, err := s.Service.History(r.Context(), id.Subject(), uint64(from), limit)
	if err != nil {
		return errLedger{err}
	}
	a := historyAnswer{Entries: []historyEntry{}}
	for _, e := range entries {
		opened, err := s.Signatures.Open(e.Signed)
		if err != nil {
			return err
		}
		a.Entries = append(a.Entries, historyEntry{
			Seq: e.Seq, At: e.At, Org: e.Org, Transaction: e.Transaction, Command: opened.Payload, Signed: e.Signed,
		})
	}
	a.Next = nextEntry(entries, v.seq())
	return answer(w, http.StatusOK, a)
}

// nextEntry gives the number with which a history goes on after some entries, 0
// at its end. Whether a page is full says nothing: the ledger gives fewer entries
// than it is asked for where they are long.
func nextEntry(entries []ledger.Entry, last uint64) uint64 {
	if n := len(entries); n > 0 && entries[n-1].Seq < last {
		return entries[n-1].Seq + 1
	}
	return 0
}

// maxSeq bounds a sequence number in an address; no note has so many commands.
const maxSeq = 1 << 31
