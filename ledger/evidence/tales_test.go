package evidence_test

import (
	"bytes"
	"maps"
	"slices"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
)

// tale is a case: a story's file, and what somebody does to it.
type tale struct {
	story func(*town) []byte
	forge func(*forgery)
	code  evidence.Code // none where the file is genuine
}

// forgery is a file in the hands of a forger.
type forgery struct {
	forger
	*evidence.File
	town *town
	raw  []byte // what comes of it, where that is no File
}

// other gives the file of another story, told in a town of its own with the same
// network.
func (f *forgery) other(story func(*town) []byte) *evidence.File {
	f.Helper()
	o, err := evidence.Decode(story(newTown(f.TB)))
	f.must(err)
	return o
}

var honest = []papers{{org: inproc.Lender}, {org: inproc.Registrar}}

func tales() map[string]tale {
	all := map[string]tale{
		"genuine-offered":          {story: offered},
		"genuine-active":           {story: active},
		"genuine-sold":             {story: sold},
		"genuine-pending":          {story: pending},
		"genuine-receipt":          {story: receipt},
		"genuine-receipt-reversed": {story: reversedReceipt},
		"genuine-receipt-last":     {story: lastReceipt},
		"genuine-rotated":          {story: rotated},
		"genuine-revoked-buyer":    {story: revokedBuyer},
		"genuine-passkey":          {story: withPasskey},
		"genuine-represented":      {story: represented},
		"genuine-spouses":          {story: spouses},
		"genuine-crooked-clocks":   {story: crooked},
		"genuine-two-attesters":    {story: sold, forge: func(f *forgery) { f.attest(f.File, honest...) }},
	}
	for _, more := range []map[string]tale{formTales(), peerTales(), questionTales(), chainTales()} {
		maps.Copy(all, more)
	}
	return all
}

// formTales change the file's form and its network.
func formTales() map[string]tale {
	raw := func(change func(raw []byte) []byte) func(*forgery) {
		return func(f *forgery) {
			b, err := f.Encode()
			f.must(err)
			f.raw = change(b)
		}
	}
	replace := func(old, with string) func(*forgery) {
		return raw(func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(with), 1) })
	}
	return map[string]tale{
		"form-empty":             {active, raw(func([]byte) []byte { return []byte{} }), evidence.Malformed},
		"form-truncated":         {active, raw(func(b []byte) []byte { return b[:len(b)-1] }), evidence.Malformed},
		"form-trailing":          {active, raw(func(b []byte) []byte { return append(b, "{}"...) }), evidence.Malformed},
		"form-newline":           {active, raw(func(b []byte) []byte { return append(b, '\n') }), evidence.NotCanonical},
		"form-space":             {active, replace(`"v":1`, `"v": 1`), evidence.NotCanonical},
		"form-unknown-member":    {active, replace(`"v":1`, `"v":1,"x":1`), evidence.Malformed},
		"form-member-twice":      {active, replace(`"v":1`, `"v":1,"v":1`), evidence.NotCanonical},
		"form-other-case":        {active, replace(`"note":`, `"Note":`), evidence.NotCanonical},
		"form-version-2":         {active, replace(`"v":1`, `"v":2`), evidence.VersionUnknown},
		"form-padded-bytes":      {active, replace(`"genesis":"`, `"genesis":"=`), evidence.Malformed},
		"form-no-parties":        {active, func(f *forgery) { f.Parties = nil }, evidence.ChainMissing},
		"form-parties-unsorted":  {active, func(f *forgery) { slices.Reverse(f.Parties) }, evidence.Malformed},
		"form-party-twice":       {active, func(f *forgery) { f.Parties = append(f.Parties[:1:1], f.Parties...) }, evidence.Malformed},
		"form-time-with-zone":    {active, replace(`"at":"2026-05-20T12:00:00Z"`, `"at":"2026-05-20T13:00:00+01:00"`), evidence.Malformed},
		"form-payment-zero":      {active, func(f *forgery) { f.About = &evidence.About{} }, evidence.Malformed},
		"network-other-digest":   {active, func(f *forgery) { f.Network = "00" + f.Network[2:] }, evidence.GenesisOther},
		"network-genesis-bit":    {active, func(f *forgery) { f.Genesis[40] ^= 1 }, evidence.GenesisOther},
		"network-other":          {active, otherNetwork, evidence.NetworkUnknown},
		"network-genesis-no-org": {active, func(f *forgery) { f.Genesis, f.Network = nil, "" }, evidence.Malformed},
	}
}

