package ledger_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// pay writes the JSON of a payment in order, for tests that change a part of it.
func payCommand(s *stage, id ledger.NoteID) map[string]any {
	return map[string]any{
		"v": 1, "op": "pay", "network": network, "note": string(id), "seq": s.m.Next(id.Subject()),
		"command": string(s.nextID()), "by": string(s.lender.id),
		"issued_at": s.now.Format(time.RFC3339), "expires_at": s.now.Add(time.Hour).Format(time.RFC3339),
		"body": map[string]any{"amount": map[string]any{"amount": 100_00, "currency": "SEK"}, "paid_on": s.today().String()},
	}
}

func (s *stage) sendJSON(who *actor, v any) error {
	s.t.Helper()
	payload, err := ledger.Canonical(v)
	if err != nil {
		s.t.Fatalf("writing a command: %v", err)
	}
	return s.sendBytes(who, payload)
}

func (s *stage) sendBytes(who *actor, payload []byte) error {
	_, err := s.m.Apply(ledger.Frame{At: s.now, Org: who.org}, ledger.Signed{JWS: who.key.ID + " " + string(payload)})
	return err
}

// TestEnvelopesOutOfFormAreRefused takes a payment that is in order and changes
// one thing at a time.
func TestEnvelopesOutOfFormAreRefused(t *testing.T) {
	s := newStage(t)
	id := s.active()
	later := func(d time.Duration) string { return s.now.Add(d).Format(time.RFC3339) }
	remove := struct{}{}
	table := []struct {
		name  string
		field string
		value any
		want  ledger.Code
	}{
		{"v of another version", "v", 2, ledger.CodeCommandMalformed},
		{"v missing", "v", remove, ledger.CodeCommandMalformed},
		{"v as text", "v", "1", ledger.CodeCommandMalformed},
		{"op unknown", "op", "steal", ledger.CodeOperationUnknown},
		{"op missing", "op", remove, ledger.CodeOperationUnknown},
		{"op in capitals", "op", "PAY", ledger.CodeOperationUnknown},
		{"network missing", "network", remove, ledger.CodeCommandMalformed},
		{"network another", "network", "deadbeef", ledger.CodeNetworkOther},
		{"note missing", "note", remove, ledger.CodeCommandMalformed},
		{"note malformed", "note", "n1", ledger.CodeCommandMalformed},
		{"note a party's id", "note", string(s.lender.id), ledger.CodeCommandMalformed},
		{"note unknown", "note", "n" + strings.Repeat("a", 32), ledger.CodeNotFound},
		{"book beside the note", "book", string(s.lender.book), ledger.CodeCommandMalformed},
		{"party beside the note", "party", string(s.lender.id), ledger.CodeCommandMalformed},
		{"seq missing", "seq", remove, ledger.CodeCommandMalformed},
		{"seq zero", "seq", 0, ledger.CodeCommandMalformed},
		{"seq negative", "seq", -1, ledger.CodeCommandMalformed},
		{"seq with a fraction", "seq", 3.5, ledger.CodeCommandMalformed},
		{"seq too old", "seq", 2, ledger.CodeSeqStale},
		{"seq too new", "seq", 4, ledger.CodeSeqAhead},
		{"command missing", "command", remove, ledger.CodeCommandMalformed},
		{"command in capitals", "command", "00000000-0000-4000-8000-00000000ABCD", ledger.CodeCommandMalformed},
		{"command no UUID", "command", "7", ledger.CodeCommandMalformed},
		{"by missing", "by", remove, ledger.CodeCommandMalformed},
		{"by unknown", "by", "p" + strings.Repeat("a", 32), ledger.CodeSignerUnknown},
		{"by another", "by", string(s.buyer.id), ledger.CodeKeyUnknown},
		{"for another", "for", string(s.buyer.id), ledger.CodeNoPowerOfAttorney},
		{"for malformed", "for", "anybody", ledger.CodeCommandMalformed},
		{"issued_at missing", "issued_at", remove, ledger.CodeCommandMalformed},
		{"issued_at in another zone", "issued_at", "2026-03-02T11:00:00+01:00", ledger.CodeCommandMalformed},
		{"issued_at in the future", "issued_at", later(6 * time.Minute), ledger.CodeCommandEarly},
		{"expires_at missing", "expires_at", remove, ledger.CodeCommandMalformed},
		{"expires_at before issued_at", "expires_at", later(-time.Second), ledger.CodeCommandMalformed},
		{"expires_at as issued_at", "expires_at", later(0), ledger.CodeCommandMalformed},
		{"expires_at too late", "expires_at", later(ledger.MaxCommandLife + time.Second), ledger.CodeCommandLife},
		{"body missing", "body", remove, ledger.CodeCommandNotCanonical},
		{"body null", "body", nil, ledger.CodeAmountNotPositive},
		{"body a list", "body", []int{}, ledger.CodeBodyMalformed},
		{"body with an unknown field", "body", map[string]any{"amount": 1, "tip": 2}, ledger.CodeBodyMalformed},
		{"an unknown field", "note2", "x", ledger.CodeCommandMalformed},
		{"a field in capitals", "Seq", 3, ledger.CodeCommandNotCanonical},
		{"body with a field in capitals", "body", map[string]any{"Amount": s.payBody(1).Amount, "paid_on": s.today()}, ledger.CodeCommandNotCanonical},
		{"body with a default spelled out", "body", map[string]any{"amount": s.payBody(1).Amount, "paid_on": s.today(), "reference": ""}, ledger.CodeCommandNotCanonical},
	}
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			f := s.fork()
			f.t = t
			cmd := payCommand(f, id)
			if c.value == any(remove) {
				delete(cmd, c.field)
			} else {
				cmd[c.field] = c.value
			}
			checkRefusal(t, f.sendJSON(f.lender, cmd), code(c.want))
			if f.note(id).Seq != s.note(id).Seq {
				t.Error("it was refused and yet written")
			}
		})
	}
	if err := s.sendJSON(s.lender, payCommand(s, id)); err != nil {
		t.Fatalf("the command in order: %v", err)
	}
}

