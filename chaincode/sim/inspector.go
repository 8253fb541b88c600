package sim

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/chaincode/stub"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// inspector looks at everything that the peers keep.
type inspector struct {
	net     *stub.Network
	audit   *auditor
	height  uint64
	records map[string][]byte // the public state that was found right
	valid   int
	invalid int
}

func newInspector(net *stub.Network, a *auditor) *inspector {
	return &inspector{net: net, audit: a, height: 1, records: map[string][]byte{}}
}

// follow reads the blocks that have come, and checks the whole world after the
// last of them. It wants to be called after every block.
func (in *inspector) follow() error {
	org, height := in.newest()
	if height == in.height {
		return nil
	}
	for ; in.height < height; in.height++ {
		b, ok := in.net.Block(org, in.height)
		if !ok {
			return fmt.Errorf("block %d is missing", in.height)
		}
		if err := in.block(b); err != nil {
			return fmt.Errorf("block %d: %w", in.height, err)
		}
	}
	if err := in.state(org); err != nil {
		return fmt.Errorf("after block %d: %w", in.height-1, err)
	}
	for _, other := range orgs {
		if err := in.peer(other, false); err != nil {
			return fmt.Errorf("after block %d: %w", in.height-1, err)
		}
	}
	return nil
}

// newest gives a peer that is not behind.
func (in *inspector) newest() (org string, height uint64) {
	for _, o := range orgs {
		if h := in.net.Height(o); h > height {
			org, height = o, h
		}
	}
	return org, height
}

// private is what must not stand in anything that every member keeps: texts,
// names and values of terms, and signed commands by how their headers begin.
var private = [][]byte{
	[]byte(secretWord), []byte(`"principal"`), []byte(`"amount"`), []byte(`"rate"`), []byte(`"SEK"`), []byte(`"EUR"`), []byte(`"keys"`),
	[]byte(`"body"`), []byte("eyJhbGciOi"),
}

func checkPublic(what string, b []byte) error {
	for _, secret := range private {
		if bytes.Contains(b, secret) {
			return fmt.Errorf("%s holds %q: %q", what, secret, b)
		}
	}
	return nil
}

// block tells the auditor what a block applied, in order.
func (in *inspector) block(b *stub.Block) error {
	for i, t := range b.Transactions {
		raw, err := t.Raw()
		if err != nil {
			return err
		}
		if err := checkPublic("transaction "+t.ID, raw); err != nil {
			return err
		}
		if b.Codes[i] != stub.Valid {
			in.invalid++
			continue
		}
		in.valid++
		if err := in.transaction(b.Number, t); err != nil {
			return fmt.Errorf("transaction %s: %w", t.ID, err)
		}
	}
	return nil
}

func (in *inspector) transaction(number uint64, t *stub.Transaction) error {
	if len(t.Args) != 1 {
		return fmt.Errorf("it has arguments, which every member keeps")
	}
	if t.Event == nil || t.Event.EventName != protocol.EventApplied {
		return fmt.Errorf("it was ordered, and tells nothing")
	}
	var event protocol.AppliedEvent
	if err := protocol.Decode(t.Event.Payload, &event); err != nil {
		return fmt.Errorf("reading its event: %w", err)
	}
	var creator msp.SerializedIdentity
	if err := proto.Unmarshal(t.Creator, &creator); err != nil {
		return fmt.Errorf("reading its creator: %w", err)
	}
	if len(event.Results) == 0 {
		return fmt.Errorf("it was ordered, and applied nothing")
	}
	for _, r := range event.Results {
		frame := ledger.Frame{At: t.Timestamp, Org: creator.Mspid}
		if err := in.audit.apply(r, told{tx: t.ID, block: number}, frame); err != nil {
			return err
		}
	}
	return nil
}

