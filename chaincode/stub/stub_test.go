package stub_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	pb "github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/skuld-registry/skuld/chaincode/stub"
)

const secrets = "secrets"

// script is a chaincode that carries out its arguments, one step each:
// "get k", "put k v", "del k", "pget k", "pput k v", "pdel k", "phash k",
// "event n", "refuse". It answers with what the steps read, one line each.
type script struct{}

func (script) Init(shim.ChaincodeStubInterface) *pb.Response { return shim.Success(nil) }

func (script) Invoke(s shim.ChaincodeStubInterface) *pb.Response {
	var read []string
	for _, step := range s.GetStringArgs() {
		words := append(strings.Fields(step), "", "")
		var value []byte
		var err error
		switch words[0] {
		case "get":
			value, err = s.GetState(words[1])
		case "put":
			err = s.PutState(words[1], []byte(words[2]))
		case "del":
			err = s.DelState(words[1])
		case "pget":
			value, err = s.GetPrivateData(secrets, words[1])
		case "phash":
			value, err = s.GetPrivateDataHash(secrets, words[1])
		case "pput":
			err = s.PutPrivateData(secrets, words[1], []byte(words[2]))
		case "pdel":
			err = s.DelPrivateData(secrets, words[1])
		case "event":
			err = s.SetEvent(words[1], []byte("payload"))
		case "refuse":
			return shim.Error("refused")
		}
		if err != nil {
			return shim.Error(err.Error())
		}
		if strings.HasSuffix(words[0], "get") || words[0] == "phash" {
			read = append(read, string(value))
		}
	}
	return shim.Success([]byte(strings.Join(read, "\n")))
}

type network struct {
	*stub.Network
	t     *testing.T
	nonce int
}

// newNetwork makes a channel of A, B and C, of which A keeps the secrets and A
// with another one endorses.
func newNetwork(t *testing.T) *network {
	t.Helper()
	n, err := stub.New(stub.Options{
		Channel: "test", Chaincode: "script", Orgs: []string{"A", "B", "C"},
		Collections: map[string][]string{secrets: {"A"}},
		Policy:      func(orgs []string) bool { return slices.Contains(orgs, "A") && len(orgs) > 1 },
		Start:       func(string) shim.Chaincode { return script{} },
	})
	if err != nil {
		t.Fatal(err)
	}
	return &network{Network: n, t: t}
}

func (n *network) propose(steps ...string) *stub.Proposal {
	n.t.Helper()
	creator, err := stub.Identity("B", "client")
	if err != nil {
		n.t.Fatal(err)
	}
	n.nonce++
	p := &stub.Proposal{Creator: creator, Nonce: []byte(fmt.Sprint(n.nonce)), Timestamp: time.Unix(1_800_000_000, 0)}
	for _, s := range steps {
		p.Args = append(p.Args, []byte(s))
	}
	return p
}

func (n *network) endorse(org string, p *stub.Proposal) *stub.Endorsement {
	n.t.Helper()
	e, err := n.Endorse(org, p)
	if err != nil {
		n.t.Fatalf("endorsing at %s: %v", org, err)
	}
	return e
}

// assemble has A and B endorse the steps.
func (n *network) assemble(steps ...string) *stub.Transaction {
	n.t.Helper()
	p := n.propose(steps...)
	tx, err := stub.Assemble(p, n.endorse("A", p), n.endorse("B", p))
	if err != nil {
		n.t.Fatalf("assembling %v: %v", steps, err)
	}
	return tx
}

// block orders transactions in one block and gives their codes.
func (n *network) block(txs ...*stub.Transaction) []stub.Code {
	n.t.Helper()
	for _, tx := range txs {
		if err := n.Order(tx); err != nil {
			n.t.Fatal(err)
		}
	}
	b, err := n.Cut(0)
	if err != nil {
		n.t.Fatal(err)
	}
	return b.Codes
}

// run orders the steps in a block of their own and gives what they read.
func (n *network) run(steps ...string) string {
	n.t.Helper()
	tx := n.assemble(steps...)
	if codes := n.block(tx); codes[0] != stub.Valid {
		n.t.Fatalf("running %v: %s", steps, codes[0])
	}
	return string(tx.Response.Payload)
}

