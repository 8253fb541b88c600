package chaincode_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"

	"github.com/skuld-registry/skuld/chaincode"
	"github.com/skuld-registry/skuld/chaincode/stub"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

func TestCommandIsAppliedWithItsRecordEntryAndEvent(t *testing.T) {
	r := newRegistry(t)
	tx := r.transaction(r.propose(lenderOrg, r.batch(r.offer(r.borrower))))
	if codes := r.commit(tx); codes[0] != stub.Valid {
		t.Fatalf("the transaction is %s", codes[0])
	}
	var event protocol.AppliedEvent
	if err := protocol.Decode(tx.Event.Payload, &event); err != nil {
		t.Fatal(err)
	}
	if tx.Event.EventName != protocol.EventApplied || len(event.Results) != 1 {
		t.Fatalf("the event is %v", tx.Event)
	}
	result := event.Results[0]
	e, ok := r.entry(result.Subject, 1)
	if !ok {
		t.Fatal("the registrar keeps no entry of the command")
	}
	if e.Seq != 1 || !e.At.Equal(noon) || e.Org != lenderOrg || e.Transaction != tx.ID {
		t.Errorf("the entry is %+v", e)
	}
	raw := r.net.State(collectorOrg)[protocol.RecordKey(result.Subject)]
	var record ledger.NoteRecord
	if err := protocol.Decode(raw, &record); err != nil {
		t.Fatal(err)
	}
	want := ledger.NoteRecord{
		V: 1, Seq: 1, Status: ledger.StatusOffered, Book: r.lender.book, Head: result.Head, Commitment: ledger.Commit(e.Salt, e.State),
	}
	if record != want {
		t.Errorf("the record is\n%+v, want\n%+v", record, want)
	}
}

func TestBatchHasAnAnswerForEachCommand(t *testing.T) {
	r := newRegistry(t)
	paid, disputed := r.issue(r.borrower), r.issue(r.borrower)
	answers := r.submit(lenderOrg, r.batch(
		r.pay(r.lender, paid, 10_000),
		r.pay(r.collector, disputed, 10_000),
		r.pay(r.lender, disputed, 99_999_999_99),
		r.offer(r.other),
	))
	want := []ledger.Code{"", ledger.CodeRoleForbidden, ledger.CodePaymentExceeds, ""}
	if got := codes(answers); !slices.Equal(got, want) {
		t.Fatalf("the codes are %q, want %q", got, want)
	}
	if got := r.seq(string(disputed)); got != 2 {
		t.Errorf("a refused command moved its note to %d", got)
	}
	if got := r.note(paid).Balance.PaidCosts; got != 10_000 {
		t.Errorf("the note shows %d paid on costs, want 10000", got)
	}
}

func TestCommandsOfOneBatchOnOneNoteSeeEachOther(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	at := r.seq(string(id))
	var commands []ledger.Signed
	for i := range uint64(3) {
		commands = append(commands, r.command(r.lender, ledger.OpPay, string(id), at+1+i, r.payment(1_000)))
	}
	results := r.apply(lenderOrg, commands...)
	if got := r.seq(string(id)); got != at+3 {
		t.Errorf("the note stands at %d, want %d", got, at+3)
	}
	for i, result := range results {
		if e, ok := r.entry(id.Subject(), at+1+uint64(i)); !ok || e.Signed != commands[i] {
			t.Errorf("command %d has no entry of its own", i)
		}
		if result.Seq != at+1+uint64(i) {
			t.Errorf("command %d has number %d", i, result.Seq)
		}
	}
	if n := r.note(id); n.Head != results[2].Head || len(n.Payments) != 3 {
		t.Errorf("the state does not show all three payments")
	}
}