// TestACommandHasOneText refuses every other way to write the same command:
// two texts would give one instruction two digests.
func TestACommandHasOneText(t *testing.T) {
	s := newStage(t)
	id := s.active()
	good, err := ledger.Canonical(payCommand(s, id))
	if err != nil {
		t.Fatal(err)
	}
	text := string(good)
	table := map[string]struct {
		payload string
		want    ledger.Code
	}{
		"a space":             {strings.Replace(text, ":", ": ", 1), ledger.CodeCommandNotCanonical},
		"a line break at end": {text + "\n", ledger.CodeCommandNotCanonical},
		"another order":       {`{"v":1,` + strings.Replace(text[1:], `,"v":1`, "", 1), ledger.CodeCommandNotCanonical},
		"an escaped letter":   {strings.Replace(text, `"op":"pay"`, `"op":"\u0070ay"`, 1), ledger.CodeCommandNotCanonical},
		"another number":      {strings.Replace(text, `"v":1`, `"v":1e0`, 1), ledger.CodeCommandMalformed},
		"a field twice":       {strings.Replace(text, `"op":"pay"`, `"op":"forgive","op":"pay"`, 1), ledger.CodeCommandNotCanonical},
		"text after the end":  {text + "{}", ledger.CodeCommandMalformed},
		"cut off":             {text[:len(text)-1], ledger.CodeCommandMalformed},
		"nothing":             {"", ledger.CodeCommandMalformed},
		"no JSON":             {"pay 100", ledger.CodeCommandMalformed},
		"broken UTF-8":        {strings.Replace(text, "pay", "p\xffy", 1), ledger.CodeOperationUnknown},
		"an empty for":        {strings.Replace(text, `"issued_at"`, `"for":"","issued_at"`, 1), ledger.CodeCommandNotCanonical},
		"a fraction of a second": {strings.Replace(text, `:00Z","network"`, `:00.000Z","network"`, 1),
			ledger.CodeCommandNotCanonical},
	}
	for name, c := range table {
		t.Run(name, func(t *testing.T) {
			if c.payload == text {
				t.Fatal("the case changes nothing")
			}
			f := s.fork()
			checkRefusal(t, f.sendBytes(f.lender, []byte(c.payload)), code(c.want))
		})
	}
}

func TestACommandHasAGreatestLength(t *testing.T) {
	s := newStage(t)
	id := s.active()
	cmd := payCommand(s, id)
	cmd["body"].(map[string]any)["reference"] = strings.Repeat("7", ledger.MaxCommandBytes)
	checkRefusal(t, s.sendJSON(s.lender, cmd), code(ledger.CodeCommandTooLarge))
	_, err := ledger.DecodeCommand(make([]byte, 10<<20))
	checkRefusal(t, err, code(ledger.CodeCommandTooLarge))
}

