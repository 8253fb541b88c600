package inproc_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// patience is how long a test waits for what must happen.
const patience = 10 * time.Second

var noon = time.Date(2026, time.May, 20, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

// atOnce makes a client try again without a pause.
func atOnce() protocol.ClientOptions {
	return protocol.ClientOptions{Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
}

func newLedger(t *testing.T, o inproc.Options) *inproc.Ledger {
	t.Helper()
	o.Clock, o.Client = clock, atOnce()
	l, err := inproc.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := l.Close(ctx); err != nil {
			t.Errorf("closing the ledger: %v", err)
		}
	})
	return l
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// company is a party that is registered or about to be.
type company struct {
	id  ledger.PartyID
	key crypto.Signer
}

// registration signs the registration of a new company.
func registration(t *testing.T, l *inproc.Ledger) (company, ledger.Signed) {
	t.Helper()
	private, err := sign.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	c := company{key: private}
	signed := c.sign(t, l, ledger.Draft{Op: ledger.OpPartyRegister,
		Body: ledger.RegisterBody{Kind: ledger.Company, Name: "Holm & <Söner>", Keys: []ledger.Key{keyOf(t, private)}}})
	opened, err := sign.Verifier{}.Open(signed)
	if err != nil {
		t.Fatal(err)
	}
	command, err := ledger.DecodeCommand(opened.Payload)
	if err != nil {
		t.Fatal(err)
	}
	c.id = command.By
	return c, signed
}

// rotation signs a command that gives the company one more key.
func (c company) rotation(t *testing.T, l *inproc.Ledger, seq uint64) ledger.Signed {
	t.Helper()
	private, err := sign.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return c.sign(t, l, ledger.Draft{Op: ledger.OpPartyRotate, By: c.id, Subject: string(c.id), Seq: seq,
		Body: ledger.RotateBody{Add: []ledger.Key{keyOf(t, private)}}})
}

func (c company) sign(t *testing.T, l *inproc.Ledger, d ledger.Draft) ledger.Signed {
	t.Helper()
	var id [16]byte
	if _, err := rand.Read(id[:]); err != nil {
		t.Fatal(err)
	}
	d.Network, d.IssuedAt = l.Stub().Digest(), noon
	d.Command = ledger.CommandID(fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:]))
	command, err := d.Build()
	if err != nil {
		t.Fatal(err)
	}
	signed, err := sign.Command(command, c.key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func keyOf(t *testing.T, private crypto.Signer) ledger.Key {
	t.Helper()
	key, err := sign.KeyOf(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// submission makes the submission of one command with a company's state.
func submission(t *testing.T, l *inproc.Ledger, signed ledger.Signed, c ...company) protocol.Submission {
	t.Helper()
	b := protocol.Batch{
		Commands: []protocol.BatchCommand{{Signed: signed, Salt: sha256.Sum256([]byte(signed.JWS))}},
		Parties:  map[ledger.PartyID]protocol.State{},
	}
	for _, c := range c {
		question, err := protocol.Marshal(protocol.Query{Parties: []ledger.PartyID{c.id}})
		if err != nil {
			t.Fatal(err)
		}
		raw, err := l.Channel(inproc.Lender).Evaluate(within(t), protocol.FnRead, question)
		if err != nil {
			t.Fatal(err)
		}
		var answer protocol.ReadAnswer
		if err := protocol.Decode(raw, &answer); err != nil {
			t.Fatal(err)
		}
		b.Parties[c.id] = *answer.Parties[0].State
	}
	message, err := protocol.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return protocol.Submission{Fn: protocol.FnApply, Transient: map[string][]byte{protocol.TransientBatch: message}}
}

// commit submits one command through a service and wants it committed.
func commit(t *testing.T, l *inproc.Ledger, signed ledger.Signed) ledger.Outcome {
	t.Helper()
	outcomes, err := l.Service(inproc.Lender).Submit(within(t), signed)
	if err != nil {
		t.Fatal(err)
	}
	if outcomes[0].State != ledger.Committed {
		t.Fatalf("the outcome is %+v", outcomes[0])
	}
	return outcomes[0]
}
