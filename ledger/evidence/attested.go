package evidence

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

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
