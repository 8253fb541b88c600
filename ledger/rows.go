package ledger

// operations is the one transition table. Everything that asks what may happen
// to a note asks this table; the golden file testdata/transitions.txt shows
// what it answers for every operation, status and role.
var operations = transitionTable()

var live = []Status{StatusActive, StatusFrozen}

// transitionTable holds the operations on parties and books and the offer; the
// functions below add the rest.
func transitionTable() map[Op]*operation {
	t := map[Op]*operation{
		OpPartyRegister: {kind: KindParty, creates: true, by: []Role{RoleSelf}, body: newBody[RegisterBody], apply: applyRegister,
			says: "a party brings its first keys"},
		OpPartyRotate: {kind: KindParty, by: []Role{RoleSelf}, body: newBody[RotateBody], apply: applyRotate,
			says: "keys come and go"},
		OpPartyRevoke: {kind: KindParty, by: []Role{RoleSelf}, body: newBody[ReasonBody], apply: applyRevoke,
			says: "the party signs no more"},
		OpPartyAdmit: {kind: KindParty, by: []Role{RoleMember}, body: newBody[EmptyBody], apply: applyAdmit,
			says: "a company of another organisation lets an authority act"},
		OpBookOpen: {kind: KindBook, creates: true, by: []Role{RoleStranger}, body: newBody[EmptyBody], apply: applyBookOpen,
			says: "a party opens a book of its own"},
		OpOffer: {kind: KindNote, creates: true, from: []Status{StatusNone}, to: []Status{StatusOffered}, by: []Role{RoleStranger},
			body: newBody[OfferBody], apply: applyOffer, says: "a lender writes a note; who signs is the lender"},
	}
	addPeopleRows(t)
	addNoteRows(t)
	addMoneyRows(t)
	addAgreementRows(t)
	addClaimRows(t)
	addReliefRows(t)
	return t
}

// addPeopleRows adds the operations on how a party is reached, who acts for it,
// and how it comes to new keys.
func addPeopleRows(t map[Op]*operation) {
	add := func(op Op, o operation) { o.kind = KindParty; t[op] = &o }
	add(OpPartyContact, operation{by: []Role{RoleSelf}, body: newBody[Contact], apply: applyContact,
		says: "a company or an authority says how it is reached"})
	add(OpAttorneyGrant, operation{by: []Role{RoleSelf}, body: newBody[AttorneyGrantBody], apply: applyAttorneyGrant,
		says: "a person lets another act for it, within limits"})
	add(OpAttorneyRevoke, operation{by: []Role{RoleSelf, RoleRepresentative}, body: newBody[AttorneyRevokeBody], apply: applyAttorneyRevoke,
		says: "the person takes the power back, or the representative lays it down"})
	add(OpRecoveryOpen, operation{by: []Role{RoleHost}, body: newBody[RecoveryOpenBody], apply: applyRecoveryOpen,
		says: "a company of the person's host names new keys for lost ones"})
	add(OpRecoveryConfirm, operation{by: []Role{RoleMember}, body: newBody[RecoveryConfirmBody], apply: applyRecoveryConfirm,
		says: "a company of another organisation confirms them; the wait begins"})
	add(OpRecoveryObject, operation{by: []Role{RoleSelf, RoleHost, RoleMember}, body: newBody[RecoveryObjectBody], apply: applyRecoveryObject,
		says: "who has an old key, or stood for the recovery, ends it"})
	add(OpRecoveryComplete, operation{by: []Role{RoleSelf}, body: newBody[RecoveryCompleteBody], apply: applyRecoveryComplete,
		says: "after the wait a new key puts the new keys in force"})
}

