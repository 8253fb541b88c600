package chaincode_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/chaincode"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// outsider is a member that has nothing to do with any note here.
const outsider = collectorOrg

// ask evaluates a function on a peer for an organisation and reads the answer.
func ask[A any](r *registry, peer, org, fn string, question any) A {
	r.t.Helper()
	raw, err := protocol.Marshal(question)
	if err != nil {
		r.t.Fatal(err)
	}
	e := r.endorse(peer, r.call(org, "client", fn, string(raw)))
	if e.Refused() {
		r.t.Fatalf("%s for %s was refused: %s", fn, org, e.Response.Message)
	}
	var answer A
	if err := protocol.Decode(e.Response.Payload, &answer); err != nil {
		r.t.Fatal(err)
	}
	return answer
}

func (r *registry) readNote(org string, id ledger.NoteID) protocol.NoteAnswer {
	r.t.Helper()
	return ask[protocol.ReadAnswer](r, registrarOrg, org, protocol.FnRead, protocol.Query{Notes: []ledger.NoteID{id}}).Notes[0]
}

func (r *registry) readParty(org string, id ledger.PartyID) protocol.PartyAnswer {
	r.t.Helper()
	return ask[protocol.ReadAnswer](r, registrarOrg, org, protocol.FnRead, protocol.Query{Parties: []ledger.PartyID{id}}).Parties[0]
}

// mayRead checks who may read a note and its history, and that the rest are
// given its record alone.
func (r *registry) mayRead(what string, id ledger.NoteID, orgs ...string) {
	r.t.Helper()
	for _, org := range []string{lenderOrg, collectorOrg, registrarOrg} {
		a := r.readNote(org, id)
		history := ask[protocol.HistoryAnswer](r, registrarOrg, org, protocol.FnHistory,
			protocol.HistoryQuery{Subject: id.Subject(), From: 1, Limit: 1000})
		if a.Record == nil || a.Record.Seq != r.seq(string(id)) {
			r.t.Errorf("%s: %s is not given the record: %+v", what, org, a)
			continue
		}
		if slices.Contains(orgs, org) {
			switch {
			case a.Code != "" || a.State == nil || ledger.Commit(a.State.Salt, a.State.State) != a.Record.Commitment:
				r.t.Errorf("%s: %s is not given the state: %+v", what, org, a)
			case len(history.Entries) != int(a.Record.Seq):
				r.t.Errorf("%s: %s is given %d of %d entries", what, org, len(history.Entries), a.Record.Seq)
			}
			continue
		}
		if a.Code != ledger.CodeNotEntitled || a.State != nil || a.Holder != "" || a.Orgs != nil {
			r.t.Errorf("%s: %s is given %+v", what, org, a)
		}
		if history.Code != ledger.CodeNotEntitled {
			r.t.Errorf("%s: %s is given a history of %d entries", what, org, len(history.Entries))
		}
		r.onlyOwn(what, org, history, a.Record)
	}
}

// onlyOwn checks a history that an organisation is not entitled to: it has the
// entries that came through it, and links that lead to the public head.
func (r *registry) onlyOwn(what, org string, h protocol.HistoryAnswer, record *ledger.NoteRecord) {
	r.t.Helper()
	var head ledger.Digest
	for _, l := range h.Links {
		head = ledger.NextHead(head, l)
	}
	if len(h.Links) != int(record.Seq) || head != record.Head {
		r.t.Errorf("%s: %s is given %d links that lead to %s", what, org, len(h.Links), head)
		return
	}
	for _, e := range h.Entries {
		o := r.open(e.Signed)
		if e.Org != org || ledger.Link(o.Payload, o.Seal, e.At, e.Org) != h.Links[e.Seq-1] {
			r.t.Errorf("%s: %s is given entry %d of %s", what, org, e.Seq, e.Org)
		}
	}
}

