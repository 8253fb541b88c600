package protocol_test

import (
	"errors"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

func TestAttestationIsWhatTheRegistrarAndAnotherOrganisationAgreeOn(t *testing.T) {
	said := func(org, answer string) protocol.SignedAnswer {
		return protocol.SignedAnswer{Org: org, Answer: []byte(answer), Attester: ledger.Attester{Identity: []byte(org)}}
	}
	for _, c := range []struct {
		name    string
		answers []protocol.SignedAnswer
		want    string // the answer, then who gave it; empty where they are divided
	}{
		{"nobody", nil, ""},
		{"the registrar alone", []protocol.SignedAnswer{said(protocol.RegistrarMSP, "a")}, ""},
		{"two of the registrar's peers", []protocol.SignedAnswer{said(protocol.RegistrarMSP, "a"), said(protocol.RegistrarMSP, "a")}, ""},
		{"others without the registrar", []protocol.SignedAnswer{said("A", "a"), said("B", "a")}, ""},
		{"everybody against the registrar", []protocol.SignedAnswer{said("A", "a"), said("B", "a"), said(protocol.RegistrarMSP, "b")}, ""},
		{"one that is behind", []protocol.SignedAnswer{said("B", "old"), said(protocol.RegistrarMSP, "a"), said("A", "a")}, "a A RegistrarMSP"},
		{"a peer of the registrar's that is behind", []protocol.SignedAnswer{
			said(protocol.RegistrarMSP, "old"), said("B", "old"), said(protocol.RegistrarMSP, "a"), said("A", "a"), said("C", "a"),
		}, "a A C RegistrarMSP"},
		{"all", []protocol.SignedAnswer{said(protocol.RegistrarMSP, "a"), said("B", "a"), said("A", "a")}, "a A B RegistrarMSP"},
	} {
		a, err := protocol.Agreed([]byte("genesis"), []byte("question"), c.answers)
		got := string(a.Answer)
		for _, s := range a.Attesters {
			got += " " + string(s.Identity)
		}
		if got != c.want || (c.want == "") != errors.Is(err, protocol.ErrDivided) {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
}

func TestAttestRefusesMoreSubjectsThanOneQuestionHolds(t *testing.T) {
	f := start(t, lenderOrg)
	subjects := make([]ledger.Subject, ledger.MaxRead+1)
	_, err := f.client.Attest(t.Context(), subjects...)
	if ledger.CodeOf(err) != ledger.CodeLimit {
		t.Errorf("the error is %v", err)
	}
}
