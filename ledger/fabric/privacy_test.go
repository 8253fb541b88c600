package fabric_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-gateway/pkg/client"
	"github.com/hyperledger/fabric-gateway/pkg/identity"
	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/proto"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/fabric"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/sign"
	"github.com/skuld-registry/skuld/network/networktest"
)

// What the private life of a note says, in words and figures that nothing else
// in a block says by chance.
const (
	principal     finance.Amount = 76_543_210
	setupFee      finance.Amount = 41_357_911
	firstPayment  finance.Amount = 12_345_678
	secondPayment finance.Amount = 23_571_113
	tooMuch       finance.Amount = 987_654_321_123
	rateText                     = "7.654321"
	lenderNumber                 = "KONTRAKT-4711-XY"
	bankReference                = "OCR-99887766"
	objection                    = "Jag fick aldrig varan <och> betalar inte"
	answerToIt                   = "Varan levererades den tredje maj"
	judgment                     = "Dom T-4321-26 i Exempelstad"
	wrongBooking                 = "Betalningen gällde en annan gäldenär"
	farewell                     = "Fel adress på skuldebrevet"
)

// life is one note's whole life, with everybody in it.
type life struct {
	lenders, collectors, registrar         member
	lender, collector, borrower, authority party
	note                                   string
	seq                                    uint64
	last                                   ledger.Outcome
}

// do commits the note's next command.
func (l *life) do(through member, by party, op ledger.Op, body any) ledger.Outcome {
	through.Helper()
	l.last = through.commit(l.next(through, by, op, body))
	l.seq++
	return l.last
}

func (l *life) next(through member, by party, op ledger.Op, body any) ledger.Signed {
	through.Helper()
	return through.signed(by, ledger.Draft{Op: op, Subject: l.note, Seq: l.seq + 1, Body: body})
}

func payment(amount finance.Amount) ledger.PayBody {
	return ledger.PayBody{
		Amount: finance.Money{Amount: amount, Currency: "SEK"}, PaidOn: finance.DateOf(time.Now()), Reference: bankReference,
	}
}

// live takes a note from its offer until it is handed back.
func live(t *testing.T, n *networktest.Network) *life {
	t.Helper()
	l := &life{lenders: join(t, n, "lender"), collectors: join(t, n, "collector"), registrar: join(t, n, "registrar")}
	l.lender, l.collector = l.lenders.newParty(ledger.Company), l.collectors.newParty(ledger.Company)
	l.borrower, l.authority = l.registrar.newParty(ledger.Person), l.registrar.newParty(ledger.Authority)
	l.lenders.commit(l.lenders.signed(l.lender, ledger.Draft{Op: ledger.OpPartyAdmit, Subject: string(l.authority.id), Seq: 2, Body: ledger.EmptyBody{}}))
	book := l.lenders.commit(l.lenders.signed(l.lender, ledger.Draft{Op: ledger.OpBookOpen, Body: ledger.EmptyBody{}})).Result.Subject.ID
	target := l.collectors.commit(l.collectors.signed(l.collector, ledger.Draft{Op: ledger.OpBookOpen, Body: ledger.EmptyBody{}})).Result.Subject.ID
	l.issue(ledger.BookID(book))

	raised := l.do(l.registrar, l.borrower, ledger.OpDisputeRaise, ledger.DisputeRaiseBody{Text: objection}).Result.Seq
	l.do(l.lenders, l.lender, ledger.OpDisputeResolve, ledger.DisputeResolveBody{Dispute: raised, Outcome: ledger.Dismissed, Text: answerToIt})
	l.do(l.lenders, l.lender, ledger.OpPay, payment(firstPayment))
	wrong := l.do(l.lenders, l.lender, ledger.OpPay, payment(secondPayment)).Result.Seq
	l.do(l.lenders, l.lender, ledger.OpPayReverse, ledger.PayReverseBody{Payment: wrong, Reason: wrongBooking})
	l.transfer(ledger.TransferOfferBody{To: l.collector.id, Kind: ledger.Sale, Form: ledger.InFull}, ledger.BookID(target))
	l.do(l.collectors, l.collector, ledger.OpNotice, ledger.NoticeBody{
		Holder: l.collector.id, DeliveredOn: finance.DateOf(time.Now()), Channel: "letter", Content: ledger.PayloadDigest([]byte(objection)),
	})
	l.do(l.registrar, l.authority, ledger.OpFreeze, ledger.FreezeBody{Ground: judgment})
	l.do(l.registrar, l.authority, ledger.OpRelease, ledger.EmptyBody{})
	l.refuse(join(t, n, "collector"))
	l.payOff()
	return l
}

