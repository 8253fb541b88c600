package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

const statusPattern = "/n/{code}"

// serveReady answers with a page that is kept ready, and says whether there was one.
// It comes before the limits: such a page costs no more than a refusal, and in a
// crisis many come from one address. It leaves no line in the log, which would be the
// slowest part of it; the metrics count it.
func (s *Server) serveReady(w http.ResponseWriter, r *http.Request) bool {
	typed, isStatus := strings.CutPrefix(r.URL.Path, "/n/")
	if !isStatus || r.URL.RawQuery != "" || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	c, ok := code.Read(typed)
	if !ok {
		return false
	}
	began := s.Clock()
	language, _ := site.LanguageOf(r)
	entry := s.statuses.find(statusKey{c, language})
	if entry == nil {
		return false
	}
	height, _ := s.Store.Next()
	ready := entry.at(height)
	if ready == nil {
		if ready = s.refresh(r.Context(), entry); ready == nil {
			return false
		}
	}
	s.site.Protect(w.Header())
	status := writeStatus(w, r, language, ready)
	if s.Done != nil {
		s.Done(site.Done{Method: r.Method, Route: statusPattern, Status: status, Took: s.Clock().Sub(began)})
	}
	return true
}

// refresh looks at a kept page again after new blocks, once for all who wait for it.
// It gives nil where that cannot be done, for whoever answers with a page of the fault.
func (s *Server) refresh(ctx context.Context, entry *statusEntry) *statusPage {
	ctx, cancel := context.WithTimeout(ctx, site.PageTime)
	defer cancel()
	height, _ := s.Store.Next()
	n, err := s.Store.NoteOfCode(ctx, entry.key.code)
	if err != nil || n == nil {
		return nil
	}
	ready, err := s.makeStatus(ctx, entry, n, height)
	if err != nil {
		return nil
	}
	return ready
}

// writeStatus writes the page of a note, or that the browser has it already. It is
// for the browser alone to keep: the address has a code in it.
func writeStatus(w http.ResponseWriter, r *http.Request, language ledger.Language, p *statusPage) (status int) {
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Accept-Language, Cookie, Accept-Encoding")
	h.Set("ETag", p.tag)
	h.Set("Content-Language", string(language))
	if r.Header.Get("If-None-Match") == p.tag {
		w.WriteHeader(http.StatusNotModified)
		return http.StatusNotModified
	}
	body := p.body
	if site.TakesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = p.gzipped
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		// A browser that has gone away gets nothing; there is nobody else to tell.
		_, _ = w.Write(body)
	}
	return http.StatusOK
}

// getStatus answers with the page of a note that is not kept ready as it is asked for.
func (s *Server) getStatus(v *visit) error {
	height, _ := s.Store.Next()
	c, n, err := s.noteOfCode(v)
	if err != nil {
		return err
	}
	ready, err := s.makeStatus(v.R.Context(), s.statuses.entry(statusKey{c, v.Language}), n, height)
	if err != nil {
		return err
	}
	writeStatus(v.W, v.R, v.Language, ready)
	return nil
}

// noteOfCode gives the note of the code in the address. Every wrong code has the same
// answer after the same work, and is counted.
func (s *Server) noteOfCode(v *visit) (code.Code, *store.Note, error) {
	now, address := s.Clock(), v.Address()
	if err := s.guesses.mayTry(address, now); err != nil {
		return "", nil, err
	}
	c, _ := code.Read(chi.URLParam(v.R, "code"))
	n, err := s.Store.NoteOfCode(v.R.Context(), c)
	switch {
	case err != nil:
		return "", nil, err
	case n != nil:
		return c, n, nil
	case !s.Complete():
		return "", nil, ledger.Refuse(ledger.CodeUnavailable) // it may be one that is still to come
	}
	s.guesses.wrong(address, now)
	return "", nil, unknownCode()
}

// unknownCode says that no note has the code.
func unknownCode() error {
	return &site.Problem{Says: "no note has the code", Page: &page.Problem{
		Heading: page.Say("problem.code"), Text: page.Say("problem.code.what"), Status: http.StatusNotFound,
		Links: []page.Link{{Href: "/", Text: page.Say("problem.code.try")}, {Href: "/help", Text: page.Say("frame.help-page")}},
	}}
}

// makeStatus gives the page of a note as it was read at a height: the one that is
// kept where its facts are still the same, else a new one.
func (s *Server) makeStatus(ctx context.Context, entry *statusEntry, n *store.Note, height uint64) (*statusPage, error) {
	entry.making.Lock()
	defer entry.making.Unlock()
	if p := entry.at(height); p != nil {
		return p, nil
	}
	names := s.names(ctx)
	facts := statusFactsOf(n, names)
	if names.err != nil {
		return nil, names.err
	}
	made := &statusPage{height: height, facts: facts}
	if old := entry.page.Load(); old != nil && old.facts == facts {
		made.body, made.gzipped, made.tag = old.body, old.gzipped, old.tag
	} else if err := s.writeInto(made, entry.key, n, names); err != nil {
		return nil, err
	}
	entry.page.Store(made)
	return made, nil
}

