package evidence

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// FuzzFabric reads whatever claims to be Fabric's: nothing of it may do more than
// be refused.
func FuzzFabric(f *testing.F) {
	names, err := filepath.Glob("testdata/cases/genuine-*.json")
	if err != nil || len(names) == 0 {
		f.Fatalf("finding the cases: %v", err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		file, err := Decode(raw)
		if err != nil {
			f.Fatal(err)
		}
		a := file.Attestation
		f.Add([]byte(file.Genesis), []byte(a.Question), []byte(a.Answer), []byte(a.Attesters[0].Identity), []byte(a.Attesters[0].Signature))
	}
	f.Fuzz(func(t *testing.T, genesis, question, answer, identity, signature []byte) {
		c, err := readGenesis(genesis)
		if err != nil {
			c = &channel{name: "registry", orgs: map[string]*organisation{}}
		}
		s := Attester{Identity: identity, Signature: signature}
		found, err := checkAttestation(c, &Attestation{Question: question, Answer: answer, Attesters: []Attester{s}})
		if err == nil || found != nil {
			t.Error("one peer attests for two organisations")
		}
		if _, err := c.verifyPeer(s, answer, time.Unix(0, 0)); err == nil && len(c.orgs) == 0 {
			t.Error("a peer of nobody is believed")
		}
	})
}

func TestFieldThatStandsTwiceIsRefused(t *testing.T) {
	once := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), []byte("a"))
	twice := append(once[:len(once):len(once)], once...)
	if _, err := path(once, 1); err != nil {
		t.Errorf("once: %v", err)
	}
	if _, err := path(twice, 1); err != errTwice {
		t.Errorf("twice: %v", err)
	}
	number := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), 5)
	f, err := readFields(append(number, number...))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.number(1); err != errTwice {
		t.Errorf("a number twice: %v", err)
	}
	f, err = readFields(append(pair("k"), pair("k")...))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.entries(2); err != errTwice {
		t.Errorf("a key of a map twice: %v", err)
	}
}

// pair is an entry of the map in field 2.
func pair(key string) []byte {
	entry := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), key)
	return protowire.AppendBytes(protowire.AppendTag(nil, 2, protowire.BytesType), entry)
}