func TestACommandAppliesOnceAndOnlyInItsTime(t *testing.T) {
	s := newStage(t)
	id := s.active()
	d := s.draft(s.lender, ledger.OpPay, string(id), s.payBody(10_00))
	d.Life = time.Hour

	soon := s.fork()
	soon.now = soon.now.Add(time.Hour - time.Second)
	if _, err := soon.send(s.lender, d); err != nil {
		t.Errorf("a second before it expires: %v", err)
	}
	_, err := soon.send(s.lender, d)
	checkRefusal(t, err, ledger.Refuse(ledger.CodeSeqStale, "next", "4"))

	late := s.fork()
	late.now = late.now.Add(time.Hour)
	_, err = late.send(s.lender, d)
	checkRefusal(t, err, ledger.Refuse(ledger.CodeCommandExpired, "expired", "2026-03-02T11:00:00Z"))

	early := s.fork()
	early.now = early.now.Add(-ledger.ClockTolerance)
	if _, err := early.send(s.lender, d); err != nil {
		t.Errorf("within the tolerance of clocks: %v", err)
	}
	early = s.fork()
	early.now = early.now.Add(-ledger.ClockTolerance - time.Second)
	_, err = early.send(s.lender, d)
	checkRefusal(t, err, code(ledger.CodeCommandEarly))
}

func TestCommandsOutOfOrderAreRefused(t *testing.T) {
	s := newStage(t)
	id := s.active()
	first := s.draft(s.lender, ledger.OpPay, string(id), s.payBody(10_00))
	second := s.draft(s.lender, ledger.OpPay, string(id), s.payBody(20_00))
	second.Seq++
	_, err := s.send(s.lender, second)
	checkRefusal(t, err, ledger.Refuse(ledger.CodeSeqAhead, "next", "3"))
	for _, d := range []ledger.Draft{first, second} {
		if _, err := s.send(s.lender, d); err != nil {
			t.Fatalf("in order: %v", err)
		}
	}
	_, err = s.send(s.lender, first)
	checkRefusal(t, err, ledger.Refuse(ledger.CodeSeqStale, "next", "5"))
}

func TestAStrangerLearnsNothingOfANoteByTrying(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, sit := range situations()[1:] {
		t.Run(sit.name, func(t *testing.T) {
			t.Parallel()
			f := s.fork()
			f.t, f.n = t, 1_000
			id := sit.prepare(f)
			for _, v := range variants() {
				if v.op == ledger.OpOffer || v.op == ledger.OpExpire {
					continue // anybody may
				}
				want := code(ledger.CodeRoleForbidden)
				if sit.name == string(ledger.StatusErased) {
					want = code(ledger.CodeNoteErased) // which is public
				}
				f.refuse(want, f.stranger, v.op, string(id), v.body(f, id, f.stranger))
			}
		})
	}
}

func TestAWorldThatCannotTellStopsTheCommand(t *testing.T) {
	s := newStage(t)
	id := s.active()
	c, err := s.draft(s.lender, ledger.OpPay, string(id), s.payBody(10_00)).Build()
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range []string{"note", "party", "book"} {
		_, err := ledger.Apply(brokenWorld{s.m, broken}, claimed{}, ledger.Frame{Network: network, At: s.now, Org: lenderOrg}, s.sign(s.lender, c))
		if err == nil || ledger.CodeOf(err) != "" || !strings.Contains(err.Error(), "cannot tell") {
			t.Errorf("without the %s: %v", broken, err)
		}
	}
}

// TestDraftsAreWhatTheySay writes a command of every operation and reads it back.
func TestDraftsAreWhatTheySay(t *testing.T) {
	s := newStage(t)
	id := s.active()
	for _, v := range variants() {
		subject := string(id)
		if v.op == ledger.OpOffer {
			subject = ""
		}
		d := s.draft(s.lender, v.op, subject, v.body(s, id, s.lender))
		c, err := d.Build()
		if err != nil {
			t.Errorf("%s: %v", v.name, err)
			continue
		}
		again, err := d.Build()
		if err != nil {
			t.Fatal(err)
		}
		a, b := canonical(t, c), canonical(t, again)
		if string(a) != string(b) {
			t.Errorf("%s: one draft, two commands", v.name)
		}
		back, err := ledger.DecodeCommand(a)
		if err != nil {
			t.Errorf("%s: its own bytes are refused: %v", v.name, err)
			continue
		}
		if string(canonical(t, back)) != string(a) {
			t.Errorf("%s: reading changes it", v.name)
		}
		if !json.Valid(back.Body) || back.By != s.lender.id || back.ExpiresAt.Sub(back.IssuedAt) != ledger.DefaultLife {
			t.Errorf("%s is read as %+v", v.name, back)
		}
	}
	_, err := ledger.Draft{Op: "steal"}.Build()
	checkRefusal(t, err, ledger.Refuse(ledger.CodeOperationUnknown, "op", "steal"))
	_, err = ledger.Draft{Op: ledger.OpPay, Body: make(chan int)}.Build()
	if err == nil || ledger.CodeOf(err) != "" {
		t.Errorf("a body that is no JSON: %v", err)
	}
}
