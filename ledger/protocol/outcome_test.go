package protocol_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
	"github.com/skuld-registry/skuld/ledger/sign"
)

func TestFaultThatLastsIsAnErrorOnlyWhereNothingWasSent(t *testing.T) {
	for _, s := range stageFaults() {
		t.Run(s.String(), func(t *testing.T) {
			if s.effect {
				return // the first submission ends it; the tests above have it
			}
			f := start(t, lenderOrg)
			f.ledger.fault = func(n int, _ protocol.Batch) fault { return s.fault(n) }
			command, party := f.register(ledger.Company)
			all, err := f.client.Submit(t.Context(), command)
			if s.stage == "endorse" {
				if !errors.Is(err, protocol.ErrNotSent) || all != nil {
					t.Errorf("outcomes %v, error %v", all, err)
				}
			} else if err != nil || all[0].State != ledger.Unknown || all[0].Err.Code != ledger.CodeOutcomeOpen || s.named != (all[0].Transaction != "") {
				t.Errorf("outcomes %v, error %v", all, err)
			}
			if len(f.ledger.entries[party.id.Subject()]) != 0 || len(f.ledger.sent) > protocol.DefaultAttempts {
				t.Errorf("%d entries after %d submissions", len(f.ledger.entries[party.id.Subject()]), len(f.ledger.sent))
			}
			// The advice is to submit the same command again.
			f.ledger.fault = nil
			if o := f.commit(f.client, command)[0]; o.Repeated {
				t.Errorf("%+v", o)
			}
		})
	}
}

func TestSubjectIsLookedUpAFewTimesBeforeItsCommandIsSentAnew(t *testing.T) {
	f := start(t, lenderOrg)
	party := f.party(f.client, ledger.Company)
	f.ledger.fault = func(n int, _ protocol.Batch) fault {
		return fault{late: true, err: &protocol.Undecided{Transaction: "tx-1", Err: context.DeadlineExceeded}}
	}
	looks := 0
	f.ledger.damage = func(*protocol.ReadAnswer) {
		if looks++; looks == protocol.DefaultLookups {
			f.ledger.late() // its block comes after this look, before the next
			f.ledger.late = nil
		}
	}
	o := f.commit(f.client, f.rotate(party, 2))[0]
	if o.Transaction != "tx-1" || len(f.ledger.sent) != 2 {
		t.Errorf("%+v after %d submissions", o, len(f.ledger.sent))
	}
}

func TestUnknownFateEndsInRejectionWhereAnotherCommandTookTheNumber(t *testing.T) {
	f := start(t, lenderOrg)
	party := f.party(f.client, ledger.Company)
	rival := f.rotate(party, 2)
	f.ledger.fault = func(n int, _ protocol.Batch) fault {
		if n != 1 {
			return fault{}
		}
		c := f.ledger.as(lenderOrg)
		r := f.ledger.rows[party.id.Subject()]
		_, err := c.apply(protocol.Batch{
			Commands: []protocol.BatchCommand{{Signed: rival, Salt: ledger.Salt{1}}},
			Parties:  map[ledger.PartyID]protocol.State{party.id: r.state},
		}, "rival")
		if err != nil {
			t.Error(err)
		}
		return fault{err: context.DeadlineExceeded}
	}
	o := f.submit(f.client, f.rotate(party, 2))
	if o.State != ledger.Rejected || o.Err.Code != ledger.CodeSeqStale {
		t.Errorf("%+v (%v)", o, o.Err)
	}
}

// lost makes a party's command take effect, unheard of, and end its
// organisation's right to read the party.
func lost(t *testing.T, org string) (*fixture, ledger.Signed, ledger.Subject) {
	f := start(t, org)
	party := f.party(f.client, ledger.Company)
	s := party.id.Subject()
	f.ledger.fault = func(int, protocol.Batch) fault {
		f.ledger.hidden[s] = true
		return fault{err: &protocol.Undecided{Transaction: "tx-1", Err: context.DeadlineExceeded}, effect: true}
	}
	return f, f.rotate(party, 2), s
}