// writeInto writes the page of a note, which is the same for everybody, whoever is
// signed in.
func (s *Server) writeInto(p *statusPage, key statusKey, n *store.Note, names *names) error {
	view := s.statusOf(key.code, n, names)
	if names.err != nil {
		return names.err
	}
	var b bytes.Buffer
	frame := page.Frame{Language: key.language, Service: s.RelyingParty.Name, Help: s.Help, Private: true}
	if err := s.site.Pages.Write(&b, frame, view); err != nil {
		return err
	}
	sum := sha256.Sum256(b.Bytes())
	p.body, p.gzipped = b.Bytes(), page.Gzip(b.Bytes())
	// Weak, since it stands for the page in both of its codings (RFC 9110 par. 8.8.1).
	p.tag = `W/"` + hex.EncodeToString(sum[:16]) + `"`
	return nil
}

func statusFactsOf(n *store.Note, names *names) statusFacts {
	f := statusFacts{note: n.State.ID, seq: n.State.Seq}
	last := store.Answerers(n.State, n.Holder)
	f.holder = names.facts(last[len(last)-1])
	if n.State.Mandate != nil {
		f.servicer = names.facts(n.State.Mandate.Servicer)
	}
	if n.State.Pledge != nil {
		f.pledgee = names.facts(n.State.Pledge.Pledgee)
	}
	return f
}

func (n *names) facts(id ledger.PartyID) partyFacts {
	f := partyFacts{id: id}
	if p := n.party(id); p != nil {
		f.seq = p.Seq
	}
	return f
}

// statusOf says of a note what anybody who has its code may know. Whether it is late,
// disputed or frozen is about the person who owes it, and so is what they were told;
// none of it shows.
func (s *Server) statusOf(c code.Code, n *store.Note, names *names) *page.NoteStatus {
	note := n.State
	view := &page.NoteStatus{Code: c.String(), Talk: "/n/" + c.String() + "/call", More: "/n/" + c.String() + "/note"}
	switch note.Status {
	case ledger.StatusOffered:
		view.Status = status(page.ToneCalm, "status.offered")
	case ledger.StatusDischarged:
		view.Status = status(page.ToneDone, "status.paid")
	case ledger.StatusVoid:
		view.Status = status(page.ToneStop, "status.void")
	case ledger.StatusErased:
		view.Status = status(page.ToneDone, "status.erased")
	default:
		view.Status = status(page.ToneCalm, "status.open")
	}
	if n.Holder != "" {
		view.Holder, view.Since = names.company(n.Holder), heldSince(note)
		if note.Mandate != nil {
			view.Servicer, view.From = names.company(note.Mandate.Servicer), note.Mandate.Since
			if p := names.party(note.Mandate.Servicer); p != nil && p.Contact != nil {
				view.Licence = p.Contact.Licence
			}
		}
		if note.Lender != n.Holder {
			view.Lender = names.company(note.Lender) // its name as the note says it is a person's where the lender is one
		}
	}
	if view.Human = names.human(&reading{note: note, holder: n.Holder}); view.Licence != "" {
		view.Human.Licence = "" // it stands above
	}
	return view
}

// status makes a status whose meaning has the same key with .more after it.
func status(tone page.Tone, key page.Key) page.Status {
	return page.Status{Tone: tone, Text: page.Say(key), More: page.Say(key + ".more")}
}

// heldSince gives the day on which the holder got the note: that of the last
// endorsement, else of the last borrower's signature, none while there is neither.
func heldSince(n *ledger.Note) finance.Date {
	if last := len(n.Endorsements) - 1; last >= 0 {
		return n.Endorsements[last].On
	}
	var since finance.Date
	for _, b := range n.Borrowers {
		if on := finance.DateOf(b.AcceptedAt); !b.AcceptedAt.IsZero() && since.Before(on) {
			since = on
		}
	}
	return since
}

// getOwnNote leads from the public page of a note to everything about it. Whether the
// person may see it is for that page to say.
func (s *Server) getOwnNote(v *visit) error {
	_, n, err := s.noteOfCode(v)
	if err != nil {
		return err
	}
	return v.Redirect("/me/notes/" + string(n.State.ID))
}

// callPath gives the address at which somebody asks to be called about a note.
func (s *Server) callPath(id ledger.NoteID) string { return "/n/" + s.Codes.Of(id).String() + "/call" }