func TestHistoryShowsAnOrganisationWhatCameThroughItAndNothingElse(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	seqs := func(org string, from uint64, limit int) (own []uint64, links int) {
		a := ask[protocol.HistoryAnswer](r, registrarOrg, org, protocol.FnHistory,
			protocol.HistoryQuery{Subject: id.Subject(), From: from, Limit: limit})
		if a.Code != ledger.CodeNotEntitled {
			t.Fatalf("the servicer that was is answered %+v", a)
		}
		for _, e := range a.Entries {
			own = append(own, e.Seq)
		}
		return own, len(a.Links)
	}
	if own, links := seqs(collectorOrg, 1, 100); own != nil || links != 2 {
		t.Errorf("a stranger is given the entries %v and %d links", own, links)
	}
	offer := r.next(r.lender, ledger.OpTransferOffer, string(id), ledger.TransferOfferBody{To: r.collector.id, Kind: ledger.CollectionMandate})
	transfer := r.apply(lenderOrg, offer)[0].Command
	r.apply(collectorOrg, r.next(r.collector, ledger.OpTransferAccept, string(id), ledger.TransferAcceptBody{Transfer: transfer}))
	r.apply(collectorOrg, r.next(r.collector, ledger.OpMandateEnd, string(id), ledger.EmptyBody{}))
	r.apply(lenderOrg, r.pay(r.lender, id, 1_000))
	for _, c := range []struct {
		from  uint64
		limit int
		own   []uint64
		links int
	}{{1, 100, []uint64{4, 5}, 6}, {1, 4, []uint64{4}, 4}, {5, 1, []uint64{5}, 1}, {6, 9, nil, 1}, {7, 9, nil, 0}} {
		if own, links := seqs(collectorOrg, c.from, c.limit); !slices.Equal(own, c.own) || links != c.links {
			t.Errorf("from %d at most %d it is given the entries %v and %d links", c.from, c.limit, own, links)
		}
	}
}

func TestNoteIsReadByTheOrganisationsOfItsParties(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	r.mayRead("a note of the lender's", id, lenderOrg, registrarOrg)
	if a := r.readNote(lenderOrg, id); a.Holder != r.lender.id || !slices.Equal(a.Orgs, []string{lenderOrg, registrarOrg}) {
		t.Errorf("the holder is %s and the organisations are %v", a.Holder, a.Orgs)
	}

	offer := r.next(r.lender, ledger.OpTransferOffer, string(id),
		ledger.TransferOfferBody{To: r.collector.id, Kind: ledger.CollectionMandate})
	transfer := ledger.TransferBody{Transfer: r.apply(lenderOrg, offer)[0].Command}
	r.mayRead("a note with a mandate offered", id, lenderOrg, collectorOrg, registrarOrg)

	r.apply(lenderOrg, r.next(r.lender, ledger.OpTransferWithdraw, string(id), transfer))
	r.mayRead("a note with the offer withdrawn", id, lenderOrg, registrarOrg)
}

func TestPledgeeAndServicerReadTheNoteWhileTheyAreThat(t *testing.T) {
	r := newRegistry(t)
	for _, c := range []struct {
		kind ledger.TransferKind
		end  ledger.Op
	}{{ledger.PledgeTransfer, ledger.OpPledgeRelease}, {ledger.CollectionMandate, ledger.OpMandateEnd}} {
		id := r.issue(r.borrower)
		offer := r.next(r.lender, ledger.OpTransferOffer, string(id), ledger.TransferOfferBody{To: r.collector.id, Kind: c.kind})
		transfer := r.apply(lenderOrg, offer)[0].Command
		r.apply(collectorOrg, r.next(r.collector, ledger.OpTransferAccept, string(id), ledger.TransferAcceptBody{Transfer: transfer}))
		r.mayRead(string(c.kind), id, lenderOrg, collectorOrg, registrarOrg)
		r.apply(collectorOrg, r.next(r.collector, c.end, string(id), ledger.EmptyBody{}))
		r.mayRead(string(c.end), id, lenderOrg, registrarOrg)
	}
}

