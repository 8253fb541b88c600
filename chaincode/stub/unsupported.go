package stub

import (
	"errors"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	pb "github.com/hyperledger/fabric-protos-go-apiv2/peer"
)

// ErrUnsupported is given for what Fabric has and no contract of ours uses. It
// is an error rather than a wrong answer, so that a new use is noticed at once.
var ErrUnsupported = errors.New("the stub does not support this call")

// unsupported is the rest of the shim's interface, written out: embedding the
// interface would turn a call into a panic.
type unsupported struct{}

func (unsupported) GetArgsSlice() ([]byte, error) { return nil, ErrUnsupported }

func (unsupported) InvokeChaincode(string, [][]byte, string) *pb.Response {
	return shim.Error(ErrUnsupported.Error())
}

func (unsupported) GetMultipleStates(...string) ([][]byte, error) { return nil, ErrUnsupported }

func (unsupported) SetStateValidationParameter(string, []byte) error { return ErrUnsupported }

func (unsupported) GetStateValidationParameter(string) ([]byte, error) { return nil, ErrUnsupported }

func (unsupported) GetStateByRange(string, string) (shim.StateQueryIteratorInterface, error) {
	return nil, ErrUnsupported
}

func (unsupported) GetStateByRangeWithPagination(string, string, int32, string) (shim.StateQueryIteratorInterface, *pb.QueryResponseMetadata, error) {
	return nil, nil, ErrUnsupported
}

func (unsupported) GetStateByPartialCompositeKey(string, []string) (shim.StateQueryIteratorInterface, error) {
	return nil, ErrUnsupported
}

func (unsupported) GetStateByPartialCompositeKeyWithPagination(string, []string, int32, string) (shim.StateQueryIteratorInterface, *pb.QueryResponseMetadata, error) {
	return nil, nil, ErrUnsupported
}

func (unsupported) GetAllStatesCompositeKeyWithPagination(int32, string) (shim.StateQueryIteratorInterface, *pb.QueryResponseMetadata, error) {
	return nil, nil, ErrUnsupported
}

func (unsupported) CreateCompositeKey(string, []string) (string, error) { return "", ErrUnsupported }

func (unsupported) SplitCompositeKey(string) (string, []string, error) {
	return "", nil, ErrUnsupported
}

func (unsupported) GetQueryResult(string) (shim.StateQueryIteratorInterface, error) {
	return nil, ErrUnsupported
}

func (unsupported) GetQueryResultWithPagination(string, int32, string) (shim.StateQueryIteratorInterface, *pb.QueryResponseMetadata, error) {
	return nil, nil, ErrUnsupported
}

func (unsupported) GetHistoryForKey(string) (shim.HistoryQueryIteratorInterface, error) {
	return nil, ErrUnsupported
}

func (unsupported) GetMultiplePrivateData(string, ...string) ([][]byte, error) {
	return nil, ErrUnsupported
}

func (unsupported) SetPrivateDataValidationParameter(string, string, []byte) error {
	return ErrUnsupported
}

func (unsupported) GetPrivateDataValidationParameter(string, string) ([]byte, error) {
	return nil, ErrUnsupported
}

func (unsupported) GetPrivateDataByRange(string, string, string) (shim.StateQueryIteratorInterface, error) {
	return nil, ErrUnsupported
}

func (unsupported) GetPrivateDataByPartialCompositeKey(string, string, []string) (shim.StateQueryIteratorInterface, error) {
	return nil, ErrUnsupported
}

func (unsupported) GetPrivateDataQueryResult(string, string) (shim.StateQueryIteratorInterface, error) {
	return nil, ErrUnsupported
}

func (unsupported) GetBinding() ([]byte, error) { return nil, ErrUnsupported }

func (unsupported) GetDecorations() map[string][]byte { return nil }

func (unsupported) GetSignedProposal() (*pb.SignedProposal, error) { return nil, ErrUnsupported }

func (unsupported) StartWriteBatch() {}

func (unsupported) FinishWriteBatch() error { return ErrUnsupported }
