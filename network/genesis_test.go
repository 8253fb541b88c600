package network

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// block encodes a common.Block whose header has the fields in Fabric's order.
func block(hash []byte) []byte {
	var header []byte
	header = protowire.AppendTag(header, 1, protowire.VarintType)
	header = protowire.AppendVarint(header, 7)
	header = protowire.AppendTag(header, 2, protowire.BytesType)
	header = protowire.AppendBytes(header, []byte("previous"))
	header = protowire.AppendTag(header, headerDataHashField, protowire.BytesType)
	header = protowire.AppendBytes(header, hash)
	var b []byte
	b = protowire.AppendTag(b, blockHeaderField, protowire.BytesType)
	b = protowire.AppendBytes(b, header)
	b = protowire.AppendTag(b, 2, protowire.BytesType)
	return protowire.AppendBytes(b, []byte("data"))
}

func TestTheDataHashIsFoundInABlock(t *testing.T) {
	want := bytes.Repeat([]byte{0xab}, sha256Size)
	got, err := dataHash(block(want))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("it is %x: %v", got, err)
	}
}

func TestABlockWithoutAWholeDataHashIsRefused(t *testing.T) {
	whole := block(bytes.Repeat([]byte{1}, sha256Size))
	for name, b := range map[string][]byte{
		"empty": nil, "short hash": block([]byte("short")), "no hash": block(nil), "cut off": whole[:len(whole)-20],
		"not a message": []byte("\xff\xff\xff"),
	} {
		if hash, err := dataHash(b); err == nil {
			t.Errorf("%s: it gives %x", name, hash)
		}
	}
}

func FuzzDataHash(f *testing.F) {
	f.Add(block(bytes.Repeat([]byte{1}, sha256Size)))
	f.Add([]byte{0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, b []byte) {
		hash, err := dataHash(b)
		if err == nil && len(hash) != sha256Size {
			t.Errorf("it gives %d bytes", len(hash))
		}
	})
}
