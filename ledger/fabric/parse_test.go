package fabric

import (
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"

	"github.com/skuld-registry/skuld/ledger/protocol"
)

// FuzzBlock: whatever bytes stand for a block, it is read or refused, and a
// transaction that is given applied something.
func FuzzBlock(f *testing.F) {
	f.Add(wellFormed(f, `{"results":[{"op":"pay","seq":1}]}`))
	f.Add(wellFormed(f, `{`))
	f.Add([]byte{0x0a, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		var b common.Block
		if proto.Unmarshal(data, &b) != nil {
			return
		}
		out, err := parser{channel: "skuld", chaincode: "skuld"}.block(&b)
		if err != nil {
			return
		}
		if len(out.Transactions) > len(b.GetData().GetData()) {
			t.Errorf("%d transactions of %d", len(out.Transactions), len(b.GetData().GetData()))
		}
		for _, x := range out.Transactions {
			if len(x.Results) == 0 {
				t.Errorf("transaction %s applied nothing", x.ID)
			}
		}
	})
}

func wellFormed(f *testing.F, event string) []byte {
	marshal := func(m proto.Message) []byte {
		b, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		return b
	}
	action := &peer.ChaincodeAction{
		ChaincodeId: &peer.ChaincodeID{Name: "skuld"},
		Events:      marshal(&peer.ChaincodeEvent{ChaincodeId: "skuld", EventName: protocol.EventApplied, Payload: []byte(event)}),
	}
	tx := &peer.Transaction{Actions: []*peer.TransactionAction{{
		Payload: marshal(&peer.ChaincodeActionPayload{Action: &peer.ChaincodeEndorsedAction{
			ProposalResponsePayload: marshal(&peer.ProposalResponsePayload{Extension: marshal(action)}),
		}}),
	}}}
	header := marshal(&common.ChannelHeader{Type: int32(common.HeaderType_ENDORSER_TRANSACTION), ChannelId: "skuld", TxId: "t"})
	envelope := marshal(&common.Envelope{Payload: marshal(&common.Payload{Header: &common.Header{ChannelHeader: header}, Data: marshal(tx)})})
	return marshal(&common.Block{
		Header:   &common.BlockHeader{Number: 3},
		Data:     &common.BlockData{Data: [][]byte{envelope}},
		Metadata: &common.BlockMetadata{Metadata: [][]byte{nil, nil, {0}}},
	})
}
