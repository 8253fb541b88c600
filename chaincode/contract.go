package chaincode

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	pb "github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// Options say what a contract needs from its surroundings.
type Options struct {
	// Network is the digest of the channel's first block, which every command names.
	Network    string
	Signatures ledger.Signatures
	// Clock is the endorsing peer's own time. Nothing but the distance of a
	// transaction's time from it is ever judged by it, so that two peers agree.
	Clock func() time.Time
	// Log gets internal errors. What a caller did wrong is not logged here.
	Log *slog.Logger
}

// Contract is the chaincode. It keeps nothing between two calls, so it may be
// restarted at any time and run for several transactions at once.
type Contract struct {
	network string
	sigs    ledger.Signatures
	clock   func() time.Time
	log     *slog.Logger
}

var _ shim.Chaincode = (*Contract)(nil)

// New makes a contract.
func New(o Options) (*Contract, error) {
	switch {
	case o.Network == "":
		return nil, errors.New("making a contract: the network's digest is missing")
	case o.Signatures == nil || o.Clock == nil || o.Log == nil:
		return nil, errors.New("making a contract: it needs signatures, a clock and a log")
	}
	return &Contract{network: o.Network, sigs: o.Signatures, clock: o.Clock, log: o.Log}, nil
}

// Init does nothing: a ledger begins empty and an upgrade changes no state.
func (c *Contract) Init(shim.ChaincodeStubInterface) *pb.Response { return shim.Success(nil) }

// Invoke answers one call. The shim ends the whole process on a panic, and
// with it every other transaction under way, so one is turned into an error.
func (c *Contract) Invoke(stub shim.ChaincodeStubInterface) (response *pb.Response) {
	defer func() {
		if r := recover(); r != nil {
			response = c.failed(stub, fmt.Errorf("recovered from a panic: %v", r))
		}
	}()
	answer, err := c.call(stub)
	if err == nil {
		return shim.Success(answer)
	}
	if r, ok := errors.AsType[*refusedBatch](err); ok {
		return shim.Error(string(r.answer))
	}
	if code := ledger.CodeOf(err); code != "" {
		return refused(code)
	}
	return c.failed(stub, err)
}

// failed logs an internal error and keeps its text from the caller, since it
// may quote what it failed on.
func (c *Contract) failed(stub shim.ChaincodeStubInterface, err error) *pb.Response {
	c.log.LogAttrs(context.Background(), slog.LevelError, "call failed",
		slog.String("transaction", stub.GetTxID()), slog.String("error", err.Error()))
	return refused(ledger.CodeInternal)
}

// refused is the answer to a message that is refused as a whole.
func refused(code ledger.Code) *pb.Response {
	text, err := protocol.Marshal(protocol.BatchAnswer{Code: code})
	if err != nil {
		return shim.Error(string(code))
	}
	return shim.Error(string(text))
}

// call finds the function and checks what is common to all: who calls, with
// how many arguments, and when.
func (c *Contract) call(stub shim.ChaincodeStubInterface) ([]byte, error) {
	args := stub.GetArgs()
	if len(args) == 0 {
		return nil, malformed("the function is missing")
	}
	org, err := callerOrg(stub)
	if err != nil {
		return nil, err
	}
	at, err := c.time(stub)
	if err != nil {
		return nil, err
	}
	fn, args := string(args[0]), args[1:]
	if fn == protocol.FnApply {
		// An argument would stand in the block for ever, whatever it holds.
		if len(args) != 0 {
			return nil, malformed("it takes no arguments")
		}
		return c.apply(stub, ledger.Frame{Network: c.network, At: at, Org: org})
	}
	if len(args) != 1 {
		return nil, malformed("it takes one argument")
	}
	r := &reader{world: newWorld(stub, &protocol.Batch{}), sigs: c.sigs, log: c.log, org: org, at: at}
	switch fn {
	case protocol.FnRead:
		return r.read(args[0])
	case protocol.FnHistory:
		return r.history(args[0])
	case protocol.FnRecords:
		return r.records(args[0])
	}
	return nil, malformed("there is no such function")
}

// time gives the transaction's time in whole seconds. It is the client's own
// claim, so it is held against the endorsing peer's clock; two endorsers thus
// vouch for it.
func (c *Contract) time(stub shim.ChaincodeStubInterface) (time.Time, error) {
	stamp, err := stub.GetTxTimestamp()
	if err != nil {
		return time.Time{}, fmt.Errorf("reading the transaction's time: %w", err)
	}
	if !stamp.IsValid() {
		return time.Time{}, malformed("the transaction's time is no time")
	}
	at := stamp.AsTime()
	if off := at.Sub(c.clock()).Abs(); off > ledger.ClockTolerance {
		return time.Time{}, ledger.Refuse(ledger.CodeClockSkew)
	}
	return at.UTC().Truncate(time.Second), nil
}

// malformed refuses a message. The detail is for tests and debuggers; only the
// code leaves the contract.
func malformed(detail string) error {
	return ledger.Refuse(ledger.CodeRequestMalformed, "detail", detail)
}
