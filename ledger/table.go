package ledger

import "slices"

// Op names an operation.
type Op string

// The operations.
const (
	OpPartyRegister    Op = "party.register"
	OpPartyRotate      Op = "party.rotate"
	OpPartyRevoke      Op = "party.revoke"
	OpPartyAdmit       Op = "party.admit"
	OpPartyContact     Op = "party.contact"
	OpAttorneyGrant    Op = "attorney.grant"
	OpAttorneyRevoke   Op = "attorney.revoke"
	OpRecoveryOpen     Op = "recovery.open"
	OpRecoveryConfirm  Op = "recovery.confirm"
	OpRecoveryObject   Op = "recovery.object"
	OpRecoveryComplete Op = "recovery.complete"
	OpBookOpen         Op = "book.open"
	OpBookMove         Op = "book.move"
	OpOffer            Op = "offer"
	OpAccept           Op = "accept"
	OpDecline          Op = "decline"
	OpWithdraw         Op = "withdraw"
	OpExpire           Op = "expire"
	OpTransferOffer    Op = "transfer.offer"
	OpTransferAccept   Op = "transfer.accept"
	OpTransferReject   Op = "transfer.reject"
	OpTransferWithdraw Op = "transfer.withdraw"
	OpPledgeRelease    Op = "pledge.release"
	OpMandateEnd       Op = "mandate.end"
	OpNotice           Op = "notice"
	OpPay              Op = "pay"
	OpPayReverse       Op = "pay.reverse"
	OpForgive          Op = "forgive"
	OpDisputeRaise     Op = "dispute.raise"
	OpDisputeResolve   Op = "dispute.resolve"
	OpFreeze           Op = "freeze"
	OpRelease          Op = "release"
	OpErase            Op = "erase"
)

// Role is what a signer is to the subject. A signer may have several.
type Role string

// The roles.
const (
	RoleSelf       Role = "self"       // the party itself
	RoleBorrower   Role = "borrower"   // maker
	RoleLender     Role = "lender"     // payee
	RoleHolder     Role = "holder"     // holds the book that the note is in
	RoleController Role = "controller" // may move the note now: pledgee where pledged, else holder; the borrower once handed back
	RolePledgee    Role = "pledgee"
	RoleServicer   Role = "servicer"
	RoleRecipient  Role = "recipient"  // to whom a transfer is offered
	RoleTransferor Role = "transferor" // who offered it
	RoleFormer     Role = "former"     // held the note before
	RoleAuthority  Role = "authority"
	RoleMember     Role = "member"   // a company that another organisation than the party's hosts
	RoleHost       Role = "host"     // a company that the same organisation hosts as the person
	RoleStranger   Role = "stranger" // any registered party
	// RoleRepresentative is whom the party has given a power of attorney.
	RoleRepresentative Role = "representative"
)

// Roles lists every role, for exhaustive tables.
func Roles() []Role {
	return []Role{RoleSelf, RoleBorrower, RoleLender, RoleHolder, RoleController, RolePledgee, RoleServicer,
		RoleRecipient, RoleTransferor, RoleFormer, RoleAuthority, RoleMember, RoleHost, RoleRepresentative, RoleStranger}
}

// operation is one row of the transition table: from which statuses, to which,
// by which roles, and the rule that guards it and carries it out.
type operation struct {
	kind    Kind
	creates bool // the subject must not exist yet
	from    []Status
	to      []Status // the statuses it may lead to
	by      []Role
	scope   AttorneyScope // lets a representative do it; without one, nobody may but the party itself
	body    func() body
	apply   func(*act, body) error
	says    string // what it does, for people; stands in the golden file and the documentation
}

// body is the part of a command that belongs to its operation.
type body interface {
	// check says whether the body is well formed by itself.
	check() error
}

// Operations lists every operation, sorted.
func Operations() []Op {
	var ops []Op
	for op := range operations {
		ops = append(ops, op)
	}
	slices.Sort(ops)
	return ops
}

// KindOf says what an operation is about, and whether it creates its subject.
func KindOf(op Op) (kind Kind, creates, known bool) {
	o, known := operations[op]
	if !known {
		return "", false, false
	}
	return o.kind, o.creates, true
}
