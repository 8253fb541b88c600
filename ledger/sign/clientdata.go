package sign

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/skuld-registry/skuld/ledger"
)

// AssertionType is the type of the client data of an assertion; that of a
// registration is "webauthn.create" (Web Authentication, Level 3, par. 5.8.1).
const AssertionType = "webauthn.get"

// clientData is what the browser says of the page that asked (par. 5.8.1).
// Members other than these may be there: the standard lets browsers add some.
type clientData struct {
	ceremony, challenge, origin string
	crossOrigin, topOrigin      bool // whether they are there and say that another site's page asked
}

// readClientData reads clientDataJSON. Neither encoding/json nor go-webauthn will
// do, since both take a member twice and in another case, and each reader might
// then believe another of the two; and the comparison of bytes that the standard
// offers (par. 5.8.1.2) refuses what Safari and Android write.
func readClientData(text []byte) (clientData, error) {
	var c clientData
	malformed := errors.New("the client data is not one JSON object in UTF-8")
	if !utf8.Valid(text) {
		return c, malformed
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return c, malformed
	}
	seen := map[string]bool{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return c, malformed
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return c, malformed
		}
		key, _ := name.(string)
		if seen[key] {
			return c, errors.New("a member of the client data is there twice")
		}
		seen[key] = true
		if err := c.set(key, value); err != nil {
			return c, err
		}
	}
	if _, err := d.Token(); err != nil {
		return c, malformed
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return c, malformed
	}
	return c, nil
}

// set takes a member that counts.
func (c *clientData) set(name string, value json.RawMessage) error {
	text := func(to *string) error {
		if value[0] != '"' || json.Unmarshal(value, to) != nil {
			return errors.New("a member of the client data is no string")
		}
		return nil
	}
	switch name {
	case "type":
		return text(&c.ceremony)
	case "challenge":
		return text(&c.challenge)
	case "origin":
		return text(&c.origin)
	case "crossOrigin":
		c.crossOrigin = string(value) != "false"
	case "topOrigin":
		c.topOrigin = true
	}
	return nil
}

// check says whether the page that asked is the one that the passkey signs for,
// and asked for this (par. 7.2, steps 10 to 14).
func (c clientData) check(origin string, challenge []byte) error {
	switch {
	case c.ceremony != AssertionType:
		return refused("it is no answer to a request to sign")
	case c.origin != origin:
		return refused("it was made on a page of another origin")
	case c.crossOrigin || c.topOrigin:
		return refused("it was made on a page inside another site's page")
	case c.challenge != encode(challenge):
		return ledger.Refuse(ledger.CodeSignatureWrong)
	}
	return nil
}
