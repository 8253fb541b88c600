package stub

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	pb "github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"
)

// Proposal is what a client asks the peers to run.
type Proposal struct {
	Creator   []byte // the client's serialized identity
	Nonce     []byte
	Timestamp time.Time // by the client's clock
	Args      [][]byte  // the function and its arguments; kept in the block
	Transient map[string][]byte
}

// ID gives the id of the proposal's transaction, as Fabric derives it.
func (p *Proposal) ID() string {
	h := sha256.New()
	h.Write(p.Nonce)
	h.Write(p.Creator)
	return hex.EncodeToString(h.Sum(nil))
}

func (p *Proposal) org() (string, error) {
	var id msp.SerializedIdentity
	if err := proto.Unmarshal(p.Creator, &id); err != nil {
		return "", fmt.Errorf("reading the caller's identity: %w", err)
	}
	return id.Mspid, nil
}

// Endorsement is a peer's answer to a proposal.
type Endorsement struct {
	Org      string
	Response *pb.Response

	action  []byte        // the bytes that the peer signs: writes, event and response
	private privateWrites // what the peer keeps aside for the collection's members
}

// Refused says whether the chaincode refused the proposal, so that the peer
// endorsed nothing.
func (e *Endorsement) Refused() bool { return e.Response.Status >= refusedFrom }

// refusedFrom is the least status that a peer does not endorse.
const refusedFrom = 400

// Transaction is an endorsed proposal on its way to a block or in one.
type Transaction struct {
	ID        string
	Creator   []byte
	Timestamp time.Time
	Args      [][]byte
	Endorsers []string // organisations
	Response  *pb.Response
	Event     *pb.ChaincodeEvent // nil where the chaincode set none

	action  []byte
	set     *kvrwset.KVRWSet
	hashed  map[string]*kvrwset.HashedRWSet
	private privateWrites
}

// Raw gives everything of the transaction that stands in the block, which
// every member keeps for ever.
func (t *Transaction) Raw() ([]byte, error) {
	input, err := proto.Marshal(&pb.ChaincodeInput{Args: t.Args})
	if err != nil {
		return nil, fmt.Errorf("writing the arguments: %w", err)
	}
	return bytes.Join([][]byte{[]byte(t.ID), t.Creator, input, t.action}, nil), nil
}

// Assemble joins endorsements of one proposal to a transaction. It gives
// ErrMismatch where they are not of one mind.
func Assemble(p *Proposal, endorsements ...*Endorsement) (*Transaction, error) {
	if len(endorsements) == 0 {
		return nil, errors.New("assembling a transaction: there is no endorsement")
	}
	first := endorsements[0]
	t := &Transaction{
		ID: p.ID(), Creator: p.Creator, Timestamp: p.Timestamp, Args: p.Args,
		Response: first.Response, action: first.action, private: first.private,
	}
	for _, e := range endorsements {
		if e.Refused() {
			return nil, fmt.Errorf("assembling a transaction: %s endorsed nothing", e.Org)
		}
		if !bytes.Equal(e.action, first.action) {
			return nil, ErrMismatch
		}
		t.Endorsers = append(t.Endorsers, e.Org)
	}
	if err := t.parse(); err != nil {
		return nil, fmt.Errorf("assembling a transaction: %w", err)
	}
	return t, nil
}

// parse reads the sets of keys read and written, and the event, from the bytes
// that were endorsed.
func (t *Transaction) parse() error {
	var action pb.ChaincodeAction
	if err := proto.Unmarshal(t.action, &action); err != nil {
		return fmt.Errorf("reading what was endorsed: %w", err)
	}
	if len(action.Events) > 0 {
		t.Event = &pb.ChaincodeEvent{}
		if err := proto.Unmarshal(action.Events, t.Event); err != nil {
			return fmt.Errorf("reading the event: %w", err)
		}
	}
	var tx rwset.TxReadWriteSet
	if err := proto.Unmarshal(action.Results, &tx); err != nil {
		return fmt.Errorf("reading the writes: %w", err)
	}
	t.set, t.hashed = &kvrwset.KVRWSet{}, map[string]*kvrwset.HashedRWSet{}
	for _, ns := range tx.NsRwset {
		if err := proto.Unmarshal(ns.Rwset, t.set); err != nil {
			return fmt.Errorf("reading the public writes: %w", err)
		}
		for _, c := range ns.CollectionHashedRwset {
			h := &kvrwset.HashedRWSet{}
			if err := proto.Unmarshal(c.HashedRwset, h); err != nil {
				return fmt.Errorf("reading the hashed writes: %w", err)
			}
			t.hashed[c.CollectionName] = h
		}
	}
	return nil
}

// Code is what validation finds of a transaction.
type Code string

// The codes of validation, with the names that Fabric has for them.
const (
	Valid         Code = "VALID"
	MVCCConflict  Code = "MVCC_READ_CONFLICT"
	PolicyFailure Code = "ENDORSEMENT_POLICY_FAILURE"
	DuplicateTxID Code = "DUPLICATE_TXID"
)

// Block is a block of the channel. It must not be changed.
type Block struct {
	Number       uint64
	Transactions []*Transaction
	Codes        []Code // one for each transaction
}

func (b *Block) code(id string) (Code, bool) {
	for i, t := range b.Transactions {
		if t.ID == id {
			return b.Codes[i], true
		}
	}
	return "", false
}