// addNoteRows adds the operations on who signs, holds and collects.
func addNoteRows(t map[Op]*operation) {
	offered, active := []Status{StatusOffered}, []Status{StatusActive}
	add := func(op Op, o operation) { o.kind = KindNote; t[op] = &o }
	add(OpAccept, operation{from: offered, to: []Status{StatusOffered, StatusActive}, by: []Role{RoleBorrower}, scope: ScopeSign,
		body: newBody[AcceptBody], apply: applyAccept, says: "a borrower signs; with the last one the note is a debt"})
	add(OpDecline, operation{from: offered, to: []Status{StatusVoid}, by: []Role{RoleBorrower}, scope: ScopeSign,
		body: newBody[ReasonBody], apply: applyVoid, says: "a borrower says no"})
	add(OpWithdraw, operation{from: offered, to: []Status{StatusVoid}, by: []Role{RoleHolder},
		body: newBody[ReasonBody], apply: applyVoid, says: "the lender takes the offer back"})
	add(OpExpire, operation{from: offered, to: []Status{StatusVoid}, by: []Role{RoleStranger},
		body: newBody[EmptyBody], apply: applyExpire, says: "anybody states that the offer's time is over"})
	add(OpBookMove, operation{from: live, to: live, by: []Role{RoleHolder},
		body: newBody[BookMoveBody], apply: applyBookMove, says: "the holder puts the note into another of its books"})
	add(OpTransferOffer, operation{from: active, to: active, by: []Role{RoleController, RoleHolder},
		body: newBody[TransferOfferBody], apply: applyTransferOffer, says: "the controller offers a sale, pledge or mandate"})
	add(OpTransferAccept, operation{from: active, to: active, by: []Role{RoleRecipient},
		body: newBody[TransferAcceptBody], apply: applyTransferAccept, says: "the recipient accepts; control passes"})
	add(OpTransferReject, operation{from: live, to: live, by: []Role{RoleRecipient},
		body: newBody[TransferBody], apply: applyTransferEnd, says: "the recipient says no"})
	add(OpTransferWithdraw, operation{from: live, to: live, by: []Role{RoleTransferor},
		body: newBody[TransferBody], apply: applyTransferEnd, says: "the transferor takes the transfer back"})
	add(OpPledgeRelease, operation{from: live, to: live, by: []Role{RolePledgee},
		body: newBody[EmptyBody], apply: applyPledgeRelease, says: "the pledgee gives control back"})
	add(OpMandateEnd, operation{from: live, to: live, by: []Role{RoleHolder, RoleController, RoleServicer},
		body: newBody[EmptyBody], apply: applyMandateEnd, says: "collection by the servicer ends"})
	add(OpNotice, operation{from: live, to: live, by: []Role{RoleHolder, RoleServicer, RolePledgee, RoleFormer},
		body: newBody[NoticeBody], apply: applyNotice, says: "the borrower was told of the holder; the notice gate opens"})
}

// addMoneyRows adds the operations on what is owed and whether it may be asked for.
func addMoneyRows(t map[Op]*operation) {
	active := []Status{StatusActive}
	add := func(op Op, o operation) { o.kind = KindNote; t[op] = &o }
	add(OpPay, operation{from: live, to: []Status{StatusActive, StatusFrozen, StatusDischarged},
		by:   []Role{RoleHolder, RolePledgee, RoleServicer, RoleFormer, RoleAuthority},
		body: newBody[PayBody], apply: applyPay, says: "a payment is written on the note; the last one hands it back"})
	add(OpPayReverse, operation{from: active, to: active, by: []Role{RoleHolder, RolePledgee, RoleServicer},
		body: newBody[PayReverseBody], apply: applyPayReverse, says: "who wrote a payment takes a wrong booking back, visibly"})
	add(OpForgive, operation{from: active, to: []Status{StatusActive, StatusDischarged}, by: []Role{RoleHolder},
		body: newBody[ForgiveBody], apply: applyForgive, says: "the holder forgives; all of it hands the note back"})
	add(OpDisputeRaise, operation{from: live, to: live, by: []Role{RoleBorrower}, scope: ScopeTalk,
		body: newBody[DisputeRaiseBody], apply: applyDisputeRaise, says: "a borrower objects; collection stops"})
	add(OpDisputeResolve, operation{from: live, to: live, by: []Role{RoleBorrower, RoleHolder, RolePledgee, RoleServicer}, scope: ScopeTalk,
		body: newBody[DisputeResolveBody], apply: applyDisputeResolve, says: "the objection is upheld, dismissed or withdrawn"})
	add(OpFreeze, operation{from: active, to: []Status{StatusFrozen}, by: []Role{RoleAuthority},
		body: newBody[FreezeBody], apply: applyFreeze, says: "an authority prohibits transfer and payment"})
	add(OpRelease, operation{from: []Status{StatusFrozen}, to: active, by: []Role{RoleAuthority},
		body: newBody[EmptyBody], apply: applyRelease, says: "the authority that froze the note releases it"})
	add(OpErase, operation{from: []Status{StatusDischarged, StatusVoid}, to: []Status{StatusErased},
		by:   []Role{RoleBorrower, RoleLender, RoleHolder, RoleFormer},
		body: newBody[EmptyBody], apply: applyErase, says: "after its time, nothing is left of the note but that it was there"})
}

