package chaincode_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	pb "github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/skuld-registry/skuld/chaincode"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// unreliable runs the contract on a peer whose calls fail as the registry says.
type unreliable struct {
	shim.Chaincode
	registry *registry
}

func (u unreliable) Invoke(stub shim.ChaincodeStubInterface) *pb.Response {
	return u.Chaincode.Invoke(unreliableStub{stub, u.registry})
}

type unreliableStub struct {
	shim.ChaincodeStubInterface
	registry *registry
}

// errPeer quotes something that no caller may see.
var errPeer = errors.New("the peer failed on Märta Exempelsson")

func (s unreliableStub) fails(call string) error {
	switch s.registry.fail {
	case call:
		return errPeer
	case call + " panics":
		panic(errPeer)
	}
	return nil
}

func (s unreliableStub) GetCreator() ([]byte, error) {
	if err := s.fails("GetCreator"); err != nil {
		return nil, err
	}
	return s.ChaincodeStubInterface.GetCreator()
}

func (s unreliableStub) GetTransient() (map[string][]byte, error) {
	if err := s.fails("GetTransient"); err != nil {
		return nil, err
	}
	return s.ChaincodeStubInterface.GetTransient()
}

func (s unreliableStub) GetTxTimestamp() (*timestamppb.Timestamp, error) {
	if err := s.fails("GetTxTimestamp"); err != nil {
		return nil, err
	}
	return s.ChaincodeStubInterface.GetTxTimestamp()
}

func (s unreliableStub) GetState(key string) ([]byte, error) {
	if err := s.fails("GetState"); err != nil {
		return nil, err
	}
	if s.registry.fail == "GetState garbled" {
		return []byte("{"), nil
	}
	return s.ChaincodeStubInterface.GetState(key)
}

func (s unreliableStub) GetPrivateData(collection, key string) ([]byte, error) {
	if on := s.registry.failOn; on != nil && !on[key] {
		return s.ChaincodeStubInterface.GetPrivateData(collection, key)
	}
	if err := s.fails("GetPrivateData"); err != nil {
		return nil, err
	}
	switch s.registry.fail {
	case "GetPrivateData garbled":
		return []byte("{"), nil
	case "GetPrivateData lost":
		return nil, nil
	}
	return s.ChaincodeStubInterface.GetPrivateData(collection, key)
}

func (s unreliableStub) PutState(key string, value []byte) error {
	if err := s.fails("PutState"); err != nil {
		return err
	}
	return s.ChaincodeStubInterface.PutState(key, value)
}

func (s unreliableStub) PutPrivateData(collection, key string, value []byte) error {
	if err := s.fails("PutPrivateData"); err != nil {
		return err
	}
	return s.ChaincodeStubInterface.PutPrivateData(collection, key, value)
}

func (s unreliableStub) SetEvent(name string, payload []byte) error {
	if err := s.fails("SetEvent"); err != nil {
		return err
	}
	return s.ChaincodeStubInterface.SetEvent(name, payload)
}

func TestFailureOfThePeerIsAnInternalErrorThatQuotesNothing(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	apply := r.propose(lenderOrg, r.batch(r.pay(r.lender, id, 1_000)))
	read := r.call(lenderOrg, "client", protocol.FnRead, `{"notes":["`+string(id)+`"]}`)
	party := r.call(collectorOrg, "client", protocol.FnRead, `{"parties":["`+string(r.lender.id)+`"]}`)
	history := r.call(lenderOrg, "client", protocol.FnHistory, `{"subject":{"kind":"note","id":"`+string(id)+`"},"from":1,"limit":9}`)
	records := r.call(lenderOrg, "client", protocol.FnRecords, `{"books":["`+string(r.lender.book)+`"]}`)

	for _, call := range []string{"GetCreator", "GetTransient", "GetTxTimestamp", "GetState", "GetState garbled",
		"PutState", "PutPrivateData", "SetEvent", "SetEvent panics", "GetState panics"} {
		r.internal(call, func() protocol.BatchAnswer { return r.refused(apply) })
	}
	for _, call := range []string{"GetPrivateData garbled", "GetState", "GetPrivateData panics"} {
		r.internal(call, func() protocol.BatchAnswer { return r.refused(read) })
		r.internal(call, func() protocol.BatchAnswer { return r.refused(party) })
		r.internal(call, func() protocol.BatchAnswer { return r.refused(history) })
	}
	r.internal("GetState garbled", func() protocol.BatchAnswer { return r.refused(records) })

	// None of this left a trace: the same command now applies.
	r.fail = ""
	r.commit(r.transaction(apply))
	if len(r.note(id).Payments) != 1 {
		t.Error("the payment is not on the note")
	}
}

