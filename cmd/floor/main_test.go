package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
)

// stub is what a transaction of the floor touches of Fabric.
type stub struct {
	shim.ChaincodeStubInterface
	args  []string
	state map[string]string
	fails error
}

func (s *stub) GetFunctionAndParameters() (string, []string) { return s.args[0], s.args[1:] }

func (s *stub) PutState(key string, value []byte) error {
	if s.fails == nil {
		s.state[key] = string(value)
	}
	return s.fails
}

func (s *stub) GetState(key string) ([]byte, error) { return []byte(s.state[key]), s.fails }

func TestAPutIsOneWriteThatAGetReads(t *testing.T) {
	s := &stub{args: []string{"put", "k", "v"}, state: map[string]string{}}
	if r := (floor{}).Invoke(s); r.GetStatus() != shim.OK || s.state["k"] != "v" {
		t.Errorf("put answers %v and the state is %v", r, s.state)
	}
	s.args = []string{"get", "k"}
	if r := (floor{}).Invoke(s); r.GetStatus() != shim.OK || string(r.GetPayload()) != "v" {
		t.Errorf("get answers %v", r)
	}
}

func TestAnythingElseIsAnError(t *testing.T) {
	for _, args := range [][]string{{"put"}, {"put", "k"}, {"put", "k", "v", "w"}, {"get"}, {"get", "k", "l"}, {"delete", "k"}, {""}} {
		s := &stub{args: args, state: map[string]string{}}
		if r := (floor{}).Invoke(s); r.GetStatus() == shim.OK || len(s.state) > 0 {
			t.Errorf("%q answers %v and the state is %v", args, r, s.state)
		}
	}
}

func TestAFailureOfThePeerIsPassedOn(t *testing.T) {
	for _, args := range [][]string{{"put", "k", "v"}, {"get", "k"}} {
		r := (floor{}).Invoke(&stub{args: args, fails: errors.New("the peer is gone")})
		if r.GetStatus() == shim.OK || !strings.Contains(r.GetMessage(), "the peer is gone") {
			t.Errorf("%q answers %v", args, r)
		}
	}
}

func TestItDoesNotServeWithoutItsCertificates(t *testing.T) {
	for _, args := range [][]string{{}, {"-cert", "missing"}, {"-unheard-of"}} {
		if err := run(args); err == nil {
			t.Errorf("%q: it served", args)
		}
	}
}
