package fabric_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"

	"github.com/skuld-registry/skuld/ledger/fabric"
)

const goodProfile = `{"organisation":"lender","msp_id":"LenderMSP","channel":"skuld","chaincode":"skuld","network":"7c9d",
"registrar_msp_id":"RegistrarMSP","peer":{"address":"a:1","tls_ca":"/ca"},"client":{"cert":"/c","key":"/k"},
"peers":[{"msp_id":"LenderMSP","address":"a:1","tls_ca":"/ca"},{"msp_id":"RegistrarMSP","address":"b:1","tls_ca":"/cb"}]}`

func TestProfileIsReadAsTheNetworkWritesIt(t *testing.T) {
	p, err := fabric.DecodeProfile([]byte(goodProfile))
	if err != nil {
		t.Fatal(err)
	}
	if p.Organisation != "lender" || p.Client.Key != "/k" || p.Peers[1] != (fabric.Peer{MSPID: "RegistrarMSP", Address: "b:1", TLSCA: "/cb"}) {
		t.Errorf("profile %+v", p)
	}
}

func TestProfileWithAnyFieldMissingIsRefusedByItsName(t *testing.T) {
	for field, text := range map[string]string{
		"organisation": `"lender"`, "msp_id": `"LenderMSP","channel"`, "chaincode": `"skuld","network"`, "network": `"7c9d"`,
		"registrar_msp_id": `"RegistrarMSP","peer"`, "peer.address": `"a:1","tls_ca":"/ca"},"client"`, "client.cert": `"/c"`,
		"client.key": `"/k"`, "peers[1].address": `"b:1"`, "peers[1].tls_ca": `"/cb"`, "the registrar's": `"RegistrarMSP","address"`,
	} {
		if !strings.Contains(goodProfile, text) {
			t.Fatalf("no %s in the profile", text)
		}
		emptied := `""` + text[strings.Index(text[1:], `"`)+2:]
		_, err := fabric.DecodeProfile([]byte(strings.Replace(goodProfile, text, emptied, 1)))
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("without %s: %v", field, err)
		}
	}
}

func TestProfileThatIsNotOneStrictValueIsRefused(t *testing.T) {
	for _, text := range []string{"", "null x", goodProfile + "{}", strings.Replace(goodProfile, "{", `{"extra":1,`, 1), "[]"} {
		if _, err := fabric.DecodeProfile([]byte(text)); err == nil {
			t.Errorf("%.40q was taken", text)
		}
	}
}

func TestProfileFileThatIsMissingOrTooLargeIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fabric.json")
	if _, err := fabric.ReadProfile(path); err == nil {
		t.Error("a file that does not exist was read")
	}
	if err := os.WriteFile(path, make([]byte, 1<<20+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := fabric.ReadProfile(path); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("error %v", err)
	}
}

func TestConnectSaysWhichFileIsWrong(t *testing.T) {
	m := gather(t)
	junk := filepath.Join(t.TempDir(), "junk.pem")
	if err := os.WriteFile(junk, []byte("no PEM"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*fabric.Profile){
		"certificate":       func(p *fabric.Profile) { p.Client.Certificate = junk },
		"key":               func(p *fabric.Profile) { p.Client.Key = junk },
		"TLS root":          func(p *fabric.Profile) { p.Peer.TLSCA = junk },
		"registrar's root":  func(p *fabric.Profile) { p.Peers[1].TLSCA = junk },
		"no certificate":    func(p *fabric.Profile) { p.Client.Certificate = junk + "x" },
		"no key":            func(p *fabric.Profile) { p.Client.Key = junk + "x" },
		"no TLS root":       func(p *fabric.Profile) { p.Peer.TLSCA = junk + "x" },
		"no registrar's CA": func(p *fabric.Profile) { p.Peers[1].TLSCA = junk + "x" },
	} {
		t.Run(name, func(t *testing.T) {
			p := m.profile
			p.Peers = append([]fabric.Peer(nil), p.Peers...)
			change(&p)
			if _, err := fabric.Connect(p, fabric.Options{}); err == nil || !strings.Contains(err.Error(), junk) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestHeightIsThatOfOnesOwnPeer(t *testing.T) {
	m := gather(t)
	height := func(n uint64) func([][]byte, []string) ([]byte, error) {
		return func(args [][]byte, _ []string) ([]byte, error) {
			if string(args[0]) != "GetChainInfo" || string(args[1]) != "skuld" {
				t.Errorf("asked for %s", args)
			}
			return marshal(&common.BlockchainInfo{Height: n}), nil
		}
	}
	m.lender.evaluate, m.registrar.evaluate = height(7), height(8)
	c := m.connect(t)
	if h, err := c.Height(t.Context()); err != nil || h != 7 {
		t.Errorf("height %d, error %v", h, err)
	}
	m.lender.server.Stop()
	if h, err := c.Height(t.Context()); err != nil || h != 8 {
		t.Errorf("while it is down: height %d, error %v", h, err)
	}
	m.registrar.server.Stop()
	if err := c.Check(context.Background()); err == nil {
		t.Error("a channel that cannot be reached was found well")
	}
}

func FuzzDecodeProfile(f *testing.F) {
	f.Add([]byte(goodProfile))
	f.Add([]byte(`{"peers":[{}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := fabric.DecodeProfile(b)
		if err != nil {
			return
		}
		again, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fabric.DecodeProfile(again); err != nil {
			t.Errorf("%s: %v", again, err)
		}
	})
}