// issue offers a note that is declined and one that is accepted.
func (l *life) issue(book ledger.BookID) {
	l.lenders.Helper()
	body := ledger.OfferBody{
		Book: book, Borrowers: []ledger.PartyID{l.borrower.id}, AnswerBy: time.Now().UTC().Add(time.Hour).Truncate(time.Second),
		Terms: privateTerms(l.lenders.T),
	}
	l.note = l.lenders.commit(l.lenders.signed(l.lender, ledger.Draft{Op: ledger.OpOffer, Body: body})).Result.Subject.ID
	l.seq = 1
	l.do(l.registrar, l.borrower, ledger.OpDecline, ledger.ReasonBody{Reason: farewell})

	offer := l.lenders.signed(l.lender, ledger.Draft{Op: ledger.OpOffer, Body: body})
	l.note = l.lenders.commit(offer).Result.Subject.ID
	l.seq = 1
	opened, err := sign.Verifier{}.Open(offer)
	if err != nil {
		l.lenders.Fatal(err)
	}
	l.do(l.registrar, l.borrower, ledger.OpAccept, ledger.AcceptBody{Offer: ledger.PayloadDigest(opened.Payload)})
}

// privateTerms are terms of which every word is private.
func privateTerms(t *testing.T) ledger.Terms {
	t.Helper()
	rate, err := finance.ParseRate(rateText)
	if err != nil {
		t.Fatal(err)
	}
	day := finance.DateOf(time.Now())
	return ledger.Terms{
		Kind: ledger.Negotiable, Jurisdiction: finance.Generic, AgreedOn: day, InterestFrom: day, Rate: rate,
		Principal: finance.Money{Amount: principal, Currency: "SEK"}, DayCount: finance.Thirty360,
		Schedule: ledger.Schedule{Kind: finance.Annuity, Instalments: 37, FirstDue: day.AddMonths(1, 0)},
		Fees:     ledger.Fees{Setup: setupFee}, Reference: lenderNumber,
	}
}

func (l *life) transfer(offer ledger.TransferOfferBody, to ledger.BookID) {
	l.lenders.Helper()
	id := l.do(l.lenders, l.lender, ledger.OpTransferOffer, offer).Result.Command
	l.do(l.collectors, l.collector, ledger.OpTransferAccept, ledger.TransferAcceptBody{Transfer: id, Book: to})
}

// refuse hands in a payment that is too large beside a command that is applied,
// so that what is said of the refusal stands in a block. It takes a client that
// holds no older state of the note, with which it would be answered first.
func (l *life) refuse(collectors member) {
	collectors.Helper()
	beside, _ := collectors.registration(ledger.Company)
	all, err := collectors.Submit(collectors.Context(), l.next(collectors, l.collector, ledger.OpPay, payment(tooMuch)), beside)
	if err != nil || all[0].State != ledger.Rejected || all[0].Err.Code != ledger.CodePaymentExceeds || all[1].State != ledger.Committed {
		collectors.Fatalf("outcomes %+v, error %v", all, err)
	}
}

func (l *life) payOff() {
	l.collectors.Helper()
	views, err := l.collectors.Notes(l.collectors.Context(), ledger.NoteID(l.note))
	if err != nil || views[0].Err != nil {
		l.collectors.Fatalf("reading the note: %v, %v", err, views)
	}
	s, err := ledger.Summarize(views[0].Note, views[0].Holder, finance.DateOf(time.Now()))
	if err != nil {
		l.collectors.Fatal(err)
	}
	l.do(l.collectors, l.collector, ledger.OpPay, payment(s.Total.Amount))
}

