package ledger_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
)

// FuzzDecodeCommand reads anything as a command. What it takes must have one
// form: written back it is the same bytes.
func FuzzDecodeCommand(f *testing.F) {
	s := newStage(f)
	for _, payload := range seedCommands(f, s, s.active()) {
		f.Add(payload)
	}
	f.Add([]byte(`{"v":1}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		c, err := ledger.DecodeCommand(payload)
		if err != nil {
			if ledger.CodeOf(err) == "" {
				t.Fatalf("an internal error: %v", err)
			}
			return
		}
		back, err := c.Canonical()
		if err != nil || !bytes.Equal(back, payload) {
			t.Fatalf("%s is written back as %s: %v", payload, back, err)
		}
		if s := c.Subject(); s.ID == "" || s.Kind == "" {
			t.Fatalf("%s is about nothing", payload)
		}
	})
}

// FuzzBody puts anything into a command of any operation and applies it. What
// comes of it is a change or a refusal.
func FuzzBody(f *testing.F) {
	p := newPeople(f)
	p.open()
	p.confirm()
	p.pass(ledger.RecoveryWait)
	s, id := p.stage, p.active()
	ops := ledger.Operations()
	for i, op := range ops {
		f.Add(i, []byte(`{}`))
		for _, payload := range seedCommands(f, s, id) {
			c, err := ledger.DecodeCommand(payload)
			if err != nil {
				f.Fatal(err)
			}
			if c.Op == op {
				f.Add(i, []byte(c.Body))
			}
		}
	}
	for _, v := range personVariants() {
		f.Add(slices.Index(ops, v.op), canonical(f, v.body(p)))
	}
	f.Fuzz(func(t *testing.T, i int, body []byte) {
		op := ops[uint(i)%uint(len(ops))]
		kind, creates, _ := ledger.KindOf(op)
		who := s.lender
		if kind == ledger.KindParty {
			who = s.borrower
		}
		d := ledger.Draft{Op: op, Network: network, By: who.id, Seq: 1, Command: "00000000-0000-4000-8000-ffffffffffff", IssuedAt: s.now, Body: json.RawMessage(body)}
		if !creates {
			d.Subject = map[ledger.Kind]string{ledger.KindNote: string(id), ledger.KindParty: string(s.borrower.id), ledger.KindBook: string(s.lender.book)}[kind]
			d.Seq = s.m.Next(ledger.Subject{Kind: kind, ID: d.Subject})
		}
		c, err := d.Build()
		if err != nil {
			return // not even JSON, or refused by its form
		}
		local := s.fork()
		local.t = t
		if _, err := local.sendCommand(who, c); err != nil && ledger.CodeOf(err) == "" {
			t.Fatalf("%s: an internal error: %v", op, err)
		}
		for _, lang := range ledger.Languages() {
			if _, err := ledger.Describe(c, lang); err != nil {
				t.Fatalf("%s is in order and cannot be said: %v", op, err)
			}
		}
	})
}

func seedCommands(f *testing.F, s *stage, id ledger.NoteID) [][]byte {
	f.Helper()
	var all [][]byte
	for _, v := range variants() {
		subject := string(id)
		if v.op == ledger.OpOffer {
			subject = ""
		}
		c, err := s.draft(s.lender, v.op, subject, v.body(s, id, s.lender)).Build()
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, canonical(f, c))
	}
	for _, a := range s.m.Log()[:2] { // a registration and a book
		o, err := claimed{}.Open(a.Signed)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, o.Payload)
	}
	return all
}

// FuzzDigest reads anything as a digest. Each value has one text.
func FuzzDigest(f *testing.F) {
	f.Add(ledger.PayloadDigest(nil).String())
	f.Add("")
	f.Add("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, text string) {
		var d ledger.Digest
		if d.UnmarshalText([]byte(text)) != nil {
			return
		}
		back, err := d.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		// The zero digest spelled out is the absent one.
		if string(back) != text && !d.IsZero() {
			t.Fatalf("%q is written back as %q", text, back)
		}
	})
}

// FuzzIDs reads anything as ids. No text is an id of two kinds.
func FuzzIDs(f *testing.F) {
	f.Add("p" + "abcdefghijklmnopqrstuvwxyz234567")
	f.Add("00000000-0000-4000-8000-000000000001")
	f.Fuzz(func(t *testing.T, text string) {
		kinds := 0
		for _, valid := range []bool{ledger.PartyID(text).Valid(), ledger.NoteID(text).Valid(), ledger.BookID(text).Valid(), ledger.CommandID(text).Valid()} {
			if valid {
				kinds++
			}
		}
		if kinds > 1 || kinds == 1 && len(text) != 33 && len(text) != 36 {
			t.Fatalf("%q is an id of %d kinds", text, kinds)
		}
	})
}
