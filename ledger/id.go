package ledger

import (
	"crypto/sha256"
	"encoding/base32"
	"regexp"
)

// PartyID is a party's pseudonymous id: it says nothing of who the party is.
type PartyID string

// NoteID identifies one note for ever; no second note can have it.
type NoteID string

// BookID identifies a book, a set of notes held together.
type BookID string

// CommandID is the UUID that the signer gave a command. A random one also
// keeps outsiders from guessing the command behind a digest.
type CommandID string

// Kind is what a command is about.
type Kind string

// The three kinds of subject. Each has its own sequence of commands.
const (
	KindParty Kind = "party"
	KindNote  Kind = "note"
	KindBook  Kind = "book"
)

// Subject names one party, note or book.
type Subject struct {
	Kind Kind   `json:"kind"`
	ID   string `json:"id"`
}

var idEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Ids are a letter for the kind and 160 bits: long enough that nobody finds a
// second preimage, short enough to read out on the telephone in a minute.
var (
	partyPattern   = regexp.MustCompile(`^p[a-z2-7]{32}$`)
	notePattern    = regexp.MustCompile(`^n[a-z2-7]{32}$`)
	bookPattern    = regexp.MustCompile(`^b[a-z2-7]{32}$`)
	commandPattern = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
)

// Valid says whether the id has the form of a party's id.
func (id PartyID) Valid() bool { return partyPattern.MatchString(string(id)) }

// Valid says whether the id has the form of a note's id.
func (id NoteID) Valid() bool { return notePattern.MatchString(string(id)) }

// Valid says whether the id has the form of a book's id.
func (id BookID) Valid() bool { return bookPattern.MatchString(string(id)) }

// Valid says whether the id is a UUID in its lower-case form.
func (id CommandID) Valid() bool { return commandPattern.MatchString(string(id)) }

// Subject gives the note as a subject.
func (id NoteID) Subject() Subject { return Subject{KindNote, string(id)} }

// Subject gives the party as a subject.
func (id PartyID) Subject() Subject { return Subject{KindParty, string(id)} }

// Subject gives the book as a subject.
func (id BookID) Subject() Subject { return Subject{KindBook, string(id)} }

// DeriveNoteID gives the id of the note that a party's offer creates. It
// depends on who offers and on the offer's command id alone, so a second offer
// under the same command id, whatever its terms, meets the first note and is
// refused; and it holds nothing of the terms that could be guessed from it.
func DeriveNoteID(network string, lender PartyID, offer CommandID) NoteID {
	return NoteID("n" + derive("note", network, string(lender), string(offer)))
}

// DeriveBookID gives the id of the book that a book.open creates.
func DeriveBookID(network string, holder PartyID, open CommandID) BookID {
	return BookID("b" + derive("book", network, string(holder), string(open)))
}

// DerivePartyID gives the id of the party that a party.register creates. It
// does not depend on the party's key, which may be rotated away and must then
// leave no trace.
func DerivePartyID(network string, register CommandID) PartyID {
	return PartyID("p" + derive("party", network, "", string(register)))
}

func derive(parts ...string) string {
	h := sha256.New()
	h.Write([]byte("skuld/id/1"))
	for _, p := range parts {
		h.Write([]byte{0})
		h.Write([]byte(p))
	}
	return idEncoding.EncodeToString(h.Sum(nil)[:20])
}
