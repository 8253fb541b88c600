package checker

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"
)

const (
	registrar      = "RegistrarMSP"
	contract       = "skuld"
	function       = "Records"
	endorserHeader = 3   // type of a proposal's header
	answered       = 200 // status of an answer that is none of refusal
	leastAttesters = 2
)

// records are what the attesters say, by the subjects' ids.
type records struct {
	note    object
	parties map[string]object
	books   map[string]object
}

// attested checks the attestation (section 5) and gives the records.
func (e *evidence) attested(f *founders) (*records, *Fault) {
	q, err := readQuestion(e.question, f.channel)
	if err != nil {
		return nil, fault(Attestation, "question", "%v", err)
	}
	answer, err := readAnswer(e.answer, q.hash)
	if err != nil {
		return nil, fault(Attestation, "answer", "%v", err)
	}
	asked, err := e.checkQuery(q.query)
	if err != nil {
		return nil, fault(Attestation, "question", "%v", err)
	}
	r, err := readRecords(answer, e.note.id, asked)
	if err != nil {
		return nil, fault(Attestation, "answer", "%v", err)
	}
	if err := e.checkAttesters(f, q.at); err != nil {
		return nil, fault(Attestation, "attesters", "%v", err)
	}
	return r, nil
}

// question is what the peers were asked.
type question struct {
	at    time.Time
	query []byte
	hash  [32]byte // by which an answer names the question
}

func readQuestion(b []byte, channel string) (*question, error) {
	proposal, err := unmarshal(b)
	if err != nil {
		return nil, err
	}
	headers, err := proposal.bytes(1)
	if err != nil {
		return nil, err
	}
	header, err := unmarshal(headers)
	if err != nil {
		return nil, err
	}
	c, first := header.bytes(1)
	s, second := header.bytes(2)
	p, third := proposal.bytes(2)
	if err := errors.Join(first, second, third); err != nil {
		return nil, err
	}
	q := &question{hash: sha256.Sum256(slices.Concat(c, s, p))}
	if q.at, err = readHeaders(c, s, channel); err != nil {
		return nil, err
	}
	q.query, err = readInvocation(p)
	return q, err
}

// readHeaders checks the headers of a proposal and gives its time.
func readHeaders(c, s []byte, channel string) (time.Time, error) {
	h, err := unmarshal(c)
	if err != nil {
		return time.Time{}, err
	}
	kind, first := h.value(1)
	name, second := h.bytes(4)
	stamp, third := h.bytes(3)
	id, fourth := h.bytes(5)
	extension, fifth := h.bytes(7)
	if err := errors.Join(first, second, third, fourth, fifth); err != nil {
		return time.Time{}, err
	}
	if kind != endorserHeader || string(name) != channel {
		return time.Time{}, errors.New("it is no question to this channel")
	}
	if err := namesContract(extension, 2, 2); err != nil {
		return time.Time{}, err
	}
	signer, err := unmarshal(s)
	if err != nil {
		return time.Time{}, err
	}
	creator, first := signer.bytes(1)
	nonce, second := signer.bytes(2)
	if err := errors.Join(first, second); err != nil {
		return time.Time{}, err
	}
	sum := sha256.Sum256(slices.Concat(nonce, creator))
	if string(id) != hex.EncodeToString(sum[:]) {
		return time.Time{}, errors.New("its transaction id is another's")
	}
	when, err := unmarshal(stamp)
	if err != nil {
		return time.Time{}, err
	}
	seconds, err := when.value(1)
	return time.Unix(int64(seconds), 0).UTC(), err
}

// namesContract says whether the message in the first field of b has the contract's
// name in the second.
func namesContract(b []byte, in, name uint64) error {
	id, err := within(b, in)
	if err != nil {
		return fmt.Errorf("it names no contract: %w", err)
	}
	is, err := id.bytes(name)
	if err != nil || string(is) != contract {
		return errors.New("it is for another contract")
	}
	return nil
}

// readInvocation gives the argument of the call.
func readInvocation(p []byte) ([]byte, error) {
	payload, err := unmarshal(p)
	if err != nil {
		return nil, err
	}
	if len(payload) != 1 {
		return nil, errors.New("its payload has more than the call")
	}
	input, err := payload.bytes(1)
	if err != nil {
		return nil, err
	}
	invocation, err := unmarshal(input)
	if err != nil {
		return nil, err
	}
	b, err := invocation.bytes(1)
	if err != nil {
		return nil, err
	}
	if err := namesContract(b, 2, 2); err != nil {
		return nil, err
	}
	call, err := within(b, 3)
	if err != nil {
		return nil, err
	}
	args, err := call.all(1)
	if err != nil || len(args) != 2 || string(args[0]) != function {
		return nil, errors.New("it is a call of another function")
	}
	return args[1], nil
}

// readAnswer gives what the contract answered to the question with this hash.
func readAnswer(b []byte, hash [32]byte) ([]byte, error) {
	response, err := unmarshal(b)
	if err != nil {
		return nil, err
	}
	of, err := response.bytes(1)
	if err != nil || string(of) != string(hash[:]) {
		return nil, errors.New("it answers another question")
	}
	extension, err := response.bytes(2)
	if err != nil {
		return nil, err
	}
	if err := namesContract(extension, 4, 2); err != nil {
		return nil, err
	}
	result, err := within(extension, 3)
	if err != nil {
		return nil, err
	}
	status, err := result.value(1)
	if err != nil || status != answered {
		return nil, errors.New("the contract refused to answer")
	}
	return result.bytes(3)
}

// asked are the ids that were asked for, besides the note.
type asked struct{ parties, books []string }

