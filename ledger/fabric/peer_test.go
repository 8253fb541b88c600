package fabric_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/gateway"
	"github.com/hyperledger/fabric-protos-go-apiv2/orderer"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/skuld-registry/skuld/ledger/fabric"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// fakePeer is a peer's Gateway service that answers as the test says.
type fakePeer struct {
	gateway.UnimplementedGatewayServer
	peer.UnimplementedDeliverServer
	peer.UnimplementedEndorserServer

	profile fabric.Peer
	server  *grpc.Server

	mu       sync.Mutex
	endorsed [][]string // the organisations of every endorsement asked for
	// What to answer; nil answers well.
	endorse      func(n int, orgs []string) error
	submit       func() error
	commitStatus func(context.Context) (*gateway.CommitStatusResponse, error)
	evaluate     func(args [][]byte, orgs []string) ([]byte, error)
	blocks       func(from uint64, send func(*common.Block) error)
	process      func() (*peer.ProposalResponse, error) // a question to this peer alone
}

func (p *fakePeer) Endorse(_ context.Context, r *gateway.EndorseRequest) (*gateway.EndorseResponse, error) {
	p.mu.Lock()
	n := len(p.endorsed)
	p.endorsed = append(p.endorsed, r.GetEndorsingOrganizations())
	p.mu.Unlock()
	if p.endorse != nil {
		if err := p.endorse(n, r.GetEndorsingOrganizations()); err != nil {
			return nil, err
		}
	}
	envelope, err := envelopeOf(r.GetProposedTransaction(), []byte("the answer"))
	if err != nil {
		return nil, err
	}
	return &gateway.EndorseResponse{PreparedTransaction: envelope}, nil
}

// envelopeOf makes the transaction that a peer would, of a proposal and an answer.
func envelopeOf(signed *peer.SignedProposal, answer []byte) (*common.Envelope, error) {
	var proposal peer.Proposal
	var header common.Header
	if err := proto.Unmarshal(signed.GetProposalBytes(), &proposal); err != nil {
		return nil, err
	}
	if err := proto.Unmarshal(proposal.GetHeader(), &header); err != nil {
		return nil, err
	}
	action := &peer.ChaincodeAction{Response: &peer.Response{Status: 200, Payload: answer}}
	return &common.Envelope{Payload: marshal(&common.Payload{Header: &header, Data: transactionOf(action)})}, nil
}

func transactionOf(action *peer.ChaincodeAction) []byte {
	return marshal(&peer.Transaction{Actions: []*peer.TransactionAction{{
		Payload: marshal(&peer.ChaincodeActionPayload{Action: &peer.ChaincodeEndorsedAction{
			ProposalResponsePayload: marshal(&peer.ProposalResponsePayload{Extension: marshal(action)}),
		}}),
	}}})
}

func marshal(m proto.Message) []byte {
	b, err := proto.Marshal(m)
	if err != nil {
		panic(err) // the tests' own messages
	}
	return b
}

func (p *fakePeer) Submit(context.Context, *gateway.SubmitRequest) (*gateway.SubmitResponse, error) {
	if p.submit != nil {
		if err := p.submit(); err != nil {
			return nil, err
		}
	}
	return &gateway.SubmitResponse{}, nil
}

func (p *fakePeer) CommitStatus(ctx context.Context, _ *gateway.SignedCommitStatusRequest) (*gateway.CommitStatusResponse, error) {
	if p.commitStatus != nil {
		return p.commitStatus(ctx)
	}
	return &gateway.CommitStatusResponse{Result: peer.TxValidationCode_VALID, BlockNumber: 12}, nil
}

func (p *fakePeer) Evaluate(_ context.Context, r *gateway.EvaluateRequest) (*gateway.EvaluateResponse, error) {
	var proposal peer.Proposal
	var payload peer.ChaincodeProposalPayload
	var spec peer.ChaincodeInvocationSpec
	if proto.Unmarshal(r.GetProposedTransaction().GetProposalBytes(), &proposal) != nil ||
		proto.Unmarshal(proposal.GetPayload(), &payload) != nil || proto.Unmarshal(payload.GetInput(), &spec) != nil {
		return nil, status.Error(codes.InvalidArgument, "no proposal")
	}
	answer, err := p.evaluate(spec.GetChaincodeSpec().GetInput().GetArgs(), r.GetTargetOrganizations())
	if err != nil {
		return nil, err
	}
	return &gateway.EvaluateResponse{Result: &peer.Response{Status: 200, Payload: answer}}, nil
}

