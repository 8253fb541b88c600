package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-gateway/pkg/hash"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/skuld-registry/skuld/network"
)

// floor is what Fabric itself gives: one put of one new key, endorsed by the
// same two organisations, without rules, signatures of parties or private data.
type floor struct {
	conn     *grpc.ClientConn
	gateway  *client.Gateway
	contract *client.Contract
	endorse  []string
	next     atomic.Int64
}

// newFloor connects to the floor's chaincode with an organisation's profile.
func newFloor(profile network.Connection) (*floor, error) {
	root, err := os.ReadFile(profile.Peer.TLSCA)
	if err != nil {
		return nil, fmt.Errorf("reading the peer's TLS root: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(root) {
		return nil, fmt.Errorf("reading the peer's TLS root %s: it holds no certificate", profile.Peer.TLSCA)
	}
	id, sign, err := clientIdentity(profile)
	if err != nil {
		return nil, err
	}
	conn, err := grpc.NewClient(profile.Peer.Address, grpc.WithTransportCredentials(
		credentials.NewTLS(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12})))
	if err != nil {
		return nil, fmt.Errorf("connecting to the peer: %w", err)
	}
	gateway, err := client.Connect(id, client.WithSign(sign), client.WithHash(hash.SHA256), client.WithClientConnection(conn))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connecting to the gateway: %w", err), conn.Close())
	}
	return &floor{
		conn: conn, gateway: gateway, endorse: []string{profile.RegistrarMSPID, profile.MSPID},
		contract: gateway.GetNetwork(profile.Channel).GetContract(network.FloorChaincode),
	}, nil
}

func clientIdentity(profile network.Connection) (identity.Identity, identity.Sign, error) {
	certificate, err := os.ReadFile(profile.Client.Certificate)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the client's certificate: %w", err)
	}
	key, err := os.ReadFile(profile.Client.Key)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the client's key: %w", err)
	}
	x509, err := identity.CertificateFromPEM(certificate)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the client's certificate: %w", err)
	}
	private, err := identity.PrivateKeyFromPEM(key)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the client's key: %w", err)
	}
	id, err := identity.NewX509Identity(profile.MSPID, x509)
	if err != nil {
		return nil, nil, fmt.Errorf("taking on the client's identity: %w", err)
	}
	sign, err := identity.NewPrivateKeySign(private)
	if err != nil {
		return nil, nil, fmt.Errorf("taking on the client's identity: %w", err)
	}
	return id, sign, nil
}

func (f *floor) close() error {
	return errors.Join(f.gateway.Close(), f.conn.Close())
}

// workload puts as many bytes as a control record has.
func (f *floor) workload() workload {
	const recordBytes = 250
	value := string(make([]byte, recordBytes))
	return workload{Name: floorName, prepare: func(context.Context, int) (work, error) {
		return func(ctx context.Context, _ int) (int, error) {
			key := "bench/" + strconv.FormatInt(f.next.Add(1), 10)
			_, err := f.contract.SubmitWithContext(ctx, "put",
				client.WithArguments(key, value), client.WithEndorsingOrganizations(f.endorse...))
			return 1, err
		}, nil
	}}
}
