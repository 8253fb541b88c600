package fabric_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/fabric"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

var at = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

// tx is a transaction as a block has it.
type tx struct {
	kind      common.HeaderType
	channel   string
	chaincode string
	event     string
	payload   string
	code      peer.TxValidationCode
}

// ours is a valid transaction of the registry.
func ours() tx {
	return tx{common.HeaderType_ENDORSER_TRANSACTION, "skuld", "skuld", protocol.EventApplied,
		`{"results":[{"command":"c","op":"pay","subject":{"kind":"note","id":"n"},"seq":3,"head":""}]}`, peer.TxValidationCode_VALID}
}

func (x tx) envelope() []byte {
	action := &peer.ChaincodeAction{ChaincodeId: &peer.ChaincodeID{Name: x.chaincode}}
	if x.event != "" {
		action.Events = marshal(&peer.ChaincodeEvent{ChaincodeId: x.chaincode, EventName: x.event, Payload: []byte(x.payload)})
	}
	header := marshal(&common.ChannelHeader{
		Type: int32(x.kind), ChannelId: x.channel, TxId: "tx", Timestamp: timestamppb.New(at.Add(900 * time.Millisecond)),
	})
	return marshal(&common.Envelope{Payload: marshal(&common.Payload{
		Header: &common.Header{ChannelHeader: header}, Data: transactionOf(action),
	})})
}

func block(number uint64, txs ...tx) *common.Block {
	b := &common.Block{
		Header: &common.BlockHeader{Number: number}, Data: &common.BlockData{},
		Metadata: &common.BlockMetadata{Metadata: make([][]byte, common.BlockMetadataIndex_TRANSACTIONS_FILTER+1)},
	}
	for _, x := range txs {
		b.Data.Data = append(b.Data.Data, x.envelope())
		codes := &b.Metadata.Metadata[common.BlockMetadataIndex_TRANSACTIONS_FILTER]
		*codes = append(*codes, byte(x.code))
	}
	return b
}

// read gives what the channel makes of blocks that its peer sends, at most n.
func read(t *testing.T, n int, blocks ...*common.Block) ([]ledger.Block, error) {
	t.Helper()
	m := gather(t)
	send := func(_ uint64, send func(*common.Block) error) {
		for _, b := range blocks {
			if send(b) != nil {
				return
			}
		}
	}
	m.lender.blocks, m.registrar.blocks = send, send
	var got []ledger.Block
	for b, err := range m.connect(t, func(o *fabric.Options) { o.Reconnects = 2 }).Blocks(t.Context(), 5) {
		if err != nil {
			return got, err
		}
		if got = append(got, b); len(got) == n {
			break
		}
	}
	return got, nil
}

func TestBlockHasWhatTheRegistrysValidTransactionsApplied(t *testing.T) {
	change := func(f func(*tx)) tx { x := ours(); f(&x); return x }
	got, err := read(t, 2,
		block(5),
		block(6,
			ours(),
			change(func(x *tx) { x.code = peer.TxValidationCode_MVCC_READ_CONFLICT }),
			change(func(x *tx) { x.kind = common.HeaderType_CONFIG }),
			change(func(x *tx) { x.channel = "other" }),
			change(func(x *tx) { x.chaincode = "floor" }),
			change(func(x *tx) { x.event = "other" }),
			change(func(x *tx) { x.event = "" }),
			change(func(x *tx) { x.code, x.payload = peer.TxValidationCode_BAD_PAYLOAD, "garbage" }),
			ours(),
		))
	if err != nil {
		t.Fatal(err)
	}
	result := ledger.Result{Command: "c", Op: ledger.OpPay, Subject: ledger.NoteID("n").Subject(), Seq: 3}
	if len(got) != 2 || got[0].Number != 5 || got[1].Number != 6 || len(got[0].Transactions) != 0 || len(got[1].Transactions) != 2 {
		t.Fatalf("blocks %+v", got)
	}
	for _, x := range got[1].Transactions {
		if x.ID != "tx" || !x.At.Equal(at) || !slices.Equal(x.Results, []ledger.Result{result}) {
			t.Errorf("transaction %+v", x)
		}
	}
}

func TestBlockThatMakesNoSenseEndsTheStream(t *testing.T) {
	noCodes := block(5, ours())
	noCodes.Metadata = nil
	fewCodes := block(5, ours(), ours())
	fewCodes.Metadata.Metadata[common.BlockMetadataIndex_TRANSACTIONS_FILTER] = []byte{0}
	moreCodes := block(5, ours())
	moreCodes.Metadata.Metadata[common.BlockMetadataIndex_TRANSACTIONS_FILTER] = []byte{0, 0}
	noEnvelope := block(5, ours())
	noEnvelope.Data.Data[0] = []byte{0xff}
	badEvent := ours()
	badEvent.payload = `{"results":[],"more":1}`
	for name, b := range map[string]*common.Block{
		"no validation codes": noCodes, "too few validation codes": fewCodes,
		"too many validation codes": moreCodes, "no envelope": noEnvelope, "another event": block(5, badEvent),
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := read(t, 1, b); err == nil {
				t.Errorf("blocks %+v", got)
			}
		})
	}
}

func TestStreamGoesOnAtTheNextBlockWhenItBreaks(t *testing.T) {
	m := gather(t)
	// Each peer gives two blocks a connection and breaks off.
	two := func(from uint64, send func(*common.Block) error) {
		for n := from; n < from+2; n++ {
			if send(block(n, ours())) != nil {
				return
			}
		}
	}
	m.lender.blocks, m.registrar.blocks = two, two
	var got []uint64
	for b, err := range m.connect(t, func(o *fabric.Options) { o.Reconnects = 1 }).Blocks(t.Context(), 5) {
		if err != nil {
			t.Fatal(err)
		}
		if got = append(got, b.Number); len(got) == 9 {
			break
		}
	}
	if want := []uint64{5, 6, 7, 8, 9, 10, 11, 12, 13}; !slices.Equal(got, want) {
		t.Errorf("blocks %v", got)
	}
}

func TestStreamThatKeepsBreakingEndsWithAnError(t *testing.T) {
	m := gather(t)
	var connections atomic.Int32
	none := func(uint64, func(*common.Block) error) { connections.Add(1) }
	m.lender.blocks, m.registrar.blocks = none, none
	var last error
	for _, err := range m.connect(t, func(o *fabric.Options) { o.Reconnects = 4 }).Blocks(t.Context(), 5) {
		last = err
	}
	if last == nil || connections.Load() != 5 {
		t.Errorf("error %v after %d connections", last, connections.Load())
	}
}

func TestBlockOutOfTurnIsNotTaken(t *testing.T) {
	if got, err := read(t, 1, block(7)); err == nil || len(got) > 0 {
		t.Errorf("blocks %+v, error %v", got, err)
	}
}

func TestStreamEndsQuietlyWithItsReader(t *testing.T) {
	m := gather(t)
	m.lender.blocks = func(from uint64, send func(*common.Block) error) {
		for n := from; send(block(n)) == nil; n++ {
		}
	}
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	seen := 0
	for _, err := range m.connect(t).Blocks(ctx, 5) {
		if err != nil {
			t.Fatal(err)
		}
		if seen++; seen == 3 {
			leave()
		}
	}
}
