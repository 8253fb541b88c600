package main

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/client/profile"
	"github.com/skuld-registry/skuld/cmd/skuld/tape"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	journalVersion  = 1
	journalFolder   = "imports"
	maxJournalLine  = 64 << 10
	journalIDLength = 16
	// offerLife is how long the signed offers of an import stay good: long
	// enough to take up an import again after a weekend.
	offerLife = 7 * 24 * time.Hour
	// offerMargin is how much of that must be left for an import to begin with.
	offerMargin = 12 * time.Hour
)

// journalHead is what an import is made of. With it every row's offer can be
// written again, byte for byte, so that an offer which was sent and whose
// outcome was lost is sent again and not made anew.
type journalHead struct {
	V        int       `json:"v"`
	Tape     tapeID    `json:"tape"`
	Rows     int       `json:"rows"`
	Secret   []byte    `json:"secret"` // draws the command ids of the rows
	Begun    time.Time `json:"begun"`  // stands in the offers as their time of issue
	AnswerBy time.Time `json:"answer_by"`
	Name     string    `json:"name"`
}

// tapeID is what makes two imports the same one.
type tapeID struct {
	Digest   ledger.Digest  `json:"digest"` // of the file
	Layout   tape.Layout    `json:"layout"`
	Network  string         `json:"network"`
	Lender   ledger.PartyID `json:"lender"`
	Book     ledger.BookID  `json:"book"`
	Borrower ledger.PartyID `json:"borrower,omitempty"`
	Again    string         `json:"again,omitempty"` // sets a deliberate second import apart
}

// identity gives the digest of all that makes two imports the same one.
func (t tapeID) identity() (ledger.Digest, error) {
	text, err := ledger.Canonical(t)
	if err != nil {
		return ledger.Digest{}, fmt.Errorf("naming the import: %w", err)
	}
	return sha256.Sum256(text), nil
}

// file gives the journal's name in the profile.
func (t tapeID) file() (string, error) {
	sum, err := t.identity()
	if err != nil {
		return "", err
	}
	return filepath.Join(journalFolder, hex.EncodeToString(sum[:journalIDLength])+".jsonl"), nil
}

// command gives the id of a row's offer. It is the same each time, so that the
// same row can never become two notes, and nobody without the secret can tell
// which command belongs to which row.
func (h *journalHead) command(row int) ledger.CommandID {
	mac := hmac.New(sha256.New, h.Secret)
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(row))
	mac.Write(n[:])
	var id uuid.UUID
	copy(id[:], mac.Sum(nil))
	id[6] = id[6]&0x0f | 0x80 // version 8, of one's own making (RFC 9562, 5.8)
	id[8] = id[8]&0x3f | 0x80
	return ledger.CommandID(id.String())
}

// journalRow says that a row's offer is on the ledger.
type journalRow struct {
	Row  int           `json:"row"`
	Note ledger.NoteID `json:"note"`
}

// journal remembers an import. Its head is on the disk before the first offer is
// sent. Its rows only save work: a row that is missing is sent again, and the
// ledger answers with the first result.
type journal struct {
	journalHead
	offered map[int]struct{} // rows of earlier runs; does not change in this one
	file    *os.File
	out     *bufio.Writer
}

// openJournal finds the journal of an import, or begins one. found says which.
func openJournal(p *profile.Profile, fresh journalHead) (j *journal, found bool, err error) {
	name, err := fresh.Tape.file()
	if err != nil {
		return nil, false, err
	}
	path := filepath.Join(p.Dir(), name)
	j, err = readJournal(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		j = &journal{journalHead: fresh, offered: map[int]struct{}{}}
	case err != nil:
		return nil, false, err
	default:
		found = true
		if fresh.Begun.Sub(j.Begun) > offerLife-offerMargin {
			// The old offers are about to end. New ones have the same ids, so the
			// rows that are on the ledger already are told from the others there.
			j.Begun, j.AnswerBy = fresh.Begun, fresh.AnswerBy
		}
	}
	// Written anew each time, which also takes away a last line that a crash
	// left half written.
	text, err := j.encode()
	if err != nil {
		return nil, false, err
	}
	if err := p.WriteFile(name, text); err != nil {
		return nil, false, err
	}
	if j.file, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0); err != nil {
		return nil, false, fmt.Errorf("opening the journal: %w", err)
	}
	j.out = bufio.NewWriter(j.file)
	return j, found, nil
}

func (j *journal) encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	if err := e.Encode(j.journalHead); err != nil {
		return nil, fmt.Errorf("writing the journal: %w", err)
	}
	for row := 1; row <= j.Rows; row++ {
		if _, ok := j.offered[row]; !ok {
			continue
		}
		if err := e.Encode(journalRow{Row: row, Note: j.note(row)}); err != nil {
			return nil, fmt.Errorf("writing the journal: %w", err)
		}
	}
	return b.Bytes(), nil
}

func (h *journalHead) note(row int) ledger.NoteID {
	return ledger.DeriveNoteID(h.Tape.Network, h.Tape.Lender, h.command(row))
}

func readJournal(path string) (*journal, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the journal: %w", err)
	}
	defer f.Close()
	j := &journal{offered: map[int]struct{}{}}
	lines := bufio.NewScanner(io.LimitReader(f, tape.MaxRows*maxJournalLine))
	lines.Buffer(nil, maxJournalLine)
	if !lines.Scan() {
		return nil, fmt.Errorf("reading the journal %s: it has no head", path)
	}
	if err := json.Unmarshal(lines.Bytes(), &j.journalHead); err != nil || j.V != journalVersion || len(j.Secret) == 0 {
		return nil, fmt.Errorf("reading the journal %s: its head is not one of version %d", path, journalVersion)
	}
	for lines.Scan() {
		var r journalRow
		if json.Unmarshal(lines.Bytes(), &r) != nil || r.Note != j.note(r.Row) {
			break // half written; what follows is sent again
		}
		j.offered[r.Row] = struct{}{}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading the journal %s: %w", path, err)
	}
	return j, nil
}

// has says whether an earlier run has offered the row.
func (j *journal) has(row int) bool {
	_, ok := j.offered[row]
	return ok
}

// add remembers rows whose offers are on the ledger.
func (j *journal) add(rows []int) error {
	e := json.NewEncoder(j.out)
	for _, row := range rows {
		if err := e.Encode(journalRow{Row: row, Note: j.note(row)}); err != nil {
			return fmt.Errorf("writing the journal: %w", err)
		}
	}
	if err := j.out.Flush(); err != nil {
		return fmt.Errorf("writing the journal: %w", err)
	}
	return nil
}

func (j *journal) close() error { return errors.Join(j.out.Flush(), j.file.Close()) }
