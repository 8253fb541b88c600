package client

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// maxPages bounds a walk through a list, so that a gateway that never says
// where its list ends does not hold the client for ever.
const maxPages = 100_000

// Note is a note as the gateway shows it to a party that may see it.
type Note struct {
	ID      ledger.NoteID   `json:"id"`
	Seq     uint64          `json:"seq"` // of the last command; the next one's is one more
	Note    *ledger.Note    `json:"note,omitempty"`
	Holder  ledger.PartyID  `json:"holder,omitempty"`
	Roles   []ledger.Role   `json:"roles,omitempty"`   // of the reader
	Summary *ledger.Summary `json:"summary,omitempty"` // of one note, not of a list
	// Record is all that an authority sees of a note that it has not frozen;
	// Note is nil then.
	Record *ledger.NoteRecord `json:"record,omitempty"`
}

// Note reads a note from the ledger itself, so that its number is the latest,
// and what follows from it on a day; today's where no day is given.
func (c *Client) Note(ctx context.Context, id ledger.NoteID, asOf finance.Date) (*Note, error) {
	path := "/v1/notes/" + url.PathEscape(string(id))
	if !asOf.IsZero() {
		path += "?as_of=" + asOf.String()
	}
	n := new(Note)
	r := request{method: http.MethodGet, path: path, access: private, fresh: true}
	if _, err := c.exchange(ctx, r, n); err != nil {
		return nil, fmt.Errorf("reading the note: %w", err)
	}
	if n.ID != id || n.Note == nil && n.Record == nil || n.Note != nil && n.Note.ID != id {
		return nil, fmt.Errorf("reading the note: the gateway answered with another one than %s", id)
	}
	return n, nil
}

// NoteQuery selects notes of a list; an empty field selects nothing away.
type NoteQuery struct {
	Status   ledger.Status
	Role     ledger.Role // what the party is to the notes
	Book     ledger.BookID
	Holder   ledger.PartyID
	Borrower ledger.PartyID
	Limit    int // of the whole list; without bound where 0
}

// Notes lists notes, the latest first. It ends with the list, with an error, or
// when the caller stops.
func (c *Client) Notes(ctx context.Context, q NoteQuery) iter.Seq2[*Note, error] {
	values := url.Values{}
	for name, value := range map[string]string{
		"status": string(q.Status), "role": string(q.Role), "book": string(q.Book),
		"holder": string(q.Holder), "borrower": string(q.Borrower),
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return list(ctx, c, "/v1/notes", values, q.Limit, func(p *page) []*Note { return p.Notes })
}

// page is one page of any list.
type page struct {
	Notes []*Note        `json:"notes"`
	Books []*ledger.Book `json:"books"`
	Next  string         `json:"next"` // cursor; empty on the last page
}

func list[T any](ctx context.Context, c *Client, path string, values url.Values, limit int, of func(*page) []T) iter.Seq2[T, error] {
	const perPage = 200
	return func(yield func(T, error) bool) {
		var none T
		given := 0
		for range maxPages {
			size := perPage
			if limit > 0 {
				size = min(size, limit-given)
			}
			values.Set("limit", strconv.Itoa(size))
			var p page
			if err := c.get(ctx, path+"?"+values.Encode(), private, &p); err != nil {
				yield(none, fmt.Errorf("reading the list: %w", err))
				return
			}
			for _, item := range of(&p) {
				if !yield(item, nil) {
					return
				}
				given++
			}
			if p.Next == "" || limit > 0 && given >= limit {
				return
			}
			values.Set("cursor", p.Next)
		}
		yield(none, fmt.Errorf("reading the list: it has more than %d pages", maxPages))
	}
}

// Party reads a party.
func (c *Client) Party(ctx context.Context, id ledger.PartyID) (*Party, error) {
	p := &Party{ID: id}
	if err := c.get(ctx, "/v1/parties/"+url.PathEscape(string(id)), private, p); err != nil {
		return nil, fmt.Errorf("reading the party: %w", err)
	}
	return p, nil
}

// Party is a party as the gateway shows it: its public record, and the rest
// where the reader may see it.
type Party struct {
	ID     ledger.PartyID     `json:"id"`
	Record ledger.PartyRecord `json:"record"`
	Party  *ledger.Party      `json:"party,omitempty"`
}

// Book reads a book.
func (c *Client) Book(ctx context.Context, id ledger.BookID) (*ledger.Book, error) {
	var answer struct {
		Book ledger.Book `json:"book"`
	}
	if err := c.get(ctx, "/v1/books/"+url.PathEscape(string(id)), private, &answer); err != nil {
		return nil, fmt.Errorf("reading the book: %w", err)
	}
	return &answer.Book, nil
}

// Books lists the party's own books, the latest first.
func (c *Client) Books(ctx context.Context) iter.Seq2[*ledger.Book, error] {
	return list(ctx, c, "/v1/books", url.Values{}, 0, func(p *page) []*ledger.Book { return p.Books })
}

// Entry is one command of a note, as it was signed, and what the ledger added.
type Entry struct {
	Seq         uint64          `json:"seq"`
	At          time.Time       `json:"at"`  // ledger time
	Org         string          `json:"org"` // organisation through which it came
	Transaction string          `json:"transaction"`
	Command     json.RawMessage `json:"command"` // the gateway's reading of the payload
	JWS         string          `json:"jws"`
}

// Opened takes the entry's own signed bytes apart and reads the command in
// them, whatever the gateway says that it is. It does not verify the signature.
func (e *Entry) Opened() (ledger.Opened, *ledger.Command, error) {
	opened, err := sign.Verifier{}.Open(ledger.Signed{JWS: e.JWS})
	if err != nil {
		return opened, nil, fmt.Errorf("reading entry %d: %w", e.Seq, err)
	}
	command, err := ledger.DecodeCommand(opened.Payload)
	if err != nil {
		return opened, nil, fmt.Errorf("reading entry %d: %w", e.Seq, err)
	}
	return opened, command, nil
}

// History reads commands of a note from a number on, in order, a page at most;
// next is where the next page begins, 0 after the last.
func (c *Client) History(ctx context.Context, id ledger.NoteID, from uint64, limit int) (entries []Entry, next uint64, err error) {
	values := url.Values{"from": {strconv.FormatUint(from, 10)}, "limit": {strconv.Itoa(limit)}}
	var answer struct {
		Entries []Entry `json:"entries"`
		Next    uint64  `json:"next"`
	}
	if err := c.get(ctx, "/v1/notes/"+url.PathEscape(string(id))+"/history?"+values.Encode(), private, &answer); err != nil {
		return nil, 0, fmt.Errorf("reading the note's history: %w", err)
	}
	return answer.Entries, answer.Next, nil
}
