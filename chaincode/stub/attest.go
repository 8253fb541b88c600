package stub

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	pb "github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Attestation is a peer's answer to a proposal that was put to it alone, with
// its signature, in Fabric's own form.
type Attestation struct {
	Question  []byte // peer.Proposal
	Answer    []byte // peer.ProposalResponsePayload
	Identity  []byte // the peer's msp.SerializedIdentity
	Signature []byte // over the answer followed by the identity
}

// Attest runs a proposal on an organisation's peer and has it sign what comes.
// What the chaincode refused is in the Endorsement, with no Attestation.
func (n *Network) Attest(org string, p *Proposal) (*Attestation, *Endorsement, error) {
	e, err := n.Endorse(org, p)
	if err != nil || e.Refused() {
		return nil, e, err
	}
	question, err := p.message(n.options.Channel, n.options.Chaincode)
	if err != nil {
		return nil, e, fmt.Errorf("writing the proposal: %w", err)
	}
	signer := n.trust.peers[org]
	if signer == nil {
		return nil, e, errors.New("the peer has no identity")
	}
	a := &Attestation{Question: question.bytes, Identity: signer.serialized}
	if a.Answer, err = marshal(&pb.ProposalResponsePayload{ProposalHash: question.hash, Extension: e.action}); err != nil {
		return nil, e, fmt.Errorf("writing the answer: %w", err)
	}
	if a.Signature, err = signer.sign(slices.Concat(a.Answer, a.Identity)); err != nil {
		return nil, e, fmt.Errorf("signing the answer: %w", err)
	}
	return a, e, nil
}

// message is a proposal in Fabric's form, with the hash that answers name it by.
type message struct{ bytes, hash []byte }

func (p *Proposal) message(channel, chaincode string) (*message, error) {
	id := &pb.ChaincodeID{Name: chaincode}
	extension, err := marshal(&pb.ChaincodeHeaderExtension{ChaincodeId: id})
	if err != nil {
		return nil, err
	}
	channelHeader, err := marshal(&common.ChannelHeader{
		Type: int32(common.HeaderType_ENDORSER_TRANSACTION), ChannelId: channel, TxId: p.ID(),
		Timestamp: timestamppb.New(p.Timestamp), Extension: extension,
	})
	if err != nil {
		return nil, err
	}
	signatureHeader, err := marshal(&common.SignatureHeader{Creator: p.Creator, Nonce: p.Nonce})
	if err != nil {
		return nil, err
	}
	header, err := marshal(&common.Header{ChannelHeader: channelHeader, SignatureHeader: signatureHeader})
	if err != nil {
		return nil, err
	}
	input, err := marshal(&pb.ChaincodeInvocationSpec{ChaincodeSpec: &pb.ChaincodeSpec{
		Type: pb.ChaincodeSpec_GOLANG, ChaincodeId: id, Input: &pb.ChaincodeInput{Args: p.Args},
	}})
	if err != nil {
		return nil, err
	}
	// What is transient is not part of what an answer names.
	payload, err := marshal(&pb.ChaincodeProposalPayload{Input: input})
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(slices.Concat(channelHeader, signatureHeader, payload))
	whole, err := marshal(&pb.Proposal{Header: header, Payload: payload})
	return &message{bytes: whole, hash: sum[:]}, err
}