// rawBlocks reads the bytes of every block from the first on until one has the
// transaction, as a member's peer gives them out.
func rawBlocks(t *testing.T, n *networktest.Network, organisation, transaction string) []byte {
	t.Helper()
	p, err := fabric.ReadProfile(n.ConnectionFile(organisation))
	if err != nil {
		t.Fatal(err)
	}
	gateway := gatewayOf(t, p)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var all []byte
	for number := uint64(0); !bytes.Contains(all, []byte(transaction)); {
		events, err := gateway.GetNetwork(p.Channel).BlockEvents(ctx, client.WithStartBlock(number))
		if err != nil {
			t.Fatal(err)
		}
		for b := range events {
			all, number = append(all, raw(t, b)...), number+1
			if bytes.Contains(all, []byte(transaction)) {
				break
			}
		}
		if ctx.Err() != nil {
			t.Fatalf("transaction %s is in none of %d blocks", transaction, number)
		}
	}
	return all
}

func raw(t *testing.T, b *common.Block) []byte {
	t.Helper()
	all, err := proto.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// gatewayOf connects to a member's peer with the member's own identity.
func gatewayOf(t *testing.T, p fabric.Profile) *client.Gateway {
	t.Helper()
	read := func(path string) []byte {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	tls, err := credentials.NewClientTLSFromFile(p.Peer.TLSCA, "")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(p.Peer.Address, grpc.WithTransportCredentials(tls), grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(100<<20)))
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := identity.CertificateFromPEM(read(p.Client.Certificate))
	if err != nil {
		t.Fatal(err)
	}
	id, err := identity.NewX509Identity(p.MSPID, certificate)
	if err != nil {
		t.Fatal(err)
	}
	key, err := identity.PrivateKeyFromPEM(read(p.Client.Key))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := identity.NewPrivateKeySign(key)
	if err != nil {
		t.Fatal(err)
	}
	gateway, err := client.Connect(id, client.WithSign(signer), client.WithClientConnection(conn))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := gateway.Close(); err != nil {
			t.Error(err)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	})
	return gateway
}

// secrets names what must stand in no block: what was written for this life,
// and every piece of what the registrar keeps of it.
func (l *life) secrets(t *testing.T) map[string][]byte {
	t.Helper()
	s := map[string][]byte{
		"the principal": []byte("76543210"), "the set-up fee": []byte("41357911"), "what is left of the fee": []byte("29012233"),
		"a payment": []byte("12345678"), "a reversed payment": []byte("23571113"), "a refused payment": []byte("987654321123"),
		"the rate": []byte(rateText), "the schedule": []byte(`"annuity"`), "the currency": []byte(`"SEK"`), "the kind": []byte("negotiable"),
		"the lender's number": []byte(lenderNumber), "the bank's reference": []byte(bankReference), "an objection": []byte(objection),
		"the answer to it": []byte(answerToIt), "a judgment": []byte(judgment), "the ground of a reversal": []byte(wrongBooking),
		"the ground of a refusal": []byte(farewell), "a name": []byte("Brännkyrka"), "a part of a name": []byte("nnkyrka"),
		"the type of a signature": []byte(sign.Type), "a header of a signature": []byte(`"alg":"ES256"`),
	}
	for what, p := range map[string]party{"lender": l.lender, "collector": l.collector, "borrower": l.borrower, "authority": l.authority} {
		k, err := sign.KeyOf(p.key.Public())
		if err != nil {
			t.Fatal(err)
		}
		for part, text := range map[string]string{"x": k.X, "y": k.Y, "id": k.ID} {
			s["the key's "+part+" of the "+what], s["the key's "+part+" of the "+what+" in bytes"] = []byte(text), decoded(t, text)
		}
		l.addEntries(t, s, p.id.Subject())
	}
	l.addEntries(t, s, ledger.NoteID(l.note).Subject())
	return s
}

// addEntries adds what the registrar keeps of a subject.
func (l *life) addEntries(t *testing.T, s map[string][]byte, subject ledger.Subject) {
	t.Helper()
	entries, err := l.registrar.History(t.Context(), subject, 1, ledger.MaxHistory)
	if err != nil || len(entries) == 0 {
		t.Fatalf("%d entries of a %s, error %v", len(entries), subject.Kind, err)
	}
	for _, e := range entries {
		of := " of " + string(subject.Kind) + " " + subject.ID + " entry " + strconv.FormatUint(e.Seq, 10)
		parts, names := strings.Split(e.Signed.JWS, "."), []string{"header", "payload", "signature"}
		if e.Signed.WebAuthn != "" {
			parts, names = strings.Split(e.Signed.WebAuthn, "."), []string{"key", "payload", "authenticator data", "client data", "signature"}
		}
		if len(parts) != len(names) || len(e.State) == 0 || e.Salt.IsZero() {
			t.Fatalf("the entry%s is %+v", of, e)
		}
		for i, part := range names {
			s["the "+part+of], s["the "+part+of+" in bytes"] = []byte(parts[i]), decoded(t, parts[i])
		}
		s["the salt"+of], s["the salt in bytes"+of] = []byte(e.Salt.String()), e.Salt[:]
		s["the state"+of] = e.State
	}
}

