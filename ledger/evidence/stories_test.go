package evidence_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// The stories of notes whose evidence is genuine. Each starts in a new town.

func offered(v *town) []byte {
	d := v.draft(v.lender, ledger.OpOffer, "", v.offerBody())
	r, _ := v.submit(v.lender, d)
	return v.gather(v.lender, evidence.Request{Note: ledger.NoteID(r.Subject.ID)})
}

func active(v *town) []byte { return v.gather(v.lender, evidence.Request{Note: v.issue()}) }

func sold(v *town) []byte {
	id := v.issue()
	v.later(24 * time.Hour)
	v.sell(id)
	return v.gather(v.buyer, evidence.Request{Note: id})
}

// pending names a buyer that has signed nothing.
func pending(v *town) []byte {
	id := v.issue()
	v.do(v.lender, ledger.OpTransferOffer, string(id), ledger.TransferOfferBody{To: v.buyer.ID, Kind: ledger.Sale, Form: ledger.InFull})
	return v.gather(v.lender, evidence.Request{Note: id})
}

func receipt(v *town) []byte {
	id := v.issue()
	paid := v.pay(v.lender, id, 1_000_00)
	v.later(24 * time.Hour)
	v.sell(id)
	return v.gather(v.borrower, evidence.Request{Note: id, Payment: paid})
}

func reversedReceipt(v *town) []byte {
	id := v.issue()
	paid := v.pay(v.lender, id, 1_000_00)
	v.do(v.lender, ledger.OpPayReverse, string(id), ledger.PayReverseBody{Payment: paid, Reason: "another customer's"})
	return v.gather(v.borrower, evidence.Request{Note: id, Payment: paid})
}

func lastReceipt(v *town) []byte {
	id := v.issue()
	v.later(30 * 24 * time.Hour)
	return v.gather(v.borrower, evidence.Request{Note: id, Payment: v.pay(v.lender, id, v.owed(v.lender, id))})
}

// rotated signs with a key, rotates it away in the same second, and signs with
// the next.
func rotated(v *town) []byte {
	id := v.issue()
	v.rotate(v.borrower)
	v.do(v.borrower, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "Jag har redan betalat."})
	v.later(48 * time.Hour)
	v.rotate(v.borrower)
	return v.gather(v.borrower, evidence.Request{Note: id})
}

// revokedBuyer names a buyer that was revoked after it let the offer lie.
func revokedBuyer(v *town) []byte {
	id := v.issue()
	d := v.draft(v.lender, ledger.OpTransferOffer, string(id), ledger.TransferOfferBody{To: v.buyer.ID, Kind: ledger.Sale, Form: ledger.InFull})
	v.submit(v.lender, d)
	v.later(48 * time.Hour)
	v.do(v.buyer, ledger.OpPartyRevoke, string(v.buyer.ID), ledger.ReasonBody{})
	v.do(v.lender, ledger.OpTransferWithdraw, string(id), ledger.TransferBody{Transfer: d.Command})
	return v.gather(v.lender, evidence.Request{Note: id})
}

// The pages that the passkeys of the town sign for.
const (
	rpID   = "localhost"
	origin = "http://localhost:8080"
)

// withPasskey gives the borrower a passkey in place of its key, and accepts with it.
func withPasskey(v *town) []byte {
	seed := sha256.Sum256([]byte("a passkey"))
	device, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), seed[:])
	if err != nil {
		v.Fatal(err)
	}
	key, err := sign.KeyOf(device.Public())
	if err != nil {
		v.Fatal(err)
	}
	key.Passkey = &ledger.Passkey{RPID: rpID, Origin: origin}
	old, err := v.borrower.Pen.Key()
	if err != nil {
		v.Fatal(err)
	}
	v.do(v.borrower, ledger.OpPartyRotate, string(v.borrower.ID), ledger.RotateBody{Add: []ledger.Key{key}, Remove: []string{old.ID}})
	d := v.draft(v.lender, ledger.OpOffer, "", v.offerBody())
	r, offer := v.submit(v.lender, d)
	opened, err := v.signatures().Open(offer)
	if err != nil {
		v.Fatal(err)
	}
	c, err := v.draft(v.borrower, ledger.OpAccept, r.Subject.ID, ledger.AcceptBody{Offer: ledger.PayloadDigest(opened.Payload)}).Build()
	if err != nil {
		v.Fatal(err)
	}
	payload, err := c.Canonical()
	if err != nil {
		v.Fatal(err)
	}
	outcomes, err := v.borrower.service.Submit(v.ctx, v.assert(device, payload).Signed(key.ID, payload))
	if err != nil || outcomes[0].State != ledger.Committed {
		v.Fatalf("accepting with a passkey: %v %v", err, outcomes)
	}
	return v.gather(v.lender, evidence.Request{Note: ledger.NoteID(r.Subject.ID)})
}

