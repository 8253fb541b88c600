package main

import (
	"encoding/json"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign/authenticator"
)

// device gives the actor's phone, whose passkey is the name's as its key is.
func (a *actor) device(t *testing.T) *authenticator.Device {
	t.Helper()
	d, err := authenticator.NewSynced(ledger.Passkey{RPID: "localhost", Origin: "http://localhost:8080"}, "skuld test passkey of "+a.name)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// passkey gives the key of the actor's phone as JSON.
func (a *actor) passkey(t *testing.T) string {
	t.Helper()
	k, err := a.device(t).Key()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// byHand signs bytes with the actor's phone.
func (a *actor) byHand(t *testing.T, payload []byte) ledger.Signed {
	t.Helper()
	s, err := a.device(t).Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
