package evidence

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// MediaType is the media type of an evidence file.
const MediaType = "application/vnd.skuld.evidence+json"

// Version is the version of the file's form that this package writes and reads.
const Version = 1

// Limits on a file. They bound the work of checking one.
const (
	MaxFileBytes = 32 << 20
	// MaxEntries is the most commands that one file replays, of all its subjects.
	MaxEntries = 2 * ledger.MaxProofLinks
	// MaxSubjects is the most subjects of one file, since one question to the
	// peers names no more.
	MaxSubjects = ledger.MaxRead
	// MaxAttesters is the most signatures of peers under one answer.
	MaxAttesters = 64
)

// File is an evidence file. It holds no member that neither the peers'
// signatures nor the network's digest cover, except About, which only says what
// part of the note the file is to show. Its bytes are canonical JSON (RFC 8785).
type File struct {
	V           int             `json:"v"`
	Network     string          `json:"network"` // digest in lower-case hex
	Genesis     Bytes           `json:"genesis"` // envelope of the channel's first block
	Note        ledger.NoteID   `json:"note"`
	About       *About          `json:"about,omitempty"`
	Entries     []Entry         `json:"entries"`         // of the note, from 1 to its head
	Salt        ledger.Salt     `json:"salt"`            // of the commitment to the last state
	State       json.RawMessage `json:"state"`           // after the last entry
	Parties     []PartyChain    `json:"parties"`         // whose signatures stand in the file, sorted by id
	Books       []BookChain     `json:"books,omitempty"` // that the note was in, sorted by id
	Attestation Attestation     `json:"attestation"`
}

// About makes a file a receipt.
type About struct {
	Payment uint64 `json:"payment"` // the number of the payment on the note
}

// Entry is one signed command with what the ledger added to it. Its number is
// its place in the list.
type Entry struct {
	Signed ledger.Signed `json:"signed"`
	At     time.Time     `json:"at"`  // ledger time, in whole seconds of UTC
	Org    string        `json:"org"` // membership id of the organisation through which it came
}

// PartyChain is all commands of a party.
type PartyChain struct {
	Party   ledger.PartyID `json:"party"`
	Entries []Entry        `json:"entries"`
}

// BookChain is all commands of a book.
type BookChain struct {
	Book    ledger.BookID `json:"book"`
	Entries []Entry       `json:"entries"`
}

// Attestation is ledger.Attestation as the file has it; the envelope of the
// first block stands beside it.
type Attestation struct {
	Question  Bytes      `json:"question"`
	Answer    Bytes      `json:"answer"`
	Attesters []Attester `json:"attesters"`
}

// Attester is a peer's identity and its signature over the answer followed by
// the identity.
type Attester struct {
	Identity  Bytes `json:"identity"`
	Signature Bytes `json:"signature"`
}

// Bytes is base64url without padding in JSON.
type Bytes []byte

// MarshalText writes the bytes as base64url.
func (b Bytes) MarshalText() ([]byte, error) {
	return base64.RawURLEncoding.AppendEncode(nil, b), nil
}

// UnmarshalText reads base64url. That there is only one spelling is seen when
// the file is written back.
func (b *Bytes) UnmarshalText(text []byte) error {
	decoded, err := base64.RawURLEncoding.Strict().AppendDecode(nil, text)
	if err != nil {
		return errors.New("it is not base64url without padding")
	}
	*b = decoded
	return nil
}

// Encode writes the file as canonical JSON.
func (f *File) Encode() ([]byte, error) {
	b, err := ledger.Canonical(f)
	if err != nil {
		return nil, fmt.Errorf("writing the evidence: %w", err)
	}
	return b, nil
}

// Decode reads a file and refuses what has more than one reading: unknown and
// repeated members, another spelling, data after the end. It verifies nothing.
// The error is a *Finding.
func Decode(raw []byte) (*File, error) {
	if len(raw) > MaxFileBytes {
		return nil, fault(TooLarge, "limit", itoa(MaxFileBytes))
	}
	var f File
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, fault(Malformed, "detail", reading(err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fault(Malformed, "detail", "data after the end of the value")
	}
	if f.V != Version {
		return nil, fault(VersionUnknown, "version", itoa(f.V))
	}
	canonical, err := f.Encode()
	if err != nil || !bytes.Equal(canonical, raw) {
		return nil, fault(NotCanonical)
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	return &f, nil
}

// reading says in what part of the file the reader stumbled, without quoting it.
func reading(err error) string {
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && t.Field != "" {
		return "the member " + t.Field + " has another type"
	}
	return err.Error()
}

// check says whether the file is complete and within its limits.
func (f *File) check() error {
	missing := func(part string) error { return fault(Malformed, "detail", part+" is missing or malformed") }
	switch {
	case !f.Note.Valid():
		return missing("note")
	case len(f.Genesis) == 0:
		return missing("genesis")
	case len(f.Entries) == 0:
		return missing("entries")
	case len(f.State) == 0:
		return missing("state")
	case f.About != nil && f.About.Payment == 0:
		return missing("about.payment")
	case len(f.Attestation.Question) == 0 || len(f.Attestation.Answer) == 0:
		return missing("attestation")
	case len(f.Attestation.Attesters) > MaxAttesters, 1+len(f.Parties)+len(f.Books) > MaxSubjects:
		return fault(TooLarge, "limit", itoa(MaxSubjects))
	}
	all := len(f.Entries)
	if err := checkTimes(f.Note.Subject(), f.Entries); err != nil {
		return err
	}
	last := ""
	for _, p := range f.Parties {
		if !p.Party.Valid() || string(p.Party) <= last || len(p.Entries) == 0 {
			return missing("parties")
		}
		if err := checkTimes(p.Party.Subject(), p.Entries); err != nil {
			return err
		}
		last, all = string(p.Party), all+len(p.Entries)
	}
	last = ""
	for _, b := range f.Books {
		if !b.Book.Valid() || string(b.Book) <= last || len(b.Entries) == 0 {
			return missing("books")
		}
		if err := checkTimes(b.Book.Subject(), b.Entries); err != nil {
			return err
		}
		last, all = string(b.Book), all+len(b.Entries)
	}
	if all > MaxEntries {
		return fault(TooLarge, "limit", itoa(MaxEntries))
	}
	return nil
}

// checkTimes refuses a time that does not stand in a head as it stands here.
func checkTimes(s ledger.Subject, entries []Entry) error {
	for i, e := range entries {
		if e.At.IsZero() || e.At.Location() != time.UTC || e.At.Nanosecond() != 0 {
			return fault(Malformed, "detail", fmt.Sprintf("the time of entry %d of %s is not in whole seconds of UTC", i+1, s.ID))
		}
	}
	return nil
}