// state compares the public state of a peer with the model, record by record,
// and the registrar's private entries with the commitments.
func (in *inspector) state(org string) error {
	state := in.net.State(org)
	if want := len(in.audit.told); len(state) != want {
		return fmt.Errorf("%d public keys for %d subjects", len(state), want)
	}
	entries := in.net.Private(inproc.Registrar, protocol.Collection)
	for _, s := range in.audit.subjects() {
		key := protocol.RecordKey(s)
		if bytes.Equal(state[key], in.records[key]) && len(state[key]) > 0 {
			continue
		}
		if err := checkPublic("the record of "+s.ID, state[key]); err != nil {
			return err
		}
		if err := in.record(s, state[key], entries); err != nil {
			return fmt.Errorf("%s %s: %w", s.Kind, s.ID, err)
		}
		in.records[key] = state[key]
	}
	return nil
}

// record compares one public record, and the entry behind it, with the model.
func (in *inspector) record(s ledger.Subject, raw []byte, entries map[string][]byte) error {
	commands := in.audit.told[s]
	last := commands[len(commands)-1]
	if s.Kind == ledger.KindBook {
		want, err := protocol.Marshal(last.Change.Book)
		if err != nil || !bytes.Equal(raw, want) {
			return fmt.Errorf("its record is %s, the rules give %s: %w", raw, want, err)
		}
		return nil
	}
	var public struct {
		Commitment ledger.Digest `json:"commitment"`
	}
	if err := json.Unmarshal(raw, &public); err != nil {
		return fmt.Errorf("reading its record: %w", err)
	}
	var state, record any
	if s.Kind == ledger.KindNote {
		state, record = last.Change.Note, last.Change.Note.Record(public.Commitment)
	} else {
		state, record = last.Change.Party, last.Change.Party.Record(public.Commitment)
	}
	want, err := protocol.Marshal(record)
	if err != nil || !bytes.Equal(raw, want) {
		return fmt.Errorf("its record is %s, the rules give %s: %w", raw, want, err)
	}
	if in.net.Height(inproc.Registrar) < in.height {
		return nil // the registrar's peer is behind; its entry comes later
	}
	if last.Change.Result.Op == ledger.OpErase {
		return checkPurged(s, last.Change.Result.Seq, public.Commitment, entries)
	}
	return in.entry(entries[protocol.EntryKey(s, last.Change.Result.Seq)], state, public.Commitment)
}

// checkPurged: nothing is kept of an erased note, and nothing is committed to.
func checkPurged(s ledger.Subject, last uint64, commitment ledger.Digest, entries map[string][]byte) error {
	if !commitment.IsZero() {
		return fmt.Errorf("it is erased, and its record has a commitment")
	}
	for seq := uint64(1); seq <= last; seq++ {
		if entries[protocol.EntryKey(s, seq)] != nil {
			return fmt.Errorf("it is erased, and entry %d is kept", seq)
		}
	}
	return nil
}

func (in *inspector) entry(raw []byte, state any, commitment ledger.Digest) error {
	var e ledger.Entry
	if err := json.Unmarshal(raw, &e); err != nil {
		return fmt.Errorf("reading its entry: %w", err)
	}
	want, err := ledger.Canonical(state)
	switch {
	case err != nil:
		return err
	case !bytes.Equal(e.State, want):
		return fmt.Errorf("kept is %s, the rules give %s", e.State, want)
	case ledger.Commit(e.Salt, e.State) != commitment:
		return fmt.Errorf("its commitment is not that of the state kept")
	case e.Salt.IsZero():
		return fmt.Errorf("its commitment is not salted")
	}
	return nil
}

// peer compares a peer that is not behind with what was found right.
func (in *inspector) peer(org string, mustBeThere bool) error {
	if in.net.Height(org) != in.height {
		if mustBeThere {
			return fmt.Errorf("the peer of %s is at %d of %d", org, in.net.Height(org), in.height)
		}
		return nil
	}
	state := in.net.State(org)
	if len(state) != len(in.records) {
		return fmt.Errorf("the peer of %s has %d keys, others have %d", org, len(state), len(in.records))
	}
	for key, want := range in.records {
		if !bytes.Equal(state[key], want) {
			return fmt.Errorf("the peer of %s has another %s", org, key)
		}
	}
	return nil
}
