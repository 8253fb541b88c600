package protocol

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Marshal writes a message. It differs from json.Marshal in leaving <, > and &
// as they are: a state travels inside a message as canonical bytes, which its
// commitment covers, and escaping the ampersand of "Holm & Co" would give it
// other bytes and so another commitment.
func Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("writing a %T: %w", v, err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