func decoded(t *testing.T, text string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// leastEncoded is the length from which a secret is looked for in base64 as
// well: a shorter one would be found in keys and signatures by chance.
const leastEncoded = 8

// forms gives a secret as it is, as JSON escapes it, in hex of either case, and
// in both alphabets of base64 at each of the three places where it can begin.
func forms(secret []byte) map[string][]byte {
	digits := hex.EncodeToString(secret)
	f := map[string][]byte{"plain": secret, "hex": []byte(digits), "hex in capitals": []byte(strings.ToUpper(digits))}
	if escaped := strings.NewReplacer("&", `\u0026`, "<", `\u003c`, ">", `\u003e`).Replace(string(secret)); escaped != string(secret) {
		f["escaped"] = []byte(escaped)
	}
	if len(secret) < leastEncoded {
		return f
	}
	for shift, name := range []string{"base64", "base64 one byte in", "base64 two bytes in"} {
		in := append(make([]byte, shift), secret...)
		// The characters at either end depend on what stands beside the secret.
		from, to := (shift*8+5)/6, len(in)*8/6
		f[name] = []byte(base64.RawStdEncoding.EncodeToString(in)[from:to])
		f[name+" for addresses"] = []byte(base64.RawURLEncoding.EncodeToString(in)[from:to])
	}
	return f
}

func TestSecretIsFoundInEveryFormThatItCanHave(t *testing.T) {
	secret := []byte("Jag fick aldrig varan?>")
	for _, before := range []string{"", "a", "ab"} {
		whole := append([]byte(before), append(secret, " och mer"...)...)
		for what, hidden := range map[string]string{
			"plain": string(whole), "hex": hex.EncodeToString(whole),
			"base64": base64.StdEncoding.EncodeToString(whole), "base64 for addresses": base64.RawURLEncoding.EncodeToString(whole),
		} {
			if found := find([]byte("x"+hidden), secret); found == "" {
				t.Errorf("after %q it is not found in %s", before, what)
			}
		}
	}
	if found := find([]byte("nothing of the kind"), secret); found != "" {
		t.Errorf("it is found in %s where it is not", found)
	}
}

// find gives the form in which a secret stands in public, and nothing where it
// does not.
func find(public, secret []byte) string {
	for name, form := range forms(secret) {
		if bytes.Contains(public, form) {
			return name
		}
	}
	return ""
}

// TestNothingPrivateStandsInTheBlocks looks at every byte that a member who has
// nothing to do with the registry's contents gets of the whole channel.
func TestNothingPrivateStandsInTheBlocks(t *testing.T) {
	n := realNetwork(t)
	l := live(t, n)
	views, err := l.registrar.Notes(t.Context(), ledger.NoteID(l.note))
	if err != nil || views[0].Record.Status != ledger.StatusDischarged || views[0].Record.Seq != l.seq {
		t.Fatalf("the note's life ends as %+v, error %v", views[0].Record, err)
	}
	for _, organisation := range []string{"lender", "registrar"} {
		public := rawBlocks(t, n, organisation, l.last.Transaction)
		for what, secret := range l.secrets(t) {
			if form := find(public, secret); form != "" {
				t.Errorf("%s: %s stands in the blocks: %s", organisation, what, form)
			}
		}
		// What is public does stand there, so the blocks are the right ones.
		for what, open := range map[string]string{
			"the note's id": l.note, "its status": string(ledger.StatusDischarged), "the lender's id": string(l.lender.id),
			"the borrower's id": string(l.borrower.id), "the last head": l.last.Result.Head.String(), "a refusal's code": string(ledger.CodePaymentExceeds),
		} {
			if !bytes.Contains(public, []byte(open)) {
				t.Errorf("%s: %s does not stand in the blocks, so looking there proves nothing", organisation, what)
			}
		}
	}
}