func TestFateIsFoundByWhomTheCommandItselfTookOutOfSight(t *testing.T) {
	f, command, subject := lost(t, lenderOrg)
	first := f.commit(f.client, command)[0]
	if first.Repeated || first.Transaction != "tx-1" || first.Result.Head != f.ledger.rows[subject].partyRecord.Head {
		t.Errorf("%+v", first)
	}
	// Also for another program of the organisation, and with another's command after it.
	f.ledger.entries[subject] = append(f.ledger.entries[subject], f.foreign(subject))
	if o := f.commit(f.join(lenderOrg), command)[0]; !o.Repeated || *o.Result != *first.Result {
		t.Errorf("again: %+v, first %+v", o, first)
	}
	// Another organisation is told nothing of it.
	if o := f.submit(f.join(collectorOrg), command); o.State != ledger.Rejected || o.Err.Code != ledger.CodeSeqStale || o.Result != nil {
		t.Errorf("another organisation: %+v (%v)", o, o.Err)
	}
}

// foreign gives an entry of another organisation that goes on from a party's
// last, and writes it into the party's record.
func (f *fixture) foreign(s ledger.Subject) ledger.Entry {
	f.Helper()
	last := f.ledger.rows[s].party
	e := ledger.Entry{Seq: last.Seq + 1, Signed: f.rotate(signer{id: last.ID, key: f.key()}, last.Seq+1), At: f.ledger.now, Org: collectorOrg}
	o, err := sign.Verifier{}.Open(e.Signed)
	if err != nil {
		f.Fatal(err)
	}
	r := &f.ledger.rows[s].partyRecord
	r.Seq, r.Head = e.Seq, ledger.NextHead(last.Head, ledger.Link(o.Payload, o.Seal, e.At, e.Org))
	return e
}

func TestPartOfAHistoryIsNotBelievedUnlessItLeadsToTheRecord(t *testing.T) {
	for name, damage := range map[string]func(*protocol.HistoryAnswer){
		"another link":         func(a *protocol.HistoryAnswer) { a.Links[0][0]++ },
		"a link more":          func(a *protocol.HistoryAnswer) { a.Links = append(a.Links, a.Links[0]) },
		"no links":             func(a *protocol.HistoryAnswer) { a.Links = nil },
		"no entry":             func(a *protocol.HistoryAnswer) { a.Entries = nil },
		"another number":       func(a *protocol.HistoryAnswer) { a.Entries[1].Seq = 9 },
		"another organisation": func(a *protocol.HistoryAnswer) { a.Entries[1].Org = collectorOrg },
		"another time":         func(a *protocol.HistoryAnswer) { a.Entries[1].At = a.Entries[1].At.AddDate(0, 0, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			f, command, _ := lost(t, lenderOrg)
			f.ledger.damageHistory = damage
			if o := f.submit(f.client, command); o.State != ledger.Unknown || o.Result != nil {
				t.Errorf("%+v (%v)", o, o.Err)
			}
		})
	}
}

func TestUnknownFateStaysUnknownWhereTheHistoryMayNotBeSeen(t *testing.T) {
	f, command, _ := lost(t, lenderOrg)
	f.ledger.damageHistory = func(a *protocol.HistoryAnswer) { a.Entries, a.Links = nil, nil }
	o := f.submit(f.client, command)
	if o.State != ledger.Unknown || o.Err.Code != ledger.CodeOutcomeOpen {
		t.Errorf("%+v (%v)", o, o.Err)
	}
}

func TestUnknownFateStaysUnknownWhereTheCommandIsRefusedByNow(t *testing.T) {
	f := start(t, lenderOrg)
	party := f.party(f.client, ledger.Company)
	f.ledger.fault = func(n int, _ protocol.Batch) fault {
		// Before the second attempt the command expires; the first may still come.
		f.ledger.now = f.ledger.now.Add(ledger.MaxCommandLife)
		return fault{err: context.DeadlineExceeded}
	}
	command := f.rotate(party, 2)
	if o := f.submit(f.client, command); o.State != ledger.Unknown {
		t.Errorf("%+v (%v)", o, o.Err)
	}
	f.ledger.fault = nil
	if o := f.submit(f.client, command); o.State != ledger.Rejected || o.Err.Code != ledger.CodeCommandExpired {
		t.Errorf("later: %+v (%v)", o, o.Err)
	}
}