func TestLenderAndLastHolderReadTheNoteThatWasHandedBack(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	r.sell(id)
	r.notify(id)
	r.payOff(r.collector, id)
	r.now = r.now.Add(200 * 24 * time.Hour)
	r.mayRead("a note handed back", id, lenderOrg, collectorOrg, registrarOrg)
	if a := r.readNote(collectorOrg, id); a.Holder != "" {
		t.Errorf("the holder is %s", a.Holder)
	}
}

func TestFormerHolderReadsUntilNinetyDaysAfterTheNotice(t *testing.T) {
	r := newRegistry(t)
	// The second lender holds the note between the first and the collector, so
	// that it is nothing else to it afterwards.
	second := r.register(collectorOrg, "Mellanhand", ledger.Company)
	second.book = r.openBook(second)
	id := r.issue(r.borrower)
	first := r.collector
	r.collector = second
	r.sell(id)
	r.notify(id)
	// Back to the lender, so that the collector's organisation hosts a former holder only.
	offer := r.next(second, ledger.OpTransferOffer, string(id), ledger.TransferOfferBody{To: r.lender.id, Kind: ledger.Sale, Form: ledger.InFull})
	transfer := r.apply(collectorOrg, offer)[0].Command
	r.apply(lenderOrg, r.next(r.lender, ledger.OpTransferAccept, string(id),
		ledger.TransferAcceptBody{Transfer: transfer, Book: r.lender.book}))
	r.collector = first

	r.now = r.now.Add(200 * 24 * time.Hour)
	r.mayRead("no notice yet", id, lenderOrg, collectorOrg, registrarOrg)
	r.apply(lenderOrg, r.next(r.lender, ledger.OpNotice, string(id),
		ledger.NoticeBody{Holder: r.lender.id, DeliveredOn: r.today(), Channel: "email"}))
	r.now = r.now.Add(ledger.FormerHolderDays * 24 * time.Hour)
	r.mayRead("the ninetieth day", id, lenderOrg, collectorOrg, registrarOrg)
	r.now = r.now.Add(24 * time.Hour)
	r.mayRead("the day after", id, lenderOrg, registrarOrg)
}

func TestAbsentAndForbiddenNotesAreAnsweredAlikeButForTheRecord(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	absent := ledger.NoteID("n" + strings.Repeat("a", 32))
	hidden, none := r.readNote(outsider, id), r.readNote(outsider, absent)
	if hidden.Record == nil || none.Record != nil {
		t.Fatalf("the records are %v and %v", hidden.Record, none.Record)
	}
	hidden.Record = nil
	if hidden.Code != none.Code || hidden.State != nil || none.State != nil {
		t.Errorf("the answers are %+v and %+v", hidden, none)
	}
}

func TestPersonIsReadByItsHostAndCompaniesByAll(t *testing.T) {
	r := newRegistry(t)
	for _, c := range []struct {
		party *party
		orgs  []string
	}{
		{r.borrower, []string{registrarOrg}},
		{r.register(lenderOrg, "Lisa", ledger.Person), []string{lenderOrg, registrarOrg}},
		{r.lender, []string{lenderOrg, collectorOrg, registrarOrg}},
		{r.authority, []string{lenderOrg, collectorOrg, registrarOrg}},
	} {
		for _, org := range []string{lenderOrg, collectorOrg, registrarOrg} {
			a := r.readParty(org, c.party.id)
			history := ask[protocol.HistoryAnswer](r, registrarOrg, org, protocol.FnHistory,
				protocol.HistoryQuery{Subject: c.party.id.Subject(), Limit: 10})
			may := slices.Contains(c.orgs, org)
			if a.Record == nil || a.Record.Org != c.party.org || (a.State != nil) != may || (a.Code == "") != may {
				t.Errorf("%s reads of %s: %+v", org, c.party.name, a)
			}
			if (len(history.Entries) > 0) != may {
				t.Errorf("%s reads %d entries of %s", org, len(history.Entries), c.party.name)
			}
		}
	}
	if a := r.readParty(lenderOrg, ledger.PartyID("p"+strings.Repeat("a", 32))); a.Record != nil || a.Code != ledger.CodeNotEntitled {
		t.Errorf("an absent party is answered %+v", a)
	}
}

