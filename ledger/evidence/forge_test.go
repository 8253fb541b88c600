package evidence_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"

	"github.com/skuld-registry/skuld/ledger/evidence"
)

// forger makes attestations that no honest peer would. It knows the roots of the
// network in memory (chaincode/stub derives them from names), so that whatever it
// makes is wrong in just one thing.
type forger struct{ testing.TB }

func (g forger) must(err error) {
	g.Helper()
	if err != nil {
		g.Fatal(err)
	}
}

func (g forger) marshal(m proto.Message) []byte {
	g.Helper()
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	g.must(err)
	return b
}

func (g forger) unmarshal(b []byte, m proto.Message) {
	g.Helper()
	g.must(proto.Unmarshal(b, m))
}

// key derives a key as chaincode/stub does.
func (g forger) key(org, use string) *ecdsa.PrivateKey {
	g.Helper()
	seed := sha256.Sum256([]byte("skuld/stub/" + org + "/" + use))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), seed[:])
	g.must(err)
	return key
}

// papers are what a forged peer shows.
type papers struct {
	org      string
	unit     string    // "peer" unless set
	root     string    // whose root issued the certificate; its own unless set
	notAfter time.Time // far away unless set
	highS    bool      // signs with the greater S
}

// identity makes a peer with its papers.
func (g forger) identity(p papers) (serialized []byte, key *ecdsa.PrivateKey) {
	g.Helper()
	if p.unit == "" {
		p.unit = "peer"
	}
	if p.root == "" {
		p.root = p.org
	}
	if p.notAfter.IsZero() {
		p.notAfter = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	key = g.key(p.org, "forged peer")
	root := &x509.Certificate{
		Subject: pkix.Name{CommonName: "root of " + p.root, Organization: []string{p.root}}, SerialNumber: big.NewInt(1),
	}
	der, err := x509.CreateCertificate(nil, &x509.Certificate{
		SerialNumber: big.NewInt(9), Subject: pkix.Name{CommonName: "peer9 of " + p.org, OrganizationalUnit: []string{p.unit}},
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: p.notAfter, KeyUsage: x509.KeyUsageDigitalSignature,
	}, root, key.Public(), g.key(p.root, "root"))
	g.must(err)
	return g.marshal(&msp.SerializedIdentity{Mspid: p.org, IdBytes: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}), key
}

// attester signs an answer as the peer with these papers.
func (g forger) attester(answer []byte, p papers) evidence.Attester {
	g.Helper()
	identity, key := g.identity(p)
	sum := sha256.Sum256(append(bytes.Clone(answer), identity...))
	der, err := key.Sign(nil, sum[:], crypto.SHA256)
	g.must(err)
	var pair struct{ R, S *big.Int }
	_, err = asn1.Unmarshal(der, &pair)
	g.must(err)
	n := key.Params().N
	if high := pair.S.Cmp(new(big.Int).Rsh(n, 1)) > 0; high != p.highS {
		pair.S.Sub(n, pair.S)
	}
	signature, err := asn1.Marshal(pair)
	g.must(err)
	return evidence.Attester{Identity: identity, Signature: signature}
}

// attest has forged peers sign the answer of a file.
func (g forger) attest(f *evidence.File, all ...papers) {
	g.Helper()
	f.Attestation.Attesters = nil
	for _, p := range all {
		f.Attestation.Attesters = append(f.Attestation.Attesters, g.attester(f.Attestation.Answer, p))
	}
}

// answer changes what the contract is said to have answered.
func (g forger) answer(f *evidence.File, change func(*peer.ChaincodeAction)) {
	g.Helper()
	var payload peer.ProposalResponsePayload
	var action peer.ChaincodeAction
	g.unmarshal(f.Attestation.Answer, &payload)
	g.unmarshal(payload.Extension, &action)
	change(&action)
	payload.Extension = g.marshal(&action)
	f.Attestation.Answer = g.marshal(&payload)
}

// records changes the records in the answer, as JSON.
func (g forger) records(f *evidence.File, change func(map[string]any)) {
	g.Helper()
	g.answer(f, func(a *peer.ChaincodeAction) {
		var said map[string]any
		g.must(json.Unmarshal(a.Response.Payload, &said))
		change(said)
		raw, err := json.Marshal(said)
		g.must(err)
		a.Response.Payload = raw
	})
}

// asked is a question taken apart.
type asked struct {
	channel   common.ChannelHeader
	signature common.SignatureHeader
	payload   peer.ChaincodeProposalPayload
	input     peer.ChaincodeInvocationSpec
}

// question changes the question of a file, and has the answer answer it.
func (g forger) question(f *evidence.File, change func(*asked)) {
	g.Helper()
	var proposal peer.Proposal
	var header common.Header
	var q asked
	g.unmarshal(f.Attestation.Question, &proposal)
	g.unmarshal(proposal.Header, &header)
	g.unmarshal(header.ChannelHeader, &q.channel)
	g.unmarshal(header.SignatureHeader, &q.signature)
	g.unmarshal(proposal.Payload, &q.payload)
	g.unmarshal(q.payload.Input, &q.input)
	change(&q)
	q.payload.Input = g.marshal(&q.input)
	header.ChannelHeader, header.SignatureHeader = g.marshal(&q.channel), g.marshal(&q.signature)
	proposal.Header, proposal.Payload = g.marshal(&header), g.marshal(&q.payload)
	f.Attestation.Question = g.marshal(&proposal)
	var payload peer.ProposalResponsePayload
	g.unmarshal(f.Attestation.Answer, &payload)
	sum := sha256.Sum256(slices.Concat(header.ChannelHeader, header.SignatureHeader, proposal.Payload))
	payload.ProposalHash = sum[:]
	f.Attestation.Answer = g.marshal(&payload)
}
