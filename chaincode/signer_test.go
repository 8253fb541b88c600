package chaincode_test

import (
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// TestKeysOfASignerAreReadByWhoeverReadsTheSignature: a person's keys are its
// host's to read, but the holder of a note must be able to prove its acceptance.
func TestKeysOfASignerAreReadByWhoeverReadsTheSignature(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	because := func(seq uint64) *protocol.Place { return &protocol.Place{Note: id, Seq: seq} }
	via := func(party ledger.PartyID, seq uint64) *protocol.Place {
		return &protocol.Place{Note: id, Seq: 2, Via: party, ViaSeq: seq}
	}
	for _, c := range []struct {
		name    string
		org     string
		because *protocol.Place
		may     bool
	}{
		{"the holder's, for the acceptance", lenderOrg, because(2), true},
		{"the holder's, for no reason", lenderOrg, nil, false},
		{"the holder's, for what the lender signed", lenderOrg, because(1), false},
		{"the holder's, for what is to come", lenderOrg, because(3), false},
		{"the holder's, for nothing", lenderOrg, because(0), false},
		{"the holder's, by way of itself", lenderOrg, via(r.borrower.id, 1), true},
		{"the holder's, by way of a party that did not act", lenderOrg, via(r.other.id, 1), false},
		{"a stranger's, for the acceptance", collectorOrg, because(2), false},
	} {
		a := ask[protocol.HistoryAnswer](r, registrarOrg, c.org, protocol.FnHistory,
			protocol.HistoryQuery{Subject: r.borrower.id.Subject(), Limit: 10, Because: c.because})
		if (len(a.Entries) > 0) != c.may || (a.Code == "") != c.may {
			t.Errorf("%s organisation reads %d entries, %s", c.name, len(a.Entries), a.Code)
		}
	}
}
