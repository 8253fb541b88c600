package chaincode_test

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
)

// TestNothingPrivateIsInWhatEveryMemberKeeps takes a note through its whole life
// and looks for everything private in every byte that is replicated to all.
func TestNothingPrivateIsInWhatEveryMemberKeeps(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower, r.other)
	raise := r.next(r.borrower, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "Jag fick aldrig varan"})
	dispute := r.apply(registrarOrg, raise)[0].Seq
	r.apply(lenderOrg, r.next(r.lender, ledger.OpDisputeResolve, string(id),
		ledger.DisputeResolveBody{Dispute: dispute, Outcome: ledger.Dismissed, Text: "Varan levererades"}))
	r.apply(lenderOrg, r.pay(r.lender, id, 1_234_567))
	r.sell(id)
	r.notify(id)
	r.apply(registrarOrg, r.next(r.authority, ledger.OpFreeze, string(id), ledger.FreezeBody{Ground: "Dom T-4321-26"}))
	r.apply(registrarOrg, r.next(r.authority, ledger.OpRelease, string(id), ledger.EmptyBody{}))
	r.refused(r.propose(collectorOrg, r.batch(r.pay(r.collector, id, 98_765_432))))
	r.payOff(r.collector, id)

	public := r.public()
	for what, secret := range r.secrets(id) {
		if bytes.Contains(public, []byte(secret)) {
			t.Errorf("%s stands in public", what)
		}
	}
	for what, open := range map[string]string{"the note's id": string(id), "the status": string(ledger.StatusDischarged)} {
		if !bytes.Contains(public, []byte(open)) {
			t.Errorf("%s does not stand in public, so looking there proves nothing", what)
		}
	}
}

// public joins every byte that every member has: blocks and public state.
func (r *registry) public() []byte {
	r.t.Helper()
	var all bytes.Buffer
	for number := range r.net.Height(outsider) {
		b, ok := r.net.Block(outsider, number)
		if !ok {
			r.t.Fatalf("block %d is missing", number)
		}
		for _, tx := range b.Transactions {
			raw, err := tx.Raw()
			if err != nil {
				r.t.Fatal(err)
			}
			all.Write(raw)
		}
	}
	state := r.net.State(outsider)
	for _, key := range slices.Sorted(maps.Keys(state)) {
		all.WriteString(key)
		all.Write(state[key])
	}
	return all.Bytes()
}

// secrets names what must not be public.
func (r *registry) secrets(id ledger.NoteID) map[string]string {
	r.t.Helper()
	s := map[string]string{
		"the principal": "7654321", "a payment": "1234567", "a refused payment": "98765432", "the set-up fee": "39800",
		"the rate": `"13"`, "the field of the rate": `"rate"`, "the contract's number": "KONTRAKT", "the bank's reference": "OCR-998877",
		"the words of a dispute": "aldrig varan", "the answer to it": "levererades", "a judgment's number": "T-4321",
		"the currency": "SEK", "the schedule": "annuity", "a name": "Exempelsson", "a company's name": "Holm",
		"an organisation's name": "Inkasso", "a signed command": "eyJ",
	}
	for _, p := range []*party{r.lender, r.collector, r.borrower, r.other, r.authority} {
		key := r.keyOf(p)
		s["the key of "+p.name] = key.X
		s["the key's id of "+p.name] = key.ID
	}
	for seq := uint64(1); seq <= r.seq(string(id)); seq++ {
		e, ok := r.entry(id.Subject(), seq)
		if !ok {
			r.t.Fatalf("entry %d is not kept", seq)
		}
		s["a salt"] = e.Salt.String()
	}
	return s
}
