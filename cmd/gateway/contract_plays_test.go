package main

import (
	"slices"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// play is a write on a note that may be right just now: a walk that only made
// things up would hardly ever get a note past its offer.
type play struct {
	operation string // operationId
	path      string // below the note's address; PENDING and SEQ are filled in
	by        ledger.Role
	rare      int // percent of the times that it is passed over, since it ends the note or others lead further
	when      func(n *ledger.Note) bool
	body      func(w *walk, n *ledger.Note, holder ledger.PartyID) map[string]any // {} where nil
}

func offered(n *ledger.Note) bool { return n.Status == ledger.StatusOffered }
func ended(n *ledger.Note) bool   { return !n.Ended.IsZero() }
func running(n *ledger.Note) bool { return n.Status == ledger.StatusActive }
func pending(n *ledger.Note) bool { return n.Pending != nil }

// plays are the operations on a note, with who may do each and with what.
var plays = []play{
	{operation: "acceptNote", path: "/acceptance", by: ledger.RoleBorrower, when: offered},
	{operation: "declineNote", path: "/decline", by: ledger.RoleBorrower, rare: 80, when: offered},
	{operation: "withdrawNote", path: "/withdrawal", by: ledger.RoleLender, rare: 80, when: offered},
	{operation: "expireNote", path: "/expiry", by: ledger.RoleLender, rare: 80, when: offered},
	{operation: "moveNote", path: "/book", by: ledger.RoleHolder, rare: 50, when: running, body: ownBook},
	{operation: "offerTransfer", path: "/transfers", by: ledger.RoleController, when: running, body: (*walk).transfer},
	{operation: "acceptTransfer", path: "/transfers/PENDING/acceptance", by: ledger.RoleRecipient, when: pending, body: (*walk).taking},
	{operation: "rejectTransfer", path: "/transfers/PENDING/rejection", by: ledger.RoleRecipient, rare: 50, when: pending},
	{operation: "withdrawTransfer", path: "/transfers/PENDING/withdrawal", by: ledger.RoleTransferor, rare: 50, when: pending},
	{operation: "releasePledge", path: "/pledge/release", by: ledger.RolePledgee, when: func(n *ledger.Note) bool { return n.Pledge != nil }},
	{operation: "endMandate", path: "/mandate/end", by: ledger.RoleServicer, when: func(n *ledger.Note) bool { return n.Mandate != nil }},
	{operation: "giveNotice", path: "/notices", by: ledger.RoleHolder, rare: 50, when: running, body: (*walk).notice},
	{operation: "writePayment", path: "/payments", by: ledger.RoleHolder, when: running, body: (*walk).payment},
	{operation: "reversePayment", path: "/payments/SEQ/reversal", by: ledger.RoleHolder, when: func(n *ledger.Note) bool { return running(n) && len(n.Payments) > 0 },
		body: func(*walk, *ledger.Note, ledger.PartyID) map[string]any {
			return map[string]any{"reason": "wrong note"}
		}},
	{operation: "forgive", path: "/forgiveness", by: ledger.RoleHolder, rare: 50, when: running, body: (*walk).forgiven},
	{operation: "chargeFee", path: "/charges", by: ledger.RoleHolder, rare: 70, when: running, body: (*walk).charge},
	{operation: "relieve", path: "/reliefs", by: ledger.RoleHolder, rare: 85, when: running,
		body: func(*walk, *ledger.Note, ledger.PartyID) map[string]any {
			return map[string]any{"part": "late_interest", "ground": "hardship", "reason": "Ill.", "late_free_until": "2026-12-31"}
		}},
	{operation: "setOff", path: "/setoffs", by: ledger.RoleHolder, rare: 85, when: running, body: (*walk).setoff},
	{operation: "relieveOfDebt", path: "/debt-relief", by: ledger.RoleAuthority, rare: 95, when: running,
		body: func(w *walk, _ *ledger.Note, _ ledger.PartyID) map[string]any {
			return map[string]any{"decision": "K 4711-26", "opened_on": w.today(), "left_percent": 40}
		}},
	{operation: "accelerate", path: "/acceleration", by: ledger.RoleHolder, rare: 70, when: running,
		body: func(w *walk, _ *ledger.Note, _ ledger.PartyID) map[string]any {
			effective := w.world.clock.Now().UTC().AddDate(0, 0, 60).Format(time.DateOnly)
			return map[string]any{"effective": effective, "delivered_on": w.today(), "channel": "letter"}
		}},
	{operation: "cureAcceleration", path: "/acceleration/SEQ/cure", by: ledger.RoleHolder,
		when: func(n *ledger.Note) bool { return running(n) && n.Acceleration != nil && n.Acceleration.Cured.IsZero() },
		body: func(*walk, *ledger.Note, ledger.PartyID) map[string]any {
			return map[string]any{"reason": "We have talked."}
		}},
	{operation: "interruptLimitation", path: "/interruptions", by: ledger.RoleHolder, rare: 85, when: running,
		body: func(w *walk, _ *ledger.Note, _ ledger.PartyID) map[string]any {
			return map[string]any{"kind": "demand", "on": w.today(), "channel": "letter", "content": ledger.PayloadDigest([]byte("a demand")).String()}
		}},
	{operation: "raiseDispute", path: "/disputes", by: ledger.RoleBorrower, rare: 50, when: running,
		body: func(*walk, *ledger.Note, ledger.PartyID) map[string]any {
			return map[string]any{"text": "I have paid."}
		}},
	{operation: "resolveDispute", path: "/disputes/SEQ/resolution", by: ledger.RoleHolder, when: func(n *ledger.Note) bool { return len(n.Disputes) > 0 },
		body: func(*walk, *ledger.Note, ledger.PartyID) map[string]any {
			return map[string]any{"outcome": "dismissed", "text": "No payment came."}
		}},
	{operation: "claimPayment", path: "/claims", by: ledger.RoleBorrower, rare: 50, when: running, body: (*walk).claimed},
	{operation: "denyPayment", path: "/claims/SEQ/denial", by: ledger.RoleHolder, when: func(n *ledger.Note) bool { return len(n.Claims) > 0 },
		body: func(*walk, *ledger.Note, ledger.PartyID) map[string]any {
			return map[string]any{"text": "Nothing came."}
		}},
	{operation: "proposeAmendment", path: "/amendments", by: ledger.RoleController, rare: 50, when: unproposed, body: (*walk).proposal},
	{operation: "proposeAmendment", path: "/amendments", by: ledger.RoleBorrower, rare: 50, when: unproposed, body: (*walk).proposal},
	{operation: "acceptAmendment", path: "/amendments/SEQ/acceptance", by: ledger.RoleController, when: proposedBy(true), body: agreed},
	{operation: "acceptAmendment", path: "/amendments/SEQ/acceptance", by: ledger.RoleBorrower, when: proposedBy(false), body: agreed},
	{operation: "rejectAmendment", path: "/amendments/SEQ/rejection", by: ledger.RoleController, rare: 50, when: proposedBy(true)},
	{operation: "withdrawAmendment", path: "/amendments/SEQ/withdrawal", by: ledger.RoleController, rare: 50, when: proposedBy(false)},
	{operation: "freezeNote", path: "/freeze", by: ledger.RoleAuthority, rare: 80, when: running,
		body: func(*walk, *ledger.Note, ledger.PartyID) map[string]any { return map[string]any{"ground": "T 4711-26"} }},
	{operation: "eraseNote", path: "/erasure", by: ledger.RoleBorrower, when: ended},
	{operation: "releaseNote", path: "/release", by: ledger.RoleAuthority, when: func(n *ledger.Note) bool { return n.Status == ledger.StatusFrozen }},
}

func unproposed(n *ledger.Note) bool { return running(n) && n.Proposal == nil }

// proposedBy says whether an amendment waits that a borrower has proposed, or the
// creditor's side.
func proposedBy(borrower bool) func(*ledger.Note) bool {
	return func(n *ledger.Note) bool {
		by := func(b ledger.Borrower) bool { return b.Party == n.Proposal.By }
		return n.Proposal != nil && slices.ContainsFunc(n.Borrowers, by) == borrower
	}
}

func ownBook(w *walk, n *ledger.Note, holder ledger.PartyID) map[string]any {
	return map[string]any{"book": w.bookOf(holder, n.Book)}
}

func (w *walk) transfer(_ *ledger.Note, _ ledger.PartyID) map[string]any {
	return map[string]any{
		"to": pick(w.rng, w.cast[:companies]).party, "kind": pick(w.rng, []string{"sale", "pledge", "collection_mandate"}),
		"form": "full", "recourse": false,
	}
}

func (w *walk) taking(n *ledger.Note, _ ledger.PartyID) map[string]any {
	if n.Pending.Kind != ledger.Sale {
		return map[string]any{}
	}
	return map[string]any{"book": w.bookOf(n.Pending.To, "")}
}

func (w *walk) notice(_ *ledger.Note, holder ledger.PartyID) map[string]any {
	return map[string]any{"holder": holder, "delivered_on": w.today(), "channel": "letter"}
}

func (w *walk) payment(n *ledger.Note, _ ledger.PartyID) map[string]any {
	amount := int64(n.Balance.Principal) / pick(w.rng, []int64{1, 3, 50})
	return map[string]any{"amount": map[string]any{"amount": max(1, amount), "currency": "SEK"}, "paid_on": w.today()}
}

func (w *walk) forgiven(n *ledger.Note, _ ledger.PartyID) map[string]any {
	return map[string]any{"amount": map[string]any{"amount": max(1, int64(n.Balance.Principal)/20), "currency": "SEK"}}
}

func (w *walk) charge(*ledger.Note, ledger.PartyID) map[string]any {
	return map[string]any{
		"kind": "reminder", "amount": map[string]any{"amount": 6000, "currency": "SEK"}, "on": w.today(),
		"about": ledger.PayloadDigest([]byte("a reminder")).String(),
	}
}

func (w *walk) setoff(n *ledger.Note, _ ledger.PartyID) map[string]any {
	amount := max(1, int64(n.Balance.Principal)/20)
	return map[string]any{"amount": map[string]any{"amount": amount, "currency": "SEK"}, "on": w.today(), "ground": "A deposit."}
}

func (w *walk) claimed(n *ledger.Note, holder ledger.PartyID) map[string]any {
	claim := w.payment(n, holder)
	claim["text"] = "I paid at the counter."
	return claim
}

func (w *walk) proposal(*ledger.Note, ledger.PartyID) map[string]any {
	first := w.world.clock.Now().AddDate(0, 0, w.between(20, 90)).Format(time.DateOnly)
	return map[string]any{"amendment": map[string]any{"kind": "plan", "instalments": w.between(2, 36), "first_due": first}}
}

func agreed(_ *walk, n *ledger.Note, _ ledger.PartyID) map[string]any {
	if n.Proposal == nil {
		return map[string]any{}
	}
	return map[string]any{"amendment": n.Proposal.Amendment}
}

// offer is the body of an offer that the law allows; on some of the notes something
// is overdue already.
func (w *walk) offer(lender *actor) map[string]any {
	schedule := map[string]any{"kind": "annuity", "instalments": 12, "first_due": "2026-03-01"}
	if w.rng.IntN(2) == 0 {
		schedule = map[string]any{"kind": "on_demand"}
	}
	return map[string]any{
		"book": w.bookOf(lender.party, ""), "borrowers": []any{pick(w.rng, w.cast[companies:companies+borrowers]).party},
		"answer_by": w.world.clock.Now().Add(3 * time.Hour).UTC().Format(time.RFC3339),
		"terms": map[string]any{
			"kind": pick(w.rng, []string{"negotiable", "simple"}), "consumer": false, "housing": false, "credit_purchase": false,
			"jurisdiction": "generic", "agreed_on": "2026-02-01", "principal": map[string]any{"amount": 100000, "currency": "SEK"},
			"rate": "0", "day_count": "actual/365", "schedule": schedule, "interest_from": "2026-02-01",
			"fees": map[string]any{"reminder": 6000}, "reference": "K-77", "acceleration": true,
		},
	}
}

func (w *walk) today() string { return w.world.clock.Now().UTC().Format(time.DateOnly) }
