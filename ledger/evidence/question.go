package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// What a question to the contract looks like on the channel.
const (
	contractName    = "skuld"
	recordsFunction = "Records"

	typeConfig   = 1 // common.HeaderType
	typeEndorser = 3

	statusOK = 200
)

// Numbers of the fields of a question and its answer (fabric-protos:
// common/common.proto, peer/proposal.proto, peer/proposal_response.proto,
// peer/chaincode.proto, msp/identities.proto).
const (
	channelHeaderType      = 1
	channelHeaderTime      = 3
	channelHeaderChannel   = 4
	channelHeaderTx        = 5
	channelHeaderExtension = 7
	timeSeconds            = 1
	extensionChaincode     = 2
	chaincodeName          = 2
	signatureCreator       = 1
	signatureNonce         = 2
	proposalHeader         = 1
	proposalPayload        = 2
	proposalInput          = 1
	invocationSpec         = 1
	specChaincode          = 2
	specInput              = 3
	inputArgs              = 1
	responseHash           = 1
	responseExtension      = 2
	actionResponse         = 3
	actionChaincode        = 4
	answerStatus           = 1
	answerPayload          = 3
	identityOrg            = 1
	identityCertificate    = 2
)

// channelHeader is what we need of Fabric's message of this name.
type channelHeader struct {
	kind      uint64
	channel   string
	tx        string
	at        time.Time
	chaincode string
}

func readChannelHeader(raw []byte) (h channelHeader, err error) {
	f, err := readFields(raw)
	if err != nil {
		return h, err
	}
	if h.kind, err = f.number(channelHeaderType); err != nil {
		return h, err
	}
	var channel, tx, stamp, extension []byte
	for _, part := range []struct {
		number protowire.Number
		into   *[]byte
	}{
		{channelHeaderChannel, &channel}, {channelHeaderTx, &tx}, {channelHeaderTime, &stamp}, {channelHeaderExtension, &extension},
	} {
		if *part.into, err = f.one(part.number); err != nil {
			return h, err
		}
	}
	h.channel, h.tx = string(channel), string(tx)
	if f, err = readFields(stamp); err != nil {
		return h, err
	}
	seconds, err := f.number(timeSeconds)
	if err != nil {
		return h, err
	}
	h.at = time.Unix(int64(seconds), 0).UTC()
	name, err := path(extension, extensionChaincode, chaincodeName)
	h.chaincode = string(name)
	return h, err
}

// question is a proposal that asks the contract for records.
type question struct {
	hash     []byte // that a peer puts into its answer
	argument []byte
	at       time.Time
}

// readQuestion checks that a proposal asks the contract of this channel, and no
// other program, for records.
func readQuestion(c *channel, proposal []byte) (*question, error) {
	f, err := readFields(proposal)
	if err != nil {
		return nil, err
	}
	header, err := f.one(proposalHeader)
	if err != nil {
		return nil, err
	}
	payload, err := f.one(proposalPayload)
	if err != nil {
		return nil, err
	}
	if f, err = readFields(header); err != nil {
		return nil, err
	}
	rawChannel, err := f.one(headerChannel)
	if err != nil {
		return nil, err
	}
	rawSignature, err := f.one(headerSignature)
	if err != nil {
		return nil, err
	}
	h, err := readChannelHeader(rawChannel)
	if err != nil {
		return nil, err
	}
	tx, err := transactionID(rawSignature)
	switch {
	case err != nil:
		return nil, err
	case h.kind != typeEndorser:
		return nil, errors.New("it is no question to a contract")
	case h.channel != c.name:
		return nil, errors.New("it was asked on another channel")
	case h.tx != tx:
		return nil, errors.New("its number is not its own")
	case h.chaincode != contractName:
		return nil, errors.New("another contract was asked")
	}
	q := &question{at: h.at}
	if q.argument, err = readInput(payload); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(slices.Concat(rawChannel, rawSignature, payload))
	q.hash = sum[:]
	return q, nil
}

// transactionID is the id that a signature header gives its proposal.
func transactionID(raw []byte) (string, error) {
	f, err := readFields(raw)
	if err != nil {
		return "", err
	}
	nonce, err := f.one(signatureNonce)
	if err != nil {
		return "", err
	}
	creator, err := f.one(signatureCreator)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(slices.Concat(nonce, creator))
	return hex.EncodeToString(sum[:]), nil
}

// readInput gives the one argument of a call of Records.
func readInput(payload []byte) ([]byte, error) {
	f, err := readFields(payload)
	if err != nil {
		return nil, err
	}
	if len(f.bytes) != 1 || len(f.numbers) != 0 {
		return nil, errors.New("it holds more than its input") // a transient field is not in the hash
	}
	input, err := f.one(proposalInput)
	if err != nil {
		return nil, err
	}
	spec, err := path(input, invocationSpec)
	if err != nil {
		return nil, err
	}
	name, err := path(spec, specChaincode, chaincodeName)
	if err != nil {
		return nil, err
	}
	if string(name) != contractName {
		return nil, errors.New("another contract was asked")
	}
	call, err := path(spec, specInput)
	if err != nil {
		return nil, err
	}
	if f, err = readFields(call); err != nil {
		return nil, err
	}
	args := f.bytes[inputArgs]
	if len(args) != 2 || string(args[0]) != recordsFunction {
		return nil, errors.New("it is no question for records")
	}
	return args[1], nil
}

// readAnswer checks that an answer is to this question and gives what the
// contract said.
func readAnswer(q *question, raw []byte) ([]byte, error) {
	f, err := readFields(raw)
	if err != nil {
		return nil, err
	}
	hash, err := f.one(responseHash)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(hash, q.hash) {
		return nil, errors.New("it answers another question")
	}
	action, err := f.one(responseExtension)
	if err != nil {
		return nil, err
	}
	name, err := path(action, actionChaincode, chaincodeName)
	if err != nil {
		return nil, err
	}
	if string(name) != contractName {
		return nil, errors.New("another contract answered")
	}
	response, err := path(action, actionResponse)
	if err != nil {
		return nil, err
	}
	if f, err = readFields(response); err != nil {
		return nil, err
	}
	if status, err := f.number(answerStatus); err != nil || status != statusOK {
		return nil, errors.New("the contract refused the question")
	}
	return f.one(answerPayload)
}
