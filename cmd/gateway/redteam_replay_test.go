package main

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/ledger"
)

// TestSeenCommandsAreOfNoUse replays what the red team has seen, as it was and
// changed.
func TestSeenCommandsAreOfNoUse(t *testing.T) {
	r := newRedTeam(t)
	a := r.attacks()[ledger.OpPay]
	applied := r.lender.sign(t, canonical(t, r.command(ledger.OpPay, a, r.lender.party)))
	late := r.lender.sign(t, canonical(t, r.command(ledger.OpForgive, r.attacks()[ledger.OpForgive], r.lender.party)))
	if o := r.submit(applied); o.State != ledger.Committed {
		t.Fatalf("who hands in a party's own command is served: %+v", o)
	}
	before := r.victims()
	if o := r.submit(applied); o.State != ledger.Committed || !o.Repeated {
		t.Errorf("the same again: %+v, want the first result", o)
	}
	r.refuse("a command in whose place another stands", late, ledger.CodeSeqStale)

	for name, change := range map[string]func(*ledger.Command){
		"with the next number": func(*ledger.Command) {},
		"for another note":     func(c *ledger.Command) { c.Note, c.Seq = r.customers, r.next(c.Op, string(r.customers)) },
		"as another operation": func(c *ledger.Command) {
			c.Op = ledger.OpForgive
			c.Body = json.RawMessage(r.attacks()[ledger.OpForgive].body)
		},
		"with another amount": func(c *ledger.Command) { c.Body = json.RawMessage(pay(1)) },
		"that lives longer":   func(c *ledger.Command) { c.ExpiresAt = c.ExpiresAt.Add(time.Hour) },
		"with another id":     func(c *ledger.Command) { c.Command = ledger.CommandID(uuid.NewString()) },
	} {
		altered := r.altered(applied, func(c *ledger.Command) {
			c.Seq++ // or it would be refused for its number alone
			change(c)
		})
		r.refuse("the same "+name, altered, ledger.CodeSignatureWrong)
	}
	elsewhere := r.command(ledger.OpPay, a, r.lender.party)
	elsewhere.Network = strings.Repeat("5c", 32)
	r.refuse("signed for another network", r.lender.sign(t, canonical(t, elsewhere)), ledger.CodeNetworkOther)
	kept := r.lender.sign(t, canonical(t, r.command(ledger.OpPay, a, r.lender.party)))
	r.clock.Advance(ledger.DefaultLife + time.Minute)
	r.refuse("kept until it had expired", kept, ledger.CodeCommandExpired)
	if after := r.victims(); !reflect.DeepEqual(before, after) {
		t.Errorf("something was done all the same:\n%+v\n%+v", before, after)
	}
}

// altered changes a signed command under its signature.
func (r *redTeam) altered(signed ledger.Signed, change func(*ledger.Command)) ledger.Signed {
	r.t.Helper()
	parts := strings.Split(signed.JWS, ".")
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		r.t.Fatal(err)
	}
	cmd, err := ledger.DecodeCommand(payload)
	if err != nil {
		r.t.Fatal(err)
	}
	change(cmd)
	parts[1] = base64.RawURLEncoding.EncodeToString(canonical(r.t, cmd))
	return ledger.Signed{JWS: strings.Join(parts, ".")}
}

// TestPartyThatExistsCannotBeRegisteredAgain: an id follows from its registration,
// which is public in part, so the red team can write one with keys of its own.
func TestPartyThatExistsCannotBeRegisteredAgain(t *testing.T) {
	r := newRedTeam(t)
	first := newActor("first", "lender")
	seen := r.draft(first, "/v1/parties", `{"kind":"company","keys":[`+string(mustJSON(t, first.ledgerKey(t)))+`]}`)
	resultOf(r.world, r.ask(first, "POST", "/v1/parties", r.sealed(first, seen), nil), http.StatusCreated)
	cmd, err := ledger.DecodeCommand(seen)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Body = json.RawMessage(r.attacks()[ledger.OpPartyRegister].body)
	if cmd.Body, err = ledger.Canonical(cmd.Body); err != nil {
		t.Fatal(err)
	}
	r.refuse("the same id with other keys", r.mole.sign(t, canonical(t, cmd)), ledger.CodeExists)
	cmd.By = r.lender.party
	r.refuse("somebody's id with an own registration", r.mole.sign(t, canonical(t, cmd)), ledger.CodePartyIDWrong)
}
