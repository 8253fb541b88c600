package network

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	"google.golang.org/protobuf/encoding/protowire"
)

// The numbers of the two fields on the way from a common.Block to its data
// hash (fabric-protos, common/common.proto).
const (
	blockHeaderField    protowire.Number = 1
	headerDataHashField protowire.Number = 3
)

// sha256Size is the length of a block's data hash in bytes.
const sha256Size = 32

// Digest returns the network's digest: the lowercase hex of the data hash in
// the header of its genesis block. Signed commands name it, so that none can be
// replayed on another network.
func Digest(h Home) (string, error) {
	b, err := os.ReadFile(h.Genesis())
	if err != nil {
		return "", fmt.Errorf("reading the genesis block: %w", err)
	}
	hash, err := dataHash(b)
	if err != nil {
		return "", fmt.Errorf("reading the genesis block %s: %w", h.Genesis(), err)
	}
	return hex.EncodeToString(hash), nil
}

// dataHash is decoded by hand because this package may import neither of the
// two generated packages for Fabric's messages (see the package comment).
func dataHash(block []byte) ([]byte, error) {
	header, err := bytesField(block, blockHeaderField)
	if err != nil {
		return nil, fmt.Errorf("decoding the header: %w", err)
	}
	hash, err := bytesField(header, headerDataHashField)
	if err != nil {
		return nil, fmt.Errorf("decoding the data hash: %w", err)
	}
	if len(hash) != sha256Size {
		return nil, fmt.Errorf("the data hash has %d bytes, not %d", len(hash), sha256Size)
	}
	return hash, nil
}

// bytesField returns the first field of that number and of type bytes.
func bytesField(message []byte, want protowire.Number) ([]byte, error) {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		message = message[n:]
		if number == want && kind == protowire.BytesType {
			value, n := protowire.ConsumeBytes(message)
			return value, protowire.ParseError(n)
		}
		n = protowire.ConsumeFieldValue(number, kind, message)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		message = message[n:]
	}
	return nil, errors.New("the field is missing")
}
