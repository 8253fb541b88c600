package stub

import (
	"bytes"
	"errors"
	"fmt"
	"maps"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/rwset/kvrwset"
	pb "github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// simulation is one run of the chaincode on one peer. Reads go to the state
// that the peer had committed; writes are only noted down.
type simulation struct {
	unsupported
	channel   string
	chaincode string
	proposal  *Proposal
	peer      *peer

	reads       map[string]*version
	writes      map[string]write
	hashedReads map[string]map[string]*version // by collection and key
	private     privateWrites
	event       *pb.ChaincodeEvent
}

var _ shim.ChaincodeStubInterface = (*simulation)(nil)

// endorse runs the chaincode and gives what the peer would sign.
func (p *peer) endorse(proposal *Proposal, channel, chaincode string) (*Endorsement, error) {
	s := &simulation{
		channel: channel, chaincode: chaincode, proposal: proposal, peer: p,
		reads: map[string]*version{}, writes: map[string]write{},
		hashedReads: map[string]map[string]*version{}, private: privateWrites{},
	}
	response := p.chaincode.Invoke(s)
	if response == nil {
		return nil, errors.New("running the chaincode: it gave no response")
	}
	e := &Endorsement{Org: p.org, Response: response}
	if e.Refused() {
		return e, nil
	}
	action, err := s.action(response)
	if err != nil {
		return nil, fmt.Errorf("writing the endorsement: %w", err)
	}
	e.action, e.private = action, s.private
	return e, nil
}

// action gives the bytes that the peer signs.
func (s *simulation) action(response *pb.Response) ([]byte, error) {
	results, err := s.results()
	if err != nil {
		return nil, err
	}
	a := &pb.ChaincodeAction{Results: results, Response: response, ChaincodeId: &pb.ChaincodeID{Name: s.chaincode}}
	if s.event != nil {
		if a.Events, err = marshal(s.event); err != nil {
			return nil, err
		}
	}
	return marshal(a)
}

// results gives the sets of keys read and written, sorted by key as Fabric
// does; private ones by the hashes of keys and values only.
func (s *simulation) results() ([]byte, error) {
	set := &kvrwset.KVRWSet{}
	for _, key := range sortedKeys(s.reads) {
		set.Reads = append(set.Reads, &kvrwset.KVRead{Key: key, Version: s.reads[key].proto()})
	}
	for _, key := range sortedKeys(s.writes) {
		w := s.writes[key]
		set.Writes = append(set.Writes, &kvrwset.KVWrite{Key: key, Value: w.value, IsDelete: w.deleted})
	}
	public, err := marshal(set)
	if err != nil {
		return nil, err
	}
	ns := &rwset.NsReadWriteSet{Namespace: s.chaincode, Rwset: public}
	touched := map[string]bool{}
	for name := range s.hashedReads {
		touched[name] = true
	}
	for name := range s.private {
		touched[name] = true
	}
	for _, name := range sortedKeys(touched) {
		hashed, err := marshal(s.hashedSet(name))
		if err != nil {
			return nil, err
		}
		ns.CollectionHashedRwset = append(ns.CollectionHashedRwset,
			&rwset.CollectionHashedReadWriteSet{CollectionName: name, HashedRwset: hashed})
	}
	return marshal(&rwset.TxReadWriteSet{DataModel: rwset.TxReadWriteSet_KV, NsRwset: []*rwset.NsReadWriteSet{ns}})
}

func (s *simulation) hashedSet(name string) *kvrwset.HashedRWSet {
	set := &kvrwset.HashedRWSet{}
	for _, key := range sortedKeys(s.hashedReads[name]) {
		set.HashedReads = append(set.HashedReads, &kvrwset.KVReadHash{
			KeyHash: digest([]byte(key)), Version: s.hashedReads[name][key].proto()})
	}
	for _, key := range sortedKeys(s.private[name]) {
		w := s.private[name][key]
		h := &kvrwset.KVWriteHash{KeyHash: digest([]byte(key)), IsDelete: w.deleted, IsPurge: w.purged}
		if !w.deleted {
			h.ValueHash = digest(w.value)
		}
		set.HashedWrites = append(set.HashedWrites, h)
	}
	return set
}

func marshal(m proto.Message) ([]byte, error) {
	return proto.MarshalOptions{Deterministic: true}.Marshal(m)
}

// GetArgs gives the function's name and its arguments.
func (s *simulation) GetArgs() [][]byte { return s.proposal.Args }

// GetStringArgs gives the same as text.
func (s *simulation) GetStringArgs() []string {
	args := make([]string, 0, len(s.proposal.Args))
	for _, a := range s.proposal.Args {
		args = append(args, string(a))
	}
	return args
}

// GetFunctionAndParameters gives the function's name apart from its arguments.
func (s *simulation) GetFunctionAndParameters() (string, []string) {
	args := s.GetStringArgs()
	if len(args) == 0 {
		return "", nil
	}
	return args[0], args[1:]
}

// GetTxID gives the id of the transaction.
func (s *simulation) GetTxID() string { return s.proposal.ID() }

// GetChannelID gives the name of the channel.
func (s *simulation) GetChannelID() string { return s.channel }

// GetCreator gives the client's serialized identity.
func (s *simulation) GetCreator() ([]byte, error) { return bytes.Clone(s.proposal.Creator), nil }

// GetTransient gives the part of the proposal that is not kept in the block.
func (s *simulation) GetTransient() (map[string][]byte, error) {
	return maps.Clone(s.proposal.Transient), nil
}

// GetTxTimestamp gives the client's time.
func (s *simulation) GetTxTimestamp() (*timestamppb.Timestamp, error) {
	return timestamppb.New(s.proposal.Timestamp), nil
}

// GetState gives the value that the peer has committed, whatever this
// simulation wrote, and notes down its version.
func (s *simulation) GetState(key string) ([]byte, error) {
	if key == "" {
		return nil, errEmptyKey
	}
	v, ok := s.peer.public[key]
	s.reads[key] = nil
	if ok {
		s.reads[key] = &v.version
	}
	return bytes.Clone(v.value), nil
}

// PutState notes down a write.
func (s *simulation) PutState(key string, value []byte) error {
	if key == "" {
		return errEmptyKey
	}
	s.writes[key] = write{value: bytes.Clone(value)}
	return nil
}

// DelState notes down a deletion.
func (s *simulation) DelState(key string) error {
	if key == "" {
		return errEmptyKey
	}
	s.writes[key] = write{deleted: true}
	return nil
}

// GetPrivateData gives a value that the peer keeps. On the peer of an
// organisation that is not a member, a key that exists is an error.
func (s *simulation) GetPrivateData(name, key string) ([]byte, error) {
	c, err := s.collection(name, key)
	if err != nil {
		return nil, err
	}
	read := c.hashes.version(string(digest([]byte(key))))
	if s.hashedReads[name] == nil {
		s.hashedReads[name] = map[string]*version{}
	}
	s.hashedReads[name][key] = read
	if read == nil {
		return nil, nil
	}
	v, ok := c.values[key]
	if !ok || v.version != *read {
		return nil, errors.New("private data matching public hash version is not available")
	}
	return bytes.Clone(v.value), nil
}

// GetPrivateDataHash gives the hash of a value, which every peer has.
func (s *simulation) GetPrivateDataHash(name, key string) ([]byte, error) {
	c, err := s.collection(name, key)
	if err != nil {
		return nil, err
	}
	return bytes.Clone(c.hashes[string(digest([]byte(key)))].value), nil
}

// PutPrivateData notes down a private write. A peer that is not a member can
// do that, too.
func (s *simulation) PutPrivateData(name, key string, value []byte) error {
	return s.putPrivate(name, key, write{value: bytes.Clone(value)})
}

// DelPrivateData notes down a private deletion.
func (s *simulation) DelPrivateData(name, key string) error {
	return s.putPrivate(name, key, write{deleted: true})
}

// PurgePrivateData notes down a private deletion that leaves the value nowhere,
// also not where peers keep the private values of earlier blocks. The stub's
// peers keep none of those.
func (s *simulation) PurgePrivateData(name, key string) error {
	return s.putPrivate(name, key, write{deleted: true, purged: true})
}

func (s *simulation) putPrivate(name, key string, w write) error {
	if _, err := s.collection(name, key); err != nil {
		return err
	}
	if s.private[name] == nil {
		s.private[name] = map[string]write{}
	}
	s.private[name][key] = w
	return nil
}

func (s *simulation) collection(name, key string) (*collection, error) {
	if key == "" {
		return nil, errEmptyKey
	}
	c := s.peer.collections[name]
	if c == nil {
		return nil, fmt.Errorf("collection %q is not defined", name)
	}
	return c, nil
}

// SetEvent sets the one event of the transaction; the last one set counts.
func (s *simulation) SetEvent(name string, payload []byte) error {
	if name == "" {
		return errors.New("event name can not be empty string")
	}
	s.event = &pb.ChaincodeEvent{ChaincodeId: s.chaincode, TxId: s.GetTxID(), EventName: name, Payload: bytes.Clone(payload)}
	return nil
}

var errEmptyKey = errors.New("key must not be an empty string")
