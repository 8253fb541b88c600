package api

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/ledger"
)

type bookAnswer struct {
	Book ledger.Book `json:"book"`
}

func (s *Server) getBook(w http.ResponseWriter, r *http.Request) error {
	b, err := s.book(r.Context(), ledger.BookID(chi.URLParam(r, "book")))
	if err != nil {
		return err
	}
	setETag(w, b.Seq)
	return answer(w, http.StatusOK, bookAnswer{*b})
}

// book reads a book; books are public to whoever may call.
func (s *Server) book(ctx context.Context, id ledger.BookID) (*ledger.Book, error) {
	if !id.Valid() {
		return nil, absent()
	}
	b, err := s.Store.Book(ctx, id)
	if b != nil || err != nil {
		return b, err
	}
	views, err := s.Service.Books(ctx, id)
	if err != nil {
		return nil, errLedger{err}
	}
	if views[0].Book == nil {
		return nil, absent()
	}
	return views[0].Book, nil
}

type booksAnswer struct {
	Books []ledger.Book `json:"books"`
	Next  string        `json:"next,omitempty"` // cursor of the next page
}

// listBooks lists the caller's own books.
func (s *Server) listBooks(w http.ResponseWriter, r *http.Request) error {
	q := readQuery(r, "cursor", "limit")
	before, limit := q.cursor(), q.number("limit", defaultPage, 1, maxPage)
	if q.err != nil {
		return q.err
	}
	if err := s.requireComplete(); err != nil {
		return err
	}
	found, more, err := s.Store.Books(r.Context(), callOf(r.Context()).party.ID, before, limit)
	if err != nil {
		return err
	}
	a := booksAnswer{Books: []ledger.Book{}}
	for _, b := range found {
		a.Books = append(a.Books, b.Book)
	}
	if more {
		a.Next = nextCursor(found[len(found)-1].Cursor)
	}
	return answer(w, http.StatusOK, a)
}
