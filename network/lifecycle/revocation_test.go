package lifecycle

import (
	"math/big"
	"testing"
	"time"

	//lint:ignore SA1019 fabric-protos-go's messages are of this module.
	"github.com/golang/protobuf/proto"
	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/skuld-registry/skuld/network/pki"
)

var now = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

func authority(t *testing.T, name string) *pki.Authority {
	t.Helper()
	a, err := pki.NewAuthority(name, name, now)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func list(t *testing.T, a *pki.Authority, serials ...int64) []byte {
	t.Helper()
	var numbers []*big.Int
	for _, s := range serials {
		numbers = append(numbers, big.NewInt(s))
	}
	l, err := a.Revoke(numbers, big.NewInt(int64(len(serials))), now)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestANewListReplacesOnlyThoseThatItCovers(t *testing.T) {
	ours, theirs := authority(t, "ours"), authority(t, "theirs")
	one, other, both, foreign := list(t, ours, 1), list(t, ours, 2), list(t, ours, 1, 2), list(t, theirs, 1)
	for _, c := range []struct {
		name  string
		there [][]byte
		add   []byte
		want  [][]byte
	}{
		{"the first", nil, one, [][]byte{one}},
		{"one that covers all", [][]byte{one, other}, both, [][]byte{both}},
		{"one that covers nothing", [][]byte{one}, other, [][]byte{one, other}},
		{"one that covers less", [][]byte{both}, one, [][]byte{both, one}},
		{"one of another authority", [][]byte{one}, foreign, [][]byte{one, foreign}},
		{"the same again", [][]byte{one}, one, [][]byte{one}},
	} {
		got, err := mergeLists(c.there, c.add)
		if err != nil {
			t.Fatal(err)
		}
		same := len(got) == len(c.want)
		for i := 0; same && i < len(got); i++ {
			same = string(got[i]) == string(c.want[i])
		}
		if !same {
			t.Errorf("%s: there are %d lists, not %d, or others", c.name, len(got), len(c.want))
		}
	}
}

func TestSomethingElseThanAListIsRefused(t *testing.T) {
	a := authority(t, "ours")
	for name, add := range map[string][]byte{"nothing": nil, "a certificate": a.Certificate(), "text": []byte("revoked: all")} {
		if _, err := mergeLists(nil, add); err == nil {
			t.Errorf("%s is taken for a list", name)
		}
		if _, err := mergeLists([][]byte{add}, list(t, a, 1)); err == nil {
			t.Errorf("%s in the channel is taken for a list", name)
		}
	}
}

func TestABlockThatHoldsNoConfigurationIsRefused(t *testing.T) {
	junk := &common.Block{Data: &common.BlockData{Data: [][]byte{[]byte("junk\xff")}}}
	for name, b := range map[string]*common.Block{"nothing": nil, "empty": {}, "no data": {Data: &common.BlockData{}}, "junk": junk} {
		if _, err := configOf(b); err == nil {
			t.Errorf("%s: it is accepted", name)
		}
	}
	empty, err := proto.Marshal(&common.Envelope{})
	if err != nil {
		t.Fatal(err)
	}
	config, err := configOf(&common.Block{Data: &common.BlockData{Data: [][]byte{empty}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := mspOf(config, "LenderMSP"); err == nil {
		t.Error("an empty configuration has an organisation")
	}
}
