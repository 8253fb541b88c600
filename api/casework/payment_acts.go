package casework

// The names of the acts on payments.
const (
	NameImportBankFile  ActName = "payment.import"
	NameApplyPayment    ActName = "payment.apply"
	NameUnmatchPayment  ActName = "payment.unmatch"
	NameReturnedPayment ActName = "payment.returned"
	NameIgnoreEntry     ActName = "payment.ignore"
	NameRestoreEntry    ActName = "payment.restore"
	NameRefundPayment   ActName = "payment.refund"
	NameAccountToClient ActName = "payment.account"
)

// paymentKinds are the acts of this theme.
var paymentKinds = []kind{
	{name: NameImportBankFile, roles: []Role{Lead, Finance}, byRule: true, override: NameIgnoreEntry, make: func() Act { return new(ImportBankFile) }},
	{name: NameApplyPayment, roles: []Role{Lead, Finance}, byRule: true, override: NameUnmatchPayment, make: func() Act { return new(ApplyPayment) }},
	{name: NameUnmatchPayment, roles: []Role{Lead, Finance}, reason: true, make: func() Act { return new(UnmatchPayment) }},
	{name: NameReturnedPayment, roles: []Role{Lead, Finance}, reason: true, make: func() Act { return new(ReturnedPayment) }},
	{name: NameIgnoreEntry, roles: []Role{Lead, Finance}, reason: true, make: func() Act { return new(IgnoreEntry) }},
	{name: NameRestoreEntry, roles: []Role{Lead, Finance}, make: func() Act { return new(RestoreEntry) }},
	{name: NameRefundPayment, roles: []Role{Finance}, reason: true, approval: always, make: func() Act { return new(RefundPayment) }},
	{name: NameAccountToClient, roles: []Role{Finance}, make: func() Act { return new(AccountToClient) }},
}