func TestRecordsAreGivenByEveryPeerToEveryMember(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	absent := ledger.BookID("b" + strings.Repeat("a", 32))
	for _, peer := range []string{lenderOrg, collectorOrg, registrarOrg} {
		a := ask[protocol.ReadAnswer](r, peer, outsider, protocol.FnRecords, protocol.Query{
			Notes: []ledger.NoteID{id}, Parties: []ledger.PartyID{r.borrower.id}, Books: []ledger.BookID{r.lender.book, absent}})
		switch {
		case a.Notes[0].Record == nil || a.Notes[0].Record.Seq != 2 || a.Notes[0].State != nil:
			t.Errorf("%s gives the note %+v", peer, a.Notes[0])
		case a.Parties[0].Record == nil || a.Parties[0].State != nil:
			t.Errorf("%s gives the party %+v", peer, a.Parties[0])
		case a.Books[0].Book == nil || a.Books[0].Book.Holder != r.lender.id:
			t.Errorf("%s gives the book %+v", peer, a.Books[0])
		case a.Books[1].Book != nil || a.Books[1].Code != ledger.CodeNotFound:
			t.Errorf("%s gives the absent book %+v", peer, a.Books[1])
		}
	}
}

func TestOtherPeersHaveNothingPrivateToGive(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	a := ask[protocol.ReadAnswer](r, lenderOrg, lenderOrg, protocol.FnRead, protocol.Query{Notes: []ledger.NoteID{id}}).Notes[0]
	if a.Code != ledger.CodeUnavailable || a.State != nil || a.Holder != "" || a.Orgs != nil {
		t.Errorf("the lender's peer answered %+v", a)
	}
}

func TestHistoryReplaysToTheHeadAndComesInPages(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	for range 5 {
		r.apply(lenderOrg, r.pay(r.lender, id, 1_000))
	}
	var head ledger.Digest
	for from := uint64(1); from <= 7; from += 3 {
		a := ask[protocol.HistoryAnswer](r, registrarOrg, lenderOrg, protocol.FnHistory,
			protocol.HistoryQuery{Subject: id.Subject(), From: from, Limit: 3})
		if want := min(3, int(8-from)); len(a.Entries) != want {
			t.Fatalf("from %d there are %d entries, want %d", from, len(a.Entries), want)
		}
		for i, e := range a.Entries {
			if e.Seq != from+uint64(i) {
				t.Errorf("entry %d from %d has number %d", i, from, e.Seq)
			}
			o := r.open(e.Signed)
			head = ledger.NextHead(head, ledger.Link(o.Payload, o.Seal, e.At, e.Org))
		}
	}
	if record := r.readNote(lenderOrg, id).Record; record.Head != head {
		t.Errorf("the entries lead to %s, the record says %s", head, record.Head)
	}
	past := ask[protocol.HistoryAnswer](r, registrarOrg, lenderOrg, protocol.FnHistory,
		protocol.HistoryQuery{Subject: id.Subject(), From: 8, Limit: 3})
	if len(past.Entries) != 0 || past.Code != "" {
		t.Errorf("after the end there is %+v", past)
	}
}

