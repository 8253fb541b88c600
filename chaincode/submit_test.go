package chaincode_test

import (
	"encoding/json"

	"github.com/skuld-registry/skuld/chaincode/stub"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// batch puts commands together with the states that they need.
func (r *registry) batch(commands ...ledger.Signed) *protocol.Batch {
	r.t.Helper()
	b := &protocol.Batch{Parties: map[ledger.PartyID]protocol.State{}, Notes: map[ledger.NoteID]protocol.State{}}
	for _, signed := range commands {
		b.Commands = append(b.Commands, protocol.BatchCommand{Signed: signed, Salt: r.draw()})
		s, by := r.subjectOf(signed)
		for _, s := range []ledger.Subject{s, by.Subject()} {
			e, ok := r.entry(s, r.seq(s.ID))
			switch {
			case !ok:
			case s.Kind == ledger.KindNote:
				b.Notes[ledger.NoteID(s.ID)] = protocol.State{Salt: e.Salt, State: e.State}
			case s.Kind == ledger.KindParty:
				b.Parties[ledger.PartyID(s.ID)] = protocol.State{Salt: e.Salt, State: e.State}
			}
		}
	}
	return b
}

// propose makes the proposal of a batch.
func (r *registry) propose(org string, b *protocol.Batch) *stub.Proposal {
	r.t.Helper()
	raw, err := protocol.Marshal(b)
	if err != nil {
		r.t.Fatal(err)
	}
	p := r.call(org, "client", protocol.FnApply)
	p.Transient = map[string][]byte{protocol.TransientBatch: raw}
	return p
}

// call makes a proposal of a function with arguments by an identity.
func (r *registry) call(org, unit, fn string, args ...string) *stub.Proposal {
	r.t.Helper()
	creator, err := stub.Identity(org, unit)
	if err != nil {
		r.t.Fatal(err)
	}
	nonce := r.draw()
	p := &stub.Proposal{Creator: creator, Nonce: nonce[:], Timestamp: r.now, Args: [][]byte{[]byte(fn)}}
	for _, a := range args {
		p.Args = append(p.Args, []byte(a))
	}
	return p
}

func (r *registry) endorse(org string, p *stub.Proposal) *stub.Endorsement {
	r.t.Helper()
	e, err := r.net.Endorse(org, p)
	if err != nil {
		r.t.Fatal(err)
	}
	return e
}

// transaction has a proposal endorsed by the registrar and another peer.
func (r *registry) transaction(p *stub.Proposal) *stub.Transaction {
	r.t.Helper()
	first := r.endorse(registrarOrg, p)
	if first.Refused() {
		r.t.Fatalf("the contract refused: %s", first.Response.Message)
	}
	tx, err := stub.Assemble(p, first, r.endorse(lenderOrg, p))
	if err != nil {
		r.t.Fatal(err)
	}
	return tx
}

// commit orders transactions in one block and gives their codes.
func (r *registry) commit(txs ...*stub.Transaction) []stub.Code {
	r.t.Helper()
	for _, tx := range txs {
		if err := r.net.Order(tx); err != nil {
			r.t.Fatal(err)
		}
	}
	b, err := r.net.Cut(0)
	if err != nil {
		r.t.Fatal(err)
	}
	return b.Codes
}

// submit commits a batch and gives its answers.
func (r *registry) submit(org string, b *protocol.Batch) []protocol.Answer {
	r.t.Helper()
	tx := r.transaction(r.propose(org, b))
	if codes := r.commit(tx); codes[0] != stub.Valid {
		r.t.Fatalf("the transaction is %s", codes[0])
	}
	var answer protocol.BatchAnswer
	if err := protocol.Decode(tx.Response.Payload, &answer); err != nil {
		r.t.Fatal(err)
	}
	if len(answer.Answers) != len(b.Commands) {
		r.t.Fatalf("%d commands got %d answers", len(b.Commands), len(answer.Answers))
	}
	return answer.Answers
}

// refused gives the answer to a proposal that the contract must refuse.
func (r *registry) refused(p *stub.Proposal) protocol.BatchAnswer {
	r.t.Helper()
	e := r.endorse(registrarOrg, p)
	if !e.Refused() {
		r.t.Fatalf("the contract did not refuse: %s", e.Response.Payload)
	}
	var answer protocol.BatchAnswer
	if err := protocol.Decode([]byte(e.Response.Message), &answer); err != nil {
		r.t.Fatalf("the refusal %q is no answer: %v", e.Response.Message, err)
	}
	return answer
}

// apply commits commands that must all be applied, and gives their results.
func (r *registry) apply(org string, commands ...ledger.Signed) []ledger.Result {
	r.t.Helper()
	var results []ledger.Result
	for i, a := range r.submit(org, r.batch(commands...)) {
		if a.Result == nil || a.Repeated {
			r.t.Fatalf("command %d was answered %+v", i, a)
		}
		results = append(results, *a.Result)
	}
	return results
}

// codes gives the codes of answers, "" for those that were applied.
func codes(answers []protocol.Answer) []ledger.Code {
	list := make([]ledger.Code, len(answers))
	for i, a := range answers {
		list[i] = a.Code
	}
	return list
}

// note gives a note's state as the registrar keeps it.
func (r *registry) note(id ledger.NoteID) *ledger.Note {
	r.t.Helper()
	e, ok := r.entry(id.Subject(), r.seq(string(id)))
	if !ok {
		r.t.Fatalf("note %s is not kept", id)
	}
	var n ledger.Note
	if err := json.Unmarshal(e.State, &n); err != nil {
		r.t.Fatal(err)
	}
	return &n
}