// addAgreementRows adds the operations by which the two sides of a debt talk about
// what was paid and how the rest is.
func addAgreementRows(t map[Op]*operation) {
	active := []Status{StatusActive}
	add := func(op Op, o operation) { o.kind = KindNote; t[op] = &o }
	both := []Role{RoleBorrower, RoleController, RoleServicer}
	add(OpPayClaim, operation{from: live, to: live, by: []Role{RoleBorrower}, scope: ScopeTalk,
		body: newBody[PayClaimBody], apply: applyPayClaim, says: "a borrower says that it paid what does not stand on the note"})
	add(OpPayDeny, operation{from: live, to: live, by: []Role{RoleHolder, RolePledgee, RoleServicer},
		body: newBody[PayDenyBody], apply: applyPayDeny, says: "the creditor did not receive it; the claim is a dispute"})
	add(OpAmendPropose, operation{from: active, to: active, by: both, scope: ScopeAgree,
		body: newBody[AmendProposeBody], apply: applyAmendPropose, says: "a side proposes a plan, a pause, another rate or another time"})
	add(OpAmendAccept, operation{from: active, to: active, by: both, scope: ScopeAgree,
		body: newBody[AmendAcceptBody], apply: applyAmendAccept, says: "somebody agrees to it; with the last one it is in force"})
	add(OpAmendReject, operation{from: live, to: live, by: both, scope: ScopeAgree,
		body: newBody[AmendEndBody], apply: applyAmendReject, says: "somebody who was asked says no"})
	add(OpAmendWithdraw, operation{from: live, to: live, by: both, scope: ScopeAgree,
		body: newBody[AmendEndBody], apply: applyAmendWithdraw, says: "who proposed it takes it back"})
}

// addClaimRows adds the operations on when a debt may be claimed: all of it ahead
// of its time, and how long at all.
func addClaimRows(t map[Op]*operation) {
	active := []Status{StatusActive}
	add := func(op Op, o operation) { o.kind = KindNote; t[op] = &o }
	add(OpAccelerate, operation{from: active, to: active, by: []Role{RoleController, RoleServicer},
		body: newBody[AccelerateBody], apply: applyAccelerate, says: "the borrower was told that all falls due; what is late, paid in time, cures it"})
	add(OpCure, operation{from: live, to: live, by: []Role{RoleController, RoleServicer},
		body: newBody[CureBody], apply: applyCure, says: "the creditor takes back that all falls due"})
	add(OpInterrupt, operation{from: live, to: live,
		by:   []Role{RoleBorrower, RoleHolder, RolePledgee, RoleServicer, RoleAuthority},
		body: newBody[InterruptBody], apply: applyInterrupt, says: "the debt was acknowledged, demanded or filed; limitation begins anew"})
}

// addReliefRows adds the operations on fees, on what is taken off by a decision,
// and on what is netted.
func addReliefRows(t map[Op]*operation) {
	active := []Status{StatusActive}
	ending := []Status{StatusActive, StatusDischarged}
	creditor := []Role{RoleHolder, RolePledgee, RoleServicer}
	add := func(op Op, o operation) { o.kind = KindNote; t[op] = &o }
	add(OpCharge, operation{from: active, to: active, by: creditor,
		body: newBody[ChargeBody], apply: applyCharge, says: "a fee that law and note allow is added to what is owed"})
	add(OpRelief, operation{from: active, to: ending, by: creditor,
		body: newBody[ReliefBody], apply: applyRelief, says: "a human takes costs or interest off, and says why"})
	add(OpSetoff, operation{from: active, to: ending, by: creditor,
		body: newBody[SetoffBody], apply: applySetoff, says: "a claim of the borrower's is netted; the last one hands the note back"})
	add(OpDebtRelief, operation{from: live, to: []Status{StatusActive, StatusFrozen, StatusDischarged}, by: []Role{RoleAuthority},
		body: newBody[DebtReliefBody], apply: applyDebtRelief, says: "an authority relieves the borrower of debt; interest stops"})
}

func newBody[T any, P interface {
	*T
	body
}]() body {
	return P(new(T))
}