func (p *fakePeer) ProcessProposal(context.Context, *peer.SignedProposal) (*peer.ProposalResponse, error) {
	return p.process()
}

func (p *fakePeer) Deliver(stream grpc.BidiStreamingServer[common.Envelope, peer.DeliverResponse]) error {
	envelope, err := stream.Recv()
	if err != nil {
		return err
	}
	var payload common.Payload
	var seek orderer.SeekInfo
	if proto.Unmarshal(envelope.GetPayload(), &payload) != nil || proto.Unmarshal(payload.GetData(), &seek) != nil {
		return status.Error(codes.InvalidArgument, "no seek")
	}
	p.blocks(seek.GetStart().GetSpecified().GetNumber(), func(b *common.Block) error {
		return stream.Send(&peer.DeliverResponse{Type: &peer.DeliverResponse_Block{Block: b}})
	})
	return nil
}

// detail is what a gateway says of one peer.
type detail struct{ msp, message string }

func refused(code codes.Code, list ...detail) error {
	st := status.New(code, "failed to collect enough transaction endorsements, see attached details for more info")
	for _, d := range list {
		var err error
		if st, err = st.WithDetails(&gateway.ErrorDetail{Address: "peer", MspId: d.msp, Message: d.message}); err != nil {
			panic(err) // the tests' own messages
		}
	}
	return st.Err()
}

// members are the fake peers of a channel, and a lender's profile of it.
type members struct {
	lender, registrar *fakePeer
	profile           fabric.Profile
}

// gather starts the peers of a lender and the registrar.
func gather(t *testing.T) *members {
	t.Helper()
	ca := newAuthority(t)
	m := &members{lender: ca.start(t, "LenderMSP"), registrar: ca.start(t, protocol.RegistrarMSP)}
	cert, key := ca.issue(t, "gateway", x509.ExtKeyUsageClientAuth)
	m.profile = fabric.Profile{
		Organisation: "lender", MSPID: "LenderMSP", Channel: "skuld", Chaincode: "skuld", Network: "7c9d",
		RegistrarMSPID: protocol.RegistrarMSP,
		Peer:           fabric.Peer{Address: m.lender.profile.Address, TLSCA: m.lender.profile.TLSCA},
		Client:         fabric.Client{Certificate: cert, Key: key},
		Peers: []fabric.Peer{
			m.lender.profile, m.registrar.profile,
			{MSPID: "CollectorMSP", Address: "127.0.0.1:1", TLSCA: m.lender.profile.TLSCA},
		},
	}
	return m
}

// connect gives the channel as the lender sees it.
func (m *members) connect(t *testing.T, adjust ...func(*fabric.Options)) *fabric.Channel {
	t.Helper()
	o := fabric.Options{Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
	for _, a := range adjust {
		a(&o)
	}
	c, err := fabric.Connect(m.profile, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// authority is a certificate authority in a folder of the test's.
type authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	root string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{dir: t.TempDir(), key: newKey(t)}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ca"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.root = a.write(t, "ca.pem", "CERTIFICATE", der)
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (a *authority) write(t *testing.T, name, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(a.dir, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (a *authority) issue(t *testing.T, name string, usage x509.ExtKeyUsage) (cert, key string) {
	t.Helper()
	k := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{usage}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, k.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return a.write(t, name+".pem", "CERTIFICATE", der), a.write(t, name+".key", "PRIVATE KEY", pkcs8)
}

// start runs an organisation's fake peer until the test ends.
func (a *authority) start(t *testing.T, msp string) *fakePeer {
	t.Helper()
	cert, key := a.issue(t, msp, x509.ExtKeyUsageServerAuth)
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &fakePeer{
		profile: fabric.Peer{MSPID: msp, Address: listener.Addr().String(), TLSCA: a.root},
		server:  grpc.NewServer(grpc.Creds(credentials.NewTLS(&tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}))),
	}
	gateway.RegisterGatewayServer(p.server, p)
	peer.RegisterDeliverServer(p.server, p)
	peer.RegisterEndorserServer(p.server, p)
	done := make(chan struct{})
	go func() {
		defer close(done)
		// A test may stop its peer before the peer has begun to serve.
		if err := p.server.Serve(listener); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
			t.Errorf("serving %s: %v", msp, err)
		}
	}()
	t.Cleanup(func() { p.server.Stop(); <-done })
	return p
}