// TestEntryThatIsNotKeptCostsItsOwnSubjectAlone loses one note's entry out of
// what one question asks for.
func TestEntryThatIsNotKeptCostsItsOwnSubjectAlone(t *testing.T) {
	r := newRegistry(t)
	lost, kept := r.issue(r.borrower), r.issue(r.borrower)
	question := protocol.Query{
		Notes:   []ledger.NoteID{lost, kept},
		Parties: []ledger.PartyID{r.lender.id, r.collector.id}, Books: []ledger.BookID{r.lender.book},
	}
	history := r.call(lenderOrg, "client", protocol.FnHistory, `{"subject":{"kind":"note","id":"`+string(lost)+`"},"from":1,"limit":9}`)
	for _, how := range []string{"GetPrivateData", "GetPrivateData lost"} {
		r.fail = ""
		r.log.Reset()
		r.failOn = map[string]bool{
			protocol.EntryKey(lost.Subject(), 2): true, protocol.EntryKey(r.collector.id.Subject(), 1): true,
		}
		r.fail = how
		a := ask[protocol.ReadAnswer](r, registrarOrg, lenderOrg, protocol.FnRead, question)
		if n := a.Notes[0]; n.Code != ledger.CodeUnavailable || n.Record == nil || n.State != nil || n.Holder != "" || n.Orgs != nil {
			t.Errorf("%s: the lost note is answered %+v", how, n)
		}
		if p := a.Parties[1]; p.Code != ledger.CodeUnavailable || p.Record == nil || p.State != nil {
			t.Errorf("%s: the lost party is answered %+v", how, p)
		}
		if a.Notes[1].State == nil || a.Parties[0].State == nil || a.Books[0].Book == nil {
			t.Errorf("%s: the others are answered %+v", how, a)
		}
		if got := r.refused(history); got.Code != ledger.CodeUnavailable {
			t.Errorf("%s: the history is answered %+v", how, got)
		}
		if !strings.Contains(r.log.String(), string(lost)) {
			t.Errorf("%s: the loss is not logged: %s", how, r.log.String())
		}
	}
}

// internal checks that a call answers with the code for an internal error
// alone, and that the failure is logged.
func (r *registry) internal(call string, refused func() protocol.BatchAnswer) {
	r.t.Helper()
	r.fail = call
	r.log.Reset()
	if got := refused(); got.Code != ledger.CodeInternal || got.Answers != nil {
		r.t.Errorf("%s: the answer is %+v", call, got)
	}
	if !strings.Contains(r.log.String(), "transaction=") {
		r.t.Errorf("%s: the failure is not logged: %s", call, r.log.String())
	}
}

func TestContractNeedsAllOfItsSurroundings(t *testing.T) {
	good := chaincode.Options{Network: "n", Signatures: sign.Verifier{}, Clock: time.Now, Log: slog.New(slog.DiscardHandler)}
	if _, err := chaincode.New(good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*chaincode.Options){
		"network":    func(o *chaincode.Options) { o.Network = "" },
		"signatures": func(o *chaincode.Options) { o.Signatures = nil },
		"clock":      func(o *chaincode.Options) { o.Clock = nil },
		"log":        func(o *chaincode.Options) { o.Log = nil },
	} {
		o := good
		spoil(&o)
		if _, err := chaincode.New(o); err == nil {
			t.Errorf("a contract without %s was made", name)
		}
	}
}