func TestHistoryStopsBeforeAMessageIsTooLong(t *testing.T) {
	r := newRegistry(t)
	id := r.issue(r.borrower)
	at := r.seq(string(id))
	// Long texts make every state from here on long.
	var commands []ledger.Signed
	for i := range uint64(ledger.MaxDisputes) {
		commands = append(commands, r.command(r.borrower, ledger.OpDisputeRaise, string(id), at+1+i,
			ledger.DisputeRaiseBody{Text: strings.Repeat("€", ledger.MaxTextRunes)}))
	}
	r.apply(registrarOrg, commands...)
	at, commands = r.seq(string(id)), nil
	for i := range uint64(50) {
		commands = append(commands, r.command(r.lender, ledger.OpPay, string(id), at+1+i, r.payment(100)))
	}
	r.apply(lenderOrg, commands...)

	answer := func(from uint64) protocol.HistoryAnswer {
		return ask[protocol.HistoryAnswer](r, registrarOrg, lenderOrg, protocol.FnHistory,
			protocol.HistoryQuery{Subject: id.Subject(), From: from, Limit: ledger.MaxHistory})
	}
	got := uint64(0)
	for pages := 0; got < r.seq(string(id)); pages++ {
		a := answer(got + 1)
		raw, err := protocol.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Entries) == 0 || len(raw) > 4<<20 || pages > 3 {
			t.Fatalf("page %d has %d entries in %d bytes", pages, len(a.Entries), len(raw))
		}
		if pages == 0 && uint64(len(a.Entries)) == r.seq(string(id)) {
			t.Fatal("everything fits into one message, so this shows nothing")
		}
		got += uint64(len(a.Entries))
	}
}

func TestBooksHistoryIsPublicToMembers(t *testing.T) {
	r := newRegistry(t)
	a := ask[protocol.HistoryAnswer](r, registrarOrg, outsider, protocol.FnHistory,
		protocol.HistoryQuery{Subject: r.lender.book.Subject(), Limit: 10})
	if len(a.Entries) != 1 || a.Code != "" || a.Entries[0].State != nil {
		t.Errorf("the history is %+v", a)
	}
}

func TestReadsAreHeldToTheClockToo(t *testing.T) {
	r := newRegistry(t)
	p := r.call(lenderOrg, "client", protocol.FnRead, `{}`)
	p.Timestamp = noon.Add(-ledger.ClockTolerance - time.Second)
	if got := r.refused(p); got.Code != ledger.CodeClockSkew {
		t.Errorf("the answer is %+v", got)
	}
}

func TestMalformedQueriesAreRefused(t *testing.T) {
	r := newRegistry(t)
	many := strings.Repeat(`"n`+strings.Repeat("a", 32)+`",`, ledger.MaxRead+1)
	for _, c := range []struct {
		fn, query string
		want      ledger.Code
	}{
		{protocol.FnRead, ``, ledger.CodeRequestMalformed},
		{protocol.FnRead, `{"notes":["../x"]}`, ledger.CodeRequestMalformed},
		{protocol.FnRead, `{"parties":["n` + strings.Repeat("a", 32) + `"]}`, ledger.CodeRequestMalformed},
		{protocol.FnRead, `{"books":[""]}`, ledger.CodeRequestMalformed},
		{protocol.FnRead, `{"all":true}`, ledger.CodeRequestMalformed},
		{protocol.FnRead, `{"notes":[` + strings.TrimSuffix(many, ",") + `]}`, ledger.CodeRequestTooLarge},
		{protocol.FnRecords, `{} {}`, ledger.CodeRequestMalformed},
		{protocol.FnRecords, string(bytes.Repeat([]byte(" "), chaincode.MaxQueryBytes+1)), ledger.CodeRequestTooLarge},
		{protocol.FnHistory, `{"subject":{"kind":"note","id":"x"},"from":1,"limit":1}`, ledger.CodeRequestMalformed},
		{protocol.FnHistory, `{"subject":{"kind":"tree","id":"n` + strings.Repeat("a", 32) + `"},"from":1,"limit":1}`, ledger.CodeRequestMalformed},
		{protocol.FnHistory, `{"subject":{"kind":"note","id":"n` + strings.Repeat("a", 32) + `"},"from":1,"limit":0}`, ledger.CodeRequestMalformed},
		{protocol.FnHistory, `{"subject":{"kind":"note","id":"n` + strings.Repeat("a", 32) + `"},"from":-1,"limit":1}`, ledger.CodeRequestMalformed},
	} {
		if got := r.refused(r.call(lenderOrg, "client", c.fn, c.query)); got.Code != c.want {
			t.Errorf("%s %.60s: the answer is %+v, want %s", c.fn, c.query, got, c.want)
		}
	}
}