func TestAnswerThatCannotBeReadIsLookedUp(t *testing.T) {
	for name, answer := range map[string]string{
		"no JSON": "x", "too few answers": `{"answers":[]}`, "unknown field": `{"answers":[{}],"more":1}`,
		"another command's result": `{"answers":[{"result":{"command":"","op":"pay","subject":{"kind":"note","id":""},"seq":1,"head":""}}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, lenderOrg)
			odd := &oddAnswers{channel: f.ledger.as(lenderOrg), answer: answer}
			c := f.over(odd, protocol.ClientOptions{})
			command, party := f.register(ledger.Company)
			if o := f.commit(c, command)[0]; o.Repeated || o.Transaction != "tx-0" || o.Result.Subject != party.id.Subject() {
				t.Errorf("%+v", o)
			}
		})
	}
}

func TestResultInARefusalIsNotBelieved(t *testing.T) {
	f := start(t, lenderOrg)
	command, party := f.register(ledger.Company)
	first := f.commit(f.join(lenderOrg), command)[0]
	delete(f.ledger.rows, party.id.Subject())
	delete(f.ledger.entries, party.id.Subject())
	text, err := protocol.Marshal(protocol.BatchAnswer{Answers: []protocol.Answer{{Result: first.Result}}})
	if err != nil {
		t.Fatal(err)
	}
	f.ledger.fault = func(int, protocol.Batch) fault { return fault{err: &protocol.Refusal{Message: string(text)}} }
	if o := f.submit(f.client, command); o.State != ledger.Unknown {
		t.Errorf("%+v", o)
	}
}

// oddAnswers commits and gives another answer than the contract's.
type oddAnswers struct {
	channel
	answer string
}

func (o *oddAnswers) Submit(ctx context.Context, s protocol.Submission) (protocol.Receipt, error) {
	r, err := o.channel.Submit(ctx, s)
	r.Answer = []byte(o.answer)
	return r, err
}

func TestCommandThatLosesAlwaysIsConflicted(t *testing.T) {
	f := start(t, lenderOrg)
	f.ledger.fault = func(int, protocol.Batch) fault { return fault{conflict: true} }
	command, _ := f.register(ledger.Company)
	o := f.submit(f.client, command)
	if o.State != ledger.Conflicted || o.Err.Code != ledger.CodeConflict || len(f.ledger.sent) != protocol.DefaultAttempts {
		t.Errorf("%+v (%v) after %d submissions", o, o.Err, len(f.ledger.sent))
	}
}

func TestCallerWhoIsTurnedAwayIsToldAtOnce(t *testing.T) {
	f := start(t, lenderOrg)
	f.ledger.fault = func(int, protocol.Batch) fault { return fault{err: protocol.ErrTurnedAway} }
	command, _ := f.register(ledger.Company)
	if _, err := f.client.Submit(t.Context(), command); !errors.Is(err, protocol.ErrTurnedAway) || len(f.ledger.sent) != 1 {
		t.Errorf("error %v after %d submissions", err, len(f.ledger.sent))
	}
}

func TestTransactionFoundInvalidIsTriedAgain(t *testing.T) {
	f := start(t, lenderOrg)
	f.ledger.fault = func(n int, _ protocol.Batch) fault {
		if n == 0 {
			return fault{err: fmt.Errorf("%w: ENDORSEMENT_POLICY_FAILURE", protocol.ErrInvalid)}
		}
		return fault{}
	}
	command, _ := f.register(ledger.Company)
	f.commit(f.client, command)
}

func TestChannelThatHangsEndsWithThePatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, lenderOrg)
		f.hold()
		command, _ := f.register(ledger.Company)
		begun := time.Now()
		o := f.submit(f.client, command)
		if took := time.Since(begun); o.State != ledger.Unknown || took != protocol.DefaultPatience {
			t.Errorf("%+v after %s", o, took)
		}
	})
}