// otherNetwork is a file that holds, of a network that nobody knows.
func otherNetwork(f *forgery) {
	v := newTownOf(f.TB, inproc.Lender, inproc.Registrar, inproc.Collector, "FourthMSP")
	o, err := evidence.Decode(active(v))
	f.must(err)
	*f.File = *o
}

// peerTales have the wrong peers attest, or the right ones wrongly.
func peerTales() map[string]tale {
	by := func(all ...papers) func(*forgery) { return func(f *forgery) { f.attest(f.File, all...) } }
	registrar, lender := papers{org: inproc.Registrar}, papers{org: inproc.Lender}
	with := func(p papers, change func(*papers)) papers { change(&p); return p }
	return map[string]tale{
		"peers-none":              {sold, by(), evidence.AttestersFew},
		"peers-registrar-alone":   {sold, by(registrar), evidence.AttestersFew},
		"peers-without-registrar": {sold, by(papers{org: inproc.Collector}, lender), evidence.AttestersFew},
		"peers-one-twice":         {sold, by(registrar, registrar), evidence.AttesterTwice},
		"peers-unsorted":          {sold, by(registrar, lender), evidence.AttesterTwice},
		"peers-stranger":          {sold, by(with(lender, func(p *papers) { p.org = "EvilMSP"; p.root = inproc.Lender }), registrar), evidence.AttesterWrong},
		"peers-other-root":        {sold, by(with(lender, func(p *papers) { p.root = inproc.Registrar }), registrar), evidence.AttesterWrong},
		"peers-expired":           {sold, by(with(lender, func(p *papers) { p.notAfter = noon }), registrar), evidence.AttesterWrong},
		"peers-client":            {sold, by(with(lender, func(p *papers) { p.unit = "client" }), registrar), evidence.AttesterWrong},
		"peers-high-s":            {sold, by(lender, with(registrar, func(p *papers) { p.highS = true })), evidence.AttesterWrong},
		"peers-signature-bit": {sold, func(f *forgery) {
			s := f.Attestation.Attesters[1].Signature
			s[len(s)-1] ^= 1
		}, evidence.AttesterWrong},
		"peers-identity-swapped": {sold, func(f *forgery) {
			a := f.Attestation.Attesters
			a[0].Identity, a[1].Identity = a[1].Identity, a[0].Identity
		}, evidence.AttesterWrong},
		// One organisation's peer signs that the note is still where it was before
		// it was sold; the registrar's has signed the truth.
		"peers-one-lies": {sold, func(f *forgery) {
			truth := bytes.Clone(f.Attestation.Answer)
			f.records(f.File, lieAboutBook)
			f.Attestation.Attesters = []evidence.Attester{f.attester(f.Attestation.Answer, lender), f.attester(truth, registrar)}
		}, evidence.AttesterWrong},
		// Two lie together: the commands do not lead to what they say.
		"peers-two-lie": {sold, func(f *forgery) {
			f.records(f.File, lieAboutBook)
			f.attest(f.File, honest...)
		}, evidence.RecordOther},
		"peers-two-lie-about-party": {sold, func(f *forgery) {
			f.records(f.File, func(said map[string]any) {
				recordIn(said, "parties")["standing"] = "revoked"
			})
			f.attest(f.File, honest...)
		}, evidence.RecordOther},
	}
}

func recordIn(said map[string]any, kind string) map[string]any {
	return said[kind].([]any)[0].(map[string]any)["record"].(map[string]any)
}

func lieAboutBook(said map[string]any) {
	recordIn(said, "notes")["book"] = "b" + string(bytes.Repeat([]byte("a"), 32))
}

