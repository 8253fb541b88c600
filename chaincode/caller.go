package chaincode

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"

	"github.com/skuld-registry/skuld/ledger"
)

// clientUnit is the organisational unit of a client's certificate under
// Fabric's node roles. A peer's, an orderer's or an administrator's key has
// other work to do and is refused.
const clientUnit = "client"

// callerOrg gives the membership id of the caller's organisation. The peer has
// checked the certificate against that organisation's roots before the
// contract is called.
func callerOrg(stub shim.ChaincodeStubInterface) (string, error) {
	creator, err := stub.GetCreator()
	if err != nil {
		return "", fmt.Errorf("reading the caller's identity: %w", err)
	}
	var id msp.SerializedIdentity
	if err := proto.Unmarshal(creator, &id); err != nil || id.Mspid == "" {
		return "", malformed("the caller's identity cannot be read")
	}
	block, _ := pem.Decode(id.IdBytes)
	if block == nil {
		return "", malformed("the caller's identity is no certificate")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return "", malformed("the caller's certificate cannot be read")
	}
	if !slices.Contains(certificate.Subject.OrganizationalUnit, clientUnit) {
		return "", ledger.Refuse(ledger.CodeRoleForbidden)
	}
	return id.Mspid, nil
}
