// Command floor serves the chaincode that the benchmark compares the registry
// with: the least that a transaction can do on the same network, one put of one
// key. It must never grow rules.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	pb "github.com/hyperledger/fabric-protos-go-apiv2/peer"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("floor", flag.ContinueOnError)
	id := flags.String("id", "", "package id")
	address := flags.String("address", "", "address to listen on")
	certificate := flags.String("cert", "", "TLS certificate file")
	key := flags.String("key", "", "TLS key file")
	clientCA := flags.String("client-ca", "", "file with the root of the peers' TLS certificates")
	flags.String("network", "", "network digest; accepted because every chaincode is started alike, and not used")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var texts [3][]byte
	for i, path := range []string{*certificate, *key, *clientCA} {
		b, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("reading a TLS file: %w", err)
		}
		texts[i] = b
	}
	server := &shim.ChaincodeServer{
		CCID:     *id,
		Address:  *address,
		CC:       floor{},
		TLSProps: shim.TLSProperties{Cert: texts[0], Key: texts[1], ClientCACerts: texts[2]},
	}
	if err := server.Start(); err != nil {
		return fmt.Errorf("serving: %w", err)
	}
	return nil
}

type floor struct{}

// Init is never called: the definition does not require it.
func (floor) Init(shim.ChaincodeStubInterface) *pb.Response { return shim.Success(nil) }

// Invoke knows put KEY VALUE, which writes without reading, and get KEY.
func (floor) Invoke(stub shim.ChaincodeStubInterface) *pb.Response {
	function, args := stub.GetFunctionAndParameters()
	switch {
	case function == "put" && len(args) == 2:
		if err := stub.PutState(args[0], []byte(args[1])); err != nil {
			return shim.Error(err.Error())
		}
		return shim.Success(nil)
	case function == "get" && len(args) == 1:
		value, err := stub.GetState(args[0])
		if err != nil {
			return shim.Error(err.Error())
		}
		return shim.Success(value)
	default:
		return shim.Error(fmt.Sprintf("%s with %d arguments is neither put KEY VALUE nor get KEY", function, len(args)))
	}
}
