// Package code makes and reads the codes that people type from a letter or a
// screen: the one-time code of an invitation, and the public code of a note.
//
// It must not know what a code opens: that is the store's to say. It must not let a
// code be computed from what the public may see, so that no page is found by
// trying.
package code

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

const (
	// Bits of a code. Who tries a thousand codes a second for a year hits one of a
	// hundred million with a chance of one in four hundred thousand.
	Bits = 80

	length = Bits / 5 // characters
	group  = 4        // of which stand together
)

// alphabet is Douglas Crockford's: without the letters that look like digits, and
// without U, so that no code is a word that nobody wants in a letter.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

var encoding = base32.NewEncoding(alphabet).WithPadding(base32.NoPadding)

// Code is a code as it is kept: 16 characters without groups. The empty one is
// none.
type Code string

// New draws a code.
func New(random io.Reader) (Code, error) {
	b := make([]byte, Bits/8)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("drawing a code: %w", err)
	}
	return Code(encoding.EncodeToString(b)), nil
}

// Read reads a code as somebody typed it: in small letters or large ones, with or
// without groups, and with O for 0, and I or L for 1.
func Read(typed string) (c Code, ok bool) {
	text, ok := readCharacters(typed, length)
	return Code(text), ok
}

// readCharacters reads as many characters of the alphabet as a code has.
func readCharacters(typed string, want int) (text string, ok bool) {
	if len(typed) > 3*want { // each with a space after it
		return "", false
	}
	var b strings.Builder
	for _, r := range strings.ToUpper(typed) {
		switch r {
		case ' ', '-', '\t', '\u2010', '\u2011', '\u2013', '\u00a0': // hyphens and spaces, as word processors make them
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if !strings.ContainsRune(alphabet, r) {
			return "", false
		}
		b.WriteRune(r)
	}
	if b.Len() != want {
		return "", false
	}
	return b.String(), true
}

// String writes the code in groups, as it stands in a letter or an address.
func (c Code) String() string {
	if len(c) != length {
		return string(c)
	}
	var groups []string
	for i := 0; i < length; i += group {
		groups = append(groups, string(c[i:i+group]))
	}
	return strings.Join(groups, "-")
}

// Hash gives what is kept of a code that must not be known to who reads the
// database. It needs neither salt nor slowness: a code is as long as a key.
func (c Code) Hash() string {
	sum := sha256.Sum256([]byte("skuld/code/1\x00" + string(c)))
	return hex.EncodeToString(sum[:])
}