// questionTales have honest peers answer something else.
func questionTales() map[string]tale {
	asks := func(change func(*asked)) func(*forgery) {
		return func(f *forgery) {
			f.question(f.File, change)
			f.attest(f.File, honest...)
		}
	}
	answers := func(change func(*peer.ChaincodeAction)) func(*forgery) {
		return func(f *forgery) {
			f.answer(f.File, change)
			f.attest(f.File, honest...)
		}
	}
	return map[string]tale{
		"question-of-another-channel": {sold, asks(func(q *asked) { q.channel.ChannelId = "another" }), evidence.QuestionWrong},
		"question-not-to-a-contract":  {sold, asks(func(q *asked) { q.channel.Type = 2 }), evidence.QuestionWrong},
		"question-with-other-number":  {sold, asks(func(q *asked) { q.channel.TxId = "00" }), evidence.QuestionWrong},
		"question-to-another-contract": {sold, asks(func(q *asked) {
			q.input.ChaincodeSpec.ChaincodeId.Name = "other"
		}), evidence.QuestionWrong},
		"question-other-function": {sold, asks(func(q *asked) { q.input.ChaincodeSpec.Input.Args[0] = []byte("Read") }), evidence.QuestionWrong},
		"question-third-argument": {sold, asks(func(q *asked) {
			q.input.ChaincodeSpec.Input.Args = append(q.input.ChaincodeSpec.Input.Args, nil)
		}), evidence.QuestionWrong},
		"question-with-transient": {sold, asks(func(q *asked) { q.payload.TransientMap = map[string][]byte{"x": {1}} }), evidence.QuestionWrong},
		"question-unreadable":     {sold, asks(func(q *asked) { q.input.ChaincodeSpec.Input.Args[1] = []byte("{") }), evidence.QuestionWrong},
		"question-about-less": {sold, asks(func(q *asked) {
			q.input.ChaincodeSpec.Input.Args[1] = []byte(`{}`)
		}), evidence.AnswerWrong},
		"answer-to-another-question": {sold, func(f *forgery) {
			f.Attestation.Question = f.other(active).Attestation.Question
		}, evidence.AnswerWrong},
		"answer-of-another-contract": {sold, answers(func(a *peer.ChaincodeAction) { a.ChaincodeId.Name = "other" }), evidence.AnswerWrong},
		"answer-refused":             {sold, answers(func(a *peer.ChaincodeAction) { a.Response.Status = 500 }), evidence.AnswerWrong},
		"answer-with-more":           {sold, answers(func(a *peer.ChaincodeAction) { a.Response.Payload = append(a.Response.Payload, "{}"...) }), evidence.AnswerWrong},
		"answer-without-record": {sold, func(f *forgery) {
			f.records(f.File, func(said map[string]any) { said["notes"] = []any{map[string]any{"code": "not_found"}} })
			f.attest(f.File, honest...)
		}, evidence.AnswerWrong},
		"attestation-of-another-note": {sold, func(f *forgery) {
			v := f.town
			o, err := evidence.Decode(v.gather(v.lender, evidence.Request{Note: v.issue()}))
			f.must(err)
			f.Attestation = o.Attestation
		}, evidence.AskedOther},
		"attestation-older": {sold, func(f *forgery) {
			v, older := f.town, f.Attestation
			v.pay(v.buyer, f.Note, 100_00)
			newer, err := evidence.Decode(v.gather(v.buyer, evidence.Request{Note: f.Note}))
			f.must(err)
			*f.File, f.Attestation = *newer, older
			f.File.Attestation = older
		}, evidence.RecordOther},
		"attestation-newer": {sold, func(f *forgery) {
			v := f.town
			v.pay(v.buyer, f.Note, 100_00)
			newer, err := evidence.Decode(v.gather(v.buyer, evidence.Request{Note: f.Note}))
			f.must(err)
			f.Attestation = newer.Attestation
		}, evidence.RecordOther},
	}
}