func TestReadsSeeCommittedStateAndNeverTheirOwnWrites(t *testing.T) {
	n := newNetwork(t)
	if got := n.run("put k one", "get k"); got != "" {
		t.Errorf("a simulation read %q of its own write", got)
	}
	if got := n.run("put k two", "get k"); got != "one" {
		t.Errorf("read %q, want the committed value", got)
	}
	if got := n.run("del k", "get k"); got != "two" {
		t.Errorf("read %q, want the committed value", got)
	}
	if got := n.run("get k"); got != "" {
		t.Errorf("read %q of a deleted key", got)
	}
}

func TestSecondOfTwoThatReadOneVersionIsInvalid(t *testing.T) {
	n := newNetwork(t)
	n.run("put k zero")
	first, second := n.assemble("get k", "put k one"), n.assemble("get k", "put k two")
	if got, want := n.block(first, second), []stub.Code{stub.Valid, stub.MVCCConflict}; !slices.Equal(got, want) {
		t.Errorf("codes %v, want %v", got, want)
	}
	if got := n.run("get k"); got != "one" {
		t.Errorf("the state is %q, want what the valid transaction wrote", got)
	}
}

func TestReadOfAnAbsentKeyConflictsWithItsCreation(t *testing.T) {
	n := newNetwork(t)
	first, second := n.assemble("get k", "put k one"), n.assemble("get k", "put k two")
	n.block(first)
	if got := n.block(second); got[0] != stub.MVCCConflict {
		t.Errorf("the code is %s, want a conflict also in a later block", got[0])
	}
}

func TestBlindWritesNeverConflict(t *testing.T) {
	n := newNetwork(t)
	first, second := n.assemble("put k one", "pput s one"), n.assemble("put k two", "pput s two")
	if got, want := n.block(first, second), []stub.Code{stub.Valid, stub.Valid}; !slices.Equal(got, want) {
		t.Errorf("codes %v, want %v", got, want)
	}
	if got := string(n.State("C")["k"]); got != "two" {
		t.Errorf("the state is %q, want the last write", got)
	}
}

func TestPeerOutsideACollectionCannotReadItsValues(t *testing.T) {
	n := newNetwork(t)
	if e := n.endorse("B", n.propose("pget s")); e.Refused() {
		t.Errorf("reading a key that does not exist: %s", e.Response.Message)
	}
	n.run("pput s one")
	if e := n.endorse("B", n.propose("pget s")); !e.Refused() {
		t.Error("a peer outside the collection read a private value")
	}
	if got := string(n.endorse("A", n.propose("pget s")).Response.Payload); got != "one" {
		t.Errorf("the member read %q", got)
	}
}

func TestValuesOfACollectionAreOnItsMembersAloneAndHashesOnAll(t *testing.T) {
	n := newNetwork(t)
	n.run("pput s hidden", "put k open")
	if got := string(n.Private("A", secrets)["s"]); got != "hidden" {
		t.Errorf("the member keeps %q", got)
	}
	for _, org := range []string{"B", "C"} {
		if kept := n.Private(org, secrets); len(kept) != 0 {
			t.Errorf("%s keeps %v of a collection that it is no member of", org, kept)
		}
		if hash := n.endorse(org, n.propose("phash s")).Response.Payload; len(hash) != 32 {
			t.Errorf("%s has no hash of the value", org)
		}
	}
	block, ok := n.Block("C", 1)
	if !ok {
		t.Fatal("there is no block 1")
	}
	raw, err := block.Transactions[0].Raw()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(raw, []byte("open")) {
		t.Error("the block does not hold the public write, so looking into it proves nothing")
	}
	n.run("pdel s")
	if kept := n.Private("A", secrets); len(kept) != 0 {
		t.Errorf("the member keeps %v after the deletion", kept)
	}
}

func TestTransientFieldIsInNoBlock(t *testing.T) {
	n := newNetwork(t)
	p := n.propose("put k v")
	p.Transient = map[string][]byte{"x": []byte("transient-value")}
	tx, err := stub.Assemble(p, n.endorse("A", p), n.endorse("B", p))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := tx.Raw()
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, []byte("transient-value")) {
		t.Error("the transient field stands in the block")
	}
	if !bytes.Contains(raw, []byte("put k v")) {
		t.Error("the arguments do not stand in the block")
	}
}

