package fabric

import (
	"fmt"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// parser takes blocks apart as far as one chaincode's events need.
type parser struct {
	channel   string
	chaincode string
}

// block gives the valid transactions of the chaincode that applied commands.
// What other chaincodes did, and configuration, is passed over.
func (p parser) block(b *common.Block) (ledger.Block, error) {
	out := ledger.Block{Number: b.GetHeader().GetNumber()}
	data := b.GetData().GetData()
	var codes []byte
	if m := b.GetMetadata().GetMetadata(); len(m) > int(common.BlockMetadataIndex_TRANSACTIONS_FILTER) {
		codes = m[common.BlockMetadataIndex_TRANSACTIONS_FILTER]
	}
	// The codes are the peer's own verdict. Without one for each transaction
	// there is none to go by.
	if len(codes) != len(data) {
		return ledger.Block{}, fmt.Errorf("block %d has %d transactions and %d validation codes", out.Number, len(data), len(codes))
	}
	for i, envelope := range data {
		if peer.TxValidationCode(codes[i]) != peer.TxValidationCode_VALID {
			continue
		}
		t, err := p.transaction(envelope)
		if err != nil {
			return ledger.Block{}, fmt.Errorf("block %d, transaction %d: %w", out.Number, i, err)
		}
		if len(t.Results) > 0 {
			out.Transactions = append(out.Transactions, t)
		}
	}
	return out, nil
}

func (p parser) transaction(b []byte) (ledger.Transaction, error) {
	var envelope common.Envelope
	var payload common.Payload
	if err := unmarshal("the envelope", b, &envelope); err != nil {
		return ledger.Transaction{}, err
	}
	if err := unmarshal("the payload", envelope.GetPayload(), &payload); err != nil {
		return ledger.Transaction{}, err
	}
	header, err := channelHeader(&payload)
	if err != nil {
		return ledger.Transaction{}, err
	}
	t := ledger.Transaction{ID: header.GetTxId(), At: ledgerTime(header)}
	if common.HeaderType(header.GetType()) != common.HeaderType_ENDORSER_TRANSACTION || header.GetChannelId() != p.channel {
		return t, nil
	}
	var tx peer.Transaction
	if err := unmarshal("the transaction", payload.GetData(), &tx); err != nil {
		return t, err
	}
	for _, action := range tx.GetActions() {
		results, err := p.results(action)
		if err != nil {
			return t, err
		}
		t.Results = append(t.Results, results...)
	}
	return t, nil
}

// results reads the event of one action.
func (p parser) results(a *peer.TransactionAction) ([]ledger.Result, error) {
	var payload peer.ChaincodeActionPayload
	if err := unmarshal("the action's payload", a.GetPayload(), &payload); err != nil {
		return nil, err
	}
	var response peer.ProposalResponsePayload
	if err := unmarshal("the proposal's response", payload.GetAction().GetProposalResponsePayload(), &response); err != nil {
		return nil, err
	}
	var action peer.ChaincodeAction
	if err := unmarshal("the chaincode's action", response.GetExtension(), &action); err != nil {
		return nil, err
	}
	if action.GetChaincodeId().GetName() != p.chaincode || len(action.GetEvents()) == 0 {
		return nil, nil
	}
	var event peer.ChaincodeEvent
	if err := unmarshal("the chaincode's event", action.GetEvents(), &event); err != nil {
		return nil, err
	}
	if event.GetEventName() != protocol.EventApplied || event.GetChaincodeId() != p.chaincode {
		return nil, nil
	}
	var applied protocol.AppliedEvent
	if err := protocol.Decode(event.GetPayload(), &applied); err != nil {
		return nil, fmt.Errorf("reading the event: %w", err)
	}
	if len(applied.Results) > ledger.MaxBatch {
		return nil, fmt.Errorf("reading the event: it has %d results", len(applied.Results))
	}
	return applied.Results, nil
}

func channelHeader(p *common.Payload) (*common.ChannelHeader, error) {
	var h common.ChannelHeader
	if err := unmarshal("the channel header", p.GetHeader().GetChannelHeader(), &h); err != nil {
		return nil, err
	}
	return &h, nil
}

// ledgerTime is a transaction's time as the rules see it: in whole seconds.
func ledgerTime(h *common.ChannelHeader) time.Time {
	return h.GetTimestamp().AsTime().UTC().Truncate(time.Second)
}

func unmarshal(what string, b []byte, m proto.Message) error {
	if err := proto.Unmarshal(b, m); err != nil {
		return fmt.Errorf("reading %s: %w", what, err)
	}
	return nil
}
