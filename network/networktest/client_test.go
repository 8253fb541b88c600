package networktest_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"testing"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-gateway/pkg/hash"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	"github.com/skuld-registry/skuld/network"
)

// Limits of one submission by these tests.
const (
	submitLimit = 30 * time.Second
	retryPause  = 50 * time.Millisecond
)

// floorClient submits to the floor chaincode as one identity.
type floorClient struct {
	contract *client.Contract
}

// connect opens a connection with an organisation's profile. files may name
// another identity of the organisation than the profile's.
func connect(t testing.TB, c network.Connection, files *network.IdentityFiles) floorClient {
	t.Helper()
	id := c.Client
	if files != nil {
		id = network.ClientIdentity{Certificate: files.Certificate(), Key: files.Key()}
	}
	certificate, err := identity.CertificateFromPEM(read(t, id.Certificate))
	if err != nil {
		t.Fatal(err)
	}
	key, err := identity.PrivateKeyFromPEM(read(t, id.Key))
	if err != nil {
		t.Fatal(err)
	}
	sign, err := identity.NewPrivateKeySign(key)
	if err != nil {
		t.Fatal(err)
	}
	who, err := identity.NewX509Identity(c.MSPID, certificate)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(read(t, c.Peer.TLSCA)) {
		t.Fatal("the profile's TLS root is no certificate")
	}
	conn, err := grpc.NewClient(c.Peer.Address, grpc.WithTransportCredentials(credentials.NewClientTLSFromCert(roots, "")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	gateway, err := client.Connect(who, client.WithSign(sign), client.WithHash(hash.SHA256), client.WithClientConnection(conn))
	if err != nil {
		t.Fatal(err)
	}
	return floorClient{contract: gateway.GetNetwork(c.Channel).GetContract(network.FloorChaincode)}
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// put submits one transaction, once.
func (c floorClient) put(ctx context.Context, key, value string) error {
	ctx, cancel := context.WithTimeout(ctx, submitLimit)
	defer cancel()
	_, err := c.contract.SubmitWithContext(ctx, "put", client.WithArguments(key, value))
	return detailed(err)
}

// mustPut submits until it is committed, as long as the network is not there.
func (c floorClient) mustPut(t testing.TB, key, value string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), submitLimit)
	defer cancel()
	err := c.put(ctx, key, value)
	for tries := 1; err != nil; tries++ {
		timer := time.NewTimer(retryPause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			t.Fatalf("putting %s after %d tries: %v", key, tries, err)
		}
		err = c.put(ctx, key, value)
	}
}

// mustHold fails unless the organisation's peer has the value.
func (c floorClient) mustHold(t testing.TB, key, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), submitLimit)
	defer cancel()
	for {
		got, err := c.contract.EvaluateWithContext(ctx, "get", client.WithArguments(key))
		if err == nil && string(got) == want {
			return
		}
		timer := time.NewTimer(retryPause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			t.Fatalf("the value of %s is %q, not %q: %v", key, got, want, detailed(err))
		}
	}
}

// detailed adds what each peer said, which the error itself leaves out.
func detailed(err error) error {
	if err == nil {
		return nil
	}
	return errors.Join(err, fmt.Errorf("details: %v", status.Convert(err).Details()))
}

// listen takes an address until stop.
func listen(t *testing.T, address string) (stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}