// chainTales change what was signed, and what the ledger added.
func chainTales() map[string]tale {
	entries := func(change func([]evidence.Entry) []evidence.Entry) func(*forgery) {
		return func(f *forgery) { f.Entries = change(f.Entries) }
	}
	return map[string]tale{
		"chain-last-entry-gone":  {receipt, entries(func(e []evidence.Entry) []evidence.Entry { return e[:len(e)-1] }), evidence.StateOther},
		"chain-first-entry-gone": {sold, entries(func(e []evidence.Entry) []evidence.Entry { return e[1:] }), evidence.CommandRefused},
		"chain-middle-gone":      {sold, entries(func(e []evidence.Entry) []evidence.Entry { return slices.Delete(e, 1, 2) }), evidence.CommandRefused},
		"chain-entry-twice":      {sold, entries(func(e []evidence.Entry) []evidence.Entry { return slices.Insert(e, 1, e[1]) }), evidence.CommandRefused},
		"chain-swapped":          {sold, entries(func(e []evidence.Entry) []evidence.Entry { e[1], e[2] = e[2], e[1]; return e }), evidence.CommandRefused},
		"chain-time-changed":     {sold, entries(func(e []evidence.Entry) []evidence.Entry { e[0].At = e[0].At.Add(1e9); return e }), evidence.StateOther},
		"chain-org-changed":      {sold, entries(func(e []evidence.Entry) []evidence.Entry { e[0].Org = inproc.Collector; return e }), evidence.StateOther},
		"chain-of-another-note": {sold, func(f *forgery) {
			v := f.town
			o, err := evidence.Decode(v.gather(v.lender, evidence.Request{Note: v.issue()}))
			f.must(err)
			f.Entries[0] = o.Entries[0]
		}, evidence.SubjectOther},
		"chain-signature-bit": {sold, entries(func(e []evidence.Entry) []evidence.Entry {
			e[1].Signed.JWS = flipped(e[1].Signed.JWS)
			return e
		}), evidence.SignatureWrong},
		"chain-signed-by-another": {sold, func(f *forgery) { f.resign(1, f.town.buyer) }, evidence.SignatureWrong},
		"chain-passkey-bit": {withPasskey, entries(func(e []evidence.Entry) []evidence.Entry {
			e[1].Signed.WebAuthn = flipped(e[1].Signed.WebAuthn)
			return e
		}), evidence.SignatureWrong},
		"chain-key-of-later":    {rotated, func(f *forgery) { f.resign(2, f.town.borrower) }, evidence.SignatureWrong},
		"salt-changed":          {sold, func(f *forgery) { f.Salt[0] ^= 1 }, evidence.RecordOther},
		"state-changed":         {sold, func(f *forgery) { f.State = bytes.Replace(f.State, []byte(`1200000`), []byte(`1100000`), 1) }, evidence.StateOther},
		"party-entry-gone":      {rotated, func(f *forgery) { dropLast(f) }, evidence.SignatureWrong},
		"party-gone":            {active, func(f *forgery) { f.Parties = f.Parties[1:] }, evidence.ChainMissing},
		"party-too-much":        {active, surplusParty, evidence.ChainUnused},
		"book-gone":             {sold, func(f *forgery) { f.Books = f.Books[1:] }, evidence.ChainMissing},
		"receipt-of-no-payment": {receipt, func(f *forgery) { f.About.Payment = 1 }, evidence.PaymentAbsent},
		"receipt-of-nothing":    {receipt, func(f *forgery) { f.About.Payment = 99 }, evidence.PaymentAbsent},
		"note-other": {sold, func(f *forgery) {
			f.Note = ledger.NoteID("n" + string(bytes.Repeat([]byte("a"), 32)))
		}, evidence.SubjectOther},
	}
}

// flipped changes the last character of a signature so that it decodes.
func flipped(text string) string {
	b := []byte(text)
	i := len(b) - 8
	if b[i]++; b[i] == 'z'+1 || b[i] == 'Z'+1 || b[i] == '9'+1 || b[i] == '-'+1 || b[i] == '_'+1 {
		b[i] = 'A'
	}
	return string(b)
}

// resign has somebody else sign the command of an entry in the name of its signer.
func (f *forgery) resign(i int, by *citizen) {
	f.Helper()
	opened, err := f.town.signatures().Open(f.Entries[i].Signed)
	f.must(err)
	c, err := ledger.DecodeCommand(opened.Payload)
	f.must(err)
	f.Entries[i].Signed = f.town.signAs(by, c)
}

// dropLast leaves out the last command of the party with the most.
func dropLast(f *forgery) {
	most := slices.MaxFunc(f.Parties, func(a, b evidence.PartyChain) int { return len(a.Entries) - len(b.Entries) })
	i := slices.IndexFunc(f.Parties, func(p evidence.PartyChain) bool { return p.Party == most.Party })
	f.Parties[i].Entries = most.Entries[:1]
}

// surplusParty adds the chain of a party that has nothing to do with the note, and
// has the peers attest it, too.
func surplusParty(f *forgery) {
	o := f.other(sold)
	i := slices.IndexFunc(o.Parties, func(p evidence.PartyChain) bool { return p.Party == f.town.buyer.ID })
	f.Parties = append(f.Parties, o.Parties[i])
	slices.SortFunc(f.Parties, func(a, b evidence.PartyChain) int { return bytes.Compare([]byte(a.Party), []byte(b.Party)) })
}
