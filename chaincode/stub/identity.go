package stub

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"
)

// Identity makes the serialized identity of a member of an organisation whose
// certificate has this organisational unit ("client", "peer", "admin" …). The
// same arguments give the same bytes. It serves where nobody checks chains.
func Identity(org, unit string) ([]byte, error) {
	seed := sha256.Sum256([]byte(org + "/" + unit))
	key := ed25519.NewKeyFromSeed(seed[:])
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: unit + " of " + org, OrganizationalUnit: []string{unit}},
		NotBefore:    time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:     time.Date(2100, time.January, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("making a certificate for %s: %w", org, err)
	}
	identity := &msp.SerializedIdentity{
		Mspid: org, IdBytes: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
	}
	return proto.MarshalOptions{Deterministic: true}.Marshal(identity)
}
