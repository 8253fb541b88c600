package evidence

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// Fabric's messages are read by hand: of the generated packages the one with the
// peer's messages brings gRPC, and a checker that needs no network should have
// none in it. Reading by hand can also be stricter: a field that is not repeated
// may stand once, since readers differ in which of two they take.

// fields are the values of one message by the number of their field: bytes for
// what has a length, a number for a varint. Other kinds do not occur in what is
// read here and are skipped.
type fields struct {
	bytes   map[protowire.Number][][]byte
	numbers map[protowire.Number][]uint64
}

// maxFields bounds the fields of one message.
const maxFields = 10_000

func readFields(message []byte) (fields, error) {
	f := fields{bytes: map[protowire.Number][][]byte{}, numbers: map[protowire.Number][]uint64{}}
	for count := 0; len(message) > 0; count++ {
		if count == maxFields {
			return f, fmt.Errorf("a message has more than %d fields", maxFields)
		}
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return f, protowire.ParseError(n)
		}
		message = message[n:]
		switch kind {
		case protowire.BytesType:
			var value []byte
			if value, n = protowire.ConsumeBytes(message); n >= 0 {
				f.bytes[number] = append(f.bytes[number], value)
			}
		case protowire.VarintType:
			var value uint64
			if value, n = protowire.ConsumeVarint(message); n >= 0 {
				f.numbers[number] = append(f.numbers[number], value)
			}
		default:
			n = protowire.ConsumeFieldValue(number, kind, message)
		}
		if n < 0 {
			return f, protowire.ParseError(n)
		}
		message = message[n:]
	}
	return f, nil
}

var errTwice = errors.New("a field stands twice")

// one gives the field, empty where it is absent.
func (f fields) one(number protowire.Number) ([]byte, error) {
	switch all := f.bytes[number]; len(all) {
	case 0:
		return nil, nil
	case 1:
		return all[0], nil
	}
	return nil, errTwice
}

// number gives the field, zero where it is absent.
func (f fields) number(number protowire.Number) (uint64, error) {
	switch all := f.numbers[number]; len(all) {
	case 0:
		return 0, nil
	case 1:
		return all[0], nil
	}
	return 0, errTwice
}

// path follows messages within messages and gives the last one's bytes.
func path(message []byte, numbers ...protowire.Number) ([]byte, error) {
	for _, number := range numbers {
		f, err := readFields(message)
		if err != nil {
			return nil, err
		}
		if message, err = f.one(number); err != nil {
			return nil, err
		}
	}
	return message, nil
}

// entries reads a map from texts to messages.
func (f fields) entries(number protowire.Number) (map[string][]byte, error) {
	all := map[string][]byte{}
	for _, raw := range f.bytes[number] {
		pair, err := readFields(raw)
		if err != nil {
			return nil, err
		}
		key, err := pair.one(1)
		if err != nil {
			return nil, err
		}
		value, err := pair.one(2)
		if err != nil {
			return nil, err
		}
		if _, twice := all[string(key)]; twice {
			return nil, errTwice
		}
		all[string(key)] = value
	}
	return all, nil
}
