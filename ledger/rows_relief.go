package ledger

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