func TestPartyRegisteredInABatchActsInTheSameBatch(t *testing.T) {
	r := newRegistry(t)
	key := r.lender.key // who holds a key may register it for another party, too
	register := r.registration(key)
	id := ledger.DerivePartyID(r.net.Digest(), r.commandOf(register).Command)
	newcomer := &party{id: id, org: lenderOrg, key: key}
	open := r.command(newcomer, ledger.OpBookOpen, "", 1, ledger.EmptyBody{})
	book := ledger.DeriveBookID(r.net.Digest(), id, r.commandOf(open).Command)
	offer := r.command(newcomer, ledger.OpOffer, "", 1, ledger.OfferBody{
		Book: book, Borrowers: []ledger.PartyID{r.borrower.id}, Terms: terms(t), AnswerBy: noon.Add(time.Hour)})
	r.apply(lenderOrg, register, open, offer)
}

func TestStateThatDoesNotComeAlongIsAskedFor(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	for name, drop := range map[string]func(*protocol.Batch){
		"the note's":   func(b *protocol.Batch) { delete(b.Notes, id) },
		"the signer's": func(b *protocol.Batch) { delete(b.Parties, r.lender.id) },
	} {
		b := r.batch(r.pay(r.lender, id, 1_000))
		drop(b)
		got := r.refused(r.propose(lenderOrg, b))
		if want := []ledger.Code{ledger.CodeStateMissing}; !slices.Equal(codes(got.Answers), want) {
			t.Errorf("without %s state the answer is %+v", name, got)
		}
	}
}

func TestStateOfYesterdayIsRefused(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	before := r.batch(r.pay(r.lender, id, 1_000))
	r.apply(lenderOrg, r.pay(r.lender, id, 2_000))
	if got := r.refused(r.propose(lenderOrg, before)); !slices.Equal(codes(got.Answers), []ledger.Code{ledger.CodeStateStale}) {
		t.Errorf("the answer is %+v", got)
	}
}

func TestTamperedStateIsRefused(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	tamper := map[string]func(s *protocol.State){
		"another amount": func(s *protocol.State) {
			s.State = bytes.Replace(s.State, []byte(`"principal":7654321`), []byte(`"principal":1654321`), 1)
		},
		"the same in other bytes": func(s *protocol.State) {
			s.State = bytes.Replace(s.State, []byte(`"KONTRAKT`), []byte(`"\u004bONTRAKT`), 1)
		},
		"another salt": func(s *protocol.State) { s.Salt[0] ^= 1 },
	}
	for _, name := range slices.Sorted(maps.Keys(tamper)) {
		b := r.batch(r.pay(r.lender, id, 1_000))
		s := b.Notes[id]
		tamper[name](&s)
		if bytes.Equal(s.State, b.Notes[id].State) && s.Salt == b.Notes[id].Salt {
			t.Fatalf("%s: nothing was changed", name)
		}
		b.Notes[id] = s
		got := r.refused(r.propose(lenderOrg, b))
		if want := []ledger.Code{ledger.CodeStateStale}; !slices.Equal(codes(got.Answers), want) {
			t.Errorf("%s: the answer is %+v", name, got)
		}
	}
}

func TestNothingIsOrderedForABatchOfWhichNothingApplies(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	height := r.net.Height(registrarOrg)
	got := r.refused(r.propose(lenderOrg, r.batch(r.pay(r.collector, id, 1), r.pay(r.borrower, id, 1))))
	want := []ledger.Code{ledger.CodeRoleForbidden, ledger.CodeRoleForbidden}
	if !slices.Equal(codes(got.Answers), want) || got.Code != "" {
		t.Errorf("the answer is %+v", got)
	}
	if r.net.Height(registrarOrg) != height {
		t.Error("a block was made")
	}
}

func TestSecondOfTwoCommandsForOneNoteInOneBlockHasNoEffect(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	at := r.seq(string(id))
	first := r.transaction(r.propose(lenderOrg, r.batch(r.pay(r.lender, id, 1_000))))
	second := r.transaction(r.propose(lenderOrg, r.batch(r.pay(r.lender, id, 2_000))))
	if got, want := r.commit(first, second), []stub.Code{stub.Valid, stub.MVCCConflict}; !slices.Equal(got, want) {
		t.Fatalf("the codes are %v, want %v", got, want)
	}
	if got := r.seq(string(id)); got != at+1 {
		t.Errorf("the note stands at %d, want %d", got, at+1)
	}
	if payments := r.note(id).Payments; len(payments) != 1 || payments[0].Amount != 1_000 {
		t.Errorf("the payments are %+v, want the first alone", payments)
	}
}