func TestPeersAtDifferentBlocksDoNotMatch(t *testing.T) {
	n := newNetwork(t)
	n.run("put k one")
	if err := n.Hold("B"); err != nil {
		t.Fatal(err)
	}
	n.block(n.assemble("put k two"))
	p := n.propose("get k", "put k three")
	if _, err := stub.Assemble(p, n.endorse("A", p), n.endorse("B", p)); !errors.Is(err, stub.ErrMismatch) {
		t.Errorf("the error is %v, want a mismatch", err)
	}
	if n.Height("A") != 3 || n.Height("B") != 2 {
		t.Errorf("the peers stand at %d and %d, want 3 and 2", n.Height("A"), n.Height("B"))
	}
	if err := n.Release("B"); err != nil {
		t.Fatal(err)
	}
	if _, err := stub.Assemble(p, n.endorse("A", p), n.endorse("B", p)); err != nil {
		t.Errorf("after catching up: %v", err)
	}
}

func TestTransactionOrderedTwiceAppliesOnce(t *testing.T) {
	n := newNetwork(t)
	tx := n.assemble("put k v", "event happened")
	if got, want := n.block(tx, tx), []stub.Code{stub.Valid, stub.DuplicateTxID}; !slices.Equal(got, want) {
		t.Errorf("codes %v, want %v", got, want)
	}
	if got := n.block(tx); got[0] != stub.DuplicateTxID {
		t.Errorf("in a later block it is %s", got[0])
	}
	block, code, found := n.Find("C", tx.ID)
	if !found || code != stub.Valid || block.Number != 1 {
		t.Errorf("found %v, %s in %+v; want the first one", found, code, block)
	}
	if tx.Event == nil || tx.Event.EventName != "happened" {
		t.Errorf("the event is %v", tx.Event)
	}
}

func TestTransactionWithoutTheRegistrarsEndorsementIsInvalid(t *testing.T) {
	n := newNetwork(t)
	p := n.propose("put k v")
	tx, err := stub.Assemble(p, n.endorse("B", p), n.endorse("C", p))
	if err != nil {
		t.Fatal(err)
	}
	if got := n.block(tx); got[0] != stub.PolicyFailure {
		t.Errorf("the code is %s", got[0])
	}
	if state := n.State("A"); len(state) != 0 {
		t.Errorf("the state is %v", state)
	}
}

func TestRefusedProposalCannotBecomeATransaction(t *testing.T) {
	n := newNetwork(t)
	p := n.propose("put k v", "refuse")
	e := n.endorse("A", p)
	if !e.Refused() {
		t.Fatal("the endorsement is not refused")
	}
	if _, err := stub.Assemble(p, e); err == nil {
		t.Error("a refused proposal became a transaction")
	}
	if _, err := stub.Assemble(p); err == nil {
		t.Error("a proposal without endorsements became a transaction")
	}
}

func TestStrangersAndUnknownPeersAreRefused(t *testing.T) {
	n := newNetwork(t)
	if _, err := n.Endorse("D", n.propose("get k")); !errors.Is(err, stub.ErrNotMember) {
		t.Errorf("an unknown peer: %v", err)
	}
	p := n.propose("get k")
	var err error
	if p.Creator, err = stub.Identity("D", "client"); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Endorse("A", p); !errors.Is(err, stub.ErrNotMember) {
		t.Errorf("an unknown caller: %v", err)
	}
}

func TestDroppedTransactionsNeverShow(t *testing.T) {
	n := newNetwork(t)
	tx := n.assemble("put k v")
	if err := n.Order(tx); err != nil {
		t.Fatal(err)
	}
	n.Drop()
	if b, err := n.Cut(0); b != nil || err != nil {
		t.Errorf("a block %v (%v) was cut of nothing", b, err)
	}
	if _, _, found := n.Find("A", tx.ID); found {
		t.Error("a dropped transaction was found")
	}
}

func TestEmptyKeysAndUnknownCollectionsAreErrors(t *testing.T) {
	n := newNetwork(t)
	for _, step := range []string{"get", "put", "del", "pget", "pput", "event"} {
		if e := n.endorse("A", n.propose(step)); !e.Refused() {
			t.Errorf("%q without a key was taken", step)
		}
	}
}
