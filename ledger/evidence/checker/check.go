package checker

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// Verdict is what a check comes to.
type Verdict string

// The verdicts.
const (
	Holds      Verdict = "holds"
	Consistent Verdict = "consistent" // nobody said which network it must be
	Refused    Verdict = "refused"
)

// Kind says which part of the format a file breaks.
type Kind string

// The kinds of fault, in the order of the sections.
const (
	Form        Kind = "form"        // section 2 and 3
	Limit       Kind = "limit"       // section 3
	Network     Kind = "network"     // section 4
	Attestation Kind = "attestation" // section 5
	Command     Kind = "command"     // section 6, but for the signature
	Signature   Kind = "signature"   // section 6 and the keys of section 7
	Chain       Kind = "chain"       // section 7
	State       Kind = "state"       // section 7, the note
	Surplus     Kind = "surplus"     // section 7, nothing too much
)

// Fault is why a file is refused.
type Fault struct {
	Kind  Kind
	Where string // the member, as far as it is known
	What  string
}

func (f *Fault) Error() string { return string(f.Kind) + ": " + f.Where + ": " + f.What }

func fault(kind Kind, where, format string, args ...any) *Fault {
	return &Fault{kind, where, fmt.Sprintf(format, args...)}
}

// Limits of section 3.
const (
	maxFile      = 32 << 20
	maxEntries   = 20_000
	maxSubjects  = 200
	maxAttesters = 64
)

// evidence is a file taken apart.
type evidence struct {
	network   string
	note      *chain
	parties   []*chain
	books     []*chain
	byID      map[string]*chain // of parties and books
	state     object
	stateText []byte
	salt      []byte
	about     uint64 // number of the payment of a receipt, 0 for none

	question, answer []byte
	attesters        []attester
	genesis          []byte
}

// Check checks a file against the network digest that the caller knows, "" where it
// knows none. The fault is nil unless the verdict is Refused.
func Check(file []byte, network string) (Verdict, *Fault) {
	e, f := read(file)
	if f == nil {
		f = e.check(network)
	}
	switch {
	case f != nil:
		return Refused, f
	case network == "":
		return Consistent, nil
	}
	return Holds, nil
}

func (e *evidence) check(network string) *Fault {
	sum := sha256.Sum256(e.genesis)
	switch {
	case e.network != hex.EncodeToString(sum[:]):
		return fault(Network, "network", "it is not the digest of genesis")
	case network != "" && network != e.network:
		return fault(Network, "network", "the file is of another network")
	}
	founders, f := readGenesis(e.genesis)
	if f != nil {
		return f
	}
	records, f := e.attested(founders)
	if f != nil {
		return f
	}
	for _, c := range e.subjects() {
		if f := c.open(e.network); f != nil {
			return f
		}
	}
	if f := e.checkKeys(); f != nil {
		return f
	}
	for _, c := range e.subjects() {
		if f := c.checkRecord(records); f != nil {
			return f
		}
	}
	if f := e.checkNote(records.note); f != nil {
		return f
	}
	return e.checkSurplus()
}

// subjects lists the note, the parties and the books.
func (e *evidence) subjects() []*chain {
	return slices.Concat([]*chain{e.note}, e.parties, e.books)
}