// assert answers as an authenticator does, for somebody who was checked.
func (v *town) assert(device *ecdsa.PrivateKey, payload []byte) sign.Assertion {
	v.Helper()
	challenge := sha256.Sum256(payload)
	rp := sha256.Sum256([]byte(rpID))
	a := sign.Assertion{
		AuthenticatorData: append(rp[:], 0x05, 0, 0, 0, 0),
		ClientData: fmt.Appendf(nil, `{"type":"webauthn.get","challenge":"%s","origin":"%s","crossOrigin":false}`,
			base64.RawURLEncoding.EncodeToString(challenge[:]), origin),
	}
	client := sha256.Sum256(a.ClientData)
	sum := sha256.Sum256(slices.Concat(a.AuthenticatorData, client[:]))
	var err error
	if a.Signature, err = device.Sign(nil, sum[:], crypto.SHA256); err != nil {
		v.Fatal(err)
	}
	return a
}

// represented has somebody dispute for the borrower, by a power of attorney that
// the representative lays down later.
func represented(v *town) []byte {
	id := v.issue()
	friend := v.join("", ledger.Person, inproc.Registrar)
	grant := v.do(v.borrower, ledger.OpAttorneyGrant, string(v.borrower.ID), ledger.AttorneyGrantBody{
		Representative: friend.ID, Scopes: []ledger.AttorneyScope{ledger.ScopeSee, ledger.ScopeTalk},
		Until: finance.DateOf(v.now).AddDays(30), Ground: ledger.GroundPower,
	})
	d := v.draft(friend, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "Räntan är fel."})
	d.For = v.borrower.ID
	v.submit(friend, d)
	v.later(time.Hour)
	v.do(friend, ledger.OpAttorneyRevoke, string(v.borrower.ID), ledger.AttorneyRevokeBody{Grant: grant.Seq})
	return v.gather(v.lender, evidence.Request{Note: id})
}

// spouses are two borrowers who act for each other, take their powers back for
// each other, and change their keys meanwhile.
func spouses(v *town) []byte {
	id := v.issue()
	spouse := v.join("", ledger.Person, inproc.Registrar)
	grant := func(from, to *citizen) uint64 {
		v.later(time.Hour)
		return v.do(from, ledger.OpAttorneyGrant, string(from.ID), ledger.AttorneyGrantBody{
			Representative: to.ID, Scopes: []ledger.AttorneyScope{ledger.ScopeSee, ledger.ScopeTalk},
			Until: finance.DateOf(v.now).AddDays(30), Ground: ledger.GroundPower,
		}).Seq
	}
	one, two := grant(v.borrower, spouse), grant(spouse, v.borrower)
	d := v.draft(spouse, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "Räntan är fel."})
	d.For = v.borrower.ID
	v.submit(spouse, d)
	v.later(time.Hour)
	v.do(spouse, ledger.OpAttorneyRevoke, string(v.borrower.ID), ledger.AttorneyRevokeBody{Grant: one})
	v.later(time.Hour)
	v.rotate(v.borrower)
	v.later(time.Hour)
	v.do(v.borrower, ledger.OpAttorneyRevoke, string(spouse.ID), ledger.AttorneyRevokeBody{Grant: two})
	return v.gather(v.lender, evidence.Request{Note: id})
}

// crooked has commands whose times are in another order than they were applied:
// each peer's clock may be a little off.
func crooked(v *town) []byte {
	id := v.issue()
	v.rotate(v.borrower)
	v.later(-8 * time.Minute)
	v.do(v.borrower, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "Jag har redan betalat."})
	v.later(time.Hour)
	return v.gather(v.borrower, evidence.Request{Note: id})
}
