// Package guess plays somebody who knows everything about a note but what nobody
// can know, its salts and signatures, and who has everything that every member
// keeps for ever. He writes down all that he knows, hashes it in every way that
// he can think of, and looks for the hashes.
//
// His dictionary has the true word for everything: whoever has to try amounts and
// names knows less than he does. It must not be given a salt or a signature.
package guess

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
)

// maxDepth is how deep documents may nest; a note's state nests four deep.
const maxDepth = 32

// secret names what stands in a document and nobody can know.
var secret = []string{"salt", "jws", "webauthn", "signed"}

// Dictionary is what he has written down.
type Dictionary struct {
	byStart map[uint64][]form
	guesses int
}

// form is a digest as it may stand somewhere.
type form struct {
	what string
	text []byte
}

// Guesses says how many digests he looks for.
func (d *Dictionary) Guesses() int { return d.guesses }

// Know adds a JSON document and every part of it, each in every form that JSON
// has for it, and every object also without any one of its members. What nobody
// can know is left out of it before.
func (d *Dictionary) Know(what string, document []byte) error {
	var v any
	numbers := json.NewDecoder(bytes.NewReader(document))
	numbers.UseNumber()
	if err := numbers.Decode(&v); err != nil {
		return fmt.Errorf("reading %s: %w", what, err)
	}
	if !stripped(v) {
		d.Text(what, document)
	}
	return d.value(what, v, 0)
}

// stripped takes out of a value what nobody can know, and says whether there was any.
func stripped(v any) (found bool) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range secret {
			_, has := v[name]
			found = found || has
			delete(v, name)
		}
		for _, part := range v {
			found = stripped(part) || found
		}
	case []any:
		for _, part := range v {
			found = stripped(part) || found
		}
	}
	return found
}

func (d *Dictionary) value(what string, v any, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%s nests too deep", what)
	}
	if err := d.written(what, v); err != nil {
		return err
	}
	switch v := v.(type) {
	case map[string]any:
		for name, part := range v {
			if err := d.value(what+"."+name, part, depth+1); err != nil {
				return err
			}
			if err := d.without(what, v, name); err != nil {
				return err
			}
		}
	case []any:
		for i, part := range v {
			if err := d.value(fmt.Sprintf("%s[%d]", what, i), part, depth+1); err != nil {
				return err
			}
		}
	case string:
		d.Text(what+" as text", []byte(v))
	}
	return nil
}

func (d *Dictionary) without(what string, object map[string]any, name string) error {
	rest := make(map[string]any, len(object))
	for n, part := range object {
		if n != name {
			rest[n] = part
		}
	}
	return d.written(what+" without "+name, rest)
}

// written adds a value in the forms of JSON: canonical, as Go writes it, which
// escapes some characters, and indented.
func (d *Dictionary) written(what string, v any) error {
	canonical, err := ledger.Canonical(v)
	if err != nil {
		return fmt.Errorf("writing %s: %w", what, err)
	}
	escaped, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("writing %s: %w", what, err)
	}
	d.Text(what, canonical)
	d.Text(what+" escaped", escaped)
	var indented bytes.Buffer
	if err := json.Indent(&indented, canonical, "", "  "); err != nil {
		return fmt.Errorf("writing %s: %w", what, err)
	}
	d.Text(what+" indented", indented.Bytes())
	return nil
}

// Text adds the digests of a text: its hash, the hash of its hash, both also of
// the text as a line, and what the ledger would make of it without a salt.
func (d *Dictionary) Text(what string, text []byte) {
	for _, t := range [][]byte{text, append(slices.Clone(text), '\n')} {
		once := sha256.Sum256(t)
		d.Digest("the hash of "+what, once)
		d.Digest("the hash of the hash of "+what, sha256.Sum256(once[:]))
	}
	d.Digest("the commitment to "+what+" without a salt", ledger.Commit(ledger.Salt{}, text))
}

// Command adds what a command would leave in a chain if the signature were no
// part of it, given what everybody knows of it: the head before it and what the
// ledger added.
func (d *Dictionary) Command(what string, payload []byte, before ledger.Digest, e ledger.Entry) error {
	link := ledger.Link(payload, ledger.Digest{}, e.At, e.Org)
	d.Digest("the link of "+what+" without its signature", link)
	d.Digest("the head after "+what+" without its signature", ledger.NextHead(before, link))
	d.Digest("the digest of "+what+" as a link", ledger.NextHead(before, ledger.PayloadDigest(payload)))
	return d.Know(what, payload)
}

// Digest adds a digest in the forms that it may stand in: its bytes, hex of
// either case, and both alphabets of base64.
func (d *Dictionary) Digest(what string, digest ledger.Digest) {
	if d.byStart == nil {
		d.byStart = map[uint64][]form{}
	}
	d.guesses++
	digits := hex.EncodeToString(digest[:])
	for _, text := range [][]byte{
		digest[:], []byte(digits), []byte(strings.ToUpper(digits)),
		[]byte(base64.RawURLEncoding.EncodeToString(digest[:])), []byte(base64.RawStdEncoding.EncodeToString(digest[:])),
	} {
		start := binary.BigEndian.Uint64(text)
		d.byStart[start] = append(d.byStart[start], form{what, text})
	}
}

// Find gives what he recognises in something public, each once and sorted.
func (d *Dictionary) Find(public []byte) []string {
	var found []string
	for i := 0; i+8 <= len(public); i++ {
		for _, f := range d.byStart[binary.BigEndian.Uint64(public[i:])] {
			if bytes.HasPrefix(public[i:], f.text) {
				found = append(found, f.what)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