func TestCommandsForDifferentNotesInOneBlockBothApply(t *testing.T) {
	r := newRegistry(t)
	one, two := r.issue(r.borrower), r.issue(r.other)
	first := r.transaction(r.propose(lenderOrg, r.batch(r.pay(r.lender, one, 1_000))))
	second := r.transaction(r.propose(lenderOrg, r.batch(r.pay(r.lender, two, 1_000))))
	if got, want := r.commit(first, second), []stub.Code{stub.Valid, stub.Valid}; !slices.Equal(got, want) {
		t.Errorf("the codes are %v, want %v", got, want)
	}
}

func TestPeersOfAllMembersEndorseTheSameBytes(t *testing.T) {
	r := newRegistry(t)
	one, two := r.issue(r.borrower), r.issue(r.borrower, r.other)
	p := r.propose(lenderOrg, r.batch(
		r.pay(r.lender, one, 1_000), r.pay(r.collector, two, 1_000), r.offer(r.borrower), r.pay(r.lender, two, 5)))
	for range 10 {
		if _, err := stub.Assemble(p, r.endorse(registrarOrg, p), r.endorse(lenderOrg, p), r.endorse(collectorOrg, p)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTransactionsTimeMustBeWithinFiveMinutesOfThePeers(t *testing.T) {
	r := newRegistry(t)
	for _, c := range []struct {
		off time.Duration
		ok  bool
	}{
		{-ledger.ClockTolerance, true},
		{ledger.ClockTolerance, true},
		{-ledger.ClockTolerance - time.Second, false},
		{ledger.ClockTolerance + time.Second, false},
		{-240 * 365 * 24 * time.Hour, false},
	} {
		// The command was signed long enough ago to be in force at every one of these times.
		p := r.propose(lenderOrg, r.batch(r.offer(r.borrower)))
		p.Timestamp = noon.Add(c.off)
		e := r.endorse(registrarOrg, p)
		if e.Refused() == c.ok {
			t.Errorf("at %v: %s %s", c.off, e.Response.Message, e.Response.Payload)
		}
		if !c.ok && e.Response.Message != `{"code":"clock_skew"}` {
			t.Errorf("at %v the answer is %s", c.off, e.Response.Message)
		}
	}
}

func TestNameWithMarkupSurvivesTheWayThroughMessages(t *testing.T) {
	r := newRegistry(t)
	e, ok := r.entry(r.lender.id.Subject(), 1)
	if !ok || !bytes.Contains(e.State, []byte(`"name":"Holm & Söner <Kredit>"`)) {
		t.Errorf("the state is %s", e.State)
	}
}

func TestMalformedBatchesAreRefusedAsAWhole(t *testing.T) {
	r := newRegistry(t)
	good := func() *protocol.Batch { return r.batch(r.offer(r.borrower)) }
	marshal := func(v any) []byte {
		raw, err := protocol.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	with := func(change func(*protocol.Batch)) map[string][]byte {
		b := good()
		change(b)
		return map[string][]byte{protocol.TransientBatch: marshal(b)}
	}
	tooMany := func(b *protocol.Batch) {
		for len(b.Commands) <= ledger.MaxBatch {
			b.Commands = append(b.Commands, protocol.BatchCommand{Signed: b.Commands[0].Signed, Salt: r.draw()})
		}
	}
	tooManyStates := func(b *protocol.Batch) {
		for i := range chaincode.MaxBatchStates {
			b.Notes[ledger.NoteID("n"+string(rune('a'+i%26))+string(rune('a'+i/26)))] = protocol.State{State: json.RawMessage("{}")}
		}
	}
	cases := map[string]struct {
		transient map[string][]byte
		want      ledger.Code
	}{
		"nothing":            {nil, ledger.CodeRequestMalformed},
		"another key":        {map[string][]byte{"other": marshal(good())}, ledger.CodeRequestMalformed},
		"one key more":       {map[string][]byte{"other": nil, protocol.TransientBatch: marshal(good())}, ledger.CodeRequestMalformed},
		"no JSON":            {map[string][]byte{protocol.TransientBatch: []byte("{")}, ledger.CodeRequestMalformed},
		"two values":         {map[string][]byte{protocol.TransientBatch: append(marshal(good()), "{}"...)}, ledger.CodeRequestMalformed},
		"an unknown field":   {map[string][]byte{protocol.TransientBatch: []byte(`{"commands":[],"extra":1}`)}, ledger.CodeRequestMalformed},
		"no command":         {with(func(b *protocol.Batch) { b.Commands = nil }), ledger.CodeRequestMalformed},
		"too many commands":  {with(tooMany), ledger.CodeRequestTooLarge},
		"too many states":    {with(tooManyStates), ledger.CodeRequestTooLarge},
		"too many bytes":     {map[string][]byte{protocol.TransientBatch: make([]byte, chaincode.MaxBatchBytes+1)}, ledger.CodeRequestTooLarge},
		"no salt":            {with(func(b *protocol.Batch) { b.Commands[0].Salt = ledger.Salt{} }), ledger.CodeRequestMalformed},
		"a salt twice":       {with(func(b *protocol.Batch) { b.Commands = append(b.Commands, b.Commands[0]) }), ledger.CodeRequestMalformed},
		"a salt of a state ": {with(func(b *protocol.Batch) { b.Commands[0].Salt = b.Parties[r.lender.id].Salt }), ledger.CodeRequestMalformed},
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		p := r.call(lenderOrg, "client", protocol.FnApply)
		p.Transient = cases[name].transient
		if got := r.refused(p); got.Code != cases[name].want || got.Answers != nil {
			t.Errorf("%s: the answer is %+v, want %s", name, got, cases[name].want)
		}
	}
}

func TestCallsOfTheWrongFormAreRefused(t *testing.T) {
	r := newRegistry(t)
	batch := r.propose(lenderOrg, r.batch(r.offer(r.borrower)))
	withArgument := *batch
	withArgument.Args = append(slices.Clone(batch.Args), []byte("amount=7654321"))
	noFunction := *batch
	noFunction.Args = nil
	cases := map[string]*stub.Proposal{
		"an argument to Apply": &withArgument,
		"no function":          &noFunction,
		"an unknown function":  r.call(lenderOrg, "client", "Erase", "{}"),
		"a read without query": r.call(lenderOrg, "client", protocol.FnRead),
		"a read with two":      r.call(lenderOrg, "client", protocol.FnRead, "{}", "{}"),
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		if got := r.refused(cases[name]); got.Code != ledger.CodeRequestMalformed {
			t.Errorf("%s: the answer is %+v", name, got)
		}
	}
}

func TestOnlyClientIdentitiesCall(t *testing.T) {
	r := newRegistry(t)
	for _, unit := range []string{"peer", "admin", "orderer", ""} {
		p := r.propose(lenderOrg, r.batch(r.offer(r.borrower)))
		p.Creator = r.call(lenderOrg, unit, protocol.FnApply).Creator
		if got := r.refused(p); got.Code != ledger.CodeRoleForbidden {
			t.Errorf("%q: the answer is %+v", unit, got)
		}
	}
	for _, certificate := range []string{"", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"} {
		p := r.propose(lenderOrg, r.batch(r.offer(r.borrower)))
		var err error
		if p.Creator, err = proto.Marshal(&msp.SerializedIdentity{Mspid: lenderOrg, IdBytes: []byte(certificate)}); err != nil {
			t.Fatal(err)
		}
		if got := r.refused(p); got.Code != ledger.CodeRequestMalformed {
			t.Errorf("%q: the answer is %+v", certificate, got)
		}
	}
}
