package chaincode_test

import (
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// checkRefusal checks that a refusal is an answer and not an internal error:
// bad input is the caller's.
func (r *registry) checkRefusal(message string) {
	r.t.Helper()
	var answer protocol.BatchAnswer
	if err := protocol.Decode([]byte(message), &answer); err != nil {
		r.t.Fatalf("the refusal %q is no answer: %v", message, err)
	}
	if answer.Code == ledger.CodeInternal {
		r.t.Fatal("bad input became an internal error")
	}
}

func FuzzBatch(f *testing.F) {
	r := newRegistry(f)
	id := r.issue(r.borrower)
	for _, b := range []*protocol.Batch{r.batch(r.offer(r.borrower)), r.batch(r.pay(r.lender, id, 5)), {}} {
		raw, err := protocol.Marshal(b)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`{"commands":[{"signed":{"jws":"e30.e30."},"salt":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","proof":{"seq":1}}]}`))
	f.Add([]byte(`{"commands":null,"parties":{"":{"salt":"","state":null}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r.t = t
		p := r.call(lenderOrg, "client", protocol.FnApply)
		p.Transient = map[string][]byte{protocol.TransientBatch: raw}
		e := r.endorse(registrarOrg, p)
		if e.Refused() {
			r.checkRefusal(e.Response.Message)
			return
		}
		// Whatever the bytes, a peer that knows nothing private agrees.
		if other := r.endorse(collectorOrg, p); string(other.Response.Payload) != string(e.Response.Payload) {
			t.Fatalf("two peers answered %s and %s", e.Response.Payload, other.Response.Payload)
		}
	})
}

func FuzzQuery(f *testing.F) {
	r := newRegistry(f)
	id := r.issue(r.borrower)
	f.Add(`{"notes":["` + string(id) + `"],"parties":["` + string(r.borrower.id) + `"],"books":["` + string(r.lender.book) + `"]}`)
	f.Add(`{"subject":{"kind":"note","id":"` + string(id) + `"},"from":1,"limit":10}`)
	f.Add(`{"subject":{"kind":"book","id":"` + string(r.lender.book) + `"},"from":18446744073709551615,"limit":9223372036854775807}`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, raw string) {
		r.t = t
		for _, fn := range []string{protocol.FnRead, protocol.FnHistory, protocol.FnRecords} {
			if e := r.endorse(registrarOrg, r.call(lenderOrg, "client", fn, raw)); e.Refused() {
				r.checkRefusal(e.Response.Message)
			}
		}
	})
}
