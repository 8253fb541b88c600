package evidence

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/skuld-registry/skuld/ledger"
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

// records are public control records.
type records struct {
	notes   map[ledger.NoteID]ledger.NoteRecord
	parties map[ledger.PartyID]ledger.PartyRecord
	books   map[ledger.BookID]ledger.Book
}

// query and answer are the contract's messages (package protocol, which is not
// to be imported here: a stranger has only their description).
type query struct {
	Notes   []ledger.NoteID  `json:"notes,omitempty"`
	Parties []ledger.PartyID `json:"parties,omitempty"`
	Books   []ledger.BookID  `json:"books,omitempty"`
}

type answer struct {
	Notes []struct {
		Record *ledger.NoteRecord `json:"record,omitempty"`
		Code   ledger.Code        `json:"code,omitempty"`
	} `json:"notes,omitempty"`
	Parties []struct {
		Record *ledger.PartyRecord `json:"record,omitempty"`
		Code   ledger.Code         `json:"code,omitempty"`
	} `json:"parties,omitempty"`
	Books []struct {
		Book *ledger.Book `json:"book,omitempty"`
		Code ledger.Code  `json:"code,omitempty"`
	} `json:"books,omitempty"`
}

// attested is what the peers attest.
type attested struct {
	at      time.Time
	orgs    []string // whose peers signed, sorted
	asked   query
	records records
}

// checkAttestation verifies that peers of the registrar and of another founding
// organisation signed one answer to one question, and gives what it says.
func checkAttestation(c *channel, a *Attestation) (*attested, error) {
	q, err := readQuestion(c, a.Question)
	if err != nil {
		return nil, fault(QuestionWrong, "detail", err.Error())
	}
	payload, err := readAnswer(q, a.Answer)
	if err != nil {
		return nil, fault(AnswerWrong, "detail", err.Error())
	}
	found := &attested{at: q.at}
	for i, s := range a.Attesters {
		org, err := c.verifyPeer(s, a.Answer, q.at)
		if err != nil {
			return nil, fault(AttesterWrong, "number", itoa(i+1), "org", org, "detail", err.Error())
		}
		if i > 0 && org <= found.orgs[i-1] {
			return nil, fault(AttesterTwice, "org", org)
		}
		found.orgs = append(found.orgs, org)
	}
	if len(found.orgs) < 2 || !slices.Contains(found.orgs, ledger.RegistrarOrg) {
		return nil, fault(AttestersFew, "orgs", strings.Join(found.orgs, ", "))
	}
	if err := strictly(q.argument, &found.asked); err != nil {
		return nil, fault(QuestionWrong, "detail", "reading what was asked: "+err.Error())
	}
	if found.records, err = readRecords(found.asked, payload); err != nil {
		return nil, fault(AnswerWrong, "detail", err.Error())
	}
	return found, nil
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

// verifyPeer says of which organisation the peer is that signed the answer.
func (c *channel) verifyPeer(s Attester, signed []byte, at time.Time) (string, error) {
	f, err := readFields(s.Identity)
	if err != nil {
		return "", fmt.Errorf("reading its identity: %w", err)
	}
	org, err := f.one(identityOrg)
	if err != nil {
		return "", fmt.Errorf("reading its identity: %w", err)
	}
	text, err := f.one(identityCertificate)
	if err != nil {
		return string(org), fmt.Errorf("reading its identity: %w", err)
	}
	o := c.orgs[string(org)]
	if o == nil {
		return string(org), errors.New("the organisation is no founding member of the channel")
	}
	cert, err := certificate(text)
	if err != nil {
		return string(org), err
	}
	if err := o.admits(cert, at); err != nil {
		return string(org), err
	}
	return string(org), verifyECDSA(cert, slices.Concat(signed, s.Identity), s.Signature)
}

// admits says whether a certificate is that of a peer of the organisation.
func (o *organisation) admits(cert *x509.Certificate, at time.Time) error {
	_, err := cert.Verify(x509.VerifyOptions{
		Roots: o.roots, Intermediates: o.intermediates, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	switch {
	case err != nil:
		return fmt.Errorf("checking its certificate: %w", err)
	case o.revoked[cert.SerialNumber.String()]:
		return errors.New("its certificate is revoked")
	case !slices.Contains(cert.Subject.OrganizationalUnit, o.peerUnit):
		return errors.New("its certificate is not a peer's")
	}
	return nil
}

// verifyECDSA checks a signature as Fabric does, which takes only the one of two
// equivalent signatures that has the lower S.
func verifyECDSA(cert *x509.Certificate, message, signature []byte) error {
	key, ok := cert.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return errors.New("its key is not for ECDSA")
	}
	var pair struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(signature, &pair)
	if err != nil || len(rest) > 0 {
		return errors.New("its signature is malformed")
	}
	if pair.S.Cmp(new(big.Int).Rsh(key.Params().N, 1)) > 0 {
		return errors.New("its signature has a high S")
	}
	sum := sha256.Sum256(message)
	if !ecdsa.VerifyASN1(key, sum[:], signature) {
		return errors.New("its signature is not over this answer")
	}
	return nil
}

// readRecords reads the answer to a query. What was asked for twice, or is not
// there, is refused.
func readRecords(q query, payload []byte) (records, error) {
	r := records{
		notes: map[ledger.NoteID]ledger.NoteRecord{}, parties: map[ledger.PartyID]ledger.PartyRecord{}, books: map[ledger.BookID]ledger.Book{},
	}
	var a answer
	if err := strictly(payload, &a); err != nil {
		return r, fmt.Errorf("reading the records: %w", err)
	}
	if len(a.Notes) != len(q.Notes) || len(a.Parties) != len(q.Parties) || len(a.Books) != len(q.Books) {
		return r, errors.New("it has not one record for each subject")
	}
	for i, id := range q.Notes {
		if _, twice := r.notes[id]; twice || a.Notes[i].Record == nil {
			return r, fmt.Errorf("it has not one record of %s", id)
		}
		r.notes[id] = *a.Notes[i].Record
	}
	for i, id := range q.Parties {
		if _, twice := r.parties[id]; twice || a.Parties[i].Record == nil {
			return r, fmt.Errorf("it has not one record of %s", id)
		}
		r.parties[id] = *a.Parties[i].Record
	}
	for i, id := range q.Books {
		if _, twice := r.books[id]; twice || a.Books[i].Book == nil {
			return r, fmt.Errorf("it has not one record of %s", id)
		}
		r.books[id] = *a.Books[i].Book
	}
	return r, nil
}

// strictly reads exactly one JSON value without unknown members.
func strictly(raw []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("data after the end of the value")
	}
	return nil
}
