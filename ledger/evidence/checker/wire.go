package checker

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// field is one field of a message of Protocol Buffers: a number, or bytes.
type field struct {
	number uint64
	bytes  []byte // nil where it is a number
	value  uint64
}

// message is a message taken apart into its fields, in order.
type message map[uint64][]field

// The wire types.
const (
	varint     = 0
	fixed64    = 1
	delimited  = 2
	startGroup = 3
	endGroup   = 4
	fixed32    = 5

	maxField = 1<<29 - 1
)

var errWire = errors.New("it is no message")

// unmarshal takes a message apart.
func unmarshal(b []byte) (message, error) {
	m := message{}
	for len(b) > 0 {
		f, rest, err := next(b, 0)
		if err != nil {
			return nil, err
		}
		m[f.number] = append(m[f.number], f)
		b = rest
	}
	return m, nil
}

// next reads the next field. Groups are skipped with all that is in them.
func next(b []byte, depth int) (f field, rest []byte, err error) {
	tag, n := binary.Uvarint(b)
	if n <= 0 || tag>>3 == 0 || tag>>3 > maxField || depth > maxDepth {
		return f, nil, errWire
	}
	f.number, b = tag>>3, b[n:]
	size := 0
	switch tag & 7 {
	case varint:
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return f, nil, errWire
		}
		f.value = v
		return f, b[n:], nil
	case delimited:
		length, n := binary.Uvarint(b)
		if n <= 0 || length > uint64(len(b)-n) {
			return f, nil, errWire
		}
		f.bytes = b[n : n+int(length) : n+int(length)]
		if f.bytes == nil {
			f.bytes = []byte{}
		}
		return f, b[n+int(length):], nil
	case startGroup:
		rest, err := skipGroup(b, f.number, depth)
		return f, rest, err
	case fixed64:
		size = 8
	case fixed32:
		size = 4
	default:
		return f, nil, errWire
	}
	if len(b) < size {
		return f, nil, errWire
	}
	return f, b[size:], nil
}

func skipGroup(b []byte, number uint64, depth int) ([]byte, error) {
	for {
		tag, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errWire
		}
		if tag&7 == endGroup {
			if tag>>3 != number {
				return nil, errWire
			}
			return b[n:], nil
		}
		_, rest, err := next(b, depth+1)
		if err != nil {
			return nil, err
		}
		b = rest
	}
}

// bytes gives a field that may stand at most once; nil where it does not.
func (m message) bytes(number uint64) ([]byte, error) {
	fields := m[number]
	switch {
	case len(fields) == 0:
		return nil, nil
	case len(fields) > 1:
		return nil, fmt.Errorf("field %d stands twice", number)
	case fields[0].bytes == nil:
		return nil, fmt.Errorf("field %d is of another type", number)
	}
	return fields[0].bytes, nil
}

// value gives a number that may stand at most once; 0 where it does not.
func (m message) value(number uint64) (uint64, error) {
	fields := m[number]
	switch {
	case len(fields) == 0:
		return 0, nil
	case len(fields) > 1:
		return 0, fmt.Errorf("field %d stands twice", number)
	case fields[0].bytes != nil:
		return 0, fmt.Errorf("field %d is of another type", number)
	}
	return fields[0].value, nil
}

// all gives a repeated field.
func (m message) all(number uint64) ([][]byte, error) {
	var all [][]byte
	for _, f := range m[number] {
		if f.bytes == nil {
			return nil, fmt.Errorf("field %d is of another type", number)
		}
		all = append(all, f.bytes)
	}
	return all, nil
}

// within goes from a message down a path of fields, each of which must be there.
func within(b []byte, path ...uint64) (message, error) {
	m, err := unmarshal(b)
	for _, number := range path {
		if err != nil {
			return nil, err
		}
		inner, err := m.bytes(number)
		if err != nil {
			return nil, err
		}
		if inner == nil {
			return nil, fmt.Errorf("field %d is missing", number)
		}
		if m, err = unmarshal(inner); err != nil {
			return nil, fmt.Errorf("field %d: %w", number, err)
		}
	}
	return m, err
}

// entryOf gives the value of a map's entry, nil where there is no such key. A key
// that stands twice is refused.
func (m message) entryOf(number uint64, key string) (found []byte, err error) {
	entries, err := m.entries(number)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.key != key {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("%s stands twice", key)
		}
		found = e.value
	}
	return found, nil
}

// mapEntry is one entry of a map.
type mapEntry struct {
	key   string
	value []byte
}

func (m message) entries(number uint64) ([]mapEntry, error) {
	all, err := m.all(number)
	if err != nil {
		return nil, err
	}
	entries := make([]mapEntry, len(all))
	for i, b := range all {
		e, err := unmarshal(b)
		if err != nil {
			return nil, err
		}
		key, err := e.bytes(1)
		if err != nil {
			return nil, err
		}
		value, err := e.bytes(2)
		if err != nil {
			return nil, err
		}
		if value == nil {
			value = []byte{}
		}
		entries[i] = mapEntry{string(key), value}
	}
	return entries, nil
}
