package checker

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	maxPayload  = 16 << 10
	clockApart  = 5 * time.Minute // how far a command's issue may lie ahead of the ledger
	idBytes     = 20
	opOffer     = "offer"
	opOpen      = "book.open"
	opRegister  = "party.register"
	opRotate    = "party.rotate"
	opRevoke    = "party.revoke"
	opAdmit     = "party.admit"
	opPay       = "pay"
	opLostOpen  = "recovery.open"
	opLostEnd   = "recovery.complete"
	opLostDeny  = "recovery.object"
	domainLink  = "skuld/link/1"
	domainHead  = "skuld/head/1"
	domainState = "skuld/commitment/1"
	domainID    = "skuld/id/1"
)

// command is what a signer signed.
type command struct {
	op, by, forWhom string
	body            object
	id              string // the UUID
}

// actor is whose act it is.
func (c *command) actor() string {
	if c.forWhom != "" {
		return c.forWhom
	}
	return c.by
}

// creates says which kind of subject an operation creates, "" for none.
func creates(op string) string {
	switch op {
	case opOffer:
		return "note"
	case opOpen:
		return "book"
	case opRegister:
		return "party"
	}
	return ""
}

// open takes the commands of a subject apart and chains them (section 6 and 7).
func (c *chain) open(network string) *Fault {
	for i := range c.entries {
		x := &c.entries[i]
		where := fmt.Sprintf("%s, entry %d", c.id, i+1)
		var err error
		if x.signature, err = takeApart(x.signed); err != nil {
			return fault(Signature, where, "%v", err)
		}
		if err := x.read(network, c, uint64(i+1)); err != nil {
			return fault(Command, where, "%v", err)
		}
		payload := sha256.Sum256(x.payload)
		link := hash(domainLink, payload[:], x.seal[:], []byte(x.atText), []byte(x.org))
		c.head = hash(domainHead, c.head[:], link[:])
	}
	return nil
}

// hash is H of section 2.
func hash(tag string, parts ...[]byte) [32]byte {
	var b bytes.Buffer
	b.WriteString(tag)
	for _, p := range parts {
		b.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		b.Write(p)
	}
	return sha256.Sum256(b.Bytes())
}

// read reads the payload of an entry, which is the n-th of its subject.
func (x *entry) read(network string, of *chain, n uint64) error {
	if len(x.payload) > maxPayload {
		return fmt.Errorf("it has more than %d bytes", maxPayload)
	}
	o, err := canonical(x.payload)
	if err != nil {
		return err
	}
	required := []string{"v", "op", "network", "seq", "command", "by", "issued_at", "expires_at", "body"}
	x.op, x.by, x.forWhom, x.id = text(o, "op"), text(o, "by"), text(o, "for"), text(o, "command")
	if creates(x.op) == "" {
		required = append(required, of.kind)
	}
	if err := shape(o, required, "for"); err != nil {
		return err
	}
	var ok bool
	if x.body, ok = o["body"].(object); !ok {
		return errors.New("its body is no object")
	}
	_, represented := o["for"]
	v, first := number(o, "v")
	seq, second := number(o, "seq")
	switch {
	case !first || v != 1:
		return errors.New("its version is not 1")
	case text(o, "network") != network:
		return errors.New("it is for another network")
	case !second || seq != n:
		return errors.New("it has another number")
	case !commandID.MatchString(x.id) || !partyID.MatchString(x.by) || represented && !partyID.MatchString(x.forWhom) || x.op == "":
		return errors.New("an id in it is none")
	}
	if err := x.checkTimes(text(o, "issued_at"), text(o, "expires_at")); err != nil {
		return err
	}
	return x.checkSubject(o, network, of, n)
}

func (x *entry) checkTimes(issuedAt, expiresAt string) error {
	issued, first := signedTime(issuedAt)
	expires, second := signedTime(expiresAt)
	switch {
	case first != nil || second != nil:
		return errors.New("a time in it is none")
	case !x.at.Before(expires):
		return errors.New("it had expired")
	case issued.Sub(x.at) > clockApart:
		return errors.New("it was not issued yet")
	}
	return nil
}

// signedTime reads a time in UTC, which may have a fraction.
func signedTime(s string) (time.Time, error) {
	if !strings.HasSuffix(s, "Z") {
		return time.Time{}, errors.New("it is not in UTC")
	}
	return time.Parse(time.RFC3339Nano, s)
}

// checkSubject says whether the command is about the subject in whose list it stands.
func (x *entry) checkSubject(o object, network string, of *chain, n uint64) error {
	kind := creates(x.op)
	if kind == "" {
		if n == 1 || text(o, of.kind) != of.id {
			return errors.New("it is about something else")
		}
		return nil
	}
	by := x.by
	if kind == "party" {
		by = ""
	}
	id := derive(kind, network, by, x.id)
	if n != 1 || kind != of.kind || id != of.id || kind == "party" && x.by != id {
		return errors.New("it creates something else")
	}
	return nil
}

var lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// derive gives the id of what a command creates.
func derive(kind, network, by, command string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{domainID, kind, network, by, command}, "\x00")))
	return kind[:1] + lower.EncodeToString(sum[:idBytes])
}