// checkQuery says whether just what is needed was asked for.
func (e *evidence) checkQuery(text []byte) (*asked, error) {
	v, err := parse(text)
	if err != nil {
		return nil, err
	}
	q, ok := v.(object)
	if !ok {
		return nil, errors.New("it is no object")
	}
	if err := shape(q, []string{"notes"}, "parties", "books"); err != nil {
		return nil, err
	}
	notes, _ := texts(q, "notes")
	if !slices.Equal(notes, []string{e.note.id}) {
		return nil, errors.New("it is not about the note")
	}
	a := &asked{}
	for name, to := range map[string]*[]string{"parties": &a.parties, "books": &a.books} {
		if _, has := q[name]; !has {
			continue
		}
		if *to, ok = texts(q, name); !ok || len(*to) == 0 || !increasing(*to) {
			return nil, fmt.Errorf("%s are not sorted ids, each once", name)
		}
	}
	for _, id := range a.parties {
		if !partyID.MatchString(id) {
			return nil, errors.New("it names what is no party")
		}
	}
	for _, c := range e.parties {
		if !slices.Contains(a.parties, c.id) {
			return nil, fmt.Errorf("it leaves out %s", c.id)
		}
	}
	if !slices.EqualFunc(e.books, a.books, func(c *chain, id string) bool { return c.id == id }) {
		return nil, errors.New("it asks for other books")
	}
	return a, nil
}

func texts(o object, name string) ([]string, bool) {
	all, ok := o[name].([]any)
	if !ok {
		return nil, false
	}
	list := make([]string, len(all))
	for i, v := range all {
		if list[i], ok = v.(string); !ok {
			return nil, false
		}
	}
	return list, true
}

func increasing(ids []string) bool {
	for i := 1; i < len(ids); i++ {
		if ids[i-1] >= ids[i] {
			return false
		}
	}
	return true
}

// readRecords reads the answer for each id that was asked for.
func readRecords(answer []byte, note string, a *asked) (*records, error) {
	v, err := parse(answer)
	if err != nil {
		return nil, err
	}
	o, ok := v.(object)
	if !ok {
		return nil, errors.New("it is no object")
	}
	if err := shape(o, []string{"notes"}, "parties", "books"); err != nil {
		return nil, err
	}
	notes, err := recordsOf(o, "notes", "record", []string{note}, []string{"v", "seq", "status", "head", "commitment"}, "book", "pending")
	if err != nil {
		return nil, err
	}
	r := &records{note: notes[note]}
	r.parties, err = recordsOf(o, "parties", "record", a.parties, []string{"v", "seq", "org", "standing", "head", "commitment"})
	if err != nil {
		return nil, err
	}
	r.books, err = recordsOf(o, "books", "book", a.books, []string{"v", "id", "seq", "head", "holder"})
	return r, err
}

// recordsOf reads one list of answers, in the order of the ids.
func recordsOf(o object, name, member string, ids, required []string, optional ...string) (map[string]object, error) {
	answers, ok := list(o, name)
	if _, has := o[name]; has && !ok || len(answers) != len(ids) {
		return nil, fmt.Errorf("%s: there is not one answer for each id", name)
	}
	found := map[string]object{}
	for i, a := range answers {
		r, ok := a[member].(object)
		if !ok || len(a) != 1 {
			return nil, fmt.Errorf("%s: %s has no record", name, ids[i])
		}
		if err := shape(r, required, optional...); err != nil {
			return nil, fmt.Errorf("the record of %s: %w", ids[i], err)
		}
		if v, ok := number(r, "v"); !ok || v != 1 {
			return nil, fmt.Errorf("the record of %s has another version", ids[i])
		}
		if _, err := digestOf(text(r, "head")); err != nil {
			return nil, fmt.Errorf("the head of %s: %w", ids[i], err)
		}
		found[ids[i]] = r
	}
	return found, nil
}

// checkAttesters says whether enough peers signed the answer.
func (e *evidence) checkAttesters(f *founders, at time.Time) error {
	var orgs []string
	for _, a := range e.attesters {
		id, err := unmarshal(a.identity)
		if err != nil {
			return err
		}
		org, first := id.bytes(1)
		pem, second := id.bytes(2)
		if err := errors.Join(first, second); err != nil {
			return err
		}
		orgs = append(orgs, string(org))
		member := f.members[string(org)]
		if member == nil {
			return fmt.Errorf("%q is no founding member", org)
		}
		c, err := certificate(pem)
		if err != nil {
			return fmt.Errorf("%s: %w", org, err)
		}
		if err := member.vouches(c, at); err != nil {
			return fmt.Errorf("%s: %w", org, err)
		}
		key, ok := c.PublicKey.(*ecdsa.PublicKey)
		if !ok || !signedLow(key, slices.Concat(e.answer, a.identity), a.signature) {
			return fmt.Errorf("%s did not sign the answer", org)
		}
	}
	if !increasing(orgs) || len(orgs) < leastAttesters || !slices.Contains(orgs, registrar) {
		return fmt.Errorf("they are %q: two at least, sorted, each once, and %s among them", orgs, registrar)
	}
	return nil
}

// signedLow verifies a signature whose S must be in the lower half.
func signedLow(key *ecdsa.PublicKey, signed, signature []byte) bool {
	sum := sha256.Sum256(signed)
	if !ecdsa.VerifyASN1(key, sum[:], signature) { // which takes strict DER alone
		return false
	}
	var parts struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(signature, &parts); err != nil {
		return false
	}
	return parts.S.Cmp(new(big.Int).Rsh(key.Params().N, 1)) <= 0
}
