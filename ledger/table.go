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
)

// Role is what a signer is to the subject. A signer may have several.
type Role string

// The roles.
const (
	OpErase            Op = "erase"
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
	RoleStranger   Role = "stranger" // any registered party
)

// Roles lists every role, for exhaustive tables.
func Roles() []Role {
	return []Role{RoleSelf, RoleBorrower, RoleLender, RoleHolder, RoleController, RolePledgee, RoleServicer,
		RoleRecipient, RoleTransferor, RoleFormer, RoleAuthority, RoleMember, RoleStranger}
}

// operation is one row of the transition table: from which statuses, to which,
// by which roles, and the rule that guards it and carries it out.
type operation struct {
	kind    Kind
	creates bool // the subject must not exist yet
	from    []Status
	to      []Status // the statuses it may lead to
	by      []Role
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
