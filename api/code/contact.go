package code

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
)

// ContactBits is how long the code of a contact is. It is short enough for a text
// message and for reading aloud, and it need not be longer: what it opens says which
// company called, and nothing of whom or about what.
const ContactBits = 50

const (
	contactLength = ContactBits / 5 // characters
	contactGroup  = 5
)

// Contact is the code of one contact of a company with a person, as it is kept: 10
// characters without groups. The company draws it, and its person reads it from a
// message, a letter or a voice mail. The empty one is none.
type Contact string

// NewContact draws a code.
func NewContact(random io.Reader) (Contact, error) {
	b := make([]byte, (ContactBits+7)/8)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("drawing a contact's code: %w", err)
	}
	return Contact(encoding.EncodeToString(b)[:contactLength]), nil
}

// ReadContact reads a code as Read does.
func ReadContact(typed string) (c Contact, ok bool) {
	text, ok := readCharacters(typed, contactLength)
	return Contact(text), ok
}

// String writes the code in two groups.
func (c Contact) String() string {
	if len(c) != contactLength {
		return string(c)
	}
	return string(c[:contactGroup] + "-" + c[contactGroup:])
}

// Hash gives what is kept of it, as Code.Hash.
func (c Contact) Hash() string {
	sum := sha256.Sum256([]byte("skuld/contact-code/1\x00" + string(c)))
	return hex.EncodeToString(sum[:])
}
