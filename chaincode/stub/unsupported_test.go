package stub_test

import (
	"errors"
	"testing"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	pb "github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/skuld-registry/skuld/chaincode/stub"
)

// prober calls what the stub does not support and notes down what it was told.
type prober struct{ told map[string]error }

func (p prober) Init(shim.ChaincodeStubInterface) *pb.Response { return shim.Success(nil) }

func (p prober) Invoke(s shim.ChaincodeStubInterface) *pb.Response {
	_, p.told["GetArgsSlice"] = s.GetArgsSlice()
	_, p.told["GetMultipleStates"] = s.GetMultipleStates("k")
	p.told["SetStateValidationParameter"] = s.SetStateValidationParameter("k", nil)
	_, p.told["GetStateValidationParameter"] = s.GetStateValidationParameter("k")
	_, p.told["GetStateByRange"] = s.GetStateByRange("", "")
	_, _, p.told["GetStateByRangeWithPagination"] = s.GetStateByRangeWithPagination("", "", 1, "")
	_, p.told["GetStateByPartialCompositeKey"] = s.GetStateByPartialCompositeKey("o", nil)
	_, _, p.told["GetStateByPartialCompositeKeyWithPagination"] = s.GetStateByPartialCompositeKeyWithPagination("o", nil, 1, "")
	_, _, p.told["GetAllStatesCompositeKeyWithPagination"] = s.GetAllStatesCompositeKeyWithPagination(1, "")
	_, p.told["CreateCompositeKey"] = s.CreateCompositeKey("o", nil)
	_, _, p.told["SplitCompositeKey"] = s.SplitCompositeKey("k")
	_, p.told["GetQueryResult"] = s.GetQueryResult("q")
	_, _, p.told["GetQueryResultWithPagination"] = s.GetQueryResultWithPagination("q", 1, "")
	_, p.told["GetHistoryForKey"] = s.GetHistoryForKey("k")
	_, p.told["GetMultiplePrivateData"] = s.GetMultiplePrivateData("c", "k")
	p.told["SetPrivateDataValidationParameter"] = s.SetPrivateDataValidationParameter("c", "k", nil)
	_, p.told["GetPrivateDataValidationParameter"] = s.GetPrivateDataValidationParameter("c", "k")
	_, p.told["GetPrivateDataByRange"] = s.GetPrivateDataByRange("c", "", "")
	_, p.told["GetPrivateDataByPartialCompositeKey"] = s.GetPrivateDataByPartialCompositeKey("c", "o", nil)
	_, p.told["GetPrivateDataQueryResult"] = s.GetPrivateDataQueryResult("c", "q")
	_, p.told["GetBinding"] = s.GetBinding()
	_, p.told["GetSignedProposal"] = s.GetSignedProposal()
	p.told["FinishWriteBatch"] = s.FinishWriteBatch()
	if r := s.InvokeChaincode("other", nil, ""); r.Status == shim.OK {
		return shim.Error("another chaincode answered")
	}
	return shim.Success(nil)
}

func TestUnsupportedCallsSaySo(t *testing.T) {
	p := prober{told: map[string]error{}}
	n, err := stub.New(stub.Options{
		Channel: "test", Chaincode: "prober", Orgs: []string{"B"},
		Policy: func([]string) bool { return true }, Start: func(string) shim.Chaincode { return p },
	})
	if err != nil {
		t.Fatal(err)
	}
	helper := &network{Network: n, t: t}
	if e := helper.endorse("B", helper.propose()); e.Refused() {
		t.Fatal(e.Response.Message)
	}
	for call, err := range p.told {
		if !errors.Is(err, stub.ErrUnsupported) {
			t.Errorf("%s: %v", call, err)
		}
	}
}

func TestNetworksThatCannotBeAreRefused(t *testing.T) {
	good := stub.Options{
		Channel: "test", Orgs: []string{"A"}, Policy: func([]string) bool { return true },
		Start: func(string) shim.Chaincode { return script{} },
	}
	for name, spoil := range map[string]func(*stub.Options){
		"no organisation":        func(o *stub.Options) { o.Orgs = nil },
		"an organisation twice":  func(o *stub.Options) { o.Orgs = []string{"A", "A"} },
		"no chaincode":           func(o *stub.Options) { o.Start = nil },
		"no policy":              func(o *stub.Options) { o.Policy = nil },
		"a collection of nobody": func(o *stub.Options) { o.Collections = map[string][]string{"c": {"B"}} },
	} {
		o := good
		spoil(&o)
		if _, err := stub.New(o); err == nil {
			t.Errorf("a network with %s was made", name)
		}
	}
}
